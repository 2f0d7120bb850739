// Laws 4, 7, 13, 14: when something fails or lies, nothing extra leaves.
import { expect } from "vitest";
import { AccessLogUnavailable, type AccessLogWriter } from "../../src/accesslog/index.js";
import { checkVersion } from "../../src/policy/index.js";
import { SourceFailure, type ByKeysRequest, type PageRequest, type Source } from "../../src/sources/index.js";
import { hasFault, type Row } from "../../src/terms/index.js";
import { harvest, resolve, type LawsGateway } from "./laws-gateway.js";
import { commonFile, contentOf, townNames, type Policy, type Rules } from "./policy.js";
import { chooser, writeRequest, type Choose } from "./request.js";
import { explained, keysOf, valuesIn } from "./shared.law.js";
import { lawsTables } from "./town.js";

type Reply = Awaited<ReturnType<LawsGateway["ask"]>>;
const codesOf = (reply: Reply): unknown[] => (reply.body.errors ?? []).map((error) => error.extensions["code"]);
const data = (reply: Reply): string => JSON.stringify(reply.body.data);

function expectNothing(reply: Reply): void {
  expect([reply.status, ...codesOf(reply)]).toEqual([503, "ACCESS_LOG_UNAVAILABLE"]);
  expect(reply.body.data).toBeUndefined();
  expect(valuesIn(reply.text + JSON.stringify(reply.headers), lawsTables, () => true)).toEqual([]);
}

/** Ways in which an append may end other than well. */
const failures: readonly ((real: AccessLogWriter) => AccessLogWriter["append"])[] = [
  () => () => Promise.reject(new AccessLogUnavailable("full", "database")),
  () => () => Promise.reject(new Error("unforeseen")),
  () => () => {
    throw new TypeError("before it began");
  },
  // Committed, and the reply lost: on record, and nothing leaves.
  (real) => async (draft) => {
    await real.append(draft);
    throw new AccessLogUnavailable("no reply", "timeout");
  },
];

/** Law 4. @param broken makes the log's database refuse for the time of a call */
export async function noRecordNoDataLaw(
  town: LawsGateway,
  policy: Policy,
  drawn: readonly (readonly number[])[],
  broken: (during: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await town.govern(policy);
  const { services } = town.gateway;
  const { log } = services;
  for (const key of keysOf(policy)) {
    const ids = await town.ids(key);
    for (const each of drawn) {
      const request = writeRequest(each);
      const { variables } = resolve(request, ids);
      const ask = () => town.ask(key, request.query, variables);
      const before = await ask();
      const fail = failures[(each[0] ?? 0) % (failures.length + 1)];
      if (fail === undefined) await broken(async () => expectNothing(await ask()));
      else {
        const count = log.count.bind(log);
        Object.assign(services, { log: { append: fail(log), count } });
        try {
          expectNothing(await ask());
        } finally {
          Object.assign(services, { log });
        }
      }
      const after = await ask();
      expect([after.status, data(after)]).toEqual([before.status, data(before)]);
      for (const reply of [before, after]) expect((await town.entryOf(reply))?.intact).toBe(true);
    }
  }
}

/** What a hand can do to a rule file that must never be let through; null where it does not apply to the line. */
const mistakes: readonly ((line: string) => string | null)[] = [
  (line) => (line.endsWith("deny") ? line.replace(/deny$/, "dney") : null),
  (line) => (line.endsWith("deny") ? line.replace(/deny$/, "Deny") : null),
  (line) => (line.endsWith("deny") ? `${line} # why` : null),
  (line) => (line.endsWith("deny") ? line.replace(/, deny$/, "") : null),
  (line) => (line.endsWith("deny") ? line.replace(/, -, deny$/, ", deny") : null),
  (line) => line.replace(/^p,/, "P,"),
  (line) => line.replace(/^p,/, "p2,"),
  (line) => line.replaceAll(",", ";"),
  (line) => line.replace(/, (allow|deny)$/, ', "$1"'),
  (line) => `${line},`,
  (line) => `${line}, why`,
  (line) => line.replace(/, ([A-Z])(\w+)\.(\w+), -, -, deny$/, ", $1$2.$3x, -, -, deny"),
  (line) => line.replace(/^p, [^,]+, ([^,]+), (.*), deny$/, "p, a9, $1, $2, deny"),
  (line) => line.replace(/, all, .*, allow$/, ", ownn, -, allow"),
  (line) => line.replace(/, all, .*, allow$/, ", all, geo:99, allow"),
  (line) => line.replace(/, all, .*, allow$/, ", all, rot13, allow"),
  () => "p, *, *, Person.*, all, -, allow",
  () => "p, *, *, *, all, -, allow",
  () => "g2, Person.email, @places",
  () => "e = some(where (p.eft == allow))",
];

/** Law 7: a mistake in one line refuses the whole, and the version in force and its answers stay. */
export async function oneValidatorLaw(town: LawsGateway, policy: Policy, drawn: readonly number[]): Promise<number> {
  await town.govern(policy);
  const choose = chooser(drawn);
  const query = `{ people(first: 3) { nodes { id number email birth } } places { nodes { code label } } houses { nodes { street } } }`;
  const ask = async (): Promise<string[]> => {
    const all = [];
    for (const key of keysOf(policy)) all.push(data(await town.ask(key, query, {})));
    return all;
  };
  const before = { revision: await town.revision(), answers: await ask() };
  let refused = 0;
  for (let tries = 0; tries < 15; tries++) {
    const rules = mistaken(policy.rules, choose);
    if (rules === null) continue;
    const content = contentOf(rules);
    const checked = checkVersion(content, townNames);
    await explained({ rules }, async () => {
      expect(hasFault(checked.faults)).toBe(true);
      expect(checked.rules).toBeNull();
    });
    // Nothing else may let it in: put in force behind the validator's back, where its content alone is at fault, it serves nobody.
    refused++;
  }
  expect({ revision: await town.revision(), answers: await ask() }).toEqual(before);
  return refused;
}

function mistaken(rules: Rules, choose: Choose): Rules | null {
  const mistake = mistakes[choose(mistakes.length)];
  const own = [...rules.own, "p, a1, p1, Person.email, -, -, deny", "p, a2, p1, Person.phone, -, -, deny"];
  const made = own.map((line) => (line.startsWith("p,") ? (mistake?.(line) ?? line) : line));
  const changed = made.flatMap((line, at) => (line === own[at] ? [] : [at]));
  const at = changed[choose(Math.max(1, changed.length))];
  return at === undefined
    ? null
    : { ...rules, own: own.map((line, each) => (each === at ? (made[at] ?? line) : line)) };
}

/** Law 7, behind the validator's back: a version whose lines are not understood serves nobody. */
export async function notUnderstoodLaw(town: LawsGateway, policy: Policy, drawn: readonly number[]): Promise<void> {
  await town.govern(policy);
  const line = [
    "p, *, *, Person.email, -, -, dney",
    "P, *, *, Person.email, -, -, deny",
    "p, *, *, Person.email, -, deny",
  ][(drawn[0] ?? 0) % 3];
  const faulty = { own: [...policy.rules.own, line ?? ""], common: policy.rules.common };
  await town.policyStore.apply(contentOf(faulty), "test", commonFile);
  await town.look();
  for (const key of keysOf(policy)) {
    const reply = await town.ask(key, "{ people { nodes { number } } places { nodes { code } } }", {});
    expect(reply.status).toBe(503);
    expect(reply.body.data).toBeUndefined();
    expect(reply.calls).toEqual([]);
  }
  await town.govern(policy);
  expect((await town.ask(null, "{ __typename }", {})).status).toBe(200);
}

const aliases = (n: number, of: string): string => Array.from({ length: n + 20 }, (_, i) => `a${i}: ${of}`).join(" ");

/** Law 13. Each makes an operation of a size; from some size on it is refused. */
const oversized: readonly ((size: number) => { query: string; variables?: Record<string, unknown> })[] = [
  (n) => ({ query: `{ people(first: ${n}) { nodes { number } } }` }),
  (n) => ({ query: `query ($n: Int) { people(last: $n) { nodes { number } } }`, variables: { n } }),
  (n) => ({ query: `{ people { nodes { ${"guardian { ".repeat(n)} number ${"} ".repeat(n)} } } }` }),
  (n) => ({ query: `{ ${Array.from({ length: n }, (_, i) => `a${i}: places { nodes { code } }`).join(" ")} }` }),
  (n) => ({ query: `{ people { nodes { ${"number ".repeat(n)} } } }` }),
  (n) => ({
    query: `{ people { nodes { ...f0 } } } ${Array.from({ length: n }, (_, i) => `fragment f${i} on Person { a${i}: guardian { ...f${i + 1} } b${i}: guardian { ...f${i + 1} } }`).join(" ")} fragment f${n} on Person { number }`,
  }),
  (n) => ({
    query: `{ people(where: { number: { in: [${Array.from({ length: n }, (_, i) => i).join(",")}] } }) { nodes { number } } }`,
  }),
  (n) => ({
    query: `query ($in: [Int!]) { people(where: { number: { in: $in } }) { nodes { number } } }`,
    variables: { in: Array.from({ length: n }, (_, i) => i) },
  }),
  (n) => ({
    query: `query ($w: PersonWhere) { people(where: $w) { nodes { number } } }`,
    variables: { w: { or: Array.from({ length: n }, () => ({ number: { eq: 1 } })) } },
  }),
  (n) => ({
    query: `{ people(where: ${"{ not: ".repeat(n)}{ number: { eq: 1 } }${" }".repeat(n)}) { nodes { number } } }`,
  }),
  (n) => ({
    query: `{ people(first: 1000) { nodes { wards(first: ${n}) { nodes { accounts(first: ${n}) { nodes { label } } } } } } }`,
  }),
  (n) => ({
    query: `{ __schema { ${Array.from({ length: n }, (_, i) => `t${i}: types { fields { type { fields { type { name } } } } }`).join(" ")} } }`,
  }),
  // Introspection multiplied by aliases: few in the text, thousands for every type in the answer.
  (n) => ({
    query: `{ __schema { types { fields { ${aliases(n % 100, "type { ...f }")} } } } }
            fragment f on __Type { fields { ${aliases(n % 200, "type { name }")} } }`,
  }),
];
export const oversizedKinds = oversized.length;

export async function boundedLaw(town: LawsGateway, kind: number, size: number): Promise<void> {
  const { query, variables = {} } = oversized[kind]?.(size) ?? { query: "" };
  const reply = await town.ask("first", query, variables);
  await explained({ kind, size, answer: reply.text.slice(0, 300) }, async () => {
    expect([400, 413]).toContain(reply.status);
    expect(reply.body.data).toBeUndefined();
    expect(reply.calls).toEqual([]);
    expect(["LIMIT_EXCEEDED", "REQUEST_TOO_LARGE", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"]).toContain(
      codesOf(reply)[0],
    );
    // The figure and the limit are said.
    expect(reply.body.errors?.[0]?.message).toMatch(/\d.*limit|limit.*\d|nesting|nested deeper|too many/i);
    expect((await town.entryOf(reply))?.body.outcome).toBe("invalid");
  });
}

/** Law 14: a service that lies. Only what no check can tell is left out: other texts within a text's own order. */
export async function liesLaw(
  town: LawsGateway,
  policy: Policy,
  drawn: readonly (readonly number[])[],
  lying: readonly number[],
): Promise<number> {
  await town.govern(policy);
  let caught = 0;
  for (const key of keysOf(policy)) {
    const reference = town.reference(key);
    const ids = await town.ids(key);
    for (const each of drawn) {
      const request = writeRequest(each, { inputs: (at) => reference.usable(at) });
      const whole = await town.ask(key, request.query, resolve(request, ids).variables);
      const { variables } = resolve(request, ids, harvest(request.query, whole.body.data));
      const honest = await town.ask(key, request.query, variables);
      const choose = chooser(lying);
      town.lie = (source) => liar(source, choose);
      const lied = await town.ask(key, request.query, variables).finally(() => void (town.lie = null));
      await explained({ key, query: request.query, variables, honest: honest.text, lied: lied.text }, async () => {
        expect(lied.status).toBe(honest.status);
        const known = leaves(honest.body.data);
        expect([...leaves(lied.body.data)].filter((leaf) => !known.has(leaf))).toEqual([]);
      });
      if (codesOf(lied).includes("SOURCE_UNAVAILABLE")) caught++;
    }
  }
  return caught;
}

/** Values by their place in the answer, positions in lists aside; what tells of a page is no value of the town's. */
export function leaves(value: unknown, place = "", found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const each of value) leaves(each, place, found);
  else if (typeof value === "object" && value !== null)
    for (const [key, each] of Object.entries(value)) leaves(each, `${place}.${key}`, found);
  else if (value !== null && !/(hasNextPage|hasPreviousPage|totalCount|startCursor|endCursor)$/.test(place))
    found.add(`${place}: ${JSON.stringify(value)}`);
  return found;
}

export function liar(source: Source, choose: Choose): Source {
  return {
    name: source.name,
    kind: source.kind,
    abilities: source.abilities,
    page: (request, bounds) =>
      bent(request, choose, (asked) => source.page({ ...asked, limit: asked.limit + choose(2) * 5 }, bounds)),
    byKeys: (request, bounds) =>
      bent(
        request,
        choose,
        (asked) => {
          const limitPerKey = asked.limitPerKey === null ? null : asked.limitPerKey + choose(2) * 5;
          return source.byKeys({ ...asked, limitPerKey }, bounds);
        },
        async (columns) =>
          source.page({ from: request.from, columns, filter: null, order: [], after: null, limit: 50 }, bounds),
      ),
    count: (request, bounds) => source.count(request, bounds),
    describe: (from, bounds) => source.describe(from, bounds),
    close: () => source.close(),
  };
}

async function bent<R extends PageRequest | ByKeysRequest>(
  request: R,
  choose: Choose,
  fetch: (request: R) => Promise<readonly Row[]>,
  everything: (columns: R["columns"]) => Promise<readonly Row[]> = () => Promise.resolve([]),
): Promise<readonly Row[]> {
  // Which text comes before which, and so which rows are the next ones, is the service's to say: no check can tell.
  const texts = request.order.some((part) => part.column.type === "String");
  if (request.filter !== null && choose(2) === 0) return fetch({ ...request, filter: null });
  switch (texts ? 3 + choose(5) : choose(9)) {
    case 0:
      return fetch({ ...request, after: null });
    case 1:
      return fetch({ ...request, filter: null });
    case 2:
      return [...(await fetch(request)), ...(await everything(request.columns))];
    case 3:
      return (await fetch(request)).flatMap((row) => [row, row]);
    case 4:
      return texts ? fetch({ ...request, filter: null }) : [...(await fetch(request))].reverse();
    case 5:
      return swapped(request, await fetch(request), choose);
    case 6:
      return (await fetch(request)).map((row) => row.slice(choose(2)));
    case 7:
      throw choose(2) === 0
        ? new SourceFailure("people", "unavailable", "down")
        : new Error("value: " + String((await everything(request.columns))[0]));
    default:
      return (await everything(request.columns)).slice(0, 3);
  }
}

/** Two columns of different types change places in every row where both hold something. */
function swapped(request: PageRequest | ByKeysRequest, rows: readonly Row[], choose: Choose): readonly Row[] {
  const { columns } = request;
  const [a, b] = [choose(columns.length), choose(columns.length)];
  if (columns[a]?.type === columns[b]?.type) return rows;
  return rows.map((row) => {
    const [x, y] = [row[a] ?? null, row[b] ?? null];
    if (x === null || y === null) return row;
    return row.map((cell, at) => (at === a ? y : at === b ? x : cell));
  });
}
