// The version that is decided beside the one in force, and what it decided otherwise. Set and stopped by the keeper's
// role, counted by the gateway's.
import { bumpRevision, readRevision, type DataSource } from "../store/index.js";
import type { PolicyVersionId, TenantName } from "../terms/index.js";
import { sortedPaths, versionId, type VersionContent } from "./content.js";
import { kept } from "./policy-store.js";
import { PolicyVersionRow } from "./policy-version.entity.js";

/**
 * gained, lost: a selected field that would be in the answer, would not be any more. mask: it would, in another form.
 * filter-gained, filter-lost: a field that chooses or sorts rows, where one refused field stops the whole request.
 * valid, invalid: an operation that could be asked, could not be asked any more, by this part of schema.graphql.
 */
export type DifferenceKind = "gained" | "lost" | "mask" | "filter-gained" | "filter-lost" | "valid" | "invalid";

/** One decision of the shadow that is not that of the version in force. Names of the town only (law 11). */
export interface ShadowDifference {
  readonly coordinate: string;
  readonly kind: DifferenceKind;
  /** `all -` (rows and mask), `denied`, `no-rule`, `not-in-agreement`, `not reached`, or an error's code. */
  readonly before: string;
  readonly after: string;
  /** The shadow's line that decided, `policies/rivemont/canteen.csv:3`; null where none did. */
  readonly rule: string | null;
}

interface CountKey {
  readonly tenant: TenantName;
  readonly shadow: PolicyVersionId;
  readonly inForce: PolicyVersionId;
  readonly agreement: string;
  /** A whole hour, RFC 3339 in UTC. */
  readonly hour: string;
}

/** Requests of one agreement in one hour. */
export interface LookedCount extends CountKey {
  readonly looked: number;
  /** With at least one difference. */
  readonly differing: number;
  /** Not looked at, for lack of time. */
  readonly skipped: number;
  /** The shadow could not decide. */
  readonly failed: number;
}

export interface DifferenceCount extends CountKey, ShadowDifference {
  readonly requests: number;
  /** RFC 3339. */
  readonly firstSeen: string;
  readonly lastSeen: string;
}

export interface ShadowCounts {
  readonly looked: readonly LookedCount[];
  readonly differences: readonly DifferenceCount[];
}

export interface SetShadow {
  /** Null: it was stopped. */
  readonly version: PolicyVersionId | null;
  readonly setAt: Date;
  readonly author: string;
  readonly message: string;
}

export class ShadowStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /**
   * Puts a version beside the one in force, on every node from the next request on; counts of an earlier shadow go. The
   * content must have been found without fault by `checkVersion`.
   */
  async begin(content: VersionContent, author: string, message: string): Promise<PolicyVersionId> {
    const { tenant, schema } = content;
    const id = versionId(content);
    const files = Object.fromEntries(sortedPaths(content.files.keys()).map((at) => [at, content.files.get(at) ?? ""]));
    await this.#dataSource.transaction(async (manager) => {
      const { revision } = await bumpRevision(manager, tenant, { shadow: id });
      await manager
        .createQueryBuilder()
        .insert()
        .into(PolicyVersionRow)
        .values({ tenant, id, content: { schema, files } })
        .orIgnore()
        .execute();
      for (const table of ["shadow_looked", "shadow_difference"])
        await manager.query(`DELETE FROM ${table} WHERE tenant = $1`, [tenant]);
      await manager.query(insertShadow, [tenant, revision, id, new Date(), kept(author, 200), kept(message, 1000)]);
    });
    return id;
  }

  /** What was counted stays until the next shadow begins. @returns false where there was none */
  async stop(tenant: TenantName, author: string, message: string): Promise<boolean> {
    return this.#dataSource.transaction(async (manager) => {
      const before = await manager.query<unknown[]>(
        "SELECT FROM tenant_revision WHERE tenant = $1 AND shadow_version IS NOT NULL FOR UPDATE",
        [tenant],
      );
      if (before.length === 0) return false;
      const { revision } = await bumpRevision(manager, tenant, { shadow: null });
      await manager.query(insertShadow, [tenant, revision, null, new Date(), kept(author, 200), kept(message, 1000)]);
      return true;
    });
  }

  /** Which version is the shadow now; null: none. */
  async now(tenant: TenantName): Promise<PolicyVersionId | null> {
    return (await readRevision(this.#dataSource, tenant))?.shadow ?? null;
  }

  /** The last shadow that was set, running or not; null before the first one. */
  async last(tenant: TenantName): Promise<(SetShadow & { readonly version: PolicyVersionId }) | null> {
    const rows = await this.#dataSource.query<
      { version: PolicyVersionId; set_at: Date; author: string; message: string }[]
    >(
      `SELECT version, set_at, author, message FROM policy_shadow
        WHERE tenant = $1 AND version IS NOT NULL ORDER BY revision DESC LIMIT 1`,
      [tenant],
    );
    const [row] = rows;
    return row === undefined ? null : { ...row, setAt: row.set_at };
  }

  /** Added to what is there, of whatever node. @param mostRows what is beyond them for a tenant is not kept (law 13) */
  async add({ looked, differences }: ShadowCounts, mostRows = 200_000): Promise<void> {
    await this.#dataSource.transaction(async (manager) => {
      if (looked.length > 0) await manager.query(addLooked, [JSON.stringify(looked)]);
      if (differences.length > 0) await manager.query(addDifferences, [JSON.stringify(differences), mostRows]);
    });
  }

  /** By agreement, then the most requests first. @param since RFC 3339; the whole hour that holds it is counted */
  async report(tenant: TenantName, shadow: PolicyVersionId, since: string | null): Promise<ShadowReport> {
    const values = [tenant, shadow, since];
    const looked = await this.#dataSource.query<Record<keyof ShadowReport["looked"][number], string>[]>(
      `SELECT agreement, sum(looked) AS looked, sum(differing) AS differing, sum(skipped) AS skipped,
              sum(failed) AS failed
         FROM shadow_looked WHERE ${inReport} GROUP BY agreement ORDER BY agreement`,
      values,
    );
    const differences = await this.#dataSource.query<
      (ShadowDifference & { agreement: string; inForce: PolicyVersionId; requests: string; first: Date; last: Date })[]
    >(
      `SELECT agreement, in_force AS "inForce", coordinate, kind, max(before) AS before, max(after) AS after,
              max(rule) AS rule, sum(requests) AS requests, min(first_seen) AS first, max(last_seen) AS last
         FROM shadow_difference WHERE ${inReport} GROUP BY agreement, in_force, coordinate, kind
        ORDER BY agreement, sum(requests) DESC, coordinate, kind, in_force`,
      values,
    );
    return {
      looked: looked.map((row) => ({
        agreement: row.agreement,
        looked: Number(row.looked),
        differing: Number(row.differing),
        skipped: Number(row.skipped),
        failed: Number(row.failed),
      })),
      differences: differences.map(({ first, last, requests, ...row }) => ({
        ...row,
        requests: Number(requests),
        firstSeen: first.toISOString(),
        lastSeen: last.toISOString(),
      })),
    };
  }
}

export interface ShadowReport {
  readonly looked: readonly Omit<LookedCount, Exclude<keyof CountKey, "agreement">>[];
  readonly differences: readonly Omit<DifferenceCount, "tenant" | "shadow" | "hour">[];
}

const inReport =
  "tenant = $1 AND shadow = $2 AND ($3::timestamptz IS NULL OR hour >= date_trunc('hour', $3::timestamptz, 'UTC'))";

const insertShadow = `INSERT INTO policy_shadow (tenant, revision, version, set_at, author, message)
  VALUES ($1, $2, $3, $4, $5, $6)`;

// In the order of their keys: two nodes that add the same rows at once wait for each other, and never in a ring.
const addLooked = `
  INSERT INTO shadow_looked AS l (tenant, shadow, in_force, agreement, hour, looked, differing, skipped, failed)
  SELECT tenant, shadow, "inForce", agreement, hour, looked, differing, skipped, failed
    FROM jsonb_to_recordset($1::jsonb) AS c(tenant text, shadow text, "inForce" text, agreement text, hour timestamptz,
         looked bigint, differing bigint, skipped bigint, failed bigint)
   ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (tenant, shadow, in_force, agreement, hour) DO UPDATE
    SET looked = l.looked + excluded.looked, differing = l.differing + excluded.differing,
        skipped = l.skipped + excluded.skipped, failed = l.failed + excluded.failed`;

// Counted once for a tenant, not for each row: near the bound that would take longer than the gateway's role may.
const addDifferences = `
  WITH room AS MATERIALIZED (
    SELECT t.tenant, (SELECT count(*) FROM (SELECT FROM shadow_difference x WHERE x.tenant = t.tenant LIMIT $2) AS rows)
           < $2 AS free
      FROM (SELECT DISTINCT tenant FROM jsonb_to_recordset($1::jsonb) AS given(tenant text)) AS t)
  INSERT INTO shadow_difference AS d
    (tenant, shadow, in_force, agreement, coordinate, kind, hour, before, after, rule, requests, first_seen, last_seen)
  SELECT c.tenant, c.shadow, c."inForce", c.agreement, c.coordinate, c.kind, c.hour, c.before, c.after, c.rule,
         c.requests, c."firstSeen", c."lastSeen"
    FROM jsonb_to_recordset($1::jsonb) AS c(tenant text, shadow text, "inForce" text, agreement text, coordinate text,
         kind text, hour timestamptz, before text, after text, rule text, requests bigint, "firstSeen" timestamptz,
         "lastSeen" timestamptz)
   WHERE (SELECT free FROM room WHERE room.tenant = c.tenant)
      OR EXISTS (SELECT FROM shadow_difference x WHERE (x.tenant, x.shadow, x.in_force, x.agreement, x.coordinate, x.kind,
         x.hour) = (c.tenant, c.shadow, c."inForce", c.agreement, c.coordinate, c.kind, c.hour))
   ORDER BY 1, 2, 3, 4, 5, 6, 7
  ON CONFLICT (tenant, shadow, in_force, agreement, coordinate, kind, hour) DO UPDATE
    SET requests = d.requests + excluded.requests, first_seen = least(d.first_seen, excluded.first_seen),
        last_seen = greatest(d.last_seen, excluded.last_seen)`;
