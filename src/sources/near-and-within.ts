// What `near` and `within` mean, in one place: for rows at hand, for the check of rows that come back (law 14), and for
// what a service may be asked (docs/decisions/0007).
import booleanPointInPolygon from "@turf/boolean-point-in-polygon";
import distance from "@turf/distance";
import { geometryOf, isLatitude, isLongitude, readGeometry } from "../terms/index.js";
import type { Area, Filter, LonLat } from "./source.js";

export type GeoFilter = Extract<Filter, { readonly op: "near" | "within" }>;

/** A line or an area where points are compared: no answer is given, for either half of a guess would be wrong. */
export class NotPoints extends Error {
  override readonly name = "NotPoints";
}

/** Metres on a sphere of the earth's mean radius, 6,371,008.8 m (haversine): at most 0.6 % off the ellipsoid. */
export const metresBetween = (a: LonLat, b: LonLat): number => distance([...a], [...b], { units: "meters" });

/**
 * `near`: one of the cell's points is at most `maxDistance` away. `within`: all of them lie inside the area or on its
 * edge, edges being straight between longitudes and latitudes (RFC 7946, section 3.1.1), overlaps counted even-odd.
 * @throws NotPoints
 */
export function geoHolds(filter: GeoFilter, cell: string): boolean {
  const points = pointsOf(cell);
  if (filter.op === "near") return points.some((point) => metresBetween(point, filter.position) <= filter.maxDistance);
  // The library's types are those of lists that may be changed; it changes none.
  const area = filter.area as unknown as Parameters<typeof booleanPointInPolygon>[1];
  return points.every((point) => booleanPointInPolygon([...point], area));
}

/** Whether it can be asked at all: in range, and an area that is one. */
export function isAskable(filter: GeoFilter): boolean {
  if (filter.column.type !== "GeoJSON") return false;
  if (filter.op === "within") return readGeometry(filter.area) !== null;
  const [longitude, latitude] = filter.position;
  return isLongitude(longitude) && isLatitude(latitude) && filter.maxDistance >= 0;
}

/** The last cell that was read: a condition may have many parts, and each asks the same cell (law 13). */
let last: { readonly cell: string; readonly points: readonly LonLat[] } | null = null;

function pointsOf(cell: string): readonly LonLat[] {
  if (last?.cell === cell) return last.points;
  const points = readPoints(cell);
  last = { cell, points };
  return points;
}

function readPoints(cell: string): readonly LonLat[] {
  const geometry = geometryOf(cell);
  const positions =
    geometry.type === "Point" ? [geometry.coordinates] : geometry.type === "MultiPoint" ? geometry.coordinates : null;
  if (positions === null) throw new NotPoints("a geometry that is no point");
  return positions.map(([longitude, latitude]) => [longitude, latitude]);
}

export interface Circle {
  readonly column: string;
  readonly centre: LonLat;
  readonly radius: number;
}

/** Metres to the other side of the earth: nothing is farther away. */
const farthest = 20_020_000;
/** Beyond, an area is not asked of a service: circles round it would be most of the earth. */
const widest = 20;
const highest = 80;

/**
 * A circle that holds every point for which the filter is true; null where none is small. What services call a distance
 * differs (sphere or ellipsoid), and so does what they call an edge (straight on a map or on the globe): a circle, asked
 * a little wider, says the same to all of them.
 */
export function circleOf(filter: GeoFilter): Circle | null {
  const column = filter.column.name;
  if (filter.op === "near")
    // A number without bound, written as 1e+300, is one that a service need not understand.
    return filter.maxDistance < farthest ? { column, centre: filter.position, radius: filter.maxDistance } : null;
  const [west, south, east, north] = boxOf(filter.area);
  if (east - west > widest || north - south > widest || Math.max(-south, north) > highest) return null;
  const centre: LonLat = [(west + east) / 2, (south + north) / 2];
  // Of a box this narrow the corners are its farthest points.
  const corners: readonly LonLat[] = [[west, south], [west, north], [east, south], [east, north]]; // prettier-ignore
  return { column, centre, radius: Math.max(...corners.map((corner) => metresBetween(centre, corner))) };
}

function boxOf(area: Area): readonly [west: number, south: number, east: number, north: number] {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  const rings = area.type === "Polygon" ? area.coordinates : area.coordinates.flat();
  for (const [longitude, latitude] of rings.flat()) {
    box[0] = Math.min(box[0], longitude);
    box[1] = Math.min(box[1], latitude);
    box[2] = Math.max(box[2], longitude);
    box[3] = Math.max(box[3], latitude);
  }
  return box;
}
