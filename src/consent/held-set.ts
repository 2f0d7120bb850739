// The people of one agreement under one set of terms, held with the consent revision that they were read at.
import type { DataSource } from "../store/index.js";

import type { SubjectToken, SubjectTokens, Value } from "../terms/index.js";
import { ColumnsBuilder, HeldPeople } from "./held-people.js";
import type { Holdings } from "./holdings.js";
import { readAll, readDelta, type CurrentRow, type Place } from "./read-current.js";

/** One state of them; never changed. */
export interface Snapshot {
  readonly revision: number;
  readonly schemes: ReadonlyMap<string, HeldPeople>;
}

export interface HeldSetOptions {
  readonly dataSource: DataSource;
  readonly tokens: SubjectTokens;
  readonly place: Place;
  readonly holdings: Holdings;
  /** Rows read at once. */
  readonly part: number;
  /** Changes taken in at once; beyond them everything is read anew. */
  readonly deltaMax: number;
  /** Asked while it grows: whether there is room for so many people. */
  readonly room: (people: number) => boolean;
}

/** Milliseconds after a set could not be read before it is tried again. */
const retryMs = 10_000;

/** Lets other work run. */
const pause = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A read that others can wait for: none of them is answered by one that started before they came. */
export class HeldSet {
  readonly #options: HeldSetOptions;
  #snapshot: Snapshot | null = null;
  #delta: Promise<void> | null = null;
  #settling = false;
  /** Resolves when the first part of it was read; only where that was all of it `#snapshot` is there then. */
  #loading: Promise<void> | null = null;
  #reading = 0;
  /** When reading it failed last. */
  #failedAt = -Infinity;
  /** There was no room for it. */
  #refused = false;

  constructor(options: HeldSetOptions) {
    this.#options = options;
  }

  /** Those that take room: held, or being read. */
  get people(): number {
    let sum = this.#reading;
    for (const scheme of this.#snapshot?.schemes.values() ?? []) sum += scheme.size;
    return sum;
  }

  get loading(): boolean {
    return this.#loading !== null;
  }

  /** The people at this revision or a newer one, where they are at hand. */
  now(revision: number): Snapshot | null {
    return this.#snapshot !== null && this.#snapshot.revision >= revision ? this.#snapshot : null;
  }

  /**
   * The people at this revision or a newer one; null: not held (yet), and whoever asks must ask for each.
   * @param mayLoad whether to begin reading them where they are not held
   * @throws as the store does
   */
  async at(revision: number, mayLoad: boolean): Promise<Snapshot | null> {
    if (this.#snapshot === null) {
      const begin = mayLoad && performance.now() - this.#failedAt > retryMs;
      if (this.#refused || (this.#loading === null && !begin)) return null;
      // Who came while it failed asks for each person: of a store that does not answer at all, that is told there.
      await (this.#loading ??= this.#load()).catch(() => undefined);
    }
    // The delta in flight may have started before this request came: the next one has not.
    for (let turn = 0; turn < 2; turn++) {
      if (this.#snapshot === null || this.#snapshot.revision >= revision) return this.#snapshot;
      await (this.#delta ??= this.#bringUp().finally(() => {
        this.#delta = null;
      }));
    }
    if (this.#snapshot === null || this.#snapshot.revision >= revision) return this.#snapshot;
    throw new Error("the store of consent knows less than the revision that was read of it");
  }

  /** Resolves with the first part; goes on behind. A failure behind leaves nothing held, and the next request begins anew. */
  #load(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#read(resolve).then(
        () => {
          this.#loading = null;
          this.#reading = 0;
          resolve();
        },
        (error: unknown) => {
          this.#loading = null;
          this.#reading = 0;
          this.#failedAt = performance.now();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  async #read(firstPartIsNotAll: () => void): Promise<void> {
    const { dataSource, place, part, holdings, room } = this.#options;
    const builders = new Map<string, ColumnsBuilder>();
    this.#reading = 0;
    const revision = await readAll(dataSource, place, part, holdings, async (rows) => {
      for (const [scheme, members] of this.#byKey(rows)) {
        const builder = builders.get(scheme) ?? new ColumnsBuilder(pause);
        builders.set(scheme, builder);
        await builder.add(members);
        this.#reading += members.size;
      }
      if (rows.length === part) firstPartIsNotAll();
      this.#refused = !room(this.#reading);
      await pause();
      return !this.#refused;
    });
    if (this.#refused) return;
    const schemes = new Map<string, HeldPeople>();
    for (const [scheme, builder] of builders) schemes.set(scheme, new HeldPeople(await builder.finish(), new Map()));
    this.#snapshot = { revision, schemes };
  }

  async #bringUp(): Promise<void> {
    const { dataSource, place, deltaMax, holdings, room } = this.#options;
    const before = this.#snapshot;
    if (before === null) return;
    const seen = await readDelta(dataSource, place, before.revision, deltaMax, holdings);
    if (seen === null) {
      this.#snapshot = null;
      return;
    }
    const schemes = new Map(before.schemes);
    for (const [scheme, changes] of this.#byKey(seen.rows))
      schemes.set(scheme, (schemes.get(scheme) ?? HeldPeople.nobody).with(changes));
    this.#snapshot = { revision: seen.revision, schemes };
    this.#refused = !room(this.people);
    if (this.#refused) this.#snapshot = null;
    void this.#settle();
  }

  /** By scheme: the newest of each person. Whom no live secret can name is nobody that a row could carry. */
  #byKey(rows: readonly CurrentRow[]): Map<string, Map<NonNullable<Value>, number>> {
    const { tokens, place, holdings } = this.#options;
    const schemes = new Map<string, Map<NonNullable<Value>, number>>();
    for (const [scheme, members] of Map.groupBy(rows, (row) => row.scheme)) {
      const people = new Map<NonNullable<Value>, number>();
      const sealed: SubjectToken[] = members.map(({ token }) => token);
      tokens.open(place.tenant, scheme, sealed).forEach((key, i) => {
        const holding = members[i]?.holding;
        if (key !== null && holding !== undefined) people.set(key, holdings.place(holding));
      });
      schemes.set(scheme, people);
    }
    return schemes;
  }

  /** Many changes are put in their places, beside the requests; what changes meanwhile stays a change. */
  async #settle(): Promise<void> {
    if (this.#settling) return;
    this.#settling = true;
    try {
      for (const [scheme, people] of this.#snapshot?.schemes ?? []) {
        if (people.changes.size <= 1_000 + (people.size - people.changes.size) / 200) continue;
        const settled = await people.settled(pause);
        const now = this.#snapshot?.schemes.get(scheme);
        // Read anew meanwhile: those columns are newer than these.
        if (this.#snapshot === null || now?.columns !== people.columns) continue;
        const since = [...now.changes].filter(([key, place]) => people.changes.get(key) !== place);
        const schemes = new Map(this.#snapshot.schemes);
        schemes.set(scheme, new HeldPeople(settled.columns, new Map(since)));
        this.#snapshot = { revision: this.#snapshot.revision, schemes };
      }
    } finally {
      this.#settling = false;
    }
  }
}
