// Resident memory of a process while all queries are asked, looked at from outside so that looking costs it nothing.
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { prepare } from "../answers.js";
import { markdownTable, shown } from "../figures.js";
import { benchQueries } from "../queries.js";
import { plotted } from "../svg/plot.js";
import { jobOf, type Measuring } from "./stand.js";

const memoryGoal = 300;
const everyMs = 250;

export interface MemoryPhase {
  readonly name: string;
  /** Seconds since the gateway answered for the first time. */
  readonly from: number;
  readonly to: number;
}

export interface MemoryFigures {
  readonly samples: readonly { readonly seconds: number; readonly megabytes: number }[];
  readonly phases: readonly MemoryPhase[];
  /** The most that the process ever held, its start included, as the kernel saw it. */
  readonly most: number;
}

/** proc_pid_status(5). @throws Error where there is no /proc */
function memoryOf(pid: number, line: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = new RegExp(`^${line}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  if (kilobytes === undefined) throw new Error("the memory of a process cannot be read here");
  return Number(kilobytes) / 1024;
}

export async function measureMemory({
  gateway,
  load,
  connections,
  seconds,
  report,
}: Measuring): Promise<MemoryFigures> {
  const { pid } = gateway.server;
  const began = performance.now();
  const now = (): number => (performance.now() - began) / 1000;
  const samples: { seconds: number; megabytes: number }[] = [];
  const look = (): void => void samples.push({ seconds: now(), megabytes: memoryOf(pid, "VmRSS") });
  look();
  const clock = setInterval(look, everyMs);
  const phases: MemoryPhase[] = [];
  const during = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const from = now();
    await work();
    phases.push({ name, from, to: now() });
  };
  try {
    await during("idle", () => wait(2_000));
    for (const query of benchQueries)
      await during(query.name, async () => {
        const requests = await prepare(gateway, query);
        const { fault } = await load.run(jobOf(gateway, requests, connections, seconds * 1000));
        if (fault !== null) throw new Error(`${query.name}: ${fault}`);
      });
    await during("idle", () => wait(5_000));
  } finally {
    clearInterval(clock);
  }
  const most = memoryOf(pid, "VmHWM");
  report(`memory: at most ${shown(most)} MB`);
  return { samples, phases, most };
}

export const memoryPicture = ({ samples, phases }: MemoryFigures, connections: number): string =>
  plotted({
    title: `Resident memory of the gateway, all queries in turn over ${connections} connections`,
    x: { label: "seconds since it was ready", from: 0 },
    y: { label: "resident memory, MB", from: 0 },
    series: [
      { name: "gateway, looked at every 250 ms", points: samples.map((s) => ({ x: s.seconds, y: s.megabytes })) },
    ],
    levels: [{ name: `goal: under ${memoryGoal} MB`, y: memoryGoal }],
    phases,
  });

export function memoryTable({ samples, phases, most }: MemoryFigures): string {
  const rows = phases.map(({ name, from, to }, nth) => {
    const held = samples.filter(({ seconds }) => seconds >= from && seconds <= to).map(({ megabytes }) => megabytes);
    const what = name === "idle" ? (nth === 0 ? "ready, nobody asks" : "nobody asks any more") : name;
    return [what, shown(to - from), shown(Math.max(...held)), shown(held.at(-1) ?? 0)];
  });
  return `${markdownTable(["while", "seconds", "most, MB", "at its end, MB"], rows)}\n\nThe most that the process ever held, its start included: **${shown(most)} MB** (goal: under ${memoryGoal}).`;
}
