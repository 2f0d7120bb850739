// The register of art. 30 is drawn from what is really so: it names what art. 30(1) asks for, for each agreement.
import { buffer, text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { personalCategories } from "../../../src/catalogue/personal-categories.js";
import { categoryTitle } from "../../../src/governance/category-words.js";
import { exportDocument, type Language, type ProcessingActivity } from "../../../src/governance/index.js";
import { tenant } from "../rivemont.js";
import { readPdf } from "./read-pdf.js";
import { ownEntry, servicesOf } from "./recorded.js";

async function register(format: "pdf" | "csv" | "json", language: Language = "fr"): Promise<Buffer> {
  const request = { tenant, kind: "register", format, language } as const;
  return buffer((await exportDocument(request, await servicesOf(), ownEntry)).stream);
}

const activities = async (): Promise<readonly ProcessingActivity[]> => {
  const read = JSON.parse((await register("json")).toString("utf8")) as { activities: ProcessingActivity[] };
  return read.activities;
};

const plain = (told: string): string => told.replaceAll(/[\u00a0\u202f]/g, " ");

describe("the register of processing activities", () => {
  it("has one activity for each agreement, those with people's data and in force first", async () => {
    const found = (await activities()).map(({ agreement, standing }) => `${agreement} ${standing}`);
    expect(found).toEqual([
      "biblio-stats/library-statistics in-force",
      "cantine-plus/school-meals in-force",
      "controle-fiscal/tax-audit in-force",
      "mon-rivemont/citizen-account in-force",
      "repas-malin/meal-advice in-force",
      "curieux/district-survey ended",
      "parkeasy/mobility in-force",
    ]);
  });

  it("names what art. 30(1)(a) to (g) asks for", async () => {
    const advice = (await activities()).find(({ agreement }) => agreement === "repas-malin/meal-advice");
    expect(advice).toMatchObject({
      controller: "Ville de Rivemont",
      contact: "donnees@rivemont.example",
      dpo: "Camille Aubry, dpo@rivemont.example",
      basis: { en: "Consent of the person (GDPR art. 6(1)(a))" },
      subjects: [{ fr: "Habitants ayant un compte famille", en: "Residents with a family account" }],
      recipient: { name: "Repas Malin SCOP", role: "controller" },
      sources: ["education", "families"],
    });
    expect(advice?.categories.map(({ term, title, special }) => `${term} ${title.fr} ${special}`)).toContain(
      "pd:EmailAddress Adresse électronique false",
    );
    // Fields about people that no category names are personal data all the same.
    expect(advice?.categories).toContainEqual(
      expect.objectContaining({
        term: "dpv:PersonalData",
        title: { fr: "Comptes de restauration scolaire", en: "School-meal accounts" },
      }),
    );
    expect(plain(advice?.retention.fr ?? "")).toBe(
      "Chez le destinataire : 6 mois. La passerelle n’en garde pas de copie.",
    );
    expect(advice?.transfers.en).toContain("no transfer outside the European Union");
    const measures = advice?.security.map(({ en }) => plain(en)) ?? [];
    expect(measures[0]).toBe(
      "Access field by field, closed by default: 11 fields opened by a rule, of 11 agreed fields.",
    );
    expect(measures.join("\n")).toContain("Values reduced before they leave (minimisation): ");
    expect(measures.join("\n")).toContain("1 field is open for some of the rows alone, by a filter.");
    expect(measures.join("\n")).toContain("Nothing leaves without the person’s consent");
    expect(measures.at(-1)).toContain("kept for 12 months");
  });

  it("counts what the rules open, not what was agreed", async () => {
    const own = (await activities()).find(({ agreement }) => agreement === "mon-rivemont/citizen-account");
    expect(own?.security.map(({ fr }) => plain(fr)).join("\n")).toMatch(
      /\d+ champs ne sont ouverts qu’à la personne connectée/,
    );
    const ended = (await activities()).find(({ agreement }) => agreement === "curieux/district-survey");
    expect(plain(ended?.security[0]?.fr ?? "")).toMatch(/ouverts? par une règle, sur 6 champs convenus/);
  });

  it("is a spreadsheet with one line for each, in the reader's language", async () => {
    const lines = (await register("csv")).toString("utf8").trimEnd().split("\r\n");
    expect(lines).toHaveLength(8);
    expect(lines[0]).toContain("Traitement;Convention;État;Responsable du traitement (a)");
    expect((await text((await exportDocument({ tenant, kind: "register", format: "csv", language: "en" }, await servicesOf(), ownEntry)).stream)).split("\r\n")[0]).toContain("Processing activity,Agreement,Standing"); // prettier-ignore
  });

  it("is a paper that a screen reader follows, with what has no people in it apart", async () => {
    const { pages, objects, tags } = readPdf(await register("pdf"));
    const told = pages.join(" ");
    expect(told).toContain("Registre des activités de traitement — Ville de Rivemont");
    expect(told).toContain("Restauration scolaire (Cantine Plus)");
    expect(told).toContain("Mesures de sécurité (g)");
    expect(told).toMatch(/Partages sans donnée personnelle • Mobilité \(ParkEasy\)/);
    expect(tags).toMatchObject({ H1: 1, H2: 7, Table: 7 });
    expect(objects).toContain("/Lang (fr)");
  });
});

it("every category has a French word of its own", () => {
  const missing = [...personalCategories].filter((category) => {
    const { fr, en } = categoryTitle(category);
    // Words that are the same in both languages.
    return fr === en && !["Accent", "Attitude", "Communication", "Profile", "Age"].includes(category);
  });
  expect(missing).toEqual(["Divorce", "Domicile", "Religion"]);
});
