// Laws 1, 2, 3, 5, 8, 10, 11: what is refused is neither fetched nor returned, and the entry is what left.
import { expect } from "vitest";
import { Seals } from "../../src/gateway/seals.js";
import { subjectTokens } from "../../src/identity/index.js";
import type { Value } from "../../src/terms/index.js";
import { tenant, testCaller } from "../support/test-gateway.js";
import { checkCost } from "./cost.law.js";
import { Walk, type Expected, type Left } from "./expected.js";
import { harvest, resolve, type Call, type LawsGateway } from "./laws-gateway.js";
import type { Touched } from "./mixed/served.js";
import { map, type Policy, type Reference } from "./policy.js";
import { MARKER, writeRequest, type RandomRequest } from "./request.js";
import { lawsTables, tableShapes, type Tables } from "./town.js";

type Reply = Awaited<ReturnType<LawsGateway["ask"]>>;

/** How often each kind of case was met: a generator that makes only one kind would prove nothing. */
export type Tally = Map<string, number>;
const tick = (tally: Tally, kind: string): void => void tally.set(kind, (tally.get(kind) ?? 0) + 1);

export const keysOf = (policy: Policy): readonly (string | null)[] => [...Object.keys(policy.agreements), null];

export async function sharedLaw(
  town: LawsGateway,
  policy: Policy,
  drawn: readonly (readonly number[])[],
  tally: Tally,
  version?: number,
): Promise<void> {
  await town.govern(policy, version);
  const requests = drawn.map((each) => writeRequest(each, { identify: true, introspection: true, textRanges: true }));
  for (const key of keysOf(policy)) {
    const ids = await town.ids(key);
    for (const request of requests) {
      const first = await once(town, policy, key, request, ids, new Map(), tally);
      const cursors = harvest(request.query, first.body.data);
      if (cursors.size > 0) await once(town, policy, key, request, ids, cursors, tally);
    }
  }
}

/**
 * Law 12: the same operations under one policy version and another, one text of the agreements and another, in turn. An
 * answer that was made from what is kept for another of them would be refused or open what its own is not.
 */
export async function inTurnLaw(
  town: LawsGateway,
  first: Policy,
  second: Policy,
  drawn: readonly (readonly number[])[],
  tally: Tally,
): Promise<void> {
  const otherRules = { rules: second.rules, agreements: first.agreements };
  const otherTexts = { rules: first.rules, agreements: second.agreements };
  const [own, others] = [town.newVersion(), town.newVersion()];
  for (const [policy, version] of [
    [first, own],
    [otherRules, own],
    [first, own],
    [otherTexts, others],
    [first, own],
  ] as const)
    await sharedLaw(town, policy, drawn, tally, version);
}

async function once(
  town: LawsGateway,
  policy: Policy,
  key: string | null,
  request: RandomRequest,
  ids: ReadonlyMap<string, readonly string[]>,
  cursors: ReadonlyMap<string, readonly string[]>,
  tally: Tally,
): Promise<Reply> {
  const reference = town.reference(key);
  const { variables, handles } = resolve(request, ids, cursors);
  const walk = new Walk(request.query, variables, reference, handles);
  const expected = walk.expected();
  const reply = await town.ask(key, request.query, variables);
  return explained({ key, query: request.query, variables, answer: reply.text }, async () => {
    checkEnding(reply, expected, reference, tally);
    checkCalls(reply.calls, expected);
    checkTouched(reply.touched, expected, tally);
    checkText(reply.text + JSON.stringify(reply.headers), reference);
    await checkEntry(town, policy, key, reply, expected, walk, request);
    if (reply.body.data) checkCost(reply, walk.left(reply.body.data), Object.keys(reply.body.data).length);
    return reply;
  });
}

/** Says with a failure what was asked: what fast-check prints are the numbers that it was made from. */
export async function explained<T>(about: Readonly<Record<string, unknown>>, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof Error)
      error.message += Object.entries(about)
        .map(([name, value]) => `\n${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
        .join("");
    throw error;
  }
}

const codesOf = (reply: Reply): unknown[] => (reply.body.errors ?? []).map((error) => error.extensions["code"]);
const coordinatesIn = (reply: Reply, code: string): string[] => [
  ...new Set(
    (reply.body.errors ?? [])
      .filter((error) => error.extensions["code"] === code)
      .map((error) => String(error.extensions["coordinate"])),
  ),
];

/** Exactly what the reference refuses is refused: neither more nor less. */
function checkEnding(reply: Reply, expected: Expected, reference: Reference, tally: Tally): void {
  const stopped = expected.inputs.size > 0 || (reference.subject.reject && expected.refused.size > 0);
  if (!stopped) {
    tick(tally, expected.refused.size > 0 ? "partial" : "answered");
    if (expected.tables.size > 0) tick(tally, "read");
    expect({ status: reply.status, errors: reply.body.errors }).toMatchObject({ status: 200 });
    expect(new Set(coordinatesIn(reply, "FIELD_NOT_SHARED"))).toEqual(expected.refused);
    const others = codesOf(reply).filter((code) => code !== "FIELD_NOT_SHARED");
    expect(others.filter((code) => code !== "INVALID_ID" && code !== "INVALID_CURSOR")).toEqual([]);
    return;
  }
  expect(reply.status).toBe(400);
  expect(reply.body.data).toBeUndefined();
  expect(reply.calls).toEqual([]);
  const inputs = expected.inputs.size > 0;
  tick(tally, inputs ? "input refused" : "rejected");
  expect(new Set(coordinatesIn(reply, inputs ? "FILTER_NOT_SHARED" : "FIELD_NOT_SHARED"))).toEqual(
    inputs ? expected.inputs : expected.refused,
  );
}

/** Law 2: not fetched. */
function checkCalls(calls: readonly Call[], expected: Expected): void {
  for (const call of calls) {
    const allowed = expected.tables.get(call.table);
    const beyond = (used: readonly string[], known: ReadonlySet<string> | undefined): string[] =>
      used.filter((column) => known?.has(column) !== true);
    expect({
      call,
      columns: beyond(call.columns, allowed?.columns),
      filter: beyond(call.filter, allowed?.filter),
      order: beyond(call.order, allowed?.order),
      match: beyond(call.match, allowed?.match),
      asked: allowed !== undefined && (call.kind !== "count" || allowed.count),
    }).toEqual({ call, columns: [], filter: [], order: [], match: [], asked: true });
  }
}

/** Law 2 once more, at the services: neither connector nor service widens what was asked. */
function checkTouched(touched: readonly Touched[], expected: Expected, tally: Tally): void {
  for (const one of touched) {
    tick(tally, `asked ${one.service}`);
    const allowed = expected.tables.get(one.table);
    const known = [allowed?.columns, allowed?.filter, allowed?.order, allowed?.match];
    const beyond = one.columns.filter((column) => !known.some((set) => set?.has(column)));
    expect({ ...one, asked: allowed !== undefined, beyond }).toEqual({ ...one, asked: true, beyond: [] });
  }
}

/** Values of the databases that a text holds. Numbers only where they stand alone: ids and hashes are full of digits. */
export function valuesIn(text: string, tables: Tables, wanted: (table: string, column: string) => boolean): string[] {
  const numbers = new Set(text.match(/(?<![A-Za-z0-9_-])\d+(?:\.\d+)?(?![A-Za-z0-9_-])/g) ?? []);
  const holds = (value: Value): boolean =>
    typeof value === "number" ? numbers.has(String(value)) : typeof value === "string" && text.includes(value);
  return Object.entries(tables).flatMap(([table, rows]) =>
    Object.keys(tableShapes[table]?.columns ?? {})
      .filter((column) => wanted(table, column))
      .flatMap((column) =>
        rows.flatMap((row) => (holds(row[column] ?? null) ? [`${table}.${column}: ${String(row[column])}`] : [])),
      ),
  );
}

/** Law 2 and 10: not returned, anywhere. A value that an opened field has too may be there. */
function checkText(text: string, reference: Reference, tables = lawsTables): void {
  const bare = new Set<string>();
  for (const dataset of map.values())
    for (const member of dataset.members.values())
      if (member.kind === "field" && reference.usable(member.coordinate)) bare.add(`${dataset.table}.${member.column}`);
  const open = new Set(
    Object.entries(tables).flatMap(([table, rows]) =>
      rows.flatMap((row) =>
        Object.keys(row).flatMap((column) => (bare.has(`${table}.${column}`) ? [row[column]] : [])),
      ),
    ),
  );
  const found = valuesIn(text, tables, (table, column) => !bare.has(`${table}.${column}`));
  expect(found.filter((each) => ![...open].some((value) => each.endsWith(`: ${String(value)}`)))).toEqual([]);
  expect(text).not.toContain(`${MARKER} literal`);
}

async function checkEntry(
  town: LawsGateway,
  policy: Policy,
  key: string | null,
  reply: Reply,
  expected: Expected,
  walk: Walk,
  request: RandomRequest,
): Promise<void> {
  const entry = await town.entryOf(reply);
  expect(entry).not.toBeNull();
  if (entry === null) return;
  const { body } = entry;
  const { reference } = walk;
  const left = walk.left(reply.body.data ?? {});
  expect(body.status).toBe(reply.status);
  expect(body.errors).toEqual([...new Set(codesOf(reply))].sort());
  expect(body.outcome).toBe(reply.body.data ? (reply.body.errors ? "partial" : "answered") : "refused");
  expect([body.application, body.purpose]).toEqual([reference.subject.application, reference.subject.purpose]);
  expect(Object.fromEntries(body.fields.map((field) => [field.coordinate, field.cells]))).toEqual(
    Object.fromEntries(left.cells),
  );
  checkRefused(body.refused, expected, reference);
  await checkRules(town, body, reference, policy);
  checkRowsAndPeople(town, key, policy, entry, left);
  const text = body.operation === null ? "" : ((await town.gateway.log.operationText(body.operation)) ?? "");
  expect(text).not.toBe("");
  for (const kept of [entry.canonical, text]) {
    expect(kept).not.toContain(MARKER);
    expect(kept).not.toContain("zid");
    expect(valuesIn(kept, lawsTables, () => true)).toEqual([]);
  }
  expect(request.query).toContain(MARKER);
}

type Body = NonNullable<Awaited<ReturnType<LawsGateway["entryOf"]>>>["body"];

function checkRefused(refused: Body["refused"], expected: Expected, reference: Reference): void {
  const selection = (at: string): object => {
    const root = [...map.values()].find(({ one, many }) => at === `Query.${one}` || at === `Query.${many}`);
    if (root) return { coordinate: `${root.name}.*`, reason: "not-visible", rule: null, use: "selection" };
    return named(at, "selection", "not-visible");
  };
  const named = (at: string, use: string, shared: string): object => {
    const meaning = reference.meanings.get(at);
    const reason = meaning === undefined || meaning.shared ? shared : meaning.reason;
    return { coordinate: at, reason, rule: meaning?.rule ?? null, use };
  };
  const sorted = (list: readonly object[]): string[] =>
    [...new Set(list.map((each) => JSON.stringify(each, ["coordinate", "reason", "rule", "use"])))].sort();
  expect(sorted(refused)).toEqual(
    sorted([
      ...[...expected.inputs].map((at) => named(at, "input", "masked")),
      ...[...expected.refused].map(selection),
    ]),
  );
}

/** Law 8: from the entry to the version, from the version to the line. */
async function checkRules(town: LawsGateway, body: Body, reference: Reference, policy: Policy): Promise<void> {
  const content = await town.policyStore.read(
    tenant,
    (body.policyVersion ?? "") as Parameters<typeof town.policyStore.read>[1],
  );
  expect([...(content?.files.values() ?? [])]).toContain(policy.rules.own.join("\n"));
  for (const { coordinate, rule, mask } of body.fields) {
    const meaning = reference.meanings.get(coordinate);
    if (meaning === undefined) {
      // `id` and `totalCount` follow from the row being visible.
      expect([rule, mask]).toEqual(["", "-"]);
      continue;
    }
    expect({ coordinate, rule, mask }).toMatchObject({
      coordinate,
      rule: meaning.rule,
      mask: reference.mask(coordinate),
    });
    const [file = "", line = "0"] = rule.split(":");
    expect(content?.files.get(file)?.split("\n")[Number(line) - 1]).toMatch(/^p, .*, allow$/);
  }
}

export function checkRowsAndPeople(
  town: LawsGateway,
  key: string | null,
  policy: Policy,
  entry: NonNullable<Awaited<ReturnType<LawsGateway["entryOf"]>>>,
  left: Left,
): void {
  const rows = new Map(entry.body.rows.map((each) => [each.dataset, each.rows]));
  expect(new Set(rows.keys())).toEqual(new Set(left.ids.keys()));
  for (const [dataset, places] of left.ids) {
    const distinct = new Set([...places.values()].flatMap((ids) => [...ids])).size;
    const most = [...places.values()].reduce((sum, ids) => sum + ids.size, 0);
    // A row that two lists of one operation bring may be counted for each.
    expect(rows.get(dataset)).toBeGreaterThanOrEqual(distinct);
    expect(rows.get(dataset)).toBeLessThanOrEqual(most);
  }
  if (key === null) return;
  const { derived, tenants } = town.gateway.services;
  expect(tenants.size).toBe(1);
  const agreement = policy.agreements[key];
  if (!agreement) return;
  const seals = new Seals(derived, testCaller(key, agreement).agreement);
  const catalogue = new Map<string, ReadonlyMap<string, (typeof lawsTables)[string][number]>>();
  const rowsOf = (name: string) => {
    const known = catalogue.get(name);
    if (known) return known;
    const dataset = map.get(name);
    const table = lawsTables[dataset?.table ?? ""] ?? [];
    const keys = table.map(
      (row) => (dataset?.key ?? []).map((field) => row[field.column] ?? "") as NonNullable<Value>[],
    );
    const real = town.dataset(name);
    const made = new Map(seals.ids(real, keys).map((id, i) => [id, table[i] ?? {}]));
    catalogue.set(name, made);
    return made;
  };
  const people = new Set<NonNullable<Value>>();
  const add = (dataset: string, id: string, column: string): void => {
    const person = rowsOf(dataset).get(id)?.[column] ?? null;
    if (person !== null) people.add(person);
  };
  for (const [dataset, places] of left.ids)
    for (const ids of places.values())
      for (const id of ids) for (const column of map.get(dataset)?.subjects ?? []) add(dataset, id, column);
  for (const { dataset, id, column } of left.about) add(dataset, id, column);
  const tokens = subjectTokens(derived, tenant, "resident", [...people]).sort();
  const recorded = entry.personal?.subjects["resident"] ?? [];
  // A count or a page's end tells of more people than rows left; without either it is exactly those.
  const toldOfMore = entry.body.fields.some(({ coordinate }) => /\.(totalCount|pageInfo)$/.test(coordinate));
  if (toldOfMore) expect(recorded).toEqual(expect.arrayContaining(tokens));
  else expect({ people: recorded }).toEqual({ people: tokens });
  expect(entry.body.subjects).toBe(recorded.length);
}
