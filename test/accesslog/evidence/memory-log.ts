// A log in memory: real entries, a real tree in real tiles, a real signature; no database.
import { createHash, randomUUID } from "node:crypto";
import { prepareEntry } from "../../../src/accesslog/entry-format.js";
import type { EvidenceLog, EvidenceOptions, SeenHead } from "../../../src/accesslog/evidence/write.js";
import { checkpointText } from "../../../src/accesslog/merkle/checkpoint.js";
import { GrowingTree } from "../../../src/accesslog/merkle/growing-tree.js";
import { signerKey, signNote, verifierText, type SignerKey } from "../../../src/accesslog/merkle/signed-note.js";
import { rootOfTile, type TileId } from "../../../src/accesslog/merkle/tiles.js";
import type { Hash } from "../../../src/accesslog/merkle/tree.js";
import type { EntryDraft } from "../../../src/accesslog/index.js";
import type { AccessSummary } from "../../../src/accesslog/summary.js";
import type { LogFilter } from "../../../src/terms/index.js";
import { draft, rivemont } from "../drafts.js";

const secret = (text: string): Buffer => createHash("sha256").update(text).digest();
export const logKey = signerKey("passerelle/rivemont", secret("log"));
export const witnessKey = signerKey("dpo.rivemont.example", secret("witness"), "witness");

const text = "{\n  residents {\n    nodes {\n      birthDate\n    }\n  }\n}";
const operation = { hash: createHash("sha256").update(text).digest("hex"), text };

interface Kept {
  readonly id: string;
  readonly body: string;
  readonly salt: Buffer;
  readonly text: string;
  readonly hash: Hash;
  readonly application: string | null;
}

export class MemoryLog {
  readonly entries: Kept[] = [];
  readonly texts = new Map<string, string>();
  readonly heads: SeenHead[] = [];
  readonly erased = new Set<number>();

  add(changes: Partial<EntryDraft> = {}): { readonly id: string; readonly index: number } {
    const given = draft({ id: randomUUID(), operation, ...changes });
    const { id, body, hash, salt, personal } = prepareEntry(given, secret(String(this.entries.length)));
    this.entries.push({ id, body, hash, salt, text: personal, application: given.application });
    if (given.operation !== null) this.texts.set(given.operation.hash, given.operation.text);
    return { id, index: this.entries.length - 1 };
  }

  /** @param size of a head in the past */
  note(size = this.entries.length, key: SignerKey = logKey): string {
    const tree = new GrowingTree();
    for (const { hash } of this.entries.slice(0, size)) tree.add(hash);
    return signNote(checkpointText({ origin: key.name, size, root: tree.root() }), [key]);
  }

  tile({ level, index, width }: TileId): Buffer {
    const hashes = Array.from({ length: width }, (_, i) => this.#node(level, index * 256 + i));
    return Buffer.concat(hashes);
  }

  #node(level: number, index: number): Hash {
    if (level > 0) return rootOfTile(this.tile({ level: level - 1, index, width: 256 }));
    const hash = this.entries[index]?.hash;
    if (hash === undefined) throw new RangeError("no such leaf");
    return hash;
  }

  /** As the real log; everything of the filter but applications is passed over. */
  readonly log: EvidenceLog = {
    searchSummaries: (_tenant, { conditions }, { before = Infinity, limit }) => {
      const asked = conditions.find((each) => each.on === "app")?.anyOf ?? [];
      const found: number[] = [];
      for (let index = Math.min(before, this.entries.length) - 1; index >= 0 && found.length <= limit; index--)
        if ((asked as readonly unknown[]).includes(this.entries[index]?.application)) found.push(index);
      const rows = found.slice(0, limit).map((index) => ({ index }) as AccessSummary);
      return Promise.resolve({ rows, more: found.length > limit });
    },
    operationText: (hash) => Promise.resolve(this.texts.get(hash) ?? null),
    evidence: () => ({
      checkpoint: () => Promise.resolve(this.entries.length === 0 ? null : this.note()),
      tile: (tile) => Promise.resolve(this.tile(tile)),
      entries: (indexes, people) =>
        Promise.resolve(
          [...indexes]
            .sort((a, b) => b - a)
            .flatMap((index) => {
              const kept = this.entries[index];
              if (kept === undefined) return [];
              const personal = people && !this.erased.has(index) ? { salt: kept.salt, text: kept.text } : null;
              return [{ index, body: kept.body, personal }];
            }),
        ),
      seen: () => Promise.resolve(this.heads),
    }),
  };
}

/** Options as the command gives them, for an export that is on record. */
export const optionsFor = (recorded: EvidenceOptions["recorded"], changes: Partial<EvidenceOptions> = {}) =>
  ({
    recorded,
    query: "app:cantine-plus",
    by: "dpo",
    people: false,
    keys: [{ key: verifierText(logKey), since: "2026-01-01" }],
    policy: () => Promise.resolve(null),
    now: new Date("2026-11-23T09:12:00Z"),
    ...changes,
  }) satisfies EvidenceOptions;

export const cantine: LogFilter = { conditions: [{ on: "app", anyOf: ["cantine-plus"], not: false }] };

export { rivemont };
