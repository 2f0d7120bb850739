import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What searching tens of millions of entries needs. A term (`app=cantine-plus`, `read=Resident.email`) is in 4,096
 * entries at a time one row of as many bits, so that any combination of terms, also negated ones and those that find
 * nothing, is a few thousand rows to read, whatever a planner believes (docs/decisions/0013). A summary is what a list
 * shows of an entry; hours and days are counted as entries are indexed.
 *
 * None of it is part of the record: all of it follows from entries. The summaries of earlier entries had not enough in
 * them, so the search index starts anew (its watermark goes) and is built again behind the appends. What it knows of
 * people stays: of an entry whose personal part was erased for one person, others are known from nowhere else.
 */
export class Search1764000000011 implements MigrationInterface {
  readonly name = "Search1764000000011";

  async up(db: QueryRunner): Promise<void> {
    await db.query("DROP TABLE access_summary, access_field; DELETE FROM access_watermark");
    await makeSummaries(db);
    await makeTerms(db);
    await makeRollups(db);
    await grant(db);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE access_field_day, access_hour, access_term, access_chunk, access_summary;
      DELETE FROM access_watermark;
      CREATE TABLE access_summary (
        tenant text NOT NULL, index bigint NOT NULL, at timestamptz NOT NULL, entry_id uuid NOT NULL,
        application text, purpose text, agreement text, outcome text NOT NULL, PRIMARY KEY (tenant, index)
      );
      CREATE INDEX access_summary_at ON access_summary (tenant, at);
      CREATE INDEX access_summary_application ON access_summary (tenant, application, index);
      CREATE INDEX access_summary_purpose ON access_summary (tenant, purpose, index);
      CREATE INDEX access_summary_agreement ON access_summary (tenant, agreement, index);
      CREATE INDEX access_summary_outcome ON access_summary (tenant, outcome, index);
      CREATE TABLE access_field (
        tenant text NOT NULL, name text NOT NULL, index bigint NOT NULL, read boolean NOT NULL, refused boolean NOT NULL,
        PRIMARY KEY (tenant, name, index)
      );
      CREATE INDEX access_field_index ON access_field (tenant, index);
      GRANT SELECT, INSERT ON access_summary, access_field TO passerelle_gateway;
      GRANT SELECT, DELETE ON access_summary, access_field TO passerelle_keeper;
    `);
  }
}

async function makeSummaries(db: QueryRunner): Promise<void> {
  await db.query(`
    CREATE TABLE access_summary (
      tenant text NOT NULL,
      index bigint NOT NULL,
      at timestamptz NOT NULL,
      entry_id uuid NOT NULL,
      -- Null: the entry was altered beyond reading.
      outcome text,
      status smallint NOT NULL DEFAULT 0,
      application text,
      purpose text,
      agreement text,
      basis text,
      policy_version text,
      -- The first ten.
      fields text[] NOT NULL DEFAULT '{}',
      field_count integer NOT NULL DEFAULT 0,
      refused_count integer NOT NULL DEFAULT 0,
      row_count bigint NOT NULL DEFAULT 0,
      people integer NOT NULL DEFAULT 0,
      withheld bigint NOT NULL DEFAULT 0,
      -- Of an entry of staff: what they did; and who, as long as that is not erased.
      staff_act json,
      staff text,
      PRIMARY KEY (tenant, index)
    );
    CREATE INDEX access_summary_staff ON access_summary (tenant, staff, index) WHERE staff IS NOT NULL;
  `);
}

/** Room is left in each page: the newest rows of bits are written again with every batch. */
async function makeTerms(db: QueryRunner): Promise<void> {
  await db.query(`
    -- Entries number chunk * 4096 + n, of which bit n (from the left, from 0) is set.
    CREATE TABLE access_chunk (
      tenant text NOT NULL,
      chunk integer NOT NULL,
      -- Bounds of the entries' times.
      from_at timestamptz NOT NULL,
      to_at timestamptz NOT NULL,
      -- Entries that are indexed and were not removed.
      bits bit(4096) NOT NULL,
      PRIMARY KEY (tenant, chunk)
    ) WITH (fillfactor = 70);
    CREATE TABLE access_term (
      tenant text NOT NULL,
      term text COLLATE "C" NOT NULL,
      chunk integer NOT NULL,
      bits bit(4096) NOT NULL,
      PRIMARY KEY (tenant, term, chunk)
    ) WITH (fillfactor = 70);
    CREATE INDEX access_term_chunk ON access_term (tenant, chunk);
  `);
}

async function makeRollups(db: QueryRunner): Promise<void> {
  await db.query(`
    -- An empty text: none.
    CREATE TABLE access_hour (
      tenant text NOT NULL,
      hour timestamptz NOT NULL,
      application text NOT NULL,
      agreement text NOT NULL,
      outcome text NOT NULL,
      entries bigint NOT NULL,
      rows bigint NOT NULL,
      people bigint NOT NULL,
      refused bigint NOT NULL,
      PRIMARY KEY (tenant, hour, application, agreement, outcome)
    ) WITH (fillfactor = 70);
    -- Days of UTC.
    CREATE TABLE access_field_day (
      tenant text NOT NULL,
      agreement text NOT NULL,
      coordinate text NOT NULL,
      day date NOT NULL,
      entries bigint NOT NULL,
      cells bigint NOT NULL,
      refused bigint NOT NULL,
      -- Null: only refused on this day.
      first_at timestamptz,
      last_at timestamptz,
      PRIMARY KEY (tenant, agreement, coordinate, day)
    ) WITH (fillfactor = 70);
    CREATE INDEX access_field_day_day ON access_field_day (tenant, day);
  `);
}

async function grant(db: QueryRunner): Promise<void> {
  await db.query(`
    GRANT SELECT, INSERT ON access_summary, access_chunk, access_term, access_hour, access_field_day TO passerelle_gateway;
    GRANT UPDATE (from_at, to_at, bits) ON access_chunk TO passerelle_gateway;
    GRANT UPDATE (bits) ON access_term TO passerelle_gateway;
    GRANT UPDATE (entries, rows, people, refused) ON access_hour TO passerelle_gateway;
    GRANT UPDATE (entries, cells, refused, first_at, last_at) ON access_field_day TO passerelle_gateway;

    GRANT SELECT, DELETE ON access_summary, access_chunk, access_term, access_hour, access_field_day TO passerelle_keeper;
    -- Whose entries are removed is found no more; who of staff it was goes with an erased personal part.
    GRANT UPDATE (bits) ON access_chunk TO passerelle_keeper;
    GRANT UPDATE (staff) ON access_summary TO passerelle_keeper;
  `);
}
