// Decisions in words, alike in every command about the rules.
import type { Standing } from "../identity/index.js";
import type { RuleRef } from "../policy/index.js";
import { localTime } from "./moments.js";
import type { Asked } from "./policy-asked.js";
import type { Obstacle } from "./policy-answer.js";
import type { Viewpoint } from "./policy-viewpoint.js";

/** `policies/rivemont/canteen.csv:3` */
export const placeOf = ({ file, line }: RuleRef): string => `${file}:${line}`;

/** In a list; the whole sentence is told by `policy explain`. */
export const obstacleWords: Readonly<Record<Obstacle, string>> = {
  "dataset-not-shared": "dataset not SHARED",
  denied: "denied",
  "no-rule": "no rule opens it",
  "statistics-only": "open to statistics alone",
  "no-agreement": "no agreement",
  "not-approved": "no approved version",
  "not-in-agreement": "not in the agreement",
  rebound: "bound otherwise since approved",
  suspended: "suspended",
  "not-yet": "not in force yet",
  expired: "ended",
};

function standsWords(standing: Standing): string {
  if (standing.inForce) return "in force";
  if (standing.why === "expired") return `ended on ${standing.date}`;
  return standing.why === "not-yet" ? `in force from ${standing.date}` : `suspended since ${standing.date}`;
}

export function agreementWords({ ref, signed, draft }: Asked): string {
  const waits = draft === null ? "" : `; version ${draft.number} waits for a DPO`;
  if (signed === null) return draft === null ? "none" : `${ref}, no approved version${waits}`;
  const { snapshot, standing, number } = signed;
  if (number === null) return `${ref}, built in: open data, for requests without a key`;
  return `${ref}, version ${number}, ${snapshot.from} to ${snapshot.until}, ${standsWords(standing)}${waits}`;
}

/** Under which version and at which moment an answer holds. */
export function viewWords({ version, applied, at, named }: Viewpoint, timeZone: string): string {
  if (applied === null) return `the files of the town folder, version ${version.id.slice(0, 12)}, not what is in force`;
  const since = `since ${localTime(applied.appliedAt, timeZone)}, by ${applied.author}: ${applied.message}`;
  const when = named ? `in force at ${localTime(at, timeZone)}` : "in force now";
  return `${version.id.slice(0, 12)}, ${when}, ${since}`;
}

/** The same as data. */
export const viewData = ({ version, applied, at }: Viewpoint) => ({
  at: at.toISOString(),
  policyVersion: version.id,
  files: applied === null,
  appliedAt: applied?.appliedAt.toISOString() ?? null,
  appliedBy: applied?.author ?? null,
  appliedWhy: applied?.message ?? null,
});

export const agreementData = ({ ref, signed, draft }: Asked) =>
  signed === null
    ? { ref, version: null, draft: draft?.number ?? null }
    : {
        ref,
        version: signed.number,
        draft: draft?.number ?? null,
        basis: signed.snapshot.basis,
        recipient: signed.snapshot.recipient.name,
        from: signed.snapshot.from,
        until: signed.snapshot.until,
        standing: signed.standing,
      };
