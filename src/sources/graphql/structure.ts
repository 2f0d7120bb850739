// What a GraphQL service says of its own structure: the types whose objects it gives, and how they are found. No object
// is asked for.
import type { ScalarType } from "../../terms/index.js";
import { type FetchBounds, SourceFailure } from "../source.js";
import type { Structure, StructureColumn, StructureReference, StructureTable } from "../structure.js";
import { Endpoint } from "./endpoint.js";
import { federationKeys } from "./federation-keys.js";
import { readSchema, type SchemaField, type SchemaType, type ServiceSchema } from "./introspection.js";
import { guessedKey, listFields, proposedDataset } from "./propose-dataset.js";
import type { GraphqlSettings } from "./settings.js";

type Keys = ReadonlyMap<string, readonly string[]>;

/** Objects within objects that are looked into; services' types often lead back to themselves. */
const mostLevels = 3;
const mostColumns = 1_000;

/** @throws SourceFailure */
export async function graphqlStructure(
  settings: GraphqlSettings & { readonly name: string },
  bounds: FetchBounds,
): Promise<Structure> {
  const endpoint = new Endpoint(settings);
  const schema = await readSchema(endpoint, bounds);
  const notes: string[] = [];
  if (schema.unread > 0) notes.push(`${schema.unread} types or fields of the service's schema could not be read.`);
  const keys = await keysOf(endpoint, schema, notes, bounds);
  const lists = listFields(schema);
  const types = [...new Set([...lists.map(({ type }) => type), ...keys.keys()])].filter((type) =>
    schema.objects.has(type),
  );
  const keyOf = (type: string) => keys.get(type) ?? guessedKey(schema.objects.get(type)?.fields ?? []);
  const all = new Map(types.map((type) => [type, keyOf(type)]));
  const tables = types.map((type): StructureTable => {
    const { columns, references } = columnsOf(type, schema, all);
    const known = new Set(columns.filter(({ scalar }) => scalar !== null).map(({ name }) => name));
    const key = (all.get(type) ?? []).filter((name) => known.has(name));
    const found = lists.filter((one) => one.type === type).sort(byRichness)[0] ?? null;
    const dataset = proposedDataset(key, keys.has(type), found, known);
    if (dataset === null)
      notes.push(`${type}: no field is known to tell its objects apart; datasets.${type}.key must say it.`);
    const description = schema.objects.get(type)?.description ?? null;
    return {
      from: type,
      description,
      columns,
      key,
      references,
      settings: dataset && { datasets: { [type]: dataset } },
    };
  });
  return { tables, notes };
}

/** Of several fields that list a type, the one that can be asked most: the others are often "my …" or "latest …". */
const byRichness = (a: { readonly field: SchemaField }, b: { readonly field: SchemaField }): number =>
  b.field.args.length - a.field.args.length;

async function keysOf(endpoint: Endpoint, schema: ServiceSchema, notes: string[], bounds: FetchBounds): Promise<Keys> {
  const query = schema.objects.get(schema.query ?? "")?.fields.map(({ name }) => name) ?? [];
  if (!query.includes("_entities") || !query.includes("_service")) return new Map();
  try {
    const keys = await federationKeys(endpoint, bounds);
    if (keys !== null) return new Map([...keys].filter(([type]) => schema.entities.has(type)));
    notes.push("The service offers Federation's _service, but its schema text cannot be read: keys are guessed.");
  } catch (error) {
    if (!(error instanceof SourceFailure) || error.reason === "cancelled") throw error;
    notes.push(`The service offers Federation's _service, but does not answer it (${error.detail}): keys are guessed.`);
  }
  return new Map();
}

interface Place {
  readonly prefix: string;
  readonly type: string;
  readonly isNullable: boolean;
}

interface Gathered {
  readonly columns: StructureColumn[];
  readonly references: StructureReference[];
  /** Objects still to be looked into. */
  readonly below: Place[];
}

/** Fields of scalars and enums, those of objects below that come one by one, and of objects with a key their key. */
function columnsOf(type: string, schema: ServiceSchema, keys: Keys): Gathered {
  const found: Gathered = { columns: [], references: [], below: [{ prefix: "", type, isNullable: false }] };
  for (let depth = 0; depth < mostLevels; depth += 1) {
    for (const place of found.below.splice(0)) {
      for (const field of schema.objects.get(place.type)?.fields ?? []) {
        const isAsked = field.args.every((one) => one.type.isNullable) && found.columns.length < mostColumns;
        if (isAsked) gather(found, place, field, schema, keys);
      }
    }
  }
  return found;
}

function gather(found: Gathered, place: Place, field: SchemaField, schema: ServiceSchema, keys: Keys): void {
  const { type } = field;
  const name = `${place.prefix}${field.name}`;
  const isNullable = place.isNullable || type.isNullable;
  const to = keys.get(type.name) ?? [];
  if (type.kind === "SCALAR" || type.kind === "ENUM" || type.isList) {
    found.columns.push(columnFor(name, field, isNullable));
  } else if (type.kind === "OBJECT" && to.length === 0) {
    found.below.push({ prefix: `${name}.`, type: type.name, isNullable });
  } else if (type.kind === "OBJECT") {
    const columns = to.map((path) => keyColumn(name, path, type.name, isNullable, schema));
    found.columns.push(...columns.filter((one) => one !== null));
    found.references.push({ columns: to.map((path) => `${name}.${path}`), from: type.name, to });
  }
}

const columnFor = (name: string, { type, description }: SchemaField, nullable: boolean): StructureColumn => ({
  name,
  type: type.kind === "ENUM" ? `${type.written} (enum)` : type.written,
  scalar: type.isList ? null : scalarOf(type),
  nullable,
  description,
});

/** `owner` leads to a type with the key `code`: the column `owner.code`. */
function keyColumn(
  name: string,
  path: string,
  type: string,
  isNullable: boolean,
  schema: ServiceSchema,
): StructureColumn | null {
  let at: string = type;
  let field: SchemaField | undefined;
  for (const step of path.split(".")) {
    field = schema.objects.get(at)?.fields.find((one) => one.name === step);
    at = field?.type.name ?? "";
  }
  return field === undefined ? null : columnFor(`${name}.${path}`, field, isNullable || field.type.isNullable);
}

/** Scalars that services name alike (graphql-scalars and its kin). Of another one nobody knows what it holds. */
const scalars: ReadonlyMap<string, ScalarType> = new Map<string, ScalarType>([
  ["Int", "Int"],
  ["Float", "Float"],
  ["Boolean", "Boolean"],
  ["Date", "Date"],
  ["LocalDate", "Date"],
  ["DateTime", "DateTime"],
  ["GeoJSON", "GeoJSON"],
  ["Long", "SafeInt"],
  ["BigInt", "SafeInt"],
  ["SafeInt", "SafeInt"],
  ["PositiveInt", "Int"],
  ["NonNegativeInt", "Int"],
  ["PositiveFloat", "Float"],
  ["NonNegativeFloat", "Float"],
  ["Latitude", "Float"],
  ["Longitude", "Float"],
  ...["ID", "String", "UUID", "URL", "URI", "EmailAddress", "PhoneNumber", "Time", "LocalTime", "PostalCode"].map(
    (name): [string, ScalarType] => [name, "String"],
  ),
]);

const scalarOf = ({ kind, name }: SchemaType): ScalarType | null =>
  kind === "ENUM" ? "String" : (scalars.get(name) ?? null);
