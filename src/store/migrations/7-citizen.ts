import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Who is signed in at the citizen's pages. The cookie's value is in no table: a row is found by its hash, and what lies
 * in it opens with that value alone. So whoever reads the database can neither take a session over nor learn whose it is.
 */
export class Citizen1764000000007 implements MigrationInterface {
  readonly name = "Citizen1764000000007";

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE citizen_session (
        tenant text NOT NULL,
        -- SHA-256 of the cookie's value.
        id_hash bytea NOT NULL CHECK (octet_length(id_hash) = 32),
        -- 'scheme:token' of the person, to end their sessions when they are erased.
        subjects text[] NOT NULL,
        -- AES-256-GCM under a key derived from the cookie's value.
        sealed bytea NOT NULL CHECK (octet_length(sealed) <= 65536),
        created_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL CHECK (seen_at >= created_at),
        PRIMARY KEY (tenant, id_hash)
      );
      CREATE INDEX citizen_session_seen ON citizen_session (seen_at);
      GRANT SELECT, INSERT, DELETE, UPDATE (seen_at) ON citizen_session TO passerelle_gateway;
      GRANT SELECT (tenant, subjects, created_at, seen_at), DELETE ON citizen_session TO passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("DROP TABLE citizen_session");
  }
}
