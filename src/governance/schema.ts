// The schema of the governance API, from its classes. console/schema.graphql is what it prints: the console's questions
// are checked against that file, and a test holds both equal.
import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { AccessResolver } from "./resolvers/accesses.js";
import { AgreementResolver } from "./resolvers/agreements.js";
import { PeopleResolver } from "./resolvers/people.js";
import { QueryResolver } from "./resolvers/query.js";
import { RecordResolver } from "./resolvers/record.js";

let built: GraphQLSchema | undefined;

/** Made once; it holds nothing of a town. */
export const governanceSchema = (): GraphQLSchema => (built ??= build());

function build(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [QueryResolver, RecordResolver, AccessResolver, PeopleResolver, AgreementResolver],
    // Arguments are what their types say; what they mean is looked at where they are used.
    validate: false,
  });
  const query = schema.getQueryType();
  // TypeGraphQL makes the root by itself and lets nobody describe it.
  if (query) query.description = rootText;
  return schema;
}

const rootText = `What the town's people read of their gateway. Each field that tells of the access log, of agreements or of a person is
recorded in the access log before it is answered.`;
