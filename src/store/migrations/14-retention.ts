import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What retention removed from the access log, so that an entry that went in its time is told from one that somebody
 * deleted. Each removal is an entry of the log too (`record`). The database keeps the keeper's hand from what is younger
 * than six months, the shortest time there is, whatever the code above believes.
 */
export class Retention1764000000014 implements MigrationInterface {
  readonly name = "Retention1764000000014";

  async up(db: QueryRunner): Promise<void> {
    const rows = (await db.query("SELECT quote_ident(current_schema()) AS schema")) as readonly { schema: string }[];
    const schema = rows[0]?.schema ?? "public";
    await makeTables(db);
    await guardRemovals(db);
    await makePartitionsGo(db, schema);
    await letOldTextsGo(db);
    await db.query(`
      GRANT SELECT ON log_retention, log_retention_look TO passerelle_gateway;
      GRANT SELECT, INSERT ON log_retention TO passerelle_keeper;
      GRANT SELECT, INSERT, UPDATE ON log_retention_look TO passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER keep_policy_version ON policy_version;
      DROP TRIGGER keep_access_entry ON access_entry;
      DROP TRIGGER keep_operation_text ON operation_text;
      DROP TABLE log_retention_look, log_retention;
      DROP FUNCTION keep_log_retention, keep_access_entry, keep_policy_version, keep_operation_text,
          access_partitions_past;
      ALTER TABLE operation_text DROP COLUMN used_on;
    `);
  }
}

async function makeTables(db: QueryRunner): Promise<void> {
  await db.query(`
    CREATE TABLE log_retention (
      tenant text NOT NULL,
      -- Entries with a lower index were removed: they were of days before before_day.
      up_to bigint NOT NULL CHECK (up_to > 0),
      before_day date NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      entries bigint NOT NULL CHECK (entries >= 0),
      -- The entry of the log that tells of it.
      record uuid NOT NULL,
      PRIMARY KEY (tenant, up_to)
    );
    -- How far it is; no part of the record.
    CREATE TABLE log_retention_look (
      tenant text PRIMARY KEY,
      -- The last look that found nothing wrong, and the day up to which it went.
      looked_at timestamptz,
      before_day date,
      -- Of the removals that log_retention tells, what is done.
      done_to bigint NOT NULL DEFAULT 0,
      -- Why the last look removed nothing; null: nothing was in the way.
      hindered text,
      hindered_at timestamptz
    );
  `);
}

/** By index, since indexes are in the order of commits: what goes is always the oldest. */
async function guardRemovals(db: QueryRunner): Promise<void> {
  await db.query(`
    CREATE FUNCTION keep_log_retention() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what retention removed stays told' USING ERRCODE = 'insufficient_privilege';
      END IF;
      -- 14 hours: the town's day may have begun before that of UTC.
      IF NEW.before_day > ((now() + interval '14 hours') AT TIME ZONE 'UTC')::date - interval '6 months' THEN
        RAISE EXCEPTION 'an access entry is kept for six months at least' USING ERRCODE = 'insufficient_privilege';
      END IF;
      IF NEW.up_to > coalesce((SELECT size FROM access_head WHERE tenant = NEW.tenant), 0)
        OR EXISTS (SELECT FROM access_entry WHERE tenant = NEW.tenant AND index < NEW.up_to
                      AND at >= (NEW.before_day + interval '12 hours') AT TIME ZONE 'UTC') THEN
        RAISE EXCEPTION 'an entry among them is not over' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER keep_log_retention BEFORE INSERT OR UPDATE OR DELETE ON log_retention
      FOR EACH ROW EXECUTE FUNCTION keep_log_retention();

    CREATE FUNCTION keep_access_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT FROM gone g
                  WHERE g.index >= coalesce((SELECT max(up_to) FROM log_retention r WHERE r.tenant = g.tenant), 0)) THEN
        RAISE EXCEPTION 'an access entry is removed at the end of its retention alone'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER keep_access_entry AFTER DELETE ON access_entry REFERENCING OLD TABLE AS gone
      FOR EACH STATEMENT EXECUTE FUNCTION keep_access_entry();
  `);
}

/**
 * By the owner on the keeper's call: a month of which every tenant's entries are over goes as a whole, which gives its
 * room on disk back. It waits for nobody longer than a fifth of a second, for appends would wait behind it.
 */
async function makePartitionsGo(db: QueryRunner, schema: string): Promise<void> {
  await db.query(`
    CREATE FUNCTION access_partitions_past() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, ${schema}, pg_temp SET timezone = 'UTC' SET lock_timeout = '200ms'
    AS $$
    DECLARE
      part text;
      kept boolean;
      gone integer := 0;
    BEGIN
      IF NOT pg_try_advisory_xact_lock(7276117) THEN RETURN 0; END IF;
      FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                   WHERE i.inhparent = '${schema}.access_entry'::regclass AND c.relname ~ '^access_entry_[0-9]{4}_[0-9]{2}$'
                   ORDER BY c.relname LOOP
        CONTINUE WHEN to_date(right(part, 7), 'YYYY_MM') + interval '7 months' > now();
        EXECUTE format('SELECT EXISTS (SELECT FROM ${schema}.access_head h WHERE EXISTS (SELECT FROM ${schema}.%I e
           WHERE e.tenant = h.tenant AND e.index >= coalesce(
             (SELECT max(up_to) FROM ${schema}.log_retention r WHERE r.tenant = h.tenant), 0)))', part) INTO kept;
        CONTINUE WHEN kept;
        BEGIN
          EXECUTE format('DROP TABLE ${schema}.%I', part);
          gone := gone + 1;
        EXCEPTION WHEN lock_not_available THEN
          RETURN gone;
        END;
      END LOOP;
      RETURN gone;
    END $$;
    REVOKE ALL ON FUNCTION access_partitions_past() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION access_partitions_past() TO passerelle_keeper;
  `);
}

/**
 * Texts of operations and contents of policy versions are kept for as long as an entry names them. Of an operation the
 * last day of its use is kept; a version was in force until the next was applied.
 */
async function letOldTextsGo(db: QueryRunner): Promise<void> {
  await db.query(`
    ALTER TABLE operation_text ADD COLUMN used_on date NOT NULL DEFAULT current_date;
    CREATE INDEX operation_text_used_on ON operation_text (used_on);
    GRANT UPDATE (used_on) ON operation_text TO passerelle_gateway;
    GRANT DELETE ON operation_text TO passerelle_keeper;
    CREATE FUNCTION keep_operation_text() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.used_on > current_date - interval '6 months' THEN
        RAISE EXCEPTION 'an entry may name this operation' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN OLD;
    END $$;
    CREATE TRIGGER keep_operation_text BEFORE DELETE ON operation_text
      FOR EACH ROW EXECUTE FUNCTION keep_operation_text();

    -- The history of what was applied stays, by whom and why; a version's content may go.
    ALTER TABLE policy_application DROP CONSTRAINT policy_application_tenant_version_fkey;
    ALTER TABLE policy_shadow DROP CONSTRAINT policy_shadow_tenant_version_fkey;
    GRANT DELETE ON policy_version TO passerelle_keeper;
    CREATE FUNCTION keep_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT FROM tenant_revision r
                  WHERE r.tenant = OLD.tenant AND OLD.id IN (r.policy_version, r.shadow_version)) THEN
        RAISE EXCEPTION 'a policy version that is in force, or beside it, stays' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN OLD;
    END $$;
    CREATE TRIGGER keep_policy_version BEFORE DELETE ON policy_version
      FOR EACH ROW EXECUTE FUNCTION keep_policy_version();
  `);
}
