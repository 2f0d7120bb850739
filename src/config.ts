// gateway.yaml and the environment → Settings. The only reader of process.env and of gateway.yaml.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { citizenSettings, refusePlainHttp, type CitizenSettings } from "./config/citizens.js";
import { budgetsOf } from "./config/cost-budget.js";
import { gatewayFile, gatewayJsonSchema, type GatewayFile } from "./config/gateway-file.js";
import { operationsSettings, type OperationsSettings } from "./config/operations.js";
import { retentionSettings, type RetentionSettings } from "./config/retention.js";
import { logSettings, type LogSettings } from "./config/log.js";
import { staffSettings, type StaffSettings } from "./config/staff.js";
import { standIns } from "./config/stand-ins.js";
import { readStore } from "./config/store-location.js";
import { telemetrySettings, type TelemetrySettings } from "./config/telemetry.js";
import { outlineOf, type TownOutline } from "./config/town-outline.js";
import { readYaml, type YamlFile } from "./config/yaml-faults.js";
import type { CostBudget, RequestLimits } from "./gateway/index.js";
import type { StaffRole } from "./policy/index.js";
import type { SourceSettings } from "./sources/index.js";
import type { StoreLocation } from "./store/index.js";
import {
  hasFault,
  nearest,
  type AgreementRef,
  type FileFault,
  type PurposeName,
  type TenantName,
} from "./terms/index.js";

export { gatewayJsonSchema };
export type { TenantOutline, TownOutline } from "./config/town-outline.js";
export type { StaffSettings } from "./config/staff.js";
export type { CitizenSettings } from "./config/citizens.js";

export type Mode = "development" | "production";

export interface Settings {
  /** The town folder, absolute. */
  readonly folder: string;
  readonly mode: Mode;
  /** Port 0: a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** The operator's own port: metrics and status. Port 0: a free one. */
  readonly operations: OperationsSettings;
  readonly store: StoreLocation;
  /** The file of numbered secrets, absolute. */
  readonly keyFile: string;
  readonly demo: "rivemont" | null;
  readonly tenants: ReadonlyMap<TenantName, TenantSettings>;
  readonly limits: RequestLimits;
  readonly telemetry: TelemetrySettings | null;
  /** How staff sign in to the console; null: they cannot. */
  readonly staff: StaffSettings | null;
}

export interface TenantSettings {
  readonly name: TenantName;
  readonly displayName: string;
  /** Where to ask for a field: an e-mail address or a URL. */
  readonly contact: string;
  /** IANA name. */
  readonly timeZone: string;
  /** From the town folder, with `/`. */
  readonly schemaFile: string;
  /** Texts written `env:NAME` are resolved; an address may be `embedded:NAME` (a database of the embedded server) or `demo:NAME` (a service of the demo), to be resolved at the start. */
  readonly sources: ReadonlyMap<string, SourceSettings>;
  readonly purposes: ReadonlyMap<PurposeName, PurposeSettings>;
  readonly people: readonly PersonSettings[];
  /** What some agreements may spend, instead of `limits.cost`. */
  readonly budgets: ReadonlyMap<AgreementRef, CostBudget>;
  /** How people sign in; null: they cannot. */
  readonly citizens: CitizenSettings | null;
  readonly retention: RetentionSettings;
  /** What the access log is called, and who sees and dates its checkpoints. */
  readonly log: LogSettings;
}

export interface PurposeSettings {
  readonly title: { readonly fr: string; readonly en: string };
  readonly text: { readonly fr: string; readonly en: string };
  readonly dpv: string;
}

export interface PersonSettings {
  readonly name: string;
  readonly email: string;
  readonly roles: readonly StaffRole[];
}

export interface LoadedSettings {
  /** Null as soon as there is one fault. */
  readonly settings: Settings | null;
  /** Those of the environment have `environment` as their file. */
  readonly faults: readonly FileFault[];
}

const fileName = "gateway.yaml";

/**
 * The settings as far as the town's files alone say them: where variables of addresses and secrets are not set (a CI
 * has none of them), something that leads nowhere stands in their place. Never to be connected with.
 */
export function loadSettingsOffline(folder: string, env: NodeJS.ProcessEnv = process.env): LoadedSettings {
  const text = readText(join(resolve(folder), fileName));
  const unset = text === null ? {} : standIns(readYaml(text, fileName).value, env);
  return loadSettings(folder, { ...env, ...unset });
}

/** For a program that is started from here: what this one was started with. */
export const ownEnvironment = (): NodeJS.ProcessEnv => process.env;

/** Reads a town folder's gateway.yaml with the environment; every mistake is told at once, no secret is repeated. */
export function loadSettings(folder: string, env: NodeJS.ProcessEnv = process.env): LoadedSettings {
  const home = resolve(folder);
  const environment = readEnvironment(home, env);
  const text = readText(join(home, fileName));
  if (text === null) {
    const missing = faultAt(
      fileName,
      "no-file",
      `there is no ${fileName} in ${home}: run the command in the town folder, where ${fileName} lies`,
    );
    return { settings: null, faults: [missing, ...environment.faults] };
  }
  const checked = checkFile(readYaml(text, fileName), environment, env);
  const faults = [...checked.faults, ...environment.faults];
  const settings =
    checked.file !== null && !hasFault(faults) ? toSettings(home, checked, checked.file, environment) : null;
  return { settings, faults };
}

interface CheckedFile {
  readonly yaml: YamlFile;
  readonly file: GatewayFile | null;
  /** In the order of the file. */
  readonly faults: readonly FileFault[];
}

function checkFile(yaml: YamlFile, environment: Environment, env: NodeJS.ProcessEnv): CheckedFile {
  if (yaml.faults.length > 0) return { yaml, file: null, faults: yaml.faults };
  const context = { env, demoRefused: refuseDemoAddress(yaml.value, environment) };
  const parsed = gatewayFile(context).safeParse(yaml.value);
  const found = parsed.success ? refusePlainHttp(parsed.data, modeOf(parsed.data, environment)) : parsed.error.issues;
  const issues = [...found, ...refuseDemo(yaml.value, environment)];
  const explained = yaml.explain(issues, gatewayJsonSchema());
  const faults = explained.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { yaml, file: parsed.success ? parsed.data : null, faults };
}

export interface ReadOutline {
  /** Empty where the text is no YAML. */
  readonly outline: TownOutline;
  /** Of the text alone: a variable that is not set here may be set where the gateway runs. */
  readonly faults: readonly FileFault[];
}

/** gateway.yaml for an editor: no secret is needed, and none is read. @param text as it stands in the editor */
export function readOutline(folder: string, text: string, env: NodeJS.ProcessEnv = process.env): ReadOutline {
  const yaml = readYaml(text, fileName);
  const unset = standIns(yaml.value, env);
  const { faults } = checkFile(yaml, readEnvironment(resolve(folder), env), { ...env, ...unset });
  return { outline: outlineOf(yaml), faults };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

const faultAt = (file: string, code: string, message: string, suggestion?: string): FileFault => ({
  severity: "fault",
  code,
  file,
  line: 1,
  column: 1,
  message,
  ...(suggestion === undefined ? {} : { suggestion }),
});

interface Environment {
  readonly mode: Mode | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly operationsHost: string | null;
  readonly operationsPort: number | null;
  readonly demoOff: boolean;
  readonly store: StoreLocation;
  readonly keyFile: string;
  readonly faults: readonly FileFault[];
}

function readEnvironment(home: string, env: NodeJS.ProcessEnv): Environment {
  const faults: FileFault[] = [];
  const refuse = (message: string, suggestion?: string) =>
    void faults.push(faultAt("environment", "environment", message, suggestion));
  // A variable that is set to nothing is not set.
  const given = (name: string): string | null => (env[name] === undefined || env[name] === "" ? null : env[name]);
  const oneOf = <T extends string>(name: string, values: readonly T[]): T | null => {
    const value = given(name);
    const known = values.find((candidate) => candidate === value) ?? null;
    if (value !== null && known === null) refuse(`${name} must be ${values.join(" or ")}`, nearest(value, values));
    return known;
  };
  const portOf = (name: string): number | null => {
    const port = given(name);
    if (port !== null && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
      refuse(`${name} must be a number up to 65535`);
    return port === null ? null : Number(port);
  };
  const ports = { port: portOf("PORT"), operationsPort: portOf("PASSERELLE_OPERATIONS_PORT") };
  return {
    mode: oneOf("PASSERELLE_MODE", ["development", "production"]),
    host: given("HOST"),
    ...ports,
    operationsHost: given("PASSERELLE_OPERATIONS_HOST"),
    demoOff: oneOf("PASSERELLE_DEMO", ["on", "off"]) === "off",
    store: readStore(home, given, refuse),
    keyFile: resolve(home, given("PASSERELLE_KEY_FILE") ?? join(".passerelle", "keys.yaml")),
    faults,
  };
}

/** Why `embedded:` and `demo:` addresses cannot stand in the file; null where they can. */
function refuseDemoAddress(value: unknown, environment: Environment): string | null {
  if (environment.demoOff) return "a part of the demo, but PASSERELLE_DEMO=off: give the service's address as env:NAME";
  if (isUnset(at(value, "demo"))) {
    return "a part of the demo, but the file has no `demo:`: give the service's address as env:NAME";
  }
  if (environment.store.kind === "server") {
    return "a part of the demo, which needs the embedded PostgreSQL, which is not used when DATABASE_URL is set";
  }
  return null;
}

/** A custom issue as zod makes them, so that it is told at its line. */
type Refusal = Extract<Parameters<ReturnType<typeof readYaml>["explain"]>[0][number], { code: "custom" }>;

/**
 * Where the demo cannot be in force. Its agreements nobody signed, and its keys are printed at each start: to a
 * terminal, but also to a server's journal. So they open a made-up town alone, and that never in production (law 1).
 */
function refuseDemo(value: unknown, environment: Environment): Refusal[] {
  if (environment.demoOff || isUnset(at(value, "demo"))) return [];
  const refusals: Refusal[] = [];
  const refuse = (path: string[], message: string) => void refusals.push({ code: "custom", path, message });
  const place = whyNoDemo(at(value, "mode"), environment);
  if (place !== null)
    refuse(["demo"], `${place}, and the demo prints its keys: remove \`demo:\`, or set PASSERELLE_DEMO=off`);
  for (const [tenant, settings] of entriesOf(at(value, "tenants"))) {
    for (const [source, each] of entriesOf(at(settings, "sources"))) {
      const path = ["tenants", tenant, "sources", source];
      const message = "a service beside the demo, whose keys are printed: remove `demo:`, or set PASSERELLE_DEMO=off";
      const url = at(each, "url");
      if (typeof url === "string" && !/^(embedded|demo):/.test(url)) refuse([...path, "url"], message);
      // The demo's services ask for no token: one that gives any is somebody's.
      if (!isUnset(at(each, "oauth2"))) refuse([...path, "oauth2"], message);
    }
  }
  return refusals;
}

/** What makes this a place without demo; null where it can be. */
function whyNoDemo(modeInFile: unknown, { mode, store }: Environment): string | null {
  if (mode === "production") return "PASSERELLE_MODE=production";
  // Whatever the mode: the store of others would get the demo's agreements and keys.
  if (store.kind === "server") return "DATABASE_URL is set";
  return mode === null && modeInFile === "production" ? "mode: production" : null;
}

const isUnset = (value: unknown): boolean => value === null || value === undefined;

/** The value as it was read may have any shape. */
const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null ? Object.entries(value) : [];
const at = (value: unknown, key: string): unknown => new Map(entriesOf(value)).get(key);

const modeOf = (file: GatewayFile, { mode, store }: Environment): Mode =>
  mode ?? file.mode ?? (store.kind === "embedded" ? "development" : "production");

function toSettings(home: string, { yaml }: CheckedFile, file: GatewayFile, environment: Environment): Settings {
  return {
    folder: home,
    mode: modeOf(file, environment),
    listen: { host: environment.host ?? file.listen.host, port: environment.port ?? file.listen.port },
    operations: operationsSettings(file.operations, environment),
    store: environment.store,
    keyFile: environment.keyFile,
    demo: environment.demoOff ? null : file.demo,
    tenants: new Map(
      Object.entries(file.tenants).map(([name, tenant]) => [
        name as TenantName,
        toTenant(home, name, tenant, file.limits.cost, yaml),
      ]),
    ),
    limits: file.limits,
    telemetry: telemetrySettings(file.telemetry),
    staff: staffSettings(file.staff),
  };
}

function toTenant(
  home: string,
  name: string,
  tenant: GatewayFile["tenants"][string],
  cost: CostBudget,
  yaml: YamlFile,
): TenantSettings {
  return {
    name: name as TenantName,
    displayName: tenant.displayName,
    contact: tenant.contact,
    timeZone: tenant.timeZone,
    schemaFile: tenant.schemaFile,
    sources: new Map(
      Object.entries(tenant.sources).map(([key, source]) => [
        key,
        source.kind === "files" ? { ...source, townFolder: home } : source,
      ]),
    ),
    purposes: new Map(Object.entries(tenant.purposes).map(([key, purpose]) => [key as PurposeName, purpose])),
    people: tenant.people,
    budgets: budgetsOf(tenant.budgets, cost),
    retention: retentionSettings(tenant.retention),
    log: logSettings(home, name, tenant.log, (path) => yaml.placeOf(["tenants", name, "log", ...path])),
    citizens: citizenSettings(tenant.citizens, (path) => yaml.placeOf(["tenants", name, "citizens", ...path])),
  };
}
