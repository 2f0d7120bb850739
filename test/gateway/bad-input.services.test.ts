// What can go wrong, row by row of the README's table: nothing extra leaves, the rest is answered, all is on record.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bindingsOf } from "../../src/catalogue/index.js";
import { SourceFailure, checkedSource, type Source } from "../../src/sources/index.js";
import { createTestGateway, tenant, testCaller, type Reply, type TestGateway } from "../support/test-gateway.js";
import { smallDatabases, smallRules, smallTown } from "./small-town.js";

/** What the test does to a source's calls; reset after each test. */
let meddle: ((source: Source) => Source) | null = null;
/** Rows that a guard hides, by dataset. */
let hidden: ReadonlySet<number> = new Set();
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await createTestGateway({
    ...smallTown,
    databases: {
      ...smallDatabases,
      people: `${smallDatabases.people}
        INSERT INTO person (id, name) SELECT n, 'N' || n FROM generate_series(1000, 1999) n;`,
    },
    limits: { depth: 6, aliases: 5, rows: 60_000, scanRows: 200, timeMs: 1_500, bodyBytes: 20_000 },
    around: (source) => {
      const through = <K extends "page" | "byKeys" | "count">(name: K): Source[K] =>
        ((...args: Parameters<Source[K]>) => {
          const target = meddle?.(source) ?? source;
          return (target[name] as (...given: unknown[]) => unknown).apply(target, args);
        }) as Source[K];
      return { ...plain(source), page: through("page"), byKeys: through("byKeys"), count: through("count") };
    },
    guard: (dataset) =>
      dataset.name === "Person" && hidden.size > 0
        ? (rows) => rows.map((row) => !hidden.has(Number(row.find((cell) => typeof cell === "number"))))
        : null,
  });
});
afterAll(() => gateway.close());
afterEach(() => {
  meddle = null;
  hidden = new Set();
});

const plain = (source: Source): Source => ({
  name: source.name,
  kind: source.kind,
  abilities: source.abilities,
  page: (request, bounds) => source.page(request, bounds),
  byKeys: (request, bounds) => source.byKeys(request, bounds),
  count: (request, bounds) => source.count(request, bounds),
  describe: (from, bounds) => source.describe(from, bounds),
  close: () => source.close(),
});

const codes = (reply: Reply): unknown[] => (reply.body.errors ?? []).map((error) => error.extensions["code"]);

describe("limits, before any fetch", () => {
  const cases: readonly [string, string, number][] = [
    ["a page of 10,000", `{ people(first: 10000) { nodes { number } } }`, 400],
    ["a negative page", `{ people(first: -1) { nodes { number } } }`, 400],
    ["depth", `{ people { nodes { house { people { nodes { house { code } } } } } } }`, 400],
    ["aliases", `{ ${[1, 2, 3, 4, 5, 6].map((n) => `a${n}: places { nodes { code } }`).join(" ")} }`, 400],
    ["rows multiplied", `{ people(first: 1000) { nodes { accounts(first: 60) { nodes { number } } } } }`, 400],
    ["both directions", `{ people(first: 1, last: 1) { nodes { number } } }`, 400],
    ["fields written", `{ people { nodes { ${"number ".repeat(1_100)} } } }`, 400],
  ];
  it.each(cases)("%s", async (_, query, status) => {
    let calls = 0;
    meddle = (source) => {
      calls++;
      return source;
    };
    const reply = await gateway.ask("all", query);
    expect(reply.status).toBe(status);
    expect(reply.body.data).toBeUndefined();
    expect(["LIMIT_EXCEEDED", "BAD_USER_INPUT"]).toContain(codes(reply)[0]);
    expect(calls).toBe(0);
    expect((await gateway.entry()).body).toMatchObject({ outcome: "invalid", fields: [], rows: [] });
  });

  it("names the figure and the limit", async () => {
    const { body } = await gateway.ask("all", `{ people(first: 10000) { nodes { number } } }`);
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: "LIMIT_EXCEEDED", figure: 10_000, limit: 1_000 });
  });
});

describe("a source", () => {
  const query = `{ people(first: 2) { nodes { number accounts { nodes { balance } } } } }`;
  const answered = {
    people: {
      nodes: [
        { number: 1, accounts: null },
        { number: 2, accounts: null },
      ],
    },
  };

  it("down: its fields null, the rest answered, one error, on record", async () => {
    meddle = (source) =>
      source.name === "money"
        ? { ...plain(source), byKeys: () => Promise.reject(new SourceFailure("money", "unavailable", "08006")) }
        : source;
    const reply = await gateway.ask("all", query);
    expect(reply.status).toBe(200);
    expect(reply.body.data).toEqual(answered);
    expect(reply.body.errors).toHaveLength(1);
    expect(reply.body.errors?.[0]).toMatchObject({
      path: ["people", "nodes"],
      extensions: { code: "SOURCE_UNAVAILABLE", selection: "accounts" },
    });
    expect((await gateway.entry()).body).toMatchObject({
      outcome: "partial",
      sources: [{ source: "money", reason: "unavailable" }],
      fields: [{ coordinate: "Person.number" }],
    });
  });

  it("slow: answered in time without it", async () => {
    meddle = (source) =>
      source.name === "money"
        ? checkedSource({ ...plain(source), byKeys: () => new Promise(() => undefined) })
        : source;
    const reply = await gateway.ask("all", query);
    expect(reply.body.data).toEqual(answered);
    expect(codes(reply)).toEqual(["SOURCE_UNAVAILABLE"]);
  });

  it.each([
    [
      "rows nobody asked for",
      (rows: readonly (readonly unknown[])[]) => [
        ...rows,
        rows[0]?.map((cell) => (typeof cell === "number" ? 999 : cell)),
      ],
    ],
    [
      "values of another type",
      (rows: readonly (readonly unknown[])[]) =>
        rows.map((row) => row.map((cell) => (typeof cell === "number" ? "secret" : cell))),
    ],
    ["rows cut short", (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.slice(1))],
  ] as const)("lying with %s: nothing of it leaves", async (_, lie) => {
    meddle = (source) =>
      source.name === "money"
        ? checkedSource({
            ...plain(source),
            byKeys: async (request, bounds) => lie(await source.byKeys(request, bounds)) as never,
          })
        : source;
    const reply = await gateway.ask("all", query);
    expect(reply.body.data).toEqual(answered);
    expect(codes(reply)).toEqual(["SOURCE_UNAVAILABLE"]);
    expect(reply.text).not.toContain("secret");
  });
});

describe("rows that are not visible", () => {
  it("fill no page: the next visible ones do, and beyond the bound the page is refused", async () => {
    hidden = new Set([1, 3]);
    const some = await gateway.ask(
      "all",
      `{ people(first: 2) { totalCount nodes { number } pageInfo { hasNextPage } } }`,
    );
    expect(some.body.data).toEqual({
      people: { totalCount: null, nodes: [{ number: 2 }, { number: 4 }], pageInfo: { hasNextPage: true } },
    });
    hidden = new Set([1, 2, 3, 4, 5, ...Array.from({ length: 1000 }, (_, i) => 1000 + i)]);
    const none = await gateway.ask(
      "all",
      `{ people(first: 2) { nodes { number } } places(first: 1) { nodes { code } } }`,
    );
    expect(none.body.data).toEqual({ people: null, places: { nodes: [{ code: "01001" }] } });
    expect(codes(none)).toEqual(["PAGE_NOT_AVAILABLE"]);
  });

  it("are null behind a link and by id, without an error", async () => {
    const { body } = await gateway.ask("all", `{ people(first: 1) { nodes { id } } }`);
    const id = (body.data as { people: { nodes: { id: string }[] } }).people.nodes[0]?.id;
    hidden = new Set([1]);
    const reply = await gateway.ask(
      "all",
      `query ($id: ID!) { person(id: $id) { number } node(id: $id) { id } accounts(first: 1) { nodes { holder { number } } } }`,
      { id },
    );
    expect(reply.body).toMatchObject({ data: { person: null, node: null, accounts: { nodes: [{ holder: null }] } } });
    expect(reply.body.errors).toBeUndefined();
    expect((await gateway.entry()).body.rows).toEqual([{ dataset: "Account", rows: 1 }]);
  });
});

describe("HTTP", () => {
  it.each([
    ["GET", { method: "GET" }, 405, "METHOD_NOT_ALLOWED"],
    ["another media type", { headers: { "content-type": "text/plain" }, body: "{}" }, 415, "MEDIA_TYPE_NOT_SUPPORTED"],
    ["no JSON", { headers: { "content-type": "application/json" }, body: "{" }, 400, "REQUEST_NOT_UNDERSTOOD"],
    [
      "an empty query",
      { headers: { "content-type": "application/json" }, body: '{"query":" "}' },
      400,
      "REQUEST_NOT_UNDERSTOOD",
    ],
    [
      "a syntax error",
      { headers: { "content-type": "application/json" }, body: '{"query":"{ people { "}' },
      400,
      "GRAPHQL_PARSE_FAILED",
    ],
    [
      "a mutation",
      { headers: { "content-type": "application/json" }, body: '{"query":"mutation { a }"}' },
      400,
      "GRAPHQL_VALIDATION_FAILED",
    ],
  ] as const)("%s is refused with its status, on record", async (_, request, status, code) => {
    const headers = { authorization: "Bearer all", ...("headers" in request ? request.headers : {}) };
    const reply = await gateway.send({ ...request, headers });
    expect(reply.status).toBe(status);
    expect(codes(reply)).toEqual([code]);
    expect(reply.headers["cache-control"]).toBe("no-store");
    expect((await gateway.entry()).body).toMatchObject({ outcome: "invalid", errors: [code], key: "all" });
  });

  it("keeps what an application chose out of the record, and bounded in its answer", async () => {
    const marker = "MARKER\u0000\u001b[31m";
    const query = `query ${"Z".repeat(3_000)}($v: Int) { mine: people(first: $v) { nodes { x: number } } }`;
    await gateway.send({
      headers: { authorization: "Bearer all", "content-type": "application/json", traceparent: marker },
      body: JSON.stringify({ query, operationName: "Z".repeat(3_000), variables: { v: 1, [marker]: marker } }),
    });
    const entry = await gateway.entry();
    expect(entry.body.outcome).toBe("answered");
    expect(entry.personal?.traceparent).toBeNull();
    expect(entry.canonical).not.toMatch(/MARKER|ZZZ|mine/);
    expect((entry.personal?.operationName ?? "").length).toBeLessThanOrEqual(201);
    const reply = await gateway.ask("all", `query ($v: Int) { people(first: $v) { nodes { number } } }`, {
      v: "martin@example.org",
    });
    expect(codes(reply)).toEqual(["BAD_USER_INPUT"]);
    expect(reply.text).not.toContain("martin");
    const literal = await gateway.ask(
      "all",
      `{ people(where: { number: { eq: "martin@example.org" } }) { nodes { number } } }`,
    );
    expect(codes(literal)).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
    expect(literal.text).not.toContain("martin");
  });
});

it("stores no name of a mutation, which nothing has checked (law 11)", async () => {
  await gateway.ask("all", "mutation { martinHasAnIllness }");
  const entry = await gateway.entry();
  const text = entry.body.operation === null ? "" : await gateway.log.operationText(entry.body.operation);
  expect(text).not.toContain("martin");
});

describe("what is current", () => {
  it("a rule that was taken away is gone at the next request (law 6), and the entry names the version", async () => {
    const query = `{ people(first: 1) { nodes { score } } }`;
    expect((await gateway.ask("all", query)).body.errors).toBeUndefined();
    const before = (await gateway.entry()).body.policyVersion;
    await gateway.apply(smallRules.replace("p, all, everything, Person.score, all, -, allow\n", ""));
    const after = await gateway.ask("all", query);
    expect(codes(after)).toEqual(["FIELD_NOT_SHARED"]);
    expect((await gateway.entry()).body.policyVersion).not.toBe(before);
    await gateway.apply(smallRules);
    expect((await gateway.ask("all", query)).body.errors).toBeUndefined();
    expect((await gateway.entry()).body.policyVersion).toBe(before);
  });
});

describe("texts that no database holds, and documents that only cost time", () => {
  it.each(["a\u0000b", "\ud800"])("a filter on %j is bad input, not a failing source", async (eq) => {
    const reply = await gateway.ask(
      "all",
      `query ($eq: String) { people(where: { name: { eq: $eq } }) { nodes { number } } }`,
      { eq },
    );
    expect([reply.status, ...codes(reply)]).toEqual([400, "BAD_USER_INPUT"]);
  });

  it("nesting beyond measure is refused before validation", async () => {
    for (const query of [
      `${"{ a".repeat(1_200)}${" }".repeat(1_200)}`,
      `{ people(where: ${"{ not: ".repeat(900)}{}${" }".repeat(900)}) { nodes { number } } }`,
    ]) {
      const reply = await gateway.ask("all", query);
      expect([reply.status, ...codes(reply)]).toEqual([400, "LIMIT_EXCEEDED"]);
    }
  });

  it("a client that has gone before its turn leaves an entry", async () => {
    const gone = new AbortController();
    gone.abort(new DOMException("gone", "AbortError"));
    const reply = await gateway.send({ headers: { authorization: "Bearer all" }, signal: gone.signal });
    expect(codes(reply)).toEqual(["CLIENT_GONE"]);
    expect((await gateway.entry()).body).toMatchObject({ outcome: "invalid", errors: ["CLIENT_GONE"], fields: [] });
  });
});

describe("what an attack showed", () => {
  it("an agreed field that schema.graphql binds to another column is shut until it is approved again (law 1)", async () => {
    const catalogue = (await gateway.services.versions.current(tenant)).policy.catalogue;
    const approved = testCaller("all", {
      application: "all",
      purpose: "everything",
      fields: ["Person.number", "Person.name"],
    });
    const snapshot = { ...approved.agreement.snapshot, bindings: Object.fromEntries(bindingsOf(catalogue)) };
    gateway.callers.set("bound", { ...approved, agreement: { ...approved.agreement, snapshot } });
    const query = `{ people(first: 1) { nodes { number name } } }`;
    expect((await gateway.ask("bound", query)).body.errors).toBeUndefined();
    await gateway.apply(
      smallRules,
      smallTown.schema.replace("  name: String @personal", '  name: String @column(name: "email") @personal'),
    );
    const after = await gateway.ask("bound", query);
    expect(after.text).not.toContain("aline@example.org");
    expect(after.body.data).toEqual({ people: { nodes: [{ number: 1, name: null }] } });
    expect((await gateway.entry()).body.refused).toMatchObject([
      { coordinate: "Person.name", reason: "not-in-agreement" },
    ]);
    await gateway.apply(smallRules);
  });

  it("values are bounded, not rows alone: a list written twice counts twice (law 13)", async () => {
    const many = Array.from({ length: 40 }, (_, i) => `a${i}: __typename`).join(" ");
    const reply = await gateway.ask(
      "all",
      `{ people(first: 1000) { nodes { ...R } edges { node { ...R } } } } fragment R on Person { number name ${many.replace(/a\d+: /g, "")} score seen active birthDate email }`,
      {},
    );
    expect(reply.status).toBe(200);
    const wide = await gateway.ask(
      "all",
      `{ ${[1, 2, 3, 4, 5].map((n) => `a${n}: people(first: 1000) { nodes { ...R } edges { cursor node { ...R } } }`).join(" ")} }
      fragment R on Person { id number name birthDate email score seen active x: number y: number z: number u: number v: number w: number p: number q: number r: number s: number t: number o: number }`,
    );
    expect([wide.status, ...codes(wide)]).toEqual([400, "LIMIT_EXCEEDED"]);
  });

  it("a question about exactly one person is on that person's record, though no row leaves (law 5)", async () => {
    const known = await gateway.ask("all", `{ people(where: { number: { eq: 3 } }) { nodes { number } } }`);
    expect(known.status).toBe(200);
    const [token] = (await gateway.entry()).personal?.subjects["resident"] ?? [];
    for (const asked of [
      `{ people(first: 0, where: { number: { eq: 3 } }) { totalCount } }`,
      `{ people(first: 0, where: { name: { startsWith: "Chlo" } }) { pageInfo { hasNextPage } } }`,
    ]) {
      expect((await gateway.ask("all", asked)).status).toBe(200);
      const entry = await gateway.entry();
      expect(entry.body.rows).toEqual([]);
      expect(entry.personal?.subjects["resident"]).toEqual([token]);
    }
    await gateway.ask("all", `{ people(first: 0, where: { number: { gte: 0 } }) { totalCount } }`);
    expect((await gateway.entry()).personal?.subjects["resident"] ?? []).toEqual([]);
  });

  it("a number beyond all numbers is bad input, not a failing source", async () => {
    const reply = await gateway.ask("all", `{ people(where: { score: { gt: 1e400 } }) { nodes { number } } }`);
    expect(reply.status).toBe(400);
    expect(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"]).toContain(codes(reply)[0]);
  });

  it("nothing is kept of a document that was not found valid, and a trace can be erased (law 11)", async () => {
    await gateway.ask("all", `{ people { martinHasAnIllness } }`);
    expect((await gateway.entry()).body.operation).toBeNull();
    const traceparent = "00-4a65616e2044757075696e742030362a-0612345678901234-01";
    await gateway.ask("all", `{ people(first: 1) { nodes { number } } }`, {}, { traceparent });
    const entry = await gateway.entry();
    expect(entry.canonical).not.toContain("4a65616e");
    expect(entry.personal?.traceparent).toBe(traceparent);
  });
});
