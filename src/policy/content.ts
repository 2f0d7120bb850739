// A policy version's content: the very texts that were applied, and the name that follows from them.
import { createHash } from "node:crypto";
import type { PolicyVersionId, TenantName } from "../terms/index.js";

/** `schema.graphql` and a tenant's policy files as applied together. */
export interface VersionContent {
  readonly tenant: TenantName;
  /** Text of `schema.graphql`. */
  readonly schema: string;
  /** Texts by their path from the town folder, with `/`: `policies/rivemont/canteen.csv`. */
  readonly files: ReadonlyMap<string, string>;
}

export const modelPath = "policies/model.conf";
export const commonFolder = "policies/common/";
export const tenantFolder = (tenant: string): string => `policies/${tenant}/`;
export const filtersPath = (tenant: string): string => `${tenantFolder(tenant)}filters.yaml`;
export const testsFolder = (tenant: string): string => `${tenantFolder(tenant)}tests/`;

/** What a path in `policies/` is for; null: nothing that a version may hold. */
export type PolicyPathKind = "model" | "common" | "tenant" | "filters" | "tests" | null;

export function policyPathKind(path: string, tenant: string): PolicyPathKind {
  if (path === modelPath) return "model";
  const own = tenantFolder(tenant);
  if (path.startsWith(testsFolder(tenant))) return "tests";
  if (path === filtersPath(tenant)) return "filters";
  if (isRuleFile(path, commonFolder)) return "common";
  return isRuleFile(path, own) ? "tenant" : null;
}

const isRuleFile = (path: string, folder: string): boolean =>
  path.startsWith(folder) && /^[^/.][^/]*\.csv$/.test(path.slice(folder.length));

/** Paths in the order that decides which line is named first: by code unit, the same on every machine. */
export function sortedPaths(paths: Iterable<string>): string[] {
  return [...paths].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * The version's name: SHA-256 over the schema and every file but the tenant's tests, by sorted path. Each path and
 * text is preceded by its length in bytes, so that no two contents run together into one.
 */
export function versionId(content: VersionContent): PolicyVersionId {
  const hash = createHash("sha256");
  const put = (text: string): void => {
    const bytes = Buffer.from(text, "utf8");
    hash.update(`${bytes.length}:`).update(bytes);
  };
  put("passerelle policy version 1");
  put("schema.graphql");
  put(content.schema);
  for (const path of sortedPaths(content.files.keys())) {
    if (policyPathKind(path, content.tenant) === "tests") continue;
    put(path);
    put(content.files.get(path) ?? "");
  }
  return hash.digest("hex") as PolicyVersionId;
}
