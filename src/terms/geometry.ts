// Geometries as RFC 7946 (GeoJSON) has them: longitude before latitude, in degrees of WGS 84.

/** Longitude, latitude, and sometimes an altitude in metres. */
export type Position = readonly [longitude: number, latitude: number, altitude?: number];

export type Geometry =
  | { readonly type: "Point"; readonly coordinates: Position }
  | { readonly type: "MultiPoint"; readonly coordinates: readonly Position[] }
  | { readonly type: "LineString"; readonly coordinates: readonly Position[] }
  | { readonly type: "MultiLineString"; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: "Polygon"; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: "MultiPolygon"; readonly coordinates: readonly (readonly (readonly Position[])[])[] };

/** Positions of one geometry of a source (law 13): the outline of a department has some thousands. */
const mostPositions = 10_000;

type Nested = Position | readonly Nested[];

/** How lists lie in lists above the positions, and what the innermost list must be. */
const shapes: Readonly<Record<string, { readonly depth: number; readonly list: "any" | "line" | "ring" }>> = {
  Point: { depth: 0, list: "any" },
  MultiPoint: { depth: 1, list: "any" },
  LineString: { depth: 1, list: "line" },
  MultiLineString: { depth: 2, list: "line" },
  Polygon: { depth: 2, list: "ring" },
  MultiPolygon: { depth: 3, list: "ring" },
};

/** Such an object is one value, whether or not it is right: not a group of members, each a column. */
export function namesGeometry(json: object): boolean {
  const { type, coordinates } = json as { readonly type?: unknown; readonly coordinates?: unknown };
  return typeof type === "string" && Object.hasOwn(shapes, type) && Array.isArray(coordinates);
}

/**
 * The geometry that a JSON value is, without members of other names (`bbox`, foreign ones); null where it is none: a
 * position out of range, a ring that is not closed, an empty list, too many positions. Rings that cross themselves are
 * taken, in either direction of turning.
 */
export function readGeometry(json: unknown, most = mostPositions): Geometry | null {
  if (typeof json !== "object" || json === null) return null;
  const { type, coordinates } = json as { readonly type?: unknown; readonly coordinates?: unknown };
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) return null;
  const { depth = 0, list = "any" } = shapes[type] ?? {};
  const left = { positions: most };
  const read = readNested(coordinates, depth, list, left);
  return read === null ? null : ({ type, coordinates: read } as Geometry);
}

/** The one way in which a geometry is written as a cell's value: `{"type":"Point","coordinates":[3.3,48.2]}`. */
export const geometryText = ({ type, coordinates }: Geometry): string => JSON.stringify({ type, coordinates });

/** What `geometryText` wrote. @throws SyntaxError, TypeError for any other text */
export function geometryOf(text: string): Geometry {
  const geometry = readGeometry(JSON.parse(text));
  if (geometry === null) throw new TypeError("no geometry");
  return geometry;
}

function readNested(
  json: unknown,
  depth: number,
  list: "any" | "line" | "ring",
  left: { positions: number },
): Nested | null {
  if (depth === 0) return --left.positions < 0 ? null : readPosition(json);
  if (!Array.isArray(json) || json.length === 0) return null;
  const parts: Nested[] = [];
  for (const part of json as readonly unknown[]) {
    const read = readNested(part, depth - 1, list, left);
    if (read === null) return null;
    parts.push(read);
  }
  return depth > 1 || fits(list, parts as readonly Position[]) ? parts : null;
}

/** RFC 7946, sections 3.1.4 and 3.1.6. */
function fits(list: "any" | "line" | "ring", positions: readonly Position[]): boolean {
  if (list !== "ring") return list === "any" || positions.length >= 2;
  const [first, last] = [positions[0], positions.at(-1)];
  return positions.length >= 4 && first?.every((number, i) => number === last?.[i]) === true;
}

function readPosition(json: unknown): Position | null {
  if (!Array.isArray(json) || json.length < 2 || json.length > 3) return null;
  const numbers = json as readonly unknown[];
  if (!numbers.every((number): number is number => typeof number === "number" && Number.isFinite(number))) return null;
  // `+ 0` makes of minus zero the zero that it equals.
  const [longitude = NaN, latitude = NaN, altitude] = numbers.map((number) => number + 0);
  if (!isLongitude(longitude) || !isLatitude(latitude)) return null;
  return altitude === undefined ? [longitude, latitude] : [longitude, latitude, altitude];
}

/** False for NaN. */
export const isLongitude = (degrees: number): boolean => Math.abs(degrees) <= 180;
export const isLatitude = (degrees: number): boolean => Math.abs(degrees) <= 90;
