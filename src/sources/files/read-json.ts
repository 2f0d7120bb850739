// JSON Lines and GeoJSON → table.
import { namesGeometry } from "../../terms/index.js";
import { placeIn } from "./decode-text.js";
import { jsonErrorAt, jsonOffsets, type JsonSteps } from "./json-places.js";
import type { FileLimits } from "./settings.js";
import { breathe, checkSize, faulty, notScalar, type Place, type RawCell, RawGeometry, type Table } from "./table.js";

/** Members of objects in objects are columns too, `adresse.ville`; deeper than this they are none. */
const mostLevels = 8;

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws FaultyFile */
export async function readJsonLines(text: string, limits: FileLimits, signal: AbortSignal): Promise<Table> {
  const table = new GrowingTable(limits);
  const lines: { readonly text: string; readonly line: number }[] = [];
  for (const [i, line] of text.split(/\r\n|\n/).entries()) {
    if (i % 2_000 === 0) await breathe(signal);
    if (line.trim() === "") continue;
    const start = { line: i + 1, column: 1 };
    const value = parsed(line, (at) => ({ line: i + 1, column: at + 1 }));
    if (!isObject(value)) throw faulty("json", "each line must be a JSON object", start);
    lines.push({ text: line, line: i + 1 });
    table.add(membersOf(value), () => start);
  }
  return table.finish((row, column) => {
    const { text: line = "", line: number = 1 } = lines[row] ?? {};
    const [at = 0] = jsonOffsets(line, (steps) => steps.join(".") === column, 1);
    return { line: number, column: at + 1 };
  });
}

/**
 * Of each feature: its properties by name, `@id`, `geometry`, `geometry.type`, and of a point `geometry.lon` and `geometry.lat`.
 * @throws FaultyFile
 */
export async function readGeoJson(text: string, limits: FileLimits, signal: AbortSignal): Promise<Table> {
  const file = parsed(text, (at) => placeIn(text, at));
  if (!isObject(file) || file["type"] !== "FeatureCollection" || !Array.isArray(file["features"]))
    throw faulty("geojson", "the file must be a GeoJSON FeatureCollection");
  const places = new FeaturePlaces(text);
  const table = new GrowingTable(limits);
  const features: readonly unknown[] = file["features"];
  for (const [i, feature] of features.entries()) {
    if (i % 2_000 === 0) await breathe(signal);
    const cells = featureCells(feature);
    if (typeof cells === "string") throw faulty("geojson", cells, places.find(i, ""));
    table.add(cells, () => places.find(i, ""));
  }
  return table.finish((row, column) => places.find(row, column));
}

function parsed(text: string, placeOf: (at: number) => Place): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw faulty("json", "here the text stops being JSON", placeOf(jsonErrorAt(text) ?? 0));
  }
}

type Cells = Iterable<readonly [column: string, cell: RawCell]>;

const cellOf = (value: unknown): RawCell =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : notScalar;

function* membersOf(members: JsonObject, prefix = "", level = 1): Generator<readonly [string, RawCell]> {
  for (const [name, value] of Object.entries(members)) {
    if (isObject(value) && namesGeometry(value)) yield [prefix + name, new RawGeometry(value)];
    else if (isObject(value) && level < mostLevels) yield* membersOf(value, `${prefix}${name}.`, level + 1);
    else yield [prefix + name, cellOf(value)];
  }
}

/** Or what is wrong with the feature. */
function featureCells(feature: unknown): Cells | string {
  if (!isObject(feature) || feature["type"] !== "Feature") return "each of `features` must be a Feature";
  const { properties = null, geometry = null, id = null } = feature;
  if (properties !== null && !isObject(properties)) return "`properties` must be an object or null";
  if (geometry !== null && !isObject(geometry)) return "`geometry` must be an object or null";
  const cells = [...membersOf(properties ?? {})];
  if (id !== null) cells.push(["@id", cellOf(id)]);
  if (geometry === null) return cells;
  if (namesGeometry(geometry)) cells.push(["geometry", new RawGeometry(geometry)]);
  cells.push(["geometry.type", cellOf(geometry["type"] ?? null)]);
  if (geometry["type"] !== "Point") return cells;
  const coordinates: readonly unknown[] = Array.isArray(geometry["coordinates"]) ? geometry["coordinates"] : [];
  const [lon, lat] = coordinates;
  if (typeof lon !== "number" || typeof lat !== "number" || Math.abs(lon) > 180 || Math.abs(lat) > 90)
    return "a point needs its longitude and its latitude, in degrees (WGS 84)";
  cells.push(["geometry.lon", lon], ["geometry.lat", lat]);
  return cells;
}

/** The whole text is gone through once, for the first fault. */
class FeaturePlaces {
  private starts: readonly number[] | null = null;
  constructor(private readonly text: string) {}

  /** Of a feature's cell; of the feature itself where it has no such member. */
  find(feature: number, column: string): Place {
    this.starts ??= jsonOffsets(this.text, ([first, , ...rest]) => first === "features" && rest.length === 0).slice(1);
    const start = this.starts[feature] ?? 0;
    const [at = 0] = jsonOffsets(this.text.slice(start, this.starts[feature + 1]), leadsTo(column), 1);
    return placeIn(this.text, start + at);
  }
}

const elsewhere: Readonly<Record<string, string>> = {
  "@id": "id",
  geometry: "geometry",
  "geometry.lon": "geometry.coordinates.0",
  "geometry.lat": "geometry.coordinates.1",
  "geometry.type": "geometry.type",
};

function leadsTo(column: string): (steps: JsonSteps) => boolean {
  const path = Object.hasOwn(elsewhere, column) ? elsewhere[column] : `properties.${column}`;
  return (steps) => steps.join(".") === path;
}

/** Rows that need not have the same members: what one has not is null. */
class GrowingTable {
  private readonly columns = new Map<string, RawCell[]>();
  private rows = 0;
  constructor(private readonly limits: FileLimits) {}

  add(cells: Cells, placeOf: () => Place): void {
    for (const [column, cell] of cells) {
      const held = this.columns.get(column) ?? [];
      if (held.length > this.rows) throw faulty("json", "two members that are the same column", placeOf());
      while (held.length < this.rows) held.push(null);
      held.push(cell);
      this.columns.set(column, held);
    }
    this.rows += 1;
    checkSize(this.rows, this.columns.size, this.limits.maxRows, placeOf);
  }

  finish(place: Table["place"]): Table {
    for (const cells of this.columns.values()) while (cells.length < this.rows) cells.push(null);
    return { columns: this.columns, rowCount: this.rows, place };
  }
}
