// `npm run bench`: what it costs that every field is decided and every access recorded. docs/performance.md explains it.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import pg from "pg";
import { queriesNamed } from "./answers.js";
import { replacedBetweenMarks } from "./figures.js";
import { measureQuery, type QueryFigures, type Side } from "./measure.js";
import {
  serverCpuSeconds,
  serverProcessOf,
  startLoad,
  startPasserelle,
  startPlainServer,
  type Load,
  type Running,
} from "./processes.js";
import { topOfProfiles } from "./profile.js";
import { runTables, type RunFigures } from "./report.js";
import { measureSealing } from "./sealing.js";
import { Started } from "./started.js";
import { openBenchTown, type BenchTown } from "./town.js";

const page = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const help = `npm run bench -- [options]
  --seconds N      length of a round for each server (6)
  --rounds N       paired rounds for each query, at least 2 (2)
  --connections N  connections kept busy (32)
  --only Q1        only this query; may be given again
  --profile DIR    take CPU profiles of Passerelle, put them there and print the functions that take the most time
  --write          put the tables into docs/performance.md`;

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly only: readonly string[];
  readonly profile: string | null;
  readonly write: boolean;
}

/** @throws Error in words for the one who typed it; null: help was asked for */
export function readOptions(given: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...given],
    options: {
      seconds: { type: "string", default: "6" },
      rounds: { type: "string", default: "2" },
      connections: { type: "string", default: "32" },
      only: { type: "string", multiple: true, default: [] },
      profile: { type: "string" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const number = (name: "seconds" | "rounds" | "connections", least: number): number => {
    const value = Number(values[name]);
    if (!(value >= least) || (name !== "seconds" && !Number.isInteger(value)))
      throw new Error(`--${name} must be a ${name === "seconds" ? "" : "whole "}number from ${least} on`);
    return value;
  };
  const wrong = values.only.find((name) => queriesNamed([name]).length === 0);
  if (wrong !== undefined) throw new Error(`there is no query ${wrong}: Q1, Q2 and Q3 are measured`);
  if (values.write && (values.only.length > 0 || values.profile !== undefined))
    throw new Error("--write is for whole runs: leave --only and --profile away");
  return {
    seconds: number("seconds", 0.1),
    rounds: number("rounds", 2),
    connections: number("connections", 1),
    only: values.only,
    profile: values.profile ?? null,
    write: values.write,
  };
}

export async function main(given: readonly string[]): Promise<number> {
  let options: Options | null;
  try {
    options = readOptions(given);
  } catch (error) {
    say(`${error instanceof Error ? error.message : "unknown"}\n\n${help}`);
    return 2;
  }
  if (options === null) {
    say(help);
    return 0;
  }
  const started = new Started();
  const interrupted = new Promise<"interrupted">((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve("interrupted"));
  });
  try {
    const measuring = measure(options, started);
    const run = await Promise.race([measuring, interrupted]);
    if (run === "interrupted") {
      say("Stopping…");
      await started.stop();
      await measuring.catch(() => undefined);
      return 130;
    }
    await started.stop();
    tell(run, options);
    return 0;
  } catch (error) {
    say(`The bench failed: ${error instanceof Error ? (error.stack ?? error.message) : "unknown"}`);
    return 1;
  } finally {
    await started.stop();
  }
}

function tell(run: RunFigures, { profile, write }: Options): void {
  const tables = runTables(run);
  say(`\n${tables}\n`);
  if (profile !== null)
    say(`Where Passerelle's time went (start and warm-up included):\n${topOfProfiles(profile, 25).join("\n")}\n`);
  if (!write) return;
  writeFileSync(page, replacedBetweenMarks(readFileSync(page, "utf8"), "bench", tables));
  say("docs/performance.md holds these tables now.");
}

async function measure(options: Options, started: Started): Promise<RunFigures> {
  const { seconds, rounds, connections } = options;
  const report = (line: string): void => say(`  ${line}`);
  say("AES-SIV…");
  const sealing = measureSealing();
  say("A town of its own…");
  const town = await started.add(await openBenchTown(connections, report), (opened) => opened.close());
  say("Two servers and the load…");
  const { passerelle, plain, load } = await startAll(town, options, started);
  const database = serverProcessOf(await town.backendProcess());
  const queries: QueryFigures[] = [];
  const measuring = { passerelle, plain, load, seconds, rounds, connections, report };
  for (const query of queriesNamed(options.only))
    queries.push(await measureQuery({ ...measuring, databaseCpu: () => serverCpuSeconds(database) }, query));
  const phases = queries.flatMap((figures) => [...figures.passerelle, ...figures.plain]);
  return {
    queries,
    sealing,
    used: {
      passerelle: await passerelle.server.usage(),
      plain: await plain.server.usage(),
      load: {
        cpuSeconds: phases.reduce((all, phase) => all + phase.cpuSeconds, 0),
        maxRssMegabytes: Math.max(...phases.map((phase) => phase.maxRssMegabytes)),
      },
    },
    settings: { seconds, rounds, connections },
    postgres: await postgresVersion(town),
  };
}

async function startAll(
  town: BenchTown,
  { profile }: Options,
  started: Started,
): Promise<{ passerelle: Side; plain: Side; load: Load }> {
  const json = { "content-type": "application/json" };
  const stop = (running: Running): Promise<void> => running.stop();
  const place = { cwd: town.folder, env: town.env };
  const ours = await started.add(await startPasserelle({ ...place, profile }), stop);
  const plainEnv = {
    ...town.env,
    BENCH_FAMILIES_URL: town.databases.get("rivemont_families"),
    BENCH_EDUCATION_URL: town.databases.get("rivemont_education"),
    BENCH_POOL_SIZE: String(town.poolSize),
  };
  const theirs = await started.add(await startPlainServer({ ...place, env: plainEnv }), stop);
  const load = await started.add(startLoad(place), (running) => running.stop());
  const side = (server: Running, headers: Record<string, string>): Side => ({
    server,
    url: `${server.address}/graphql`,
    headers: { ...json, ...headers },
  });
  return { passerelle: side(ours, { authorization: `Bearer ${town.key}` }), plain: side(theirs, {}), load };
}

async function postgresVersion(town: BenchTown): Promise<string> {
  const client = new pg.Client({ connectionString: town.databases.get("rivemont_families") });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
    return rows[0]?.server_version ?? "unknown";
  } finally {
    await client.end();
  }
}
