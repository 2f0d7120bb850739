// What the host gave to its other guests while something was measured ("steal", proc_stat(5)). On a rented or shared machine
// it is the largest of the disturbances, it comes and goes within seconds, and the kernel counts it.
import { readFileSync } from "node:fs";
import { median, shown } from "./figures.js";

export interface ProcessorTimes {
  /** In ticks since the machine began, of all processors together: what was used or wanted, without what was idle. */
  readonly wanted: number;
  readonly stolen: number;
}

export interface Disturbed {
  /** Of the processors' time that was wanted meanwhile, what went to other guests (0 to 1); null where nobody tells. */
  readonly stolen: number | null;
}

/** What was measured, and how often until it was taken (1: at once). */
export type Calmest<T> = T & { readonly tries: number };

/** Up to here a measurement counts as the machine's own. */
export const mostStolen = 0.05;
const mostTries = 3;

/** @param text of /proc/stat; @returns null where it does not hold the line of all processors */
export function parseProcessorTimes(text: string): ProcessorTimes | null {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  // What follows the eighth is counted in the first two as well.
  const ticks = line?.split(" ").slice(0, 8).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen] = ticks;
  if (stolen === undefined || ticks.some((tick) => !Number.isFinite(tick))) return null;
  return { wanted: user + nice + system + irq + softirq + stolen, stolen };
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
    if (before === null || after === null || after.wanted <= before.wanted) return { stolen: null };
    return { stolen: (after.stolen - before.stolen) / (after.wanted - before.wanted) };
  };
}

/**
 * Measures until the host did not disturb it, a few times at most; then takes the least disturbed. Every side is measured
 * so, and it is not its speed that decides which is taken.
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
    `Where the host gave more than ${percent(mostStolen)} of the processor time that was wanted to its other guests (steal), ` +
    `it was measured anew, until it gave less, ${mostTries} times in all at most; then the calmest was taken. That was so for ` +
    `${again} of ${measured.length}, of which ${over} stayed above. Of what was taken ${percent(median(known))} was stolen in ` +
    `the median, ${percent(Math.max(...known))} at most.`
  );
}
