import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * A version that is decided beside the one in force, without effect, and what it decided otherwise. The counts are names
 * of the town's own (coordinates, agreements, lines of rules) and numbers: no values, no variables, nobody (laws 5, 11).
 * They are no part of the record. The gateway's role adds counts and erases none, and adds no line to the shadow's own history:
 * both are the keeper's, staff's hand. Which version is in force or beside it stands in tenant_revision, as ever.
 */
export class Shadow1764000000004 implements MigrationInterface {
  readonly name = "Shadow1764000000004";

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE tenant_revision ADD COLUMN shadow_version text;
      -- Only added to. No version: the shadow was stopped.
      CREATE TABLE policy_shadow (
        tenant text NOT NULL,
        revision bigint NOT NULL,
        version text,
        set_at timestamptz NOT NULL,
        author text NOT NULL,
        message text NOT NULL,
        PRIMARY KEY (tenant, revision),
        FOREIGN KEY (tenant, version) REFERENCES policy_version (tenant, id)
      );
      -- By the hour, so that "since" can be asked for. Emptied when the next shadow is set.
      CREATE TABLE shadow_looked (
        tenant text NOT NULL,
        shadow text NOT NULL,
        in_force text NOT NULL,
        agreement text NOT NULL,
        hour timestamptz NOT NULL,
        looked bigint NOT NULL,
        differing bigint NOT NULL,
        skipped bigint NOT NULL,
        failed bigint NOT NULL,
        PRIMARY KEY (tenant, shadow, in_force, agreement, hour)
      );
      CREATE TABLE shadow_difference (
        tenant text NOT NULL,
        shadow text NOT NULL,
        in_force text NOT NULL,
        agreement text NOT NULL,
        coordinate text NOT NULL,
        kind text NOT NULL,
        hour timestamptz NOT NULL,
        before text NOT NULL,
        after text NOT NULL,
        rule text,
        requests bigint NOT NULL,
        first_seen timestamptz NOT NULL,
        last_seen timestamptz NOT NULL,
        PRIMARY KEY (tenant, shadow, in_force, agreement, coordinate, kind, hour)
      );
      GRANT SELECT ON policy_shadow TO passerelle_gateway;
      GRANT SELECT, INSERT ON policy_shadow TO passerelle_keeper;
      GRANT SELECT, INSERT ON shadow_looked, shadow_difference TO passerelle_gateway;
      GRANT UPDATE (looked, differing, skipped, failed) ON shadow_looked TO passerelle_gateway;
      GRANT UPDATE (requests, first_seen, last_seen) ON shadow_difference TO passerelle_gateway;
      GRANT SELECT, DELETE ON shadow_looked, shadow_difference TO passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE shadow_difference, shadow_looked, policy_shadow;
      ALTER TABLE tenant_revision DROP COLUMN shadow_version;
    `);
  }
}
