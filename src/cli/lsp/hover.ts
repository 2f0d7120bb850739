// What a person reads who rests on a cell: the cell explained, then the whole line in words.
import { MarkupKind, type Hover } from "vscode-languageserver/node";
import { maskWords, matchedCoordinates, openData, readMask, rowsWords } from "../../policy/index.js";
import { cellsAt, columnOf, type Column, type LineAt } from "./cells.js";
import { described, listed, memberSentences, plain } from "./field-words.js";
import { membershipWords, ruleWords } from "./rule-words.js";
import type { TenantView } from "./town-view.js";

export interface HoverAt {
  readonly path: string;
  /** The line's text; `line` and `character` from 0. */
  readonly text: string;
  readonly line: number;
  readonly character: number;
}

/** @param markdown the editor shows Markdown */
export function hover(view: TenantView, place: HoverAt, markdown: boolean): Hover | null {
  const at = cellsAt(place.text, place.character);
  if (at === null) return null;
  const paragraphs = [cellWords(at, view), ...lineWords(view, place)].filter((words) => words !== null);
  if (paragraphs.length === 0) return null;
  // What is said of the cell may be said of the line again.
  const text = [...new Set(paragraphs)].join("\n\n");
  return {
    contents: markdown
      ? { kind: MarkupKind.Markdown, value: text }
      : { kind: MarkupKind.PlainText, value: withoutMarks(text) },
    range: {
      start: { line: place.line, character: at.here.start },
      end: { line: place.line, character: at.here.end },
    },
  };
}

const withoutMarks = (text: string): string =>
  text.replace(/\\(.)|[`*]/g, (_, escaped: string | undefined) => escaped ?? "");

/** Empty where the line is none that could be read: its faults say why. */
function lineWords(view: TenantView, { path, line }: HoverAt): string[] {
  const isHere = ({ ref }: { ref: { file: string; line: number } }): boolean =>
    ref.file === path && ref.line === line + 1;
  const rule = view.rules.find(isHere);
  if (rule !== undefined) return ruleWords(rule, view);
  const membership = view.memberships.find(isHere);
  return membership === undefined ? [] : membershipWords(membership, view);
}

function cellWords(at: LineAt, view: TenantView): string | null {
  const { text } = at.here;
  const column = columnOf(at);
  if (column === null || !/^[\w@*.:-]+$/.test(text)) return null;
  return explainers[column](text, view);
}

type Explain = (text: string, view: TenantView) => string | null;

const explainers: Readonly<Record<Column, Explain>> = {
  // The line's own words say what it is.
  section: () => null,
  effect: () => null,
  application: explainApplication,
  group: explainApplication,
  purpose: explainPurpose,
  field: explainField,
  rows: explainRows,
  mask: (text) => {
    const mask = readMask(text);
    return mask === null ? null : `\`${text}\`: ${maskWords(mask)}.`;
  },
};

function explainApplication(text: string, { applications, agreements, memberships }: TenantView): string | null {
  if (text === "*") return "`*`: every application, those to come among them.";
  if (text === openData)
    return `\`${openData}\`: built in, for requests without a key. It reaches open datasets alone.`;
  if (text.startsWith("group:")) {
    const members = memberships.filter(({ group }) => group === text).map(({ application }) => application);
    return `\`${text}\`: a group of applications, with ${members.length === 0 ? "nobody in it" : listed(members)}.`;
  }
  const title = applications.get(text);
  if (title === undefined) return null;
  const agreed = agreements?.filter(({ application }) => application === text) ?? null;
  const words = agreed?.map(({ ref, standing }) => `\`${ref}\`, ${plain(standing)}`).join("; ");
  const known = agreed === null ? "" : ` Agreements: ${words === "" ? "none" : (words ?? "")}.`;
  return `\`${text}\`: ${title === null ? "an application that rules name" : `the application ${plain(title)}`}.${known}`;
}

function explainRows(text: string, { filters }: TenantView): string | null {
  if (text === "all" || text === "own") return `\`${text}\`: ${rowsWords(text)}.`;
  const filter = [...filters.values()].find(({ name }) => name === text);
  if (filter === undefined) return null;
  const said = filter.description === null ? "" : ` ${described(filter.description)}`;
  return `\`${text}\`: rows of \`${filter.dataset}\` where ${plain(filter.ref.text.replace(/^.*? where /, ""))}.${said}`;
}

function explainPurpose(text: string, { outline }: TenantView): string | null {
  if (text === "*") return "`*`: every purpose, those to come among them.";
  if (text === openData) return `\`${openData}\`: the built-in purpose of requests without a key.`;
  const purpose = outline.purposes.get(text);
  if (purpose === undefined) return null;
  return `\`${text}\`: ${plain(purpose.title ?? "a purpose of gateway.yaml")}. ${plain(purpose.text ?? "")}`.trim();
}

function explainField(text: string, { catalogue }: TenantView): string | null {
  if (catalogue === null) return null;
  const member = catalogue.coordinates.get(text);
  if (member !== undefined) return memberSentences(member, catalogue).join(" ");
  const coordinates = matchedCoordinates(text, catalogue);
  if (coordinates.length === 0) return null;
  const dataset = text.endsWith(".*") ? catalogue.datasets.get(text.slice(0, -2)) : undefined;
  const about = dataset === undefined ? "" : ` ${described(dataset.description)}`;
  return `\`${text}\`:${about} ${coordinates.length} fields: ${listed(coordinates, 20)}.`;
}
