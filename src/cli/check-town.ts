// The town's files checked with all that can be known: with the store the applications and agreements, without it (a CI
// has none) the files alone. What is not checked here is checked before anything is applied: a check opens nothing.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Catalogue } from "../catalogue/index.js";
import { loadSettings, loadSettingsOffline, type Settings, type TenantSettings } from "../config.js";
import { agreedFields, openFields, type AgreementView } from "../identity/index.js";
import {
  checkVersion,
  checkVersionAlone,
  lintRules,
  openData,
  readPolicyFolder,
  versionId,
  type SignedAgreement,
  type VersionContent,
} from "../policy/index.js";
import { isUnavailable, StoreError } from "../store/index.js";
import { agreementRef, type FileFault, type PolicyVersionId } from "../terms/index.js";
import { citizenFaults } from "./citizen-faults.js";
import { TownRefused } from "./open-town.js";
import { chooseTenant, inTown, type CommandContext, type Session } from "./session.js";

export interface TownCheck {
  readonly tenant: TenantSettings;
  /** As read, faulty or not; null where the files could not be read as what they are. */
  readonly content: VersionContent | null;
  /** By file, line and column; warnings among them. */
  readonly faults: readonly FileFault[];
  /** Null where there is a fault. */
  readonly version: PolicyVersionId | null;
  /** Null: not known. */
  readonly inForce: boolean | null;
  /** Why applications and agreements were not compared; null where they were. */
  readonly notAsked: string | null;
}

interface CheckWish {
  readonly tenant: string | undefined;
  /** Without the store, even where there is one. */
  readonly offline: boolean;
}

/** @throws TownRefused for faults of gateway.yaml; CommandFailure for an unknown tenant, or where it cannot be recorded */
export async function checkTown(context: CommandContext, { tenant, offline }: CheckWish): Promise<TownCheck> {
  const { settings, faults } = loadSettings(context.folder, context.env);
  if (offline) return checkFiles(context, tenant, "--offline");
  if (settings === null) {
    // With its variables unset the gateway could not start here, but its files can be checked.
    return checkFiles(context, tenant, faults[0]?.message ?? "gateway.yaml is not complete here");
  }
  if (!hasStore(settings)) return checkFiles(context, tenant, "this town folder has no database yet");
  let found: TownCheck | null = null;
  try {
    await inTown(context, tenant, async (session) => void (found = await checkWithStore(session)));
  } catch (error) {
    const why = whyNoStore(error);
    if (why === null) throw error;
    return checkFiles(context, tenant, why);
  }
  if (found === null) throw new Error("the check has no result");
  return found;
}

/** An embedded database that was never made is not made for a check: it would know no application, and refuse rules. */
const hasStore = ({ store }: Settings): boolean => store.kind === "server" || existsSync(join(store.dir, "data"));

/** In words, where the store is what is missing; null for any other error. */
function whyNoStore(error: unknown): string | null {
  if (error instanceof StoreError) return error.message;
  // gateway.yaml was found without fault before: what is refused is the key file.
  if (error instanceof TownRefused) return error.faults[0]?.message ?? "the key file cannot be read";
  return isUnavailable(error) ? "the database does not answer" : null;
}

async function checkWithStore(session: Session): Promise<TownCheck> {
  const { context, town, tenant } = session;
  await session.record("policy check");
  const names = await town.registry.listApplications(tenant.name);
  const applications = new Set(names.map(({ name }) => name));
  const read = await readFiles(context, town.settings, tenant);
  if (read.content === null) return checked(tenant, read, [], null);
  const { rules, faults } = checkVersion(read.content, { ...namesOf(tenant), applications });
  const inForce = await town.policyStore.inForce(tenant.name).then(
    (stored) => stored?.id ?? null,
    // What is in force is not understood: another reason to apply these files.
    () => null,
  );
  if (rules === null) return checked(tenant, read, faults, null);
  const agreements = signedAgreements(await town.registry.listAgreements(tenant.name), rules.catalogue);
  const warnings = lintRules({ rules, content: read.content, agreements, applications });
  const people = citizenFaults(tenant, rules.catalogue);
  const made = checked(tenant, read, [...faults, ...warnings, ...people], null);
  return { ...made, inForce: made.version === inForce };
}

/** With the built-in one. */
export function signedAgreements(views: readonly AgreementView[], catalogue: Catalogue): SignedAgreement[] {
  const signed = views.flatMap((view) => signedAs(view, catalogue));
  const open: SignedAgreement = {
    ref: agreementRef(openData, openData),
    application: openData,
    purpose: openData,
    fields: new Set(openFields(catalogue)),
    state: "in-force",
    until: "9999-12-31",
    builtIn: true,
  };
  return [...signed, open];
}

/** A suspended agreement, or one that begins later, stands for what it will get. */
function signedAs(view: AgreementView, catalogue: Catalogue): SignedAgreement[] {
  const { ref, application, purpose, approved, standing, versions } = view;
  const snapshot = (approved ?? versions.findLast(({ state }) => state === "draft"))?.snapshot;
  if (snapshot === undefined) return [];
  const ended = standing !== null && !standing.inForce && standing.why === "expired";
  const fields = agreedFields(snapshot, catalogue);
  const state = approved === null ? "draft" : ended ? "ended" : "in-force";
  return [{ ref, application, purpose, fields, state, until: snapshot.until, builtIn: false }];
}

/** @throws TownRefused */
async function checkFiles(context: CommandContext, asked: string | undefined, why: string): Promise<TownCheck> {
  const { settings, faults } = loadSettingsOffline(context.folder, context.env);
  if (settings === null) throw new TownRefused(faults);
  const tenant = chooseTenant({ settings }, asked);
  const read = await readFiles(context, settings, tenant);
  if (read.content === null) return checked(tenant, read, [], why);
  const { rules, faults: found } = checkVersionAlone(read.content, namesOf(tenant));
  const warnings =
    rules === null ? [] : lintRules({ rules, content: read.content, agreements: null, applications: null });
  const people = rules === null ? [] : citizenFaults(tenant, rules.catalogue);
  return checked(tenant, read, [...found, ...warnings, ...people], why);
}

const namesOf = (tenant: TenantSettings): { sources: ReadonlySet<string>; purposes: ReadonlySet<string> } => ({
  sources: new Set(tenant.sources.keys()),
  purposes: new Set<string>(tenant.purposes.keys()),
});

const readFiles = (
  { folder }: CommandContext,
  { tenants }: Settings,
  { name, schemaFile }: TenantSettings,
): ReturnType<typeof readPolicyFolder> => readPolicyFolder(folder, name, schemaFile, tenants.keys());

function checked(
  tenant: TenantSettings,
  read: Awaited<ReturnType<typeof readPolicyFolder>>,
  found: readonly FileFault[],
  notAsked: string | null,
): TownCheck {
  const faults = [...read.faults, ...found].sort(byPosition);
  const faulty = faults.some(({ severity }) => severity === "fault");
  const version = read.content === null || faulty ? null : versionId(read.content);
  return { tenant, content: read.content, faults, version, inForce: null, notAsked };
}

function byPosition(a: FileFault, b: FileFault): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
