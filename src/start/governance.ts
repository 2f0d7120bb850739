// The console's server side with what it stands on.
import { rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { verifierText, type AccessLog } from "../accesslog/index.js";
import { consoleNote, datedLogKeys, linkAddress, logKeys, retentionTerms, type Town } from "../cli/index.js";
import type { Settings, StaffSettings, TenantSettings } from "../config.js";
import {
  createPeopleFinder,
  createRate,
  NothingInForce,
  type CurrentVersions,
  type GatewayServices,
} from "../gateway/index.js";
import { RecordWatch, StaffLinks, type GovernanceServices, type TownFacts } from "../governance/index.js";
import { CitizenSignIn, Registry, subjectTokensWith } from "../identity/index.js";
import { PolicyNotUnderstood, readTestFiles, type PolicyVersion } from "../policy/index.js";
import type { TenantName } from "../terms/index.js";
import type { StaffServices } from "../web/index.js";
import { openConsentRegister } from "./citizens.js";
import type { Closing } from "./closing.js";
import { consolePeopleFinder } from "./people-finder.js";
import { staffPeople } from "./staff-people.js";

export interface StaffParts {
  readonly town: Town;
  readonly log: AccessLog;
  readonly versions: CurrentVersions;
  readonly services: GatewayServices["tenants"];
  readonly report: (line: string) => void;
  readonly closing: Closing;
}

/** Sign-ins and links, of all staff on one node. */
const signInsPerMinute = 120;
/** Questions of one person on one node: a page of the console asks a few. */
const questionsPerMinute = 600;

export function staffServices(parts: StaffParts): StaffServices {
  const { town, report } = parts;
  const { settings, store, secrets } = town;
  const now = (): Date => new Date();
  const [first] = settings.tenants.keys();
  if (first === undefined) throw new Error("no tenant");
  return {
    governance: governanceOf(parts, now),
    dataSource: store.gateway,
    provider: settings.staff === null ? null : providerOf(settings.staff, settings.mode === "development"),
    links: settings.mode === "development" ? new StaffLinks(store.gateway, now) : null,
    publicOrigin: settings.staff?.publicUrl ?? null,
    // Beside the compiled `start`: dist/console.
    consoleFolder: join(import.meta.dirname, "..", "console"),
    signInRate: createRate({ perMinute: signInsPerMinute }),
    rate: createRate({ perMinute: questionsPerMinute }),
    pendingSecret: () => secrets.secret(first, secrets.current(first)),
    now,
    report,
  };
}

/** What the provider of staff is called among those that people sign in with: it is no town's. */
const staffProvider = "staff" as TenantName;

function providerOf(staff: StaffSettings, development: boolean): StaffServices["provider"] {
  const { issuer, clientId, clientSecret, scopes, acrValues, publicUrl, trustEmail } = staff;
  const settings = {
    ...{ issuer, clientId, clientSecret, scopes, acrValues },
    publicUrl: () => publicUrl,
    // No application brings a token of staff.
    ...{ audiences: [], tokenScopes: [], neededClaims: [], apps: new Map() },
    allowLoopback: development,
  };
  const signIn = new CitizenSignIn({ settings: new Map([[staffProvider, settings]]) });
  return { signIn, provider: staffProvider, trustEmail };
}

function governanceOf(parts: StaffParts, now: () => Date): GovernanceServices {
  const { town, log, versions, report } = parts;
  const { settings, store, secrets, derived, policyStore } = town;
  // By the gateway's own role, which reads agreements and can change none.
  const registry = new Registry({ dataSource: store.gateway, tenants: settings.tenants, secrets });
  const consents = openConsentRegister(town);
  return {
    towns: new Map<TenantName, TownFacts>(settings.tenants),
    people: staffPeople(settings, report),
    log,
    logKeys: (tenant) => logKeys(town, tenant),
    agreements: (tenant) => registry.listAgreements(tenant),
    applications: (tenant) => registry.listApplications(tenant),
    inForce: (tenant) => inForceOf(versions, tenant),
    version: (tenant, id) => policyStore.read(tenant, id),
    evidenceKeys: (tenant) =>
      datedLogKeys(town, tenant, now()).map(({ key, from }) => ({ key: verifierText(key), since: from })),
    decisions: (tenant, scheme, key) => consents.eventsOf(tenant, scheme, key),
    tokens: subjectTokensWith(derived),
    finder: finderOf(parts),
    watch: watchOf(parts, now),
    retention: (tenant) => retentionTerms(tenantOf(settings, tenant)),
    sources: (tenant) => new Set(tenantOf(settings, tenant).sources.keys()),
    policyTests: async (tenant) => (await readTestFiles(settings.folder, tenant)).files,
    now,
  };
}

function finderOf({ town: { settings }, services, versions, report }: StaffParts): GovernanceServices["finder"] {
  const registers = [...settings.tenants].map(([name, { citizens }]) => {
    return [name, { schemes: citizens?.schemes ?? new Map<string, never>() }] as const;
  });
  const current = async (tenant: TenantName) => {
    const policy = await inForceOf(versions, tenant);
    return policy === null ? null : { policy };
  };
  return consolePeopleFinder(createPeopleFinder({ tenants: new Map(registers), services, current }), report);
}

function watchOf({ town, log, report, closing }: StaffParts, now: () => Date): RecordWatch {
  const tenants = [...town.settings.tenants.keys()];
  const watch = new RecordWatch({ log, tenants, logKeys: (tenant) => logKeys(town, tenant), now, report });
  // After the log was opened, and so closed before it.
  closing.add(() => watch.close());
  return watch;
}

function tenantOf({ tenants }: Settings, name: TenantName): TenantSettings {
  const tenant = tenants.get(name);
  if (tenant === undefined) throw new Error("no such tenant");
  return tenant;
}

async function inForceOf(versions: CurrentVersions, tenant: TenantName): Promise<PolicyVersion | null> {
  try {
    return (await versions.current(tenant)).policy;
  } catch (error) {
    if (error instanceof NothingInForce || error instanceof PolicyNotUnderstood) return null;
    throw error;
  }
}

/**
 * So that the command finds the console while it runs, and in the demo a link into it.
 * @returns the line to print; null outside the demo, or where the town has no DPO
 */
export async function openConsole(town: Town, address: string, closing: Closing): Promise<string | null> {
  const { settings, store } = town;
  if (settings.mode !== "development") return null;
  const file = join(settings.folder, consoleNote);
  await mkdir(join(settings.folder, ".passerelle"), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ address })}\n`, { mode: 0o600 });
  closing.add(() => Promise.resolve(rmSync(file, { force: true })));
  const [tenant] = settings.tenants.values();
  const dpo = tenant?.people.find(({ roles }) => roles.includes("dpo"));
  if (settings.demo === null || dpo === undefined) return null;
  return linkAddress(address, await new StaffLinks(store.gateway).make(dpo.email));
}
