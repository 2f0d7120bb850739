// Variables of plain scalars are taken without graphql-js, which stays the judge of what they become.
import fc from "fast-check";
import { buildSchema, getVariableValues, Kind, parse, type OperationDefinitionNode } from "graphql";
import { describe, expect, it } from "vitest";
import { coerceVariables } from "../../src/gateway/coerce-variables.js";
import { RequestRefused } from "../../src/gateway/refusals.js";

const schema = buildSchema("input Where { a: Int } scalar Odd type Query { a: Int }");

function operationOf(definitions: string): OperationDefinitionNode {
  const [operation] = parse(`query (${definitions}) { a }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error("no operation");
  return operation;
}

/** What is made of them, or the sentences of the refusal; compared with what graphql-js says of the same. */
function bothWays(definitions: string, given: Record<string, unknown>): void {
  const operation = operationOf(definitions);
  const oracle = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  for (const time of ["first", "again"]) {
    let made: Readonly<Record<string, unknown>> | null = null;
    try {
      made = coerceVariables(schema, operation, given);
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
    }
    // As properties of their own, in any order: `{ a: undefined }` is not `{}`.
    expect([time, made === null ? null : Object.entries(made).sort()]).toEqual([
      time,
      oracle.coerced ? Object.entries(oracle.coerced).sort() : null,
    ]);
  }
}

const types = ["Int", "Float", "String", "ID", "Boolean", "Where", "[Int]", "Odd"].flatMap((type) => [
  type,
  `${type}!`,
]);
const defaults: Readonly<Record<string, string>> = { Int: "3", Float: "1", String: '"x"', ID: "7", Boolean: "true" };
const values = fc.constantFrom<unknown>(
  ...[null, true, false, "", "text", "7", 0, -0, 1, 1.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 1e300],
  ...[[], [1], {}, { a: 1 }, { b: 1 }],
);
const names = ["__proto__", "a", "b", "constructor", "_"];
const variable = fc.record({
  type: fc.constantFrom(...types),
  withDefault: fc.constantFrom("no", "yes", "null"),
  given: fc.option(fc.record({ value: values }), { nil: null }),
});

describe("coerced variables", () => {
  it("are what graphql-js makes of them, and refused where it refuses them", () => {
    fc.assert(
      fc.property(fc.array(variable, { maxLength: names.length }), (variables) => {
        const definitions = variables.map(({ type, withDefault }, i) => {
          const usual = defaults[type.replace("!", "")];
          const text = withDefault === "null" && !type.endsWith("!") ? " = null" : usual ? ` = ${usual}` : "";
          return `$${names[i]}: ${type}${withDefault === "no" ? "" : text}`;
        });
        const given = JSON.parse(
          `{${variables
            .flatMap((each, i) =>
              each.given ? [`${JSON.stringify(names[i])}: ${JSON.stringify(each.given.value)}`] : [],
            )
            .join()}}`,
        ) as Record<string, unknown>;
        if (definitions.length > 0) bothWays(definitions.join(", "), given);
      }),
      { numRuns: 800 },
    );
  });

  it("hold nothing that the operation does not declare", () => {
    expect(coerceVariables(schema, operationOf("$a: Int"), { a: 1, b: 2 })).toEqual({ a: 1 });
  });
});
