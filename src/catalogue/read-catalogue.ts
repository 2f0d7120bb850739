import { GraphQLError, Lexer, parse, Source, TokenKind, type DocumentNode, type Token } from "graphql";
import { coordinate, nearest, type Coordinate, type DatasetName, type FileFault } from "../terms/index.js";
import type { Catalogue, Dataset, DatasetStatus, DerivedField, Field, Link, Member } from "./catalogue.js";
import { checkColumnTypes } from "./check-columns.js";
import { checkRootNames, checkTypeNames, checkTypeTags, typeTagOf, type RootNames } from "./check-names.js";
import { FaultList, spanOf } from "./fault-list.js";
import { resolveDerived, type DerivedSources } from "./resolve-derived.js";
import { readTypes, type DerivedDraft, type FieldDraft, type LinkDraft, type TypeDraft } from "./read-types.js";
import { usualWeights } from "./read-cost.js";
import { resolveKey } from "./resolve-keys.js";
import { checkShapes, resolveLinks, type LinkPairs } from "./resolve-links.js";
import { resolveSubjects, type Subjects } from "./resolve-subjects.js";

export interface ReadOptions {
  /** As faults name it: `schema.graphql`. */
  readonly file: string;
  /** Names of the tenant's sources in `gateway.yaml`. */
  readonly sources: ReadonlySet<string>;
}

export interface CatalogueRead {
  /** Null as soon as there is one fault; warnings do not refuse. */
  readonly catalogue: Catalogue | null;
  /** In the order of the file. */
  readonly faults: readonly FileFault[];
}

/** Reads `schema.graphql` (DESIGN, "The town folder"). Every mistake is told at once. */
export function readCatalogue(sdl: string, options: ReadOptions): CatalogueRead {
  const faults = new FaultList(options.file);
  const document = parseSdl(sdl, faults);
  if (document === null) return { catalogue: null, faults: faults.sorted() };

  const types = readTypes(document, faults);
  checkTypeNames(types, faults);
  checkTypeTags(types.values(), faults);
  const roots = checkRootNames(types.values(), faults);
  const keys = new Map([...types].map(([name, type]) => [name, resolveKey(type, faults)]));
  const pairs = resolveLinks(types, faults);
  checkShapes(pairs, keys, faults);
  checkColumnTypes(types, pairs, faults);
  const subjects = resolveSubjects(types, pairs, faults);
  const derived = resolveDerived(types, faults);
  for (const type of types.values()) checkDataset(type, options.sources, faults);

  const parts = { types, roots, keys, pairs, subjects, derived };
  return { catalogue: faults.refused ? null : buildCatalogue(parts), faults: faults.sorted() };
}

function parseSdl(sdl: string, faults: FaultList): DocumentNode | null {
  try {
    const deep = nestedTooDeep(sdl);
    if (deep === null) return parse(sdl);
    faults.addAt({ line: deep.line, column: deep.column }, "syntax", "syntax error: brackets are nested too deeply");
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [place] = error.locations ?? [];
    const span = { line: place?.line ?? 1, column: place?.column ?? 1 };
    faults.addAt(span, "syntax", error.message.replace(/^Syntax Error: /, "syntax error: "));
  }
  return null;
}

const steps: ReadonlyMap<TokenKind, 1 | -1> = new Map([
  [TokenKind.BRACKET_L, 1],
  [TokenKind.BRACE_L, 1],
  [TokenKind.PAREN_L, 1],
  [TokenKind.BRACKET_R, -1],
  [TokenKind.BRACE_R, -1],
  [TokenKind.PAREN_R, -1],
]);

/** The parser goes one call deeper for each bracket: an honest file has few, and the stack must not end first. */
function nestedTooDeep(sdl: string): Token | null {
  const lexer = new Lexer(new Source(sdl));
  let depth = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    depth += steps.get(token.kind) ?? 0;
    if (depth > 50) return token;
  }
  return null;
}

// ISO 8601 durations of the calendar: P1D, PT1H, P1Y6M.
const duration = /^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/;

function checkDataset(type: TypeDraft, sources: ReadonlySet<string>, faults: FaultList): void {
  const dataset = type.directives.one("dataset");
  if (dataset === null) return;
  const source = dataset.text("source");
  if (source !== null && !sources.has(source.text)) {
    const message = `unknown source "${source.text}": gateway.yaml lists ${[...sources].join(", ") || "none"}`;
    faults.add(source.node, "unknown-source", message, nearest(source.text, sources));
  }
  const updated = dataset.text("updated");
  if (updated !== null && !duration.test(updated.text)) {
    faults.add(updated.node, "duration", `"${updated.text}" is not an ISO 8601 duration, like P1D or PT1H`);
  }
  if (dataset.flag("open")) refusePersonal(type, faults);
  else warnOfNobody(type, faults);
}

/** The access log answers "who read this person's data" from subjects: data of nobody would be missing there. */
function warnOfNobody(type: TypeDraft, faults: FaultList): void {
  if (type.directives.each("subject").length > 0) return;
  for (const member of type.members.values()) {
    const personal = member.directives.one("personal");
    if (member.kind === "link" || personal === null || member.directives.each("subject").length > 0) continue;
    const message = `"${type.name}.${member.name}" is personal, but neither it nor its type says of whom: add @subject`;
    faults.warn(personal.node, "personal-without-subject", message);
  }
}

/** Open data is for everybody, with no agreement: nothing of a person may be in it. */
function refusePersonal(type: TypeDraft, faults: FaultList): void {
  const why = `"${type.name}" is open: true, which is refused on anything personal`;
  for (const subject of type.directives.each("subject")) faults.add(subject.node, "open-personal", why);
  for (const member of type.members.values()) {
    for (const name of ["personal", "subject"] as const) {
      for (const directive of member.directives.each(name)) faults.add(directive.node, "open-personal", why);
    }
  }
}

interface Parts {
  readonly types: ReadonlyMap<string, TypeDraft>;
  readonly roots: ReadonlyMap<string, RootNames>;
  readonly keys: ReadonlyMap<string, readonly FieldDraft[]>;
  readonly pairs: LinkPairs;
  readonly subjects: Subjects;
  readonly derived: DerivedSources;
}

function buildCatalogue(parts: Parts): Catalogue {
  const datasets = new Map([...parts.types].map(([name, type]) => [name, buildDataset(type, parts)]));
  const coordinates = new Map<string, Member>();
  const positions = new Map<string, { line: number; column: number }>();
  const groups = new Map<string, Coordinate[]>();
  for (const [name, type] of parts.types) {
    positions.set(name, placeOf(type));
    for (const member of datasets.get(name)?.members.values() ?? []) {
      coordinates.set(member.coordinate, member);
      const draft = type.members.get(member.name);
      if (draft !== undefined) positions.set(member.coordinate, placeOf(draft));
      for (const group of member.groups) groups.set(group, [...(groups.get(group) ?? []), member.coordinate]);
    }
  }
  const sorted = new Map([...groups].map(([name, members]) => [name, members.toSorted()]));
  return { datasets, groups: sorted, coordinates, labels: labelsOf(parts.types), positions };
}

function labelsOf(types: Parts["types"]): Catalogue["labels"] {
  const given = [...types].flatMap(([name, type]) => [
    [name, type.directives] as const,
    ...[...type.members].map(([member, draft]) => [`${name}.${member}`, draft.directives] as const),
  ]);
  return new Map(
    given.flatMap(([name, directives]) => {
      const label = directives.one("label");
      const [fr, en] = [label?.text("fr"), label?.text("en")];
      return fr == null || en == null ? [] : [[name, { fr: fr.text.trim(), en: en.text.trim() }] as const];
    }),
  );
}

function placeOf(draft: { readonly node: TypeDraft["node"] | FieldDraft["node"] }) {
  const { line, column } = spanOf(draft.node.name);
  return { line, column };
}

function buildDataset(type: TypeDraft, parts: Parts): Dataset {
  const members = new Map<string, Member>();
  for (const draft of type.members.values()) {
    if (draft.kind === "field") members.set(draft.name, buildField(type.name, draft, parts.subjects));
    if (draft.kind === "link") members.set(draft.name, buildLink(type.name, draft, parts.pairs));
    const from = draft.kind === "derived" ? parts.derived.get(draft) : undefined;
    if (draft.kind === "derived" && from !== undefined)
      members.set(draft.name, buildDerived(type.name, draft, buildField(type.name, from, parts.subjects)));
  }
  const key = (parts.keys.get(type.name) ?? []).flatMap((draft) => {
    const field = members.get(draft.name);
    return field?.kind === "field" ? [field] : [];
  });
  const dataset = type.directives.one("dataset");
  const text = (argument: string) => dataset?.text(argument)?.text ?? null;
  return {
    name: type.name as DatasetName,
    description: type.node.description?.value ?? null,
    source: text("source") ?? "",
    from: text("from") ?? "",
    ...(parts.roots.get(type.name) ?? { one: "", many: "" }),
    steward: text("steward"),
    // Not said is not shared.
    status: (text("status") ?? "QUALIFIED") as DatasetStatus,
    open: dataset?.flag("open") ?? false,
    licence: text("licence"),
    updated: text("updated"),
    key,
    members,
    subjects: parts.subjects.ofType.get(type) ?? [],
    typeTag: typeTagOf(type.name),
    cost: type.weight ?? usualWeights.object,
    assumedSize: type.assumedSize,
  };
}

function buildField(type: string, draft: FieldDraft, subjects: Subjects): Field {
  return {
    kind: "field",
    name: draft.name,
    coordinate: coordinate(type, draft.name),
    description: draft.node.description?.value ?? null,
    column: draft.column,
    personal: draft.personal,
    groups: draft.groups,
    subjects: subjects.ofField.get(draft) ?? [],
    cost: draft.weight ?? usualWeights.value,
    notForGuardians: draft.directives.one("notForGuardians") !== null,
  };
}

function buildDerived(type: string, draft: DerivedDraft, from: Field): DerivedField {
  // What is made of somebody's data is that somebody's data (RGPD art. 4(5)): a pseudonym and an age band are too.
  const personal = draft.personal ?? from.personal;
  return {
    kind: "derived",
    name: draft.name,
    coordinate: coordinate(type, draft.name),
    description: draft.node.description?.value ?? null,
    from,
    form: draft.form,
    personal: personal && { ...personal, special: personal.special || from.personal?.special === true },
    groups: draft.groups,
    subjects: from.subjects,
    cost: draft.weight ?? usualWeights.value,
    notForGuardians: draft.directives.one("notForGuardians") !== null || from.notForGuardians,
  };
}

function buildLink(type: string, draft: LinkDraft, pairs: LinkPairs): Link {
  return {
    kind: "link",
    name: draft.name,
    coordinate: coordinate(type, draft.name),
    description: draft.node.description?.value ?? null,
    target: draft.target as DatasetName,
    many: draft.many,
    on: pairs.get(draft) ?? [],
    groups: draft.groups,
    cost: draft.weight ?? usualWeights.link,
    assumedSize: draft.assumedSize,
    notForGuardians: draft.directives.one("notForGuardians") !== null,
  };
}
