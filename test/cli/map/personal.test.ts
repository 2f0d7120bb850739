import { describe, expect, it } from "vitest";
import { personalColumns } from "../../../src/cli/map/personal.js";
import type { ScalarType } from "../../../src/terms/index.js";
import { heldOut, tuned, type ExpectedMark } from "./column-names.js";

const categoryOf = (table: string, column: string, scalar: ScalarType | null = null, ...others: string[]) => {
  const columns = [{ name: column, scalar }, ...others.map((name) => ({ name, scalar: null }))];
  return personalColumns(table, columns).get(column)?.category ?? null;
};

/** Each name alone in its table: no other column helps. */
function counted(names: readonly ExpectedMark[]) {
  const judged = names.map((expected) => ({ expected, found: categoryOf(expected.table, expected.column) }));
  const named = (list: typeof judged) => list.map(({ expected }) => `${expected.table}.${expected.column}`);
  const personal = judged.filter(({ expected }) => expected.category !== null);
  return {
    personal: personal.length,
    others: judged.length - personal.length,
    misses: named(personal.filter(({ found }) => found === null)),
    otherCategory: named(personal.filter(({ expected, found }) => found !== null && found !== expected.category)),
    falseAlarms: named(judged.filter(({ expected, found }) => expected.category === null && found !== null)),
  };
}

describe("columns that are likely to be personal", () => {
  it("are found among the names that the rules were written for", () => {
    expect(tuned.length + heldOut.length).toBe(200);
    expect(counted(tuned)).toEqual({ personal: 73, others: 57, misses: [], otherCategory: [], falseAlarms: [] });
  });

  it("are found among names that the rules were not tuned on; what is wrong there is written down here", () => {
    expect(counted(heldOut)).toEqual({
      personal: 51,
      others: 19,
      misses: [],
      otherCategory: [],
      falseAlarms: ["devices.mac_address", "libraries.address", "libraries.contact_email"],
    });
  });

  it("are read whatever the case, the accents and the separators", () => {
    for (const name of ["DATE_NAISSANCE", "dateNaissance", "Date de naissance", "date-naissance", "DateNaissance"])
      expect([name, categoryOf("t", name)]).toEqual([name, "DateOfBirth"]);
    expect(categoryOf("Élèves", "Prénom")).toBe("Name");
    expect(categoryOf("t", "NumSécu")).toBe("OfficialID");
  });

  it("take a name for a person's beside what only people have", () => {
    expect(categoryOf("fiches", "nom")).toBeNull();
    expect(categoryOf("fiches", "nom", "String", "prenom")).toBe("Name");
    expect(categoryOf("ecoles", "telephone", "String", "nom")).toBeNull();
    expect(categoryOf("ecoles", "tel_parent", "String", "nom")).toBe("TelephoneNumber");
  });

  it("are found in rows that hold a person's key, whatever the table is called", () => {
    expect(categoryOf("comptes_cantine", "regime", "String")).toBeNull();
    expect(categoryOf("comptes_cantine", "regime", "String", "resident_id")).toBe("DietaryPreference");
    expect(categoryOf("comptes_cantine", "solde", "Float", "resident_id")).toBe("FinancialAccount");
    expect(categoryOf("prets", "titre", "String", "resident_id")).toBeNull();
  });

  it("are what their type can hold", () => {
    expect(categoryOf("usagers", "email", "Boolean")).toBeNull();
    expect(categoryOf("usagers", "handicap", "Boolean")).toBe("Disability");
    expect(categoryOf("usagers", "telephone", "DateTime")).toBeNull();
  });
});
