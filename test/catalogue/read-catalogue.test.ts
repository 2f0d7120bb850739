import { describe, expect, test } from "vitest";
import { bindingsOf } from "../../src/catalogue/index.js";
import type { Coordinate } from "../../src/terms/index.js";
import { faultsOf, read } from "./reading.js";

/** A type on one line; the fields begin on line 2, column 3. */
const dataset = (name: string, fields: string, more = ""): string =>
  `type ${name} @dataset(source: "families", from: "public.t") @key(fields: "number") ${more} {\n  number: Int\n${fields}}\n`;

const resident = dataset("Resident", "  name: String\n", '@subject(scheme: "resident", field: "number")');

describe("a schema without fault", () => {
  test("has derived fields: Strings that are no column, as personal as what they are made of", () => {
    const catalogue = read(`
type Resident @dataset(source: "families", from: "r", status: SHARED) @key(fields: "number") {
  ageBand: String @derived(from: "birthDate", as: "age-band:5")
  band: String @derived(from: "birthDate", as: "age-band:10") @personal(category: "Age") @notForGuardians
  number: Int
  birthDate: Date @column(name: "born") @personal(category: "DateOfBirth") @subject(scheme: "resident", field: "number")
  illness: String @personal(category: "Health") @notForGuardians
  illnessCode: String @derived(from: "illness", as: "pseudonym") @personal(category: "Identifying")
}`);
    const subjects = [{ scheme: "resident", column: { name: "number", type: "Int" } }];
    expect(catalogue.coordinates.get("Resident.ageBand")).toMatchObject({
      ...{ kind: "derived", form: { kind: "age-band", years: 5 }, subjects, notForGuardians: false },
      from: { coordinate: "Resident.birthDate", column: { name: "born", type: "Date" } },
      personal: { category: "DateOfBirth", special: false },
    });
    expect(catalogue.coordinates.get("Resident.band")).toMatchObject({
      ...{ personal: { category: "Age", special: false }, subjects, notForGuardians: true },
    });
    // Of health: whatever its own line says, it is of a special category, and a guardian is kept from both.
    expect(catalogue.coordinates.get("Resident.illnessCode")).toMatchObject({
      ...{ form: { kind: "pseudonym" }, personal: { category: "Identifying", special: true }, notForGuardians: true },
    });
  });

  test("binds a derived field to its form and its source: another is approved anew", () => {
    const bindings = (as: string, from = "birthDate"): string | undefined =>
      bindingsOf(
        read(`type Resident @dataset(source: "families", from: "r") @key(fields: "number") {
  number: Int
  birthDate: Date
  movedIn: Date
  band: String @derived(from: "${from}", as: "${as}")
}`),
      ).get("Resident.band" as Coordinate);
    const all = [
      bindings("age-band:5"),
      bindings("age-band:10"),
      bindings("pseudonym"),
      bindings("age-band:5", "movedIn"),
    ];
    expect(new Set(all).size).toBe(4);
    expect(bindings("age-band:5")).toBe(all[0]);
  });

  test("becomes datasets, with their columns, key, people and groups", () => {
    const catalogue = read(`
"""Residents."""
type Resident
  @dataset(source: "families", from: "public.residents", many: "people", steward: "a@b.example", status: SHARED, updated: "P1D")
  @key(fields: "number, name") @subject(scheme: "resident", field: "number") {
  "Number."
  number: Int @column(name: "id") @group(name: "contact")
  name: String @personal(category: "Name") @group(name: "contact") @group(name: "identity")
  health: String @personal(category: "Health")
  diet: String @personal(category: "Preference", special: true)
  guardian: Int @column(name: "tutor_id") @subject(scheme: "resident")
  loans: [Loan!] @link(from: ["number"], to: ["resident_id"])
}
type Loan @dataset(source: "parking", from: "loans") @key(fields: "at") @subject(via: "borrower") {
  at: DateTime
  borrower: Resident @link(from: "resident_id", to: "number")
}
type CarPark @dataset(source: "parking", from: "/car-parks", open: true, licence: "etalab-2.0") @key(fields: "code") { code: String }
`);
    const residents = catalogue.datasets.get("Resident");
    expect(residents).toMatchObject({
      ...{ name: "Resident", description: "Residents.", source: "families", from: "public.residents" },
      ...{ one: "resident", many: "people", steward: "a@b.example", status: "SHARED", open: false, updated: "P1D" },
      key: [{ coordinate: "Resident.number" }, { coordinate: "Resident.name" }],
      subjects: [{ scheme: "resident", column: { name: "id", type: "Int" } }],
      // The first 4 bytes of SHA-256("Resident"), computed apart.
      typeTag: "280eda6f",
    });
    expect(catalogue.coordinates.get("Resident.number")).toMatchObject({
      ...{ kind: "field", description: "Number.", column: { name: "id", type: "Int" }, personal: null },
    });
    expect(catalogue.coordinates.get("Resident.health")).toMatchObject({ personal: { special: true } });
    expect(catalogue.coordinates.get("Resident.diet")).toMatchObject({ personal: { special: true } });
    expect(catalogue.coordinates.get("Resident.name")).toMatchObject({
      personal: { category: "Name", special: false },
    });
    expect(catalogue.coordinates.get("Resident.guardian")).toMatchObject({
      subjects: [{ scheme: "resident", column: { name: "tutor_id", type: "Int" } }],
    });
    expect(catalogue.coordinates.get("Resident.loans")).toMatchObject({
      ...{ kind: "link", target: "Loan", many: true },
      on: [{ from: { name: "id", type: "Int" }, to: { name: "resident_id", type: "Int" } }],
    });
    expect(catalogue.datasets.get("Loan")?.subjects).toEqual([
      { scheme: "resident", column: { name: "resident_id", type: "Int" } },
    ]);
    expect(catalogue.groups).toEqual(
      new Map([
        ["contact", ["Resident.name", "Resident.number"]],
        ["identity", ["Resident.name"]],
      ]),
    );
    expect(catalogue.positions.get("Resident.number")).toEqual({ line: 7, column: 3 });
    expect(catalogue.datasets.get("CarPark")).toMatchObject({ open: true, licence: "etalab-2.0", one: "carPark" });
  });

  test("shares nothing that does not say so", () => {
    expect(read(resident).datasets.get("Resident")?.status).toBe("QUALIFIED");
  });

  test("a link may name columns that no field shows; the field at the other end gives the type", () => {
    const sdl = `${dataset("District", "  name: String\n")}${dataset(
      "House",
      '  district: District @link(from: ["district_id"], to: ["number"])\n',
    )}`;
    expect(read(sdl).coordinates.get("House.district")).toMatchObject({
      on: [{ from: { name: "district_id", type: "Int" }, to: { name: "number", type: "Int" } }],
    });
  });
});

describe("every mistake is told at its place", () => {
  const type = (fields: string, more?: string): string => dataset("House", fields, more);
  const linked = (link: string): string => `${resident}${dataset("House", `  owner: ${link}\n  area: Float\n`)}`;

  test.each<[what: string, sdl: string, sentences: readonly string[]]>([
    ["syntax", "type House {\n  a: }\n", ['2:6 fault: syntax error: Expected Name, found "}".']],
    ["an empty file", "", ["1:1 fault: syntax error: Unexpected <EOF>."]],
    [
      "a required value",
      type("  name: String!\n"),
      [
        '3:9 fault: fields are nullable: a refusal is a null and must not wipe out its parent; remove the "!" (did you mean "String"?)',
      ],
    ],
    [
      "a required list",
      `${resident}${type('  all: [Resident!]! @link(from: "number", to: "house_id")\n')}`,
      [
        '7:8 fault: fields are nullable: a refusal is a null and must not wipe out its parent; remove the "!" (did you mean "[Resident!]"?)',
      ],
    ],
    [
      "a required value of an unknown type",
      type("  name: Strin!\n"),
      [
        '3:9 fault: fields are nullable: a refusal is a null and must not wipe out its parent; remove the "!"',
        '3:9 fault: unknown type "Strin" (did you mean "String"?)',
      ],
    ],
    ["an unknown type", type("  name: Sting\n"), ['3:9 fault: unknown type "Sting" (did you mean "String"?)']],
    [
      "ID",
      type("  name: ID\n"),
      ["3:9 fault: ID is kept for the gateway's own `id`: a service's key is a String or an Int"],
    ],
    [
      "a list of values",
      type("  names: [String]\n"),
      ["3:10 fault: a list of values is not accepted: a list is a link, [Type!] with @link"],
    ],
    ["a list of lists", type("  names: [[String]]\n"), ["3:10 fault: a list of lists is not accepted"]],
    [
      "a declared id",
      type("  id: Int\n"),
      ['3:3 fault: "id" is added by the gateway, as a pseudonym: name the service\'s own key otherwise, e.g. "number"'],
    ],
    ["a name of GraphQL", type("  __a: Int\n"), ['3:3 fault: "__a": names that begin with "__" belong to GraphQL']],
    ["a word of where", type("  not: Int\n"), ['3:3 fault: "not" is a word of `where`: choose another name']],
    ["a literal", type("  true: Boolean\n"), ['3:3 fault: "true" is a literal of GraphQL: choose another name']],
    ["a field twice", type("  a: Int\n  a: Int\n"), ['4:3 fault: field "House.a" is defined twice']],
    [
      "arguments of a field",
      type("  a(b: Int): Int\n"),
      ["3:5 fault: fields take no arguments: the gateway derives those of lists"],
    ],
    [
      "an unknown directive",
      type('  a: Int @colum(name: "b")\n'),
      ['3:10 fault: unknown directive "@colum" (did you mean "@column"?)'],
    ],
    [
      "a misplaced directive",
      type('  a: Int @key(fields: "a")\n'),
      ['3:10 fault: "@key" stands on a type, not on a field'],
    ],
    [
      "a repeated directive",
      type('  a: Int @column(name: "b") @column(name: "c")\n'),
      ['3:29 fault: "@column" may stand here only once'],
    ],
    [
      "an unknown argument",
      type('  a: Int @column(nam: "b")\n'),
      ['3:10 fault: "@column" needs "name"', '3:18 fault: unknown argument "nam" of "@column" (did you mean "name"?)'],
    ],
    [
      "an argument of another type",
      type("  a: Int @column(name: 3)\n"),
      ['3:24 fault: argument "name" of "@column" must be a text in quotes that is not empty'],
    ],
    [
      "an argument twice",
      type('  a: Int @column(name: "b", name: "c")\n'),
      ['3:29 fault: argument "name" of "@column" is given twice'],
    ],
    [
      "an unknown status",
      'type House @dataset(source: "families", from: "t", status: SHRED) @key(fields: "n") { n: Int }',
      [
        '1:60 fault: argument "status" of "@dataset" must be one of IDENTIFIED, QUALIFIED, SHARED, without quotes (did you mean "SHARED"?)',
      ],
    ],
    [
      "an unknown source",
      'type House @dataset(source: "familles", from: "t") @key(fields: "n") { n: Int }',
      ['1:29 fault: unknown source "familles": gateway.yaml lists families, parking (did you mean "families"?)'],
    ],
    [
      "a period that is none",
      'type House @dataset(source: "families", from: "t", updated: "daily") @key(fields: "n") { n: Int }',
      ['1:61 fault: "daily" is not an ISO 8601 duration, like P1D or PT1H'],
    ],
    [
      "no dataset",
      'type House @key(fields: "n") { n: Int }',
      ['1:6 fault: type "House" needs @dataset(source:, from:)'],
    ],
    [
      "no key",
      'type House @dataset(source: "families", from: "t") { n: Int }',
      ['1:6 fault: type "House" needs @key(fields:)'],
    ],
    [
      "a key that is not there",
      'type House @dataset(source: "families", from: "t") @key(fields: "zip nmber") { number: Int zip: Int }',
      ['1:70 fault: "House" has no field "nmber" (did you mean "number"?)'],
    ],
    [
      "a key of a link",
      `${resident}type House @dataset(source: "families", from: "t") @key(fields: "o n n") { n: Int o: Resident @link(from: "n", to: "number") }`,
      ['5:66 fault: "House.o" is a link: a key is made of fields with a value', '5:70 fault: "n" is in the key twice'],
    ],
    [
      "a type without fields",
      'type House @dataset(source: "families", from: "t")',
      ['1:6 fault: type "House" has no fields', '1:6 fault: type "House" needs @key(fields:)'],
    ],
    ["a type twice", resident + resident, ['5:6 fault: type "Resident" is defined twice']],
    [
      "other definitions",
      `${resident}interface A { a: Int }\nunion B = Resident\nenum C { D }\ninput E { a: Int }\nscalar F\nextend type Resident { b: Int }\ndirective @g on OBJECT\nschema { query: Resident }\nquery H { a }`,
      [
        "5:11 fault: interfaces and unions are not accepted: rights are decided on the fields of concrete types",
        "6:7 fault: interfaces and unions are not accepted: rights are decided on the fields of concrete types",
        "7:6 fault: enums are not accepted: give the field the type String",
        "8:7 fault: input types are not accepted: the gateway derives them from the datasets",
        "9:8 fault: scalars are built in: String, Int, SafeInt, Float, Boolean, Date, DateTime, GeoJSON",
        "10:13 fault: only `type` definitions are accepted, each written once and whole",
        "11:12 fault: the directives are built in and are not defined here",
        "12:1 fault: only `type` definitions are accepted, each written once and whole",
        "13:7 fault: this file describes data: operations and fragments are not accepted",
      ],
    ],
    ["a type of the API", dataset("PageInfo", ""), ['1:6 fault: "PageInfo" is a name of the API itself']],
    ["Mutation", dataset("Mutation", ""), ['1:6 fault: "Mutation" is a name of the API itself']],
    ["a filter's name", dataset("IntFilterEq", ""), ['1:6 fault: "IntFilterEq" is a name of the API itself']],
    [
      "a derived type",
      dataset("House", "") + dataset("HouseWhere", ""),
      ['4:6 fault: "HouseWhere" is the name of a type derived from "House"'],
    ],
    [
      "two derived types of one name",
      dataset("House", "") + dataset("HouseLink", ""),
      ['4:6 fault: "HouseLink" and "House" would both derive the type "HouseLinkConnection"'],
    ],
    [
      "two root fields of one name",
      `${dataset("House", "")}type Home @dataset(source: "families", from: "t", many: "houses") @key(fields: "n") { n: Int }\n`,
      ['4:57 fault: root field "houses" of "Home" is already that of "House": name it with @dataset(many:)'],
    ],
    [
      "the root field node",
      'type Node2 @dataset(source: "families", from: "t", one: "node", many: "a b") @key(fields: "n") { n: Int }',
      [
        '1:57 fault: root field "node" of "Node2" is already that of the gateway: name it with @dataset(one:)',
        '1:71 fault: "a b" cannot name a field: letters, digits and "_", not beginning with "__"',
      ],
    ],
    [
      // Law 5: a person under the text "5" is not who objected, or is looked for, under the number 5.
      "a column of two types",
      type('  a: String @column(name: "number")\n  b: SafeInt @column(name: "number")\n'),
      [
        '3:6 fault: the column "number" of "House" is a whole number for "House.number" and String for "House.a": a column has one type',
      ],
    ],
    [
      "a hidden column that two links take for two types",
      `${resident}${type('  a: Resident @link(from: ["who"], to: ["number"])\n  b: [Resident!] @link(from: ["who"], to: ["name"])\n')}`,
      [
        '8:6 fault: the column "who" of "House" is a whole number for "House.a" and String for "House.b": a column has one type',
      ],
    ],
    [
      "an interface of a dataset",
      'type House implements Node @dataset(source: "families", from: "t") @key(fields: "n") { n: Int }',
      ["1:23 fault: a dataset implements nothing: `Node` is added by the gateway"],
    ],
    [
      "a group's name",
      type('  a: Int @group(name: "@Contact")\n'),
      [
        '3:23 fault: a group\'s name is small letters, digits and "-", without "@": "@Contact" (did you mean "contact"?)',
      ],
    ],
    [
      "@derived in a form that there is not",
      type('  a: String @derived(from: "number", as: "age-bend:5")\n'),
      [
        '3:42 fault: a derived field is made as "age-band:n" (n years, 1 to 100) or "pseudonym" (did you mean "age-band:5"?)',
      ],
    ],
    [
      "@derived in bands of no years",
      type('  a: String @derived(from: "number", as: "age-band:0")\n'),
      [
        '3:42 fault: a derived field is made as "age-band:n" (n years, 1 to 100) or "pseudonym" (did you mean "age-band:5"?)',
      ],
    ],
    [
      "@derived from what is not there",
      type('  a: String @derived(from: "nmber", as: "pseudonym")\n'),
      ['3:28 fault: "House" has no field "nmber" (did you mean "number"?)'],
    ],
    [
      "@derived from a derived field",
      type('  a: String @derived(from: "number", as: "pseudonym")\n  b: String @derived(from: "a", as: "pseudonym")\n'),
      ['4:28 fault: "House.a" is derived itself: a derived field is made of a value of the service'],
    ],
    [
      "an age of a number",
      type('  a: String @derived(from: "number", as: "age-band:5")\n'),
      ['3:28 fault: an age is reckoned from a Date or a DateTime; "House.number" is of type Int'],
    ],
    [
      "@derived of another type than String",
      type('  a: Int @derived(from: "number", as: "pseudonym")\n'),
      ['3:6 fault: a derived field is a text: its type is String, not Int (did you mean "String"?)'],
    ],
    [
      "@derived with a column of its own",
      type('  a: String @derived(from: "number", as: "pseudonym") @column(name: "b")\n'),
      [
        '3:55 fault: "@column" does not go with @derived: its column and whom it is about are those of the field it is made of',
      ],
    ],
    [
      "a key of a derived field",
      'type House @dataset(source: "families", from: "h") @key(fields: "a") {\n  number: Int\n  a: String @derived(from: "number", as: "pseudonym")\n}',
      [`1:66 fault: "House.a" is derived: a key is made of the service's own values`],
    ],
    [
      "a link by a derived field",
      type('  a: String @derived(from: "number", as: "pseudonym")\n  b: House @link(from: ["a"], to: ["number"])\n'),
      [`4:25 fault: "House.a" is derived: no row is found by it`],
    ],
    [
      "a person by a derived field",
      'type House @dataset(source: "families", from: "h") @key(fields: "number") @subject(scheme: "resident", field: "a") {\n  number: Int\n  a: String @derived(from: "number", as: "pseudonym")\n}',
      [`1:111 fault: "House.a" is derived: name the field that holds the person's key`],
    ],
    [
      "a category",
      type('  a: Int @personal(category: "EmailAdress") @subject(scheme: "resident")\n'),
      [
        '3:30 fault: unknown category of personal data "EmailAdress" (names of DPV-PD, w3id.org/dpv/pd) (did you mean "EmailAddress"?)',
      ],
    ],

    ["no @link", linked("Resident"), ['7:10 fault: a field of type "Resident" needs @link(from:, to:)']],
    [
      "@link on a value",
      linked('Int @link(from: "area", to: "number")'),
      ["7:14 fault: @link leads to a dataset, not to a Int"],
    ],
    [
      "a link to nowhere",
      linked('Residant @link(from: "owner_id", to: "number")'),
      ['7:10 fault: unknown type "Residant" (did you mean "Resident"?)'],
    ],
    [
      "lengths",
      linked('Resident @link(from: ["a", "b"], to: "number")'),
      ['7:19 fault: "from" names 2 and "to" names 1: they are matched one to one'],
    ],
    [
      "a key that is a geometry",
      `type Lamp @dataset(source: "families", from: "t") @key(fields: "place") { place: GeoJSON }`,
      ['1:65 fault: "Lamp.place" is a geometry: no row is found by one'],
    ],
    [
      "a link by geometries",
      `type Lamp @dataset(source: "families", from: "t") @key(fields: "n") {
        n: Int
        place: GeoJSON
        next: Lamp @link(from: "place", to: "place")
      }`,
      ["4:20 fault: a link needs values that can be equal, and geometries are not compared"],
    ],
    [
      "a person known by a geometry",
      `type Lamp @dataset(source: "families", from: "t") @key(fields: "n")
        @subject(scheme: "resident", field: "place") { n: Int place: GeoJSON }`,
      ["2:9 fault: a geometry is nobody's key"],
    ],
    [
      "types that differ",
      linked('Resident @link(from: "area", to: "number")'),
      ['7:43 fault: "House.area" is Float, "Resident.number" is Int: linked fields have one type'],
    ],
    [
      "a misspelt field",
      linked('Resident @link(from: "owner_id", to: "numbre")'),
      ['7:47 fault: "Resident" has no field "numbre" (did you mean "number"?)'],
    ],
    [
      "a link to a link",
      linked('Resident @link(from: "owner", to: "number")'),
      ['7:31 fault: "House.owner" is itself a link: name a field or a column'],
    ],
    [
      "two hidden columns",
      linked('Resident @link(from: "owner_id", to: "person_key")'),
      ['7:19 fault: neither "owner_id" nor "person_key" is a field: one end must be, it gives the type'],
    ],
    [
      "a value's directive on a link",
      linked('Resident @link(from: "owner_id", to: "number") @personal(category: "Name")'),
      ['7:57 fault: "@personal" stands on a field with a value, not on a link'],
    ],
    [
      "an item that may be null",
      linked('[Resident] @link(from: "number", to: "house_id")'),
      ['7:10 fault: a list never holds an empty place: write the item with `!` (did you mean "[Resident!]"?)'],
    ],
    [
      "one where many may match (a warning)",
      linked('Resident @link(from: "number", to: "house_id")'),
      [
        '7:10 warning: "owner" is one Resident, but "to" is not the key of Resident: when several rows match, it cannot be answered',
      ],
    ],
    [
      "many where one can match (a warning)",
      linked('[Resident!] @link(from: "owner_id", to: "number")'),
      ['7:10 warning: "to" is the key of Resident: at most one row can match, write Resident'],
    ],

    [
      "personal data of nobody (a warning)",
      type('  a: Int @personal(category: "Age")\n  b: Int @personal(category: "Age") @subject(scheme: "resident")\n'),
      ['3:10 warning: "House.a" is personal, but neither it nor its type says of whom: add @subject'],
    ],
    [
      "open and personal",
      'type House @dataset(source: "families", from: "t", open: true) @key(fields: "n") @subject(scheme: "r", field: "n") { n: Int @personal(category: "Name") m: Int @subject(scheme: "r") }',
      [
        '1:82 fault: "House" is open: true, which is refused on anything personal',
        '1:125 fault: "House" is open: true, which is refused on anything personal',
        '1:160 fault: "House" is open: true, which is refused on anything personal',
      ],
    ],
    [
      "a subject without scheme",
      type("", '@subject(field: "number")'),
      ['1:82 fault: @subject needs "scheme" with "field", or "via" with a link'],
    ],
    [
      "a subject without field",
      type("", '@subject(scheme: "resident")'),
      ['1:82 fault: @subject needs "field": the person\'s key'],
    ],
    [
      "a subject of an unknown field",
      type("", '@subject(scheme: "resident", field: "numbr")'),
      ['1:118 fault: "House" has no field "numbr" (did you mean "number"?)'],
    ],
    [
      "a scheme's name",
      type("", '@subject(scheme: "Resident!", field: "number")'),
      ['1:99 fault: a scheme\'s name is small letters, digits and "-": "Resident!"'],
    ],
    [
      "via an unknown link",
      `${resident}${dataset("House", '  owner: Resident @link(from: "owner_id", to: "number")\n', '@subject(via: "ownr")')}`,
      ['5:96 fault: "House" has no link "ownr" (did you mean "owner"?)'],
    ],
    [
      "via a link to many",
      `${resident}${dataset("House", '  all: [Resident!] @link(from: "number", to: "house_id")\n', '@subject(via: "all")')}`,
      ['5:96 fault: "all" leads to many rows: "via" needs a link to one'],
    ],
    [
      "via a link to nobody",
      `${dataset("Street", "")}${dataset("House", '  street: Street @link(from: "street_id", to: "number")\n', '@subject(via: "street")')}`,
      ['4:96 fault: "Street", where "street" leads, has no @subject'],
    ],
    [
      "via two links",
      `${resident}${dataset("House", '  owner: Resident @link(from: "owner_id", to: "number")\n', '@subject(via: "owner")')}${dataset("Room", '  house: House @link(from: "house_id", to: "number")\n', '@subject(via: "house")')}`,
      ["9:81 fault: not supported yet: the person is more than one link away"],
    ],
    [
      "via a link whose end is not the person's key",
      `${dataset("Account", "  holder: Int\n", '@subject(scheme: "resident", field: "holder")')}${dataset("Meal", '  account: Account @link(from: "account_id", to: "number")\n', '@subject(scheme: "resident", via: "account")')}`,
      ["5:81 fault: not supported yet: the person is more than one link away"],
    ],
  ])("%s", (_what, sdl, sentences) => {
    expect(faultsOf(sdl)).toEqual(sentences.map((sentence) => `schema.graphql:${sentence}`));
  });

  test("a hidden column close to a field's name is no slip when it only adds to it", () => {
    const sdl = `${resident}${dataset("House", '  owner: String\n  o: Resident @link(from: "owner_id", to: "number")\n')}`;
    expect(faultsOf(sdl)).toEqual([]);
  });
});
