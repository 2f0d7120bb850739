import { buildSchema, parse, TypeInfo, validate, visit, visitWithTypeInfo } from "graphql";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { typeDefs } from "../../bench/plain-server/schema.js";
import { benchFields, benchQueries, idsQuery } from "../../bench/queries.js";
import { deriveApiSchema, filterOperators, readCatalogue } from "../../src/catalogue/index.js";
import { coordinate } from "../../src/terms/index.js";
import { rivemontSources as sources } from "../support/rivemont.js";

const everything = { filter: new Set(filterOperators), order: true, count: true, backward: true };
const sdl = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");
const { catalogue } = readCatalogue(sdl, { file: "schema.graphql", sources });
if (catalogue === null) throw new Error("the demo's schema.graphql has faults");

describe("the bench's queries", () => {
  const plain = buildSchema(typeDefs);
  const api = deriveApiSchema(catalogue, () => everything);

  it.each([...benchQueries.map(({ name, text }) => [name, text]), ["ids", idsQuery]])(
    "%s is valid on Rivemont's API and on the plain server alike",
    (_, text) => {
      const document = parse(text ?? "");
      expect(validate(api, document)).toEqual([]);
      expect(validate(plain, document)).toEqual([]);
    },
  );

  it("select exactly the fields that the bench's agreement lists", () => {
    const selected = new Set<string>();
    const types = new TypeInfo(api);
    const collect = visitWithTypeInfo(types, {
      Field: ({ name }) => {
        const parent = types.getParentType()?.name ?? "";
        if (catalogue.coordinates.has(coordinate(parent, name.value))) selected.add(`${parent}.${name.value}`);
      },
    });
    for (const { text } of benchQueries) visit(parse(text), collect);
    expect([...selected].sort()).toEqual([...benchFields].sort());
  });
});
