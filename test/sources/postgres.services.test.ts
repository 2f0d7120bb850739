import { sourceConformance } from "./conformance.js";
import { postgresService } from "./postgres-service.js";

sourceConformance("postgres", postgresService);
