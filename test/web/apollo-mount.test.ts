import { ApolloServer } from "@apollo/server";
import { GraphQLError, type DocumentNode } from "graphql";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { GraphQLParameters } from "../../src/gateway/index.js";
import { JsonBytes } from "../../src/gateway/json-bytes.js";
import { WrittenData } from "../../src/gateway/written-data.js";
import { answerErrors, type AnswerErrorCode } from "../../src/terms/index.js";
import {
  createGraphQLServer,
  type ExecutionRequest,
  type GraphQLServerOptions,
  type WebEvent,
} from "../../src/web/index.js";
import { quotedMessage } from "../../src/web/public-error.js";
import { coded, townExecutor, townSchema, type TownContext } from "./town.js";

const tokens = 500;
const ended: { context: TownContext; codes: readonly AnswerErrorCode[]; document: DocumentNode | null }[] = [];
const events: WebEvent[] = [];
let executor: GraphQLServerOptions<TownContext>["execute"] = townExecutor;

const start = () =>
  createGraphQLServer<TownContext>({
    schema: () => townSchema,
    execute: (request) => executor(request),
    tokens,
    onRequestError: (context, codes, document) => ended.push({ context, codes, document }),
    report: (event) => events.push(event),
  });
let server: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.stop());
afterEach(() => {
  executor = townExecutor;
  ended.length = events.length = 0;
});

interface Answered {
  status: number;
  type: string | undefined;
  body: {
    data?: unknown;
    errors?: { message: string; extensions: Record<string, unknown>; [member: string]: unknown }[];
  };
  text: string;
}

async function ask(
  query: string,
  more: Partial<GraphQLParameters> = {},
  accept: string | null = null,
): Promise<Answered> {
  const parameters = { query, operationName: null, variables: {}, ...more };
  const { status, headers, body } = await server.run(parameters, accept, { app: "cantine-plus", seen: [] });
  return { status, type: headers["content-type"], body: JSON.parse(String(body)), text: String(body) };
}
const only = (code: AnswerErrorCode) => ({
  errors: [{ message: answerErrors[code].sentence, extensions: { code } }],
});

describe("Apollo's mount", () => {
  it("hands the executor our own context and parameters, not copies", async () => {
    const context: TownContext = { app: "cantine-plus", seen: [] };
    const parameters = { query: "{echo}", operationName: null, variables: { x: 1 } };
    const received: ExecutionRequest<TownContext>[] = [];
    executor = async (request) => {
      received.push(request);
      return { data: {} };
    };
    await server.run(parameters, null, context);
    await server.run(parameters, null, context);
    expect(received[0]?.context).toBe(context);
    expect(received[0]?.parameters).toBe(parameters);
    expect(received[1]?.document).toBe(received[0]?.document);
  });

  it("answers data in the media type asked for", async () => {
    const modern = "application/graphql-response+json";
    for (const [accept, type] of [
      [null, "application/json; charset=utf-8"],
      ["*/*", "application/json; charset=utf-8"],
      [modern, `${modern}; charset=utf-8`],
      [`${modern}, application/json;q=0.9`, `${modern}; charset=utf-8`],
    ] as const) {
      const {
        status,
        type: got,
        body,
      } = await ask('{ places(names: "Bibliothèque") { n: name(upper: true) } }', {}, accept);
      expect({ status, got, body }).toEqual({
        status: 200,
        got: type,
        body: { data: { places: [{ n: "BIBLIOTHÈQUE" }] } },
      });
    }
    expect(ended).toEqual([]);
    expect(await ask("{echo}", {}, "text/html")).toMatchObject({ status: 406, body: only("NOT_ACCEPTABLE") });
    expect(ended.map(({ codes }) => codes)).toEqual([["NOT_ACCEPTABLE"]]);
  });

  it("leaves the executor's errors as they are: number, order, path, locations, extensions", async () => {
    const { status, body } = await ask('{ places { name secret } echo(text: "a") }');
    expect(status).toBe(200);
    expect(body.data).toEqual({
      places: [
        { name: "École du Pont", secret: null },
        { name: "Bibliothèque", secret: null },
      ],
      echo: "a",
    });
    const extensions = { code: "FIELD_NOT_SHARED", coordinate: "Place.secret" };
    const at = { message: answerErrors.FIELD_NOT_SHARED.sentence, locations: [{ line: 1, column: 17 }], extensions };
    expect(body.errors).toEqual([
      { ...at, path: ["places", 0, "secret"] },
      { ...at, path: ["places", 1, "secret"] },
    ]);
    expect(ended[0]?.codes).toEqual(["FIELD_NOT_SHARED", "FIELD_NOT_SHARED"]);
    expect(ended[0]?.document).not.toBeNull();
  });

  it("says nothing of an unexpected error but where it is, and reports it without its text", async () => {
    const { status, body, text } = await ask("{ places { broken } boom }");
    expect(status).toBe(200);
    expect(body.errors).toHaveLength(3);
    for (const error of body.errors ?? []) {
      expect(error.message).toBe(answerErrors.INTERNAL_SERVER_ERROR.sentence);
      expect(error.extensions).toEqual({ code: "INTERNAL_SERVER_ERROR" });
    }
    expect(text).not.toMatch(/10\.0\.0\.1|Martin|stack/);
    expect(events.length).toBeGreaterThan(0);
    expect(JSON.stringify(events)).not.toMatch(/10\.0\.0\.1|Martin/);
    expect(events[0]).toMatchObject({ event: "unexpected-error", name: "Error" });
    expect(events[0]?.frames.join()).toContain("town.ts");
  });

  it.each([
    ["an error", new Error("Mme Martin")],
    [
      "an error that poses as ours",
      Object.assign(new Error("Mme Martin"), { extensions: { code: "SOURCE_UNAVAILABLE", row: "Martin" } }),
    ],
    ["an uncoded GraphQLError", new GraphQLError("Mme Martin")],
    ["a code of nobody's", new GraphQLError("Mme Martin", { extensions: { code: "42P01", row: "Martin" } })],
    [
      "our own code for it",
      new GraphQLError("Mme Martin", { extensions: { code: "INTERNAL_SERVER_ERROR", row: "Martin" } }),
    ],
    ["a prototype's member as code", new GraphQLError("Mme Martin", { extensions: { code: "toString" } })],
    ["no error at all", "Mme Martin"],
  ])("makes INTERNAL_SERVER_ERROR of %s thrown", async (_what, thrown) => {
    executor = async () => {
      throw thrown;
    };
    for (const query of ["{echo}", "query A {echo} query B {echo}"]) {
      const { status, body } = await ask(query);
      expect({ status, body }).toEqual({ status: 500, body: only("INTERNAL_SERVER_ERROR") });
      expect(ended.at(-1)?.codes).toEqual(["INTERNAL_SERVER_ERROR"]);
    }
    expect(JSON.stringify(events)).not.toContain("Martin");
  });

  it("gives an answer without data its first error's status in the catalogue", async () => {
    for (const [code, status] of [
      ["FILTER_NOT_SHARED", 400],
      ["OVERLOADED", 503],
      ["AGREEMENT_NOT_IN_FORCE", 403],
      ["LIMIT_EXCEEDED", 400],
    ] as const) {
      executor = async () => ({ errors: [coded(code)] });
      expect(await ask("{echo}")).toMatchObject({ status, body: only(code) });
      executor = async () => {
        throw coded(code);
      };
      expect(await ask("{echo}")).toMatchObject({ status, body: only(code) });
    }
    executor = async () => ({ data: null, errors: [coded("SOURCE_UNAVAILABLE")] });
    expect(await ask("{echo}")).toMatchObject({ status: 200, body: { data: null } });
  });

  it("answers syntax errors with their position, bounded and escaped, and tells of them", async () => {
    const { status, body } = await ask(`{ echo\n  (text: "${"x".repeat(3000)}" ) ] }`);
    expect(status).toBe(400);
    expect(body.errors?.[0]).toMatchObject({
      locations: [{ line: 2, column: 3015 }],
      extensions: { code: "GRAPHQL_PARSE_FAILED" },
    });
    expect(ended).toMatchObject([
      { context: { app: "cantine-plus", seen: [] }, codes: ["GRAPHQL_PARSE_FAILED"], document: null },
    ]);
    const long = await ask(`{ echo } ${"z".repeat(100_000)}`);
    expect(long.body.errors?.[0]?.message.length).toBeLessThanOrEqual(200);
    for (const query of ["{ echo \u0000 }", "{ echo \u202e\u0007 }", "}{", "\ud800", "#"]) {
      const { status: code, body: answer } = await ask(query);
      expect(code).toBe(400);
      expect(answer.errors).toHaveLength(1);
      expect(answer.errors?.[0]?.message).toMatch(/^[\P{C}]{1,200}$/u);
    }
  });

  it("answers validation errors all, without a hint at what was not written", async () => {
    const { status, body, text } = await ask("{ place { nam } echoo }");
    expect(status).toBe(400);
    expect(body.errors?.map(({ extensions }) => extensions["code"])).toEqual([
      "GRAPHQL_VALIDATION_FAILED",
      "GRAPHQL_VALIDATION_FAILED",
    ]);
    expect(text).not.toMatch(/Did you mean|places/);
    expect(body).not.toHaveProperty("data");
  });

  it("answers an operation that is not there, and all faults of a document that is invalid besides", async () => {
    const two = "query A { echo } query B { echo }";
    const missing = { status: 400, body: only("OPERATION_RESOLUTION_FAILURE") };
    expect(await ask(two)).toMatchObject(missing);
    expect(await ask(two, { operationName: "C\u0000".repeat(100_000) })).toMatchObject(missing);
    expect(ended[0]?.codes).toEqual(["OPERATION_RESOLUTION_FAILURE"]);
    expect(ended[0]?.document).not.toBeNull();
    expect(await ask(two, { operationName: "B" })).toMatchObject({ status: 200 });
    const invalid = await ask("query A { nope } query B { neither }");
    expect(invalid.status).toBe(400);
    expect(invalid.body.errors?.map(({ extensions }) => extensions["code"])).toEqual([
      "GRAPHQL_VALIDATION_FAILED",
      "GRAPHQL_VALIDATION_FAILED",
    ]);
    executor = async () => ({ data: { echo: "must not leave" } });
    expect(await ask(two)).toMatchObject(missing);
  });

  it("answers a variable that does not fit with 400 and a bounded message", async () => {
    const { status, body } = await ask("query ($n: Int!) { places { places(first: $n) { name } } }", {
      variables: { n: "\u0000".repeat(10_000) },
    });
    expect(status).toBe(400);
    expect(body.errors?.[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT" } });
    expect(body.errors?.[0]?.message).toMatch(/^[\P{C}]{1,200}$/u);
  });

  it("bounds tokens, comments and nesting before anything else", async () => {
    const limit = { status: 400, body: { errors: [{ extensions: { code: "LIMIT_EXCEEDED" } }] } };
    for (const query of [
      `{ ${"echo ".repeat(tokens)} }`,
      `${"#\n".repeat(tokens + 1)}{ echo }`,
      "{a".repeat(200_000),
    ]) {
      const answered = await ask(query);
      expect(answered).toMatchObject(limit);
      expect(answered.body.errors?.[0]?.message).toContain(String(tokens));
    }
  });

  it("survives a document nested as deep as a great many tokens allow", async () => {
    const wide = await createGraphQLServer<TownContext>({
      schema: () => townSchema,
      execute: townExecutor,
      tokens: 1_000_000,
    });
    const query = `{ echo(text: ${"[".repeat(400_000)} ) }`;
    const answer = await wide.run({ query, operationName: null, variables: {} }, null, { app: "a", seen: [] });
    expect(answer.status).toBe(400);
    expect(JSON.parse(String(answer.body))).toMatchObject({ errors: [{ extensions: { code: "LIMIT_EXCEEDED" } }] });
    await wide.stop();
  });

  // Each of these makes Apollo Server complain or refuse to start, unless the reporting it asks for is disabled by name.
  it.each([
    ["usage reporting", { APOLLO_KEY: "service:town:0123456789", APOLLO_GRAPH_REF: undefined }],
    ["schema reporting", { APOLLO_KEY: undefined, APOLLO_SCHEMA_REPORTING: "true" }],
  ])("reports to nobody when the environment asks for %s", async (_what, variables) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    try {
      await (await start()).stop();
      expect(events).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("answers 500 and nothing else once stopped", async () => {
    const other = await start();
    await other.stop();
    const answer = await other.run({ query: "{echo}", operationName: null, variables: {} }, null, {
      app: "a",
      seen: [],
    });
    expect({ status: answer.status, body: JSON.parse(String(answer.body)) }).toEqual({
      status: 500,
      body: only("INTERNAL_SERVER_ERROR"),
    });
  });
});

// Law 12: what is kept of a text says nothing of an answer. Laws 4 and 11: the way past Apollo tells the same of errors,
// to the same people, or an error would leave in another's words, or an entry would say that there was none.
describe("a text that Apollo has parsed before", () => {
  const finished = (text: string): WrittenData => {
    const json = new JsonBytes();
    json.text(text);
    return WrittenData.of(json);
  };
  const throws = (thrown: unknown) => async () => {
    throw thrown;
  };
  const extensions = { access: { entry: "é\u2028" }, cost: { requested: 3 } };
  const plain: Record<string, GraphQLServerOptions<TownContext>["execute"]> = {
    "the town's own answer": townExecutor,
    "data with extensions": async () => ({ data: { echo: "\u2028é" }, extensions }),
    "finished data": async () => ({ data: finished('{"echo":"é"}'), extensions }),
    "finished data, long": async () => ({ data: finished(`{"echo":"${"é".repeat(9_000)}"}`), extensions }),
    "no data": async () => ({ data: null }),
  };
  const others: typeof plain = {
    "a part that failed": async () => ({ data: finished("{}"), errors: [coded("SOURCE_UNAVAILABLE")], extensions }),
    "errors, but none": async () => ({ data: {}, errors: [] }),
    "nothing at all": async () => ({}),
    "extensions that are no JSON": async () => ({ data: {}, extensions: { big: 1n } }),
    "an error of a library": throws(new Error("Mme Martin")),
    "an error without a code": async () => ({ errors: [new GraphQLError("Mme Martin")] }),
    "no error at all, thrown": throws("Mme Martin"),
    ...Object.fromEntries(
      (Object.keys(answerErrors) as AnswerErrorCode[]).flatMap((code) => [
        [`${code}, returned`, async () => ({ errors: [coded(code, { contact: "x" })], extensions })],
        [`${code}, thrown`, throws(coded(code))],
      ]),
    ),
  };

  /** All that anybody hears of one request. */
  async function heard(parameters: GraphQLParameters, accept: string | null) {
    ended.length = events.length = 0;
    const context: TownContext = { app: "cantine-plus", seen: [] };
    let executed = 0;
    const asked = executor;
    executor = (request) => {
      executed++;
      return asked(request);
    };
    const apollo = vi.spyOn(ApolloServer.prototype, "executeHTTPGraphQLRequest");
    try {
      const { body, ...outgoing } = await server.run(parameters, accept, context);
      const told = ended.map((each) => ({ ...each, own: each.context === context, document: each.document !== null }));
      const reported = events.map(({ event, name, request }) => ({ event, name, request }));
      return { byApollo: apollo.mock.calls.length, executed, told, reported, outgoing, body: String(body) };
    } finally {
      executor = asked;
      apollo.mockRestore();
    }
  }

  let texts = 0;
  const newText = (): string => `query A { echo(text: "${++texts}") } query B { echo }`;

  it.each([...Object.keys(plain), ...Object.keys(others)])("is answered as it was the first time: %s", async (name) => {
    executor = plain[name] ?? others[name] ?? townExecutor;
    for (const accept of [null, "application/graphql-response+json"]) {
      const parameters = { query: newText(), operationName: "A", variables: {} };
      const { byApollo: first, ...asNew } = await heard(parameters, accept);
      const { byApollo: then, ...asKnown } = await heard(parameters, accept);
      expect(asKnown).toEqual(asNew);
      // Otherwise the one way would be compared with itself; and nothing is executed twice.
      expect({ first, then, executed: asKnown.executed }).toEqual({
        first: 1,
        then: name in plain ? 0 : 1,
        executed: 1,
      });
    }
    expect(JSON.stringify(events)).not.toContain("Martin");
  });

  it.each([
    ["an operation that is not there", { query: newText(), operationName: "C" }],
    ["no operation named where there are two", { query: newText(), operationName: null }],
    ["an operation without a name", { query: newText(), operationName: "" }],
    ["a fragment alone", { query: "fragment F on Query { echo }", operationName: null }],
    ["a syntax error", { query: "{ echo ", operationName: null }],
    ["a variable that does not fit", { query: "query ($n: Int!) { places { places(first: $n) { name } } }" }],
    ["a name that is not there", { query: "{ echoo }" }],
    ["introspection", { query: "{ __schema { queryType { name } } }" }],
  ])("is answered as it was the first time: %s", async (_what, asked) => {
    const parameters = { operationName: null, variables: {}, ...asked };
    const { byApollo: _first, ...asNew } = await heard(parameters, null);
    const { byApollo: _then, ...asKnown } = await heard(parameters, null);
    expect(asKnown).toEqual(asNew);
  });

  it("is executed with what was sent this time", async () => {
    const received: ExecutionRequest<TownContext>[] = [];
    executor = async (request) => {
      received.push(request);
      return { data: {} };
    };
    const query = newText();
    const sent = [1, 2].map((x) => ({
      parameters: { query, operationName: "B", variables: { x } },
      context: { app: `app ${x}`, seen: [] },
    }));
    for (const { parameters, context } of sent) await server.run(parameters, null, context);
    for (const [at, { parameters, context }] of sent.entries()) {
      expect(received[at]?.context).toBe(context);
      expect(received[at]?.parameters).toBe(parameters);
    }
    expect(received[1]?.document).toBe(received[0]?.document);
  });

  it("is let end where the server is stopped meanwhile, also where it goes wrong", async () => {
    const other = await start();
    const parameters = { query: newText(), operationName: "A", variables: {} };
    const context = (): TownContext => ({ app: "a", seen: [] });
    await other.run(parameters, null, context());
    let fail = (): void => undefined;
    executor = () =>
      new Promise((resolve) => {
        fail = () => resolve({ data: {}, errors: [coded("SOURCE_UNAVAILABLE")] });
      });
    const answered = other.run(parameters, null, context());
    // Twice, as by two signals: each of them ends.
    const stopped = Promise.all([other.stop(), other.stop()]);
    fail();
    expect(await answered).toMatchObject({ status: 200 });
    await stopped;
    expect(ended.map(({ codes }) => codes)).toEqual([["SOURCE_UNAVAILABLE"]]);
  });

  it("is answered 500 and not executed once the server is stopped", async () => {
    const other = await start();
    const parameters = { query: newText(), operationName: "A", variables: {} };
    const contexts = [1, 2].map((): TownContext => ({ app: "a", seen: [] }));
    const [first, last] = contexts;
    if (first !== undefined) await other.run(parameters, null, first);
    await other.stop();
    if (last !== undefined) expect(await other.run(parameters, null, last)).toMatchObject({ status: 500 });
    expect(contexts.map(({ seen }) => seen.length)).toEqual([1, 0]);
  });
});

describe("a quoted message", () => {
  it("is bounded, visible text without hints", () => {
    expect(quotedMessage('Cannot query field "a". Did you mean "b"?')).toBe('Cannot query field "a".');
    expect(quotedMessage("a\u0000\u001b[31m\u202e\u2028\ud800b")).toBe("a\\u0000\\u001B[31m\\u202E\\u2028\\uD800b");
    expect(quotedMessage("\u0000".repeat(500))).toHaveLength(200);
    expect(quotedMessage("é".repeat(200))).toBe("é".repeat(200));
  });
});
