// `npm run bench:figures`: the pictures of docs/performance.md, and the figures that one gateway gives without a peer beside it.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { replacedBetweenMarks } from "../figures.js";
import { Started } from "../started.js";
import { appendTable, measureAppendWait } from "./append-wait.js";
import { flamePicture, flameTable, takeFlames } from "./flames.js";
import { measureMemory, memoryPicture, memoryTable } from "./memory.js";
import { measureRules, rulesPicture, rulesTable } from "./rules.js";
import { countSourceRequests, requestsTable } from "./source-requests.js";
import { openLoad, openStand } from "./stand.js";

const page = fileURLToPath(new URL("../../docs/performance.md", import.meta.url));
const images = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const report = (line: string): void => say(`  ${line}`);

const partNames = ["requests", "memory", "append", "flames", "rules"] as const;
type PartName = (typeof partNames)[number];

const help = `npm run bench:figures -- [options]
  --only NAME      only this part; may be given again: ${partNames.join(", ")}
  --seconds N      length of one load on one query (6)
  --pairs N        pairs of turns of 1.5 s, for each query and number of rules (12)
  --connections N  connections kept busy (32)
  --write          put the pictures into docs/images/ and the tables into docs/performance.md`;

interface Options {
  readonly parts: ReadonlySet<PartName>;
  readonly seconds: number;
  readonly pairs: number;
  readonly connections: number;
  readonly write: boolean;
}

/** What one part gives: its table, and pictures by file name. */
interface Part {
  readonly table: string;
  readonly pictures: Readonly<Record<string, string>>;
}

/** @throws Error in words for the one who typed it; null: help was asked for */
function readOptions(given: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...given],
    options: {
      only: { type: "string", multiple: true, default: [] },
      seconds: { type: "string", default: "6" },
      pairs: { type: "string", default: "12" },
      connections: { type: "string", default: "32" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const wrong = values.only.find((name) => !partNames.some((part) => part === name));
  if (wrong !== undefined) throw new Error(`there is no part ${wrong}`);
  const number = (name: "seconds" | "pairs" | "connections"): number => {
    const value = Number(values[name]);
    if (!(value >= 1)) throw new Error(`--${name} must be a number from 1 on`);
    return value;
  };
  return {
    parts: new Set(partNames.filter((name) => values.only.length === 0 || values.only.includes(name))),
    ...{ seconds: number("seconds"), pairs: number("pairs"), connections: number("connections"), write: values.write },
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
  started.stopWhenInterrupted();
  try {
    const parts = await measure(options, started);
    await started.stop();
    tell(parts, options);
    return 0;
  } catch (error) {
    say(`The bench failed: ${error instanceof Error ? (error.stack ?? error.message) : "unknown"}`);
    return 1;
  } finally {
    await started.stop();
  }
}

async function measure({ parts, ...options }: Options, started: Started): Promise<ReadonlyMap<PartName, Part>> {
  const made = new Map<PartName, Part>();
  if ([...parts].some((name) => name !== "rules")) await ofOneGateway(parts, options, started, made);
  if (parts.has("rules")) {
    say("Gateways with more and more rules…");
    const points = await measureRules(started, { ...options, report });
    made.set("rules", { table: rulesTable(points), pictures: { "throughput-by-rules.svg": rulesPicture(points) } });
  }
  return made;
}

async function ofOneGateway(
  parts: ReadonlySet<PartName>,
  options: Omit<Options, "parts">,
  started: Started,
  made: Map<PartName, Part>,
): Promise<void> {
  const inner = await started.add(new Started(), (one) => one.stop());
  say("A town of its own…");
  const stand = await openStand(inner, { rules: 1_000, connections: options.connections, report });
  const measuring = { ...stand, ...options, report, load: await openLoad(inner, stand.town) };
  // Memory first: what it is after a start, before a profiler was in the process.
  if (parts.has("memory")) {
    const memory = await measureMemory(measuring);
    const picture = memoryPicture(memory, options.connections);
    made.set("memory", { table: memoryTable(memory), pictures: { "memory.svg": picture } });
  }
  if (parts.has("append")) made.set("append", { table: appendTable(await measureAppendWait(measuring)), pictures: {} });
  if (parts.has("flames")) {
    const flames = await takeFlames(measuring, ["Q2", "Q5"]);
    const pictures = flames.map((flame) => [`flame-${flame.query.toLowerCase()}.svg`, flamePicture(flame)]);
    made.set("flames", { table: flameTable(flames), pictures: Object.fromEntries(pictures) as Part["pictures"] });
  }
  if (parts.has("requests")) {
    const counted = await countSourceRequests(inner, stand.town, report);
    made.set("requests", { table: requestsTable(counted), pictures: {} });
  }
  await inner.stop();
}

function tell(parts: ReadonlyMap<PartName, Part>, { write, connections }: Options): void {
  const folder = write ? images : mkdtempSync(join(tmpdir(), "passerelle-figures-"));
  let text = readFileSync(page, "utf8");
  const processor = cpus()[0]?.model.trim() ?? "unknown processor";
  const when = `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${processor}, Node ${process.versions.node}, ${connections} connections.`;
  for (const [name, { table, pictures }] of parts) {
    say(`\n${table}`);
    for (const [file, picture] of Object.entries(pictures)) writeFileSync(join(folder, file), picture);
    if (write) text = replacedBetweenMarks(text, `bench-${name}`, `${when}\n\n${table}`);
  }
  if (write) writeFileSync(page, text);
  say(write ? "\ndocs/performance.md and docs/images/ hold these now." : `\nThe pictures lie in ${folder}`);
}
