// `npm run bench`: guarded, consented and recorded, beside servers that are not. docs/performance.md explains it.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { queriesNamed } from "./answers.js";
import { asSuperuser } from "./databases.js";
import { replacedBetweenMarks } from "./figures.js";
import { measureQuery, type QueryFigures, type Side } from "./measure.js";
import { readOptions, help, type Options } from "./options.js";
import { installPeers, textFor, type ServerName } from "./peers.js";
import { serverCpuSeconds, serverProcessOf, startLoad, startPasserelle, startPeer, type Running } from "./processes.js";
import { topOfProfiles } from "./profile.js";
import { runTables, type RunFigures } from "./report.js";
import { measureShares, shares, sharesTable } from "./shares.js";
import { measureSealing } from "./sealing.js";
import { Started } from "./started.js";
import { drawProfiles } from "./svg/flame-graph.js";
import { openBenchTown, type BenchTown } from "./town.js";

const page = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
/** Not the gateway's: the peer that looks at one has it given. */
const peerKey = "bench";
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const report = (line: string): void => say(`  ${line}`);

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
    const working = options.hold ? hold(options, started) : measure(options, started);
    const run = await Promise.race([working, interrupted]);
    if (run === "interrupted") {
      say("Stopping…");
      await started.stop();
      await working.catch(() => undefined);
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
  const byShare = run.byShare.length === 0 ? null : sharesTable(run.byShare);
  say(`\n${tables}\n`);
  if (byShare !== null) say(`${byShare}\n`);
  if (profile !== null) {
    say(`Where Passerelle's time went (start and warm-up included):\n${topOfProfiles(profile, 25).join("\n")}\n`);
    say(`As a picture: ${drawProfiles(profile, "Passerelle, start and warm-up included").join(", ")}\n`);
  }
  if (!write) return;
  const text = replacedBetweenMarks(readFileSync(page, "utf8"), "bench", tables);
  writeFileSync(page, byShare === null ? text : replacedBetweenMarks(text, "bench-shares", byShare));
  say("docs/performance.md holds these tables now.");
}

/** For whoever wants to ask or profile by hand: everything runs until Ctrl-C. */
async function hold(options: Options, started: Started): Promise<never> {
  const { town, sides } = await startAll(options, started);
  say(`\nThe town's folder: ${town.folder}`);
  for (const [name, { url }] of sides) say(`${name}: ${url}`);
  say(`PostgreSQL, as its superuser: ${town.superuser}`);
  say(`\nPasserelle wants the header  authorization: Bearer ${town.key}`);
  say("The queries stand in bench/queries.ts. Ctrl-C ends all of it.");
  return new Promise(() => setInterval(() => undefined, 1_000_000));
}

async function measure(options: Options, started: Started): Promise<RunFigures> {
  const { seconds, rounds, connections } = options;
  // Before anything else takes the machine.
  const sealing = options.only.length === 0 ? measureSealing() : null;
  const { town, sides } = await startAll(options, started);
  const load = await started.add(startLoad({ cwd: town.folder, env: town.env }), (running) => running.stop());
  const database = serverProcessOf(await town.backendProcess());
  const measuring = {
    sides,
    load,
    seconds,
    rounds,
    connections,
    report,
    databaseCpu: () => serverCpuSeconds(database),
    toIndex: town.toIndex,
  };
  const queries: QueryFigures[] = [];
  for (const query of queriesNamed(options.only)) queries.push(await measureQuery(measuring, query));
  // Read before other agreements' people take memory too.
  const used = new Map<ServerName, Awaited<ReturnType<Running["usage"]>>>();
  for (const [name, { server }] of sides) used.set(name, await server.usage());
  const byShare = options.consent ? await measureShares(measuring, (share) => sideFor(share, town, sides)) : [];
  return {
    queries,
    used,
    byShare,
    sealing,
    settings: { seconds, rounds, connections },
    postgres: await postgresVersion(town),
  };
}

/** Passerelle, asked under the agreement where so many percent of the residents consent. */
function sideFor(share: number, town: BenchTown, sides: All["sides"]): Side {
  const [side, key] = [sides.get("passerelle"), town.keys.get(share)];
  if (side === undefined || key === undefined) throw new Error(`there is no agreement of ${share} %`);
  return { ...side, headers: { ...side.headers, authorization: `Bearer ${key}` } };
}

interface All {
  readonly town: BenchTown;
  readonly sides: ReadonlyMap<ServerName, Side>;
}

/** The town, Passerelle and the peers, each in a process of its own. */
async function startAll({ connections, profile, peers, rules, consent }: Options, started: Started): Promise<All> {
  installPeers(say);
  say("A town of its own…");
  const town = await started.add(
    await openBenchTown({ connections, report, rules, shares: consent ? shares : [] }),
    (opened) => opened.close(),
  );
  say("The servers…");
  const place = { cwd: town.folder, env: town.env };
  const sides = new Map<ServerName, Side>();
  const add = async (name: ServerName, server: Running, headers: Record<string, string>): Promise<void> => {
    await started.add(server, (running) => running.stop());
    sides.set(name, {
      server,
      url: `${server.address}/graphql`,
      headers: { "content-type": "application/json", ...headers },
      textOf: (text) => textFor(name, text),
    });
  };
  await add("passerelle", await startPasserelle({ ...place, profile }), { authorization: `Bearer ${town.key}` });
  const peerPlace = { ...place, env: { ...place.env, BENCH_KEY: peerKey } };
  const asking = { authorization: `Bearer ${peerKey}` };
  for (const name of peers) await add(name, await startPeer(name, peerPlace), asking);
  return { town, sides };
}

async function postgresVersion({ superuser }: BenchTown): Promise<string> {
  return asSuperuser(superuser, null, async (client) => {
    const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
    return rows[0]?.server_version ?? "unknown";
  });
}
