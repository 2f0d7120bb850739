// Paired rounds: Passerelle, each peer, Passerelle, each peer… The machine is shared, so that only what was measured side
// by side is compared.
import { checkEqual, prepare, type Endpoint, type Prepared } from "./answers.js";
import type { LoadResult } from "./load.js";
import { canAnswer, type ServerName } from "./peers.js";
import type { Load, Running } from "./processes.js";
import type { BenchQuery } from "./queries.js";
import { calmest, watchSteal, type Calmest, type Disturbed } from "./steal.js";

export interface Side extends Endpoint {
  readonly server: Running;
}

export interface MeasureOptions {
  readonly sides: ReadonlyMap<ServerName, Side>;
  readonly load: Load;
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** CPU seconds of the PostgreSQL server so far; null where that cannot be known. */
  readonly databaseCpu: () => number | null;
  /** Entries of the log that its search index does not hold yet. */
  readonly toIndex?: () => Promise<number>;
  readonly report: Report;
}

type Report = (line: string) => void;

export interface Phase extends LoadResult, Disturbed {
  /** What the server did after the last answer, because of the answers, is among it (an index, a tree). */
  readonly serverCpuSeconds: number;
  readonly databaseCpuSeconds: number | null;
}

export type CalmPhase = Calmest<Phase>;

export interface QueryFigures {
  readonly query: BenchQuery;
  readonly phases: ReadonlyMap<ServerName, readonly CalmPhase[]>;
}

export const perSecond = ({ answered, seconds }: Phase): number => answered / seconds;

export const phasesOf = ({ phases }: QueryFigures, name: ServerName): readonly CalmPhase[] => phases.get(name) ?? [];

/** A server's requests per second through those of bare, round by round. */
export function ratios(figures: QueryFigures, name: ServerName): number[] {
  const bare = phasesOf(figures, "bare");
  return phasesOf(figures, name).flatMap((phase, round) => {
    const beside = bare[round];
    return beside === undefined ? [] : [perSecond(phase) / perSecond(beside)];
  });
}

export async function measureQuery(options: MeasureOptions, query: BenchQuery): Promise<QueryFigures> {
  const { rounds, seconds, report } = options;
  const sides = new Map([...options.sides].filter(([name]) => canAnswer(name, query.name)));
  const prepared = new Map<ServerName, readonly Prepared[]>();
  for (const [name, side] of sides) prepared.set(name, await prepare(side, query));
  const [first, ...others] = [...prepared].map(([name, requests]) => ({ name, requests }));
  if (first === undefined) throw new Error("nobody to ask");
  for (const other of others) checkEqual(query, first, other);
  report(`${query.name}: ${query.title}; different requests: ${first.requests.length}; answers equal`);
  const run = (name: ServerName, side: Side, time: number): Promise<Phase> =>
    phase(options, side, prepared.get(name) ?? [], time);
  // Longer than a round: a server with more code is longer at having it compiled, and a town's server runs for weeks.
  for (const [name, side] of sides) await run(name, side, Math.max(0.5, 1.5 * seconds));
  const phases = new Map<ServerName, CalmPhase[]>([...sides.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, side] of sides) phases.get(name)?.push(await calmest(() => run(name, side, seconds)));
    const said = [...phases].map(([name, done]) => `${name} ${perSecond(done.at(-1) as Phase).toFixed(0)}`);
    report(`  round ${round + 1}, requests/s: ${said.join(", ")}`);
  }
  return { query, phases };
}

/** Without `report` nobody is told that a side was disturbed. */
type PhaseOptions = Pick<MeasureOptions, "load" | "connections" | "databaseCpu" | "toIndex"> & {
  readonly report?: Report;
};

export async function phase(
  { load, connections, databaseCpu, toIndex, report }: PhaseOptions,
  { url, headers, server }: Side,
  requests: readonly Prepared[],
  seconds: number,
): Promise<Phase> {
  const used = async (): Promise<{ server: number; database: number | null }> => ({
    server: (await server.usage()).cpuSeconds,
    database: databaseCpu(),
  });
  const before = await used();
  const job = requests.map(({ body, bytes }) => ({ body, bytes }));
  const steal = watchSteal();
  const result = await load.run({ url, headers, connections, milliseconds: seconds * 1000, requests: job });
  const { stolen } = steal();
  if (result.fault !== null) throw new Error(`${url}: ${result.fault}`);
  const after = await quiet(used, toIndex ?? nothing, report ?? (() => undefined));
  return {
    ...result,
    stolen,
    serverCpuSeconds: after.server - before.server,
    databaseCpuSeconds: before.database === null || after.database === null ? null : after.database - before.database,
  };
}

const nothing = (): Promise<number> => Promise.resolve(0);
const stepMs = 400;
const longestWaitMs = 120_000;

interface Used {
  readonly server: number;
  readonly database: number | null;
}

/**
 * Waits until the log's search index holds every entry and the server and PostgreSQL rest, so that what one side has left
 * to do is not done in the next one's time. The index is built at a pace of its own, with pauses: that nothing moves for a
 * moment does not say that it is done.
 */
async function quiet(used: () => Promise<Used>, toIndex: () => Promise<number>, report: Report): Promise<Used> {
  const until = performance.now() + longestWaitMs;
  let [last, calm] = [await used(), 0];
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, stepMs));
    const left = await toIndex();
    const now = await used();
    const busy = now.server - last.server + (now.database ?? 0) - (last.database ?? 0);
    calm = left === 0 && busy < (0.15 * stepMs) / 1000 ? calm + 1 : 0;
    if (calm === 2) return now;
    if (performance.now() > until) {
      report(
        `  still busy after ${longestWaitMs / 1000} s (entries to index: ${left}): the next side is disturbed by it`,
      );
      return now;
    }
    last = now;
  }
}
