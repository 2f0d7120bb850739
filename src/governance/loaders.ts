// What one question reads of our tables, once for all who need it. One set of loaders per request: nothing is remembered
// from one to the next (law 6).
import DataLoader from "dataloader";
import type { AgreementView, ApplicationView } from "../identity/index.js";
import type { PolicyVersion, VersionContent } from "../policy/index.js";
import type { PolicyVersionId, TenantName } from "../terms/index.js";
import type { GovernanceServices } from "./services.js";

export interface VersionName {
  readonly tenant: TenantName;
  readonly id: PolicyVersionId;
}

export interface Loaders {
  readonly agreements: DataLoader<TenantName, readonly AgreementView[]>;
  readonly applications: DataLoader<TenantName, readonly ApplicationView[]>;
  readonly inForce: DataLoader<TenantName, PolicyVersion | null>;
  readonly version: DataLoader<VersionName, VersionContent | null, string>;
  readonly operationText: DataLoader<string, string | null>;
}

export const loadersOf = (services: GovernanceServices): Loaders => ({
  agreements: each((tenant) => services.agreements(tenant)),
  applications: each((tenant) => services.applications(tenant)),
  inForce: each((tenant) => services.inForce(tenant)),
  version: new DataLoader<VersionName, VersionContent | null, string>(
    (names) => settled(names, ({ tenant, id }) => services.version(tenant, id)),
    { cacheKeyFn: ({ tenant, id }) => `${tenant} ${id}` },
  ),
  operationText: each((hash) => services.log.operationText(hash)),
});

const each = <Key, Value>(load: (key: Key) => Promise<Value>): DataLoader<Key, Value> =>
  new DataLoader<Key, Value>((keys) => settled(keys, load));

/** One that fails does not take the others with it. */
const settled = <Key, Value>(keys: readonly Key[], load: (key: Key) => Promise<Value>): Promise<(Value | Error)[]> =>
  Promise.all(
    keys.map((key) => load(key).catch((error: unknown) => (error instanceof Error ? error : new Error("unknown")))),
  );
