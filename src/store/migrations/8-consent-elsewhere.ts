import type { MigrationInterface, QueryRunner } from "typeorm";

/** Of decisions that other systems collected: when, how, and where their proof lies. Apart from the event, for the proof's place may name somebody and can be erased. Staff import; the gateway cannot. */
export class ConsentElsewhere1764000000008 implements MigrationInterface {
  readonly name = "ConsentElsewhere1764000000008";

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE consent_elsewhere (
        tenant text NOT NULL,
        event uuid NOT NULL,
        decided_at timestamptz NOT NULL,
        how text NOT NULL,
        evidence text,
        PRIMARY KEY (tenant, event),
        FOREIGN KEY (tenant, event) REFERENCES consent_event (tenant, id)
      );
      GRANT SELECT ON consent_elsewhere TO passerelle_gateway;
      GRANT SELECT, INSERT, UPDATE (evidence) ON consent_elsewhere TO passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("DROP TABLE consent_elsewhere");
  }
}
