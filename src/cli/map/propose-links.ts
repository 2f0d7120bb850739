// Links in both directions, from what the service declares and from names; and the fields that they leave to be shown.
import type { ScalarType } from "../../terms/index.js";
import { LinkGuesses } from "./guess-links.js";
import { isNew, scalarOf, shownField, type LinkModel, type TypeModel } from "./model.js";
import { memberName, wouldTake } from "./names.js";
import { addField, addFields, marksOf } from "./propose-types.js";
import { camel, wordsOf } from "./words.js";

/** A link to one row, before it has a name. */
interface Candidate {
  readonly type: TypeModel;
  readonly target: TypeModel;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly guessed: string | null;
}

/** Fields and links of all types, whose tables are at hand. @param all the town's types, then those to be proposed */
export function addMembers(all: readonly TypeModel[]): void {
  const types = all.filter(({ table }) => table !== null);
  const candidates = distinct([...types.flatMap((type) => declared(type, types)), ...guessed(types, all)]).filter(fits);
  const hidden = (type: TypeModel) =>
    new Set(
      candidates.flatMap((one) => (one.type === type ? one.from.filter((name) => !type.key.includes(name)) : [])),
    );
  const hiddenOf = new Map(types.map((type) => [type, hidden(type)]));
  for (const type of types) addFields(type, (column) => hiddenOf.get(type)?.has(column) !== true);
  for (const type of types)
    for (const column of hiddenOf.get(type) ?? []) if (!type.fields.has(column)) type.hidden.add(column);
  for (const candidate of candidates) addLink(candidate, candidates);
  for (const type of types) showWhatCannotHide(type);
  for (const type of types) settleTypes(type);
}

function declared(type: TypeModel, types: readonly TypeModel[]): readonly Candidate[] {
  return (type.table?.references ?? []).flatMap(({ columns, from, to }) => {
    const target = types.find((other) => other.from === from);
    if (target === undefined || columns.length === 0 || columns.length !== to.length) return [];
    return [{ type, target, from: columns, to, guessed: null }];
  });
}

function guessed(types: readonly TypeModel[], all: readonly TypeModel[]): readonly Candidate[] {
  const guesses = new LinkGuesses(all);
  return types.flatMap((type) => {
    const known = new Set((type.table?.references ?? []).flatMap(({ columns }) => columns));
    return (type.table?.columns ?? []).flatMap((column) => {
      const found = known.has(column.name) || type.linked.has(column.name) ? null : guesses.of(type, column);
      if (found === null) return [];
      return [{ type, target: found.target, from: [column.name], to: found.target.key, guessed: found.why }];
    });
  });
}

const distinct = (candidates: readonly Candidate[]): readonly Candidate[] => [
  ...new Map(candidates.map((one) => [JSON.stringify([one.type.name, one.from, one.target.name]), one])).values(),
];

/** What exists is left alone: a link is new where one of its ends is, or its column. */
function fits({ type, target, from, to }: Candidate): boolean {
  const isKnown = from.every((name) => type.fields.has(name) || type.hidden.has(name) || type.settled.has(name));
  if (isKnown && !isNew(type) && !isNew(target)) return false;
  if (from.some((name) => type.linked.has(name) || type.settled.has(name))) return false;
  return from.every((name, at) => {
    const [mine, theirs] = [scalarOf(type, name), scalarOf(target, to[at] ?? "")];
    return mine !== null && mine !== "GeoJSON" && theirs !== null && (mine === theirs || isWider(mine, theirs));
  });
}

const isWider = (mine: ScalarType, theirs: ScalarType): boolean => mine === "Int" && theirs === "SafeInt";

function addLink(candidate: Candidate, all: readonly Candidate[]): void {
  const { type, target, from, to, guessed: why } = candidate;
  const name = memberNameBeside(type, linkCandidates(candidate), from);
  put(type, { name, target, many: false, from, to, guessed: why });
  if (!isNew(type) && !isNew(target)) return;
  const many = !type.key.every((column) => from.includes(column));
  const several = all.filter((one) => one.type === type && one.target === target).length > 1 || type === target;
  const plain = many ? type.many : type.one;
  const by = `${plain}By${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const back = memberName(target, several ? [by] : [plain, by]);
  for (const column of to) if (!target.fields.has(column)) target.hidden.add(column);
  put(target, { name: back, target: type, many, from: to, to: from, guessed: why });
}

function put(type: TypeModel, link: LinkModel): void {
  type.links.push(link);
  type.members.add(link.name);
}

/** A link may be called as the column that it hides: that column is then shown under another name. */
function memberNameBeside(type: TypeModel, candidates: readonly string[], own: readonly string[]): string {
  const away = own.filter((column) => type.hidden.delete(column));
  const name = memberName(type, candidates);
  for (const column of away) type.hidden.add(column);
  return name;
}

/** `resident_id` → resident; where nothing is left, as the type is called. */
function linkCandidates({ target, from }: Candidate): readonly string[] {
  const [only, more] = from;
  const words = only === undefined || more !== undefined ? [] : wordsOf(only);
  const rest = words.filter((word, at) => !((at === 0 || at === words.length - 1) && ends.has(word)));
  const left = rest.length > 0 && !(rest.length === words.length && words.length === 1) ? camel(rest) : "";
  const bare = words.length === 1 && rest.length === 1 && !target.key.includes(only ?? "") ? camel(rest) : "";
  return [left, bare, target.one, `${target.one}Link`];
}

const ends: ReadonlySet<string> = new Set([
  "id",
  "ids",
  "fk",
  "uuid",
  "code",
  "num",
  "numero",
  "ref",
  "key",
  "uai",
  "insee",
]);

/** A hidden column whose name the loader would take for a member's is shown, under a name that says what it holds. */
function showWhatCannotHide(type: TypeModel): void {
  const isTaken = (column: string): boolean => [...type.members].some((name) => wouldTake(name, column));
  const isOurs = (column: string): boolean =>
    isNew(type) || type.links.some((link) => link.from.includes(column) && !type.linked.has(column));
  // Each that is shown is one more name.
  for (;;) {
    const taken = [...type.hidden].find((column) => isOurs(column) && isTaken(column));
    if (taken === undefined || !show(type, taken)) return;
  }
}

/** @returns whether it can be */
function show(type: TypeModel, column: string): boolean {
  const found = type.table?.columns.find(({ name }) => name === column);
  type.hidden.delete(column);
  if (found === undefined || found.scalar === null || type.fields.has(column)) return false;
  const own = camel(wordsOf(column));
  const name = memberName(type, [own === "id" ? "" : own, `${own}${found.scalar === "String" ? "Code" : "Number"}`]);
  const { scalar, description } = found;
  addField(type, name, { name: column, scalar, description }, marksOf(type).get(column) ?? null);
  return true;
}

/** Shown at both ends, linked fields have one type; shown at neither, they have none. */
function settleTypes(type: TypeModel): void {
  for (const link of [...type.links]) {
    const pairs = link.from.map((column, at) => ({ column, other: link.to[at] ?? "" }));
    for (const { column, other } of pairs)
      if (shownField(type, column) === null && shownField(link.target, other) === null) show(type, column);
    const isFine = pairs.every(({ column, other }) => {
      const [mine, theirs] = [shownField(type, column), shownField(link.target, other)];
      return mine === null || theirs === null ? mine !== theirs : mine.scalar === theirs.scalar;
    });
    if (isFine) continue;
    type.links.splice(type.links.indexOf(link), 1);
    type.members.delete(link.name);
  }
}
