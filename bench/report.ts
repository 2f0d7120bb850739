// The run's figures as the tables of docs/performance.md.
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { markdownTable, median, shown, sum } from "./figures.js";
import { goalTable } from "./goals.js";
import { perSecond, phasesOf, ratios, type Phase, type QueryFigures } from "./measure.js";
import { peerTitles, type ServerName } from "./peers.js";
import type { SealingFigures } from "./sealing.js";
import type { ShareFigures } from "./shares.js";
import { stealSentence } from "./steal.js";
import type { Usage } from "./usage.js";

export interface RunFigures {
  readonly queries: readonly QueryFigures[];
  readonly used: ReadonlyMap<ServerName, Usage>;
  readonly settings: { readonly seconds: number; readonly rounds: number; readonly connections: number };
  readonly postgres: string;
  /** Empty unless asked for. */
  readonly byShare: readonly ShareFigures[];
  /** Null where only a part is measured. */
  readonly sealing: SealingFigures | null;
}

const spread = (values: readonly number[]): string =>
  values.length === 0 ? "–" : [Math.min(...values), median(values), Math.max(...values)].map(shown).join(" / ");

export function runTables(run: RunFigures): string {
  return [
    `${conditions(run)} ${stealSentence(run.queries.flatMap(({ phases }) => [...phases.values()].flat()))}`,
    goalTable(run),
    "Requests per second as a ratio to `bare`, minimum / median / maximum of the rounds:",
    ratioTable(run, ratios),
    "The same by the CPU of the server's process for one request, which the other work of a shared machine moves less: what `bare` takes through what this server takes.",
    ratioTable(run, cpuRatios),
    "What one request takes (medians of the rounds):",
    perRequest(run),
    processes(run),
    ...(run.sealing === null ? [] : [sealing(run.sealing)]),
  ].join("\n\n");
}

function conditions({ settings, postgres }: RunFigures): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8"));
  const { dependencies } = manifest as { dependencies: Record<string, string> };
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model.trim() ?? "unknown processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}, ${process.platform}, Node ${process.versions.node}, ` +
    `PostgreSQL ${postgres} (embedded, durable), Apollo Server ${dependencies["@apollo/server"] ?? "?"}. ${settings.rounds} paired rounds of ` +
    `${settings.seconds} s for each query and server, ${settings.connections} connections. The machine is shared and runs ` +
    "servers, databases, services and load together: only the ratios, which were taken side by side, say something."
  );
}

type RatiosOf = (figures: QueryFigures, name: ServerName) => number[];

function cpuRatios(figures: QueryFigures, name: ServerName): number[] {
  const cpu = (phase: Phase): number => phase.serverCpuSeconds / phase.answered;
  const bare = phasesOf(figures, "bare");
  return phasesOf(figures, name).map((phase, round) => cpu(bare[round] ?? phase) / cpu(phase));
}

function ratioTable({ queries, used }: RunFigures, ratiosOf: RatiosOf): string {
  const rows = [...used.keys()].map((name) => [
    `**${name}** ${peerTitles[name]}`,
    ...queries.map((figures) => spread(ratiosOf(figures, name))),
  ]);
  return markdownTable(["", ...queries.map(({ query }) => query.name)], rows);
}

const medianOf = (phases: readonly Phase[], of: (phase: Phase) => number | null): string => {
  const known = phases.flatMap((phase) => of(phase) ?? []);
  return known.length === 0 ? "–" : shown(median(known));
};

function perRequest({ queries, used }: RunFigures): string {
  const rows = queries.flatMap((figures) =>
    [...used.keys()].flatMap((name) => {
      const phases = phasesOf(figures, name);
      if (phases.length === 0) return [];
      const figuresOf: ((phase: Phase) => number | null)[] = [
        perSecond,
        ({ p50 }) => p50,
        ({ p99 }) => p99,
        ({ serverCpuSeconds, answered }) => (1000 * serverCpuSeconds) / answered,
        ({ databaseCpuSeconds, answered }) =>
          databaseCpuSeconds === null ? null : (1000 * databaseCpuSeconds) / answered,
      ];
      return [[`${figures.query.name} ${name}`, ...figuresOf.map((of) => medianOf(phases, of))]];
    }),
  );
  return markdownTable(["", "requests/s", "p50, ms", "p99, ms", "server's CPU, ms", "PostgreSQL's CPU, ms"], rows);
}

function processes({ used, queries }: RunFigures): string {
  const rows = [...used].map(([name, { cpuSeconds, maxRssMegabytes }]) => [
    name,
    shown(cpuSeconds),
    shown(maxRssMegabytes),
  ]);
  const answered = sum(queries.flatMap(({ phases }) => [...phases.values()].flat().map((phase) => phase.answered)));
  return (
    `Over the whole run, start and warm-up included. ${answered.toLocaleString("en")} answers were counted; each had the ` +
    `length of the one that was checked.\n\n${markdownTable(["process", "CPU, s", "most memory, MB"], rows)}`
  );
}

/** A turn that the machine interrupted gives an outlier on either side: the median is what counts. */
const sealing = ({ count, batchMs, libraryMs, ratios: paired }: SealingFigures): string =>
  `Sealing the ${count.toLocaleString("en")} ids of one page:\n\n${markdownTable(
    ["AES-SIV", "ms for all", "ids/ms", "times as fast, min / median / max"],
    [
      ["our batches (`src/identity/siv.ts`)", shown(batchMs), shown(count / batchMs), spread(paired)],
      ["`@noble/ciphers`, one by one", shown(libraryMs), shown(count / libraryMs), "1"],
    ],
  )}`;
