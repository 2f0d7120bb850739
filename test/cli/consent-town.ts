// A town with two signed agreements that people decide on, and a hand to decide in their place.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCatalogue } from "../../src/catalogue/index.js";
import type { Town } from "../../src/cli/index.js";
import { termsOf, type ConsentEvent, type Deciding } from "../../src/consent/index.js";
import { seedDemo } from "../../src/start/demo-town.js";
import { createCliTown, tenant, type CliTown } from "./town.js";

/** Basis consent, units by group. */
export const advice = "repas-malin/meal-advice";
/** Basis public task. */
export const meals = "cantine-plus/school-meals";
export const dpo = "dpo@rivemont.example";
export const secondDpo = "dpo-suppleante@rivemont.example";
export const steward = "accueil@rivemont.example";
export const admin = "informatique@rivemont.example";

export async function createConsentTown(): Promise<CliTown> {
  const town = await createCliTown();
  const file = join(town.folder, "gateway.yaml");
  const people =
    `    people:\n      - { name: Suppléante, email: ${secondDpo}, roles: [dpo] }\n` +
    `      - { name: Accueil, email: ${steward}, roles: [steward] }\n`;
  writeFileSync(file, readFileSync(file, "utf8").replace(/^ {4}people:\n/m, people));
  const stateFolder = join(town.folder, ".passerelle");
  mkdirSync(stateFolder, { recursive: true });
  await town.withTown(async ({ registry, settings }) => {
    const { sources, purposes } = settings.tenants.get(tenant) ?? { sources: new Map(), purposes: new Map() };
    const text = readFileSync(join(town.folder, "schema.graphql"), "utf8");
    const { catalogue } = readCatalogue(text, { file: "schema.graphql", sources: new Set(sources.keys()) });
    if (catalogue === null) throw new Error("the schema has faults");
    const today = new Date().toISOString().slice(0, 10);
    await seedDemo({ stateFolder, tenant, registry, catalogue, purposes: new Set(purposes.keys()), today });
  });
  const applied = await town.run(["policy", "apply", "-m", "rules"]);
  if (applied.code !== 0) throw new Error(applied.err);
  return town;
}

const text = "Repas Malin demande à lire des données de votre famille, pour vous conseiller.";

export interface Choice {
  readonly ref: string;
  readonly key: number;
  readonly decision: Deciding["decision"];
  /** All unless given. */
  readonly units?: readonly string[];
  readonly by?: Deciding["by"];
  readonly reason?: string;
}

export async function deciding({ registry }: Town, choice: Choice): Promise<Deciding> {
  const { ref, key, decision, units, reason } = choice;
  const { id, approved } = await registry.showAgreement(tenant, ref);
  if (approved === null) throw new Error(`${ref} is not approved`);
  const { snapshot, number } = approved;
  return {
    tenant,
    agreement: id,
    version: number,
    terms: termsOf(snapshot),
    basis: snapshot.basis,
    informationSociety: snapshot.informationSociety,
    asked: snapshot.units,
    scheme: "resident",
    key,
    by: choice.by ?? { kind: "self" },
    units: snapshot.units.filter(({ name }) => units?.includes(name) ?? true),
    decision,
    shown: { language: "fr", text, textVersion: createHash("sha256").update(text).digest("hex"), channel: "web" },
    until: snapshot.until,
    ...(reason !== undefined && { reason }),
  };
}

export const decide = (town: CliTown, choice: Choice): Promise<ConsentEvent> =>
  town.withTown(async (opened) => opened.consents.decide(await deciding(opened, choice)));
