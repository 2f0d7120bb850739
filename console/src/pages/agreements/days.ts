// Volumes by day, and how they stand to what was declared. Pure.
import { dayAfter } from "../../app/moments.js";

export interface DayVolume {
  readonly day: string;
  readonly entries: number;
}

/** Every day of the time asked, those without an access as 0. */
export function everyDay(days: readonly DayVolume[], count: number, today: string): readonly DayVolume[] {
  const known = new Map(days.map(({ day, entries }) => [day, entries]));
  return Array.from({ length: count }, (_, index) => {
    const day = dayAfter(today, index - count + 1);
    return { day, entries: known.get(day) ?? 0 };
  });
}

export type Standing = "none" | "within" | "above" | "far-above" | "undeclared";

/** As the overview's rule of volume: more than one and a half times the declared one is far above. */
export function standingOf(declared: number | null, most: number): Standing {
  if (most === 0) return "none";
  if (declared === null) return "undeclared";
  if (most <= declared) return "within";
  return most > declared * 1.5 ? "far-above" : "above";
}

/** Lines of a unified diff, each with what it is. */
export function patchLines(patch: string): readonly { readonly text: string; readonly kind: PatchLine }[] {
  return patch
    .replace(/\n$/, "")
    .split("\n")
    .map((text) => ({ text, kind: kindOf(text) }));
}

type PatchLine = "added" | "removed" | "place" | "same";

function kindOf(line: string): PatchLine {
  if (/^(diff |index |--- |\+\+\+ |@@ )/.test(line)) return "place";
  return line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "same";
}
