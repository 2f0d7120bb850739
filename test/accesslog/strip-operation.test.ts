import fc from "fast-check";
import { buildSchema, parse, print, validate, visit } from "graphql";
import { describe, expect, test } from "vitest";
import { stripOperation } from "../../src/accesslog/index.js";

const schema = buildSchema(`
  enum Direction { ASC DESC }
  input StringFilter { eq: String in: [String!] isNull: Boolean }
  input Where { familyName: StringFilter number: Int and: [Where!] }
  input Order { familyName: Direction number: Direction }
  type Resident { id: ID! familyName: String number: Int friends(first: Int, where: Where): [Resident!] }
  type Query { residents(first: Int, where: Where, orderBy: [Order!]): [Resident!] resident(id: ID!): Resident }
`);

const strip = (source: string, validated = true) => stripOperation(parse(source), { validated });

describe("stripping an operation", { timeout: 60_000 }, () => {
  test("keeps what the schema names, and neutral names for the rest", () => {
    const { text, hash } = strip(`
      # who is Jean Dupont?
      query FindDupont($name: String = "Dupont", $n: Int!) @skip(if: false) {
        dupont: residents(first: 10, where: { familyName: { eq: $name, in: ["a", "b"] }, number: 3 }, orderBy: [{ familyName: ASC }]) {
          ...Jean @include(if: $n)
          ... on Resident { dob: number }
        }
      }
      fragment Jean on Resident { friends(first: $n) { __typename familyName } }
    `);
    expect(text).toMatchInlineSnapshot(`
      "query ($v1: String = _, $v2: Int!) @skip(if: _) {
        residents(
          first: _
          where: {familyName: {eq: $v1, in: _}, number: _}
          orderBy: [{familyName: ASC}]
        ) {
          ...f1 @include(if: $v2)
          ... on Resident {
            number
          }
        }
      }

      fragment f1 on Resident {
        friends(first: $v2) {
          __typename
          familyName
        }
      }"
    `);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("a document that did not validate keeps its shape alone", () => {
    expect(strip("{ jean_dupont(born: D1980, is: {liar: true}) @secret(why: $x) { a: b } }", false).text).toBe(
      "{\n  _(_: _, _: {_: _}) @_(_: $v1) {\n    _\n  }\n}",
    );
    expect(strip("type Dupont { jean: String } query Q { a }", false).text).not.toMatch(/dupont|jean|Q/i);
    expect(strip("{ jean }", false)).toEqual(strip("{ marie }", false));
  });
});

// A marker can never be a name of the schema nor part of one.
const marker = fc.stringMatching(/^[a-z0-9]{6,12}$/).map((text) => `zq_${text}`);
// All different: two places with one name by chance would be another operation.
const chosen = fc
  .record({
    names: fc.uniqueArray(marker, { minLength: 13, maxLength: 13 }),
    number: fc.integer({ min: 1_000_000, max: 2_000_000 }),
  })
  .map(({ names, number }) => {
    const at = (n: number): string => names[n] ?? "";
    return {
      operation: at(0),
      variables: [at(1), at(2)] as const,
      fragments: [at(3), at(4)] as const,
      aliases: [at(5), at(6), at(7)] as const,
      strings: [at(8), at(9), at(10), at(11)] as const,
      comment: at(12),
      number,
    };
  });
type Chosen = typeof chosen extends fc.Arbitrary<infer T> ? T : never;

/** One operation with every place that an application can fill as it likes. */
const written = (c: Chosen): string => `
  # ${c.comment}
  query ${c.operation}($${c.variables[0]}: String = "${c.strings[0]}", $${c.variables[1]}: Boolean = true) {
    ${c.aliases[0]}: residents(first: ${c.number}, where: { familyName: { eq: $${c.variables[0]}, in: ["${c.strings[1]}", "x"] }, number: -${c.number} }, orderBy: [{ number: DESC }]) { # ${c.comment}
      ...${c.fragments[0]} @include(if: $${c.variables[1]})
    }
    ${c.aliases[1]}: resident(id: """
      block ${c.strings[2]}
    """) @skip(if: $${c.variables[1]}) { ...${c.fragments[1]} }
  }
  fragment ${c.fragments[0]} on Resident { ${c.aliases[2]}: friends(where: { and: [{ familyName: { eq: "${c.strings[3]}" } }] }) { familyName } }
  fragment ${c.fragments[1]} on Resident { number }
`;

/** The same places, and those that only an operation that does not validate can fill. */
const writtenInvalid = (c: Chosen): string =>
  `${written(c)} query ${c.aliases[0]} ($${c.aliases[1]}: [${c.strings[0]}!]! = { ${c.strings[1]}: ${c.strings[2]} } @${c.strings[3]}) @${c.comment}(${c.strings[0]}: [${c.strings[1]}, $${c.operation}]) {
    ${c.strings[2]}(${c.strings[3]}: { ${c.comment}: ${c.comment} }) { ... on ${c.strings[1]} { x: ${c.comment} } ...${c.strings[0]} }
  } type ${c.strings[0]} @${c.strings[1]} { ${c.strings[2]}: ${c.strings[3]} }`;

describe("law 11: no text that an application can choose is kept", { timeout: 60_000 }, () => {
  test("of an operation that validated", () => {
    fc.assert(
      fc.property(chosen, (c) => {
        const source = written(c);
        expect(validate(schema, parse(source))).toEqual([]);
        const { text } = strip(source);
        expect(text).not.toContain("zq_");
        expect(text).not.toContain(String(c.number));
        expect(text).not.toContain("#");
      }),
    );
  });

  test("of one that did not", () => {
    fc.assert(
      fc.property(chosen, (c) => {
        const { text } = strip(writtenInvalid(c), false);
        expect(text).not.toContain("zq_");
        expect(namesIn(text)).toEqual(expect.not.arrayContaining(["residents", "familyName", "Resident"]));
      }),
    );
  });

  test("operations that differ in nothing else have one hash, and other operations another", () => {
    fc.assert(
      fc.property(chosen, chosen, (one, other) => {
        expect(strip(written(one))).toEqual(strip(written(other)));
        expect(strip(written(one).replace("{ number }", "{ familyName }")).hash).not.toBe(strip(written(one)).hash);
        expect(strip(writtenInvalid(one), false)).toEqual(strip(writtenInvalid(other), false));
      }),
      { numRuns: 50 },
    );
  });

  test("the text is GraphQL still, and stripping it again changes nothing", () => {
    fc.assert(
      fc.property(chosen, (c) => {
        const { text } = strip(written(c));
        expect(print(parse(text))).toBe(text);
        expect(strip(text).text).toBe(text);
      }),
      { numRuns: 20 },
    );
  });
});

function namesIn(text: string): string[] {
  const names: string[] = [];
  visit(parse(text), { Name: (node) => void names.push(node.value) });
  return names;
}
