// Proposed types and fields as text of schema.graphql. Whatever a service says of itself is put in quotes, escaped and
// bounded: its text never becomes a line of ours.
import { boundedText } from "../../accesslog/index.js";
import { defaultRoots, isSpecialCategory } from "../../catalogue/index.js";
import { shownField, type FieldModel, type LinkModel, type TypeModel } from "./model.js";

const longestDescription = 300;
const longestReason = 300;

/** A text in quotes, as GraphQL and JSON both read it. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, escapedUnit);

const escapedUnit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** One line, without characters that act on a terminal or an editor. */
const oneLine = (text: string, longest: number): string =>
  boundedText(
    text
      .slice(0, longest * 4)
      .replace(/[\s\p{Cc}]+/gu, " ")
      .trim(),
    longest,
  ).replaceAll(/[\u200b\u2060]/g, "");

const comment = (text: string): string => `# ${oneLine(text, longestReason)}`;

export const leftOutComment = (name: string, reason: string): string =>
  `# left out: ${quoted(name)}: ${oneLine(reason, longestReason)}`;

function description(text: string | null, indent: string): readonly string[] {
  const line = oneLine(text ?? "", longestDescription).replaceAll('"""', '\\"""');
  return line === "" ? [] : [`${indent}"""`, `${indent}${line}`, `${indent}"""`];
}

/** The lines of a type that is new. */
export function typeLines(type: TypeModel): readonly string[] {
  const body = memberLines(type, "  ");
  const notes = [
    ...(type.renamedFrom === null ? [] : [`the name ${type.renamedFrom} is taken or reserved`]),
    ...(type.keyGuess === null ? [] : [type.keyGuess]),
    ...subjectNotes(type),
  ];
  return [
    ...notes.map(comment),
    ...description(type.table?.description ?? null, ""),
    `type ${type.name}`,
    ...datasetLines(type),
    `  @key(fields: ${quoted(type.key.map((column) => type.fields.get(column)?.name ?? "").join(" "))})${subjects(type)} {`,
    ...body,
    "}",
  ];
}

function datasetLines({ name, source, from, many }: TypeModel): readonly string[] {
  const usual = defaultRoots(name).many;
  const parts = [
    `source: ${quoted(source)}`,
    `from: ${quoted(from)}`,
    ...(many === usual ? [] : [`many: ${quoted(many)}`]),
    "status: QUALIFIED",
  ];
  const line = `  @dataset(${parts.join(", ")})`;
  return line.length <= 120 ? [line] : ["  @dataset(", ...parts.map((part) => `    ${part}`), "  )"];
}

function subjects({ register, fields, via }: TypeModel): string {
  const own =
    register === null
      ? []
      : [`@subject(scheme: ${quoted(register.scheme)}, field: ${quoted(fields.get(register.column)?.name ?? "")})`];
  return [...own, ...via.map((name) => `@subject(via: ${quoted(name)})`)].map((text) => `\n  ${text}`).join("");
}

function subjectNotes(type: TypeModel): readonly string[] {
  const personal = [...type.fields.values()].some((field) => field.personal !== null);
  if (type.register !== null)
    return ["@subject is guessed: each row seems to be a person. Check it, and give the register's usual scheme"];
  if (type.via.length > 0) return ["@subject is guessed from links to people: check of whom a row tells"];
  return personal ? ["@subject is needed: fields below are personal, and nothing here tells of whom"] : [];
}

/** What is new in a type: fields, links, and columns that cannot be fields. */
export function memberLines(type: TypeModel, indent: string): readonly string[] {
  const fields = [...type.fields.values()].filter((field) => field.isNew);
  return [
    ...fields.flatMap((field) => fieldLines(field, indent)),
    ...type.links.flatMap((link) => linkLines(type, link, indent)),
    ...leftOutLines(type, indent),
  ];
}

const leftOutLines = (type: TypeModel, indent: string): readonly string[] =>
  [...type.leftOut].map(([column, reason]) => `${indent}${leftOutComment(column, reason)}`);

/** The same in a comment, each member one line: to be taken over by hand. */
export function commentedMembers(type: TypeModel, indent: string): readonly string[] {
  const fields = [...type.fields.values()].filter((field) => field.isNew);
  const members = [
    ...fields.flatMap((field) => [...personalNote(field), fieldLine(field)]),
    ...type.links.map((link) => linkLine(type, link)),
  ];
  const said = "proposed, and not shared: rules for this type could open it. Take the # away to add a field";
  return [
    ...(members.length === 0 ? [] : [`${indent}${comment(said)}`]),
    ...members.map((line) => `${indent}# ${line}`),
    ...leftOutLines(type, indent),
  ];
}

const fieldLines = (field: FieldModel, indent: string): readonly string[] => [
  ...description(field.description, indent),
  ...personalNote(field).map((note) => `${indent}# ${note}`),
  `${indent}${fieldLine(field)}`,
];

const personalNote = ({ personal, column }: FieldModel): readonly string[] =>
  personal === null ? [] : [oneLine(`column ${quoted(column.slice(0, 80))} looks like ${personal.why}`, longestReason)];

function fieldLine({ name, column, scalar, personal }: FieldModel): string {
  const bound = column === name ? "" : ` @column(name: ${quoted(column)})`;
  const special = personal !== null && isSpecialCategory(personal.category) ? ", special: true" : "";
  const mark = personal === null ? "" : ` @personal(category: ${quoted(personal.category)}${special})`;
  return `${name}: ${scalar}${bound}${mark}`;
}

const linkLines = (type: TypeModel, link: LinkModel, indent: string): readonly string[] => [
  ...(link.guessed === null ? [] : [`${indent}${comment(link.guessed)}`]),
  `${indent}${linkLine(type, link)}`,
];

function linkLine(type: TypeModel, { name, target, many, from, to }: LinkModel): string {
  const ends = (of: TypeModel, columns: readonly string[]): string =>
    columns.map((column) => quoted(shownField(of, column)?.name ?? column)).join(", ");
  return `${name}: ${many ? `[${target.name}!]` : target.name} @link(from: [${ends(type, from)}], to: [${ends(target, to)}])`;
}
