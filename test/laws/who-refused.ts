// An attack, by an application with a valid key: it knew a person while their data were open to it, it kept what it was given,
// and now it wants to know whether they have refused or were never there. Every probe is one request; what it observes is all
// that leaves the gateway, and how often the services were called, which is what a clock would tell it.
import type { Reply } from "../support/test-gateway.js";
import type { SourceCall } from "./consent/consent-town.js";

/** What the application knows of one person, some of it kept from before. */
export interface Knowledge {
  readonly number: number;
  readonly email: string;
  readonly household: number;
  readonly residentId: string;
  readonly householdId: string;
  readonly accountId: string;
  readonly accountNumber: string;
  readonly loanId: string;
  /** Of the person's place in `residents`, and in the accounts' list. */
  readonly residentCursor: string;
  readonly accountCursor: string;
  /** Among the members of their household. */
  readonly memberCursor: string;
  /** Of the place in `residents` just before. */
  readonly earlierCursor: string | null;
}

export interface Observed {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
  /** What reached the services, in order: an application can count it by the clock. */
  readonly calls: readonly string[];
}

export type Send = (
  query: string,
  variables: Readonly<Record<string, unknown>>,
) => Promise<{ readonly reply: Reply; readonly calls: readonly SourceCall[] }>;

type Probe = readonly [
  name: string,
  query: string,
  variables?: (known: Knowledge) => Readonly<Record<string, unknown>>,
];

const row = "id number name email phone score status active doctor";
const list = (args: string, more = ""): string =>
  `residents(${args}) { totalCount nodes { ${row} ${more} } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;

export const probes: readonly Probe[] = [
  ["filter: number eq", `query ($n: Int) { ${list("where: { number: { eq: $n } }")} }`, ({ number: n }) => ({ n })],
  [
    "filter: one row of one",
    `query ($n: Int) { ${list("first: 1, where: { number: { eq: $n } }")} }`,
    ({ number: n }) => ({ n }),
  ],
  [
    "filter: number in",
    `query ($n: [Int!]) { ${list("where: { number: { in: $n } }")} }`,
    ({ number }) => ({ n: [number, -1] }),
  ],
  [
    "filter: everybody else",
    `query ($n: Int) { ${list("where: { number: { ne: $n } }")} }`,
    ({ number: n }) => ({ n }),
  ],
  [
    "filter: range round one",
    `query ($a: Int, $b: Int) { ${list("where: { number: { gt: $a, lt: $b } }")} }`,
    ({ number }) => ({ a: number - 1, b: number + 1 }),
  ],
  ["filter: e-mail", `query ($e: String) { ${list("where: { email: { eq: $e } }")} }`, ({ email: e }) => ({ e })],
  [
    "filter: beginning of an e-mail",
    `query ($e: String) { ${list("where: { email: { startsWith: $e } }")} }`,
    ({ email }) => ({ e: email.slice(0, 6) }),
  ],
  [
    "filter: this one or none",
    `query ($n: Int) { ${list("where: { or: [{ number: { eq: $n } }, { number: { isNull: true } }] }")} }`,
    ({ number: n }) => ({ n }),
  ],
  [
    "filter: not another",
    `query ($n: Int) { ${list("where: { not: { number: { ne: $n } } }")} }`,
    ({ number: n }) => ({ n }),
  ],
  ["count alone", "{ residents { totalCount } }"],
  [
    "count of one",
    `query ($n: Int) { residents(where: { number: { eq: $n } }) { totalCount } }`,
    ({ number: n }) => ({ n }),
  ],
  ["all", `{ ${list("first: 100")} }`],
  ["all from the end", `{ ${list("last: 100")} }`],
  ["by e-mail", `{ ${list("first: 3, orderBy: [{ field: email, direction: DESC }]")} }`],
  ["the first", `{ ${list("first: 1")} }`],
  ["the last", `{ ${list("last: 1")} }`],
  ["page after them", `query ($c: String) { ${list("first: 2, after: $c")} }`, ({ residentCursor: c }) => ({ c })],
  ["page before them", `query ($c: String) { ${list("last: 2, before: $c")} }`, ({ residentCursor: c }) => ({ c })],
  ["page where they stood", `query ($c: String) { ${list("first: 1, after: $c")} }`, ({ earlierCursor: c }) => ({ c })],
  [
    "resident by id",
    `query ($i: ID!) { resident(id: $i) { ${row} accounts { totalCount: nodes { number } } } }`,
    ({ residentId: i }) => ({ i }),
  ],
  [
    "node by id",
    `query ($i: ID!) { node(id: $i) { id __typename ... on Resident { ${row} } } }`,
    ({ residentId: i }) => ({ i }),
  ],
  ["id alone", `query ($i: ID!) { node(id: $i) { id } }`, ({ residentId: i }) => ({ i })],
  [
    "account by id",
    `query ($i: ID!) { account(id: $i) { id number balance holder { id number } } }`,
    ({ accountId: i }) => ({ i }),
  ],
  [
    "loan by id",
    `query ($i: ID!) { loan(id: $i) { id title borrower guarantor reader { id } } }`,
    ({ loanId: i }) => ({ i }),
  ],
  [
    "account by number",
    `query ($n: String) { accounts(where: { number: { eq: $n } }) { totalCount nodes { id balance } } }`,
    ({ accountNumber: n }) => ({ n }),
  ],
  [
    "accounts after theirs",
    `query ($c: String) { accounts(first: 1, after: $c) { nodes { id number holder { number } } pageInfo { hasNextPage } } }`,
    ({ accountCursor: c }) => ({ c }),
  ],
  [
    "accounts with holders",
    "{ accounts(first: 100) { nodes { id holder { id number email } payments { nodes { id } } } } }",
  ],
  ["payments to accounts", "{ payments(first: 100) { nodes { id code account { id number holder { number } } } } }"],
  [
    "household's members",
    `query ($i: ID!) { household(id: $i) { members { nodes { id number } pageInfo { hasNextPage } } } }`,
    ({ householdId: i }) => ({ i }),
  ],
  [
    "household's first member",
    `query ($i: ID!) { household(id: $i) { members(first: 1) { nodes { id } pageInfo { hasNextPage endCursor } } } }`,
    ({ householdId: i }) => ({ i }),
  ],
  [
    "member filtered",
    `query ($i: ID!, $n: Int) { household(id: $i) { members(first: 1, where: { number: { eq: $n } }) { nodes { id } } } }`,
    ({ householdId: i, number: n }) => ({ i, n }),
  ],
  [
    "members after them",
    `query ($i: ID!, $c: String) { household(id: $i) { members(first: 1, after: $c) { nodes { id } pageInfo { hasNextPage } } } }`,
    ({ householdId: i, memberCursor: c }) => ({ i, c }),
  ],
  [
    "every household's first member",
    "{ households(first: 100) { nodes { code members(first: 1) { nodes { number } } } } }",
  ],
  [
    "loans by borrower",
    `query ($n: Int) { loans(where: { borrower: { eq: $n } }) { totalCount nodes { id title } } }`,
    ({ number: n }) => ({ n }),
  ],
  [
    "loans by guarantor",
    `query ($n: Int) { loans(first: 1, where: { guarantor: { eq: $n } }) { totalCount nodes { id title } pageInfo { hasNextPage } } }`,
    ({ number: n }) => ({ n }),
  ],
  ["patients of a doctor", "{ residents(first: 100) { nodes { number doctor } } }"],
  [
    "forged beside kept",
    `query ($i: ID!, $j: ID!) { a: node(id: $i) { id } b: node(id: $j) { id } }`,
    ({ residentId: i }) => ({ i, j: `${i.slice(0, -2)}AA` }),
  ],
  [
    "a cursor elsewhere",
    `query ($c: String) { accounts(first: 1, after: $c) { nodes { id } } }`,
    ({ residentCursor: c }) => ({ c }),
  ],
  ["schema", "{ __schema { types { name fields { name } inputFields { name } enumValues { name } } } }"],
];

/** Sends every probe. @returns by the probe's name */
export async function observe(send: Send, known: Knowledge): Promise<Map<string, Observed>> {
  const seen = new Map<string, Observed>();
  for (const [name, query, variables] of probes) {
    const { reply, calls } = await send(query, variables?.(known) ?? {});
    const entry = reply.headers["passerelle-access"] ?? "";
    const own = (text: string): string => text.replaceAll(entry, "ENTRY");
    seen.set(name, {
      status: reply.status,
      headers: own(JSON.stringify(reply.headers)),
      body: own(reply.text),
      calls: calls.map(({ kind, text }) => `${kind} ${text}`),
    });
  }
  return seen;
}

/** Names of probes that tell the two apart, and by what. @param alike makes what only names the person the same for both */
export function learned(
  one: ReadonlyMap<string, Observed>,
  other: ReadonlyMap<string, Observed>,
  alike: (text: string) => string = (text) => text,
): string[] {
  return [...one].flatMap(([name, a]) => {
    const b = other.get(name);
    const told = (seen: Observed | undefined, what: keyof Observed): string =>
      alike(what === "calls" ? (seen?.calls ?? []).join("\n") : String(seen?.[what]));
    const by = (["status", "headers", "body", "calls"] as const).filter((what) => told(a, what) !== told(b, what));
    return by.length === 0 ? [] : [`${name} (${by.join(", ")})`];
  });
}
