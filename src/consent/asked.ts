// What the versions of agreements asked, as kept when somebody first decided on them.
import type { EntityManager } from "../store/index.js";
import type { AgreementId, ConsentUnit, TenantName } from "../terms/index.js";
import { ConsentError } from "./consent-error.js";
import type { Deciding } from "./consent-event.js";

export interface Asked {
  readonly agreement: AgreementId;
  readonly version: number;
  readonly terms: string;
  readonly basis: string;
  readonly informationSociety: boolean;
  readonly units: readonly ConsentUnit[];
}

interface AskedRow extends Omit<Asked, "informationSociety"> {
  readonly information_society: boolean;
}

const content = ({ terms, basis, informationSociety, units }: Asked): string =>
  JSON.stringify([terms, basis, informationSociety, units.map(({ name, fields }) => [name, [...fields].sort()])]);

/** For the time of one transaction, which holds the tenant's lock of consent. */
export class AskedVersions {
  readonly #known = new Map<AgreementId, Map<number, Asked>>();
  #fresh: Asked[] = [];

  constructor(
    readonly db: EntityManager,
    readonly tenant: TenantName,
  ) {}

  async load(agreements: Iterable<AgreementId>): Promise<void> {
    const missing = [...new Set(agreements)].filter((agreement) => !this.#known.has(agreement));
    if (missing.length === 0) return;
    const rows: AskedRow[] = await this.db.query(
      `SELECT agreement, version, terms, basis, information_society, units FROM consent_asked
        WHERE tenant = $1 AND agreement = ANY($2::uuid[])`,
      [this.tenant, missing],
    );
    for (const agreement of missing) this.#known.set(agreement, new Map());
    for (const { information_society: informationSociety, ...row } of rows)
      this.#known.get(row.agreement)?.set(row.version, { ...row, informationSociety });
  }

  /** Of a loaded agreement: takes note of what a version asks. @throws ConsentError when it was noted as something else */
  note({ agreement, version, terms, basis, informationSociety, asked: units }: Deciding): void {
    const asked: Asked = { agreement, version, terms, basis, informationSociety, units };
    const known = this.#known.get(agreement)?.get(version);
    if (known === undefined) {
      this.#known.get(agreement)?.set(version, asked);
      this.#fresh.push(asked);
    } else if (content(known) !== content(asked)) {
      throw new ConsentError(
        "other-version",
        `Version ${String(version)} of this agreement was decided on with other units or terms. Reload what is shown.`,
      );
    }
  }

  /** Of the newest version that somebody decided on. */
  newest(agreement: AgreementId): Asked | null {
    let newest: Asked | null = null;
    for (const asked of this.#known.get(agreement)?.values() ?? [])
      if (newest === null || asked.version > newest.version) newest = asked;
    return newest;
  }

  async write(): Promise<void> {
    if (this.#fresh.length === 0) return;
    await this.db.query(
      `INSERT INTO consent_asked (tenant, agreement, version, terms, basis, information_society, units)
       SELECT $1, agreement, version, terms, basis, "informationSociety", units
         FROM jsonb_to_recordset($2::jsonb)
           AS x(agreement uuid, version integer, terms text, basis text, "informationSociety" boolean, units jsonb)`,
      [this.tenant, JSON.stringify(this.#fresh)],
    );
    this.#fresh = [];
  }
}
