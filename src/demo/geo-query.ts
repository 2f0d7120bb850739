// The broker's side of geo-queries (ETSI GS CIM 009, section 4.10), for entities that are points: near a point, within or
// touching a polygon. Distances are over a sphere of the earth's radius at the equator, as some databases have it.
import { BadQuery } from "./broker-query.js";

type Position = readonly [longitude: number, latitude: number];

/** Whether an entity lies there, by the value of the attribute `geoproperty`. */
export interface GeoQuery {
  readonly attribute: string;
  holds(geometry: unknown): boolean;
}

/** Null where no place is asked for. @throws BadQuery */
export function readGeoQuery(query: URLSearchParams): GeoQuery | null {
  const [georel, geometry, coordinates] = ["georel", "geometry", "coordinates"].map((name) => query.get(name));
  if (georel === null && geometry === null && coordinates === null) return null;
  if (!georel || !geometry || !coordinates) throw new BadQuery("a part of the geo-query is missing");
  const attribute = query.get("geoproperty") ?? "location";
  const [relation = "", ...modifiers] = georel.split(";");
  const place = parsed(coordinates);
  const holds = relation === "near" ? near(geometry, place, modifiers) : inside(relation, geometry, place, modifiers);
  return { attribute, holds: (value) => holds(pointsOf(value)) };
}

type Holds = (points: readonly Position[]) => boolean;

function near(geometry: string, place: unknown, modifiers: readonly string[]): Holds {
  const [, bound, number] = /^(maxDistance|minDistance)==(\d+(?:\.\d+)?)$/.exec(modifiers.join(";")) ?? [];
  if (geometry !== "Point" || !isPosition(place) || number === undefined) throw new BadQuery("no such nearness");
  const metres = Number(number);
  return (points) =>
    points.length > 0 &&
    (bound === "maxDistance"
      ? points.some((point) => distance(point, place) <= metres)
      : points.every((point) => distance(point, place) >= metres));
}

function inside(relation: string, geometry: string, place: unknown, modifiers: readonly string[]): Holds {
  const isRing = (ring: unknown): ring is readonly Position[] => Array.isArray(ring) && ring.every(isPosition);
  if (geometry !== "Polygon" || modifiers.length > 0 || !Array.isArray(place) || !place.every(isRing))
    throw new BadQuery("no such area");
  const rings: readonly (readonly Position[])[] = place;
  const lies = (point: Position) => rings.filter((ring) => isOdd(point, ring)).length % 2 === 1;
  if (relation === "within") return (points) => points.length > 0 && points.every(lies);
  if (relation === "intersects") return (points) => points.some(lies);
  throw new BadQuery("no such relation");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadQuery("coordinates that cannot be read");
  }
}

const isPosition = (value: unknown): value is Position =>
  Array.isArray(value) && value.length >= 2 && value.every((one) => typeof one === "number");

function pointsOf(value: unknown): readonly Position[] {
  const { type, coordinates } = (value ?? {}) as { readonly type?: unknown; readonly coordinates?: unknown };
  if (type === "Point" && isPosition(coordinates)) return [coordinates];
  return type === "MultiPoint" && Array.isArray(coordinates) ? coordinates.filter(isPosition) : [];
}

function distance([a, b]: Position, [c, d]: Position): number {
  const [x, y, z, w] = [a, b, c, d].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number, number];
  const half = Math.sin((w - y) / 2) ** 2 + Math.cos(y) * Math.cos(w) * Math.sin((z - x) / 2) ** 2;
  return 2 * 6_378_137 * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** A ray to the east crosses the ring's edges an odd number of times. */
function isOdd([x, y]: Position, ring: readonly Position[]): boolean {
  const crossed = ring.slice(1).filter(([x2, y2], i) => {
    const [x1, y1] = ring[i] ?? [0, 0];
    return y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1);
  });
  return crossed.length % 2 === 1;
}
