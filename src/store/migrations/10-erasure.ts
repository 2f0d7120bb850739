import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Erasing before the time of retention is over takes two people: who asked, who agreed and why stays on record, without
 * naming the person. Only in the transaction that wrote such a row does the database let events of consent go, and then
 * by one function. `consent_revision.rebuilt` is the last revision at which rows of consent_current were removed: a
 * removal is in no delta, so whoever holds an older set reads it anew.
 */
export class Erasure1764000000010 implements MigrationInterface {
  readonly name = "Erasure1764000000010";

  async up(db: QueryRunner): Promise<void> {
    const rows = (await db.query("SELECT quote_ident(current_schema()) AS schema")) as readonly { schema: string }[];
    const schema = rows[0]?.schema ?? "public";
    await db.query(`
      ALTER TABLE consent_revision ADD COLUMN rebuilt bigint NOT NULL DEFAULT 0;
      CREATE TABLE early_erasure (
        tenant text NOT NULL,
        id uuid NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        asked_by text NOT NULL,
        agreed_by text NOT NULL,
        reason text NOT NULL,
        PRIMARY KEY (tenant, id),
        CONSTRAINT erased_by_two CHECK (lower(asked_by) <> lower(agreed_by))
      );
      GRANT SELECT ON early_erasure TO passerelle_keeper;
      GRANT INSERT (tenant, id, asked_by, agreed_by, reason) ON early_erasure TO passerelle_keeper;

      CREATE OR REPLACE FUNCTION keep_consent_record() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'consent_event' AND current_setting('passerelle.erasing', true) = 'yes'
          AND current_user NOT IN ('passerelle_gateway', 'passerelle_keeper') THEN
          RETURN NULL;
        END IF;
        RAISE EXCEPTION 'the record of consent is only added to' USING ERRCODE = 'insufficient_privilege';
      END $$;
    `);
    await makeEraser(db, schema);
    await guardGuardianships(db);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER keep_standing_guardianship ON guardianship;
      DROP FUNCTION erase_consent(text, uuid, text, text[], uuid[]), keep_standing_guardianship;
      DROP TABLE early_erasure;
      ALTER TABLE consent_revision DROP COLUMN rebuilt;
    `);
  }
}

/** By the owner on the keeper's call. What is kept: standing objections, where the caller names them. */
async function makeEraser(db: QueryRunner, schema: string): Promise<void> {
  await db.query(`
    CREATE FUNCTION erase_consent(a_tenant text, erasure uuid, a_scheme text, tokens text[], kept uuid[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, ${schema}, pg_temp
    AS $$
    DECLARE
      gone uuid[];
    BEGIN
      -- now() is the transaction's: the row was written in this one.
      IF NOT EXISTS (SELECT FROM early_erasure WHERE tenant = a_tenant AND id = erasure AND at = now()) THEN
        RAISE EXCEPTION 'an erasure takes two people' USING ERRCODE = 'insufficient_privilege';
      END IF;
      PERFORM FROM consent_revision WHERE tenant = a_tenant FOR UPDATE;
      SELECT coalesce(array_agg(id), '{}') INTO gone FROM consent_event
       WHERE tenant = a_tenant AND scheme = a_scheme AND token = ANY(tokens) AND id <> ALL(kept);
      DELETE FROM consent_reason WHERE tenant = a_tenant AND event = ANY(gone);
      DELETE FROM consent_elsewhere WHERE tenant = a_tenant AND event = ANY(gone);
      PERFORM set_config('passerelle.erasing', 'yes', true);
      DELETE FROM consent_event WHERE tenant = a_tenant AND id = ANY(gone);
      PERFORM set_config('passerelle.erasing', 'no', true);
      DELETE FROM consent_current
       WHERE tenant = a_tenant AND scheme = a_scheme AND token = ANY(tokens)
         AND (terms <> 'objection' OR NOT EXISTS (SELECT FROM consent_event e
               WHERE e.tenant = a_tenant AND e.agreement = consent_current.agreement AND e.id = ANY(kept)));
      UPDATE consent_revision SET rebuilt = revision WHERE tenant = a_tenant;
      RETURN cardinality(gone);
    END $$;
    REVOKE ALL ON FUNCTION erase_consent(text, uuid, text, text[], uuid[]) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION erase_consent(text, uuid, text, text[], uuid[]) TO passerelle_keeper;
  `);
}

/** One that still decides who decides is never removed. */
async function guardGuardianships(db: QueryRunner): Promise<void> {
  await db.query(`
    CREATE FUNCTION keep_standing_guardianship() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF coalesce(OLD.ended_day, OLD.until_day) >= current_date OR OLD.eighteen > current_date THEN
        RAISE EXCEPTION 'a guardianship is kept while it lasts, and while the ward is a child'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN OLD;
    END $$;
    CREATE TRIGGER keep_standing_guardianship BEFORE DELETE ON guardianship
      FOR EACH ROW EXECUTE FUNCTION keep_standing_guardianship();
    GRANT DELETE ON guardianship TO passerelle_keeper;
  `);
}
