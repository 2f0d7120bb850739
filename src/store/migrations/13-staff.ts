import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Who of the town's people is signed in at the console, and the demo's one-time links. Neither the cookie's value nor a
 * link's stands in a table: a row is found by its hash, and what lies in a session opens with the cookie alone.
 */
export class Staff1764000000013 implements MigrationInterface {
  readonly name = "Staff1764000000013";

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE staff_session (
        -- SHA-256 of the cookie's value.
        id_hash bytea PRIMARY KEY CHECK (octet_length(id_hash) = 32),
        -- AES-256-GCM under a key derived from the cookie's value.
        sealed bytea NOT NULL CHECK (octet_length(sealed) <= 65536),
        created_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL CHECK (seen_at >= created_at)
      );
      CREATE INDEX staff_session_seen ON staff_session (seen_at);
      GRANT SELECT, INSERT, DELETE, UPDATE (seen_at) ON staff_session TO passerelle_gateway;

      CREATE TABLE staff_link (
        -- SHA-256 of what stands in the link.
        id_hash bytea PRIMARY KEY CHECK (octet_length(id_hash) = 32),
        email text NOT NULL CHECK (length(email) BETWEEN 3 AND 320),
        until timestamptz NOT NULL
      );
      GRANT SELECT, INSERT, DELETE ON staff_link TO passerelle_gateway;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("DROP TABLE staff_link, staff_session");
  }
}
