// What is current for a tenant (law 6): read after the request arrived, loaded when it has moved.
import type { GraphQLSchema } from "graphql";
import { LRUCache } from "lru-cache";
import { deriveApiSchema, type ListAbilities, type PageSizes } from "../catalogue/index.js";
import type { PolicyVersion } from "../policy/index.js";
import type { Revision } from "../store/index.js";
import type { PolicyVersionId, TenantName } from "../terms/index.js";

export interface CurrentVersion {
  readonly policy: PolicyVersion;
  /** Of all SHARED datasets of the version: operations are validated against it. */
  readonly api: GraphQLSchema;
}

export interface Current extends CurrentVersion {
  readonly revision: number;
  /** A version to look at beside it; it never decides an answer. */
  readonly shadow: PolicyVersionId | null;
}

export interface CurrentOptions {
  /** A read that starts after the call. @throws when the store does not answer */
  readonly revision: (tenant: TenantName) => Promise<Revision | null>;
  /** @throws when the version cannot be read or is not understood: then nothing is shared (law 1). */
  readonly load: (tenant: TenantName, id: PolicyVersionId) => Promise<PolicyVersion>;
  readonly abilities: (tenant: TenantName, source: string) => ListAbilities;
  /** Figures that the schema's descriptions name. */
  readonly pages: PageSizes;
}

/** Thrown where no policy version is in force. */
export class NothingInForce extends Error {
  override readonly name = "NothingInForce";
}

export class CurrentVersions {
  // The version in force and a few before it: a node that lags behind another for a moment loads nothing twice.
  readonly #loaded = new LRUCache<string, Promise<CurrentVersion>>({ max: 8 });
  constructor(readonly options: CurrentOptions) {}

  /** @throws NothingInForce, and whatever the store throws: the caller refuses. */
  async current(tenant: TenantName): Promise<Current> {
    const revision = await this.options.revision(tenant);
    if (revision === null || revision.policyVersion === null) throw new NothingInForce(tenant);
    const version = await this.version(tenant, revision.policyVersion);
    return { ...version, revision: revision.revision, shadow: revision.shadow };
  }

  /** Any version that is stored. @throws what `load` throws */
  version(tenant: TenantName, id: PolicyVersionId): Promise<CurrentVersion> {
    const key = `${tenant} ${id}`;
    const known = this.#loaded.get(key);
    if (known) return known;
    const loading = this.#load(tenant, id);
    this.#loaded.set(key, loading);
    // A load that failed is tried again by the next request.
    loading.catch(() => this.#loaded.delete(key));
    return loading;
  }

  async #load(tenant: TenantName, id: PolicyVersionId): Promise<CurrentVersion> {
    const policy = await this.options.load(tenant, id);
    const api = deriveApiSchema(
      policy.catalogue,
      (source) => this.options.abilities(tenant, source),
      this.options.pages,
    );
    return { policy, api };
  }
}
