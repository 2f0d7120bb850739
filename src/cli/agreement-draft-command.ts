// The command that drafts an agreement's next version, as a person would type it: the signed one with a change.
import type { Member } from "../catalogue/index.js";
import { localDay } from "./moments.js";
import type { Asked } from "./policy-asked.js";
import type { Session } from "./session.js";

/**
 * Several lines, joined by `\` for a POSIX shell.
 * @param adds a field that the next version lists too; null: the same fields with later dates
 */
export function draftCommand(asked: Asked, adds: Member | null, session: Session, at: Date): string {
  const { application, purpose, signed } = asked;
  if (signed === null) throw new Error("no agreement to draft a next version of");
  const { snapshot } = signed;
  const { recipient } = snapshot;
  const today = localDay(at, session.tenant.timeZone);
  const ended = snapshot.until < today;
  const fields = adds === null ? snapshot.fields : [...new Set([...snapshot.fields, adds.coordinate])].sort();
  const special = adds?.kind === "field" && adds.personal?.special === true;
  const note = snapshot.basisNote ?? (special ? "CONDITION OF ART. 9(2) AND REFERENCE OF THE DPIA" : null);
  const options: [string, string | null][] = [
    ["app", application],
    ["purpose", purpose],
    ["basis", snapshot.basis],
    ["recipient-name", recipient.name],
    ["recipient-contact", recipient.contact],
    ["recipient-role", recipient.role],
    ["recipient-basis", recipient.basis],
    ["from", ended ? today : snapshot.from],
    ["until", ended ? "LAST-DAY" : snapshot.until],
    ["volume", snapshot.volumePerDay === null ? null : String(snapshot.volumePerDay)],
    ["retention", snapshot.retention],
    ["refusal", snapshot.refusal === "null" ? null : snapshot.refusal],
    ["note", note],
    ["hidden-by-law", snapshot.hidden],
    ["fields", fields.join(",")],
    ["by", session.tenant.people.find(({ roles }) => roles.includes("admin"))?.email ?? "YOUR-EMAIL"],
  ];
  const given = options.flatMap(([name, value]) => (value === null ? [] : [`--${name} ${shellWord(value)}`]));
  if (snapshot.informationSociety) given.push("--information-society");
  return ["npx passerelle agreement draft", ...given].join(" \\\n  ");
}

/** What a shell takes as one word, as it is: whatever a recipient's name holds runs nothing. */
const shellWord = (text: string): string =>
  /^[A-Za-z0-9@%_+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
