// `npm run bench:log`: searching and appending where ten million entries are on record. docs/performance.md explains it.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openAccessLog } from "../src/accesslog/index.js";
import { openStore, type Store } from "../src/store/index.js";
import type { TenantName } from "../src/terms/index.js";
import { markdownTable, median, replacedBetweenMarks, shown } from "./figures.js";
import { measureAppends, type AppendPhase, type AppendRound } from "./log-appends.js";
import { spanOf, type Span } from "./log-entries.js";
import { asSuperuser, describeProfiles, fillLog, proveEqual } from "./log-fill.js";
import { measureSearch, namedSearches, type SearchFigures } from "./log-searches.js";
import { Started } from "./started.js";

const page = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const tenant = "grandville" as TenantName;
const probeEntries = 9_000;

const help = `npm run bench:log -- [options]
  --entries N      entries of the log (10,000,000; some 1.5 GB of disk for each million)
  --runs N         runs of each search, after those that warm up (60)
  --seconds N      length of a phase of appends (5)
  --rounds N       rounds of appends (3)
  --write          put the tables into docs/performance.md`;

interface Options {
  readonly entries: number;
  readonly runs: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly write: boolean;
}

const text = "string" as const;

function readOptions(given: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...given],
    options: {
      entries: { type: text, default: "10000000" },
      runs: { type: text, default: "60" },
      seconds: { type: text, default: "5" },
      rounds: { type: text, default: "3" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const [entries, runs, seconds, rounds] = [values.entries, values.runs, values.seconds, values.rounds].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if (!(entries >= 20_000 && [runs, seconds, rounds].every((value) => value >= 1)))
    throw new Error("at least 20,000 entries, and figures of 1 and more");
  return { entries, runs, seconds, rounds, write: values.write };
}

export async function main(given: readonly string[]): Promise<number> {
  const started = new Started();
  started.stopWhenInterrupted();
  try {
    const options = readOptions(given);
    if (options === null) {
      say(help);
      return 0;
    }
    const run = await measure(options, started);
    const tables = tablesOf(run, options);
    say(`\n${tables}\n`);
    if (options.write) writeFileSync(page, replacedBetweenMarks(readFileSync(page, "utf8"), "bench-log", tables));
    return 0;
  } catch (error) {
    say(`The bench failed: ${error instanceof Error ? (error.stack ?? error.message) : "unknown"}\n\n${help}`);
    return 1;
  } finally {
    await started.stop();
  }
}

interface Run {
  readonly twelve: readonly SearchFigures[];
  readonly worst: readonly SearchFigures[];
  readonly appends: readonly AppendRound[];
  /** Entries a second that the indexer takes. */
  readonly indexed: number;
  readonly sizes: readonly { readonly table: string; readonly bytes: number }[];
}

async function measure({ entries, runs, seconds, rounds }: Options, started: Started): Promise<Run> {
  const began = Date.now();
  const report = (line: string): void =>
    say(`${String(Math.round((Date.now() - began) / 1000)).padStart(6)} s  ${line}`);
  const store = await openHere(started, report);
  await asSuperuser(store, describeProfiles);
  // At the speed of a log that is asked a thousand times an hour, as the large one is.
  const probe = { ...spanOf(probeEntries, began), stepMs: 3_600 };
  const indexed = await proveEqual(store, probe, report);
  report(`the indexer takes ${shown(indexed)} entries/s`);
  const span = spanOf(entries, began);
  await asSuperuser(store, (client) => fillLog(client, tenant, span, true, report));
  const sizes = await sizesOf(store);
  const { twelve, worst } = await measureSearches(store, span, runs, started, report);
  const appends = await measureAppends(store, span, seconds, rounds, report);
  return { twelve, worst, appends, sizes, indexed };
}

/** PostgreSQL runs as another user where we are root: it must reach its data here. */
async function openHere(started: Started, report: (line: string) => void): Promise<Store> {
  const folder = await started.add(mkdtempSync(join(tmpdir(), "passerelle-bench-")), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  chmodSync(folder, 0o755);
  const dir = join(folder, "database");
  mkdirSync(dir, { mode: 0o755 });
  const location = { kind: "embedded", dir, durable: true } as const;
  return started.add(await openStore({ location, entities: [], report }), (store) => store.close());
}

async function measureSearches(
  store: Store,
  span: Span,
  runs: number,
  started: Started,
  report: (line: string) => void,
): Promise<Pick<Run, "twelve" | "worst">> {
  const connectionString = store.addresses.gateway;
  const log = await started.add(await openAccessLog({ connectionString, report }), (opened) => opened.close());
  const named = namedSearches(span);
  const measured = async (searches: typeof named.twelve): Promise<SearchFigures[]> => {
    const figures: SearchFigures[] = [];
    for (const search of searches) {
      const one = await measureSearch(log, tenant, search, new Date(), runs, span.entries >= 1_000_000);
      report(`${search.name}: p95 ${shown(one.p95)} ms, ${one.total.toLocaleString("en")} entries`);
      figures.push(one);
    }
    return figures;
  };
  return { twelve: await measured(named.twelve), worst: await measured(named.worst) };
}

const sizesOf = (store: Store): Promise<Run["sizes"]> =>
  asSuperuser(store, async (client) => {
    const { rows } = await client.query<{ table: string; bytes: string }>(
      `SELECT relname AS table, pg_total_relation_size(oid) AS bytes FROM pg_class
        WHERE relname IN ('access_leaf', 'access_summary', 'access_subject', 'access_chunk', 'access_term', 'access_hour', 'access_field_day')
        ORDER BY 2 DESC`,
    );
    return rows.map(({ table, bytes }) => ({ table, bytes: Number(bytes) }));
  });

function tablesOf({ twelve, worst, appends, sizes, indexed }: Run, options: Options): string {
  const { entries, runs, seconds, rounds } = options;
  const searches = (figures: readonly SearchFigures[]): string =>
    markdownTable(
      ["search", "entries found", "first page p50, ms", "p95", "max", "counting them all p95, ms"],
      figures.map(({ name, total, p50, p95, max, totalP95 }) => [
        name,
        total.toLocaleString("en"),
        ...[p50, p95, max, totalP95].map(shown),
      ]),
    );
  const disk = markdownTable(
    ["table, with its indexes", "GB"],
    sizes.map(({ table, bytes }) => [`\`${table}\``, shown(bytes / 1e9)]),
  );
  const when = new Date().toISOString().slice(0, 10);
  return [
    `Measured on ${when}: 2 × ${cpus()[0]?.model.split(" ").slice(0, 2).join(" ") ?? "?"}, Node ${process.versions.node}, PostgreSQL 18.4 (embedded, durable, its settings as they come). ${entries.toLocaleString("en")} entries of a year; each search ${runs} times after 5, a page of 100 (target: p95 below 300 ms). ${rounds} rounds of appends of ${seconds} s for each side. The machine was shared with other work: of times only ratios that were taken side by side say something exact.`, // prettier-ignore
    searches(twelve),
    "What could be worse than those:",
    searches(worst),
    disk,
    `The indexer, which fills them behind the appends, took ${shown(indexed)} entries/s.`,
    appendTable(appends),
  ].join("\n\n");
}

function appendTable(rounds: readonly AppendRound[]): string {
  const row = (name: string, ours: readonly AppendPhase[], plain: readonly AppendPhase[]): string[] => {
    const both = (pick: (phase: AppendPhase) => number): string =>
      `${shown(median(ours.map(pick)))} / ${shown(median(plain.map(pick)))}`;
    const ratios = ours.map((phase, round) => phase.perSecond / (plain[round] ?? phase).perSecond);
    const spread = [Math.min(...ratios), median(ratios), Math.max(...ratios)].map(shown).join(" / ");
    return [name, both((phase) => phase.perSecond), spread, both(({ p50 }) => p50), both(({ p99 }) => p99)];
  };
  return markdownTable(
    ["32 clients: the log / one INSERT each", "entries/s", "times as many, min / median / max", "p50, ms", "p99, ms"],
    [
      row("nobody in the entry", rounds.map(({ without }) => without), rounds.map(({ plainWithout }) => plainWithout)), // prettier-ignore
      row(
        "ten people in the entry",
        rounds.map((round) => round.with),
        rounds.map(({ plainWith }) => plainWith),
      ),
    ],
  );
}
