// Who is the same person: as tolerant as people expect, never beyond. Law 1: what does not match is nobody.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPerson } from "../../src/gateway/match-person.js";

const zoe = { family_name: "LE GALL", given_name: "Zoé Anne Marie", birthdate: "1980-05-01" };
const row = (family: string | null, given: string | null, birth: string | null = "1980-05-01") => [
  { claim: "family_name", cells: [family] },
  { claim: "given_name", cells: [given] },
  { claim: "birthdate", cells: [birth] },
];

describe("the same person", () => {
  it.each([
    ["Le Gall", "Zoé"],
    ["LE-GALL", "ZOE"],
    ["Legall", "zoé"],
    ["Le Gall", "Zoé Anne"],
    ["Le Gall", "Zoé, Anne, Marie"],
    [" Le  Gall ", "Zoe\u0301"],
  ])("is %s %s", (family, given) => {
    expect(isPerson(zoe, row(family, given))).toBe(true);
  });

  it.each([
    ["N'DIAYE", "N’Diaye"],
    ["LEFEVRE", "Lefèvre"],
    ["SAIDI", "Saïdi"],
    ["COEURDELION", "Cœur de Lion"],
    ["D'ANGELO", "D Angelo"],
    ["MUNOZ", "Muñoz"],
    ["STRAUSS", "Strauß"],
  ])("is %s where the register writes %s", (said, kept) => {
    expect(isPerson({ ...zoe, family_name: said }, row(kept, "Zoé"))).toBe(true);
  });

  it.each([
    ["Jean-Luc Marie", "Jean Luc"],
    ["Jean-Luc Marie", "Jean-Luc Marie"],
    ["Jean Luc Marie", "Jean-Luc"],
    ["Jean Luc Marie", "Jean"],
  ])("is called %s, and %s", (said, kept) => {
    expect(isPerson({ ...zoe, given_name: said }, row("Le Gall", kept))).toBe(true);
  });
});

describe("another person", () => {
  it.each([
    ["Le Gal", "Zoé", "1980-05-01"],
    ["Le Gall", "Anne", "1980-05-01"],
    ["Le Gall", "Zo", "1980-05-01"],
    ["Le Gall", "Zoé-Anne", "1980-05-02"],
    ["Le Gall", "Zoé", "1980-01-05"],
    ["Le Gall", "Zoé", null],
    [null, "Zoé", "1980-05-01"],
    ["Le Gall", null, "1980-05-01"],
    ["", "Zoé", "1980-05-01"],
    ["Le Gall", "-", "1980-05-01"],
  ])("is %s %s, born %s", (family, given, birth) => {
    expect(isPerson(zoe, row(family, given, birth))).toBe(false);
  });

  it("is whoever has the first of two given names in one word, the other way round", () => {
    expect(isPerson({ ...zoe, given_name: "Jean" }, row("Le Gall", "Jean-Luc"))).toBe(false);
    expect(isPerson({ ...zoe, given_name: "Luc Jean" }, row("Le Gall", "Jean"))).toBe(false);
  });

  it.each(["family_name", "given_name", "birthdate"])("is nobody without %s", (claim) => {
    for (const value of [undefined, null, "", " ", "'-", {}, ["LE GALL"], Number.NaN])
      expect(isPerson({ ...zoe, [claim]: value }, row("Le Gall", "Zoé"))).toBe(false);
  });

  it("is nobody where names that are only marks, or of no letters, would be equal", () => {
    expect(isPerson({ ...zoe, family_name: "---" }, row("'''", "Zoé"))).toBe(false);
  });
});

describe("names at birth and in use", () => {
  const married = { ...zoe, family_name: "MOREL", preferred_username: "LE GALL" };
  const [, given, birth] = row("", "Zoé");
  const names = (claim: string, ...cells: string[]) => ({ claim, cells });
  const rest = [given, birth].filter((each) => each !== undefined);

  it("may stand in several columns, one of which must match", () => {
    expect(isPerson(married, [names("family_name", "Le Gall", "Morel"), ...rest])).toBe(true);
    expect(isPerson(married, [names("family_name", "Le Gall", "Roux"), ...rest])).toBe(false);
  });

  it("are alternatives where the town lists both", () => {
    const both = [names("family_name", "Le Gall"), names("preferred_username", "Le Gall"), ...rest];
    expect(isPerson(married, both)).toBe(true);
    expect(isPerson({ ...married, preferred_username: undefined }, both)).toBe(false);
  });

  it("are not enough alone", () => {
    expect(isPerson(married, [names("family_name", "Morel")])).toBe(false);
    expect(isPerson(married, rest)).toBe(false);
  });
});

it("compares what else a town lists as it is, but the word for a gender", () => {
  const listed = (cell: string) => [...row("Le Gall", "Zoé"), { claim: "gender", cells: [cell] }];
  expect(isPerson({ ...zoe, gender: "female" }, listed("F"))).toBe(true);
  expect(isPerson({ ...zoe, gender: "female" }, listed("M"))).toBe(false);
  expect(isPerson({ ...zoe, gender: "x" }, listed("x"))).toBe(false);
  const born = (cell: string) => [...row("Le Gall", "Zoé"), { claim: "birthplace", cells: [cell] }];
  expect(isPerson({ ...zoe, birthplace: "29019" }, born("29019"))).toBe(true);
  expect(isPerson({ ...zoe, birthplace: "29019" }, born("2901"))).toBe(false);
});

it("never takes one for another by marks and case alone when the letters differ", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (said, kept) => {
      const letters = (text: string) =>
        text
          .normalize("NFKD")
          .toLowerCase()
          .replace(/[^a-z]/g, "");
      fc.pre(/^[ -~]*$/.test(said + kept) && letters(said) !== letters(kept));
      fc.pre(!/\d/.test(said + kept));
      return !isPerson({ ...zoe, family_name: said }, row(kept, "Zoé"));
    }),
  );
});
