// One request through the whole gateway: what is asked, answered and recorded.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestGateway, type TestGateway } from "../support/test-gateway.js";
import { smallTown } from "./small-town.js";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await createTestGateway(smallTown);
});
afterAll(() => gateway.close());

describe("a list", () => {
  it("joins two databases in both directions", async () => {
    const { status, body } = await gateway.ask(
      "all",
      `{ people { nodes { number name birthDate score seen active house { street }
           accounts { nodes { number balance holder { name } } } } } }`,
    );
    expect(status).toBe(200);
    expect(body.errors).toBeUndefined();
    expect(body.data).toEqual({
      people: {
        nodes: [
          {
            number: 1,
            name: "Aline",
            birthDate: "1980-05-01",
            score: 1.5,
            seen: "2026-01-02T01:04:05.678Z",
            active: true,
            house: { street: "Rue des Lilas" },
            accounts: {
              nodes: [
                { number: 10, balance: 12.5, holder: { name: "Aline" } },
                { number: 11, balance: -3, holder: { name: "Aline" } },
                { number: 14, balance: 1, holder: { name: "Aline" } },
              ],
            },
          },
          expect.objectContaining({ number: 2, house: { street: "Rue des Lilas" }, accounts: { nodes: [] } }),
          expect.objectContaining({ number: 3, house: { street: null }, seen: "2025-06-01T00:00:00.000Z" }),
          expect.objectContaining({ number: 4, house: null }),
          expect.objectContaining({ number: 5 }),
        ],
      },
    });
  });

  it("pages forward and backward over the same order", async () => {
    const query = `query ($after: String) { people(first: 2, after: $after, orderBy: [{ field: score, direction: DESC }]) {
      edges { cursor node { number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`;
    const numbers: number[] = [];
    const cursors: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 3; page++) {
      const { body } = await gateway.ask("all", query, { after });
      const list = body.data?.["people"] as {
        edges: { cursor: string; node: { number: number } }[];
        pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
        totalCount: number;
      };
      expect(list.totalCount).toBe(5);
      expect(list.pageInfo.hasNextPage).toBe(page < 2);
      expect(list.pageInfo.hasPreviousPage).toBe(page > 0);
      numbers.push(...list.edges.map((edge) => edge.node.number));
      cursors.push(...list.edges.map((edge) => edge.cursor));
      after = list.pageInfo.endCursor;
    }
    expect(numbers).toEqual([2, 1, 4, 5, 3]);
    const back = await gateway.ask(
      "all",
      `query ($before: String) { people(last: 2, before: $before, orderBy: [{ field: score, direction: DESC }]) {
         nodes { number } pageInfo { hasNextPage hasPreviousPage } } }`,
      { before: cursors[4] },
    );
    expect(back.body.data).toEqual({
      people: { nodes: [{ number: 4 }, { number: 5 }], pageInfo: { hasNextPage: true, hasPreviousPage: true } },
    });
  });

  it("filters with and, or, not, and SQL's idea of null", async () => {
    const { body } = await gateway.ask(
      "all",
      `{ a: people(where: { or: [{ name: { startsWith: "A" } }, { score: { lt: 0 } }] }) { nodes { number } }
         b: people(where: { not: { name: { eq: "Aline" } } }) { nodes { number } }
         c: people(where: { birthDate: { gte: "1990-12-31" }, active: { isNull: false } }) { nodes { number } }
         d: people(where: { number: { in: [] } }) { nodes { number } }
         e: people(where: { or: [] }) { nodes { number } } }`,
    );
    const of = (key: string) => (body.data?.[key] as { nodes: { number: number }[] }).nodes.map((n) => n.number);
    expect(body.errors).toBeUndefined();
    expect([of("a"), of("b"), of("c"), of("d"), of("e")]).toEqual([[1, 3], [2, 3, 5], [2, 4], [], []]);
  });
});

describe("refusals", () => {
  it("answers null with the coordinate, the purpose and where to ask; masks what is masked", async () => {
    const { status, body } = await gateway.ask(
      "meals",
      `{ people(first: 1) { nodes { number name birthDate email house { street } accounts { nodes { balance holder { name } } } } } }`,
    );
    expect(status).toBe(200);
    expect(body.data).toEqual({
      people: {
        nodes: [
          {
            number: 1,
            name: "•••",
            birthDate: "1980-01-01",
            email: null,
            house: null,
            accounts: {
              nodes: [
                { balance: 12.5, holder: null },
                { balance: -3, holder: null },
                { balance: 1, holder: null },
              ],
            },
          },
        ],
      },
    });
    expect(body.errors?.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
      {
        path: ["people", "nodes"],
        selection: "email",
        code: "FIELD_NOT_SHARED",
        coordinate: "Person.email",
        purpose: "school-meals",
        contact: "data@testville.example",
      },
      expect.objectContaining({ selection: "house", coordinate: "Person.house" }),
      expect.objectContaining({ selection: "accounts.nodes.holder", coordinate: "Account.holder" }),
    ]);
    const entry = await gateway.entry();
    expect(entry.body.outcome).toBe("partial");
    expect(entry.body.fields.map((f) => [f.coordinate, f.rule, f.mask, f.cells])).toEqual([
      ["Account.balance", "policies/testville/rules.csv:24", "-", 3],
      ["Person.accounts", "policies/testville/rules.csv:22", "-", 1],
      ["Person.birthDate", "policies/testville/rules.csv:21", "year", 1],
      ["Person.name", "policies/testville/rules.csv:20", "redact", 1],
      ["Person.number", "policies/testville/rules.csv:19", "-", 1],
    ]);
    expect(entry.body.refused).toEqual([
      { coordinate: "Person.email", reason: "denied", rule: "policies/testville/rules.csv:26", use: "selection" },
      { coordinate: "Person.house", reason: "not-visible", rule: "policies/testville/rules.csv:23", use: "selection" },
      {
        coordinate: "Account.holder",
        reason: "not-in-agreement",
        rule: "policies/testville/rules.csv:25",
        use: "selection",
      },
    ]);
    expect(entry.body.rows).toEqual([
      { dataset: "Account", rows: 3 },
      { dataset: "Person", rows: 1 },
    ]);
    expect(entry.personal?.subjects["resident"]).toHaveLength(1);
  });

  it("stops before any fetch when a refused field is filtered or sorted on, in a variable too", async () => {
    for (const [query, variables] of [
      [`{ people(where: { email: { eq: "a" } }) { nodes { number } } }`, {}],
      [
        `query ($w: PersonWhere) { people(where: $w) { nodes { number } } }`,
        { w: { not: { or: [{ email: { isNull: true } }] } } },
      ],
      [`{ people(orderBy: [{ field: birthDate }]) { nodes { number } } }`, {}],
      [
        `{ people { nodes { ...A } } } fragment A on Person { accounts(where: { number: { gt: 1 } }) { nodes { balance } } }`,
        {},
      ],
    ] as const) {
      const { status, body } = await gateway.ask("meals", query, variables);
      expect(status).toBe(400);
      expect(body.data).toBeUndefined();
      expect(body.errors?.map((error) => error.extensions["code"])).toEqual(["FILTER_NOT_SHARED"]);
      expect((await gateway.entry()).body).toMatchObject({
        outcome: "refused",
        refused: [{ use: "input" }],
        fields: [],
      });
    }
  });

  it("refuses the whole query where the agreement says reject", async () => {
    const { status, body } = await gateway.ask("strict", `{ people { nodes { number email } } }`);
    expect(status).toBe(400);
    expect(body.data).toBeUndefined();
    expect((await gateway.entry()).body).toMatchObject({ outcome: "refused", rows: [] });
  });
});

describe("ids and cursors", () => {
  it("are pairwise, found again by node, and refused elsewhere", async () => {
    const ids = async (key: string): Promise<string[]> => {
      const { body } = await gateway.ask(key, `{ people { nodes { id } } }`);
      return (body.data as { people: { nodes: { id: string }[] } }).people.nodes.map((n) => n.id);
    };
    const [ofAll, ofMeals] = [await ids("all"), await ids("meals")];
    expect(await ids("all")).toEqual(ofAll);
    expect(ofAll.some((id) => ofMeals.includes(id))).toBe(false);
    const own = await gateway.ask(
      "all",
      `query ($id: ID!) { person(id: $id) { name } node(id: $id) { id __typename ... on Person { name } } }`,
      {
        id: ofAll[2],
      },
    );
    expect(own.body.data).toEqual({
      person: { name: "Chloé" },
      node: { id: ofAll[2], __typename: "Person", name: "Chloé" },
    });
    for (const id of [ofMeals[0], "x", "", `${ofAll[0]}A`, ofAll[0]?.replace(/.$/, (c) => (c === "A" ? "B" : "A"))]) {
      const { body } = await gateway.ask("all", `query ($id: ID!) { person(id: $id) { name } }`, { id });
      expect(body.data).toEqual({ person: null });
      expect(body.errors?.[0]?.extensions["code"]).toBe("INVALID_ID");
    }
  });

  // Law 5 and 9: requests share a plan, and nothing else.
  it("of many requests at once are each answered and recorded as their own", async () => {
    const { body } = await gateway.ask("all", `{ people { nodes { id name } } }`);
    const people = (body.data as { people: { nodes: { id: string; name: string | null }[] } }).people.nodes;
    const subjects = new Set<string>();
    const query = `query ($id: ID!) { person(id: $id) { id name } }`;
    for (const person of people) {
      expect((await gateway.ask("all", query, { id: person.id })).body.data).toEqual({ person });
      const recorded = (await gateway.entry()).personal?.subjects["resident"] ?? [];
      expect(recorded).toHaveLength(1);
      subjects.add(recorded[0] ?? "");
    }
    expect(subjects.size).toBe(people.length);
    const together = await Promise.all(
      [...people, ...people].map(async ({ id }) => (await gateway.ask("all", query, { id })).body.data),
    );
    expect(together).toEqual([...people, ...people].map((person) => ({ person })));
  });
});

describe("introspection", () => {
  it("shows each key only what it may read", async () => {
    const types = async (key: string | null): Promise<string[]> => {
      const { body } = await gateway.ask(key, `{ __schema { types { name fields { name } } } }`);
      const all = (body.data as { __schema: { types: { name: string; fields: { name: string }[] | null }[] } })
        .__schema;
      return all.types
        .filter((t) => ["Person", "Account", "House", "Place"].includes(t.name))
        .flatMap((t) => (t.fields ?? []).map((f) => `${t.name}.${f.name}`));
    };
    expect(await types("meals")).toEqual([
      "Person.id",
      "Person.number",
      "Person.name",
      "Person.birthDate",
      "Person.accounts",
      "Account.id",
      "Account.balance",
    ]);
    expect(await types(null)).toEqual(["Place.id", "Place.code", "Place.label"]);
  });
});

describe("who may ask", () => {
  it("tells nothing apart of bad keys, and counts them", async () => {
    for (const key of ["nonsense", "psk_live_x"]) {
      const { status, body } = await gateway.ask(key, `{ places { nodes { code } } }`);
      expect(status).toBe(401);
      expect(body.errors?.[0]?.extensions["code"]).toBe("NOT_AUTHENTICATED");
    }
  });
  it("answers open data without a key and nothing else", async () => {
    const { body } = await gateway.ask(null, `{ places { nodes { code label } } people { nodes { number } } }`);
    expect(body.data).toEqual({
      places: { nodes: [{ code: "01001", label: "L'Abergement-Clémenciat" }, expect.anything()] },
      people: null,
    });
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: "FIELD_NOT_SHARED", coordinate: "Query.people" });
    expect((await gateway.entry()).body).toMatchObject({ application: "open-data", key: null, outcome: "partial" });
  });
  it("refuses an agreement that has ended, with its date, on record", async () => {
    const { status, body } = await gateway.ask("old", `{ people { nodes { number } } }`);
    expect(status).toBe(403);
    expect(body.errors?.[0]?.message).toContain("2026-01-31");
    expect((await gateway.entry()).body).toMatchObject({ outcome: "refused", errors: ["AGREEMENT_NOT_IN_FORCE"] });
  });
  it("does not know of datasets that are not shared", async () => {
    const misspelt = await gateway.ask("all", `{ secretz { nodes { number } } }`);
    const hidden = await gateway.ask("all", `{ secrets { nodes { number } } }`);
    expect(hidden.status).toBe(400);
    const alike = ({ text }: typeof hidden): string =>
      text
        .replaceAll("secrets", "secretz")
        .replace(/"line":\d+,"column":\d+/g, "")
        .replace(/"entry":"[^"]+"/, "");
    expect(alike(hidden)).toBe(alike(misspelt));
    expect((await gateway.entry()).body).toMatchObject({ outcome: "invalid", errors: ["GRAPHQL_VALIDATION_FAILED"] });
  });
});
