// Numbers that look random and are the same on every machine: the demo's people must not change between two starts.

/** A stream of choices from a seed (mulberry32: 32 bits of state, enough for made-up people, for nothing else). */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to 1, 1 excluded. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** True in so many cases of one. */
  in(probability: number): boolean {
    return this.next() < probability;
  }

  /** The first of a list is chosen more often than the last, as names are. */
  pick<T>(list: readonly T[], skew = 1): T {
    const chosen = list[Math.floor(this.next() ** skew * list.length)];
    if (chosen === undefined) throw new RangeError("nothing to pick from");
    return chosen;
  }
}

/** Days since 1970-01-01 → `YYYY-MM-DD`. */
export const dayText = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10);

/** `YYYY-MM-DD` → days since 1970-01-01. */
export const dayNumber = (day: string): number => Math.floor(Date.parse(`${day}T00:00:00Z`) / 86_400_000);
