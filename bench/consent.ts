// `npm run bench:consent`: what it costs that everybody's decision is looked at. The same lists under an agreement that asks
// nobody and under one that asks everybody, in turns, from one gateway. docs/performance.md explains it.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { prepare } from "./answers.js";
import { openConsentTown, type ConsentTown } from "./consent-town.js";
import { markdownTable, median, replacedBetweenMarks, shown } from "./figures.js";
import { perSecond, phase, type Phase, type Side } from "./measure.js";
import { serverCpuSeconds, serverProcessOf, startLoad, startPasserelle } from "./processes.js";
import { topOfProfiles } from "./profile.js";
import type { BenchQuery } from "./queries.js";
import { checkPeople } from "./shares.js";
import { Started } from "./started.js";

const page = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const help = `npm run bench:consent -- [options]
  --people N       people in the register, each with a decision (1,000,000)
  --share N        percent who consent; may be given again (10, 50, 90)
  --seconds N      length of a round for each side (4)
  --rounds N       paired rounds for each list (5)
  --connections N  connections kept busy (8)
  --profile DIR    take CPU profiles of the gateway, and print the functions that take the most time
  --write          put the table into docs/performance.md`;

interface Options {
  readonly people: number;
  readonly shares: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly profile: string | null;
  readonly write: boolean;
}

const text = "string" as const;

function readOptions(given: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...given],
    options: {
      people: { type: text, default: "1000000" },
      share: { type: text, multiple: true, default: ["10", "50", "90"] },
      seconds: { type: text, default: "4" },
      rounds: { type: text, default: "5" },
      connections: { type: text, default: "8" },
      profile: { type: text },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const [people, seconds, rounds, connections] = [values.people, values.seconds, values.rounds, values.connections].map(
    Number,
  ) as [number, number, number, number];
  const shares = values.share.map(Number);
  if (![people, seconds, rounds, connections, ...shares].every((value) => value > 0))
    throw new Error("figures must be numbers above 0");
  return { people, shares, seconds, rounds, connections, profile: values.profile ?? null, write: values.write };
}

export async function main(given: readonly string[]): Promise<number> {
  const started = new Started();
  const interrupted = new Promise<"interrupted">((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve("interrupted"));
  });
  try {
    const options = readOptions(given);
    if (options === null) {
      say(help);
      return 0;
    }
    const measuring = measure(options, started);
    const run = await Promise.race([measuring, interrupted]);
    if (run === "interrupted") {
      await started.stop();
      await measuring.catch(() => undefined);
      return 130;
    }
    await started.stop();
    const table = tableOf(run, options);
    say(`\n${table}\n`);
    if (options.profile !== null) say(topOfProfiles(options.profile, 25).join("\n"));
    if (options.write) writeFileSync(page, replacedBetweenMarks(readFileSync(page, "utf8"), "bench-consent", table));
    return 0;
  } catch (error) {
    say(`The bench failed: ${error instanceof Error ? (error.stack ?? error.message) : "unknown"}\n\n${help}`);
    return 1;
  } finally {
    await started.stop();
  }
}

interface ListFigures {
  readonly share: number;
  readonly rows: number;
  readonly asking: readonly Phase[];
  readonly plain: readonly Phase[];
}

interface ShareFigures {
  readonly share: number;
  /** Milliseconds of the first answer, which loads what people decided. */
  readonly firstMs: number;
  readonly maxRssMegabytes: number;
}

interface Run {
  readonly lists: readonly ListFigures[];
  readonly starts: readonly ShareFigures[];
}

const listOf = (rows: number): BenchQuery => ({
  name: "Q2",
  title: `a page of ${rows} residents, 8 fields each`,
  text: `query Residents($after: String) {
    residents(first: ${rows}, after: $after) {
      nodes { id number familyName givenName birthDate email address updatedAt }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  variables: "pages",
  rows,
  requests: 30,
});

async function measure(options: Options, started: Started): Promise<Run> {
  const { people, shares, connections } = options;
  say("A town of its own…");
  const report = (line: string): void => say(`  ${line}`);
  const town = await started.add(await openConsentTown(people, shares, connections, report), (opened) =>
    opened.close(),
  );
  const lists: ListFigures[] = [];
  const starts: ShareFigures[] = [];
  for (const share of shares) {
    const one = await measureShare(options, town, share);
    lists.push(...one.lists);
    starts.push(one.start);
  }
  return { lists, starts };
}

/** In a gateway of its own, so that what is held of one agreement takes no room from another's. */
async function measureShare(
  options: Options,
  town: ConsentTown,
  share: number,
): Promise<{ lists: ListFigures[]; start: ShareFigures }> {
  const { seconds, rounds, connections, profile } = options;
  const own = new Started();
  try {
    const place = { cwd: town.folder, env: town.env };
    const server = await own.add(await startPasserelle({ ...place, profile }), (running) => running.stop());
    const load = await own.add(startLoad(place), (running) => running.stop());
    const side = (key: string): Side => ({
      server,
      url: `${server.address}/graphql`,
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    });
    const [asking, plain] = [side(town.asking.get(share) ?? ""), side(town.asksNobody)];
    const began = performance.now();
    await prepare(asking, { ...listOf(1), rows: 1 });
    const firstMs = performance.now() - began;
    say(`${share} %: the first answers after ${firstMs.toFixed(0)} ms`);
    const database = serverProcessOf(await town.backendProcess());
    const measuring = { load, connections, databaseCpu: () => serverCpuSeconds(database) };
    const lists: ListFigures[] = [];
    for (const rows of [100, 1_000]) {
      const [theirs, everybody] = [await prepare(asking, listOf(rows)), await prepare(plain, listOf(rows))];
      checkPeople(theirs, share);
      checkPeople(everybody, 100);
      const figures: { asking: Phase[]; plain: Phase[] } = { asking: [], plain: [] };
      await phase(measuring, asking, theirs, seconds / 2);
      await phase(measuring, plain, everybody, seconds / 2);
      for (let round = 0; round < rounds; round++) {
        figures.asking.push(await phase(measuring, asking, theirs, seconds));
        figures.plain.push(await phase(measuring, plain, everybody, seconds));
      }
      lists.push({ share, rows, ...figures });
      say(`  ${rows} rows: ${spreadOf(lists.at(-1)).join(" / ")} times as long`);
    }
    const { maxRssMegabytes } = await server.usage();
    return { lists, start: { share, firstMs, maxRssMegabytes } };
  } finally {
    await own.stop();
  }
}

/** How many times as long a request takes where people are asked. */
function spreadOf(list: ListFigures | undefined): string[] {
  const ratios = (list?.asking ?? []).map((one, round) => perSecond(list?.plain[round] ?? one) / perSecond(one));
  return [Math.min(...ratios), median(ratios), Math.max(...ratios)].map(shown);
}

function tableOf({ lists, starts }: Run, { people, seconds, rounds, connections }: Options): string {
  const cpu = (phases: readonly Phase[], of: (one: Phase) => number | null): string =>
    shown(median(phases.map((one) => (1000 * (of(one) ?? 0)) / one.answered)));
  const target = (share: number): string => (share >= 90 ? "1.3" : share <= 10 ? "2" : "");
  const ratios = markdownTable(
    ["people who consent", "rows", "asked, requests/s", "nobody asked", "times as long, min / median / max", "target", "gateway's CPU, ms", "PostgreSQL's CPU, ms"], // prettier-ignore
    lists.map((list) => [
      `${list.share} %`,
      String(list.rows),
      shown(median(list.asking.map(perSecond))),
      shown(median(list.plain.map(perSecond))),
      spreadOf(list).join(" / "),
      target(list.share),
      `${cpu(list.asking, (one) => one.serverCpuSeconds)} and ${cpu(list.plain, (one) => one.serverCpuSeconds)}`,
      `${cpu(list.asking, (one) => one.databaseCpuSeconds)} and ${cpu(list.plain, (one) => one.databaseCpuSeconds)}`,
    ]),
  );
  const loads = markdownTable(
    ["people who consent", "30 first answers, the load included, ms", "gateway's most memory, MB"],
    starts.map(({ share, firstMs, maxRssMegabytes }) => [`${share} %`, shown(firstMs), shown(maxRssMegabytes)]),
  );
  const when = new Date().toISOString().slice(0, 10);
  return [
    `Measured on ${when}: ${people.toLocaleString("en")} people, each with a decision under each agreement. ${rounds} paired rounds of ${seconds} s for each list and side, ${connections} connections. The machine is shared: only the ratios, which were taken side by side, say something.`,
    ratios,
    loads,
  ].join("\n\n");
}
