// A service's structure and the town's schema.graphql → the same text with what is new put in. Pure: nothing is read or
// written here. Nothing that stands in the file is changed, and nothing becomes readable by it (law 1): what is new is
// QUALIFIED, and a type that is shared gets comments.
import { readCatalogue } from "../../catalogue/index.js";
import type { Structure, StructureTable } from "../../sources/index.js";
import { hasFault, type FileFault } from "../../terms/index.js";
import { isNew, staysComment, type TypeModel } from "./model.js";
import { NamesOfTypes } from "./names.js";
import { addMembers } from "./propose-links.js";
import { addSubjects } from "./propose-subjects.js";
import { proposedType, type LeftTable } from "./propose-types.js";
import { isBlank, readTown, type TownTypes } from "./read-town.js";
import { commentedMembers, leftOutComment, memberLines, typeLines } from "./write-sdl.js";

export interface ProposeOptions {
  /** As faults name it. */
  readonly file: string;
  readonly source: string;
  /** All the tenant's sources. */
  readonly sources: ReadonlySet<string>;
  /** Which tables are wanted, by `from`. */
  readonly wanted: (from: string) => boolean;
}

export interface Proposal {
  /** What the file would be; equal to what it is where nothing is new. */
  readonly sdl: string;
  /** Names of types, in order. */
  readonly newTypes: readonly string[];
  readonly moreFields: readonly string[];
  readonly counts: {
    readonly fields: number;
    readonly links: number;
    readonly guessed: number;
    readonly personal: number;
  };
  /** Sentences for the person: what could not be proposed, what the service has no more. */
  readonly notes: readonly string[];
  /** Proposals for the source's settings, by `from`; of new types only. */
  readonly settings: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Faults of the result, were it written: always empty but by a mistake of ours. */
  readonly faults: readonly FileFault[];
}

/** @returns faults of the file as it is, or the proposal */
export function propose(sdl: string, structure: Structure, options: ProposeOptions): Proposal | readonly FileFault[] {
  const tables = tablesOf(structure);
  const town = readTown(sdl, { ...options, tables });
  if (!("types" in town)) return town;
  const bound = alone(town.types.map((type) => (options.wanted(type.from) ? type : { ...type, table: null })));
  const known = new Set(town.types.flatMap((type) => (type.source === options.source ? [type.from] : [])));
  const names = new NamesOfTypes(bound, town.names);
  const made = [...tables.values()]
    .filter(({ from }) => options.wanted(from) && !known.has(from) && !town.settledTables.has(from))
    .map((table) => proposedType(table, options.source, names));
  const fresh = made.filter((one): one is TypeModel => "name" in one);
  const left = made.filter((one): one is LeftTable => !("name" in one));
  const all = [...bound, ...fresh];
  addMembers(all);
  addSubjects(fresh);
  const put = insert(sdl, town, all, left);
  // Comments alone make no file that loads.
  const result = isBlank(put) ? sdl : put;
  const read = result === sdl ? { faults: [] } : readCatalogue(result, options);
  return {
    sdl: result,
    newTypes: fresh.map(({ name }) => name),
    moreFields: bound.filter((type) => memberLines(type, "").length > 0).map(({ name }) => name),
    counts: countsOf(all),
    notes: [
      ...left.map(({ from, reason }) => `${from} is not proposed: ${reason}.`),
      ...goneFrom(town.types, tables, options),
      ...structure.notes,
    ],
    settings: new Map(fresh.flatMap(({ from, table }) => (table?.settings == null ? [] : [[from, table.settings]]))),
    faults: hasFault(read.faults) ? read.faults.filter(({ severity }) => severity === "fault") : [],
  };
}

/** As the door of structures has it: what is longer is no name, and no comment would be read again that holds it. */
const longestName = 500;

/** The first of each name: a service that names something twice is not believed the second time. */
function tablesOf({ tables }: Structure): ReadonlyMap<string, StructureTable> {
  const first = <T>(items: readonly T[], name: (item: T) => string): ReadonlyMap<string, T> =>
    new Map(items.toReversed().map((item) => [name(item), item]));
  const writable = tables.filter(({ from }) => from.trim() !== "" && from.isWellFormed() && from.length <= longestName);
  return new Map(
    [...first(writable, ({ from }) => from)]
      .map(([from, table]): [string, StructureTable] => {
        const columns = [
          ...first(
            table.columns.filter(({ name }) => name.length <= longestName),
            ({ name }) => name,
          ).values(),
        ].toReversed();
        return [from, { ...table, columns, key: [...new Set(table.key)] }];
      })
      .toReversed(),
  );
}

/** Two types may show one table: what either shows is known, and only the first is added to. */
function alone(types: readonly TypeModel[]): readonly TypeModel[] {
  const firsts = new Map<string, TypeModel>();
  return types.map((type) => {
    if (type.table === null) return type;
    const place = JSON.stringify([type.source, type.from]);
    const others = types.filter((other) => other !== type && other.source === type.source && other.from === type.from);
    const shown = others.flatMap((other) => [
      ...other.fields.keys(),
      ...other.hidden,
      ...other.linked,
      ...other.settled,
    ]);
    const mine = { ...type, settled: new Set([...type.settled, ...shown]) };
    if (firsts.has(place)) return { ...type, table: null };
    firsts.set(place, mine);
    return mine;
  });
}

function goneFrom(
  types: readonly TypeModel[],
  tables: ReadonlyMap<string, StructureTable>,
  { source, wanted }: ProposeOptions,
): readonly string[] {
  return types
    .filter((type) => type.source === source && wanted(type.from))
    .flatMap((type) => {
      const table = tables.get(type.from);
      if (table === undefined) return [`${type.name}: the service has no ${type.from}. The type stays in the file.`];
      const has = new Set(table.columns.map(({ name }) => name));
      const gone = [...type.fields.keys(), ...type.linked].filter((column) => !has.has(column));
      const named = [...new Set(gone)].map((column) => JSON.stringify(column)).join(", ");
      return gone.length === 0
        ? []
        : [`${type.name}: the service has no column ${named} any more. Nothing is deleted.`];
    });
}

function countsOf(types: readonly TypeModel[]): Proposal["counts"] {
  const fields = types.flatMap((type) => [...type.fields.values()].filter((field) => field.isNew));
  const links = types.flatMap((type) => type.links);
  return {
    fields: fields.length,
    links: links.length,
    guessed: links.filter(({ guessed }) => guessed !== null).length,
    personal: fields.filter(({ personal }) => personal !== null).length,
  };
}

/** Puts text in at places that the parser gave; every character that was there stays. */
function insert(sdl: string, town: TownTypes, types: readonly TypeModel[], left: readonly LeftTable[]): string {
  const eol = /\r\n/.test(sdl) ? "\r\n" : "\n";
  const text = (lines: readonly string[]): string => lines.flatMap((line) => line.split("\n")).join(eol);
  const places = types
    .filter((type) => !isNew(type))
    .flatMap((type) => {
      const lines = staysComment(type) ? commentedMembers(type, "  ") : memberLines(type, "  ");
      const end = town.ends.get(type.name);
      return lines.length === 0 || end === undefined ? [] : [{ end, lines }];
    })
    .toSorted((a, b) => b.end - a.end);
  let result = sdl;
  for (const { end, lines } of places) {
    // Before the line of the brace, or before the brace where something else stands on its line.
    const start = Math.max(result.lastIndexOf("\n", end - 1), result.lastIndexOf("\r", end - 1)) + 1;
    const isAlone = result.slice(start, end).trim() === "" && start > 0;
    result = isAlone
      ? `${result.slice(0, start)}${text(lines)}${eol}${result.slice(start)}`
      : `${result.slice(0, end)}${eol}${text(lines)}${eol}${result.slice(end)}`;
  }
  const blocks = [
    ...types.filter(isNew).map((type) => text(typeLines(type))),
    ...(left.length === 0 ? [] : [text(left.map(({ from, reason }) => leftOutComment(from, reason)))]),
  ];
  if (blocks.length === 0) return result;
  const gap = result === "" || result === "\ufeff" ? "" : /[\n\r]$/.test(result) ? eol : eol + eol;
  return `${result}${gap}${blocks.join(eol + eol)}${eol}`;
}
