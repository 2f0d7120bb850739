// What the host gave to its other guests while something was measured ("steal", proc_stat(5)). On a rented or shared machine
// it is the largest of the disturbances, it comes and goes within seconds, and the kernel counts it.
import { readFileSync } from "node:fs";
import { median, shown } from "./figures.js";

export interface ProcessorTimes {
  /** In ticks since the machine began, of all processors together. */
  readonly all: number;
  readonly stolen: number;
}

export interface Disturbed {
  /** Of the processors' time while this was measured, what went to other guests (0 to 1); null where nobody tells. */
  readonly stolen: number | null;
}

/** What was measured, and how often until it was taken (1: at once). */
export type Calmest<T> = T & { readonly tries: number };

/** Up to here a measurement counts as the machine's own. */
export const mostStolen = 0.03;
const mostTries = 3;

/** @param text of /proc/stat; @returns null where it does not hold the line of all processors */
export function parseProcessorTimes(text: string): ProcessorTimes | null {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  // user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in the first two as well.
  const ticks = line?.split(" ").slice(0, 8).map(Number) ?? [];
  const stolen = ticks[7];
  if (stolen === undefined || ticks.some((tick) => !Number.isFinite(tick))) return null;
  return { all: ticks.reduce((total, tick) => total + tick, 0), stolen };
}

function processorTimes(): ProcessorTimes | null {
  try {
    return parseProcessorTimes(readFileSync("/proc/stat", "utf8"));
  } catch {
    return null;
  }
}

/** Begins to look. @returns tells the share stolen since */
export function watchSteal(read: () => ProcessorTimes | null = processorTimes): () => Disturbed {
  const before = read();
  return () => {
    const after = read();
    if (before === null || after === null || after.all <= before.all) return { stolen: null };
    return { stolen: (after.stolen - before.stolen) / (after.all - before.all) };
  };
}

/**
 * Measures anew what the host disturbed, a few times at most, and takes the least disturbed. Every side is measured so, and
 * it is not its speed that decides which is taken.
 */
export async function calmest<T extends Disturbed>(measure: () => Promise<T>): Promise<Calmest<T>> {
  let best = await measure();
  let tries = 1;
  for (; tries < mostTries && (best.stolen ?? 0) > mostStolen; tries++) {
    const next = await measure();
    if ((next.stolen ?? 0) < (best.stolen ?? 0)) best = next;
  }
  return { ...best, tries };
}

/** One sentence for the reader of a table. */
export function stealSentence(measured: readonly Calmest<Disturbed>[]): string {
  const known = measured.flatMap(({ stolen }) => stolen ?? []);
  if (known.length === 0) return "This system does not tell what other guests of its host took from the processors.";
  const percent = (share: number): string => `${shown(100 * share)} %`;
  const again = measured.filter(({ tries }) => tries > 1).length;
  const over = known.filter((stolen) => stolen > mostStolen).length;
  return (
    `Of the processors' time the host gave its other guests ${percent(median(known))} in the median and at most ` +
    `${percent(Math.max(...known))} (steal). What it took more than ${percent(mostStolen)} from was measured anew, up to ` +
    `${mostTries} times, and the calmest taken: ${again} of ${measured.length}, of which ${over} stayed above.`
  );
}
