// What is current for a tenant (law 6), loaded when it has moved. A request is decided under what was seen last, and its
// entry's commit says whether that was still current after it arrived (docs/decisions/0015).
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

/** One object for as long as nothing moves. */
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
  /** Each sight of a revision that is not the one seen before. */
  readonly saw?: (tenant: TenantName, revision: Revision | null) => void;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

/** Thrown where no policy version is in force. */
export class NothingInForce extends Error {
  override readonly name = "NothingInForce";
}

/**
 * Law 6: whether what an answer was decided under is what was current when its entry was committed.
 * @param people it was decided by what people have decided, too
 */
export const isStill = (decided: Current, now: Revision | null, people: boolean): boolean =>
  now !== null &&
  now.revision === decided.revision &&
  now.policyVersion === decided.policy.id &&
  (!people || now.consent === decided.consent);

const sameRevision = (one: Revision, other: Revision): boolean =>
  one.revision === other.revision &&
  one.consent === other.consent &&
  one.policyVersion === other.policyVersion &&
  one.shadow === other.shadow;

/** In force, just before it, and beside it as a shadow; one more for a change of either. */
const versionsKept = 4;

/**
 * Milliseconds for which requests go by what was seen last. While any come, each commit of an entry sees anew; after a pause
 * the next request reads first. So what a change has just refused is at most asked of a source by requests of this moment
 * (law 2), and leaves with none of them.
 */
const seenForMs = 250;

interface Seen {
  readonly revision: Revision;
  readonly current: Current;
  at: number;
}

export class CurrentVersions {
  readonly #seen = new Map<TenantName, Seen>();
  readonly #now: () => number;
  // Of each tenant (gateway.yaml lists them) the version in force and those just before it: of requests that read the
  // revision before and after a change, none loads twice. A large version holds some 100 MB, so few are kept (law 13).
  readonly #loaded = new Map<TenantName, LRUCache<PolicyVersionId, Promise<CurrentVersion>>>();
  constructor(readonly options: CurrentOptions) {
    this.#now = options.now ?? (() => performance.now());
  }

  /** As read after the call. @throws NothingInForce, and whatever the store throws: the caller refuses. */
  async current(tenant: TenantName): Promise<Current> {
    try {
      return await this.under(tenant, await this.options.revision(tenant));
    } catch (error) {
      this.forget(tenant);
      throw error;
    }
  }

  /** What was seen last, if that was just now; whoever lets an answer leave compares it with `Appended.current`. */
  lastSeen(tenant: TenantName): Current | null {
    const seen = this.#seen.get(tenant);
    return seen !== undefined && this.#now() - seen.at < seenForMs ? seen.current : null;
  }

  /** What is current by a revision that was just read. @throws as `current` does */
  async under(tenant: TenantName, revision: Revision | null): Promise<Current> {
    const seen = this.sees(tenant, revision);
    if (seen !== null) return seen;
    if (revision === null || revision.policyVersion === null) throw new NothingInForce(tenant);
    const version = await this.version(tenant, revision.policyVersion);
    const { revision: number, consent, shadow } = revision;
    const current = { ...version, revision: number, consent, shadow };
    this.#seen.set(tenant, { revision, current, at: this.#now() });
    this.options.saw?.(tenant, revision);
    return current;
  }

  /** Takes note of a revision that was just read: where it is not the one seen last, null, and the next request reads. */
  sees(tenant: TenantName, revision: Revision | null): Current | null {
    const seen = this.#seen.get(tenant);
    if (seen === undefined) return null;
    if (revision !== null && sameRevision(seen.revision, revision)) {
      seen.at = this.#now();
      return seen.current;
    }
    this.#seen.delete(tenant);
    return null;
  }

  /** Nothing is known any more: the next request reads first. */
  forget(tenant: TenantName): void {
    this.#seen.delete(tenant);
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
