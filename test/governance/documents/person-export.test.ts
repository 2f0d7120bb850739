// The paper that a person gets: it tells who received their data, and of nobody whom the law lets the town keep silent
// about (GDPR art. 23), nor of other people. Their key stands in the paper alone.
import { text } from "node:stream/consumers";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { ConsentEvent } from "../../../src/consent/index.js";
import { exportPerson, type ExportedAnnex, type Language } from "../../../src/governance/index.js";
import type { SubjectToken } from "../../../src/terms/index.js";
import { agreements, rivemontFacts, tenant } from "../rivemont.js";
import { readPdf } from "./read-pdf.js";
import { entryAt, ownEntry, servicesOf, type Recorded } from "./recorded.js";

const canteen = "cantine-plus/school-meals";
const advice = "repas-malin/meal-advice";
const audit = "controle-fiscal/tax-audit";

async function annex(
  recorded: Recorded,
  language: Language = "fr",
  format: "pdf" | "json" = "pdf",
): Promise<ExportedAnnex> {
  const person = { scheme: "resident", token: "T123" as SubjectToken };
  return exportPerson(
    { tenant, kind: "person", format, language, person },
    await servicesOf(recorded),
    rivemontFacts(),
    ownEntry,
  );
}

const read = async (recorded: Recorded, language: Language = "fr"): Promise<string> =>
  readPdf(await buffer((await annex(recorded, language)).stream)).pages.join(" ");

const model = async (recorded: Recorded): Promise<Record<string, unknown>> =>
  JSON.parse(await text((await annex(recorded, "fr", "json")).stream)) as Record<string, unknown>;

const at = (day: string): string => `${day}T08:00:00.000Z`;

describe("the annex of art. 15", () => {
  it("tells each recipient by name: what, what for, by which right, how often, when, for how long, from where", async () => {
    const told = await read({
      entries: [
        entryAt(1, {
          people: ["T123"],
          at: at("2026-10-30"),
          fields: ["Resident.familyName", "CanteenAccount.balance"],
        }),
        entryAt(2, { people: ["O123", "T9"], at: at("2026-11-02"), fields: ["Resident.familyName"] }),
        entryAt(3, { people: ["T9"], at: at("2026-11-05"), fields: ["Resident.email"] }),
      ],
    });
    for (const said of [
      "Cantine Plus SAS (sous-traitant de la ville)",
      "dpo@cantine-plus.example",
      "Restauration scolaire. Inscription aux repas des écoles, suivi et paiement",
      "Mission de service public (RGPD, art. 6(1)(e))",
      "2 accès, du 30 octobre 2026 au 2 novembre 2026",
      "1 an chez le destinataire",
      "Fichiers de la ville : Comptes de restauration scolaire et Habitants ayant un compte famille",
      "Nom et prénom Nom d’usage 2 2 novembre 2026",
      "Solde du compte de restauration 1 30 octobre 2026",
      "n° 123 — Habitants ayant un compte famille",
      "www.cnil.fr/fr/plaintes",
      "Camille Aubry, dpo@rivemont.example",
    ])
      expect(told).toContain(said);
    // Of another person alone.
    expect(told).not.toContain("Adresse électronique");
  });

  it("is as plain in English", async () => {
    const told = await read({ entries: [entryAt(1, { people: ["T123"], at: at("2026-11-02") })] }, "en");
    for (const said of [
      "1 recipient has received data about you, in 1 access.",
      "1 access, on 2 November 2026",
      "Public task",
      "Family name",
    ])
      expect(told).toContain(said);
  });

  it("says nothing of what is hidden by law or of an unknown agreement, not even how many; the DPO is told apart", async () => {
    const entries = [
      entryAt(1, { people: ["T123"], at: at("2026-11-02") }),
      entryAt(2, { people: ["T123"], agreement: audit, fields: ["Household.members"], at: at("2026-11-03") }),
      entryAt(3, { people: ["T123"], agreement: "gone/away", at: at("2026-11-04") }),
      // Of a version that was never signed.
      entryAt(4, { people: ["T123"], agreementVersion: 9, at: at("2026-11-05") }),
    ];
    const told = await read({ entries });
    expect(told).toContain("1 destinataire a reçu des données qui vous concernent, en 1 accès.");
    expect(told).not.toMatch(/controle|fiscal|foyer|gone|4 inscriptions|(?<!\d)[345] novembre/i);
    const { leftOut } = await annex({ entries });
    const ground = agreements.find(({ ref }) => ref === audit)?.approved?.snapshot.hidden;
    expect(ground).toBeTruthy();
    expect(leftOut).toMatchObject([
      { agreement: canteen, ground: null, times: 1 },
      { agreement: audit, ground, times: 1 },
      { agreement: "gone/away", ground: null, times: 1 },
    ]);
    const without = await read({ entries: entries.slice(0, 1) });
    expect(told).toBe(without);
  });

  it("tells of what was kept back by their choice as kept back, not as received", async () => {
    const view = agreements.find(({ ref }) => ref === advice);
    const given = { agreement: view?.id, at: new Date("2026-11-10T00:00:00Z"), decision: "given", fields: ["*"] };
    const fields = ["Resident.email", "CanteenAccount.balance"];
    const asked = (day: string, index: number) =>
      entryAt(index, {
        people: ["T123"],
        agreement: advice,
        basis: "consent",
        fields,
        withheld: ["CanteenAccount.balance"],
        at: at(day),
      });
    const before = await model({ entries: [asked("2026-11-02", 1)], events: [given as unknown as ConsentEvent] });
    expect(before["recipients"]).toMatchObject([
      { fields: [{ coordinate: "Resident.email" }], keptBack: [{ fr: "Solde du compte de restauration" }] },
    ]);
    const after = await model({ entries: [asked("2026-11-12", 2)], events: [given as unknown as ConsentEvent] });
    expect(after["recipients"]).toMatchObject([{ fields: [{}, {}], keptBack: [] }]);
  });

  it("tells of the town's own staff by number alone", async () => {
    const staff = { command: "console: accesses", filters: {} };
    const look = {
      people: ["T123"],
      outcome: "staff",
      agreement: null,
      staff,
      fields: [],
      who: "lucien@rivemont.example",
    } as const;
    const told = await read({ entries: [entryAt(1, { ...look, at: at("2026-11-02") })] });
    expect(told).toContain("Aucune application n’a reçu, par la passerelle, de données qui vous concernent");
    expect(told).toContain("(1 accès, le 2 novembre 2026)");
    expect(told).not.toContain("lucien");
  });

  it("concludes nothing from an altered entry, and says so", async () => {
    const told = await read({ entries: [entryAt(1, { people: ["T123"], intact: false })] });
    expect(told).toContain("Aucune application n’a reçu");
    expect(told).toContain("Des inscriptions du journal sont altérées");
  });

  it("has no word of the person in its file's name, and is tagged and in its language", async () => {
    const { fileName, contentType, stream } = await annex({ entries: [entryAt(1, { people: ["T123"] })] });
    expect({ fileName, contentType }).toEqual({
      fileName: "annexe-destinataires-rivemont-2026-11-23.pdf",
      contentType: "application/pdf",
    });
    const { objects, tags } = readPdf(await buffer(stream));
    expect(objects).toContain("/Lang (fr)");
    expect(tags).toMatchObject({ H1: 1, L: 3 });
    expect(tags["TH"]).toBeGreaterThan(10);
  });

  it("is not made at all when the record cannot be read to its end", async () => {
    const entries = Array.from({ length: 150 }, (_, index) => entryAt(index, { people: ["T123"] }));
    const reading = (page: number): void => {
      if (page === 2) throw new Error("gone");
    };
    await expect(annex({ entries, reading })).rejects.toThrow("gone");
  });
});
