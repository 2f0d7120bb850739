// Rivemont's own town folder and agreements, as governance is handed them.
import { resolve } from "node:path";
import { demoAgreements } from "../../src/demo/agreements.js";
import type { TownFacts } from "../../src/governance/index.js";
import type { AgreementView, ApplicationView } from "../../src/identity/index.js";
import {
  loadPolicyVersion,
  readPolicyFolder,
  readTestFiles,
  type PolicyVersion,
  type TestFiles,
  type TownNames,
} from "../../src/policy/index.js";
import { loadSettingsOffline } from "../../src/config.js";
import type { Coordinate, TenantName } from "../../src/terms/index.js";
import { rivemontSources } from "../support/rivemont.js";
import { agreementOf } from "./agreements.js";

export const tenant = "rivemont" as TenantName;
export const townFolder = resolve(import.meta.dirname, "../..");
const today = "2026-11-23";

const signed = demoAgreements(today);

export const names: TownNames = {
  sources: rivemontSources,
  purposes: new Set(signed.map(({ purpose }) => purpose)),
  applications: new Set(signed.map(({ application }) => application.name)),
};

export const applications: readonly ApplicationView[] = signed.map(({ application }) => ({
  ...application,
  createdAt: new Date("2026-01-01T08:00:00Z"),
}));

/** In force since a month, but for `curieux/district-survey`, which has ended. */
export const agreements: readonly AgreementView[] = signed.map((each) => {
  const { application, purpose, fields, basis, basisNote, recipient, from, until, volumePerDay, retention, hidden } =
    each;
  const units = fields.some((field) => field.startsWith("Resident."))
    ? [{ name: "*", fields: fields as Coordinate[] }]
    : [];
  const terms = {
    fields,
    basis,
    basisNote,
    recipient,
    from,
    until,
    volumePerDay,
    retention,
    units,
    hidden: hidden ?? null,
  };
  const ended = until < today ? { standing: { inForce: false, why: "expired", date: until } as const } : {};
  return agreementOf(`${application.name}/${purpose}`, terms, ended);
});

export async function rivemontVersion(folder = townFolder): Promise<{ version: PolicyVersion; tests: TestFiles }> {
  const read = await readPolicyFolder(folder, tenant, "schema.graphql", [tenant]);
  if (read.content === null) throw new Error(JSON.stringify(read.faults));
  return { version: loadPolicyVersion(read.content, rivemontSources), tests: await readTestFiles(folder, tenant) };
}

export function rivemontFacts(): TownFacts {
  const { settings, faults } = loadSettingsOffline(townFolder, {});
  const facts = settings?.tenants.get(tenant);
  if (facts === undefined) throw new Error(JSON.stringify(faults));
  return facts;
}
