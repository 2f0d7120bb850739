// The citizen's pages with what they stand on: registers, record of consent, access log, keys for receipts.
import type { AccessLogReader } from "../accesslog/index.js";
import type { Town } from "../cli/index.js";
import type { TenantSettings } from "../config.js";
import { decisionRecord, signReceipt, type ConsentEvent, type ConsentRegister } from "../consent/index.js";
import { createRate, NothingInForce, type Citizens, type CurrentVersions } from "../gateway/index.js";
import { receiptJwks, receiptKeys, Registry, subjectTokensWith, type CitizenSignIn } from "../identity/index.js";
import { dayIn, type TenantName } from "../terms/index.js";
import { Sessions, type CitizenServices, type CitizenTown } from "../web/index.js";
import { openConsentRegister } from "./citizens.js";
import type { DemoAddresses } from "./open-sources.js";

export interface CitizenPagesParts {
  readonly town: Town;
  readonly signIn: CitizenSignIn;
  readonly citizens: Citizens;
  readonly log: Pick<AccessLogReader, "search">;
  readonly versions: CurrentVersions;
  readonly addresses: DemoAddresses;
  readonly report: (line: string) => void;
}

/** Beginnings and returns of signing in, of one tenant on one node. */
const signInsPerMinute = 600;

export function citizenPages(parts: CitizenPagesParts): CitizenServices {
  const { town, signIn, citizens, log, versions, report } = parts;
  const register = openConsentRegister(parts.town);
  const { settings, store, secrets, derived } = town;
  // By the gateway's own role, which reads agreements and can change none.
  const registry = new Registry({ dataSource: store.gateway, tenants: settings.tenants, secrets });
  const tenantOf = (name: TenantName): TenantSettings => {
    const tenant = settings.tenants.get(name);
    if (tenant === undefined) throw new Error(`no tenant ${name}`);
    return tenant;
  };
  return {
    towns: new Map([...settings.tenants.values()].map((tenant) => [tenant.name, townOf(tenant, parts)])),
    ...{ signIn, citizens, register, log, report },
    tokens: subjectTokensWith(derived),
    sessions: new Sessions(store.gateway),
    rate: createRate({ perMinute: signInsPerMinute }),
    agreements: (tenant) => registry.listAgreements(tenant),
    applications: (tenant) => registry.listApplications(tenant),
    catalogue: (tenant) => catalogueOf(versions, tenant),
    receipt: (tenant, event) => receiptOf(parts, { registry, register }, tenantOf(tenant), event),
    receiptKeys: (tenant) => receiptJwks(receiptKeys(secrets, tenant)).keys,
    pendingSecret: (tenant) => secrets.secret(tenant, secrets.current(tenant)),
    now: () => new Date(),
  };
}

function townOf(tenant: TenantSettings, { addresses }: CitizenPagesParts): CitizenTown {
  const { displayName, contact, timeZone, purposes, people, citizens } = tenant;
  const at = citizens === null ? null : (addresses.get(citizens.issuer) ?? citizens.issuer);
  return {
    ...{ displayName, contact, timeZone, purposes },
    dpo: people.find(({ roles }) => roles.includes("dpo"))?.email ?? null,
    formOrigins: at === null ? [] : [new URL(at).origin],
    publicOrigin: citizens?.publicUrl ?? null,
  };
}

async function catalogueOf(versions: CurrentVersions, tenant: TenantName) {
  try {
    return (await versions.current(tenant)).policy.catalogue;
  } catch (error) {
    if (error instanceof NothingInForce) return null;
    throw error;
  }
}

async function receiptOf(
  { town: { secrets, settings }, versions }: CitizenPagesParts,
  { registry, register }: { readonly registry: Registry; readonly register: ConsentRegister },
  tenant: TenantSettings,
  event: ConsentEvent,
): Promise<string> {
  const agreement = (await registry.listAgreements(tenant.name)).find(({ id }) => id === event.agreement);
  const snapshot = agreement?.versions.find(({ number }) => number === event.version)?.snapshot;
  const purpose = snapshot === undefined ? undefined : tenant.purposes.get(snapshot.purpose);
  const [key] = receiptKeys(secrets, tenant.name);
  if (agreement === undefined || snapshot === undefined || purpose === undefined || key === undefined)
    throw new Error("a receipt cannot be made out");
  const { recipient, retention, units, basis } = snapshot;
  const now = new Date();
  const record = decisionRecord(
    event,
    {
      tenant,
      agreement: { ref: agreement.ref, version: event.version, basis, recipient, retention, units },
      purpose: { name: snapshot.purpose, ...purpose },
      catalogue: await catalogueOf(versions, tenant.name),
      text: event.shown === null ? null : await register.text(tenant.name, event.shown.textVersion),
      exercisedAt: exercisedAt(tenant, settings.tenants.size),
    },
    dayIn(tenant.timeZone, now),
  );
  return signReceipt(record, tenant, key, now);
}

/** Where one decides anew: the citizen's pages, or in the demo, which has no address of its own, the town's contact. */
function exercisedAt({ name, contact, citizens }: TenantSettings, tenants: number): string {
  const site = citizens?.publicUrl ?? null;
  return site === null ? contact : `${site}${tenants === 1 ? "" : `/${name}`}/citizen`;
}
