// What schema.graphql has already: its types, where text can be put in, and what its comments settle.
import { Kind, parse, type ConstDirectiveNode, type ObjectTypeDefinitionNode, type Token } from "graphql";
import { apiNames, readCatalogue, type Dataset } from "../../catalogue/index.js";
import type { StructureTable } from "../../sources/index.js";
import type { FileFault } from "../../terms/index.js";
import type { TypeModel } from "./model.js";

export interface TownTypes {
  readonly types: readonly TypeModel[];
  /** Tables that a comment outside all types names. */
  readonly settledTables: ReadonlySet<string>;
  /** By type name: offset in UTF-16 units of the brace that ends the type. */
  readonly ends: ReadonlyMap<string, number>;
  /** Names of types, theirs and derived. */
  readonly names: ReadonlySet<string>;
}

export interface ReadTown {
  readonly file: string;
  readonly source: string;
  readonly sources: ReadonlySet<string>;
  readonly tables: ReadonlyMap<string, StructureTable>;
}

/** Nothing but blanks, commas and comments: no fault, but nothing a parser takes either. */
export const isBlank = (sdl: string): boolean => /^\ufeff?(\s|,|#[^\n\r]*)*$/.test(sdl);

/** @returns the faults of a file that cannot be taken as it is, else its types */
export function readTown(sdl: string, town: ReadTown): TownTypes | readonly FileFault[] {
  if (isBlank(sdl)) return { types: [], settledTables: settledIn(commentsOf(sdl)), ends: new Map(), names: new Set() };
  const { catalogue, faults } = readCatalogue(sdl, town);
  if (catalogue === null) return faults;
  const document = parse(sdl);
  const comments = tokensFrom(document.loc?.startToken ?? null);
  const nodes = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const within = (node: ObjectTypeDefinitionNode) =>
    comments.filter(({ start }) => start > (node.loc?.start ?? 0) && start < (node.loc?.end ?? 0));
  const inTypes = new Set([...nodes.values()].flatMap(within));
  const types = [...catalogue.datasets.values()].flatMap((dataset) => {
    const node = nodes.get(dataset.name);
    return node === undefined ? [] : [modelOf(dataset, node, within(node), town)];
  });
  return {
    types: withHidden(types, catalogue.datasets),
    settledTables: settledIn(comments.filter((comment) => !inTypes.has(comment)).map(({ value }) => value)),
    ends: new Map([...nodes].map(([name, { loc }]) => [name, loc?.endToken.start ?? 0])),
    names: new Set(types.flatMap(({ name }) => [name, ...Object.values(apiNames(name))])),
  };
}

function tokensFrom(first: Token | null): readonly Token[] {
  const found: Token[] = [];
  for (let token = first; token !== null; token = token.next) if (token.kind === "Comment") found.push(token);
  return found;
}

/** Of a file that holds nothing else. */
const commentsOf = (sdl: string): readonly string[] =>
  sdl.split(/\r\n|[\n\r]/).flatMap((line) => (line.includes("#") ? [line.slice(line.indexOf("#") + 1)] : []));

function modelOf(
  dataset: Dataset,
  node: ObjectTypeDefinitionNode,
  comments: readonly Token[],
  { source, tables }: ReadTown,
): TypeModel {
  const members = [...dataset.members.values()];
  const fields = members.flatMap((member) =>
    member.kind === "field"
      ? [
          [
            member.column.name,
            {
              name: member.name,
              column: member.column.name,
              scalar: member.column.type,
              isNew: false,
              description: member.description,
              personal: null,
            },
          ] as const,
        ]
      : [],
  );
  const linked = members.flatMap((member) => (member.kind === "link" ? member.on.map(({ from }) => from.name) : []));
  const { name, from, one, many, status } = dataset;
  return {
    ...{ name, from, one, many, status },
    source: dataset.source,
    table: dataset.source === source ? (tables.get(from) ?? null) : null,
    key: dataset.key.map((field) => field.column.name),
    keyGuess: null,
    fields: new Map(fields),
    hidden: new Set(),
    members: new Set(dataset.members.keys()),
    links: [],
    linked: new Set(linked),
    settled: settledIn(comments.map(({ value }) => value)),
    leftOut: new Map(),
    register: registerOf(dataset, node),
    via: [],
    renamedFrom: null,
  };
}

/** Columns that only links name: at their own end, and where links of other types lead. */
function withHidden(types: readonly TypeModel[], datasets: ReadonlyMap<string, Dataset>): readonly TypeModel[] {
  const byName = new Map(types.map((type) => [type.name, type]));
  const hide = (name: string, column: string): void => {
    const type = byName.get(name);
    if (type?.fields.has(column) === false) type.hidden.add(column);
  };
  for (const dataset of datasets.values())
    for (const member of dataset.members.values())
      if (member.kind === "link")
        for (const { from, to } of member.on) {
          hide(dataset.name, from.name);
          hide(member.target, to.name);
        }
  return types;
}

function registerOf(dataset: Dataset, node: ObjectTypeDefinitionNode): TypeModel["register"] {
  for (const directive of node.directives ?? []) {
    const scheme = argument(directive, "scheme");
    const member = dataset.members.get(argument(directive, "field") ?? "");
    if (directive.name.value === "subject" && scheme !== null && member?.kind === "field")
      return { scheme, column: member.column.name };
  }
  return null;
}

function argument(directive: ConstDirectiveNode, name: string): string | null {
  const value = directive.arguments?.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : null;
}

/** What comments settle: `left out: "column"`, and whole fields in a comment, as `map` writes them for shared types. */
function settledIn(comments: readonly string[]): ReadonlySet<string> {
  return new Set(comments.flatMap((comment) => [...leftOutIn(comment), ...fieldIn(comment)]));
}

function leftOutIn(comment: string): readonly string[] {
  const said = /^\s*left out:\s*(?:("(?:[^"\\]|\\.)*")|([^\s,:;]+))/.exec(comment);
  if (said === null) return [];
  if (said[1] === undefined) return [said[2] ?? ""];
  try {
    const text: unknown = JSON.parse(said[1]);
    return typeof text === "string" ? [text] : [];
  } catch {
    return [];
  }
}

const longestComment = 2_000;

function fieldIn(comment: string): readonly string[] {
  if (comment.length > longestComment || !/^\s*[_A-Za-z]\w*\s*:/.test(comment)) return [];
  try {
    const [type] = parse(`type X { ${comment}\n }`).definitions;
    const [field] = type?.kind === Kind.OBJECT_TYPE_DEFINITION ? (type.fields ?? []) : [];
    const directives = field?.directives ?? [];
    const link = directives.find(({ name }) => name.value === "link");
    if (link !== undefined) return linkColumns(link);
    const column = directives.find(({ name }) => name.value === "column");
    return [column === undefined ? (field?.name.value ?? "") : (argument(column, "name") ?? "")];
  } catch {
    return [];
  }
}

function linkColumns(link: ConstDirectiveNode): readonly string[] {
  const value = link.arguments?.find(({ name }) => name.value === "from")?.value;
  const items = value?.kind === Kind.LIST ? value.values : [];
  return items.flatMap((item) => (item.kind === Kind.STRING ? [item.value] : []));
}
