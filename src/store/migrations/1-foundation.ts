import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Roles, revisions, identity. Rights are granted by column where a column is all that may change. The gateway's role
 * reads who may ask, and can neither make a key nor approve anything: whoever takes it over gains no new reader.
 */
export class Foundation1764000000001 implements MigrationInterface {
  readonly name = "Foundation1764000000001";

  async up(db: QueryRunner): Promise<void> {
    await makeRoles(db);
    await db.query(`
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      GRANT USAGE ON SCHEMA public TO passerelle_gateway, passerelle_keeper;

      CREATE TABLE tenant_revision (
        tenant text PRIMARY KEY,
        revision bigint NOT NULL CHECK (revision > 0),
        policy_version text
      );
      GRANT SELECT, INSERT, UPDATE ON tenant_revision TO passerelle_gateway, passerelle_keeper;
    `);
    await makeIdentity(db);
    await makeGuards(db);
    await db.query(`
      GRANT SELECT ON application, agreement, agreement_version, api_key, secret_fingerprint
        TO passerelle_gateway, passerelle_keeper;
      GRANT INSERT ON application, agreement, agreement_version, api_key TO passerelle_keeper;
      GRANT UPDATE (suspended_at, suspended_reason) ON agreement TO passerelle_keeper;
      GRANT UPDATE (state, decided_by, decided_at, decision_note) ON agreement_version TO passerelle_keeper;
      GRANT UPDATE (revoked_at) ON api_key TO passerelle_keeper;
      GRANT INSERT ON secret_fingerprint TO passerelle_gateway, passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    // Roles stay: they belong to the whole server, and other databases may use them.
    await db.query(`
      DROP TABLE secret_fingerprint, api_key, agreement_version, agreement, application, tenant_revision;
      DROP FUNCTION keep_agreement_version, keep_revoked_key;
    `);
  }
}

/** Roles are the server's, not the database's: two databases may be made at once, and one finds them made. */
async function makeRoles(db: QueryRunner): Promise<void> {
  for (const role of ["passerelle_gateway", "passerelle_keeper"]) {
    await db.query(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
          CREATE ROLE ${role} NOLOGIN;
        END IF;
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
          RAISE insufficient_privilege USING MESSAGE =
            'the role ${role} is missing and this user may not create it. Run as an administrator: '
            || 'CREATE ROLE ${role} NOLOGIN; GRANT ${role} TO ' || quote_ident(current_user) || ';';
      END $$`);
    // An owner without superuser's rights may change only to roles it is a member of.
    await db.query(`
      DO $$ BEGIN
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
          GRANT ${role} TO CURRENT_USER;
        END IF;
      EXCEPTION WHEN insufficient_privilege THEN NULL;
      END $$`);
  }
}

async function makeIdentity(db: QueryRunner): Promise<void> {
  await db.query(`
    CREATE TABLE application (
      tenant text NOT NULL,
      name text NOT NULL,
      title text NOT NULL,
      contact text NOT NULL,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (tenant, name)
    );
    CREATE TABLE agreement (
      id uuid PRIMARY KEY,
      tenant text NOT NULL,
      application text NOT NULL,
      purpose text NOT NULL,
      secret integer NOT NULL CHECK (secret > 0),
      created_at timestamptz NOT NULL,
      suspended_at timestamptz,
      suspended_reason text,
      FOREIGN KEY (tenant, application) REFERENCES application (tenant, name),
      UNIQUE (tenant, application, purpose),
      CHECK ((suspended_at IS NULL) = (suspended_reason IS NULL))
    );
    CREATE TABLE agreement_version (
      agreement uuid NOT NULL REFERENCES agreement (id),
      number integer NOT NULL CHECK (number > 0),
      snapshot jsonb NOT NULL,
      state text NOT NULL CHECK (state IN ('draft', 'approved', 'rejected')),
      drafted_by text NOT NULL,
      drafted_at timestamptz NOT NULL,
      decided_by text,
      decided_at timestamptz,
      decision_note text,
      PRIMARY KEY (agreement, number),
      CHECK ((state = 'draft') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
      CONSTRAINT approved_by_another CHECK (state <> 'approved' OR lower(decided_by) <> lower(drafted_by))
    );
    CREATE TABLE api_key (
      public_id text PRIMARY KEY,
      tenant text NOT NULL,
      agreement uuid NOT NULL REFERENCES agreement (id),
      hash bytea NOT NULL CHECK (octet_length(hash) = 32),
      label text NOT NULL,
      slot smallint NOT NULL CHECK (slot IN (1, 2)),
      created_at timestamptz NOT NULL,
      revoked_at timestamptz
    );
    -- Two places, so at most two valid keys of an agreement, whatever the code above believes.
    CREATE UNIQUE INDEX api_key_two_valid ON api_key (agreement, slot) WHERE revoked_at IS NULL;
    CREATE TABLE secret_fingerprint (
      tenant text NOT NULL,
      kind text NOT NULL,
      number integer NOT NULL CHECK (number > 0),
      fingerprint text NOT NULL,
      first_used_at timestamptz NOT NULL,
      PRIMARY KEY (tenant, kind, number)
    );
  `);
}

/** What was decided stays as it was decided, for every role. */
async function makeGuards(db: QueryRunner): Promise<void> {
  await db.query(`
    CREATE FUNCTION keep_agreement_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a version of an agreement is never deleted' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF OLD.state <> 'draft' THEN
        RAISE EXCEPTION 'version % of the agreement was decided and cannot change', OLD.number
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF (NEW.agreement, NEW.number, NEW.snapshot, NEW.drafted_by, NEW.drafted_at)
        IS DISTINCT FROM (OLD.agreement, OLD.number, OLD.snapshot, OLD.drafted_by, OLD.drafted_at) THEN
        RAISE EXCEPTION 'a draft is replaced by the next version, not changed'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER keep_agreement_version BEFORE UPDATE OR DELETE ON agreement_version
      FOR EACH ROW EXECUTE FUNCTION keep_agreement_version();

    CREATE FUNCTION keep_revoked_key() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
        RAISE EXCEPTION 'a revoked key stays revoked' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER keep_revoked_key BEFORE UPDATE ON api_key
      FOR EACH ROW EXECUTE FUNCTION keep_revoked_key();
  `);
}
