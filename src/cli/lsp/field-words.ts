// What stands behind a cell of a rule, in words: short for a list, and whole for somebody who asks.
import { scalarOf, type Catalogue, type Dataset, type Member } from "../../catalogue/index.js";

/** `Date, personal: DateOfBirth` */
export function memberDetail(member: Member, dataset: Dataset | undefined): string {
  const type = member.kind === "link" ? `link to ${member.target}` : (scalarOf(member) ?? "");
  const status = dataset === undefined || dataset.status === "SHARED" ? "" : `, ${dataset.status}`;
  return `${type}${personalWords(member)}${status}`;
}

function personalWords(member: Member): string {
  if (member.kind === "link" || member.personal === null) return "";
  return `, personal${member.personal.special ? " (special category)" : ""}: ${member.personal.category}`;
}

export const datasetOf = (member: Member, catalogue: Catalogue): Dataset | undefined =>
  catalogue.datasets.get(member.coordinate.slice(0, member.coordinate.indexOf(".")));

/** Sentences about one field or link, as Markdown. */
export function memberSentences(member: Member, catalogue: Catalogue): string[] {
  const sentences = [`\`${member.coordinate}\`: ${described(member.description)}`];
  if (member.kind === "link") sentences.push(`A link to ${member.many ? "rows" : "a row"} of \`${member.target}\`.`);
  else {
    sentences.push(`Type \`${scalarOf(member) ?? ""}\`.`);
    if (member.kind === "derived") sentences.push(`${derivedWords(member)}.`);
    if (member.personal !== null)
      sentences.push(
        member.personal.special
          ? `Personal data of a special category (GDPR art. 9): ${member.personal.category}.`
          : `Personal data: ${member.personal.category}.`,
      );
    else if (member.subjects.length > 0) sentences.push("It is about a person.");
  }
  if (member.groups.length > 0) sentences.push(`Field groups: ${listed(member.groups.map((name) => `@${name}`))}.`);
  const dataset = datasetOf(member, catalogue);
  if (dataset !== undefined && dataset.status !== "SHARED")
    sentences.push(`\`${dataset.name}\` is ${dataset.status}, not SHARED: no rule has an effect on it until it is.`);
  return sentences;
}

/** `Made of \`Resident.birthDate\`: an age band of 5 years` */
function derivedWords({ from, form }: Extract<Member, { kind: "derived" }>): string {
  const made =
    form.kind === "age-band" ? `an age band of ${form.years} years` : "a pseudonym, another for each agreement";
  return `Made of \`${from.coordinate}\`: ${made}`;
}

export const described = (description: string | null): string =>
  description === null ? "without a description in schema.graphql." : sentence(plain(description));

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What a town wrote is text, and moves nothing in the editor's page. */
export const plain = (text: string): string =>
  text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]<>#|!~&]/g, "\\$&");

/** `a`, `b` and 12 more */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => `\`${name}\``);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  const last = shown.pop();
  return shown.length === 0 ? (last ?? "none") : `${shown.join(", ")} and ${last ?? ""}`;
}

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
