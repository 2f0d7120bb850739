// How the town's people sign in, and are found in its registers: gateway.yaml's `citizens` brought together with the
// services and with what is recorded.
import { rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { citizenFaults, demoSignInNote, type Town } from "../cli/index.js";
import type { CitizenSettings, TenantSettings } from "../config.js";
import { ConsentRegister, noteClosed } from "../consent/index.js";
import { demoIssuer } from "../demo/index.js";
import {
  citizenOfRequest,
  createCitizens,
  type CitizenOfRequest,
  type Citizens,
  type CurrentVersions,
  type GatewayServices,
} from "../gateway/index.js";
import { CitizenSignIn, CitizenTokens, subjectTokensWith, type SignInSettings } from "../identity/index.js";
import { formatFault, type TenantName } from "../terms/index.js";
import type { Closing } from "./closing.js";
import type { DemoAddresses } from "./open-sources.js";

export interface CitizenParts {
  readonly town: Town;
  readonly addresses: DemoAddresses;
  readonly services: GatewayServices["tenants"];
  readonly versions: CurrentVersions;
  /** Where the gateway listens, once it does: the demo's people come back to it. */
  readonly address: () => string;
  readonly report: (line: string) => void;
}

export interface OpenedCitizens {
  readonly signIn: CitizenSignIn;
  readonly citizens: Citizens;
  readonly ofRequest: CitizenOfRequest;
}

export function openCitizens(parts: CitizenParts): OpenedCitizens {
  const { town, services, versions, report } = parts;
  const settings = new Map<TenantName, SignInSettings>();
  for (const tenant of town.settings.tenants.values())
    if (tenant.citizens !== null) settings.set(tenant.name, signInSettings(tenant.citizens, parts));
  const citizens = createCitizens({
    tenants: new Map(
      [...town.settings.tenants.values()].flatMap(({ name, timeZone, citizens: own }) =>
        own === null ? [] : [[name, { timeZone, schemes: own.schemes }]],
      ),
    ),
    services,
    current: (tenant) => versions.current(tenant),
    recorded: openConsentRegister(town),
  });
  const ofRequest = citizenOfRequest({ tokens: new CitizenTokens({ settings }), citizens, report });
  return { signIn: new CitizenSignIn({ settings }), citizens, ofRequest };
}

/** The record of what people decide; what it shuts is told to the applications in the same transaction. */
export function openConsentRegister({ settings, store, derived }: Town): ConsentRegister {
  return new ConsentRegister({
    dataSource: store.gateway,
    tokens: subjectTokensWith(derived),
    timeZone: (tenant) => settings.tenants.get(tenant)?.timeZone ?? "Europe/Paris",
    closed: noteClosed,
  });
}

function signInSettings(own: CitizenSettings, { town, addresses, address }: CitizenParts): SignInSettings {
  const { publicUrl, tokens } = own;
  return {
    issuer: addresses.get(own.issuer) ?? own.issuer,
    clientId: own.clientId,
    clientSecret: own.clientSecret,
    scopes: own.scopes,
    acrValues: own.acrValues,
    audiences: tokens.audiences,
    tokenScopes: tokens.scopes,
    neededClaims: [...new Set([...own.schemes.values()].flatMap(({ match }) => [...match.keys()]))],
    publicUrl: () => publicUrl ?? address(),
    apps: own.apps as SignInSettings["apps"],
    allowLoopback: town.settings.mode === "development",
  };
}

/**
 * Names of gateway.yaml that the map in force does not have: nobody is found by them, and what they were meant for does
 * not work. Said at the start; the command says it beforehand (`policy check`).
 */
export async function tellCitizenFaults(
  { versions, report }: Pick<CitizenParts, "versions" | "report">,
  { name, citizens }: TenantSettings,
): Promise<void> {
  if (citizens === null) return;
  const current = await versions.current(name).catch(() => null);
  if (current === null) return;
  for (const fault of citizenFaults({ citizens }, current.policy.catalogue)) report(formatFault(fault));
}

/** So that the command finds the demo's sign-in service while it runs. */
export async function noteDemoSignIn(town: Town, addresses: DemoAddresses, closing: Closing): Promise<void> {
  const issuer = addresses.get(demoIssuer);
  if (issuer === undefined) return;
  const file = join(town.settings.folder, demoSignInNote);
  await mkdir(join(town.settings.folder, ".passerelle"), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ issuer })}\n`, { mode: 0o600 });
  closing.add(() => Promise.resolve(rmSync(file, { force: true })));
}
