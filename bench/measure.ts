// Paired rounds: Passerelle, plain, Passerelle, plain… The machine is shared, so that only what was measured side by side
// is compared.
import { checkEqual, prepare, type Endpoint, type Prepared } from "./answers.js";
import type { LoadResult } from "./load.js";
import type { Load, Running } from "./processes.js";
import type { BenchQuery } from "./queries.js";

export interface Side extends Endpoint {
  readonly server: Running;
}

export interface MeasureOptions {
  readonly passerelle: Side;
  readonly plain: Side;
  readonly load: Load;
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** CPU seconds of the PostgreSQL server so far; null where that cannot be known. */
  readonly databaseCpu: () => number | null;
  readonly report: (line: string) => void;
}

export interface Phase extends LoadResult {
  readonly serverCpuSeconds: number;
  readonly databaseCpuSeconds: number | null;
}

export interface QueryFigures {
  readonly query: BenchQuery;
  readonly passerelle: readonly Phase[];
  readonly plain: readonly Phase[];
}

export const perSecond = ({ answered, seconds }: Phase): number => answered / seconds;

/** Passerelle's requests per second through the plain server's, round by round. */
export const ratios = ({ passerelle, plain }: QueryFigures): number[] =>
  passerelle.map((phase, round) => perSecond(phase) / perSecond(plain[round] ?? phase));

export async function measureQuery(options: MeasureOptions, query: BenchQuery): Promise<QueryFigures> {
  const { passerelle, plain, rounds, seconds, report } = options;
  const [ours, theirs] = [await prepare(passerelle, query), await prepare(plain, query)];
  checkEqual(query, ours, theirs);
  report(`${query.name}: ${query.title}; ${ours.length} different requests, answers equal`);
  const warmUp = Math.max(0.5, seconds / 2);
  await phase(options, passerelle, ours, warmUp);
  await phase(options, plain, theirs, warmUp);
  const figures: { passerelle: Phase[]; plain: Phase[] } = { passerelle: [], plain: [] };
  for (let round = 0; round < rounds; round++) {
    const one = await phase(options, passerelle, ours, seconds);
    const other = await phase(options, plain, theirs, seconds);
    figures.passerelle.push(one);
    figures.plain.push(other);
    report(`  round ${round + 1}: ${perSecond(one).toFixed(0)} and ${perSecond(other).toFixed(0)} requests/s`);
  }
  return { query, ...figures };
}

export async function phase(
  { load, connections, databaseCpu }: Pick<MeasureOptions, "load" | "connections" | "databaseCpu">,
  { url, headers, server }: Side,
  requests: readonly Prepared[],
  seconds: number,
): Promise<Phase> {
  const before = { server: await server.usage(), database: databaseCpu() };
  const job = requests.map(({ body, bytes }) => ({ body, bytes }));
  const result = await load.run({ url, headers, connections, milliseconds: seconds * 1000, requests: job });
  if (result.fault !== null) throw new Error(`${url}: ${result.fault}`);
  const after = { server: await server.usage(), database: databaseCpu() };
  return {
    ...result,
    serverCpuSeconds: after.server.cpuSeconds - before.server.cpuSeconds,
    databaseCpuSeconds: before.database === null || after.database === null ? null : after.database - before.database,
  };
}
