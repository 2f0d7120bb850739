import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * The access log. The gateway's role adds and never changes: of the record itself it may update the head's size alone.
 * The keeper's role removes entries at the end of their retention, and personal parts when they are erased; leaves stay
 * for ever, so that every proof stays valid. An erasure must hold `pg_advisory_xact_lock(7276116)`, the search index's
 * lock, while it deletes from access_personal and access_subject: the index could otherwise bring back what it had
 * just read.
 */
export class AccessLog1764000000003 implements MigrationInterface {
  readonly name = "AccessLog1764000000003";

  async up(db: QueryRunner): Promise<void> {
    await makeRecord(db);
    await makePartitions(db);
    await makeSearch(db);
    await grant(db);
    await db.query("SELECT access_partitions_ahead(2)");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE access_field, access_subject, access_summary, access_watermark, access_counter, operation_text,
        access_personal, access_entry, access_leaf, access_head;
      DROP FUNCTION access_partitions_ahead, keep_access_head;
    `);
  }
}

async function makeRecord(db: QueryRunner): Promise<void> {
  await db.query(`
    CREATE TABLE access_head (
      tenant text PRIMARY KEY,
      size bigint NOT NULL CHECK (size >= 0)
    );
    -- Not partitioned: the tree is read by index, for as long as the log lives.
    CREATE TABLE access_leaf (
      tenant text NOT NULL,
      index bigint NOT NULL CHECK (index >= 0),
      hash bytea NOT NULL CHECK (octet_length(hash) = 32),
      entry_id uuid NOT NULL,
      PRIMARY KEY (tenant, index),
      UNIQUE (tenant, entry_id)
    );
    -- No index beyond the key on what is written while a request waits; what is searched by lies in tables of its own.
    CREATE TABLE access_entry (
      tenant text NOT NULL,
      index bigint NOT NULL,
      at timestamptz NOT NULL,
      id uuid NOT NULL,
      body text NOT NULL,
      PRIMARY KEY (tenant, index, at)
    ) PARTITION BY RANGE (at);
    CREATE TABLE access_entry_default PARTITION OF access_entry DEFAULT;
    CREATE TABLE access_personal (
      tenant text NOT NULL,
      entry_id uuid NOT NULL,
      salt bytea NOT NULL CHECK (octet_length(salt) = 32),
      body text NOT NULL,
      PRIMARY KEY (tenant, entry_id)
    );
    CREATE TABLE operation_text (
      hash text PRIMARY KEY,
      text text NOT NULL
    );
    -- A row per run of a node: it writes its own totals, so a repeated write counts once.
    CREATE TABLE access_counter (
      tenant text NOT NULL,
      minute timestamptz NOT NULL,
      event text NOT NULL,
      node uuid NOT NULL,
      count bigint NOT NULL CHECK (count > 0),
      PRIMARY KEY (tenant, minute, event, node)
    );

    CREATE FUNCTION keep_access_head() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' OR NEW.tenant <> OLD.tenant OR NEW.size < OLD.size THEN
        RAISE EXCEPTION 'the access log only grows' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER keep_access_head BEFORE UPDATE OR DELETE ON access_head
      FOR EACH ROW EXECUTE FUNCTION keep_access_head();
  `);
}

/**
 * Partitions are made by the owner on the gateway's call, off the hot path: this month and as many after it as asked.
 * A month whose entries already lie in the default partition stays there: moving them would lock the log.
 * Made apart and then attached: CREATE TABLE … PARTITION OF would lock the whole table against appends.
 */
async function makePartitions(db: QueryRunner): Promise<void> {
  const rows = (await db.query("SELECT quote_ident(current_schema()) AS schema")) as readonly { schema: string }[];
  const schema = rows[0]?.schema ?? "public";
  await db.query(`
    CREATE FUNCTION access_partitions_ahead(months integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, ${schema}, pg_temp SET timezone = 'UTC' SET lock_timeout = '1s'
    AS $$
    DECLARE
      month timestamptz;
      part text;
      made integer := 0;
    BEGIN
      IF NOT pg_try_advisory_xact_lock(7276117) THEN RETURN 0; END IF;
      FOR ahead IN 0 .. least(greatest(months, 0), 12) LOOP
        month := date_trunc('month', now()) + make_interval(months => ahead);
        part := 'access_entry_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass('${schema}.' || part) IS NOT NULL;
        CONTINUE WHEN EXISTS (
          SELECT FROM ${schema}.access_entry_default WHERE at >= month AND at < month + interval '1 month');
        EXECUTE format('CREATE TABLE ${schema}.%I (LIKE ${schema}.access_entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
        EXECUTE format('ALTER TABLE ${schema}.access_entry ATTACH PARTITION ${schema}.%I FOR VALUES FROM (%L) TO (%L)',
          part, month, month + interval '1 month');
        made := made + 1;
      END LOOP;
      RETURN made;
    END $$;
    REVOKE ALL ON FUNCTION access_partitions_ahead(integer) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION access_partitions_ahead(integer) TO passerelle_gateway;
  `);
}

/** Filled behind the appends, by index; `access_watermark` says how far. */
async function makeSearch(db: QueryRunner): Promise<void> {
  await db.query(`
    CREATE TABLE access_watermark (
      tenant text PRIMARY KEY,
      indexed bigint NOT NULL CHECK (indexed >= 0)
    );
    CREATE TABLE access_summary (
      tenant text NOT NULL,
      index bigint NOT NULL,
      at timestamptz NOT NULL,
      entry_id uuid NOT NULL,
      application text,
      purpose text,
      agreement text,
      outcome text NOT NULL,
      PRIMARY KEY (tenant, index)
    );
    CREATE INDEX access_summary_at ON access_summary (tenant, at);
    CREATE INDEX access_summary_application ON access_summary (tenant, application, index);
    CREATE INDEX access_summary_purpose ON access_summary (tenant, purpose, index);
    CREATE INDEX access_summary_agreement ON access_summary (tenant, agreement, index);
    CREATE INDEX access_summary_outcome ON access_summary (tenant, outcome, index);
    CREATE TABLE access_subject (
      tenant text NOT NULL,
      scheme text NOT NULL,
      token text NOT NULL,
      index bigint NOT NULL,
      PRIMARY KEY (tenant, scheme, token, index)
    );
    CREATE INDEX access_subject_index ON access_subject (tenant, index);
    -- "name" is a dataset (Resident) or a coordinate (Resident.email).
    CREATE TABLE access_field (
      tenant text NOT NULL,
      name text NOT NULL,
      index bigint NOT NULL,
      read boolean NOT NULL,
      refused boolean NOT NULL,
      PRIMARY KEY (tenant, name, index)
    );
    CREATE INDEX access_field_index ON access_field (tenant, index);
  `);
}

async function grant(db: QueryRunner): Promise<void> {
  await db.query(`
    GRANT SELECT, INSERT ON access_head, access_leaf, access_entry, access_personal, operation_text, access_counter,
      access_watermark, access_summary, access_subject, access_field TO passerelle_gateway;
    GRANT UPDATE (size) ON access_head TO passerelle_gateway;
    -- Neither is part of the record: how far the search index is, and totals of requests that got nothing.
    GRANT UPDATE (indexed) ON access_watermark TO passerelle_gateway;
    GRANT UPDATE (count) ON access_counter TO passerelle_gateway;

    GRANT SELECT ON access_head, access_leaf, access_entry, access_personal, operation_text, access_counter,
      access_watermark, access_summary, access_subject, access_field TO passerelle_keeper;
    GRANT DELETE ON access_entry, access_personal, access_counter, access_summary, access_subject, access_field
      TO passerelle_keeper;
  `);
}
