// Many clients ask while the version in force changes under them. Laws 3, 6 and 12: each request is decided by one
// version alone, which is one that was in force while the request ran, and which its entry names.
import { isDeepStrictEqual } from "node:util";
import { createTestGateway, tenant, type Reply, type TestGateway } from "../../support/test-gateway.js";
import type { StoredEntry } from "../../../src/accesslog/index.js";
import { asked, expectedOf, reloadTown, rulesOf, schemaOf, shapes, type Asked, type Shape } from "./shapes.js";

/** Moments by `performance.now()`. */
interface Period {
  readonly version: string;
  readonly shape: Shape;
  /** Before its transaction began. */
  readonly from: number;
  /** When the next version's transaction was surely committed. */
  until: number;
}

interface Answered extends Asked {
  readonly reply: Reply;
  readonly sent: number;
  readonly received: number;
}

export interface Fire {
  /** What does not fit, told so that it can be found; at most ten. */
  readonly misfits: readonly string[];
  readonly answers: number;
  readonly entries: number;
  /** Versions by whose decisions at least one request was answered. */
  readonly versionsSeen: number;
  /** Answers whose request ran while the version changed. */
  readonly acrossAChange: number;
}

export async function fire(clients: number, changes: number): Promise<Fire> {
  const [first] = shapes;
  if (first === undefined) throw new Error("no shapes");
  const gateway = await createTestGateway({ ...reloadTown, schema: schemaOf(first), rules: rulesOf(first, "start") });
  try {
    const { periods, answers } = await run(gateway, clients, changes);
    const entries = await allEntries(gateway);
    const misfits = answers.flatMap((answer) => misfit(answer, entries, periods));
    const ids = new Set(answers.map(({ reply }) => reply.headers["passerelle-access"]));
    const others = [...entries.values()].filter(({ body }) => !ids.has(body.id));
    misfits.push(
      ...others.flatMap((entry) =>
        givenUp(
          entry,
          [...entries.values()].filter((each) => ids.has(each.body.id)),
        ),
      ),
    );
    return {
      misfits: misfits.slice(0, 10),
      answers: answers.length,
      entries: entries.size - others.length,
      versionsSeen: new Set([...entries.values()].map(({ body }) => body.policyVersion)).size,
      acrossAChange: answers.filter(({ sent, received }) => inForce(periods, sent, received).length > 1).length,
    };
  } finally {
    await gateway.close();
  }
}

async function run(
  gateway: TestGateway,
  clients: number,
  changes: number,
): Promise<{ periods: Period[]; answers: Answered[] }> {
  const answers: Answered[] = [];
  const periods: Period[] = [];
  let done = false;
  let wake: (() => void) | null = null;
  const client = async (number: number): Promise<void> => {
    for (let turn = number; !done; turn++) {
      const question = asked[turn % asked.length] ?? asked[0];
      if (question === undefined) return;
      const sent = performance.now();
      const reply = await gateway.ask(question.key, question.query, question.variables);
      answers.push({ ...question, reply, sent, received: performance.now() });
      wake?.();
    }
  };
  const answered = async (more: number): Promise<void> => {
    const enough = answers.length + more;
    while (answers.length < enough) await new Promise<void>((resolve) => (wake = resolve));
  };
  const change = async (number: number): Promise<void> => {
    const shape = shapes[number % shapes.length] ?? shapes[0];
    if (shape === undefined) return;
    const from = performance.now();
    // Some versions come back as they were, others are ones that nobody has loaded: both ways of being current.
    const version = await gateway.apply(
      rulesOf(shape, number % 3 === 0 ? "known" : `change ${number}`),
      schemaOf(shape),
    );
    const last = periods.at(-1);
    if (last !== undefined) last.until = performance.now();
    periods.push({ version, shape, from, until: Number.POSITIVE_INFINITY });
  };
  await change(0);
  const running = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  for (let number = 1; number <= changes; number++) {
    // One after another at once, or when each client may have seen the one before.
    if (number % 4 !== 0) await answered(Math.ceil(clients / 4));
    await change(number);
  }
  await answered(clients);
  done = true;
  await running;
  return { periods, answers };
}

async function allEntries({ log }: TestGateway): Promise<Map<string, StoredEntry>> {
  const found = new Map<string, StoredEntry>();
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const { entries, more } = await log.search(tenant, { limit: 1000, before });
    for (const entry of entries) found.set(entry.body.id, entry);
    before = entries.at(-1)?.index ?? 0;
    if (!more) return found;
  }
}

/** An entry of what did not leave is that of a request that was decided anew, under another version, as it was recorded. */
function givenUp({ body }: StoredEntry, answered: readonly StoredEntry[]): string[] {
  const anew = answered.filter((each) => each.body.at === body.at && each.body.agreement === body.agreement);
  return anew.some((each) => each.body.policyVersion !== body.policyVersion) || anew.length > 1
    ? []
    : [`entry ${body.id} belongs to no answer`];
}

const inForce = (periods: readonly Period[], sent: number, received: number): Period[] =>
  periods.filter(({ from, until }) => from <= received && until >= sent);

/** Why an answer and its entry do not fit one version that was in force; nothing where they do. */
function misfit(answer: Answered, entries: ReadonlyMap<string, StoredEntry>, periods: readonly Period[]): string[] {
  const { key, question, reply, sent, received } = answer;
  const id = reply.headers["passerelle-access"] ?? "";
  const told = `${key} ${question}, entry ${id}`;
  const entry = entries.get(id);
  if (entry === undefined) return [`${told}: an answer (${reply.status}) without an entry`];
  const named = periods.find(({ version }) => version === entry.body.policyVersion);
  if (named === undefined) return [`${told}: names a version that was never applied`];
  const found: string[] = [];
  if (!inForce(periods, sent, received).some(({ version }) => version === named.version))
    found.push(`${told}: its version was not in force while it ran`);
  const shown = { ...whatWasAnswered(reply), entry: whatWasRecorded(entry) };
  const expected = expectedOf(named.shape, answer);
  if (!isDeepStrictEqual(shown, expected))
    found.push(
      `${told}: ${JSON.stringify(shown)} is not what "${named.shape.name}" gives: ${JSON.stringify(expected)}`,
    );
  // What a list holds tells all four versions apart: it must be the answer of this one and of no other.
  const fitting = shapes.filter((shape) => isDeepStrictEqual(shown.data, expectedOf(shape, answer).data));
  if (key === "whole" && question === "people" && fitting.length !== 1)
    found.push(`${told}: fits ${fitting.length} versions`);
  return found;
}

const whatWasAnswered = ({ status, body }: Reply) => ({
  status,
  data: body.data ?? null,
  errors: (body.errors ?? [])
    .map(
      ({ extensions: { code, coordinate } }) => `${String(code)} ${typeof coordinate === "string" ? coordinate : ""}`,
    )
    .sort(),
});

const whatWasRecorded = ({ body }: StoredEntry) => ({
  outcome: body.outcome,
  fields: body.fields,
  refused: body.refused,
  rows: body.rows,
  errors: body.errors,
  subjects: body.subjects,
});
