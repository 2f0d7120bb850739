// Decisions of people as staff read them.
import type { ConsentEvent } from "../consent/index.js";
import { localTime } from "./moments.js";
import { firstFew, labelled, tableLines } from "./table.js";

export const decisions = [
  "given",
  "refused",
  "withdrawn",
  "objected",
  "objection-withdrawn",
  "upheld",
  "rejected",
] as const satisfies readonly ConsentEvent["decision"][];

/** What stands for a person, short: enough to see that two lines are about one, and no key. */
export const shortToken = (scheme: string, token: string): string => `${scheme} …${token.slice(-8)}`;

export function deciderWords({ by, shown }: ConsentEvent): string {
  if (by.kind === "guardian") return `a guardian (${shortToken(by.scheme, by.token)})`;
  if (by.kind === "staff") return shown === null ? `the town (${by.who})` : `the person, recorded by ${by.who}`;
  return shown?.channel === "import" ? "the person, in another system" : "the person";
}

/** The header first. */
export function eventLines(
  events: readonly ConsentEvent[],
  refOf: (event: ConsentEvent) => string,
  timeZone: string,
): string[] {
  const rows = events.map((event) => [
    event.id,
    localTime(event.at, timeZone).slice(0, 16),
    event.decision,
    refOf(event),
    firstFew(event.units, 30),
    shortToken(event.scheme, event.token),
  ]);
  const titles = ["id", "time", "decision", "agreement", "units", "person"];
  return tableLines(
    titles.map((title) => ({ title })),
    rows,
  );
}

/** The whole of one, but for what came after it. @param text what was shown */
export const eventStory = (event: ConsentEvent, ref: string, text: string | null, timeZone: string): string[] =>
  labelled([
    ["Decision", event.decision],
    ["Id", event.id],
    ["Time", `${localTime(event.at, timeZone)} (${timeZone})`],
    ["Agreement", `${ref}, version ${String(event.version)}, basis ${event.basis}`],
    ["Person", shortToken(event.scheme, event.token)],
    ["Decided by", deciderWords(event)],
    ["Units", event.units.join(", ")],
    ["Fields", event.fields.includes("*") ? "* (everything that the agreement holds)" : event.fields.join(", ")],
    ...(event.decision === "given" ? [["Until", event.until] as const] : []),
    ...(event.refersTo === null ? [] : [["Answers", `the objection ${event.refersTo}`] as const]),
    ["Reason", event.reason ?? "(none, or erased)"],
    ...(event.shown === null
      ? []
      : [
          ["Channel", event.shown.channel] as const,
          ["Text shown", `${event.shown.language}, version ${event.shown.textVersion}`] as const,
          ["", text ?? "(not kept)"] as const,
        ]),
  ]);
