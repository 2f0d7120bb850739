// Databases in the shape of two well-known samples: their table and column names, in statements of our own.

/** A shop of music: mixed case, a link to the same table, a composite key. */
export const chinook = `
  CREATE TABLE "Artist" ("ArtistId" int PRIMARY KEY, "Name" varchar(120));
  CREATE TABLE "Album" ("AlbumId" int PRIMARY KEY, "Title" varchar(160) NOT NULL, "ArtistId" int NOT NULL REFERENCES "Artist");
  CREATE TABLE "Employee" ("EmployeeId" int PRIMARY KEY, "LastName" varchar(20) NOT NULL, "FirstName" varchar(20) NOT NULL,
    "Title" varchar(30), "ReportsTo" int REFERENCES "Employee", "BirthDate" timestamp, "HireDate" timestamp,
    "Address" varchar(70), "City" varchar(40), "State" varchar(40), "Country" varchar(40), "PostalCode" varchar(10),
    "Phone" varchar(24), "Fax" varchar(24), "Email" varchar(60));
  CREATE TABLE "Customer" ("CustomerId" int PRIMARY KEY, "FirstName" varchar(40) NOT NULL, "LastName" varchar(20) NOT NULL,
    "Company" varchar(80), "Address" varchar(70), "City" varchar(40), "State" varchar(40), "Country" varchar(40),
    "PostalCode" varchar(10), "Phone" varchar(24), "Fax" varchar(24), "Email" varchar(60) NOT NULL,
    "SupportRepId" int REFERENCES "Employee");
  CREATE TABLE "Genre" ("GenreId" int PRIMARY KEY, "Name" varchar(120));
  CREATE TABLE "MediaType" ("MediaTypeId" int PRIMARY KEY, "Name" varchar(120));
  CREATE TABLE "Track" ("TrackId" int PRIMARY KEY, "Name" varchar(200) NOT NULL, "AlbumId" int REFERENCES "Album",
    "MediaTypeId" int NOT NULL REFERENCES "MediaType", "GenreId" int REFERENCES "Genre", "Composer" varchar(220),
    "Milliseconds" int NOT NULL, "Bytes" int, "UnitPrice" numeric(10,2) NOT NULL);
  CREATE TABLE "Invoice" ("InvoiceId" int PRIMARY KEY, "CustomerId" int NOT NULL REFERENCES "Customer",
    "InvoiceDate" timestamp NOT NULL, "BillingAddress" varchar(70), "BillingCity" varchar(40), "BillingState" varchar(40),
    "BillingCountry" varchar(40), "BillingPostalCode" varchar(10), "Total" numeric(10,2) NOT NULL);
  CREATE TABLE "InvoiceLine" ("InvoiceLineId" int PRIMARY KEY, "InvoiceId" int NOT NULL REFERENCES "Invoice",
    "TrackId" int NOT NULL REFERENCES "Track", "UnitPrice" numeric(10,2) NOT NULL, "Quantity" int NOT NULL);
  CREATE TABLE "Playlist" ("PlaylistId" int PRIMARY KEY, "Name" varchar(120));
  CREATE TABLE "PlaylistTrack" ("PlaylistId" int REFERENCES "Playlist", "TrackId" int REFERENCES "Track",
    PRIMARY KEY ("PlaylistId", "TrackId"));
  INSERT INTO "Artist" VALUES (1, 'A');
`;

/** A shop of films: enum, array, domain, search index, views, partitions; and reserved words, accents, a column "id". */
export const pagila = `
  CREATE TYPE mpaa_rating AS ENUM ('G', 'PG', 'PG-13', 'R', 'NC-17');
  CREATE DOMAIN year AS integer CHECK (VALUE >= 1901 AND VALUE <= 2155);
  CREATE TABLE country (country_id serial PRIMARY KEY, country text NOT NULL, last_update timestamptz NOT NULL DEFAULT now());
  CREATE TABLE city (city_id serial PRIMARY KEY, city text NOT NULL, country_id int NOT NULL REFERENCES country, last_update timestamptz);
  CREATE TABLE address (address_id serial PRIMARY KEY, address text NOT NULL, address2 text, district text NOT NULL,
    city_id int NOT NULL REFERENCES city, postal_code text, phone text NOT NULL, last_update timestamptz);
  CREATE TABLE language (language_id serial PRIMARY KEY, name char(20) NOT NULL, last_update timestamptz);
  CREATE TABLE category (category_id serial PRIMARY KEY, name text NOT NULL, last_update timestamptz);
  CREATE TABLE actor (actor_id serial PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, last_update timestamptz);
  CREATE TABLE film (film_id serial PRIMARY KEY, title text NOT NULL, description text, release_year year,
    language_id int NOT NULL REFERENCES language, original_language_id int REFERENCES language, rental_duration smallint,
    rental_rate numeric(4,2), length smallint, replacement_cost numeric(5,2), rating mpaa_rating, last_update timestamptz,
    special_features text[], fulltext tsvector);
  CREATE TABLE film_actor (actor_id int REFERENCES actor, film_id int REFERENCES film, last_update timestamptz, PRIMARY KEY (actor_id, film_id));
  CREATE TABLE film_category (film_id int REFERENCES film, category_id int REFERENCES category, last_update timestamptz, PRIMARY KEY (film_id, category_id));
  CREATE TABLE store (store_id serial PRIMARY KEY, manager_staff_id int NOT NULL, address_id int NOT NULL REFERENCES address, last_update timestamptz);
  CREATE TABLE staff (staff_id serial PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, address_id int NOT NULL REFERENCES address,
    email text, store_id int NOT NULL REFERENCES store, active boolean NOT NULL DEFAULT true, username text NOT NULL, password text,
    last_update timestamptz, picture bytea);
  CREATE TABLE customer (customer_id serial PRIMARY KEY, store_id int NOT NULL REFERENCES store, first_name text NOT NULL,
    last_name text NOT NULL, email text, address_id int NOT NULL REFERENCES address, activebool boolean NOT NULL DEFAULT true,
    create_date date NOT NULL DEFAULT current_date, last_update timestamptz, active int);
  CREATE TABLE inventory (inventory_id serial PRIMARY KEY, film_id int NOT NULL REFERENCES film, store_id int NOT NULL REFERENCES store, last_update timestamptz);
  CREATE TABLE rental (rental_id serial PRIMARY KEY, rental_date timestamptz NOT NULL, inventory_id int NOT NULL REFERENCES inventory,
    customer_id int NOT NULL REFERENCES customer, return_date timestamptz, staff_id int NOT NULL REFERENCES staff, last_update timestamptz);
  CREATE TABLE payment (payment_id serial, customer_id int NOT NULL REFERENCES customer, staff_id int NOT NULL REFERENCES staff,
    rental_id int NOT NULL REFERENCES rental, amount numeric(5,2) NOT NULL, payment_date timestamptz NOT NULL,
    PRIMARY KEY (payment_date, payment_id)) PARTITION BY RANGE (payment_date);
  CREATE TABLE payment_p2026_01 PARTITION OF payment FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
  CREATE VIEW customer_list AS SELECT cu.customer_id AS id, cu.first_name || ' ' || cu.last_name AS name, a.address, a.postal_code AS "zip code",
    a.phone FROM customer cu JOIN address a USING (address_id);
  CREATE VIEW film_list AS SELECT film_id AS fid, title, description FROM film;
  CREATE TABLE "Réservé" (id bigint PRIMARY KEY, "type" text, "where" text, "select" int, "Été 2026" date, "__internal" text, "true" boolean);
  INSERT INTO country (country) VALUES ('France');
`;
