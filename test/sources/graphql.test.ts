import { sourceConformance } from "./conformance.js";
import { graphqlService } from "./graphql-service.js";

sourceConformance("graphql", graphqlService, 40);
