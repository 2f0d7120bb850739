// What can be said of a decision without reading anything.
import { createHash } from "node:crypto";
import { isDay, maxConsentUnits, type ConsentUnit, type Coordinate } from "../terms/index.js";
import { ConsentError } from "./consent-error.js";
import type { Deciding, Decision } from "./consent-event.js";
import type { Decided } from "./effective-state.js";
import { asksPeople } from "./unit-bits.js";

const decisionsOf: Readonly<Record<"consent" | "public-task", readonly Decision[]>> = {
  consent: ["given", "refused", "withdrawn"],
  "public-task": ["objected", "objection-withdrawn"],
};

/** @param today in the tenant's time zone @throws ConsentError */
export function checkDeciding(deciding: Deciding, today: string): void {
  checkBasis(deciding);
  checkUnits(deciding);
  const { until, decision, shown } = deciding;
  if (!isDay(until)) throw new ConsentError("invalid-date", "The last day must be a day of the calendar, YYYY-MM-DD.");
  if (decision === "given" && until < today)
    throw new ConsentError("already-ended", `The last day, ${until}, has passed: such a consent would open nothing.`);
  if (createHash("sha256").update(shown.text, "utf8").digest("hex") !== shown.textVersion)
    throw new ConsentError("other-text", "The text version is not the SHA-256 of the text that was shown.");
}

function checkBasis({ basis, decision }: Deciding): void {
  if (!asksPeople(basis))
    throw new ConsentError("asks-nobody", `Under the basis ${basis} nobody is asked: there is nothing to decide.`);
  const possible = decisionsOf[basis];
  if (!possible.includes(decision))
    throw new ConsentError("wrong-decision", `Under the basis ${basis} one can decide: ${possible.join(", ")}.`);
}

const nameOf = ({ name, fields }: ConsentUnit): string => JSON.stringify([name, [...fields].sort()]);

function checkUnits({ asked, units }: Deciding): void {
  if (asked.length > maxConsentUnits)
    throw new ConsentError("unknown-unit", `An agreement has at most ${String(maxConsentUnits)} units.`);
  if (units.length === 0) throw new ConsentError("unknown-unit", "Nothing was decided on: name at least one unit.");
  const known = new Set(asked.map(nameOf));
  const unknown = units.find((unit) => !known.has(nameOf(unit)));
  if (unknown !== undefined)
    throw new ConsentError(
      "unknown-unit",
      `This version of the agreement does not ask for "${unknown.name}" like this.`,
    );
}

/** Sorted and distinct; `*` alone for an objection (or its withdrawal) to the whole, which holds for units to come. */
export function decidedFields({ decision, units, asked }: Deciding): (Coordinate | "*")[] {
  const names = new Set(units.map(({ name }) => name));
  const objecting = decision === "objected" || decision === "objection-withdrawn";
  if (objecting && (names.has("*") || asked.every(({ name }) => names.has(name)))) return ["*"];
  return [...new Set(units.flatMap(({ fields }) => fields))].sort();
}

/** All but the end of a line. */
// eslint-disable-next-line no-control-regex -- a terminal would obey them
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** People's own words, bounded, without what a terminal would obey (law 13). */
export function keptReason(reason: string | undefined): string | null {
  const plain = (reason ?? "").toWellFormed().replace(controls, " ").trim();
  if (plain === "") return null;
  return plain.length <= 2_000 ? plain : `${plain.slice(0, 1_999).toWellFormed()}…`;
}

/**
 * A decision that comes from elsewhere undoes nothing that the same person decided after it: who withdrew yesterday is not
 * shared again because of a form of last year.
 * @throws ConsentError
 */
export function checkNotDecidedSince({ by, made }: Decided, events: readonly Decided[]): void {
  const since = events.filter((event) => event.by === by && event.refersTo === null);
  if (since.every((event) => made === undefined || event.made === undefined || event.made <= made)) return;
  throw new ConsentError(
    "decided-since",
    "The person has decided under this agreement since: the older decision counts no more. Leave the line out.",
  );
}
