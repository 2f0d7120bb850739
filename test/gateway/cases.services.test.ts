// Golden cases: for each folder of cases/, what was asked, decided, returned and recorded. See cases/README.md.
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { answer, createCostBuckets, type OperationContext, type OutgoingAnswer } from "../../src/gateway/index.js";
import {
  SourceFailure,
  type ByKeysRequest,
  type FetchBounds,
  type Filter,
  type PageRequest,
  type Source,
} from "../../src/sources/index.js";
import type { Row } from "../../src/terms/index.js";
import { createTestGateway, tenant, type TestGateway } from "../support/test-gateway.js";
import { describePlan, filterWords, orderWords } from "./describe-plan.js";
import { smallDatabases, smallTown } from "./small-town.js";

const folder = join(import.meta.dirname, "cases");
const update = process.env["UPDATE_CASES"] === "1";

const goldenFiles = ["plan.json", "answer.json", "entry.json"] as const;
const caseFiles: readonly string[] = ["query.graphql", "request.json", ...goldenFiles];
const names = readdirSync(folder).filter((name) => name !== "README.md");

const requestForm = z.strictObject({
  /** An agreement of small-town.ts; null: no Authorization header; any other text is a bad key. */
  key: z.string().nullable().default("all"),
  variables: z.record(z.string(), z.unknown()).optional(),
  operationName: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** Numbers of the people who gave consent to each unit, or, under a public task, objected to it. */
  decided: z.record(z.string(), z.array(z.int())).default({}),
  /** Sources that do not answer. */
  down: z.array(z.enum(Object.keys(smallDatabases) as [keyof typeof smallDatabases])).default([]),
});
type CaseRequest = z.infer<typeof requestForm>;

/** What really reached a source. */
interface Call {
  readonly source: string;
  readonly call: "page" | "byKeys" | "count";
  readonly from: string;
  readonly [detail: string]: unknown;
}

let gateway: TestGateway;
let down: readonly string[] = [];
let calls: Call[] = [];
/** Rows that sources gave for a request and nobody may keep. */
let given: Row[] = [];

beforeAll(async () => {
  const cost = { perOperation: 100_000, maximumAvailable: 200_000, restoreRate: 5_000 };
  gateway = await createTestGateway({ ...smallTown, limits: { cost }, around: observed });
});
afterAll(() => gateway.close());

function observed(source: Source): Source {
  const reached = (call: Call["call"], from: string, details: Readonly<Record<string, unknown>>): void => {
    calls.push({ source: source.name, call, from, ...details });
    if (down.includes(source.name)) throw new SourceFailure(source.name, "unavailable", "down in this case");
  };
  const asked = (request: PageRequest | ByKeysRequest): Readonly<Record<string, unknown>> => ({
    columns: request.columns.map((column) => column.name),
    ...("match" in request ? { match: request.match.map((column) => column.name), keys: request.keys.length } : {}),
    ...conditionOf(request),
    order: orderWords(request.order),
    ...(request.after === null ? {} : { after: request.after }),
  });
  return {
    name: source.name,
    kind: source.kind,
    abilities: source.abilities,
    describe: (from, bounds) => source.describe(from, bounds),
    close: () => source.close(),
    page: async (request, bounds) => {
      reached("page", request.from, { ...asked(request), limit: request.limit });
      return handed(await source.page(request, bounds), bounds);
    },
    byKeys: async (request, bounds) => {
      reached("byKeys", request.from, { ...asked(request), limitPerKey: request.limitPerKey });
      return handed(await source.byKeys(request, bounds), bounds);
    },
    count: async (request, bounds) => {
      reached("count", request.from, conditionOf(request));
      return source.count(request, bounds);
    },
  };
}

function handed(rows: readonly Row[], { keep }: FetchBounds): readonly Row[] {
  if (keep === undefined) given.push(...rows);
  return rows;
}

const conditionOf = ({ filter }: { readonly filter: Filter | null }): Readonly<Record<string, unknown>> =>
  filter === null ? {} : { filter: filterWords(filter) };

const filesOf = (name: string): string[] => readdirSync(join(folder, name)).sort();
const textOf = (name: string, file: string): string => readFileSync(join(folder, name, file), "utf8");
const requestOf = (name: string): CaseRequest =>
  requestForm.parse(filesOf(name).includes("request.json") ? JSON.parse(textOf(name, "request.json")) : {});

type Golden = Readonly<Record<(typeof goldenFiles)[number], unknown>>;

async function run(
  query: string,
  { key, variables, operationName, headers, ...request }: CaseRequest,
): Promise<Golden> {
  const id = randomUUID();
  let seen: OperationContext | null = null;
  const { server } = gateway.services;
  const services: typeof gateway.services = {
    ...gateway.services,
    // Full at the beginning of each case, and nothing comes back meanwhile.
    costs: createCostBuckets({ now: () => 0 }),
    server: { run: (parameters, accept, context) => server.run(parameters, accept, (seen = context)) },
  };
  [calls, given] = [[], []];
  down = request.down;
  gateway.consents.clear();
  if (key !== null)
    for (const [unit, people] of Object.entries(request.decided))
      gateway.consents.decide(gateway.agreementOf(key), "resident", people, [unit]);
  const outgoing = await answer(services, {
    id,
    tenant,
    arrivedAt: new Date(),
    method: "POST",
    headers: new Map([
      ["content-type", "application/json"],
      ...(key === null ? [] : ([["authorization", `Bearer ${key}`]] as const)),
      ...Object.entries(headers),
    ]),
    body: Buffer.from(JSON.stringify({ query, variables, operationName })),
    bodyFault: null,
    signal: new AbortController().signal,
  });
  // Written by the call above, which the compiler cannot see.
  const note = (seen as OperationContext | null)?.note;
  return {
    "plan.json": { plan: describePlan(note?.plan ?? null, note?.bound ?? null, note?.inputs ?? []), calls },
    "answer.json": answerOf(outgoing, id),
    "entry.json": await entryOf(id),
  };
}

/** The entry's id is new each time, and stands in the answer so that its entry can be found. */
function answerOf({ status, headers, body }: OutgoingAnswer, id: string): unknown {
  const text = JSON.stringify({ status, headers, body: JSON.parse(String(body)) as unknown });
  return JSON.parse(text.replaceAll(id, "(id of the entry)"));
}

/** What differs from run to run is checked here and named in its place; null where there is no entry. */
async function entryOf(id: string): Promise<unknown> {
  const entry = await gateway.log.read(tenant, id);
  if (entry === null) return null;
  const { body, personal } = entry;
  const version = (await gateway.services.versions.current(tenant)).policy.id;
  expect(entry.intact).toBe(true);
  expect(body).toMatchObject({ id, policyVersion: version });
  return {
    body: {
      ...body,
      id: "(id of the entry)",
      at: "(moment of arrival)",
      durationMs: "(milliseconds)",
      policyVersion: "(version in force)",
      personal: "(salted commitment to the personal part)",
    },
    personal,
    operation: body.operation === null ? null : await gateway.log.operationText(body.operation),
  };
}

/** Columns that no rule opens to a key; `number` and the links' own are read, but never leave. */
const closedColumns: Readonly<Record<string, readonly string[]>> = {
  meals: ["email", "score", "seen", "active", "street", "label"],
  strict: ["email", "score", "seen", "active", "street", "label"],
  old: ["id", "number", "code"],
};

/** What no golden file may say, whoever accepts it. */
function obeysTheLaws({ key }: CaseRequest, made: Golden): void {
  const columns = calls.flatMap((call) => (Array.isArray(call["columns"]) ? (call["columns"] as string[]) : []));
  expect(columns.filter((column) => closedColumns[key ?? ""]?.includes(column))).toEqual([]);
  if (key === null) expect(calls.filter((call) => call.from !== "public.place")).toEqual([]);
  // Law 4: data only with its entry. Law 11: no value in the entry, whether read, sent or sought.
  if (made["entry.json"] === null)
    expect([JSON.stringify(made["answer.json"]).includes('"data"'), calls]).toEqual([false, []]);
  expect(JSON.stringify(made["entry.json"])).not.toMatch(valuesOfPeople);
  // Law 13: what answers are made of stays in memory for none that waits for its record.
  expect(given.filter((row) => row.length > 0)).toEqual([]);
}

const valuesOfPeople = /Aline|Bruno|Chloé|Élise|@example|19\d\d-|12\.5|Lilas|Quai|01001|Abergement/;

/** JSON with each thing that fits on one line on one line. */
function printed(value: unknown, indent = ""): string {
  const flat = flatJson(value);
  if (typeof value !== "object" || value === null || flat.length + indent.length <= 110) return flat;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const parts = Array.isArray(value)
    ? value.map((each) => printed(each, inner))
    : Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${printed(each, inner)}`);
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

function flatJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flatJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${flatJson(each)}`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

describe.each(names)("%s", (name) => {
  it("has the files of a case and no other", () => {
    const unknown = filesOf(name).filter((file) => !caseFiles.includes(file));
    const missing = caseFiles.filter((file) => file !== "request.json" && !filesOf(name).includes(file));
    expect({ unknown, missing: update ? missing.filter((file) => file === "query.graphql") : missing }).toEqual({
      unknown: [],
      missing: [],
    });
  });

  // The second time its text is known, and goes another way: past Apollo, by a plan that is kept.
  it.each(["new", "known"])("is planned, answered and recorded as written: a text that is %s", async (time) => {
    const request = requestOf(name);
    const made = await run(textOf(name, "query.graphql"), request);
    obeysTheLaws(request, made);
    for (const file of goldenFiles) {
      const text = `${printed(made[file])}\n`;
      const path = join(folder, name, file);
      if (update && time === "new") writeFileSync(path, text);
      else expect.soft(text, file).toBe(existsSync(path) ? textOf(name, file) : "");
    }
  });
});
