// Law 6 where people decide: what was withdrawn is in no answer to a request that began after the withdrawal was
// acknowledged, on any node, and what was given is in all. The gateways learn of it by what they read after a request has
// arrived: nothing sends them a notification that could be lost.
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTwoGateways, type TwoGateways } from "./consent/two-gateways.js";

let town: TwoGateways;
beforeAll(async () => {
  town = await openTwoGateways(24);
});
afterAll(() => town.close());

const clients = 16;
const flips = 1_000;

/** Moments by `performance.now()`, all of this process. */
interface Flip {
  readonly to: boolean;
  readonly began: number;
  acknowledged: number | null;
}
const history = new Map<number, Flip[]>();

/** Whether the person's rows were open during the whole of a request; null: it changed meanwhile, so that either is right. */
function standing(person: number, sent: number, received: number): boolean | null {
  let state = false;
  for (const { to, began, acknowledged } of history.get(person) ?? []) {
    if (acknowledged !== null && acknowledged <= sent) state = to;
    else if (began <= received) return null;
  }
  return state;
}

interface Question {
  readonly query: string;
  /** Whose rows an answer holds. */
  readonly people: (data: never) => readonly number[];
  /** Whom it asks about. */
  readonly of?: (person: number) => boolean;
}
type Nodes<T> = { readonly nodes: readonly T[] };
const questions: readonly Question[] = [
  {
    query: "{ residents(first: 50) { nodes { number email } } }",
    people: ({ residents }: { residents: Nodes<{ number: number }> }) => residents.nodes.map(({ number }) => number),
  },
  {
    query: "{ accounts(first: 50) { nodes { code holder { number } } } }",
    people: ({ accounts }: { accounts: Nodes<{ code: number; holder: { number: number } | null }> }) =>
      accounts.nodes.map(({ code, holder }) => {
        expect(holder?.number).toBe(code - 1000);
        return code - 1000;
      }),
  },
  {
    query:
      "{ residents(last: 50, where: { number: { lte: 12 } }, orderBy: [{ field: email, direction: DESC }]) { totalCount edges { cursor node { number accounts { nodes { owner } } } } } }",
    people: ({
      residents,
    }: {
      residents: {
        totalCount: number | null;
        edges: readonly { node: { number: number; accounts: Nodes<{ owner: number }> } }[];
      };
    }) => {
      const found = residents.edges.map(({ node }) => node.number);
      if (residents.totalCount !== null) expect(residents.totalCount).toBe(found.length);
      for (const { node } of residents.edges) expect(node.accounts.nodes).toEqual([{ owner: node.number }]);
      return found;
    },
    of: (person) => person <= 12,
  },
];

const seen = { answers: 0, certain: 0, uncertain: 0, rows: 0, misfits: [] as string[] };

async function ask(address: string, { query, people, of = () => true }: Question): Promise<void> {
  const sent = performance.now();
  const response = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${town.key}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: never; errors?: unknown };
  const received = performance.now();
  expect([response.status, errors]).toEqual([200, undefined]);
  const found = new Set(people(data));
  seen.answers++;
  seen.rows += found.size;
  for (const person of town.people.filter(of)) {
    const open = standing(person, sent, received);
    seen[open === null ? "uncertain" : "certain"]++;
    if (open !== null && open !== found.has(person))
      seen.misfits.push(`${open ? "lacks" : "holds"} person ${person}, ${address}: ${query}`);
  }
}

it("holds no row that was withdrawn, and lacks none that was given, before the request began", async () => {
  let done = false;
  let turn = 0;
  const client = async (): Promise<void> => {
    while (!done && seen.misfits.length === 0) {
      const at = turn++;
      const question = questions[at % questions.length];
      const address = town.addresses[Math.floor(at / questions.length) % town.addresses.length];
      if (question !== undefined && address !== undefined) await ask(address, question);
    }
  };
  const flip = async (): Promise<void> => {
    for (let n = 0; n < flips && seen.misfits.length === 0; n++) {
      const person = 1 + Math.floor(Math.random() * town.people.length);
      const own = history.get(person) ?? [];
      history.set(person, own);
      const flipped: Flip = { to: own.at(-1)?.to !== true, began: performance.now(), acknowledged: null };
      own.push(flipped);
      await town.decide(person, flipped.to ? "given" : "withdrawn");
      flipped.acknowledged = performance.now();
    }
  };
  const reading = Promise.all(Array.from({ length: clients }, client));
  try {
    await Promise.race([flip(), reading]);
  } finally {
    done = true;
  }
  await reading;
  process.stdout.write(`${JSON.stringify({ ...seen, flips: [...history.values()].flat().length })}\n`);
  expect(seen.misfits.slice(0, 5)).toEqual([]);
  expect([...history.values()].flat()).toHaveLength(flips);
  // Clients that meet no change, or nobody's rows, would prove nothing.
  expect(seen.uncertain).toBeGreaterThan(100);
  expect(seen.certain).toBeGreaterThan(5_000);
  expect(seen.rows).toBeGreaterThan(1_000);
});
