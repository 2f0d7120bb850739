// The demo's applications, agreements and keys, made through the registry like anyone's, once.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Catalogue } from "../catalogue/index.js";
import { type DemoAgreement, demoAgreements, demoQueries } from "../demo/index.js";
import type { Registry } from "../identity/index.js";
import type { Coordinate, TenantName } from "../terms/index.js";

/** Keys by application. Kept in a file, since the store has only their hashes: they open a made-up town, nothing else. */
export type DemoKeys = Readonly<Record<string, string>>;

export interface DemoTownOptions {
  /** `.passerelle` of the town folder. */
  readonly stateFolder: string;
  readonly tenant: TenantName;
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  /** Those that gateway.yaml lists. */
  readonly purposes: ReadonlySet<string>;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

export async function seedDemo(options: DemoTownOptions): Promise<DemoKeys> {
  const { registry, tenant, catalogue, stateFolder } = options;
  const file = join(stateFolder, "demo-keys.json");
  const kept = readKeys(file);
  const known = new Set((await registry.listApplications(tenant)).map((application) => application.name));
  const signed = new Map(
    (await registry.listAgreements(tenant)).map((agreement) => [agreement.ref as string, agreement]),
  );
  const keys: Record<string, string> = {};
  for (const agreement of demoAgreements(options.today).filter((each) => isWanted(each, options))) {
    const { application, draftedBy, approvedBy, purpose, ...terms } = agreement;
    const ref = `${application.name}/${purpose}`;
    if (!known.has(application.name)) await registry.createApplication({ tenant, ...application });
    if (signed.get(ref) === undefined)
      await registry.draftAgreement({ tenant, application: application.name, purpose, draftedBy, ...terms }, catalogue);
    if ((signed.get(ref)?.approved ?? null) === null) await registry.approveAgreement(tenant, ref, { by: approvedBy });
    keys[application.name] = await keyOf(registry, tenant, ref, kept[application.name]);
  }
  writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  return keys;
}

/** A town folder from before some agreement has neither its purpose nor its fields: the rest of the demo works in it. */
const isWanted = ({ purpose, fields }: DemoAgreement, { purposes, catalogue }: DemoTownOptions): boolean =>
  purposes.has(purpose) && fields.every((field) => catalogue.coordinates.has(field as Coordinate));

/** The key kept from an earlier start while it is valid; else a new one in the place of ours that nobody has any more. */
async function keyOf(registry: Registry, tenant: TenantName, ref: string, kept: string | undefined): Promise<string> {
  const valid = (await registry.listKeys(tenant, ref)).filter((key) => key.revokedAt === null);
  if (kept !== undefined && valid.some((key) => kept.includes(`_${key.publicId}_`))) return kept;
  for (const lost of valid.filter((key) => key.label === "demo")) await registry.revokeKey(tenant, lost.publicId);
  return (await registry.createKey(tenant, ref, "demo")).key;
}

function readKeys(file: string): DemoKeys {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as DemoKeys) : {};
}

/** The token is good for an hour: the shell asks for a new one each time. */
const citizenHeader = (account: string): string =>
  `Citizen-Authorization: Bearer $(npx passerelle demo citizen-token --as ${account})`;

/** What to copy: one request for each application, with its key. */
export function demoCurls(
  address: string,
  keys: DemoKeys,
): readonly { readonly title: string; readonly curl: string }[] {
  const possible = demoQueries.filter(({ application }) => application === null || keys[application] !== undefined);
  return possible.map(({ application, citizen, shows, query }) => {
    const key = application === null ? undefined : keys[application];
    const body = JSON.stringify({ query: query.replace(/\s+/g, " ").trim() });
    const lines = [
      `curl -s ${address}/graphql \\`,
      ...(key === undefined ? [] : [`  -H 'Authorization: Bearer ${key}' \\`]),
      ...(citizen === undefined ? [] : [`  -H "${citizenHeader(citizen)}" \\`]),
      `  -H 'Content-Type: application/json' \\`,
      `  -d '${body}'`,
    ];
    return { title: `${application ?? "carte-ouverte"}: ${shows}`, curl: lines.join("\n") };
  });
}
