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
  /** Revision of what people have decided: a set of consents counts for it or a newer one alone (law 12). */
  readonly consent: number;
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

/** In force, just before it, and beside it as a shadow; one more for a change of either. */
const versionsKept = 4;

export class CurrentVersions {
  // Of each tenant (gateway.yaml lists them) the version in force and those just before it: of requests that read the
  // revision before and after a change, none loads twice. A large version holds some 100 MB, so few are kept (law 13).
  readonly #loaded = new Map<TenantName, LRUCache<PolicyVersionId, Promise<CurrentVersion>>>();
  constructor(readonly options: CurrentOptions) {}

  /** @throws NothingInForce, and whatever the store throws: the caller refuses. */
  async current(tenant: TenantName): Promise<Current> {
    const revision = await this.options.revision(tenant);
    if (revision === null || revision.policyVersion === null) throw new NothingInForce(tenant);
    const version = await this.version(tenant, revision.policyVersion);
    return { ...version, revision: revision.revision, consent: revision.consent, shadow: revision.shadow };
  }

  /** Any version that is stored. @throws what `load` throws */
  version(tenant: TenantName, id: PolicyVersionId): Promise<CurrentVersion> {
    const versions = this.#loaded.get(tenant) ?? new LRUCache({ max: versionsKept });
    this.#loaded.set(tenant, versions);
    const known = versions.get(id);
    if (known) return known;
    const loading = this.#load(tenant, id);
    versions.set(id, loading);
    // A load that failed is tried again by the next request.
    loading.catch(() => versions.delete(id));
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
