import type { MigrationInterface, QueryRunner } from "typeorm";

/** What people have decided. */
export class Consent1764000000005 implements MigrationInterface {
  readonly name = "Consent1764000000005";

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE consent_revision (
        tenant text PRIMARY KEY,
        revision bigint NOT NULL CHECK (revision > 0)
      );
      GRANT SELECT, INSERT, UPDATE ON consent_revision TO passerelle_gateway, passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("DROP TABLE consent_revision");
  }
}
