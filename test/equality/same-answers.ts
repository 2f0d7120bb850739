// The property: whatever is asked, the gateway answers as graphql-js does.
import fc from "fast-check";
import { parse, validate } from "graphql";
import { deriveApiSchema, readCatalogue } from "../../src/catalogue/index.js";
import { Seals } from "../../src/gateway/seals.js";
import { DerivedKeys } from "../../src/identity/derived-keys.js";
import {
  createTestGateway,
  testCaller,
  testSecrets,
  type Reply,
  type TestAgreement,
  type TestGateway,
} from "../support/test-gateway.js";
import { difference } from "./compare.js";
import { askEarlier } from "./earlier-answers.js";
import { Oracle, type Operation } from "./oracle.js";
import { smallest } from "./smallest.js";
import { loadTables } from "./tables.js";
import type { Choose, World } from "./write-inputs.js";
import { writeOperation } from "./write-operation.js";

export interface ComparedTown {
  readonly gateway: TestGateway;
  readonly oracle: Oracle;
  readonly world: World;
}

const key = "everything";
const defaultPageSize = 4;

/** A town of which one agreement may read all, as it is. Databases by SQL or by address, by source name. */
export async function openTown(
  schema: string,
  databases: Readonly<Record<string, string>>,
  addresses: Readonly<Record<string, string>> = {},
): Promise<ComparedTown> {
  const sources = new Set([...Object.keys(databases), ...Object.keys(addresses)]);
  const { catalogue } = readCatalogue(schema, { file: "schema.graphql", sources });
  if (catalogue === null) throw new Error("the schema is faulty");
  const fields = [...catalogue.coordinates.keys()];
  const agreement: TestAgreement = { application: "all", purpose: "everything", fields };
  const gateway = await createTestGateway({
    schema,
    databases,
    addresses,
    rules: fields.map((field) => `p, all, everything, ${field}, all, -, allow`).join("\n"),
    agreements: { [key]: agreement },
    limits: { defaultPageSize, depth: 50, aliases: 1_000, tokens: 50_000, bodyBytes: 1_000_000, timeMs: 60_000 },
  });
  const urls = new Map([
    ...Object.entries(gateway.databases).map(([name, { url }]) => [name, url] as const),
    ...Object.entries(addresses),
  ]);
  const abilities = gateway.services.tenants.values().next().value?.sources;
  const api = deriveApiSchema(catalogue, (source) => {
    const found = abilities?.get(source);
    if (found === undefined) throw new Error(`no source ${source}`);
    return found.abilities;
  });
  const tables = await loadTables(catalogue, urls);
  const seals = new Seals(new DerivedKeys(testSecrets), testCaller(key, agreement).agreement);
  const oracle = new Oracle(catalogue, api, tables, seals, defaultPageSize);
  const earlier = await askEarlier(catalogue, chooseBy(1), async (query) => {
    const { body } = await gateway.ask(key, query);
    if (!body.data || body.errors) throw new Error(`${query}: ${JSON.stringify(body.errors)}`);
    return body.data;
  });
  const goneIds = new Map(
    oracle.shared.map((dataset) => {
      const gone = dataset.key.map((field) => (field.column.type === "String" ? "gone" : -7));
      return [dataset.name, seals.ids(dataset, [gone])[0] ?? ""] as const;
    }),
  );
  return { gateway, oracle, world: { catalogue, schema: api, tables, earlier, goneIds } };
}

/** The same choices for the same start (splitmix32). */
function chooseBy(start: number): Choose {
  let state = start;
  return (bound) => {
    state = (state + 0x9e37_79b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return Math.floor((((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * bound);
  };
}

export async function send({ gateway }: ComparedTown, operation: Operation): Promise<Reply> {
  return gateway.send({
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify(operation),
  });
}

export interface Compared {
  readonly reply: Reply;
  /** The gateway refuses the size. */
  readonly limited: boolean;
  /** Null where both answer the same. */
  readonly found: string | null;
}

export async function compared(town: ComparedTown, operation: Operation): Promise<Compared> {
  const reply = await send(town, operation);
  const limited = reply.body.errors?.[0]?.extensions["code"] === "LIMIT_EXCEEDED";
  if (limited) return { reply, limited, found: null };
  const expected = await town.oracle.execute(parse(operation.query), operation);
  return { reply, limited, found: difference(expected, reply) };
}

export interface Comparison {
  readonly seed: number;
  readonly operations: number;
  /** Written but not counted: not valid, or beyond a limit. */
  readonly thrownAway: number;
  /** Operations by what they hold, so that a test can see that nothing was left out. */
  readonly seen: ReadonlyMap<string, number>;
}

export async function compareMany(town: ComparedTown, operations: number, seed: number): Promise<Comparison> {
  let thrownAway = 0;
  const seen = new Map<string, number>();
  const throwAway = (): void => {
    thrownAway++;
    fc.pre(false);
  };
  const property = fc.asyncProperty(fc.noBias(fc.nat()), async (start) => {
    const operation = writeOperation(town.world, chooseBy(start));
    if (validate(town.oracle.schema, parse(operation.query)).length > 0) throwAway();
    const { reply, limited, found } = await compared(town, operation);
    if (limited) throwAway();
    if (found !== null) throw new Error(await explained(town, operation, found));
    for (const name of traits(operation, reply)) seen.set(name, (seen.get(name) ?? 0) + 1);
  });
  // A failing operation is made small by its syntax, of which the number behind it knows nothing.
  await fc.assert(property, { numRuns: operations, seed, endOnFailure: true, maxSkipsPerRun: 1 });
  return { seed, operations, thrownAway, seen };
}

async function explained(town: ComparedTown, operation: Operation, found: string): Promise<string> {
  const fails = async (tried: Operation): Promise<boolean> => (await compared(town, tried)).found !== null;
  const small = await smallest(town.oracle.schema, operation, fails);
  const variables = Object.entries(small.variables).filter(([name]) => small.query.includes(`$${name}`));
  return [
    `the gateway and graphql-js part: ${(await compared(town, small)).found ?? found}`,
    small.query,
    JSON.stringify({ variables: Object.fromEntries(variables), operationName: small.operationName }),
  ].join("\n");
}

const patterns: Readonly<Record<string, RegExp>> = {
  alias: /\w+: \w+/,
  "fragment spread twice": /\.\.\.(F\d+)\b[^]*\.\.\.\1\b/,
  "inline fragment": /\.\.\. /,
  "inline fragment on Node": /\.\.\. on Node/,
  "@skip": /@skip/,
  "@include": /@include/,
  "@ with a variable": /@(skip|include)\(if: \$/,
  __typename: /__typename/,
  "variable with a default": /\(.*\$v\d+: [\w[\]!]+ = /,
  "where by a variable": /where: \$/,
  "orderBy by a variable": /orderBy: \$/,
  "first by a variable": /first: \$/,
  "cursor by a variable": /(after|before): \$/,
  "id by a variable": /id: \$/,
  "after a cursor": /after: /,
  "before a cursor": /before: /,
  last: /last: /,
  "and, or, not": /(and|or|not): [[{]/,
  node: /\bnode\(id/,
  introspection: /__(schema|type)\b/,
  "several operations": /query Op1/,
  ...Object.fromEntries(
    ["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull", "startsWith"].map((name) => [
      name,
      new RegExp(`\\b${name}: `),
    ]),
  ),
};

function traits({ query }: Operation, { body }: Reply): string[] {
  const codes = (body.errors ?? []).map(({ extensions }) => String(extensions["code"]));
  return [
    ...Object.entries(patterns).flatMap(([name, pattern]) => (pattern.test(query) ? [name] : [])),
    ...new Set(codes),
    ...(holdsRows(body.data, 2) ? ["rows of rows"] : []),
    ...(holdsRows(body.data, 3) ? ["rows of rows of rows"] : []),
  ];
}

/** Lists inside each other, introspection aside. */
function holdsRows(value: unknown, deep: number): boolean {
  if (Array.isArray(value)) return value.some((each) => holdsRows(each, deep - 1));
  if (typeof value !== "object" || value === null) return false;
  if (deep <= 0) return true;
  return Object.entries(value).some(([name, each]) => !name.startsWith("__") && holdsRows(each, deep));
}

export const everyTrait: readonly string[] = [...Object.keys(patterns), "INVALID_ID", "INVALID_CURSOR", "rows of rows"];
