import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Policy versions and their applying. Both are only ever added to: an access entry names a version, and must find the
 * very content that decided (law 8).
 */
export class Policy1764000000002 implements MigrationInterface {
  readonly name = "Policy1764000000002";

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE policy_version (
        tenant text NOT NULL,
        id text NOT NULL CHECK (id ~ '^[0-9a-f]{64}$'),
        content jsonb NOT NULL,
        PRIMARY KEY (tenant, id)
      );
      CREATE TABLE policy_application (
        tenant text NOT NULL,
        revision bigint NOT NULL,
        version text NOT NULL,
        applied_at timestamptz NOT NULL,
        author text NOT NULL,
        message text NOT NULL,
        PRIMARY KEY (tenant, revision),
        FOREIGN KEY (tenant, version) REFERENCES policy_version (tenant, id)
      );
      GRANT SELECT, INSERT ON policy_version, policy_application TO passerelle_gateway, passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("DROP TABLE policy_application, policy_version");
  }
}
