import { buildSchema, parse, TypeInfo, validate, visit, visitWithTypeInfo } from "graphql";
import { describe, expect, it } from "vitest";
import { typeDefs } from "../../bench/peers/schema.mjs";
import { benchFields, benchQueries, idsQuery } from "../../bench/queries.js";
import { benchRules, otherApplications, schema } from "../../bench/town-files.js";
import { deriveApiSchema, filterOperators, readCatalogue } from "../../src/catalogue/index.js";
import { coordinate } from "../../src/terms/index.js";

const everything = { filter: new Set(filterOperators), order: true, count: true, backward: true };
const sources = new Set(["civil", "education", "parking", "mobility"]);
const { catalogue, faults } = readCatalogue(schema, { file: "schema.graphql", sources });
if (catalogue === null) throw new Error(`the bench's schema has faults: ${JSON.stringify(faults)}`);

describe("the bench's queries", () => {
  const peers = buildSchema(typeDefs);
  const api = deriveApiSchema(catalogue, () => everything);

  it.each([...benchQueries.map(({ name, text }) => [name, text]), ["ids", idsQuery]])(
    "%s is valid on the town's API and on the peers' alike",
    (_, text) => {
      const document = parse(text ?? "");
      expect(validate(api, document)).toEqual([]);
      expect(validate(peers, document)).toEqual([]);
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

describe("the bench's rules", () => {
  it.each([100, 1_000, 5_000])("are as many as were asked for: %i", (many) => {
    const lines = [...benchRules(many).values()].flatMap((text) => text.split("\n"));
    const rules = lines.filter((line) => line.startsWith("p, "));
    expect(rules).toHaveLength(many);
    const applications = new Set(rules.map((line) => line.split(", ")[1]));
    expect([...applications].sort()).toEqual(["group:bench", ...otherApplications(many)].sort());
  });
});
