// An access in sentences: what a DPO reads first is right in number and in language.
import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { formatIn } from "../../console/src/app/moments.js";
import { teach } from "../../console/src/app/texts.js";
import { sentencesOf, type AccessTranslate, type Told } from "../../console/src/pages/access/telling.js";
import { accessTexts } from "../../console/src/pages/access/texts.js";

beforeAll(async () => {
  await i18next.init({
    lng: "fr",
    ns: [],
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  teach(accessTexts.namespace);
});

const row: Told["row"] = {
  at: "2026-11-23T08:12:07.000Z",
  application: "cantine-plus",
  agreement: "cantine-plus/school-meals",
  purpose: "school-meals",
  people: 6,
  rows: 1,
  withheld: 0,
  refusedCount: 2,
  fieldCount: 2,
  staff: null,
};
const field = (coordinate: string, cells: number) => ({ coordinate, cells, mask: "-", rule: null });
const story: Told = { row, operation: null, left: [field("Resident.givenName", 6), field("Resident.number", 0)] };

const told = (language: "fr" | "en", what: Told, purpose: string | null = "School meals") =>
  sentencesOf(
    what,
    purpose,
    i18next.getFixedT(language, "access") as unknown as AccessTranslate,
    formatIn(language, "Europe/Paris"),
  );

describe("an access in sentences", () => {
  it("says who, when in the town's time, what for, under what, what left and what did not", () => {
    expect(told("en", story)).toEqual([
      "On 23 November 2026 at 09:12:07, the application cantine-plus asked for data for “School meals”, under the agreement cantine-plus/school-meals.",
      // A field that only chose the rows did not leave.
      "What left: 1 field and 1 row.",
      "The data is about 6 people.",
      "2 fields were refused.",
    ]);
    expect(told("fr", story, "Restauration scolaire")).toEqual([
      "Le 23 novembre 2026 à 09:12:07, l’application cantine-plus a demandé des données pour «\u00a0Restauration scolaire\u00a0», au titre de la convention cantine-plus/school-meals.",
      "Ont été transmis\u00a0: 1 champ et 1 ligne.",
      "Ces données concernent 6 personnes.",
      "2 champs ont été refusés.",
    ]);
  });

  it("says that nothing left, and of a request without a key that it was of open data", () => {
    const open = { ...row, application: null, agreement: "open-data", rows: 0, people: 0, refusedCount: 0 };
    expect(told("en", { row: open, operation: null, left: [] }, null)).toEqual([
      "On 23 November 2026 at 09:12:07, an application without a key (open data) asked for data, under the agreement open-data.",
      "Nothing left.",
    ]);
  });

  it("says of staff who it was, and that a name was erased", () => {
    const staff = { who: "dpo@rivemont.example", command: "console: accesses", filters: [] };
    expect(told("en", { ...story, row: { ...row, staff } })).toEqual([
      "On 23 November 2026 at 09:12:07, dpo@rivemont.example read what the gateway keeps: console: accesses.",
    ]);
    expect(told("fr", { ...story, row: { ...row, staff: { ...staff, who: null } } }).join()).toContain("nom effacé");
  });
});
