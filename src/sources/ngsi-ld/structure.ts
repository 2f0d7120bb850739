// What a context broker says of its types (ETSI GS CIM 009, sections 5.7.5 to 5.7.7), and what a few entities of each show of
// their attributes' form: the broker tells kinds of attributes, not of values. Of the values only their type is kept.
import { jsonCell } from "../json-cell.js";
import { columnOf, sampledColumns } from "../sampled-columns.js";
import { type FetchBounds, SourceFailure } from "../source.js";
import type { Structure, StructureColumn, StructureReference, StructureTable } from "../structure.js";
import { Broker } from "./broker.js";
import { isObject, type JsonObject, valueAt, WrongForm } from "./entity.js";
import { seriesOf } from "./series.js";
import type { NgsiLdSettings } from "./settings.js";

/** Two or three requests each. */
const mostTypes = 200;
const sampledEntities = 50;
/** A dot parts a path: a name with one cannot be asked for. */
const namePattern = /^[A-Za-z][A-Za-z0-9_:/#-]{0,255}$/;
const typePattern = /^[A-Za-z][A-Za-z0-9_.:/#-]{0,255}$/;

/** @throws SourceFailure */
export async function ngsiLdStructure(
  settings: NgsiLdSettings & { readonly name: string },
  bounds: FetchBounds,
): Promise<Structure> {
  const broker = new Broker(settings);
  const notes: string[] = [];
  const names = await typeNames(broker, settings, notes, bounds);
  if (names.length > mostTypes)
    notes.push(`${names.length - mostTypes} more types than the ${mostTypes} that are read.`);
  const read = names.slice(0, mostTypes);
  if (read.length > 0)
    notes.push(`Types of values are learnt from ${sampledEntities} entities of each type: another one may hold more.`);
  const tables: StructureTable[] = [];
  for (const type of read) {
    const table = await tableOf(broker, type, { settings, types: new Set(read), notes }, bounds);
    if (table !== null) tables.push(table);
  }
  return { tables: [...tables, ...seriesTables(settings, tables, notes)], notes };
}

/** Values over time, where the settings declare them: the same attribute's columns, of one value. */
function seriesTables(
  settings: NgsiLdSettings,
  tables: readonly StructureTable[],
  notes: string[],
): readonly StructureTable[] {
  return [...seriesOf(settings)].flatMap(([from, { type, attribute }]) => {
    const table = tables.find((one) => one.from === type);
    const own = table?.columns.filter(({ name }) => name === attribute || name.startsWith(`${attribute}.`)) ?? [];
    if (own.length === 0) {
      notes.push(`${from}: no entity of the type has this attribute, so that its values over time are not described.`);
      return [];
    }
    const values = own.map((column) => ({ ...column, name: `value${column.name.slice(attribute.length)}` }));
    const columns = [seriesEntity, seriesTime, ...values, seriesUnit];
    const references = [{ columns: [seriesEntity.name], from: type, to: ["id"] }];
    const key = [seriesEntity.name, seriesTime.name];
    return [{ from, description: null, columns, key, references, settings: null }];
  });
}

const told = { nullable: false, description: null } as const;
const seriesEntity: StructureColumn = { name: "entity", type: "URI", scalar: "String", ...told };
const seriesTime: StructureColumn = { name: "observedAt", type: "DateTime", scalar: "DateTime", ...told };
const seriesUnit: StructureColumn = { ...told, name: "unitCode", type: "String", scalar: "String", nullable: true };

/** Where the broker does not tell its types, those that the settings name. */
async function typeNames(broker: Broker, { always = {} }: NgsiLdSettings, notes: string[], bounds: FetchBounds) {
  const types = await typesOffered(broker, bounds);
  if (types === null) {
    notes.push("The broker does not tell its types: those named under `always` of the source are read, no others.");
    return Object.keys(always);
  }
  const names = types.flatMap((type) => {
    const { typeName } = isObject(type) ? type : {};
    return typeof typeName === "string" && typePattern.test(typeName) ? [typeName] : [];
  });
  if (names.length < types.length)
    notes.push(`${types.length - names.length} types have names that cannot be written.`);
  if (names.some((name) => name.includes("/")))
    notes.push("Some types are named by a whole address: set `context` of the source to the context they belong to.");
  return [...new Set(names)].sort();
}

async function typesOffered(broker: Broker, bounds: FetchBounds): Promise<readonly unknown[] | null> {
  try {
    const json = await broker.types(bounds);
    if (Array.isArray(json)) return json as readonly unknown[];
    // Asked for without details, brokers give one object with the list of names.
    const list = isObject(json) ? json["typeList"] : null;
    return Array.isArray(list) ? (list as readonly unknown[]).map((typeName) => ({ typeName })) : null;
  } catch (error) {
    // Brokers that do not know the operation say so in several ways.
    const isUnknown = error instanceof SourceFailure && /^HTTP (400|405|422|501)$/.test(error.detail);
    if (!isUnknown) throw error;
    return null;
  }
}

interface Known {
  readonly settings: NgsiLdSettings;
  readonly types: ReadonlySet<string>;
  readonly notes: string[];
}

async function tableOf(
  broker: Broker,
  type: string,
  { settings, types, notes }: Known,
  bounds: FetchBounds,
): Promise<StructureTable | null> {
  const entities = await broker.sample(type, sampledEntities, bounds);
  if (entities.length === 0) {
    notes.push(`${type}: there is no entity of it, so that nothing is known of its attributes' values.`);
    return null;
  }
  const kinds = await attributeKinds(broker, type, bounds);
  const names = [...new Set(entities.flatMap((entity) => Object.keys(entity)))];
  const attributes = names.filter((name) => name !== "id" && name !== "type" && name !== "@context");
  const readable = attributes.filter((name) => namePattern.test(name));
  if (readable.length < attributes.length)
    notes.push(
      `${type}: ${attributes.length - readable.length} attributes have names that cannot be written; see \`context\`.`,
    );
  const form = settings.form ?? "normalized";
  const columns: StructureColumn[] = [
    { name: "id", type: "URI", scalar: "String", nullable: false, description: null },
  ];
  const references: StructureReference[] = [];
  for (const name of readable) {
    const having = entities.filter((entity) => Object.hasOwn(entity, name));
    const values = having.flatMap((entity) => valueOf(entity, name, form));
    if (values.length < having.length) notes.push(`${type}.${name}: not in ${form} form; see \`form\` of the source.`);
    const kind = kinds.get(name) ?? kindIn(having[0]?.[name]);
    const isMissing = having.length < entities.length || values.includes(null);
    columns.push(...columnsOf(name, kind, values, isMissing));
    const target = kind === "Relationship" ? targetOf(values, types) : null;
    if (target !== null) references.push({ columns: [name], from: target, to: ["id"] });
  }
  const always = await alwaysThere(broker, type, entities, readable, bounds);
  const proposal = always === null ? null : { always: { [type]: always } };
  return { from: type, description: null, columns, key: ["id"], references, settings: proposal };
}

/** By attribute: what the broker says it is. Nothing where the broker does not say. */
async function attributeKinds(broker: Broker, type: string, bounds: FetchBounds): Promise<ReadonlyMap<string, string>> {
  const told = await broker.type(type, bounds).catch((error: unknown) => {
    if (error instanceof SourceFailure && error.detail.startsWith("HTTP ")) return null;
    throw error;
  });
  const details = isObject(told) ? told["attributeDetails"] : null;
  const kinds = (Array.isArray(details) ? (details as readonly unknown[]) : []).flatMap((detail) => {
    const { attributeName: name, attributeTypes } = isObject(detail) ? detail : {};
    const kind: unknown = Array.isArray(attributeTypes) ? attributeTypes[0] : null;
    return typeof name === "string" && isKind(kind) ? [[name, kind] as const] : [];
  });
  return new Map(kinds);
}

const isKind = (kind: unknown): kind is string => typeof kind === "string" && /^[A-Za-z]{1,40}$/.test(kind);

const kindIn = (attribute: unknown): string => {
  const one: unknown = Array.isArray(attribute) ? attribute[0] : attribute;
  return isObject(one) && isKind(one["type"]) ? one["type"] : "Property";
};

/** None where the attribute is not in the form that the settings say. */
function valueOf(entity: JsonObject, name: string, form: "normalized" | "keyValues"): readonly unknown[] {
  try {
    return [valueAt(entity, [name], form)];
  } catch (error) {
    if (error instanceof WrongForm) return [];
    throw error;
  }
}

function columnsOf(name: string, kind: string, values: readonly unknown[], isMissing: boolean): StructureColumn[] {
  const present = values.filter((value) => value !== null);
  const nullable = isMissing ? true : null;
  const described = (column: StructureColumn): StructureColumn => {
    const type = column.type === "nothing but null" ? kind : `${kind} (${column.type})`;
    return { ...column, type, nullable };
  };
  const isGeometry = kind === "GeoProperty" || present.some(isGeoJson);
  if (isGeometry) {
    const points = present.every((value) => isObject(value) && value["type"] === "Point");
    const readable = present.every((value) => jsonCell("GeoJSON", value) !== undefined);
    const type = `GeoProperty (${points ? "Point" : "not points alone"})`;
    return [{ name, type, scalar: readable ? "GeoJSON" : null, nullable, description: null }];
  }
  if (present.length > 0 && present.every(isObject))
    return sampledColumns(present.map((value) => ({ [name]: value }))).map(described);
  return [described(columnOf(name, { values: present, isMissing }))];
}

/** RFC 7946, section 1.4. */
const isGeoJson = (value: unknown): boolean =>
  isObject(value) && /^(Multi)?(Point|LineString|Polygon)$/.test(String(value["type"])) && "coordinates" in value;

/** `urn:ngsi-ld:Device:…` in every one, where Device is a type that the broker itself names. */
function targetOf(values: readonly unknown[], types: ReadonlySet<string>): string | null {
  const targets = new Set(
    values
      .filter((value) => value !== null)
      .map((value) => /^urn:ngsi-ld:([^:]+):/.exec(typeof value === "string" ? value : "")?.[1]),
  );
  const [only] = targets;
  return targets.size === 1 && only !== undefined && types.has(only) ? only : null;
}

/** An attribute that every entity of the type has: the fewest requests then tell a whole list from a part. */
async function alwaysThere(
  broker: Broker,
  type: string,
  entities: readonly JsonObject[],
  names: readonly string[],
  bounds: FetchBounds,
): Promise<string | null> {
  const candidates = names.filter((name) => entities.every((entity) => Object.hasOwn(entity, name))).slice(0, 3);
  if (candidates.length === 0) return null;
  const all = await broker.countWith(type, [], bounds);
  for (const name of candidates) if ((await broker.countWith(type, [name], bounds)) === all) return name;
  return null;
}
