import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What others say of the access log's checkpoints: witnesses that saw them (C2SP tlog-cosignature), and authorities that
 * dated them (RFC 3161). Each was checked before it was stored, and stays as it was given.
 */
export class Witness1764000000012 implements MigrationInterface {
  readonly name = "Witness1764000000012";

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE log_cosignature (
        tenant text NOT NULL,
        -- Name and id of the witness's key, as its signature line has them.
        witness text NOT NULL,
        key_id bytea NOT NULL CHECK (octet_length(key_id) = 4),
        -- Of the checkpoint that it saw.
        size bigint NOT NULL CHECK (size > 0),
        -- When it saw it, as it says.
        at timestamptz NOT NULL,
        -- C2SP signed-note: one signature line, with its newline.
        line text NOT NULL,
        PRIMARY KEY (tenant, witness, key_id, size)
      );
      CREATE INDEX log_cosignature_size ON log_cosignature (tenant, size);
      CREATE TABLE log_timestamp (
        tenant text NOT NULL,
        -- Of the checkpoint whose signed note was stamped.
        size bigint NOT NULL CHECK (size > 0),
        -- As the authority says.
        at timestamptz NOT NULL,
        -- RFC 3161: a TimeStampToken in DER.
        token bytea NOT NULL CHECK (octet_length(token) BETWEEN 1 AND 65536),
        PRIMARY KEY (tenant, size)
      );
      CREATE TRIGGER keep_log_cosignature BEFORE UPDATE OR DELETE ON log_cosignature
        FOR EACH ROW EXECUTE FUNCTION keep_log_checkpoint();
      CREATE TRIGGER keep_log_timestamp BEFORE UPDATE OR DELETE ON log_timestamp
        FOR EACH ROW EXECUTE FUNCTION keep_log_checkpoint();

      GRANT SELECT, INSERT ON log_cosignature, log_timestamp TO passerelle_gateway;
      GRANT SELECT ON log_cosignature, log_timestamp TO passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("DROP TABLE log_timestamp, log_cosignature");
  }
}
