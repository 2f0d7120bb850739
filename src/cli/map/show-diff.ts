// What would be written, as a unified diff: what everybody who keeps files under version control can read.
import { createTwoFilesPatch } from "diff";
import { stringify } from "yaml";
import type { Style, Terminal } from "../terminal.js";

export function showDiff(
  terminal: Terminal,
  file: string,
  before: string,
  after: string,
  [was, is]: readonly [string, string] = ["as it is", "as proposed"],
): void {
  const patch = createTwoFilesPatch(file, file, before, after, was, is, { context: 3 });
  // Its first lines part patches of several files.
  for (const line of patch
    .replace(/^(Index: .*\n)?=+\n/, "")
    .replace(/\n$/, "")
    .split("\n"))
    terminal.out(line.replace(/\r$/, ""), styleOf(line));
}

function styleOf(line: string): Style {
  if (/^(---|\+\+\+) /.test(line)) return "bold";
  if (line.startsWith("+")) return "green";
  if (line.startsWith("-")) return "red";
  return line.startsWith("@@") ? "dim" : "plain";
}

type Settings = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What `gateway.yaml` still lacks, to be pasted: it is never written, for it holds what only people should decide. */
export function settingsToPaste(proposals: Iterable<Settings>, present: unknown): string | null {
  let missing: Settings = {};
  for (const proposal of proposals) missing = merged(missing, proposal);
  const left = without(missing, isMap(present) ? present : {});
  return Object.keys(left).length === 0 ? null : stringify(left, { lineWidth: 0 }).trimEnd();
}

function merged(a: Settings, b: Settings): Settings {
  const both = Object.entries(b).map(([key, value]): [string, unknown] => {
    const mine = Object.hasOwn(a, key) ? a[key] : undefined;
    return [key, isMap(mine) && isMap(value) ? merged(mine, value) : value];
  });
  return { ...a, ...Object.fromEntries(both) };
}

/** Of `lists` and `datasets`, the entries that are not there yet; an entry that is there is a person's. */
function without(proposal: Settings, present: Settings): Settings {
  return Object.fromEntries(
    Object.entries(proposal).flatMap(([key, value]): [string, unknown][] => {
      const mine = Object.hasOwn(present, key) ? present[key] : undefined;
      if (!isMap(value) || !isMap(mine)) return mine === undefined ? [[key, value]] : [];
      const left = Object.entries(value).filter(([entry]) => !Object.hasOwn(mine, entry));
      return left.length === 0 ? [] : [[key, Object.fromEntries(left)]];
    }),
  );
}
