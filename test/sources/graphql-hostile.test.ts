// GraphQL services that lie, break or mean harm.
import { afterEach, describe, expect, it } from "vitest";
import { type GraphqlDataset, type GraphqlSettings, graphqlSource } from "../../src/sources/graphql/index.js";
import { checkedSource, type Column, type Source, SourceFailure } from "../../src/sources/index.js";
import { list, ofCode, watched } from "./failing-service.js";
import { hostileAnswers, somebody } from "./hostile-answers.js";
import { type HttpStand, httpStand } from "./http-stand.js";
import { unbounded } from "./memory-source.js";

const code: Column = { name: "code", type: "String" };
const lat: Column = { name: "location.lat", type: "Float" };
const columns = [code, lat];

const byKeyOnly: GraphqlDataset = { key: ["code"], entities: true };
const relay: GraphqlDataset = {
  key: ["code"],
  list: { field: "stations", connection: "relay", filters: { code: "code: String" }, pageSize: 2 },
};
const plain: GraphqlDataset = { key: ["code"], list: { field: "stations", keyArgument: "codes: [ID!]", pageSize: 2 } };

interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

describe("a GraphQL service", () => {
  const stands: HttpStand[] = [];
  afterEach(() => Promise.all(stands.splice(0).map((stand) => stand.close())));

  const connect = (stand: HttpStand, dataset: GraphqlDataset, more: Partial<GraphqlSettings> = {}): Source =>
    checkedSource(
      graphqlSource({
        name: "mobility",
        kind: "graphql",
        url: `${stand.origin}/graphql`,
        timeoutMs: 5_000,
        maxBytes: 1_000_000,
        maxRows: 50,
        datasets: { Station: dataset },
        ...more,
      }),
    );

  /** A service that answers each operation with `data`, and what it was asked. */
  async function answering(body: (asked: Asked, turn: number) => unknown) {
    const asked: Asked[] = [];
    const stand = await httpStand((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("end", () => {
          const operation = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
          asked.push(operation);
          response
            .writeHead(200, { "content-type": "application/json" })
            .end(JSON.stringify(body(operation, asked.length)));
        });
    });
    stands.push(stand);
    return { stand, asked };
  }

  const page = (source: Source) =>
    source.page(
      { from: "Station", columns, filter: null, order: [{ column: code, direction: "asc" }], after: null, limit: 40 },
      unbounded(),
    );
  const byCodes = (source: Source, ...keys: readonly string[]) =>
    source.byKeys(
      {
        from: "Station",
        columns,
        match: [code],
        keys: keys.map((key) => [key]),
        filter: null,
        order: [],
        after: null,
        limitPerKey: null,
      },
      unbounded(),
    );
  const station = (name: string, more: object = {}) => ({
    __typename: "Station",
    code: name,
    location: { lat: 48.5 },
    ...more,
  });
  const pageOf = (nodes: readonly unknown[], hasNextPage: unknown = false, endCursor: unknown = null) => ({
    data: { stations: { edges: nodes.map((node) => ({ node })), pageInfo: { hasNextPage, endCursor } } },
  });

  async function failure(promise: Promise<unknown>): Promise<SourceFailure> {
    const outcome: unknown = await promise.then(
      (rows) => `rows: ${JSON.stringify(rows)}`,
      (error: unknown) => error,
    );
    if (!(outcome instanceof SourceFailure)) throw new Error(`expected a SourceFailure, got ${String(outcome)}`);
    expect(`${outcome.message}${outcome.stack ?? ""}`).not.toContain(somebody);
    return outcome;
  }

  it.each(hostileAnswers)("that answers $title is a failure", async ({ answer, reason }) => {
    const stand = await httpStand(answer);
    stands.push(stand);
    const source = connect(stand, relay, { timeoutMs: reason === "timeout" ? 500 : 5_000 });
    expect((await failure(page(source))).reason).toBe(reason);
    expect(stand.requests).toBe(1);
  });

  it("takes no inherited name for a field that is missing", async () => {
    const named: Column = { name: "constructor", type: "String" };
    const { stand } = await answering((_, turn) => {
      const told = turn === 1 ? [["constructor", "Vélo SA"]] : [];
      return { data: { stations: [{ __typename: "Station", code: "a", ...Object.fromEntries(told) }] } };
    });
    const source = connect(stand, plain);
    const order = [{ column: code, direction: "asc" as const }];
    const ask = () =>
      source.page({ from: "Station", columns: [code, named], filter: null, order, after: null, limit: 9 }, unbounded());
    expect(await ask()).toEqual([["a", "Vélo SA"]]);
    expect((await failure(ask())).detail).toBe("a field that was asked for is missing");
  });

  const wrong: readonly (readonly [string, unknown])[] = [
    ["another type of object", pageOf([station("a", { __typename: "Resident" })])],
    ["no type of object", pageOf([{ code: "a", location: { lat: 1 } }])],
    ["an object that comes twice", pageOf([station("a"), station("a")])],
    ["a null in a list", pageOf([station("a"), null])],
    ["a number for a text", pageOf([station("a", { code: 4 })])],
    ["a text for a number", pageOf([station("a", { location: { lat: "48.5" } })])],
    ["a list for a number", pageOf([station("a", { location: { lat: [48.5] } })])],
    ["null for the list", { data: { stations: null } }],
    ["a missing field", pageOf([{ __typename: "Station", code: "a" }])],
    ["a list for an object", pageOf([station("a", { location: [{ lat: 48.5 }] })])],
    ["half a text", pageOf([station("\ud800")])],
    ["no page information", { data: { stations: { edges: [] } } }],
    ["a next page without its cursor", pageOf([station("a")], true, null)],
    ["an odd word for a next page", pageOf([station("a")], "false", "x")],
    [
      "an object for a list",
      { data: { stations: { edges: { node: station("a") }, pageInfo: { hasNextPage: false } } } },
    ],
    ["no data", { data: null }],
    ["another field", { data: { residents: [] } }],
    ["a list of answers", [pageOf([])]],
  ];
  it.each(wrong)("that answers %s is a failure", async (_, body) => {
    const { stand } = await answering(() => body);
    expect((await failure(page(connect(stand, relay)))).reason).toBe("invalid-answer");
  });

  it("whose answer has errors is a failure, whatever data comes with them, and its words go nowhere", async () => {
    const error = { message: `no such thing for ${somebody}`, extensions: { code: somebody } };
    const { stand } = await answering((_, turn) => ({
      ...pageOf([station("a")]),
      errors: turn === 1 ? [error] : turn === 2 ? [{ message: "x", extensions: { code: "FORBIDDEN" } }] : [],
    }));
    const source = connect(stand, relay);
    expect(await failure(page(source))).toMatchObject({ reason: "unavailable", detail: "GraphQL error" });
    expect((await failure(page(source))).detail).toBe("GraphQL error FORBIDDEN");
    // Empty or not, a list of errors says that something went wrong.
    expect((await failure(page(source))).detail).toBe("GraphQL error");
  });

  it("is read page after page, in any order, with the fields asked for and no others", async () => {
    const { stand, asked } = await answering((_, turn) =>
      turn === 1
        ? pageOf([station("c", { secret: somebody }), station("a")], true, "c1")
        : pageOf([station("b", { location: null })]),
    );
    const rows = await page(connect(stand, relay));
    expect(rows).toEqual([["a", 48.5], ["b", null], ["c", 48.5]]); // prettier-ignore
    expect(asked).toEqual([
      {
        query:
          "query ($v0: Int) { stations(first: $v0) { edges { node { __typename code location { lat } } } pageInfo { hasNextPage endCursor } } }",
        variables: { v0: 2 },
      },
      {
        query:
          "query ($v0: Int, $v1: String) { stations(first: $v0, after: $v1) { edges { node { __typename code location { lat } } } pageInfo { hasNextPage endCursor } } }",
        variables: { v0: 2, v1: "c1" },
      },
    ]);
  });

  it("whose pages never end is a failure, told by their cursor, their emptiness or their number", async () => {
    const same = await answering((_, turn) => pageOf([station(`s${turn}`)], true, "again"));
    expect((await failure(page(connect(same.stand, relay)))).reason).toBe("invalid-answer");
    expect(same.asked).toHaveLength(2);
    const empty = await answering((_, turn) => pageOf([], true, `c${turn}`));
    expect((await failure(page(connect(empty.stand, relay)))).reason).toBe("invalid-answer");
    const ever = await answering((_, turn) => pageOf([station(`s${turn}`)], true, `c${turn}`));
    expect((await failure(page(connect(ever.stand, relay)))).reason).toBe("too-large");
    expect(ever.asked).toHaveLength(51);
  });

  it("that ignores a filter widens nothing", async () => {
    const { stand, asked } = await answering(() => pageOf([station("a"), station("b")]));
    const injection = '") { residents { name } } #';
    const filter = { op: "eq", column: code, value: injection } as const;
    expect(await connect(stand, relay).count({ from: "Station", filter }, unbounded())).toBe(0);
    expect(asked[0]?.variables).toEqual({ v0: injection, v1: 2 });
    expect(asked[0]?.query).not.toContain("residents");
  });

  it("finds keys by `_entities`, in batches, each once; what does not exist has no row", async () => {
    const { stand, asked } = await answering(({ variables }) => ({
      data: {
        _entities: (variables["v0"] as { code: string }[]).map((one) =>
          one.code === "none" ? null : station(one.code),
        ),
      },
    }));
    const source = connect(stand, { ...byKeyOnly, list: { field: "stations", pageSize: 2 } });
    expect(await byCodes(source, "b", "none", "a")).toEqual([["b", 48.5], ["a", 48.5]]); // prettier-ignore
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual({
      query:
        "query ($v0: [_Any!]!) { _entities(representations: $v0) { __typename ... on Station { __typename code location { lat } } } }",
      variables: {
        v0: [
          { __typename: "Station", code: "b" },
          { __typename: "Station", code: "none" },
        ],
      },
    });
  });

  const entities: readonly (readonly [string, unknown])[] = [
    ["entities in another sequence", [station("b"), station("a")]],
    ["one entity for two keys", [station("a")]],
    ["more entities than keys", [station("a"), station("b"), station("c")]],
    ["an entity of another type", [{ ...station("a"), __typename: "Resident" }, null]],
    ["the same entity for both keys", [station("a"), station("a")]],
    ["no list", { 0: station("a"), length: 2 }],
  ];
  it.each(entities)("that answers %s is a failure", async (_, found) => {
    const { stand } = await answering(() => ({ data: { _entities: found } }));
    expect((await failure(byCodes(connect(stand, byKeyOnly), "a", "b"))).reason).toBe("invalid-answer");
  });

  it("finds keys by the list's argument, where places may be empty; others' keys are left out", async () => {
    const { stand, asked } = await answering((_, turn) => ({
      data: { stations: turn === 1 ? [station("a"), null, station("elsewhere")] : [station("c")] },
    }));
    expect(await byCodes(connect(stand, plain), "a", "b", "c")).toEqual([["a", 48.5], ["c", 48.5]]); // prettier-ignore
    expect(asked.map(({ variables }) => variables)).toEqual([{ v0: ["a", "b"] }, { v0: ["c"] }]);
    expect(asked[0]?.query).toBe("query ($v0: [ID!]) { stations(codes: $v0) { __typename code location { lat } } }");
  });

  it("is asked nothing that no GraphQL name could be, and nothing that the settings do not name", async () => {
    const { stand, asked } = await answering(() => pageOf([]));
    const source = connect(stand, relay);
    const request = { from: "Station", filter: null, order: [], after: null, limit: 5 };
    const bad = ["code } residents { name", "__schema.types", "a..b", "", "location.lat(x: 1)", "code\n#"];
    for (const name of bad) {
      const one: Column = { name, type: "String" };
      expect((await failure(source.page({ ...request, columns: [one] }, unbounded()))).reason).toBe("unavailable");
    }
    const both = [code, { name: "code.x", type: "String" } as const];
    expect((await failure(source.page({ ...request, columns: both }, unbounded()))).reason).toBe("unavailable");
    expect((await failure(source.page({ ...request, from: "Resident", columns }, unbounded()))).reason).toBe(
      "unavailable",
    );
    expect((await failure(page(connect(stand, byKeyOnly)))).reason).toBe("unavailable");
    expect(asked).toEqual([]);
  });

  it("is asked at its own address, with its headers, and no key is asked for nothing", async () => {
    const seen: string[] = [];
    const stand = await httpStand((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.end("{}");
    });
    stands.push(stand);
    const source = connect(stand, relay, {
      url: `${stand.origin}/api/v2/query`,
      headers: { authorization: "Bearer of-the-town" },
    });
    expect((await failure(page(source))).message).not.toContain("of-the-town");
    expect(await byCodes(source)).toEqual([]);
    expect(seen).toEqual(["POST /api/v2/query Bearer of-the-town"]);
  });

  // Law 13: what it does not understand of a condition is one application's; what it says of itself is everybody's.
  it.each([
    ["without a code", {}, []],
    ["of input", { extensions: { code: "BAD_USER_INPUT" } }, []],
    ["of rights", { extensions: { code: "FORBIDDEN" } }, [{ from: "Station", open: true }]],
  ])("that answers a condition with an error %s", async (_, error, changes) => {
    const { stand, asked } = await answering(() => ({ errors: [{ message: somebody, ...error }] }));
    const settings = { name: "mobility", url: `${stand.origin}/graphql`, datasets: { Station: relay } };
    const treated = watched(graphqlSource({ ...settings, kind: "graphql" }));
    for (let i = 0; i < 5; i++) {
      const failed = await failure(list(treated.source, { from: "Station", filter: ofCode(String(i)) }));
      expect(failed.message).not.toContain(somebody);
    }
    expect(asked).toHaveLength(5);
    expect(treated.changes).toMatchObject(changes);
    expect(treated.changes).toHaveLength(changes.length);
  });
});
