// One dataset of schema.graphql held against what its service offers.
import type { Catalogue, Dataset, Member, SourceColumn } from "../catalogue/index.js";
import {
  type Source,
  SourceFailure,
  type SourceSettings,
  type Structure,
  type StructureColumn,
} from "../sources/index.js";
import { nearest, type ScalarType } from "../terms/index.js";
import { explained } from "./source-failures.js";

export interface Finding {
  /** `fault`: the dataset cannot be answered as it is. */
  readonly severity: "fault" | "warning" | "note";
  /** Stable, kebab-case. */
  readonly code: string;
  /** What it is, and what to do. */
  readonly message: string;
}

export interface CheckedDataset {
  readonly dataset: string;
  readonly from: string;
  readonly status: Dataset["status"];
  readonly findings: readonly Finding[];
}

export interface ServiceAtHand {
  readonly settings: SourceSettings;
  readonly source: Source;
  /** Null where the service does not tell it. */
  readonly structure: Structure | null;
  readonly catalogue: Catalogue;
  readonly signal: AbortSignal;
}

export async function checkDataset(dataset: Dataset, service: ServiceAtHand): Promise<CheckedDataset> {
  const { name, from, status } = dataset;
  const checked = (findings: readonly Finding[]): CheckedDataset => ({ dataset: name, from, status, findings });
  const unnamed = missingSettings(from, service.settings);
  if (unnamed !== null) return checked([unnamed]);
  const columns = await columnsAt(from, service).catch(failed);
  if (columns instanceof SourceFailure) return checked([trialFailed(columns)]);
  const used = columnsOf(dataset, service.catalogue);
  const absent = columns === null && service.structure !== null ? noSuchPlace(from, service.structure) : null;
  if (absent !== null && surelyTold.has(service.settings.kind)) return checked([absent]);
  const faults = columns === null ? [] : used.flatMap((column) => columnFinding(column, from, columns, service) ?? []);
  if (faults.some(({ severity }) => severity === "fault")) return checked(faults);
  const tried = await trial(dataset, used, service);
  const isAway = tried.every(({ message }) => /\[.*no-file\]/.test(message));
  const why = absent !== null && isAway ? [absent] : tried;
  return checked([...faults, ...why, ...unusedIn(dataset, columns, service.catalogue)]);
}

/** Kinds whose structure names every place; elsewhere an empty or faulty one is there and not named. */
const surelyTold: ReadonlySet<string> = new Set(["postgres", "graphql"]);

function failed(error: unknown): SourceFailure {
  if (error instanceof SourceFailure) return error;
  throw error;
}

function trialFailed(failure: SourceFailure): Finding {
  const { what, advice } = explained(failure);
  return { severity: "fault", code: "trial-failed", message: `a row cannot be read: ${what}. ${advice}` };
}

/** A type and an attribute; a type that is a whole address has more slashes. */
const overTime = /^[^/]+\/[^/]+$/;

/** Kinds that must be told how a dataset is found. */
function missingSettings(from: string, settings: SourceSettings): Finding | null {
  const [known, where] =
    settings.kind === "graphql"
      ? [settings.datasets, "datasets"]
      : settings.kind === "rest"
        ? [settings.lists, "lists"]
        : settings.kind === "ngsi-ld" && overTime.test(from)
          ? [settings.temporal ?? {}, "temporal"]
          : [];
  if (known === undefined || where === undefined || Object.hasOwn(known, from)) return null;
  const message = `gateway.yaml does not say how "${from}" is found${meant(from, Object.keys(known))}: add it under \`${where}\` of the source${where === "temporal" ? "" : " (npx passerelle map proposes it)"}.`;
  return { severity: "fault", code: "no-settings", message };
}

const meant = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  return near === undefined ? "" : ` (did you mean "${near}"?)`;
};

function noSuchPlace(from: string, { tables }: Structure): Finding {
  const near = meant(
    from,
    tables.map((table) => table.from),
  );
  const message = `the service has no "${from}" that can be read${near}: correct \`from\` in schema.graphql, or have the right to read it given.`;
  return { severity: "fault", code: "no-such-place", message };
}

type Columns = ReadonlyMap<string, Pick<StructureColumn, "type" | "scalar">>;

/** What is not in the structure (a name without its schema, a table beyond the bound) is asked for by itself. */
async function columnsAt(from: string, { structure, source, signal }: ServiceAtHand): Promise<Columns | null> {
  const table = structure?.tables.find((one) => one.from === from);
  if (table !== undefined) return withPoints(table.columns, source.kind);
  if (structure === null || source.kind !== "postgres") return null;
  const described = await source.describe(from, { signal, maxRows: 1 });
  const own = structure.tables.filter((one) => one.from.endsWith(`.${from}`));
  const [only] = own.length === 1 ? own : [];
  if (described === null || only === undefined) return described === null ? null : unknownScalars(described);
  return new Map(only.columns.map((column) => [column.name, column]));
}

const ofPoint = "part of a point";

/** An NGSI-LD point is read as a geometry, or as its two numbers. */
function withPoints(columns: readonly StructureColumn[], kind: string): Columns {
  const points = kind === "ngsi-ld" ? columns.filter(({ scalar }) => scalar === "GeoJSON") : [];
  const parts = points.flatMap(({ name }) => ["lon", "lat"].map((end) => `${name}.${end}`));
  return new Map<string, Pick<StructureColumn, "type" | "scalar">>([
    ...columns.map((column) => [column.name, column] as const),
    ...parts.map((name) => [name, { type: ofPoint, scalar: "Float" as const }] as const),
  ]);
}

/** A type that only the service's own word is known of is judged by the trial alone. */
const unknownScalars = (described: ReadonlyMap<string, string>): Columns =>
  new Map([...described].map(([name, type]) => [name, { type, scalar: "String" as const }]));

function columnsBehind(member: Member): readonly SourceColumn[] {
  if (member.kind === "link") return member.on.map(({ from }) => from);
  return [member.kind === "derived" ? member.from.column : member.column];
}

/** Every column that the dataset makes the gateway read, and who needs it. */
function columnsOf(dataset: Dataset, catalogue: Catalogue): readonly (SourceColumn & { readonly by: string })[] {
  const own = [...dataset.members.values()].flatMap((member) => {
    const columns = columnsBehind(member);
    return columns.map((column) => ({ ...column, by: member.coordinate }));
  });
  const subjects = dataset.subjects.map(({ column }) => ({ ...column, by: `@subject of ${dataset.name}` }));
  const links = [...catalogue.datasets.values()].flatMap((other) =>
    [...other.members.values()].flatMap((member) =>
      member.kind === "link" && member.target === dataset.name
        ? member.on.map(({ to }) => ({ ...to, by: member.coordinate }))
        : [],
    ),
  );
  // A column under two types is two things to be checked.
  const all = [...own, ...subjects, ...links].map((column) => [`${column.name}\n${column.type}`, column] as const);
  return [...new Map(all.toReversed()).values()].toReversed();
}

function columnFinding(
  { name, type, by }: SourceColumn & { readonly by: string },
  from: string,
  columns: Columns,
  { settings }: ServiceAtHand,
): Finding | null {
  const column = columns.get(name);
  if (column === undefined) {
    const near = meant(name, [...columns.keys()]);
    const message = `${by}: ${from} has no column "${name}"${near}: correct @column(name:) in schema.graphql, or take the field out.`;
    return { severity: "fault", code: "no-such-column", message };
  }
  const fit = fitOf(settings.kind, column.scalar, type);
  if (fit === "fits") return null;
  const written = `${by}: ${from} holds "${name}" as ${column.type}, schema.graphql reads it as ${type}`;
  if (fit === "narrow")
    return {
      severity: "warning",
      code: "narrow-type",
      message: `${written}: a value that is larger, or not whole, fails the whole list. Write ${column.scalar ?? "String"}.`,
    };
  const advice =
    column.scalar === null ? "it is no single value: take the field out." : `write ${column.scalar} in schema.graphql.`;
  return { severity: "fault", code: "wrong-type", message: `${written}: ${advice}` };
}

type Fit = "fits" | "narrow" | "breaks";

const wide: Readonly<Record<string, readonly ScalarType[]>> = {
  SafeInt: ["Int"],
  Float: ["Int", "SafeInt"],
};

/** Whether the connector reads a column that it would read as `offered` also as `asked`. */
function fitOf(kind: string, offered: ScalarType | null, asked: ScalarType): Fit {
  if (offered === asked) return "fits";
  // PostgreSQL writes everything as text, and so does a CSV file.
  if (asked === "String" && (kind === "postgres" || (kind === "files" && offered !== null))) return "fits";
  if (offered === null) return "breaks";
  if (wide[asked]?.includes(offered) === true) return "fits";
  if (wide[offered]?.includes(asked) === true) return "narrow";
  if (kind === "postgres") return "breaks";
  // Learnt from texts: which they are, the trial tells.
  const texts: readonly ScalarType[] = ["String", "Date", "DateTime"];
  return (texts.includes(offered) && texts.includes(asked)) || kind === "files" ? "fits" : "breaks";
}

/** One row, asked as the gateway would ask for it, and thrown away: what the connector cannot read it says itself. */
async function trial(
  dataset: Dataset,
  used: readonly SourceColumn[],
  { source, signal }: ServiceAtHand,
): Promise<readonly Finding[]> {
  const key = dataset.key.map(({ column }) => column);
  const columns = [...new Map([...used, ...key].map(({ name, type }) => [name, { name, type }])).values()];
  const order = key.map((column) => ({ column, direction: "asc" as const }));
  try {
    await source.page(
      { from: dataset.from, columns, filter: null, order, after: null, limit: 1 },
      { signal, maxRows: 1 },
    );
    return [];
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    if (error.detail === "a type that can only be found by key")
      return [
        {
          severity: "note",
          code: "by-key-only",
          message: "its objects can be found by key alone: links to it work, lists of it do not.",
        },
      ];
    return [trialFailed(error)];
  }
}

const mostNamed = 12;

/** Columns that came since, or that nobody wanted. */
function unusedIn(dataset: Dataset, columns: Columns | null, catalogue: Catalogue): readonly Finding[] {
  const same = [...catalogue.datasets.values()].filter(
    ({ source, from }) => source === dataset.source && from === dataset.from,
  );
  const used = new Set(same.flatMap((one) => columnsOf(one, catalogue).map(({ name }) => name)));
  const unused = [...(columns ?? [])].flatMap(([name, { type }]) => (used.has(name) || type === ofPoint ? [] : [name]));
  if (unused.length === 0) return [];
  const more = unused.length > mostNamed ? `, and ${unused.length - mostNamed} more` : "";
  const message = `not in schema.graphql (new, or left out): ${unused.slice(0, mostNamed).join(", ")}${more}`;
  return [{ severity: "note", code: "unused-columns", message }];
}
