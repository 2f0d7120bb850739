// One line of an import → a decision, or every reason why it is none.
import { createHash } from "node:crypto";
import { basisMeaning, type DecidedBy, type Deciding, type Decision } from "../consent/index.js";
import type { Snapshot } from "../identity/index.js";
import { nearest, type AgreementId, type ConsentUnit, type TenantName, type Value } from "../terms/index.js";
import type { Dialect, ImportLine } from "./consent-import-read.js";
import { parseMoment } from "./moments.js";
import type { KeyRead } from "../catalogue/index.js";

export interface ImportTarget {
  readonly tenant: TenantName;
  readonly timeZone: string;
  readonly agreement: AgreementId;
  readonly version: number;
  readonly terms: string;
  readonly snapshot: Snapshot;
  readonly readKey: (scheme: string, key: string) => KeyRead;
  readonly dialect: Dialect;
  readonly now: Date;
  /** Staff who import. */
  readonly by: string;
  /** Text by its version as the file writes it, and language; null: there is none. */
  readonly textOf: (version: string, language: "fr" | "en") => string | null;
}

export type ReadLine = { readonly deciding: Deciding } | { readonly faults: readonly string[] };

const words: ReadonlyMap<string, Decision> = new Map([
  ["given", "given"],
  ["refused", "refused"],
  ["withdrawn", "withdrawn"],
  ["objected", "objected"],
  ["objection-withdrawn", "objection-withdrawn"],
]);
const frenchWords: ReadonlyMap<string, Decision> = new Map([
  ["donné", "given"],
  ["accepté", "given"],
  ["refusé", "refused"],
  ["retiré", "withdrawn"],
  ["opposition", "objected"],
  ["opposition-retirée", "objection-withdrawn"],
]);

class Faulty extends Error {}

export function readLine({ cells }: ImportLine, target: ImportTarget): ReadLine {
  const faults: string[] = [];
  const run = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Faulty)) throw error;
      faults.push(error.message);
      return null;
    }
  };
  const cell = (name: string): string | undefined => cells.get(name);
  const decision = run(() => decisionOf(cell("decision"), target));
  const person = run(() => personOf(cell("scheme"), cell("key"), target.readKey));
  const by = run(() => deciderOf(cell("guardian"), target));
  const units = run(() => unitsOf(cell("units"), cell("fields"), target.snapshot.units));
  const decidedAt = run(() => momentOf(cell("at"), target));
  const shown = run(() => shownOf(cell("textVersion"), cell("language"), target));
  const until = run(() => untilOf(cell("until"), target));
  const id = run(() => idOf(cell("id"), target));
  if (!decision || !person || !by || !units || !decidedAt || !shown || !until || id === null) return { faults };
  const { tenant, agreement, version, terms, snapshot } = target;
  const reason = cell("reason");
  const deciding: Deciding = {
    ...{ tenant, agreement, version, terms, basis: snapshot.basis, informationSociety: snapshot.informationSociety },
    ...{ asked: snapshot.units, ...person, by, units, decision, shown, until },
    ...(reason !== undefined && { reason }),
    ...(id !== "" && { id }),
    elsewhere: { decidedAt, how: cell("channel") ?? "", evidence: cell("evidence") ?? null },
  };
  return { deciding };
}

function decisionOf(written: string | undefined, { dialect, snapshot }: ImportTarget): Decision {
  const text = (written ?? "").toLowerCase();
  const decision = words.get(text) ?? (dialect === "fr" ? frenchWords.get(text) : undefined);
  const consent = basisMeaning(snapshot.basis)?.asks === "consent";
  const possible = consent ? "given, refused, withdrawn" : "objected, objection-withdrawn";
  if (decision === undefined || !possible.split(", ").includes(decision))
    throw new Faulty(`decision: under the basis ${snapshot.basis} it is one of ${possible}`);
  return decision;
}

function personOf(
  scheme: string | undefined,
  key: string | undefined,
  readKey: ImportTarget["readKey"],
  column = "scheme and key",
): { readonly scheme: string; readonly key: NonNullable<Value> } {
  if (scheme === undefined || key === undefined) throw new Faulty(`${column}: both are needed`);
  const { keys, known, meant } = readKey(scheme, key);
  // What is written about a scheme that nobody has would open and shut nothing, in silence.
  if (!known)
    throw new Faulty(
      `${column}: no dataset has people by this scheme${meant === undefined ? "" : ` (did you mean "${meant}"?)`}`,
    );
  const [first] = keys;
  if (first === undefined) throw new Faulty(`${column}: keys of this scheme are whole numbers`);
  return { scheme, key: first };
}

function deciderOf(guardian: string | undefined, { by, readKey }: ImportTarget): DecidedBy {
  if (guardian === undefined) return { kind: "staff", who: by };
  const colon = guardian.indexOf(":");
  if (colon < 1) throw new Faulty("guardian: a person as SCHEME:KEY");
  return { kind: "guardian", ...personOf(guardian.slice(0, colon), guardian.slice(colon + 1), readKey, "guardian") };
}

/** Named as units, or by all the fields of them: a unit is decided on at once. */
function unitsOf(
  names: string | undefined,
  fields: string | undefined,
  asked: readonly ConsentUnit[],
): readonly ConsentUnit[] {
  const split = (text: string): string[] => text.split(/[\s,|]+/).filter((part) => part !== "");
  if ((names === undefined) === (fields === undefined)) throw new Faulty("units or fields: one of them is needed");
  const known = asked.map(({ name }) => name);
  if (names !== undefined) {
    const wanted = split(names);
    if (wanted.includes("*")) return asked;
    const unknown = wanted.find((name) => !known.includes(name));
    if (unknown === undefined) return asked.filter(({ name }) => wanted.includes(name));
    const meant = nearest(unknown, known);
    throw new Faulty(
      `units: this agreement asks for ${known.join(", ")}${meant === undefined ? "" : ` (did you mean "${meant}"?)`}`,
    );
  }
  const listed = new Set(split(fields ?? ""));
  const whole = asked.filter((unit) => unit.fields.every((field) => listed.has(field)));
  const covered = new Set<string>(whole.flatMap((unit) => unit.fields));
  const partly = asked.find((unit) => !whole.includes(unit) && unit.fields.some((field) => listed.has(field)));
  if (partly !== undefined)
    throw new Faulty(`fields: ${partly.name} is decided on at once; list all of ${partly.fields.join(" ")}, or none`);
  if ([...listed].some((field) => !covered.has(field))) throw new Faulty("fields: one of them is not in the agreement");
  return whole;
}

function momentOf(written: string | undefined, { timeZone, now, dialect }: ImportTarget): Date {
  const french = dialect === "fr" ? /^(\d{2})\/(\d{2})\/(\d{4})(.*)$/.exec(written ?? "") : null;
  const text =
    french === null ? (written ?? "") : `${french[3] ?? ""}-${french[2] ?? ""}-${french[1] ?? ""}${french[4] ?? ""}`;
  // "7d" is a moment for a person at a terminal, and none for a record.
  const at = /^\d{4}-/.test(text) ? parseMoment(text, { now, timeZone, edge: "start" }) : null;
  if (at === null)
    throw new Faulty(
      `at: a day or a moment, such as 2026-05-31 or 2026-05-31T14:05${dialect === "fr" ? ", or 31/05/2026" : ""}`,
    );
  return new Date(at);
}

function shownOf(
  version: string | undefined,
  language: string | undefined,
  { textOf }: ImportTarget,
): Deciding["shown"] {
  if (language !== "fr" && language !== "en") throw new Faulty("language: fr or en");
  if (version === undefined) throw new Faulty("textVersion: which text the person had before their eyes");
  const text = textOf(version, language);
  if (text === null)
    throw new Faulty(
      "textVersion: no text of this version and language; put it into the folder named by --texts, or give the SHA-256 of one on record",
    );
  return { language, text, textVersion: createHash("sha256").update(text, "utf8").digest("hex"), channel: "import" };
}

/** The agreement's last day unless written: nobody consented to more. */
function untilOf(written: string | undefined, { snapshot, dialect }: ImportTarget): string {
  const french = dialect === "fr" ? /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(written ?? "") : null;
  const day =
    french === null ? (written ?? snapshot.until) : `${french[3] ?? ""}-${french[2] ?? ""}-${french[1] ?? ""}`;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Faulty("until: a day such as 2027-07-31");
  return day < snapshot.until ? day : snapshot.until;
}

/** The same line of the same file is the same decision, however often it is imported. Empty: no id is given. */
function idOf(written: string | undefined, { agreement, tenant }: ImportTarget): string {
  if (written === undefined) return "";
  if (written.length > 200) throw new Faulty("id: at most 200 characters");
  const bytes = createHash("sha256")
    .update(JSON.stringify([tenant, agreement, written]), "utf8")
    .digest()
    .subarray(0, 16);
  // A UUID of version 8 (RFC 9562): of our own making.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
