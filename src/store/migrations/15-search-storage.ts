import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * The people of an entry lie in one row, found by an inverted index: a page of 1,000 residents was 1,000 rows in two
 * B-trees, and cost the database more than everything else of its request. Tokens are random, so nothing of them is ever
 * compressed: PostgreSQL does not try.
 */
export class SearchStorage1764000000015 implements MigrationInterface {
  readonly name = "SearchStorage1764000000015";

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE access_personal ALTER body SET STORAGE EXTERNAL;
      ALTER TABLE access_subject RENAME TO access_subject_row;
      CREATE TABLE access_subject (
        tenant text NOT NULL,
        index bigint NOT NULL,
        scheme text NOT NULL,
        tokens text[] COLLATE "C" NOT NULL,
        CONSTRAINT access_subject_entry PRIMARY KEY (tenant, index, scheme)
      );
      ALTER TABLE access_subject ALTER tokens SET STORAGE EXTERNAL;
      -- Nothing about how often a token is there would help the planner, and gathering it reads every one of them.
      ALTER TABLE access_subject ALTER tokens SET STATISTICS 0;
      INSERT INTO access_subject (tenant, index, scheme, tokens)
        SELECT tenant, index, scheme, array_agg(token ORDER BY token COLLATE "C") FROM access_subject_row GROUP BY tenant, index, scheme;
      DROP TABLE access_subject_row;
      -- Without a list of what is pending: it would be put in order in the middle of somebody's search.
      CREATE INDEX access_subject_tokens ON access_subject USING gin (tokens) WITH (fastupdate = off);
      GRANT SELECT, INSERT ON access_subject TO passerelle_gateway;
      GRANT SELECT, DELETE ON access_subject TO passerelle_keeper;
      GRANT UPDATE (tokens) ON access_subject TO passerelle_keeper;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE access_personal ALTER body SET STORAGE EXTENDED;
      ALTER TABLE access_subject RENAME TO access_subject_list;
      CREATE TABLE access_subject (
        tenant text NOT NULL,
        scheme text NOT NULL,
        token text NOT NULL,
        index bigint NOT NULL,
        PRIMARY KEY (tenant, scheme, token, index)
      );
      INSERT INTO access_subject (tenant, scheme, token, index)
        SELECT tenant, scheme, unnest(tokens), index FROM access_subject_list ON CONFLICT DO NOTHING;
      DROP TABLE access_subject_list;
      CREATE INDEX access_subject_index ON access_subject (tenant, index);
      GRANT SELECT, INSERT ON access_subject TO passerelle_gateway;
      GRANT SELECT, DELETE ON access_subject TO passerelle_keeper;
    `);
  }
}
