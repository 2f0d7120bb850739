import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What proves the access log: its tree in tiles, and the signed heads. Both are only added to: a tile at the tree's right
 * edge grows, and what it held before is its beginning for ever. For every role, also the owner's while the triggers stand;
 * who takes them away is met by the witness, who has seen the checkpoints.
 */
export class Proof1764000000009 implements MigrationInterface {
  readonly name = "Proof1764000000009";

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- C2SP tlog-tiles: up to 256 hashes of 32 bytes each.
      CREATE TABLE log_tile (
        tenant text NOT NULL,
        level smallint NOT NULL CHECK (level BETWEEN 0 AND 5),
        index bigint NOT NULL CHECK (index >= 0),
        data bytea NOT NULL CHECK (octet_length(data) % 32 = 0 AND octet_length(data) BETWEEN 32 AND 8192),
        PRIMARY KEY (tenant, level, index)
      );
      ALTER TABLE log_tile ALTER COLUMN data SET STORAGE EXTERNAL;
      CREATE TABLE log_checkpoint (
        tenant text NOT NULL,
        size bigint NOT NULL CHECK (size > 0),
        root bytea NOT NULL CHECK (octet_length(root) = 32),
        at timestamptz NOT NULL,
        -- C2SP signed-note.
        note text NOT NULL,
        PRIMARY KEY (tenant, size)
      );

      CREATE FUNCTION keep_log_tile() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' OR (NEW.tenant, NEW.level, NEW.index) IS DISTINCT FROM (OLD.tenant, OLD.level, OLD.index)
          OR octet_length(NEW.data) < octet_length(OLD.data)
          OR substring(NEW.data FROM 1 FOR octet_length(OLD.data)) <> OLD.data THEN
          RAISE EXCEPTION 'a tile of the access log only grows' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER keep_log_tile BEFORE UPDATE OR DELETE ON log_tile
        FOR EACH ROW EXECUTE FUNCTION keep_log_tile();
      CREATE FUNCTION keep_log_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'a checkpoint stays as it was signed' USING ERRCODE = 'integrity_constraint_violation';
      END $$;
      CREATE TRIGGER keep_log_checkpoint BEFORE UPDATE OR DELETE ON log_checkpoint
        FOR EACH ROW EXECUTE FUNCTION keep_log_checkpoint();

      GRANT SELECT, INSERT ON log_tile, log_checkpoint TO passerelle_gateway;
      GRANT UPDATE (data) ON log_tile TO passerelle_gateway;
      GRANT SELECT ON log_tile, log_checkpoint TO passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE log_checkpoint, log_tile;
      DROP FUNCTION keep_log_tile, keep_log_checkpoint;
    `);
  }
}
