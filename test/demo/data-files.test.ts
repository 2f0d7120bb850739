// Rivemont's two files fit what the schema would say of them, and the other services' keys.
import { describe, expect, it } from "vitest";
import { districts, schools } from "../../src/demo/town.js";
import { type Column, openSources } from "../../src/sources/index.js";
import type { ScalarType } from "../../src/terms/index.js";

const townFolder = new URL("../..", import.meta.url).pathname;
const source = openSources(new Map([["open-data", { kind: "files", townFolder, folder: "data", dialect: "fr" }]])).get("open-data"); // prettier-ignore

const read = async (from: string, types: Readonly<Record<string, ScalarType>>) => {
  const columns = Object.entries(types).map(([name, type]): Column => ({ name, type }));
  const order = columns.slice(0, 1).map((column) => ({ column, direction: "asc" as const }));
  const bounds = { signal: new AbortController().signal, maxRows: 1_000 };
  return (await source?.page({ from, columns, filter: null, order, after: null, limit: 1_000 }, bounds)) ?? [];
};

describe("the files of Rivemont", () => {
  it("has the menus of a week, of the schools that serve meals", async () => {
    const menus = await read("schools-menus.csv", {
      numero: "Int",
      uai: "String",
      jour: "Date",
      entree: "String",
      plat: "String",
      dessert: "String",
      vegetarien: "Boolean",
      part_bio: "Float",
      cout: "Float",
    });
    const serving = schools.filter(({ meals }) => meals).map(({ uai }) => uai);
    expect(new Set(menus.map((row) => row[1]))).toEqual(new Set(serving));
    expect(new Set(menus.map((row) => row[2]))).toEqual(
      new Set(["2026-11-30", "2026-12-01", "2026-12-03", "2026-12-04"]),
    );
    expect(menus).toHaveLength(serving.length * 4);
    expect(new Set(menus.map((row) => row[0])).size).toBe(menus.length);
    expect(menus.some((row) => row[7] === null)).toBe(true);
    expect(menus.every((row) => row[8] !== null && Number(row[8]) > 2 && Number(row[8]) < 5)).toBe(true);
  });

  it("has public toilets, in districts that there are, with their places", async () => {
    const toilets = await read("toilets.geojson", {
      numero: "Int",
      quartier_id: "Int",
      gratuit: "Boolean",
      "acces.pmr": "Boolean",
      "acces.horaires": "String",
      controle_le: "Date",
      "geometry.lon": "Float",
      "geometry.lat": "Float",
      "@id": "String",
    });
    expect(toilets).toHaveLength(20);
    const known = new Set(districts.map(({ id }) => id));
    expect(toilets.every((row) => known.has(Number(row[1])) && row[6] !== null && row[7] !== null)).toBe(true);
  });
});
