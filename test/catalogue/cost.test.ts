// `@cost` and `@listSize` in schema.graphql: what they say, where they may stand, and what builders read of it.
import { printSchema } from "graphql";
import { expect, test } from "vitest";
import { deriveApiSchema } from "../../src/catalogue/index.js";
import { faultsOf, fullAbilities, read } from "./reading.js";

const sdl = (house: string, name: string, people: string, one = ""): string => `
type House @dataset(source: "families", from: "h", status: SHARED) @key(fields: "no") ${house} {
  no: Int
  name: String ${name}
  people: [Person!] @link(from: ["no"], to: ["home"]) ${people}
}
type Person @dataset(source: "families", from: "p", many: "people", status: SHARED) @key(fields: "no") {
  no: Int
  house: House @link(from: ["home"], to: ["no"]) ${one}
}
`;

test("what is not said is as in the specification: objects and links 1, values 0, no size", () => {
  const { datasets, coordinates } = read(sdl("", "", ""));
  expect(datasets.get("House")).toMatchObject({ cost: 1, assumedSize: null });
  expect(coordinates.get("House.name")).toMatchObject({ cost: 0 });
  expect(coordinates.get("House.people")).toMatchObject({ cost: 1, assumedSize: null });
  expect(coordinates.get("Person.house")).toMatchObject({ cost: 1, assumedSize: null });
});

test("weights and sizes are read, and told to builders in the descriptions", () => {
  const catalogue = read(
    sdl(
      '@cost(weight: "3") @listSize(assumedSize: 12)',
      '@cost(weight: "0.125")',
      '@cost(weight: "0") @listSize(assumedSize: 4)',
      '@cost(weight: "2.5")',
    ),
  );
  expect(catalogue.datasets.get("House")).toMatchObject({ cost: 3, assumedSize: 12 });
  expect(catalogue.coordinates.get("House.name")).toMatchObject({ cost: 0.125 });
  expect(catalogue.coordinates.get("House.people")).toMatchObject({ cost: 0, assumedSize: 4 });
  expect(catalogue.coordinates.get("Person.house")).toMatchObject({ cost: 2.5, assumedSize: null });
  const api = deriveApiSchema(catalogue, () => fullAbilities);
  const described = (type: string, field?: string): string | null | undefined => {
    const found = api.getTypeMap()[type];
    return field === undefined || !found || !("getFields" in found)
      ? found?.description
      : found.getFields()[field]?.description;
  };
  expect(described("House")).toBe("Cost: 3 for each object.");
  expect(described("House", "name")).toBe("Cost: 0.125 for each value.");
  expect(described("House", "people")).toBe(
    "Cost: 0 for each time it is followed.\n\nWithout `first` or `last` its cost is estimated for 4 rows.",
  );
  expect(described("Query", "houses")).toBe(
    "A list of House rows.\n\nWithout `first` or `last` its cost is estimated for 12 rows.",
  );
  expect(described("Person")).toBeNull();
  expect(printSchema(api)).toContain("Cost: 2.5 for each time it is followed.");
});

test.each([
  [
    sdl("", '@cost(weight: "-1")', ""),
    "4:30 fault: a weight is a number from 0 to 1,000,000 with at most three decimals",
  ],
  [sdl("", '@cost(weight: "1000001")', ""), "4:30 fault: a weight is a number from 0"],
  [sdl("", '@cost(weight: "0.0001")', ""), "4:30 fault: a weight is a number from 0"],
  [sdl("", '@cost(weight: "1e3")', ""), "4:30 fault: a weight is a number from 0"],
  [sdl("", '@cost(weight: "NaN")', ""), "4:30 fault: a weight is a number from 0"],
  [sdl("", "@cost(weight: 2)", ""), '4:30 fault: argument "weight" of "@cost" must be a text in quotes'],
  [sdl("", "@cost", ""), '4:16 fault: "@cost" needs "weight"'],
  [sdl("", '@cost(weight: "1") @cost(weight: "2")', ""), '4:35 fault: "@cost" may stand here only once'],
  [sdl("", "@listSize(assumedSize: 3)", ""), '4:16 fault: "@listSize" stands on a link to many, not on one String'],
  [sdl("", "", "", "@listSize(assumedSize: 3)"), '9:50 fault: "@listSize" stands on a link to many, not on one House'],
  [sdl("", "", "@listSize(assumedSize: 0)"), '5:78 fault: "assumedSize" is a number of rows from 1 to 1,000'],
  [sdl("", "", "@listSize(assumedSize: 1001)"), '5:78 fault: "assumedSize" is a number of rows from 1 to 1,000'],
  [
    sdl("", "", "@listSize(assumedSize: 2.5)"),
    '5:78 fault: argument "assumedSize" of "@listSize" must be a whole number',
  ],
  [
    sdl("", "", '@listSize(slicingArguments: ["first"])'),
    '5:65 fault: unknown argument "slicingArguments" of "@listSize"',
  ],
])("a fault is told at its place (%#)", (schema, fault) => {
  expect(faultsOf(schema).join("\n")).toContain(fault);
});
