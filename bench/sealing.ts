// Ids sealed per millisecond: our AES-SIV over many values at once beside the library's, one value at a time. The two are
// taken in turns, so that a busy moment of the machine falls on both.
import { aessiv } from "@noble/ciphers/aes.js";
import { randomBytes } from "node:crypto";
import { createSiv } from "../src/identity/siv.js";
import { median } from "./figures.js";

const count = 1_000;

export interface SealingFigures {
  readonly count: number;
  /** Median milliseconds for `count` values. */
  readonly batchMs: number;
  readonly libraryMs: number;
  /** Of each pair of turns: the library's time through ours. */
  readonly ratios: readonly number[];
}

/** @throws Error where the two do not seal alike */
export function measureSealing(turns = 60): SealingFigures {
  const key = new Uint8Array(randomBytes(64));
  const associated = "Resident.id";
  const bytes = new TextEncoder().encode(associated);
  const keys = Array.from({ length: count }, (_, i) => [100_001 + i]);
  const values = keys.map((row) => new TextEncoder().encode(JSON.stringify(row).padEnd(16)));
  const siv = createSiv(key);
  const head = new Uint8Array(0);
  const batch = (): string[] =>
    siv
      .under(associated)
      .seal(head, (texts) => {
        for (const row of keys) texts.addRow(row, null);
      })
      .strings();
  const library = (): Uint8Array[] => values.map((value) => aessiv(key, bytes).encrypt(value));
  const ours = batch();
  library().forEach((sealed, i) => {
    if (Buffer.from(sealed).toString("base64url") !== ours[i]) throw new Error("the two AES-SIV differ");
  });
  const [batchTimes, libraryTimes]: [number[], number[]] = [[], []];
  for (let turn = -5; turn < turns; turn++) {
    const times = [batch, library].map(timed);
    if (turn < 0) continue;
    batchTimes.push(times[0] ?? 0);
    libraryTimes.push(times[1] ?? 0);
  }
  return {
    count,
    batchMs: median(batchTimes),
    libraryMs: median(libraryTimes),
    ratios: libraryTimes.map((time, turn) => time / (batchTimes[turn] ?? time)),
  };
}

function timed(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
