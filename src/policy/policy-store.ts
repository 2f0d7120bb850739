// The versions of all tenants, and which one is in force: the store decides, not a file that was saved.
import { bumpRevision, readRevision, type DataSource, type Revision } from "../store/index.js";
import type { PolicyVersionId, TenantName } from "../terms/index.js";
import { sortedPaths, versionId, type VersionContent } from "./content.js";
import { PolicyNotUnderstood } from "./judge.js";
import { PolicyApplicationRow, PolicyVersionRow } from "./policy-version.entity.js";

/** One applying of a version. */
export interface AppliedVersion {
  readonly id: PolicyVersionId;
  /** The tenant's revision from which on it counted. */
  readonly revision: number;
  readonly appliedAt: Date;
  readonly author: string;
  readonly message: string;
}

/** Something of the tenant's policy, agreements or keys was changed since it was looked at: nothing was applied. */
export class RevisionMoved extends Error {
  override readonly name = "RevisionMoved";
}

export class PolicyStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /**
   * Puts a version in force from the next request on, on every node (law 6), in one transaction. Nothing is written
   * where it is in force already. The content must have been found without fault by `checkVersion`.
   * @param author who did it, as the terminal knows them; at most 200 characters are kept
   * @param message why; at most 1,000 characters are kept
   * @param seen the tenant's revision under which the change was looked at, 0 where there was none: of several who
   * looked at the same one, one alone applies. Not given: whatever is in force is replaced.
   * @throws RevisionMoved when it is not the current one any more: nothing is written then
   */
  async apply(content: VersionContent, author: string, message: string, seen?: number): Promise<PolicyVersionId> {
    const { tenant } = content;
    const id = versionId(content);
    const inForce = await this.revision(tenant);
    if (seen !== undefined && inForce.revision !== seen) throw new RevisionMoved();
    if (inForce.policyVersion === id) return id;
    const files = Object.fromEntries(
      sortedPaths(content.files.keys()).map((path) => [path, content.files.get(path) ?? ""]),
    );
    await this.#dataSource.transaction(async (manager) => {
      const { revision } = await bumpRevision(manager, tenant, { policyVersion: id });
      // The bump holds the row's lock: only now nobody can come between the look and the change.
      if (seen !== undefined && revision !== seen + 1) throw new RevisionMoved();
      await manager
        .createQueryBuilder()
        .insert()
        .into(PolicyVersionRow)
        .values({ tenant, id, content: { schema: content.schema, files } })
        .orIgnore()
        .execute();
      await manager.insert(PolicyApplicationRow, {
        tenant,
        revision: String(revision),
        version: id,
        appliedAt: new Date(),
        author: kept(author, 200),
        message: kept(message, 1000),
      });
    });
    return id;
  }

  /**
   * The content of a version, in force or not; null when there is none of that name.
   * @throws PolicyNotUnderstood when what is stored is not what the name was made from
   */
  async read(tenant: TenantName, id: PolicyVersionId): Promise<VersionContent | null> {
    const row = await this.#dataSource.manager.findOneBy(PolicyVersionRow, { tenant, id });
    if (row === null) return null;
    const content = { tenant, schema: row.content.schema, files: new Map(Object.entries(row.content.files)) };
    if (versionId(content) !== id) throw new PolicyNotUnderstood(`the stored content of version ${id} was changed`);
    return content;
  }

  /** The version in force and its content; null before the first one. @throws PolicyNotUnderstood as `read` does */
  async inForce(tenant: TenantName): Promise<{ id: PolicyVersionId; content: VersionContent } | null> {
    const id = (await readRevision(this.#dataSource, tenant))?.policyVersion ?? null;
    if (id === null) return null;
    const content = await this.read(tenant, id);
    if (content === null) throw new PolicyNotUnderstood(`version ${id} is in force, but its content is not stored`);
    return { id, content };
  }

  /** What is current; 0 and null before the first change. */
  async revision(tenant: TenantName): Promise<Revision> {
    return (
      (await readRevision(this.#dataSource, tenant)) ?? { revision: 0, policyVersion: null, shadow: null, consent: 0 }
    );
  }

  /** The newest first. @param limit at most this many */
  async history(tenant: TenantName, limit = 100): Promise<AppliedVersion[]> {
    const rows = await this.#dataSource.manager.find(PolicyApplicationRow, {
      where: { tenant },
      order: { revision: "DESC" },
      take: limit,
    });
    return rows.map(({ version, revision, appliedAt, author, message }) => {
      return { id: version, revision: Number(revision), appliedAt, author, message };
    });
  }
}

/** Bounded, on one line; a cut is shown by `…` (law 13). */
export function kept(text: string, length: number): string {
  // eslint-disable-next-line no-control-regex -- a terminal would obey them
  const plain = text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  return plain.length <= length ? plain : `${plain.slice(0, length - 1).toWellFormed()}…`;
}
