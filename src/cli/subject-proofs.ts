// Until when what a person decided is kept as proof (RGPD art. 7(1), 17(3)(e)).
import type { ConsentEvent } from "../consent/index.js";
import type { Session } from "./session.js";
import type { Holdings } from "./subject-holdings.js";

/** A line for each agreement, with the day. */
export function proofLines({ tenant }: Session, { events, current, agreements }: Holdings): string[] {
  const years = Number(/\d+/.exec(tenant.retention.consentProofs)?.[0] ?? 5);
  const standing = new Set<string>(current.filter(({ terms }) => terms === null).map(({ agreement }) => agreement));
  return [...Map.groupBy(events, ({ agreement }) => agreement)].map(([agreement, own]) => {
    const ref = agreements.get(agreement)?.ref ?? agreement;
    const what = `${String(own.length)} ${own.length === 1 ? "decision" : "decisions"} under ${ref}`;
    if (standing.has(agreement)) return `${what}: an objection stands, and is kept for as long as it does`;
    const end = endOf(own);
    return `${what}, until ${yearsAfter(end, years)}: the proof of what was agreed (art. 7(1)), ${String(years)} years after it ended on ${end} (Code civil, art. 2224)`;
  });
}

/** The last day that any of them had an effect on: a consent's own end, or the day it was taken back. */
function endOf(events: readonly ConsentEvent[]): string {
  const last = events.at(-1);
  const latest = events.reduce((found, { day }) => (day > found ? day : found), "0000-00-00");
  return last?.decision === "given" && last.until > latest ? last.until : latest;
}

/** 29 February becomes 1 March where there is none. */
const yearsAfter = (day: string, years: number): string => {
  const [year, ...rest] = day.split("-");
  const at = new Date(`${String(Number(year) + years)}-${rest.join("-")}T00:00:00Z`);
  return at.toISOString().slice(0, 10);
};
