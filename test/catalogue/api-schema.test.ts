import { fileURLToPath } from "node:url";
import { GraphQLError, isInputObjectType, isObjectType, Kind, printSchema, validateSchema } from "graphql";
import { describe, expect, test } from "vitest";
import {
  apiRoots,
  apiScalars,
  deriveApiSchema,
  pruneApiSchema,
  type ListAbilities,
  type SchemaView,
} from "../../src/catalogue/index.js";
import type { Coordinate } from "../../src/terms/index.js";
import { fullAbilities, read } from "./reading.js";

const catalogue = read(`
"""Residents who hold a family account."""
type Resident
  @dataset(source: "families", from: "public.residents", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  "The town's number of the person."
  number: Int @column(name: "id")
  familyName: String @personal(category: "Name")
  birthDate: Date @personal(category: "DateOfBirth")
  accounts: [Account!] @link(from: ["number"], to: ["resident_id"])
  file: SocialFile @link(from: ["number"], to: ["number"])
}
type Account @dataset(source: "families", from: "public.accounts", status: SHARED) @key(fields: "number") {
  number: SafeInt
  balance: Float
  open: Boolean
  changedAt: DateTime
  holder: Resident @link(from: ["resident_id"], to: ["number"])
}
"""Never shared."""
type SocialFile @dataset(source: "families", from: "public.files") @key(fields: "number") { number: Int }
type CarPark @dataset(source: "parking", from: "/car-parks", status: SHARED, open: true) @key(fields: "code") { code: String }
`);

const codesOnly: ListAbilities = { filter: new Set(["eq", "in"]), order: false, count: false, backward: false };
const abilities = (source: string): ListAbilities => (source === "families" ? fullAbilities : codesOnly);
const api = deriveApiSchema(catalogue, abilities);

const snapshot = (name: string): string => fileURLToPath(new URL(`./printed/${name}.graphql.snap`, import.meta.url));

const viewOf = (opened: readonly string[], usable: readonly string[], listable: readonly string[]): SchemaView => ({
  opened: (coordinate: Coordinate) => opened.includes(coordinate),
  usable: (coordinate: Coordinate) => usable.includes(coordinate),
  visible: (dataset) => opened.some((coordinate) => coordinate.startsWith(`${dataset}.`)),
  listable: (dataset) => listable.includes(dataset),
});

describe("the API schema of a small town", () => {
  test("prints as it did", async () => {
    expect(validateSchema(api)).toEqual([]);
    await expect(`${printSchema(api)}\n`).toMatchFileSnapshot(snapshot("whole"));
  });

  test("knows nothing of a dataset that is not shared, nor of links to it", () => {
    expect(printSchema(api)).not.toMatch(/SocialFile|socialFile|Never shared|file:/);
  });

  test("offers what a source can do, and no more", () => {
    const query = api.getQueryType()?.getFields() ?? {};
    expect(query["carParks"]?.args.map((argument) => argument.name)).toEqual(["first", "after", "where"]);
    expect(query["residents"]?.args.map((argument) => argument.name)).toEqual([
      ...["first", "after", "last", "before", "where", "orderBy"],
    ]);
    const filter = api.getType("StringFilterEqIn");
    expect(isInputObjectType(filter) ? Object.keys(filter.getFields()) : []).toEqual(["eq", "in"]);
    const connection = api.getType("CarParkConnection");
    expect(isObjectType(connection) ? Object.keys(connection.getFields()) : []).toEqual(["edges", "nodes", "pageInfo"]);
  });

  test("counts root lists alone", () => {
    const fields = (name: string): readonly string[] => {
      const type = api.getType(name);
      return isObjectType(type) ? Object.keys(type.getFields()) : [];
    };
    expect(fields("AccountConnection")).toContain("totalCount");
    expect(fields("AccountLinkConnection")).toEqual(["edges", "nodes", "pageInfo"]);
  });

  test("its root fields are known by what they answer", () => {
    expect([...apiRoots(catalogue)].map(([name, root]) => `${name} ${root.kind} ${root.dataset ?? "-"}`)).toEqual([
      "node node -",
      "residents list Resident",
      "resident one Resident",
      "accounts list Account",
      "account one Account",
      "carParks list CarPark",
      "carPark one CarPark",
    ]);
  });
});

describe("the part of it that an agreement sees", () => {
  test("prints as it did", async () => {
    const opened = ["Resident.familyName", "Resident.birthDate", "Resident.accounts", "Account.balance"];
    const pruned = pruneApiSchema(api, catalogue, viewOf(opened, ["Resident.familyName"], ["Account"]));
    expect(validateSchema(pruned)).toEqual([]);
    await expect(`${printSchema(pruned)}\n`).toMatchFileSnapshot(snapshot("pruned"));
  });

  test("is `node` alone where nothing is opened", async () => {
    const pruned = pruneApiSchema(api, catalogue, viewOf([], [], []));
    expect(validateSchema(pruned)).toEqual([]);
    await expect(`${printSchema(pruned)}\n`).toMatchFileSnapshot(snapshot("nothing"));
  });

  test("is not made of a schema that came from elsewhere", () => {
    const copy = Object.create(api) as typeof api;
    expect(() => pruneApiSchema(copy, catalogue, viewOf([], [], []))).toThrow(TypeError);
  });
});

describe("scalars carry texts, and no value stands in their errors", () => {
  const { Date: date, DateTime: dateTime, SafeInt: safeInt } = apiScalars;

  test.each([
    [dateTime, "2026-11-22T10:00:00+01:00", "2026-11-22T09:00:00.000Z"],
    [dateTime, "2026-11-22T09:00:00.000Z", "2026-11-22T09:00:00.000Z"],
    [date, "2024-02-29", "2024-02-29"],
    [safeInt, 2 ** 53 - 1, 2 ** 53 - 1],
  ])("%s takes %j and gives %j", (scalar, given, taken) => {
    expect(scalar.parseValue(given)).toBe(taken);
    expect(scalar.serialize(given)).toBe(taken);
    const literal =
      typeof given === "number"
        ? ({ kind: Kind.INT, value: String(given) } as const)
        : ({ kind: Kind.STRING, value: given } as const);
    expect(scalar.parseLiteral(literal, null)).toBe(taken);
  });

  test.each([
    [date, "2023-02-29"],
    [date, "22/11/2026"],
    [date, 20261122],
    [dateTime, "2026-11-22"],
    [dateTime, "2026-13-01T00:00:00Z"],
    [dateTime, "x"],
    [safeInt, 2 ** 53],
    [safeInt, "12"],
  ])("%s refuses %j without repeating it", (scalar, given) => {
    const refused = (convert: () => unknown): unknown => {
      try {
        return convert();
      } catch (error) {
        return error;
      }
    };
    const error = refused(() => scalar.parseValue(given));
    expect(error).toBeInstanceOf(GraphQLError);
    expect(String(error)).toContain(`${scalar.name} must be`);
    expect(String(error).replace(/like ".*"/, "")).not.toContain(String(given));
  });

  test.each([date, dateTime])("%s does not answer what a source gives wrongly", (scalar) => {
    expect(() => scalar.serialize("secret-value")).toThrow(/must be/);
    expect(() => scalar.serialize("secret-value")).not.toThrow(/secret/);
  });
});
