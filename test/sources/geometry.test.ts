// Geometries as cells, and what `near` and `within` say of them.
import { describe, expect, it } from "vitest";
import { cellCheck, isCanonical } from "../../src/sources/canonical-value.js";
import { checkedSource, type Column, type Filter, type Source, SourceFailure } from "../../src/sources/index.js";
import { jsonCell } from "../../src/sources/json-cell.js";
import { circleOf, geoHolds, type GeoFilter, metresBetween, NotPoints } from "../../src/sources/near-and-within.js";
import { geometryText, type Geometry, type Row } from "../../src/terms/index.js";
import { unbounded } from "./memory-source.js";

const square = [[3, 48], [4, 48], [4, 49], [3, 49], [3, 48]] as const; // prettier-ignore
const point = (longitude: number, latitude: number) =>
  geometryText({ type: "Point", coordinates: [longitude, latitude] });

describe("a geometry as a cell", () => {
  it.each<[string, unknown, string]>([
    ["a point", { type: "Point", coordinates: [3.3, 48.2] }, '{"type":"Point","coordinates":[3.3,48.2]}'],
    ["members in another sequence, and others", { bbox: [3, 48, 3, 48], coordinates: [3, 48], crs: {}, type: "Point" }, point(3, 48)],
    ["an altitude, and minus zero", { type: "Point", coordinates: [-0, 0, 12.5] }, '{"type":"Point","coordinates":[0,0,12.5]}'],
    ["a text, as tables hold one", '{ "type": "Point", "coordinates": [3, 48] }', point(3, 48)],
    ["an area", { type: "Polygon", coordinates: [square] }, `{"type":"Polygon","coordinates":[${JSON.stringify(square)}]}`],
    ["areas", { type: "MultiPolygon", coordinates: [[square]] }, `{"type":"MultiPolygon","coordinates":[[${JSON.stringify(square)}]]}`],
    ["a line", { type: "LineString", coordinates: [[3, 48], [3, 49]] }, '{"type":"LineString","coordinates":[[3,48],[3,49]]}'],
    ["lines", { type: "MultiLineString", coordinates: [[[3, 48], [3, 49]]] }, '{"type":"MultiLineString","coordinates":[[[3,48],[3,49]]]}'],
  ])("%s", (_what, json, text) => {
    expect(jsonCell("GeoJSON", json)).toBe(text);
    expect(isCanonical("GeoJSON", text)).toBe(true);
  }); // prettier-ignore

  it.each<[string, unknown]>([
    ["latitude before longitude, where it shows", { type: "Point", coordinates: [48.2, 103.3] }],
    ["metres of another system", { type: "Point", coordinates: [652_381, 6_862_047] }],
    ["NaN, as JSON cannot hold it", { type: "Point", coordinates: [NaN, 48] }],
    ["a number as a text", { type: "Point", coordinates: ["3", 48] }],
    ["one number", { type: "Point", coordinates: [3] }],
    ["four numbers", { type: "Point", coordinates: [3, 48, 1, 1] }],
    ["a ring that does not end where it begins", { type: "Polygon", coordinates: [square.slice(1)] }],
    ["a ring of three", { type: "Polygon", coordinates: [[[3, 48], [4, 48], [3, 48]]] }],
    ["a line of one", { type: "LineString", coordinates: [[3, 48]] }],
    ["a list of nothing", { type: "MultiPoint", coordinates: [] }],
    ["lists in too many lists", { type: "Polygon", coordinates: [[square]] }],
    ["a collection", { type: "GeometryCollection", geometries: [] }],
    ["a name of every object", { type: "constructor", coordinates: [3, 48] }],
    ["more positions than the bound", { type: "MultiPoint", coordinates: Array.from({ length: 10_001 }, () => [3, 48]) }],
    ["a text that is none", "{"],
    ["a feature", { type: "Feature", geometry: { type: "Point", coordinates: [3, 48] } }],
  ])("is refused: %s", (_what, json) => {
    expect(jsonCell("GeoJSON", json)).toBeUndefined();
  }); // prettier-ignore

  it("has one form: any other text is none", () => {
    const check = cellCheck("GeoJSON");
    expect(check(null)).toBe(true);
    for (const text of ['{"coordinates":[3,48],"type":"Point"}', '{"type":"Point","coordinates":[3.0,48]}', "[]", "null", " " + point(3, 48)])
      expect(check(text)).toBe(false); // prettier-ignore
    expect(check({ type: "Point", coordinates: [3, 48] })).toBe(false);
  });
});

const place: Column = { name: "place", type: "GeoJSON" };
const near = (position: readonly [number, number], maxDistance: number): GeoFilter => {
  return { op: "near", column: place, position, maxDistance };
};
const within = (area: Extract<Geometry, { type: "Polygon" | "MultiPolygon" }>): GeoFilter => {
  return { op: "within", column: place, area };
};

describe("near", () => {
  it("is a distance over a sphere, in metres", () => {
    // A degree of a great circle of 6,371,008.8 m.
    expect(metresBetween([3, 48], [3, 49])).toBeCloseTo(111_195.08, 1);
    expect(geoHolds(near([3, 48], 111_196), point(3, 49))).toBe(true);
    expect(geoHolds(near([3, 48], 111_194), point(3, 49))).toBe(false);
    expect(geoHolds(near([3, 48], 0), point(3, 48))).toBe(true);
  });
  it("goes across the antimeridian, and round a pole", () => {
    expect(geoHolds(near([179.999, 0], 300), point(-179.999, 0))).toBe(true);
    expect(geoHolds(near([0, 89.999], 300), point(180, 89.999))).toBe(true);
  });
  it("is one of several points", () => {
    const points = geometryText({ type: "MultiPoint", coordinates: [[3, 48], [4, 49]] }); // prettier-ignore
    expect(geoHolds(near([4, 49], 1), points)).toBe(true);
    expect(geoHolds(near([5, 49], 1), points)).toBe(false);
  });
});

describe("within", () => {
  const town = within({ type: "Polygon", coordinates: [square, [[3.4, 48.4], [3.6, 48.4], [3.6, 48.6], [3.4, 48.6], [3.4, 48.4]]] }); // prettier-ignore
  it.each<[string, readonly [number, number], boolean]>([
    ["inside", [3.1, 48.1], true],
    ["outside", [4.1, 48.1], false],
    ["in the hole", [3.5, 48.5], false],
    ["on the edge", [3.5, 48], true],
    ["on the hole's edge", [3.4, 48.5], true],
    ["on a corner", [4, 49], true],
  ])("%s", (_what, at, inside) => expect(geoHolds(town, point(...at))).toBe(inside));

  it("is every one of several points, and has straight edges between longitudes and latitudes", () => {
    const points = geometryText({ type: "MultiPoint", coordinates: [[3.1, 48.1], [9, 48]] }); // prettier-ignore
    expect(geoHolds(town, points)).toBe(false);
    // On the globe the shortest way from 0 to 90 along 60 degrees north bulges beyond 69 degrees.
    const wide = within({ type: "Polygon", coordinates: [[[0, 60], [90, 60], [90, 50], [0, 50], [0, 60]]] }); // prettier-ignore
    expect([59.9, 60.1].map((latitude) => geoHolds(wide, point(45, latitude)))).toEqual([true, false]);
  });

  it("is asked of a service as a circle that holds the area; of none where the area is wide", () => {
    const circle = circleOf(town);
    for (const [longitude, latitude] of square)
      expect(metresBetween(circle?.centre ?? [0, 0], [longitude, latitude])).toBeLessThanOrEqual(circle?.radius ?? 0);
    const wide = [[-170, 0], [170, 0], [170, 1], [-170, 1], [-170, 0]] as const; // prettier-ignore
    expect(circleOf(within({ type: "Polygon", coordinates: [wide] }))).toBeNull();
  });
});

describe("lines and areas", () => {
  const line = geometryText({ type: "LineString", coordinates: [[3, 48], [3, 49]] }); // prettier-ignore
  const source = (rows: readonly Row[], bend = rows): Source => {
    const answer = () => Promise.resolve(bend);
    return checkedSource({
      ...{ name: "places", kind: "memory", page: answer, byKeys: answer, count: () => Promise.resolve(0) },
      abilities: { filter: new Set(), order: true, count: true, backward: true, valuesIn: 1_000 },
      describe: () => Promise.resolve(null),
      close: () => Promise.resolve(),
    });
  };
  const ask = (row: Row, filter: Filter) =>
    source([row]).page({ from: "t", columns: [place], filter, order: [], after: null, limit: 9 }, unbounded());

  it("are compared with nothing", () => {
    expect(() => geoHolds(near([3, 48], 1), line)).toThrow(NotPoints);
  });

  // Law 14: what lies elsewhere, lies nowhere, or cannot be told does not pass.
  it.each<[string, Row, Filter]>([
    ["a place beyond the distance", [point(3, 49)], near([3, 48], 100_000)],
    ["a place outside the area", [point(5, 48.5)], within({ type: "Polygon", coordinates: [square] })],
    ["no place", [null], near([3, 48], 1e7)],
    ["a line", [line], near([3, 48], 1e7)],
    ["a line, where the contrary is asked", [line], { op: "not", filter: near([3, 48], 1) }],
    ["a place that is none", ['{"type":"Point","coordinates":[3,480]}'], near([3, 48], 1e7)],
  ])("a source that brings %s is not believed", async (_what, row, filter) => {
    await expect(ask(row, filter)).rejects.toThrow(SourceFailure);
  });

  it("a source that brings what was asked is", async () => {
    expect(await ask([point(3, 48.5)], near([3, 48], 100_000))).toEqual([[point(3, 48.5)]]);
  });
});
