// Who a signed-in person is in the town's registers, and whose guardian. Law 1: nobody found, or several, is nobody. Law 14:
// what a register sends back is checked again.
import { describe, expect, it } from "vitest";
import { readCatalogue } from "../../src/catalogue/index.js";
import {
  bindSchemes,
  createCitizens,
  NotIdentified,
  sourceGate,
  type Current,
  type SchemeSettings,
} from "../../src/gateway/index.js";
import type { VerifiedClaims } from "../../src/identity/index.js";
import { SourceFailure, type Source } from "../../src/sources/index.js";
import type { SubjectKey, TenantName, Value } from "../../src/terms/index.js";

const rivemont = "rivemont" as TenantName;
const sdl = `
type Person @dataset(source: "people", from: "person", many: "people", status: QUALIFIED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int
  birthName: String @personal(category: "Name")
  name: String @personal(category: "Name")
  givenName: String @personal(category: "Name")
  birthDate: Date @personal(category: "DateOfBirth")
}
type Guard @dataset(source: "people", from: "guard", status: QUALIFIED) @key(fields: "number")
  @subject(scheme: "resident", field: "adult") @subject(scheme: "resident", field: "child") {
  number: Int
  adult: Int
  child: Int
  since: Date
  until: Date
}
type Idea @dataset(source: "people", from: "idea", status: IDENTIFIED) @key(fields: "number") { number: Int }
`;
const { catalogue: read } = readCatalogue(sdl, { file: "schema.graphql", sources: new Set(["people"]) });
if (read === null) throw new Error("the test's schema has a fault");
const catalogue = read;

type Table = readonly Readonly<Record<string, Value>>[];
const person = (number: number, name: string, givenName: string, birthDate: string | null, birthName = name) => ({
  ...{ number, birthName, name, givenName, birthDate },
});
const guard = (adult: number, child: number, since: string | null = null, until: string | null = null) => ({
  ...{ number: adult * 1_000 + child, adult, child, since, until },
});

const people: Table = [
  person(1, "Le Gall", "Zoé", "1980-05-01", "Morel"),
  person(2, "Martin", "Léa", "1990-01-01"),
  person(3, "Martin", "Lea", "1990-01-01"),
  person(4, "Martin", "Luc", "1990-01-01"),
  person(11, "Morel", "Tom", "2010-03-28"),
  person(12, "Morel", "Lou", "2008-02-29"),
  person(13, "Morel", "Ada", null),
  person(14, "Martin", "Max", "2015-01-01"),
];
const guards: Table = [
  guard(1, 11),
  guard(1, 12),
  guard(1, 13),
  guard(4, 11, "2020-01-01", "2026-06-30"),
  guard(2, 11, "2027-01-01"),
  guard(3, 14),
];

/** A register that can be away, or send what nobody asked for. */
function registerOf(tables: Readonly<Record<string, Table>>, spoil: "honest" | "away" | "lying" = "honest") {
  const asked: string[] = [];
  const source: Source = {
    name: "people",
    kind: "test",
    abilities: { filter: new Set(["eq", "in"]), valuesIn: 100, order: true, count: false, backward: false },
    page: () => Promise.reject(new Error("not asked")),
    byKeys: ({ from, columns, match, keys }) => {
      asked.push(`${from} ${JSON.stringify(keys)}`);
      if (spoil === "away") return Promise.reject(new SourceFailure("people", "unavailable", "ECONNREFUSED"));
      const [column = { name: "" }] = match;
      const wanted = new Set(keys.flat().map((key) => JSON.stringify(key)));
      const rows = (tables[from] ?? []).filter(
        (each) => spoil === "lying" || wanted.has(JSON.stringify(each[column.name] ?? null)),
      );
      return Promise.resolve(rows.map((each) => columns.map(({ name }) => each[name] ?? null)));
    },
    count: () => Promise.reject(new Error("not asked")),
    describe: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  };
  return { source, asked };
}

const scheme: SchemeSettings = {
  dataset: "Person",
  match: new Map([
    ["family_name", ["birthName", "name"]],
    ["given_name", ["givenName"]],
    ["birthdate", ["birthDate"]],
  ]),
  guardians: { dataset: "Guard", guardian: "adult", ward: "child", from: "since", until: "until", born: "birthDate" },
};

type Recorded = Parameters<typeof createCitizens>[0]["recorded"];

function citizensOf(
  { source }: { readonly source: Source },
  at = "2026-03-01T12:00:00Z",
  settings = scheme,
  recorded: Recorded = null,
) {
  const current = { policy: { catalogue, id: "v1" } } as unknown as Current;
  return createCitizens({
    tenants: new Map([[rivemont, { schemes: new Map([["resident", settings]]), timeZone: "Europe/Paris" }]]),
    services: new Map([
      [
        rivemont,
        {
          contact: "a@b.example",
          timeZone: "Europe/Paris",
          budgets: new Map(),
          sources: new Map([["people", source]]),
          gates: new Map([["people", sourceGate(4, 8)]]),
        },
      ],
    ]),
    current: () => Promise.resolve(current),
    recorded,
    now: () => new Date(at),
  });
}

const said = (family_name: string, given_name: string, birthdate: unknown, subject = "s"): VerifiedClaims => ({
  issuer: "https://sign-in.example",
  subject,
  claims: { family_name, given_name, birthdate },
});
const zoe = said("LE GALL", "Zoé Anne", "1980-05-01");
const resident = (key: number): SubjectKey => ({ scheme: "resident", key });
const town = { person: people, guard: guards };

describe("a signed-in person", () => {
  it("is found in a dataset that is not shared, asked by the date of birth alone", async () => {
    const register = registerOf(town);
    const { self } = await citizensOf(register).identify(rivemont, zoe);
    expect(self).toEqual([resident(1)]);
    expect(register.asked[0]).toBe('person [["1980-05-01"]]');
  });

  it("may be known by the name at birth", async () => {
    const { self } = await citizensOf(registerOf(town)).identify(rivemont, said("MOREL", "Zoé", "1980-05-01"));
    expect(self).toEqual([resident(1)]);
  });

  it.each([
    ["nobody of that name", said("DURAND", "Zoé", "1980-05-01"), "unknown"],
    ["nobody of that day", said("LE GALL", "Zoé", "1980-05-02"), "unknown"],
    ["no date of birth", said("LE GALL", "Zoé", undefined), "unknown"],
    ["a date that is none (born on a day unknown)", said("LE GALL", "Zoé", "1980-00-00"), "unknown"],
    ["two of that name and day", said("MARTIN", "Léa Rose", "1990-01-01"), "ambiguous"],
  ])("is nobody with %s", async (_, claims, reason) => {
    const error: unknown = await citizensOf(registerOf(town))
      .identify(rivemont, claims)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotIdentified);
    expect(error).toMatchObject({ reason });
    expect(String(error)).not.toMatch(/MARTIN|LE GALL|1980/);
  });

  it("is one person where the register has the row twice", async () => {
    const twice = registerOf({ person: [...people, ...people], guard: guards });
    expect((await citizensOf(twice).identify(rivemont, zoe)).self).toEqual([resident(1)]);
  });

  it("is nobody while the register does not answer", async () => {
    await expect(citizensOf(registerOf(town, "away")).identify(rivemont, zoe)).rejects.toBeInstanceOf(SourceFailure);
  });

  it("is the same whatever else the register sends", async () => {
    const citizen = await citizensOf(registerOf(town, "lying")).identify(rivemont, zoe);
    expect(citizen).toEqual({ self: [resident(1)], wards: [resident(11)] });
  });

  it("is not looked for twice within a minute; another person is", async () => {
    const register = registerOf(town);
    const citizens = citizensOf(register);
    await citizens.identify(rivemont, zoe);
    const { length } = register.asked;
    await citizens.identify(rivemont, zoe);
    expect(register.asked.length).toBe(length);
    await expect(citizens.identify(rivemont, said("DURAND", "Zoé", "1980-05-01", "other"))).rejects.toThrow(
      NotIdentified,
    );
  });
});

describe("their children", () => {
  const wards = async (at: string) => (await citizensOf(registerOf(town), at).identify(rivemont, zoe)).wards;

  it("are those below 18 today where the town is", async () => {
    // Born on 28 March 2010: 18 on 28 March 2028. Midnight in Paris is an hour (in summer two) before midnight UTC.
    expect(await wards("2028-03-27T12:00:00Z")).toEqual([resident(11)]);
    expect(await wards("2028-03-27T21:59:59Z")).toEqual([resident(11)]);
    expect(await wards("2028-03-27T22:00:00Z")).toEqual([]);
  });

  it("born on 29 February are children until 1 March", async () => {
    expect(await wards("2026-02-28T22:59:59Z")).toEqual([resident(11), resident(12)]);
    expect(await wards("2026-02-28T23:00:00Z")).toEqual([resident(11)]);
  });

  it("are not those whose date of birth nobody knows", async () => {
    expect(await wards("2026-02-28T12:00:00Z")).not.toContainEqual(resident(13));
  });

  it("are those of guardianships in force", async () => {
    const luc = said("MARTIN", "Luc", "1990-01-01");
    const of = async (at: string) => (await citizensOf(registerOf(town), at).identify(rivemont, luc)).wards;
    expect(await of("2019-12-31T12:00:00Z")).toEqual([]);
    expect(await of("2026-06-30T12:00:00Z")).toEqual([resident(11)]);
    expect(await of("2026-06-30T22:00:00Z")).toEqual([]);
  });

  it("are nobody's who has more than a family has", async () => {
    const many = Array.from({ length: 31 }, (_, i) => i + 100);
    const full = (count: number) =>
      registerOf({
        person: [...people, ...many.map((number) => person(number, "X", "Y", "2015-01-01"))],
        guard: many.slice(0, count).map((number) => guard(1, number)),
      });
    expect((await citizensOf(full(30)).identify(rivemont, zoe)).wards).toHaveLength(30);
    expect((await citizensOf(full(31)).identify(rivemont, zoe)).wards).toEqual([]);
    expect(await citizensOf(full(30)).guardiansOf(rivemont, resident(100))).toEqual([resident(1)]);
    expect(await citizensOf(full(31)).guardiansOf(rivemont, resident(100))).toEqual([]);
  });

  it("have their guardians of today", async () => {
    const at = (day: string) => citizensOf(registerOf(town), `${day}T12:00:00Z`).guardiansOf(rivemont, resident(11));
    expect(await at("2026-06-30")).toEqual([resident(1), resident(4)]);
    expect(await at("2026-07-01")).toEqual([resident(1)]);
    expect(await at("2027-01-01")).toEqual([resident(1), resident(2)]);
    expect(await at("2028-03-28")).toEqual([]);
    expect(await citizensOf(registerOf(town)).guardiansOf(rivemont, resident(1))).toEqual([]);
  });
});

// Law 1: the record of consent knows an age from guardianships alone, so without them a child would decide as a grown person.
it("a child who signs in before any guardian has brings its guardians on record, a grown person nobody", async () => {
  const added: unknown[] = [];
  const recorded: NonNullable<Recorded> = {
    addGuardianship: (record) => {
      added.push(record);
      return Promise.resolve("id");
    },
    wardsOf: () => Promise.resolve([]),
    guardiansOf: () => Promise.resolve([]),
  };
  const citizens = citizensOf(registerOf(town), undefined, undefined, recorded);
  await citizens.identify(rivemont, said("Morel", "Tom", "2010-03-28"));
  const ofTom = { ward: resident(11), wardBorn: "2010-03-28", source: "dataset" };
  expect(added).toMatchObject([
    { guardian: resident(1), ...ofTom },
    { guardian: resident(4), ...ofTom },
  ]);
  added.length = 0;
  await citizens.identify(rivemont, said("Martin", "Luc", "1990-01-01", "t"));
  expect(added).toMatchObject([{ guardian: resident(4), ward: resident(11) }]);
});

describe("the first names of children", () => {
  const named = (rows: Table, spoil?: "away" | "lying") => {
    const register = registerOf({ person: rows }, spoil);
    return { register, of: (keys: readonly number[]) => citizensOf(register).firstNames(rivemont, keys.map(resident)) };
  };
  const child = (number: number, givenName: string) => person(number, "X", givenName, null);

  it("are asked by key, for these children alone, and each time anew", async () => {
    const { register, of } = named(people);
    expect(await of([12, 11])).toEqual(["Lou", "Tom"]);
    await of([12, 11]);
    expect(register.asked).toEqual(["person [[12],[11]]", "person [[12],[11]]"]);
    expect(await of([])).toEqual([]);
    expect(register.asked).toHaveLength(2);
  });

  it.each([
    ["Raphaël Jean, Marie", "Raphaël"],
    ["Jean-Luc,Marie", "Jean-Luc"],
    ["  ", null],
    ["-", null],
    ["Tom\u202e", null],
    ["T".repeat(61), null],
  ])("%j: %j", async (cell, first) => {
    expect(await named([child(11, cell)]).of([11])).toEqual([first]);
  });

  it("are null where the register has two for one child, and never another child's (law 14)", async () => {
    expect(await named([child(11, "Tom"), child(11, "Tim")]).of([11])).toEqual([null]);
    expect(await named([child(11, "Tom"), child(11, "Tom")], "lying").of([99, 11])).toEqual([null, "Tom"]);
  });

  it("are not read for more children than a family has, nor in a register that is not asked by them", async () => {
    const { register, of } = named(people);
    expect(await of(Array.from({ length: 61 }, (_, i) => i))).not.toContain("Zoé");
    expect(await citizensOf(register).firstNames(rivemont, [{ scheme: "reader", key: 11 }])).toEqual([null]);
    expect(register.asked).toEqual([]);
  });

  it("fail without a word of them while the register does not answer", async () => {
    const error: unknown = await named(people, "away")
      .of([11])
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceFailure);
    expect(String(error)).not.toMatch(/Tom|11/);
  });
});

describe("names of gateway.yaml that the map does not have", () => {
  const problems = (settings: Partial<SchemeSettings>) =>
    bindSchemes(new Map([["resident", { ...scheme, ...settings }]]), catalogue);

  it.each([
    [{ dataset: "Persn" }, "schemes resident dataset", "Person"],
    [{ dataset: "Idea" }, "schemes resident dataset", undefined],
    [{ dataset: "Guard" }, "schemes resident dataset", undefined],
    [
      { match: new Map([...scheme.match, ["given_name", ["givenNam"]]]) },
      "schemes resident match given_name",
      "givenName",
    ],
    [{ match: new Map([...scheme.match, ["birthdate", ["name"]]]) }, "schemes resident match birthdate", undefined],
    [{ guardians: { ...guardsOf(), dataset: "Gard" } }, "schemes resident guardians dataset", "Guard"],
    [{ guardians: { ...guardsOf(), ward: "kid" } }, "schemes resident guardians ward", undefined],
    [{ guardians: { ...guardsOf(), until: "child" } }, "schemes resident guardians until", undefined],
    [{ guardians: { ...guardsOf(), born: "number" } }, "schemes resident guardians born", undefined],
  ])("%o are told, and find nobody", (settings, path, suggestion) => {
    const bound = problems(settings);
    expect(bound.schemes).toEqual([]);
    expect(bound.problems.map((each) => [each.path.join(" "), each.suggestion])).toContainEqual([path, suggestion]);
  });
});

function guardsOf() {
  if (scheme.guardians === null) throw new Error("the test's scheme has guardians");
  return scheme.guardians;
}
