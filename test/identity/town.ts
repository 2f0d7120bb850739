// A small town for the tests of this room.
import { readCatalogue, type Catalogue } from "../../src/catalogue/index.js";
import {
  Identity,
  identityEntities,
  Registry,
  type AgreementDraft,
  type TenantTerms,
} from "../../src/identity/index.js";
import type { Store } from "../../src/store/index.js";
import { formatFault, type PurposeName, type TenantName } from "../../src/terms/index.js";
import { createTestStore } from "../support/database.js";

export const rivemont = "rivemont" as TenantName;
export const autre = "autre-ville" as TenantName;

const schema = `
type Resident
  @dataset(source: "families", from: "public.residents", many: "residents", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int
  familyName: String @personal(category: "Name")
  email: String @personal(category: "EmailAddress") @group(name: "contact")
  phone: String @personal(category: "TelephoneNumber") @group(name: "contact")
  diet: String @personal(category: "Religion")
}
type CarPark
  @dataset(source: "families", from: "public.car_parks", open: true, licence: "etalab-2.0", status: SHARED)
  @key(fields: "code") {
  code: String
  places: Int
}
`;

function readTown(): Catalogue {
  const { catalogue, faults } = readCatalogue(schema, { file: "schema.graphql", sources: new Set(["families"]) });
  if (catalogue === null) throw new Error(faults.map(formatFault).join("\n"));
  return catalogue;
}

export const dpo = "dpo@rivemont.example";
export const secondDpo = "dpo2@rivemont.example";
export const admin = "admin@rivemont.example";

const terms: TenantTerms = {
  purposes: new Map(["school-meals", "statistics"].map((name) => [name as PurposeName, {}])),
  people: [
    { email: dpo, roles: ["dpo"] },
    { email: secondDpo, roles: ["admin", "dpo"] },
    { email: admin, roles: ["admin"] },
  ],
  timeZone: "Europe/Paris",
};

export const draft = (changes: Partial<AgreementDraft> = {}): AgreementDraft => ({
  tenant: rivemont,
  application: "cantine-plus",
  purpose: "school-meals",
  fields: ["Resident.familyName", "Resident.number"],
  basis: "public-task",
  recipient: { name: "Cantine Plus SAS", contact: "data@cantine-plus.example", role: "controller", basis: "contract" },
  from: "2026-01-01",
  until: "2026-12-31",
  draftedBy: admin,
  ...changes,
});

export const noon = new Date("2026-11-22T11:00:00Z");
const secrets = { current: () => 1 };

export const identityOf = (store: Store): Identity =>
  new Identity({ dataSource: store.gateway, secrets, timeZone: () => "Europe/Paris" });

export interface Town {
  readonly store: Store & { readonly superuser: string };
  readonly registry: Registry;
  readonly catalogue: Catalogue;
}

/** With the application `cantine-plus`. */
export async function foundTown(): Promise<Town> {
  const store = await createTestStore(identityEntities);
  const registry = new Registry({
    dataSource: store.keeper,
    tenants: new Map([
      [rivemont, terms],
      [autre, terms],
    ]),
    secrets,
    now: () => noon,
  });
  const application = { name: "cantine-plus", title: "Cantine Plus", contact: "dev@cantine-plus.example" };
  for (const tenant of [rivemont, autre]) await registry.createApplication({ tenant, ...application });
  return { store, registry, catalogue: readTown() };
}

/** An approved agreement, `cantine-plus/school-meals` unless changed. */
export async function approve(town: Town, changes: Partial<AgreementDraft> = {}): Promise<string> {
  const { ref } = await town.registry.draftAgreement(draft(changes), town.catalogue);
  await town.registry.approveAgreement(changes.tenant ?? rivemont, ref, { by: dpo });
  return ref;
}
