// What is known of the tables of one service: their columns, learnt when they are first asked for, and how many rows their
// values have, which only makes lists quicker.
import type { FetchBounds } from "../source.js";
import type { Connections, TextRow } from "./connection.js";
import { commonestQuery, quotedRelation, readRelation, relationQuery, type Relation } from "./relation.js";

/** Whoever does not get the statistics soon does without. */
const countMs = 5_000;
/** Tables grow: so long counts are taken for true, in milliseconds. */
const countedForMs = 3_600_000;

type Bounds = Pick<FetchBounds, "signal">;

interface Learnt {
  readonly columns: readonly TextRow[];
  readonly relation: Relation;
}

interface Counts {
  readonly rows: readonly TextRow[];
  /** As `performance.now()`. */
  readonly until: number;
}

export class Relations {
  readonly #learnt = new Map<string, Learnt>();
  readonly #counts = new Map<string, Counts>();
  readonly #closing = new AbortController();

  constructor(private readonly connections: Connections) {}

  known(from: string): Relation | undefined {
    return this.#learnt.get(from)?.relation;
  }

  /** @returns null where there is no such relation @throws SourceFailure */
  async learn(from: string, bounds: Bounds): Promise<Relation | null> {
    if (from.includes("\0") || from.split(".").includes("")) return null;
    const columns = await this.connections.texts(relationQuery, [quotedRelation(from)], bounds);
    return columns.length === 0 ? null : this.#keep(from, columns, this.#counts.get(from)?.rows ?? []);
  }

  /** Its columns may have changed. */
  forget(from: string): void {
    this.#learnt.delete(from);
  }

  /**
   * It has answered: now its statistics may be asked for, which nobody waits for and which a service need not show. Seldom:
   * also where they were not to be had.
   */
  answered(from: string): void {
    const counts = this.#counts.get(from);
    const now = performance.now();
    if (counts !== undefined && now < counts.until) return;
    this.#counts.set(from, { rows: counts?.rows ?? [], until: now + countedForMs });
    void this.#count(from);
  }

  /** It did not answer in time: what was said of its rows is not believed for a while. */
  late(from: string): void {
    this.#counted(from, []);
  }

  close(): void {
    this.#closing.abort();
  }

  async #count(from: string): Promise<void> {
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(countMs), this.#closing.signal]);
      this.#counted(from, await this.connections.texts(commonestQuery, [quotedRelation(from)], { signal }));
    } catch {
      // Then no more is known than before.
    }
  }

  #counted(from: string, rows: readonly TextRow[]): void {
    this.#counts.set(from, { rows, until: performance.now() + countedForMs });
    const learnt = this.#learnt.get(from);
    if (learnt !== undefined) this.#keep(from, learnt.columns, rows);
  }

  #keep(from: string, columns: readonly TextRow[], counts: readonly TextRow[]): Relation {
    const relation = readRelation(columns, counts);
    this.#learnt.set(from, { columns, relation });
    return relation;
  }
}
