// An evidence file, checked by nothing but itself and the public keys that its reader brings. Pure over its lines; what is
// in memory at once is one line and a hash for each level of the tree.
import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "../canonical-json.js";
import { commitment, leafHash } from "../entry-format.js";
import { readVerifier, type VerifierKey } from "../merkle/signed-note.js";
import { readBody, readPersonal, type EntryBody, type PersonalPart } from "../stored-entry.js";
import {
  shapedLine,
  type EntryLine,
  type EvidenceLine,
  type ManifestLine,
  type OperationLine,
  type PolicyLine,
} from "./format.js";
import { readHead, readSeen, type EvidenceHead } from "./heads.js";
import { LineTooLong } from "./lines.js";
import type { CheckedEntry, EntryVerdict, EvidenceFault, EvidenceFaultKind, EvidenceReport } from "./report.js";
import { SharedPath } from "./shared-path.js";

export interface CheckOptions {
  /** Keys that the reader got elsewhere: of the log, and of witnesses. */
  readonly keys: readonly VerifierKey[];
  /** The name of a policy version of these texts. Absent: they are not compared. */
  readonly versionOf?: (content: Pick<PolicyLine, "schema" | "files"> & { readonly tenant: string }) => string;
  /** Of every entry, in the order of the file. */
  readonly each?: (entry: CheckedEntry) => void;
}

const faultsKept = 100;

/** @param lines without their line feed; null for one that is no UTF-8. Never throws for what the file holds. */
export async function checkEvidence(
  lines: AsyncIterable<string | null>,
  options: CheckOptions,
): Promise<EvidenceReport> {
  const check = new Check(options);
  try {
    for await (const text of lines) if (!check.line(text)) break;
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    check.tooLong();
  }
  return check.report();
}

class Check {
  #line = 0;
  #manifest: ManifestLine | null = null;
  #head: EvidenceHead | null = null;
  #path: SharedPath | null = null;
  #ended = false;
  #before: number | null = null;
  #provedBefore: number | null = null;
  #ownProved = false;
  #withPeople = 0;
  #stretches = 0;
  #first: number | null = null;
  #faultCount = 0;
  readonly #faults: EvidenceFault[] = [];
  readonly #entries: Record<EntryVerdict, number> = {
    proved: 0,
    altered: 0,
    "not-in-tree": 0,
    leaning: 0,
    unreadable: 0,
    "out-of-order": 0,
  };

  constructor(private readonly options: CheckOptions) {}

  /** @returns false: nothing more can be made of the file */
  line(text: string | null): boolean {
    this.#line += 1;
    const read = text === null ? null : readLine(text);
    if (this.#line === 1) return this.#start(read);
    if (read === null) this.#fault("line-unreadable");
    else if (this.#ended) this.#fault("line-unexpected");
    else this.#take(read);
    return true;
  }

  tooLong(): void {
    this.#line += 1;
    this.#fault("line-too-long");
  }

  report(): EvidenceReport {
    if (this.#line === 0) this.#fault("not-evidence");
    else if (!this.#ended && this.#manifest !== null) this.#fault("cut");
    else if (this.#head === null && this.#faultCount === 0) this.#fault("checkpoint-unsigned");
    else if (!this.#ownProved && this.#faultCount === 0) this.#fault("export-unproved");
    const { proved, ...others } = this.#entries;
    return {
      manifest: this.#manifest,
      head: this.#head,
      entries: { proved, ...others },
      withPeople: this.#withPeople,
      stretches: this.#stretches,
      first: this.#provedBefore,
      last: this.#first,
      ownProved: this.#ownProved,
      faults: this.#faults,
      faultCount: this.#faultCount,
      proved: this.#faultCount > 0 ? "failed" : this.#head?.log.brought === true ? "town" : "itself",
    };
  }

  #start(read: EvidenceLine | null): boolean {
    if (read?.kind !== "manifest") {
      this.#fault("not-evidence");
      return false;
    }
    this.#manifest = read;
    return true;
  }

  #take(read: EvidenceLine): void {
    if (this.#path === null && read.kind !== "checkpoint" && read.kind !== "incomplete") {
      // Without a head nothing can be held against it.
      if (read.kind === "entry") this.#count({ read, verdict: "not-in-tree" });
      else this.#fault("line-unexpected");
      return;
    }
    switch (read.kind) {
      case "manifest":
        return this.#fault("line-unexpected");
      case "checkpoint":
        return this.#checkpoint(read.note);
      case "seen":
        return this.#seen(read);
      case "operation":
        return this.#operation(read);
      case "policy":
        return this.#policy(read);
      case "entry":
        return this.#entry(read);
      case "end":
      case "incomplete":
        return this.#end(read);
    }
  }

  #checkpoint(note: string): void {
    if (this.#path !== null || this.#head !== null) return this.#fault("line-unexpected");
    this.#head = readHead(note, this.options.keys, keysOf(this.#manifest));
    if (this.#head === null) return this.#fault("checkpoint-unsigned");
    this.#path = new SharedPath(this.#head.checkpoint.size, this.#head.checkpoint.root);
  }

  #seen(read: EvidenceLine & { readonly kind: "seen" }): void {
    if (this.#head === null || this.#before !== null) return this.#fault("line-unexpected");
    const seen = readSeen(read, this.#head, this.options.keys, keysOf(this.#manifest));
    if (seen === null) return this.#fault("seen-refused");
    this.#head = { ...this.#head, seen: [...this.#head.seen, seen].slice(0, 100) };
  }

  #operation({ hash, text }: OperationLine): void {
    if (createHash("sha256").update(text, "utf8").digest("hex") !== hash) this.#fault("text-altered");
  }

  #policy({ version, schema, files }: PolicyLine): void {
    const named = this.options.versionOf?.({ tenant: this.#manifest?.tenant ?? "", schema, files });
    if (named !== undefined && named !== version) this.#fault("text-altered");
  }

  #entry(read: EntryLine): void {
    if (this.#before !== null && read.index >= this.#before) return this.#count({ read, verdict: "out-of-order" });
    this.#before = read.index;
    const leaf = Buffer.from(read.leaf, "base64");
    const path = this.#path?.check(
      read.index,
      leaf,
      read.proof.map((hash) => Buffer.from(hash, "base64")),
    );
    if (path !== "proved") return this.#count({ read, verdict: path ?? "not-in-tree" });
    if (!leafHash(read.body).equals(leaf)) return this.#count({ read, verdict: "altered" });
    const body = canonicalBody(read.body);
    if (body === null || body.tenant !== this.#manifest?.tenant) return this.#count({ read, verdict: "unreadable" });
    this.#count({ read, verdict: "proved", body });
  }

  #count(found: { read: EntryLine; verdict: EntryVerdict; body?: EntryBody }): void {
    const { read, verdict, body = null } = found;
    this.#entries[verdict] += 1;
    const own = body !== null && this.#isOwn(read.index, body);
    const [personal, people] = body === null ? (["absent", null] as const) : this.#personal(read, body);
    if (body === null) this.#fault(verdict as Exclude<EntryVerdict, "proved">, read.index);
    else {
      this.#ownProved ||= own;
      this.#first ??= read.index;
      if (this.#provedBefore === null || read.index !== this.#provedBefore - 1) this.#stretches += 1;
      this.#provedBefore = read.index;
    }
    this.options.each?.({ line: this.#line, index: read.index, verdict, body, personal, people, own });
  }

  /** By staff: a request of an application, whose number the first line could name as well, tells of no export. */
  #isOwn(index: number, { id, outcome }: EntryBody): boolean {
    const told = this.#manifest?.export;
    return outcome === "staff" && id === told?.entry && index === told.index;
  }

  #personal(read: EntryLine, body: EntryBody): readonly [CheckedEntry["personal"], PersonalPart | null] {
    if (read.personal === null) return ["absent", null];
    const { salt, text } = read.personal;
    const people = readPersonal(text);
    if (commitment(Buffer.from(salt, "base64"), text) !== body.personal || people === null) {
      this.#fault("personal-altered", read.index);
      return ["altered", null];
    }
    this.#withPeople += 1;
    return ["proved", people];
  }

  #end(read: EvidenceLine & { readonly kind: "end" | "incomplete" }): void {
    this.#ended = true;
    if (read.kind === "incomplete") return this.#fault("incomplete");
    const entries = Object.values(this.#entries).reduce((sum, each) => sum + each, 0);
    if (read.entries !== entries) this.#fault("count-differs");
  }

  #fault(kind: EvidenceFaultKind, index: number | null = null): void {
    this.#faultCount += 1;
    if (this.#faults.length < faultsKept) this.#faults.push({ kind, line: this.#line, index });
  }
}

/** Null: not canonical JSON, or not of a shape that this format has. */
function readLine(text: string): EvidenceLine | null {
  const value = canonicalValue(text);
  return value === undefined ? null : shapedLine(value);
}

/** A member that stands twice, other spaces or another order would let two readers understand two things. */
function canonicalValue(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return canonicalJson(value) === text ? value : undefined;
  } catch (error) {
    // Nested deeper than the stack, too.
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
}

const canonicalBody = (text: string): EntryBody | null => (canonicalValue(text) === undefined ? null : readBody(text));

/** Keys that the file itself names; what is no key there is passed over. */
function keysOf(manifest: ManifestLine | null): readonly VerifierKey[] {
  return (manifest?.keys ?? []).flatMap(({ key }) => {
    try {
      return [readVerifier(key)];
    } catch {
      return [];
    }
  });
}
