// An evidence file, written line by line: what proves entries to somebody who has nothing but the log's public key. What is
// in memory at once is a page of entries and a bounded part of the tree, however many entries there are.
import { setTimeout as pause } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { LogFilter, TenantName } from "../../terms/index.js";
import { canonicalJson, type Json } from "../canonical-json.js";
import { AccessLogUnavailable, type EntryPlace } from "../entry.js";
import { isCutText } from "../entry-format.js";
import { readCheckpoint, type Checkpoint } from "../merkle/checkpoint.js";
import { readNote } from "../merkle/signed-note.js";
import { nodesOfTiles, type TileId } from "../merkle/tiles.js";
import { consistencyProof, inclusionProof, type Hash, type NodeReader } from "../merkle/tree.js";
import { readBody, type AccessLogReader } from "../stored-entry.js";
import type { AccessSearch } from "../summary.js";
import { anchorEvery, evidenceFormat, type EvidenceKey, type EvidenceLine, type PolicyLine } from "./format.js";
import type { RawEntry } from "./raw-entries.js";
import { levelBetween } from "./shared-path.js";

/** What evidence is made from, of one tenant. */
export interface EvidenceSource {
  /** The newest one, a signed note; null before the first. */
  checkpoint(): Promise<string | null>;
  /** @throws RangeError for a tile that there is not */
  tile(tile: TileId): Promise<Buffer>;
  /** Newest first; those removed at the end of their retention are not among them. */
  entries(indexes: readonly number[], people: boolean): Promise<readonly RawEntry[]>;
  /** Heads of at most this size that others have seen or dated: of each of them the newest. */
  seen(size: number): Promise<readonly SeenHead[]>;
}

export interface SeenHead {
  /** A signed note, with cosignatures where there are some. */
  readonly note: string;
  /** RFC 3161 token over the note without cosignatures; null: none. */
  readonly timestamp: Buffer | null;
}

/** The log as `openAccessLog` gives it. */
export interface EvidenceLog extends Pick<AccessSearch, "searchSummaries">, Pick<AccessLogReader, "operationText"> {
  evidence(tenant: TenantName): EvidenceSource;
}

export interface EvidenceOptions {
  /**
   * The export's own entry, committed before anything is read (law 4): entries below it are searched, and it stands
   * first among them, so that the file proves who asked for what.
   */
  readonly recorded: EntryPlace;
  /** The search as the record has it: without people, unless their parts are asked for. */
  readonly query: string;
  /** The maker's role (`dpo`), never a name. */
  readonly by: string;
  /** With the parts about people: only where the maker has the right to them and asked for them. */
  readonly people: boolean;
  readonly keys: readonly EvidenceKey[];
  /** A policy version's texts, by its name; null: not kept. */
  readonly policy: (version: string) => Promise<Pick<PolicyLine, "schema" | "files"> | null>;
  readonly now: Date;
  /** After each page: entries written so far. */
  readonly progress?: (entries: number) => void;
  /** Milliseconds to wait for a checkpoint that holds the export's own entry. 15000. */
  readonly patienceMs?: number;
}

/** An entry has at most 64 KiB, its part about people 4 MiB. */
const pageSize = { plain: 500, people: 50 };

const notice =
  "Compare the log's public key with one that you got from the town by another way. FR : comparez la clé publique du " +
  "journal avec celle que la commune vous a donnée par un autre moyen.";

/**
 * Each line with its line feed. Everything that the filter finds below the export's own entry, newest first. When it fails after the first line, the last line says that the file is incomplete, and
 * then the error is thrown.
 * @throws AccessLogUnavailable where the log cannot be read, or no checkpoint holds the newest entries yet
 */
export async function* evidenceLines(
  log: EvidenceLog,
  tenant: TenantName,
  filter: LogFilter,
  options: EvidenceOptions,
): AsyncGenerator<string, void, undefined> {
  const source = log.evidence(tenant);
  const head = await headHolding(source, options);
  const writer = new Writer(log, source, head.checkpoint, options);
  try {
    yield line(manifest(tenant, options));
    yield line({ kind: "checkpoint", note: head.note });
    for (const seen of await source.seen(head.checkpoint.size)) yield line(await writer.seen(seen));
    yield* writer.entriesAt([options.recorded.index]);
    for await (const indexes of pages(log, tenant, filter, options)) {
      yield* writer.entriesAt(indexes);
      options.progress?.(writer.written);
    }
  } catch (error) {
    yield line({ kind: "incomplete", entries: writer.written });
    throw error;
  }
  yield line({ kind: "end", entries: writer.written });
}

const line = (value: EvidenceLine): string => `${canonicalJson(value as unknown as Json)}\n`;

const manifest = (tenant: TenantName, options: EvidenceOptions): EvidenceLine => ({
  kind: "manifest",
  format: evidenceFormat,
  tenant,
  made: options.now.toISOString(),
  by: options.by,
  query: options.query,
  people: options.people,
  export: { entry: options.recorded.id, index: options.recorded.index },
  keys: options.keys.map(({ key, since }) => ({ key, since })),
  notice,
});

interface Head {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** Signing runs about once a second behind the appends. */
async function headHolding(source: EvidenceSource, { recorded, patienceMs = 15_000 }: EvidenceOptions): Promise<Head> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const note = await source.checkpoint();
    const checkpoint = note === null ? null : readCheckpoint(readNote(note).text);
    if (note !== null && checkpoint !== null && checkpoint.size > recorded.index) return { note, checkpoint };
    if (Date.now() >= until)
      throw new AccessLogUnavailable(
        "No signed checkpoint holds the newest entries yet, so they cannot be proved. If that lasts, look into it with: npx passerelle log verify",
      );
    await pause(200);
  }
}

/** Indexes below the export's own entry, a page at a time, newest first. */
async function* pages(
  log: Pick<EvidenceLog, "searchSummaries">,
  tenant: TenantName,
  filter: LogFilter,
  { recorded, people }: EvidenceOptions,
): AsyncGenerator<readonly number[], void, undefined> {
  let before = recorded.index;
  const limit = people ? pageSize.people : pageSize.plain;
  for (;;) {
    const { rows, more } = await log.searchSummaries(tenant, filter, { before, limit });
    yield rows.map(({ index }) => index);
    const last = rows.at(-1)?.index;
    if (!more || last === undefined) return;
    before = last;
  }
}

class Writer {
  written = 0;
  #last: number | null = null;
  readonly #nodes: NodeReader;
  /** Texts that stand in the file already; one that was forgotten stands in it twice. */
  readonly #told = new LRUCache<string, true>({ max: 20_000 });

  constructor(
    private readonly log: Pick<EvidenceLog, "operationText">,
    private readonly source: EvidenceSource,
    private readonly head: Checkpoint,
    private readonly options: EvidenceOptions,
  ) {
    this.#nodes = nodesOfTiles((tile) => source.tile(tile), head.size);
  }

  async seen({ note, timestamp }: SeenHead): Promise<EvidenceLine> {
    const { size } = readCheckpoint(readNote(note).text);
    const proof = await consistencyProof(this.#nodes, size, this.head.size);
    return { kind: "seen", note, proof: proof.map(base64), timestamp: timestamp?.toString("base64") ?? null };
  }

  async *entriesAt(indexes: readonly number[]): AsyncGenerator<string, void, undefined> {
    for (const entry of await this.source.entries(indexes, this.options.people)) {
      for (const text of await this.#texts(entry.body)) yield line(text);
      yield line(await this.#entry(entry));
    }
  }

  async #entry({ index, body, personal }: RawEntry): Promise<EvidenceLine> {
    // As it was signed, not as the record has it now: where they differ, the reader finds the entry altered.
    const leaf = base64(await this.#nodes(0, index));
    const proof = (await this.#proof(index)).map(base64);
    this.#last = index;
    this.written += 1;
    const part = personal === null ? null : { salt: base64(personal.salt), text: personal.text };
    return { kind: "entry", index, leaf, proof, body, personal: part };
  }

  /** Whole now and then, so that a damaged line does not take all that follow with it. */
  async #proof(index: number): Promise<readonly Hash[]> {
    if (this.#last === null || this.written % anchorEvery === 0)
      return inclusionProof(this.#nodes, index, this.head.size);
    const siblings = levelBetween(this.#last, index);
    return Promise.all(
      Array.from({ length: siblings }, (_, level) => {
        const node = Math.floor(index / 2 ** level);
        return this.#nodes(level, node % 2 === 0 ? node + 1 : node - 1);
      }),
    );
  }

  async #texts(body: string): Promise<readonly EvidenceLine[]> {
    const read = readBody(body);
    const texts: EvidenceLine[] = [];
    const { operation, policyVersion: version } = read ?? { operation: null, policyVersion: null };
    if (operation !== null && this.#isNew(operation)) {
      const text = await this.log.operationText(operation);
      // What was too long to be kept whole cannot be held against its hash: it is no evidence of what was asked.
      if (text !== null && !isCutText(text)) texts.push({ kind: "operation", hash: operation, text });
    }
    if (version !== null && this.#isNew(version)) {
      const content = await this.options.policy(version);
      if (content !== null) texts.push({ kind: "policy", version, schema: content.schema, files: content.files });
    }
    return texts;
  }

  #isNew(name: string): boolean {
    const isNew = !this.#told.has(name);
    this.#told.set(name, true);
    return isNew;
  }
}

const base64 = (bytes: Buffer): string => bytes.toString("base64");
