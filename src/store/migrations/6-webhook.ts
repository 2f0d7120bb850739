import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Where applications are told that somebody's data is to be erased, and what they were told. A notice is made in the
 * transaction of the decision, so that none is lost; it names the person by token only. Staff register addresses, the
 * gateway's role sends: it can neither add an address nor change one, nor forget a notice.
 */
export class Webhook1764000000006 implements MigrationInterface {
  readonly name = "Webhook1764000000006";

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE webhook (
        id uuid PRIMARY KEY,
        tenant text NOT NULL,
        agreement uuid NOT NULL REFERENCES agreement (id),
        url text NOT NULL,
        -- Sealed under the tenant's secret of this number: whoever reads the table cannot sign.
        secret bytea NOT NULL,
        secret_number integer NOT NULL CHECK (secret_number > 0),
        made_at timestamptz NOT NULL,
        made_by text NOT NULL,
        removed_at timestamptz
      );
      CREATE UNIQUE INDEX webhook_one_in_use ON webhook (agreement) WHERE removed_at IS NULL;
      CREATE TABLE erasure_notice (
        id uuid PRIMARY KEY,
        tenant text NOT NULL,
        agreement uuid NOT NULL REFERENCES agreement (id),
        scheme text NOT NULL,
        token text NOT NULL,
        units text[] NOT NULL,
        at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL,
        last_result text,
        acknowledged_at timestamptz
      );
      CREATE INDEX erasure_notice_due ON erasure_notice (next_at) WHERE acknowledged_at IS NULL;
      CREATE INDEX erasure_notice_agreement ON erasure_notice (agreement, at);
      CREATE INDEX erasure_notice_person ON erasure_notice (tenant, scheme, token);

      CREATE FUNCTION keep_acknowledged_notice() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.acknowledged_at IS NOT NULL THEN
          RAISE EXCEPTION 'an acknowledged notice stays as it is' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER keep_acknowledged_notice BEFORE UPDATE ON erasure_notice
        FOR EACH ROW EXECUTE FUNCTION keep_acknowledged_notice();

      GRANT SELECT ON webhook, erasure_notice TO passerelle_gateway, passerelle_keeper;
      GRANT INSERT ON webhook TO passerelle_keeper;
      GRANT UPDATE (removed_at) ON webhook TO passerelle_keeper;
      GRANT INSERT ON erasure_notice TO passerelle_gateway, passerelle_keeper;
      GRANT UPDATE (attempts, next_at, last_result, acknowledged_at) ON erasure_notice TO passerelle_gateway;
      GRANT UPDATE (next_at) ON erasure_notice TO passerelle_keeper;
      GRANT DELETE ON erasure_notice TO passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE erasure_notice, webhook;
      DROP FUNCTION keep_acknowledged_notice;
    `);
  }
}
