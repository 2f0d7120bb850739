// A CPU profile (`--profile FOLDER`) read: the functions in which the gateway itself spent its time.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** V8's. Times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** One line a function: its share of the time that was not idle, its name and its place. */
export function topOfProfiles(folder: string, many: number): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
  return files.flatMap((name) => topOf(JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile, many));
}

function topOf({ nodes, samples, timeDeltas }: CpuProfile, many: number): string[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, frameName(callFrame)]));
  const self = new Map<string, number>();
  samples.forEach((id, place) => {
    const name = names.get(id) ?? "?";
    if (/^\((idle|root|program)\)/.test(name)) return;
    self.set(name, (self.get(name) ?? 0) + (timeDeltas[place] ?? 0));
  });
  const total = [...self.values()].reduce((all, time) => all + time, 0);
  return [...self]
    .sort(([, a], [, b]) => b - a)
    .slice(0, many)
    .map(([name, time]) => `${((100 * time) / total).toFixed(1).padStart(5)} %  ${name}`);
}

function frameName({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string {
  const place = url.replace(/^.*\/(node_modules|dist)\//, (_, root: string) => (root === "dist" ? "dist/" : ""));
  return `${functionName === "" ? "(anonymous)" : functionName} ${place === "" ? "" : `${place}:${lineNumber + 1}`}`;
}
