// An agreement in words.
import type { AgreementView, VersionView } from "../identity/index.js";
import { peopleParts } from "./agreement-people.js";
import { localTime } from "./moments.js";
import { labelled } from "./table.js";

/** What requests under it get today, and what waits for a decision. */
export function standingWords({ approved, standing, versions, suspendedReason }: AgreementView): string {
  const waiting = versions.filter(({ state, number }) => state === "draft" && number > (approved?.number ?? 0)).at(-1);
  const waits = waiting === undefined ? "" : `; version ${waiting.number} waits for a DPO`;
  if (approved === null || standing === null) return waiting === undefined ? "rejected" : `draft${waits}`;
  return now() + waits;

  function now(): string {
    if (standing?.inForce !== false) return `in force until ${approved?.snapshot.until ?? ""}`;
    if (standing.why === "expired") return `expired since ${standing.date}`;
    if (standing.why === "not-yet") return `in force from ${standing.date}`;
    return `suspended since ${standing.date}${suspendedReason === null ? "" : ` (${suspendedReason})`}`;
  }
}

export function agreementStory(agreement: AgreementView, version: VersionView, timeZone: string): string[] {
  const { snapshot } = version;
  const { recipient } = snapshot;
  return labelled([
    ["Agreement", `${agreement.ref}, ${standingWords(agreement)}`],
    ["Version", `${version.number} of ${agreement.versions.length}, ${stateWords(version, timeZone)}`],
    ["Drafted", `${localTime(version.draftedAt, timeZone)} by ${version.draftedBy}`],
    ["Recipient", `${recipient.name}, ${recipient.contact} (${recipient.role}; its own basis: ${recipient.basis})`],
    ["Basis", snapshot.basis + (snapshot.basisNote === null ? "" : `: ${snapshot.basisNote}`)],
    ["Dates", `${snapshot.from} to ${snapshot.until}, both days included`],
    ["Volume", snapshot.volumePerDay === null ? "not declared" : `${snapshot.volumePerDay} requests a day`],
    ["Retention", snapshot.retention ?? "not declared"],
    ["Refused field", snapshot.refusal === "null" ? "null with an error" : "the whole request is refused"],
    ...peopleParts(snapshot),
    [`Fields (${snapshot.fields.length})`, snapshot.fields.join("\n")],
  ]);
}

export function stateWords({ state, decidedBy, decidedAt, decisionNote }: VersionView, timeZone: string): string {
  if (state === "draft") return "a draft that waits for a DPO";
  const when = decidedAt === null ? "" : ` ${localTime(decidedAt, timeZone)}`;
  return `${state}${when} by ${decidedBy ?? "someone"}${decisionNote === null ? "" : `: ${decisionNote}`}`;
}
