import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What people have decided: events that are only ever added to, and what follows from them today. Nobody is named:
 * people are subject tokens (law 11). Rows of `consent_current` are the one thing that a request reads; they carry the
 * consent revision of their last change, so that what a process holds is brought up to date by one indexed statement.
 */
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
    await makeRecord(db);
    await makeCurrent(db);
    await makeGuardianship(db);
    await makeGuards(db);
    await grant(db);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE guardianship, consent_current, consent_holding, consent_reason, consent_event, consent_asked,
        consent_text, field_set, consent_revision;
      DROP FUNCTION keep_consent_record, keep_guardianship;
    `);
  }
}

async function makeRecord(db: QueryRunner): Promise<void> {
  await db.query(`
    -- Coordinates decided on at once, kept once. '*': the whole agreement.
    CREATE TABLE field_set (
      tenant text NOT NULL,
      id integer GENERATED ALWAYS AS IDENTITY,
      hash text NOT NULL,
      fields text[] NOT NULL,
      PRIMARY KEY (tenant, id),
      UNIQUE (tenant, hash)
    );
    -- What people were shown, by its SHA-256.
    CREATE TABLE consent_text (
      tenant text NOT NULL,
      hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
      text text NOT NULL,
      PRIMARY KEY (tenant, hash)
    );
    -- What a version of an agreement asked when somebody first decided on it. units: [{"name", "fields"}].
    CREATE TABLE consent_asked (
      tenant text NOT NULL,
      agreement uuid NOT NULL,
      version integer NOT NULL CHECK (version > 0),
      terms text NOT NULL CHECK (terms ~ '^[0-9a-f]{64}$'),
      basis text NOT NULL,
      information_society boolean NOT NULL,
      units jsonb NOT NULL,
      PRIMARY KEY (tenant, agreement, version)
    );
    CREATE TABLE consent_event (
      tenant text NOT NULL,
      id uuid NOT NULL,
      -- Grows with the order of events within a tenant: the revision's lock is held while it is drawn.
      number bigint GENERATED ALWAYS AS IDENTITY,
      revision bigint NOT NULL,
      agreement uuid NOT NULL,
      version integer NOT NULL,
      scheme text NOT NULL,
      token text NOT NULL,
      decided_by text NOT NULL CHECK (decided_by IN ('self', 'guardian', 'staff')),
      guardian_scheme text,
      guardian_token text,
      staff text,
      decision text NOT NULL CHECK (decision IN
        ('given', 'refused', 'withdrawn', 'objected', 'objection-withdrawn', 'upheld', 'rejected')),
      units text[] NOT NULL,
      fields integer NOT NULL,
      language text,
      text_version text,
      channel text,
      at timestamptz NOT NULL,
      day date NOT NULL,
      until date NOT NULL,
      refers_to uuid,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, agreement, version) REFERENCES consent_asked (tenant, agreement, version),
      FOREIGN KEY (tenant, fields) REFERENCES field_set (tenant, id),
      FOREIGN KEY (tenant, text_version) REFERENCES consent_text (tenant, hash),
      FOREIGN KEY (tenant, refers_to) REFERENCES consent_event (tenant, id),
      CHECK ((decided_by = 'guardian') = (guardian_token IS NOT NULL)),
      CHECK ((guardian_scheme IS NULL) = (guardian_token IS NULL)),
      CHECK ((decided_by = 'staff') = (staff IS NOT NULL)),
      CHECK ((decision IN ('upheld', 'rejected')) = (refers_to IS NOT NULL)),
      CHECK ((refers_to IS NULL) = (text_version IS NOT NULL)),
      CHECK ((text_version IS NULL) = (language IS NULL) AND (language IS NULL) = (channel IS NULL))
    );
    CREATE INDEX consent_event_person ON consent_event (tenant, scheme, token);
    CREATE INDEX consent_event_guardian ON consent_event (tenant, guardian_scheme, guardian_token)
      WHERE guardian_token IS NOT NULL;
    CREATE INDEX consent_event_order ON consent_event (tenant, number);
    CREATE INDEX consent_event_agreement ON consent_event (tenant, agreement, number);
    -- One settlement of an objection, whatever the code above believes.
    CREATE UNIQUE INDEX consent_event_settles ON consent_event (tenant, refers_to) WHERE refers_to IS NOT NULL;
    -- People's own words, and staff's: apart, because they can be erased.
    CREATE TABLE consent_reason (
      tenant text NOT NULL,
      event uuid NOT NULL,
      reason text NOT NULL,
      PRIMARY KEY (tenant, event),
      FOREIGN KEY (tenant, event) REFERENCES consent_event (tenant, id)
    );
  `);
}

async function makeCurrent(db: QueryRunner): Promise<void> {
  await db.query(`
    -- What holds from which day on, kept once: [{"until": "YYYY-MM-DD" or null, "fields": […]}, …] by day. The first step
    -- whose day has not passed holds; beyond the last one nothing does. So birthdays and ends need no job.
    CREATE TABLE consent_holding (
      tenant text NOT NULL,
      id integer GENERATED ALWAYS AS IDENTITY,
      hash text NOT NULL,
      steps jsonb NOT NULL,
      PRIMARY KEY (tenant, id),
      UNIQUE (tenant, hash)
    );
    -- Of somebody who has ever decided. Rows are changed, never removed: a removal would be in no delta.
    -- terms: those decided under, and the holding is what is open; 'objection': it is what is shut, under all terms.
    CREATE TABLE consent_current (
      tenant text NOT NULL,
      scheme text NOT NULL,
      token text NOT NULL,
      agreement uuid NOT NULL,
      terms text NOT NULL CHECK (terms = 'objection' OR terms ~ '^[0-9a-f]{64}$'),
      holding integer NOT NULL,
      revision bigint NOT NULL,
      PRIMARY KEY (tenant, scheme, token, agreement, terms),
      FOREIGN KEY (tenant, holding) REFERENCES consent_holding (tenant, id)
    );
    CREATE INDEX consent_current_delta ON consent_current (tenant, agreement, terms, revision);
  `);
}

async function makeGuardianship(db: QueryRunner): Promise<void> {
  await db.query(`
    -- No birth date: the days that matter alone, and only where they are known.
    CREATE TABLE guardianship (
      tenant text NOT NULL,
      id uuid NOT NULL,
      guardian_scheme text NOT NULL,
      guardian_token text NOT NULL,
      ward_scheme text NOT NULL,
      ward_token text NOT NULL,
      from_day date NOT NULL,
      until_day date NOT NULL,
      fifteen date,
      eighteen date,
      source text NOT NULL CHECK (source IN ('record', 'dataset')),
      recorded_by text NOT NULL,
      recorded_at timestamptz NOT NULL,
      ended_at timestamptz,
      ended_day date,
      ended_by text,
      mistaken boolean NOT NULL DEFAULT false,
      PRIMARY KEY (tenant, id),
      CHECK (from_day <= until_day),
      CHECK ((fifteen IS NULL) = (eighteen IS NULL)),
      CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_day IS NULL)),
      CHECK (NOT mistaken OR ended_at IS NOT NULL)
    );
    CREATE INDEX guardianship_ward ON guardianship (tenant, ward_scheme, ward_token);
    CREATE INDEX guardianship_guardian ON guardianship (tenant, guardian_scheme, guardian_token);
  `);
}

async function makeGuards(db: QueryRunner): Promise<void> {
  await db.query(`
    CREATE FUNCTION keep_consent_record() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the record of consent is only added to' USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER keep_consent_event BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_event
      FOR EACH STATEMENT EXECUTE FUNCTION keep_consent_record();
    CREATE TRIGGER keep_consent_asked BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_asked
      FOR EACH STATEMENT EXECUTE FUNCTION keep_consent_record();
    CREATE TRIGGER keep_consent_text BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_text
      FOR EACH STATEMENT EXECUTE FUNCTION keep_consent_record();
    CREATE TRIGGER keep_field_set BEFORE UPDATE OR DELETE OR TRUNCATE ON field_set
      FOR EACH STATEMENT EXECUTE FUNCTION keep_consent_record();
    CREATE TRIGGER keep_consent_holding BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_holding
      FOR EACH STATEMENT EXECUTE FUNCTION keep_consent_record();

    CREATE FUNCTION keep_guardianship() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- Whoever takes over the gateway makes nobody a guardian by hand.
      IF current_user = 'passerelle_gateway' AND NEW.source <> 'dataset' THEN
        RAISE EXCEPTION 'the gateway records guardianships of datasets only' USING ERRCODE = 'insufficient_privilege';
      END IF;
      IF TG_OP = 'UPDATE' AND OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'a guardianship that was ended stays ended' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER keep_guardianship BEFORE INSERT OR UPDATE ON guardianship
      FOR EACH ROW EXECUTE FUNCTION keep_guardianship();
  `);
}

async function grant(db: QueryRunner): Promise<void> {
  await db.query(`
    GRANT SELECT, INSERT ON field_set, consent_text, consent_asked, consent_event, consent_reason, consent_holding,
      consent_current, guardianship TO passerelle_gateway, passerelle_keeper;
    GRANT UPDATE (holding, revision) ON consent_current TO passerelle_gateway, passerelle_keeper;
    GRANT UPDATE (from_day, until_day, fifteen, eighteen, recorded_by, recorded_at) ON guardianship
      TO passerelle_gateway, passerelle_keeper;
    GRANT UPDATE (ended_at, ended_day, ended_by, mistaken) ON guardianship TO passerelle_keeper;
    GRANT DELETE ON consent_reason TO passerelle_keeper;
  `);
}
