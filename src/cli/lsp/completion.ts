// What can stand in the cell that is being written.
import { CompletionItemKind, type CompletionItem, type CompletionList } from "vscode-languageserver/node";
import type { Catalogue, Member } from "../../catalogue/index.js";
import {
  isAboutSomebody,
  maskFits,
  maskKinds,
  maskWords,
  matchedCoordinates,
  openData,
  rowsWords,
} from "../../policy/index.js";
import { cellsAt, cellText, columnOf, type LineAt } from "./cells.js";
import { counted, datasetOf, memberDetail } from "./field-words.js";
import { mayOnlyDeny, type TenantView } from "./town-view.js";

/** One thing that can be written, the likeliest first. */
interface Offer {
  readonly text: string;
  readonly detail: string;
  readonly documentation?: string | null;
  readonly kind: CompletionItemKind;
}

/** As many as an editor shows; the rest comes with further letters. */
const mostOffers = 500;

/** @param line of the document, `line` and `character` from 0 */
export function complete(
  view: TenantView,
  path: string,
  text: string,
  position: { readonly line: number; readonly character: number },
): CompletionList {
  const at = cellsAt(text, position.character);
  if (at === null) return { isIncomplete: false, items: [] };
  const typed = text.slice(at.here.start, position.character).trim().toLowerCase();
  const offers = offersFor(at, view, mayOnlyDeny(path)).filter((offer) => fits(offer.text, typed));
  const range = {
    start: { line: position.line, character: at.here.start },
    end: { line: position.line, character: at.here.end },
  };
  const items = offers
    .slice(0, mostOffers)
    .map(({ text: newText, detail, documentation, kind }, index): CompletionItem => ({
      label: newText,
      kind,
      detail,
      sortText: String(index).padStart(5, "0"),
      filterText: newText,
      textEdit: { range, newText },
      ...(documentation ? { documentation } : {}),
    }));
  return { isIncomplete: offers.length > mostOffers, items };
}

/** Letters in their order, as editors match: `resmail` finds `Resident.email`. */
function fits(offered: string, typed: string): boolean {
  let from = 0;
  const text = offered.toLowerCase();
  for (const letter of typed) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

function offersFor(at: LineAt, view: TenantView, onlyDeny: boolean): readonly Offer[] {
  switch (columnOf(at)) {
    case "section":
      return onlyDeny ? sections.slice(0, 1) : sections;
    case "application":
      return at.section === "p" ? [...applications(view), ...groups(view), everyone] : applications(view);
    case "group":
      return groups(view);
    case "purpose":
      return purposes(view, cellText(at, "application"));
    case "field":
      return fields(view, onlyDeny || cellText(at, "effect") === "deny");
    case "rows":
      return effectOf(at, onlyDeny, rowsOffers(view, at), [value("-", "in a deny: it holds for all rows")]);
    case "mask":
      return effectOf(at, onlyDeny, maskOffers(view, cellText(at, "field")), [value("-", "in a deny")]);
    case "effect":
      return onlyDeny ? [deny] : [allow, deny];
    case null:
      return [];
  }
}

const value = (text: string, detail: string): Offer => ({ text, detail, kind: CompletionItemKind.EnumMember });

const sections: readonly Offer[] = [
  { text: "p", detail: "a rule: p, app, purpose, field, rows, mask, eft", kind: CompletionItemKind.Keyword },
  { text: "g", detail: "an application's group: g, app, group:name", kind: CompletionItemKind.Keyword },
];
const allow = value("allow", "opens the field; any deny that matches wins");
const deny = value("deny", "closes the field, whatever else opens it");
const everyone = value("*", "every application");

/** What fits the line's effect; both while it is not written. */
function effectOf(
  at: LineAt,
  onlyDeny: boolean,
  opening: readonly Offer[],
  denying: readonly Offer[],
): readonly Offer[] {
  const effect = onlyDeny ? "deny" : cellText(at, "effect");
  if (effect === "allow") return opening;
  if (effect === "deny") return denying;
  return [...opening, ...denying.filter(({ text }) => !opening.some((offer) => offer.text === text))];
}

function applications({ applications: known, agreements }: TenantView): Offer[] {
  const named = [...known].map(([text, title]): Offer => {
    const agreed = agreements?.filter(({ application }) => application === text).map(({ ref }) => ref) ?? [];
    const detail = title ?? "named in the rules";
    return { text, detail, documentation: agreed.join("\n"), kind: CompletionItemKind.Module };
  });
  return [...named, { text: openData, detail: "built in: requests without a key", kind: CompletionItemKind.Module }];
}

function groups({ rules, memberships }: TenantView): Offer[] {
  const named = [...memberships.map(({ group }) => group), ...rules.map(({ application }) => application)];
  const names = [...new Set(named.filter((name) => name.startsWith("group:")))].sort();
  return names.map((text) => {
    const members = memberships.filter(({ group }) => group === text).map(({ application }) => application);
    const detail = members.length === 0 ? "a group without applications" : members.join(", ");
    return { text, detail, kind: CompletionItemKind.Class };
  });
}

/** Those that the application has an agreement for come first. */
function purposes({ outline, agreements }: TenantView, application: string): Offer[] {
  const agreed = new Set(agreements?.filter((one) => one.application === application).map(({ purpose }) => purpose));
  const named = [...outline.purposes].map(([text, { title, text: documentation }]): Offer => ({
    text,
    detail: `${title ?? "a purpose of gateway.yaml"}${agreed.has(text) ? `, agreed with ${application}` : ""}`,
    documentation,
    kind: CompletionItemKind.Enum,
  }));
  const own: Offer = { text: openData, detail: "built in: requests without a key", kind: CompletionItemKind.Enum };
  const offers = [...named, own];
  const first = (offer: Offer): number => (agreed.has(offer.text) || offer.text === application ? 0 : 1);
  return [...offers.sort((a, b) => first(a) - first(b)), value("*", "every purpose")];
}

function fields({ catalogue }: TenantView, inDeny: boolean): Offer[] {
  if (catalogue === null) return [];
  const named = [...catalogue.coordinates.values()].map((member): Offer => ({
    text: member.coordinate,
    detail: memberDetail(member, datasetOf(member, catalogue)),
    documentation: member.description,
    kind: member.kind === "link" ? CompletionItemKind.Reference : CompletionItemKind.Field,
  }));
  const datasets = [...catalogue.datasets.values()].map(({ name, description, members, status }): Offer => ({
    text: `${name}.*`,
    detail: `all ${members.size} fields of ${name}${status === "SHARED" ? "" : `, ${status}`}`,
    documentation: description,
    kind: CompletionItemKind.Struct,
  }));
  const fieldGroups = [...catalogue.groups].map(([name, coordinates]): Offer => ({
    text: `@${name}`,
    detail: counted(coordinates.length, "field"),
    documentation: coordinates.join("\n"),
    kind: CompletionItemKind.Class,
  }));
  return [...named, ...datasets, ...fieldGroups, ...(inDeny ? [value("*", "every field: in a deny alone")] : [])];
}

/** Those that can be told of every field that the line opens. */
function rowsOffers({ catalogue, filters }: TenantView, at: LineAt): Offer[] {
  const members = catalogue === null ? [] : membersOf(catalogue, cellText(at, "field"));
  const hasOwn = catalogue === null || members.every((member) => isAboutSomebody(member, catalogue));
  const named = [...filters.values()]
    .filter(({ dataset }) => members.every(({ coordinate }) => coordinate.startsWith(`${dataset}.`)))
    .map(({ name, ref, description }): Offer => ({ ...value(name, ref.text), documentation: description }));
  return [value("all", rowsWords("all")), ...(hasOwn ? [value("own", rowsWords("own"))] : []), ...named];
}

const membersOf = (catalogue: Catalogue, pattern: string): Member[] =>
  matchedCoordinates(pattern, catalogue).flatMap((coordinate) => catalogue.coordinates.get(coordinate) ?? []);

/** The masks that fit every field that the line opens. */
function maskOffers({ catalogue }: TenantView, pattern: string): Offer[] {
  const members = catalogue === null ? [] : membersOf(catalogue, pattern);
  return maskKinds
    .flatMap(({ offered }) => offered)
    .filter((mask) => members.every((member) => maskFits(mask, member)))
    .map((mask) => value(mask, maskWords(mask)));
}
