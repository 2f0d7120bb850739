// A database that nobody prepared for a gateway: the shape of the Pagila and Chinook samples, with what real ones have
// gathered over the years.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { createTestDatabase } from "../support/database.js";

export interface UnpreparedDatabase {
  /** A role that may read most of it. */
  readonly url: string;
  /** A superuser's. */
  readonly owner: string;
  run(statement: string): Promise<void>;
  stop(): Promise<void>;
}

const statements = `
  CREATE SCHEMA loans; CREATE SCHEMA vault; CREATE SCHEMA "odd.schema";
  CREATE TYPE rating AS ENUM ('G', 'PG');
  CREATE TYPE place AS (street text, town text);
  CREATE DOMAIN email AS varchar(120) CHECK (VALUE LIKE '%@%');
  CREATE DOMAIN work_email AS email;
  CREATE TABLE customer (
    customer_id integer PRIMARY KEY, first_name varchar(45) NOT NULL, email email, other_email work_email,
    balance numeric(8,2), points numeric(6,0), wide numeric(14,0), vague numeric, active boolean NOT NULL DEFAULT true,
    born date, seen timestamptz, made timestamp(3), tags text[], home place, settings jsonb, mark bytea,
    rating rating, ref uuid, opens time, token text);
  COMMENT ON TABLE customer IS E'People who\\nborrow\\u202e films';
  COMMENT ON COLUMN customer.born IS 'Day of birth';
  CREATE TABLE loans.film (code char(5) NOT NULL, lang int NOT NULL, title text, UNIQUE (code, lang));
  CREATE UNIQUE INDEX film_title ON loans.film (title);
  CREATE TABLE loans.rental (
    rental_id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, customer_id int REFERENCES customer,
    film_code char(5), film_lang int, PRIMARY KEY (rental_id, at),
    FOREIGN KEY (film_code, film_lang) REFERENCES loans.film (code, lang)) PARTITION BY RANGE (at);
  CREATE TABLE loans.rental_2026 PARTITION OF loans.rental FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE loans.log (line text, "column with ""quotes""" int);
  CREATE VIEW loans.open_rental AS SELECT rental_id, at FROM loans.rental;
  CREATE TABLE vault.secret_salaries (id int PRIMARY KEY);
  CREATE TABLE vault.hidden_too (id int PRIMARY KEY REFERENCES customer);
  CREATE TABLE "odd.schema".t (id int);
  INSERT INTO customer (customer_id, first_name, email, token) VALUES (1, 'Marguerite', 'marguerite@example.test', 'tok-778');
`;

export async function unpreparedDatabase(): Promise<UnpreparedDatabase> {
  const database = await createTestDatabase();
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(statements);
  const role = `reader_${randomBytes(6).toString("hex")}`;
  const readable =
    "customer_id, first_name, email, other_email, balance, points, wide, vague, active, born, seen, made, tags, home, settings, mark, rating, ref, opens";
  await admin.query(`
    CREATE ROLE ${role} LOGIN PASSWORD 'reader-pass';
    GRANT USAGE ON SCHEMA loans, "odd.schema" TO ${role};
    GRANT SELECT ON ALL TABLES IN SCHEMA loans, "odd.schema" TO ${role};
    GRANT SELECT (${readable}) ON customer TO ${role};
    GRANT SELECT ON vault.secret_salaries TO ${role}`);
  const url = new URL(database.url);
  url.username = role;
  url.password = "reader-pass";
  return {
    url: url.href,
    owner: database.url,
    run: async (statement) => void (await admin.query(statement.replaceAll("$reader", role))),
    stop: async () => {
      await admin.end();
      await database.drop();
    },
  };
}
