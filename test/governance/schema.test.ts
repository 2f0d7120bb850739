import { readFileSync } from "node:fs";
import { buildSchema, lexicographicSortSchema, printSchema, type GraphQLSchema } from "graphql";
import { expect, it } from "vitest";
import { governanceSchema } from "../../src/governance/index.js";

const sorted = (schema: GraphQLSchema): string => printSchema(lexicographicSortSchema(schema));

it("is what the console's questions are checked against", () => {
  const contract = buildSchema(readFileSync("console/schema.graphql", "utf8"));
  expect(sorted(governanceSchema())).toBe(sorted(contract));
});
