// The planned executor cannot be told from graphql-js's `execute`, all fields being shared. `npm run test:long` asks more.
import { parse } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compared, send } from "./same-answers.js";
import { expectSameAnswers, openRivemont, openSmallTown, type OpenedTown } from "./towns.js";

const byNumber = `{ people(where: { number: { lte: $x } }) { nodes { number } } }`;
const merged = `query($yes: Boolean!) {
  people(first: 2) { nodes { name } ...A }
  ...B @include(if: $yes)
  ... { people(first: 2) { nodes { house { code } } } }
  people(first: 2) { nodes { ...C @skip(if: $yes) ...C name } }
}
fragment A on PersonConnection { pageInfo { hasNextPage } nodes { ... on Node { id } number } }
fragment B on Query { first: __typename people(first: 2) { nodes { house { street } number } } }
fragment C on Person { email house { id code } }`;

describe("a small town, with nulls, equal cells and links that lead nowhere", () => {
  let town: OpenedTown;
  beforeAll(async () => {
    town = await openSmallTown();
  }, 180_000);
  afterAll(() => town.close());

  it("answers 200 random operations as graphql-js does", async () => {
    await expectSameAnswers(town, 200, 1);
  }, 600_000);

  it.each([
    ["everything skipped", `{ people @skip(if: true) { nodes { number } } }`, {}],
    ["everything skipped inside", `{ people { nodes @include(if: false) { number } } person: __typename }`, {}],
    ["one key from five places, in the order of the first", merged, { yes: true }],
    ["a variable that is not given, inside a condition", `query($x: Int) ${byNumber}`, {}],
    ["a default inside a condition", `query($x: Int = 3) ${byNumber}`, {}],
    ["the first of several rows behind a link to one", `{ houses { nodes { code someone { number } } } }`, {}],
    ["the last rows of each parent", `{ houses(last: 3) { nodes { people(last: 2) { nodes { number } } } } }`, {}],
  ])("answers %s as graphql-js does", async (_, query, variables) => {
    expect(await compared(town, { query, variables, operationName: null })).toMatchObject({ found: null });
  });

  it.each([
    [`query($v: Boolean = true) { people @include(if: $v) { nodes { number } } }`],
    [`query($v: Boolean = true) { people { nodes { number @skip(if: $v) } } }`],
    [`query($v: ID = "x") { person(id: $v) { number } places { nodes { code } } }`],
    [`query($v: String = "Query") { __type(name: $v) { name } places { nodes { code } } }`],
    [`query($v: OrderDirection = DESC) { people(orderBy: { field: name, direction: $v }) { nodes { name } } }`],
    [`query($v: String = "b") { people(where: { name: { in: ["a", $v] } }) { nodes { name } } }`],
  ])("refuses as a whole what graphql-js refuses where it stands: %s with null", async (query) => {
    const operation = { query, variables: { v: null }, operationName: null };
    expect((await town.oracle.execute(parse(query), operation)).errors).toHaveLength(1);
    const { status, body, text } = await send(town, operation);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
    expect(body.data).toBeUndefined();
    expect(text).not.toMatch(/\[\\?"a/);
  });
});

describe("Rivemont", () => {
  let town: OpenedTown;
  beforeAll(async () => {
    town = await openRivemont();
  }, 180_000);
  afterAll(() => town.close());

  it("answers 200 random operations as graphql-js does", async () => {
    await expectSameAnswers(town, 200, 1);
  }, 600_000);
});
