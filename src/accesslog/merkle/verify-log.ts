// The whole record held against everything that was ever said of it: each entry against its leaf, each leaf against the
// tiles, the tree against every checkpoint, and against those that a witness has seen. What was removed at the end of its
// retention, or erased, is counted and is no fault: its hash is still there.
import type { SearchPool } from "../append-connection.js";
import { commitment, leafHash } from "../entry-format.js";
import { readBody } from "../stored-entry.js";
import { readCheckpoint, type Checkpoint } from "./checkpoint.js";
import { GrowingTree } from "./growing-tree.js";
import { firstPage, readLeaves, type LeafRow } from "./leaf-pages.js";
import { NoteRefused, readNote, verifyNote, type VerifierKey } from "./signed-note.js";
import { removedEarly, retentionTold } from "./retention-told.js";
import { tileWidth } from "./tiles.js";
import type { Hash } from "./tree.js";

export type LogFaultKind =
  /** An entry is not what its leaf was made of. */
  | "entry-altered"
  /** The part about people is not what the entry was committed to. */
  | "personal-altered"
  /** An entry's content is gone, and retention did not remove it. */
  | "entry-removed"
  /** Retention removed it before its time was over. */
  | "removed-early"
  /** A leaf is not what its tile holds: leaf and entry were changed together, or exchanged with others. */
  | "leaf-altered"
  /** Leaves that were there are not. */
  | "leaf-missing"
  /** A checkpoint is not signed by the log's key, or says something else than its row. */
  | "checkpoint-altered"
  /** Somewhere in these entries the record is not the one that a checkpoint was signed for. */
  | "rewritten"
  /** Entries up to here were signed, or seen by the witness; they are gone. A backup that was restored looks so too. */
  | "truncated"
  /** A timestamp does not hold over its checkpoint, or its authority's certificate does not lead to the town's. */
  | "timestamp-altered"
  /** The town requires timestamps, and these entries have waited for one too long. */
  | "timestamp-missing";

/** Indexes from `from` up to, and without, `to`: the smallest stretch that can be proved. */
export interface LogFault {
  readonly kind: LogFaultKind;
  readonly from: number;
  readonly to: number;
  /** A witness saw otherwise. */
  readonly witnessed: boolean;
}

export interface LogReport {
  /** Entries in all. */
  readonly size: number;
  /** Of them with their content; the others were removed at the end of their retention. */
  readonly checked: number;
  /** Of those checked, the ones whose part about people was erased. */
  readonly erased: number;
  readonly checkpoints: number;
  /** Ascending by `from`; none: the record is intact. */
  readonly faults: readonly LogFault[];
}

export interface VerifyOptions {
  readonly keys: readonly VerifierKey[];
  /** What a witness has seen, its signatures checked already. */
  readonly witnessed: readonly (Checkpoint & { readonly seenAt?: Date })[];
  readonly progress?: (checked: number, size: number) => void;
  /** Awaited between two pages: who looks all day long leaves room for those who wait. `tookMs`: what the page took. */
  readonly pause?: (tookMs: number) => Promise<void>;
}

/** @throws as the database does; a fault of the record is never thrown */
export async function verifyLog(pool: SearchPool, tenant: string, options: VerifyOptions): Promise<LogReport> {
  return new Verification(pool, tenant, options).run();
}

/** A look that goes on where it ended: it remembers the tree over all that it has seen, so that nothing is looked at twice. */
export interface LogLook {
  /** Of all so far: everything that a signed checkpoint holds, from the first entry on. @throws as the database does */
  goOn(): Promise<LogReport>;
}

export const lookAtLog = (pool: SearchPool, tenant: string, options: VerifyOptions): LogLook =>
  new Verification(pool, tenant, options);

/**
 * More are told as longer stretches: a record that was altered from end to end must be told too, by who has little memory
 * (law 13).
 */
const mostFaults = 10_000;
const checkpointsAtOnce = 1_000;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

class Verification implements LogLook {
  readonly #faults: Mutable<LogFault>[] = [];
  readonly #tree = new GrowingTree();
  #checked = 0;
  #erased = 0;
  #next = 0;
  #checkpoints = 0;
  /** Size of the newest checkpoint that was read. */
  #signed = 0;
  /** Roots that were signed or seen, by size, as far as they have not been held against the tree yet. */
  readonly #points = new Map<number, { root: Hash; witnessed: boolean }[]>();
  /** The size of the largest tree that was found as it was signed. */
  #held = 0;

  constructor(
    private readonly pool: SearchPool,
    private readonly tenant: string,
    private readonly options: VerifyOptions,
  ) {}

  async run(): Promise<LogReport> {
    const signed = await this.#newestSigned();
    for (const { size, root } of this.options.witnessed) this.#point(size, root, true);
    const head = await this.#headSize();
    await this.#leaves(head, Number.MAX_SAFE_INTEGER, signed);
    await this.#ends(head, signed);
    return this.#report();
  }

  async goOn(): Promise<LogReport> {
    const signed = await this.#newestSigned();
    // It was not full, and has grown since.
    this.#tile = null;
    // What no checkpoint holds yet is not told as looked at.
    await this.#leaves(signed, signed, signed);
    await this.#ends(this.#next, signed);
    return this.#report();
  }

  /** @param signed checkpoints up to that size are held against the tree on the way */
  async #leaves(head: number, limit: number, signed: number): Promise<void> {
    for (let most = firstPage; ;) {
      const began = performance.now();
      const { rows, last, next } = await readLeaves(this.pool, this.tenant, this.#next, limit, most);
      await this.#pointsOf(rows, signed);
      for (const row of rows) {
        await this.#gap(Number(row.index));
        this.#leaf(row, await this.#tileHash(Number(row.index)));
      }
      this.options.progress?.(this.#next, head);
      if (last) break;
      most = next;
      await this.options.pause?.(performance.now() - began);
    }
  }

  async #report(): Promise<LogReport> {
    await this.#removals();
    return {
      size: this.#next,
      checked: this.#checked,
      erased: this.#erased,
      checkpoints: this.#checkpoints,
      faults: this.#narrowed(),
    };
  }

  async #headSize(): Promise<number> {
    const { rows } = await this.pool.query<{ size: string }>("SELECT size FROM access_head WHERE tenant = $1", [
      this.tenant,
    ]);
    return Number(rows[0]?.size ?? 0);
  }

  async #newestSigned(): Promise<number> {
    const { rows } = await this.pool.query<{ size: string | null }>(
      "SELECT max(size) AS size FROM log_checkpoint WHERE tenant = $1",
      [this.tenant],
    );
    return Number(rows[0]?.size ?? 0);
  }

  /** Of the trees that end with one of these leaves, the roots that were signed. */
  async #pointsOf(rows: readonly LeafRow[], signed: number): Promise<void> {
    const sizes = new Set(rows.map(({ index }) => Number(index) + 1));
    await this.#readCheckpoints(Math.min(signed, Number(rows.at(-1)?.index ?? -1) + 1), (size, root) => {
      if (sizes.has(size)) this.#point(size, root, false);
    });
  }

  /** On from the last one that was read; those that do not hold by themselves are faults. */
  async #readCheckpoints(upTo: number, found: (size: number, root: Hash) => void): Promise<void> {
    for (let more = true; more;) {
      const { rows } = await this.pool.query<{ size: string; root: Buffer; note: string }>(
        `SELECT size, root, note FROM log_checkpoint WHERE tenant = $1 AND size > $2 AND size <= $3
          ORDER BY size LIMIT ${checkpointsAtOnce}`,
        [this.tenant, this.#signed, upTo],
      );
      this.#checkpoints += rows.length;
      this.#signed = Math.max(this.#signed, Number(rows.at(-1)?.size ?? 0));
      for (const { size, root, note } of rows) {
        if (holds(note, Number(size), root, this.options.keys)) found(Number(size), root);
        else this.#fault("checkpoint-altered", Number(size) - 1, Number(size));
      }
      more = rows.length === checkpointsAtOnce;
    }
  }

  #point(size: number, root: Hash, witnessed: boolean): void {
    const known = this.#points.get(size) ?? [];
    this.#points.set(size, [...known, { root, witnessed }]);
  }

  /** Missing leaves, told as one stretch; the tiles still know their hashes, so that what follows can be checked. */
  async #gap(to: number): Promise<void> {
    if (to === this.#next) return;
    this.#fault("leaf-missing", this.#next, to);
    for (; this.#next < to; this.#next++) {
      const hash = await this.#tileHash(this.#next);
      if (hash !== null && this.#tree.size === this.#next) this.#tree.add(hash);
    }
  }

  #leaf(row: LeafRow, tile: Hash | null): void {
    const index = Number(row.index);
    this.#next = index + 1;
    if (row.body === null) this.#without(index);
    else this.#entry(index, row, row.body);
    if (tile !== null && !tile.equals(row.hash)) this.#fault("leaf-altered", index, index + 1);
    if (this.#tree.size === index) this.#tree.add(row.hash);
    const points = this.#points.get(this.#next);
    // After a gap that the tiles do not fill no root can hold: the gap says it.
    if (points === undefined || this.#tree.size !== this.#next) return;
    const root = this.#tree.root();
    const others = points.filter((point) => !point.root.equals(root));
    for (const { witnessed } of others) this.#fault("rewritten", this.#held, this.#next, witnessed);
    if (others.length === 0) this.#held = this.#next;
    this.#points.delete(this.#next);
  }

  /** Stretches of entries without their content. */
  readonly #gone: { readonly from: number; to: number }[] = [];

  #without(index: number): void {
    const last = this.#gone.at(-1);
    if (last !== undefined && (last.to === index || this.#gone.length >= mostFaults)) last.to = index + 1;
    else this.#gone.push({ from: index, to: index + 1 });
  }

  /** What retention tells is read last: it may be at work now, and tells of what it removes before it does. */
  async #removals(): Promise<void> {
    const told = await retentionTold(this.pool, this.tenant);
    const exact = new Set(this.#faults.filter(({ kind }) => kind === "leaf-altered").map(({ from }) => from));
    for (const { from, to } of this.#gone)
      for (let start = Math.max(from, told.upTo), at = start; at <= to; at++)
        if (at === to || exact.has(at)) {
          if (at > start) this.#fault("entry-removed", start, at);
          start = at + 1;
        }
    const early = await removedEarly(this.pool, this.tenant, told, this.options.witnessed);
    if (early !== null) this.#fault("removed-early", early, told.upTo);
  }

  #entry(index: number, { hash, salt, personal }: LeafRow, body: string): void {
    this.#checked += 1;
    if (!leafHash(body).equals(hash)) {
      this.#fault("entry-altered", index, index + 1);
      return;
    }
    const committed = readBody(body)?.personal;
    if (salt === null || personal === null) this.#erased += 1;
    else if (commitment(salt, personal) !== committed) this.#fault("personal-altered", index, index + 1);
  }

  #tile: { readonly index: number; readonly data: Buffer } | null = null;

  /** What the tiles say of a leaf; null where no checkpoint holds it yet. */
  async #tileHash(leaf: number): Promise<Hash | null> {
    const index = Math.floor(leaf / tileWidth);
    if (this.#tile?.index !== index) {
      const { rows } = await this.pool.query<{ data: Buffer }>(
        "SELECT data FROM log_tile WHERE tenant = $1 AND level = 0 AND index = $2",
        [this.tenant, index],
      );
      this.#tile = { index, data: rows[0]?.data ?? Buffer.alloc(0) };
    }
    const at = (leaf % tileWidth) * 32;
    return this.#tile.data.length >= at + 32 ? this.#tile.data.subarray(at, at + 32) : null;
  }

  /** Whatever was signed, seen or counted beyond the last leaf. */
  async #ends(head: number, newest: number): Promise<void> {
    let signed = head;
    await this.#readCheckpoints(newest, (size) => (signed = Math.max(signed, size)));
    const seen = Math.max(0, ...[...this.#points.keys()].filter((size) => size > this.#next));
    if (Math.max(signed, seen) > this.#next) this.#fault("truncated", this.#next, Math.max(signed, seen), seen > 0);
  }

  #fault(kind: LogFaultKind, from: number, to: number, witnessed = false): void {
    const last = this.#faults.length < mostFaults ? undefined : this.#faults.findLast((fault) => fault.kind === kind);
    if (last === undefined) this.#faults.push({ kind, from, to, witnessed });
    else Object.assign(last, { to: Math.max(last.to, to), witnessed: last.witnessed || witnessed });
  }

  /** A stretch is not told again where a fault inside it is known by its index; the rest of a rewriting is one. */
  #narrowed(): LogFault[] {
    const others = this.#faults.filter(({ kind }) => kind !== "rewritten");
    const exact = others.filter(({ kind }) => kind === "leaf-altered" || kind === "leaf-missing");
    const stretches = this.#faults.filter(({ kind }) => kind === "rewritten").sort((a, b) => a.to - b.to);
    const first = stretches[0];
    const explained =
      first === undefined || exact.some(({ from, to }) => from < first.to && to > first.from) ? [] : [first];
    const witnessed = stretches.some((stretch) => stretch.witnessed);
    return [...others, ...explained.map((stretch) => ({ ...stretch, witnessed }))].sort(
      (a, b) => a.from - b.from || a.to - b.to,
    );
  }
}

function holds(note: string, size: number, root: Hash, keys: readonly VerifierKey[]): boolean {
  try {
    const read = readNote(note);
    const said = readCheckpoint(read.text);
    const signed = verifyNote(read, keys).some(({ key }) => key.kind === "log" && key.name === said.origin);
    return signed && said.size === size && said.root.equals(root);
  } catch (error) {
    if (error instanceof NoteRefused) return false;
    throw error;
  }
}
