// Applications, agreements and keys as staff change them. Every change is one transaction with a bump of the tenant's
// revision, so that it counts at the next request on every node (law 6). The bump's lock makes changes of one tenant
// follow each other: what is checked in the transaction is still so when it commits.
import { randomUUID } from "node:crypto";
import type { Catalogue } from "../catalogue/index.js";
import { bumpRevision, type DataSource, type EntityManager } from "../store/index.js";
import type { AgreementRef, KeyId, PurposeName, TenantName } from "../terms/index.js";
import type { Snapshot } from "./agreement.js";
import { AgreementVersionRow } from "./agreement-version.entity.js";
import { AgreementRow } from "./agreement.entity.js";
import { ApiKeyRow } from "./api-key.entity.js";
import { ApplicationRow } from "./application.entity.js";
import { type AgreementDraft, Checks, resolveDraft } from "./draft.js";
import { checkText, quote } from "./draft-texts.js";
import type { Secrets } from "./key-file.js";
import { makeKey, publicIdOf } from "./keys.js";
import {
  checkName,
  decideVersion,
  findAgreement,
  findApplication,
  findPerson,
  requireApplication,
  type Decision,
  type TenantTerms,
} from "./registry-checks.js";
import { RegistryError } from "./registry-error.js";
import {
  describeAgreement,
  describeKey,
  type AgreementView,
  type ApplicationView,
  type KeyView,
} from "./registry-views.js";
import { readSnapshot } from "./snapshot.js";

export interface RegistryOptions {
  /** The store's connection of the role `keeper`, with `identityEntities`. */
  readonly dataSource: DataSource;
  readonly tenants: ReadonlyMap<TenantName, TenantTerms>;
  readonly secrets: Pick<Secrets, "current">;
  readonly now?: () => Date;
}

export interface CreatedKey extends KeyView {
  /** Shown once: it is kept nowhere. */
  readonly key: string;
}

/** @throws RegistryError from every method, for what a person can put right. */
export class Registry {
  readonly #dataSource: DataSource;
  readonly #options: RegistryOptions;
  readonly #now: () => Date;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#dataSource = options.dataSource;
    this.#now = options.now ?? (() => new Date());
  }

  async createApplication(input: {
    readonly tenant: TenantName;
    readonly name: string;
    readonly title: string;
    readonly contact: string;
  }): Promise<ApplicationView> {
    const name = checkName("application", input.name);
    const title = checkText("title", input.title, 200);
    const contact = checkText("contact", input.contact, 200);
    return this.#change(input.tenant, async (db) => {
      if ((await findApplication(db, input.tenant, name)) !== null) {
        throw new RegistryError("already-exists", `There is an application "${name}" already. Choose another name.`);
      }
      const row = { tenant: input.tenant, name, title, contact, createdAt: this.#now() };
      await db.insert(ApplicationRow, row);
      return { name: row.name, title, contact, createdAt: row.createdAt };
    });
  }

  async listApplications(tenant: TenantName): Promise<ApplicationView[]> {
    this.#terms(tenant);
    const rows = await this.#dataSource.manager.find(ApplicationRow, { where: { tenant }, order: { name: "ASC" } });
    return rows.map(({ name, title, contact, createdAt }) => ({ name, title, contact, createdAt }));
  }

  /** The first version of an agreement, or the next one of the agreement that this application has for this purpose. */
  async draftAgreement(draft: AgreementDraft, catalogue: Catalogue): Promise<AgreementView> {
    const { tenant, application } = draft;
    const { purposes, people } = this.#terms(tenant);
    const checks = new Checks();
    const known = (await findApplication(this.#dataSource.manager, tenant, application)) !== null;
    checks.run(() => requireApplication(known, application), undefined);
    const last = await this.#lastApproved(tenant, application, draft.purpose);
    const snapshot = resolveDraft(draft, { purposes: new Set<string>(purposes.keys()), catalogue, last }, checks);
    const draftedBy = checks.run(() => findPerson(people, draft.draftedBy).email, "");
    checks.end();
    return this.#change(tenant, async (db) => {
      const id = await this.#agreementFor(db, tenant, application, snapshot.purpose);
      const number = 1 + ((await db.maximum(AgreementVersionRow, "number", { agreement: id })) ?? 0);
      const version = { agreement: id, number, snapshot, state: "draft" as const, draftedBy, draftedAt: this.#now() };
      await db.insert(AgreementVersionRow, version);
      return this.#view(db, tenant, `${application}/${snapshot.purpose}`);
    });
  }

  /** Approves a draft: the newest, unless a version is named. `by` must be a DPO of the tenant, and not who drafted it. */
  approveAgreement(tenant: TenantName, ref: string, decision: Decision): Promise<AgreementView> {
    return this.#decide(tenant, ref, decision, "approved");
  }

  rejectAgreement(tenant: TenantName, ref: string, decision: Decision): Promise<AgreementView> {
    return this.#decide(tenant, ref, decision, "rejected");
  }

  /** Nothing is answered under it from the next request on. */
  async suspendAgreement(tenant: TenantName, ref: string, reason: string): Promise<AgreementView> {
    const text = checkText("reason", reason, 500);
    return this.#change(tenant, async (db) => {
      const agreement = await findAgreement(db, tenant, ref);
      if (agreement.suspendedAt !== null) {
        throw new RegistryError(
          "already-suspended",
          `${ref} has been suspended since ${agreement.suspendedAt.toISOString()}.`,
        );
      }
      await db.update(AgreementRow, { id: agreement.id }, { suspendedAt: this.#now(), suspendedReason: text });
      return this.#view(db, tenant, ref);
    });
  }

  async resumeAgreement(tenant: TenantName, ref: string): Promise<AgreementView> {
    return this.#change(tenant, async (db) => {
      const agreement = await findAgreement(db, tenant, ref);
      if (agreement.suspendedAt === null) throw new RegistryError("not-suspended", `${ref} is not suspended.`);
      await db.update(AgreementRow, { id: agreement.id }, { suspendedAt: null, suspendedReason: null });
      return this.#view(db, tenant, ref);
    });
  }

  async listAgreements(tenant: TenantName): Promise<AgreementView[]> {
    const { timeZone } = this.#terms(tenant);
    const rows = await this.#dataSource.manager.find(AgreementRow, {
      where: { tenant },
      relations: { versions: true },
      order: { application: "ASC", purpose: "ASC", versions: { number: "ASC" } },
    });
    return rows.map((row) => describeAgreement(row, timeZone, this.#now()));
  }

  async showAgreement(tenant: TenantName, ref: string): Promise<AgreementView> {
    this.#terms(tenant);
    return this.#view(this.#dataSource.manager, tenant, ref);
  }

  /** A key of an approved agreement; at most two are valid at a time. */
  async createKey(tenant: TenantName, ref: string, label: string): Promise<CreatedKey> {
    const text = checkText("label", label, 100);
    return this.#change(tenant, async (db) => {
      const agreement = await findAgreement(db, tenant, ref);
      if (!agreement.versions.some(({ state }) => state === "approved")) {
        throw new RegistryError(
          "not-approved",
          `No version of ${ref} is approved. A DPO must approve it before it gets a key.`,
        );
      }
      const keys = await db.findBy(ApiKeyRow, { agreement: agreement.id });
      const valid = keys.filter(({ revokedAt }) => revokedAt === null);
      const slot = [1, 2].find((place) => valid.every((key) => key.slot !== place));
      if (slot === undefined) {
        const ids = valid.map(({ publicId }) => publicId).join(" and ");
        throw new RegistryError(
          "too-many-keys",
          `${ref} has two valid keys already (${ids}). Revoke one of them first.`,
        );
      }
      const { key, publicId, hash } = makeKey();
      const row = { publicId, tenant, agreement: agreement.id, hash, label: text, slot, createdAt: this.#now() };
      await db.insert(ApiKeyRow, row);
      return { key, publicId, agreement: ref as AgreementRef, label: text, createdAt: row.createdAt, revokedAt: null };
    });
  }

  /** @param key the key's public part, or the whole key as it was found somewhere. */
  async revokeKey(tenant: TenantName, key: string): Promise<KeyView> {
    const publicId = publicIdOf(key) ?? (key as KeyId);
    return this.#change(tenant, async (db) => {
      const row = await db.findOne(ApiKeyRow, { where: { tenant, publicId }, relations: { of: true } });
      if (row === null) {
        throw new RegistryError("unknown-key", `There is no key ${quote(publicId)}. See npx passerelle key list.`);
      }
      if (row.revokedAt !== null) {
        throw new RegistryError(
          "already-revoked",
          `The key ${publicId} was revoked at ${row.revokedAt.toISOString()}.`,
        );
      }
      const revokedAt = this.#now();
      await db.update(ApiKeyRow, { publicId }, { revokedAt });
      return { ...describeKey(row), revokedAt };
    });
  }

  /** All keys of a tenant, or of one agreement: the oldest first. */
  async listKeys(tenant: TenantName, ref?: string): Promise<KeyView[]> {
    this.#terms(tenant);
    const { manager } = this.#dataSource;
    const only = ref === undefined ? {} : { agreement: (await findAgreement(manager, tenant, ref)).id };
    const rows = await manager.find(ApiKeyRow, {
      where: { tenant, ...only },
      relations: { of: true },
      order: { createdAt: "ASC", publicId: "ASC" },
    });
    return rows.map(describeKey);
  }

  async #decide(
    tenant: TenantName,
    ref: string,
    decision: Decision,
    state: "approved" | "rejected",
  ): Promise<AgreementView> {
    const { people } = this.#terms(tenant);
    return this.#change(tenant, async (db) => {
      const agreement = await findAgreement(db, tenant, ref);
      const { number, by, note } = decideVersion(agreement, ref, decision, state, people);
      await db.update(
        AgreementVersionRow,
        { agreement: agreement.id, number },
        { state, decidedBy: by, decidedAt: this.#now(), decisionNote: note },
      );
      return this.#view(db, tenant, ref);
    });
  }

  async #lastApproved(tenant: TenantName, application: string, purpose: string): Promise<Snapshot | null> {
    const { manager } = this.#dataSource;
    const agreement = await manager.findOneBy(AgreementRow, { tenant, application, purpose });
    if (agreement === null) return null;
    const version = await manager.findOne(AgreementVersionRow, {
      where: { agreement: agreement.id, state: "approved" },
      order: { number: "DESC" },
    });
    return version === null ? null : readSnapshot(version.snapshot);
  }

  async #agreementFor(
    db: EntityManager,
    tenant: TenantName,
    application: string,
    purpose: PurposeName,
  ): Promise<string> {
    const known = await db.findOneBy(AgreementRow, { tenant, application, purpose });
    if (known !== null) return known.id;
    const id = randomUUID();
    const secret = this.#options.secrets.current(tenant);
    await db.insert(AgreementRow, { id, tenant, application, purpose, secret, createdAt: this.#now() });
    return id;
  }

  async #view(db: EntityManager, tenant: TenantName, ref: string): Promise<AgreementView> {
    return describeAgreement(await findAgreement(db, tenant, ref), this.#terms(tenant).timeZone, this.#now());
  }

  #terms(tenant: TenantName): TenantTerms {
    const terms = this.#options.tenants.get(tenant);
    if (terms === undefined) throw new RegistryError("unknown-tenant", `gateway.yaml has no tenant ${quote(tenant)}.`);
    return terms;
  }

  async #change<T>(tenant: TenantName, work: (db: EntityManager) => Promise<T>): Promise<T> {
    this.#terms(tenant);
    return this.#dataSource.transaction(async (db) => {
      await bumpRevision(db, tenant);
      return work(db);
    });
  }
}
