// The run's figures as the tables of docs/performance.md.
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { markdownTable, median, shown, sum } from "./figures.js";
import { perSecond, ratios, type Phase, type QueryFigures } from "./measure.js";
import type { SealingFigures } from "./sealing.js";
import type { Usage } from "./usage.js";

export interface RunFigures {
  readonly queries: readonly QueryFigures[];
  readonly sealing: SealingFigures;
  readonly used: { readonly passerelle: Usage; readonly plain: Usage; readonly load: Usage };
  readonly settings: { readonly seconds: number; readonly rounds: number; readonly connections: number };
  readonly postgres: string;
}

const spread = (values: readonly number[]): string =>
  [Math.min(...values), median(values), Math.max(...values)].map(shown).join(" / ");

export function runTables(run: RunFigures): string {
  return [
    conditions(run),
    throughput(run.queries),
    "What one request takes (medians of the rounds):",
    perRequest(run.queries),
    "Over the whole run, warm-up and start included:",
    processes(run),
    `Sealing ${run.sealing.count.toLocaleString("en")} ids of one page:`,
    sealing(run.sealing),
  ].join("\n\n");
}

function conditions({ settings, postgres }: RunFigures): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const { dependencies } = manifest as { dependencies: Record<string, string> };
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model.trim() ?? "unknown processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}, ${process.platform}, Node ${process.versions.node}, ` +
    `PostgreSQL ${postgres} (embedded, durable), Apollo Server ${dependencies["@apollo/server"] ?? "?"} on both sides. ${settings.rounds} paired rounds of ` +
    `${settings.seconds} s for each query and server, ${settings.connections} connections. The machine is shared and runs ` +
    "servers, database and load together: only the ratios, which were taken side by side, say something."
  );
}

const throughput = (queries: readonly QueryFigures[]): string =>
  markdownTable(
    ["query", "Passerelle, requests/s", "plain, requests/s", "ratio min / median / max"],
    queries.map((figures) => [
      `**${figures.query.name}** ${figures.query.title}`,
      shown(median(figures.passerelle.map(perSecond))),
      shown(median(figures.plain.map(perSecond))),
      spread(ratios(figures)),
    ]),
  );

function perRequest(queries: readonly QueryFigures[]): string {
  const rows = queries.flatMap(({ query, passerelle, plain }) =>
    (
      [
        ["Passerelle", passerelle],
        ["plain", plain],
      ] as const
    ).map(([name, phases]) => [
      `${query.name} ${name}`,
      shown(median(phases.map(({ p50 }) => p50))),
      shown(median(phases.map(({ p99 }) => p99))),
      shown(median(phases.map((phase) => (1000 * phase.serverCpuSeconds) / phase.answered))),
      databaseTime(phases),
    ]),
  );
  return markdownTable(["", "p50, ms", "p99, ms", "server's CPU, ms", "PostgreSQL's CPU, ms"], rows);
}

function databaseTime(phases: readonly Phase[]): string {
  const times = phases.flatMap(({ databaseCpuSeconds, answered }) =>
    databaseCpuSeconds === null ? [] : [(1000 * databaseCpuSeconds) / answered],
  );
  return times.length === 0 ? "not known here" : shown(median(times));
}

function processes({ used, queries }: RunFigures): string {
  const phases = queries.flatMap(({ passerelle, plain }) => [...passerelle, ...plain]);
  const rows = [
    ["Passerelle", used.passerelle],
    ["plain", used.plain],
    ["load", used.load],
  ] as const;
  const table = rows.map(([name, { cpuSeconds, maxRssMegabytes }]) => [
    name,
    shown(cpuSeconds),
    shown(maxRssMegabytes),
  ]);
  return `${markdownTable(["process", "CPU, s", "most memory, MB"], table)}\n\n${sum(phases.map(({ answered }) => answered)).toLocaleString("en")} answers were counted; each had the length of the one that was checked.`;
}

const sealing = ({ count, batchMs, libraryMs, ratios: paired }: SealingFigures): string =>
  markdownTable(
    ["AES-SIV", "ms for all", "ids/ms", "times as fast, min / median / max"],
    [
      ["our batches (`src/identity/siv.ts`)", shown(batchMs), shown(count / batchMs), spread(paired)],
      ["`@noble/ciphers`, one by one", shown(libraryMs), shown(count / libraryMs), "1"],
    ],
  );
