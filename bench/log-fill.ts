// The search tables of a log of many entries, made by SQL as the indexer would have made them: appending ten million
// entries one by one would take an hour. Before that the two are held beside each other on a smaller log.
import pg from "pg";
import { openAccessLog } from "../src/accesslog/index.js";
import type { Store } from "../src/store/index.js";
import type { TenantName } from "../src/terms/index.js";
import {
  agreementOf,
  draftOf,
  jitterMs,
  mixers,
  oldShare,
  oldSlots,
  people,
  peopleOfPage,
  policyVersion,
  profiles,
  slotProfiles,
  slots,
  tokenOf,
  versions,
  type Profile,
  type Span,
} from "./log-entries.js";

type Report = (line: string) => void;

/** Entries of one statement. Whole chunks, so that a row of bits is written once. */
const part = 4096 * 120;

/** The store's own database, as its superuser. */
export async function asSuperuser<T>(store: Store, work: (client: pg.Client) => Promise<T>): Promise<T> {
  if (store.superuser === null) throw new Error("the bench needs the embedded PostgreSQL");
  const address = new URL(store.superuser);
  address.pathname = new URL(store.addresses.gateway).pathname;
  const client = new pg.Client({ connectionString: address.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Tables that say what is in a profile. */
export async function describeProfiles(client: pg.Client): Promise<void> {
  await client.query(`
    CREATE SCHEMA bench;
    CREATE TABLE bench.slot (slot int PRIMARY KEY, profile int NOT NULL);
    CREATE TABLE bench.person (person int PRIMARY KEY, token text NOT NULL);
    CREATE TABLE bench.version (version int PRIMARY KEY, hash text NOT NULL);
    CREATE TABLE bench.profile (profile int PRIMARY KEY, outcome text, status int, application text, purpose text,
      agreement text, basis text, fields text[], refused text[], withheld int, people int, rows_kind text, staff text);
    CREATE TABLE bench.term (profile int, term text);
    CREATE TABLE bench.hour (number int, hour timestamptz, entries bigint, rows bigint, people bigint, first timestamptz, last timestamptz);
    CREATE FUNCTION bench.mixed(n bigint, mixer bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
      RETURN (n * mixer) & 4294967295;
  `);
  await client.query("INSERT INTO bench.slot SELECT * FROM unnest($1::int[], $2::int[])", [
    slotProfiles.map((_, slot) => slot),
    slotProfiles,
  ]);
  const everybody = Array.from({ length: people }, (_, person) => person);
  await client.query("INSERT INTO bench.person SELECT * FROM unnest($1::int[], $2::text[])", [
    everybody,
    everybody.map(tokenOf),
  ]);
  for (let version = 0; version < versions; version++)
    await client.query("INSERT INTO bench.version VALUES ($1, $2)", [version, policyVersion(version)]);
  const count = { none: 0, one: 1, page: peopleOfPage };
  for (const [number, each] of profiles.entries()) {
    await client.query("INSERT INTO bench.profile VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", [
      ...[
        number,
        each.outcome,
        each.status,
        each.application,
        each.purpose,
        agreementOf(each),
        each.basis,
        each.fields,
      ],
      ...[each.refused, each.withheld === null ? 0 : 2, count[each.people], each.rows, each.staff],
    ]);
    await client.query("INSERT INTO bench.term SELECT $1, * FROM unnest($2::text[])", [number, termsOf(each)]);
  }
  await client.query("ANALYZE bench.slot, bench.person, bench.version, bench.profile, bench.term");
}

/** What the indexer finds an entry of the profile by, but for its version: written down once more. */
function termsOf(profile: Profile): string[] {
  const { application, purpose, outcome, basis, key, fields, withheld, refused } = profile;
  const named = Object.entries({ app: application, purpose, outcome, basis, key, agreement: agreementOf(profile) });
  const withDatasets = (names: readonly string[]): string[] =>
    [...new Set(names.flatMap((name) => [name, name.replace(/\..*/, "")]))].sort();
  return [
    ...named.flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`])),
    ...withDatasets(fields).map((name) => `read=${name}`),
    ...withDatasets(withheld === null ? [] : [withheld]).map((name) => `withheld=${name}`),
    ...withDatasets(refused).map((name) => `refused=${name}`),
  ];
}

/** Without their indexes, rows are written many times as fast; the indexes are then built at once. */
const rebuilt = [
  ["access_leaf", "PRIMARY KEY (tenant, index)", "access_leaf_pkey"],
  ["access_leaf", "UNIQUE (tenant, entry_id)", "access_leaf_tenant_entry_id_key"],
  ["access_summary", "PRIMARY KEY (tenant, index)", "access_summary_pkey"],
  ["access_subject", "PRIMARY KEY (tenant, index, scheme)", "access_subject_entry"],
] as const;

/** Fills a tenant's search tables, and its leaves. @param bare the tables' indexes are taken away meanwhile */
export async function fillLog(
  client: pg.Client,
  tenant: string,
  span: Span,
  bare: boolean,
  report: Report,
): Promise<void> {
  await client.query("SET synchronous_commit = off; SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'; SET max_parallel_maintenance_workers = 1"); // prettier-ignore
  if (bare) {
    for (const [table, , name] of rebuilt) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
    await client.query("DROP INDEX access_subject_tokens");
  }
  for (let from = 0; from < span.entries; from += part) {
    const to = Math.min(span.entries, from + part);
    await fillPart(client, tenant, span, from, to);
    report(`${to.toLocaleString("en")} of ${span.entries.toLocaleString("en")} entries made`);
  }
  await countAll(client, tenant);
  if (bare) {
    for (const [table, what, name] of rebuilt) {
      report(`the index of ${table}, ${what}`);
      await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${what}`);
    }
    await client.query(
      "CREATE INDEX access_subject_tokens ON access_subject USING gin (tokens) WITH (fastupdate = off)",
    );
  }
  await client.query("INSERT INTO access_head (tenant, size) VALUES ($1, $2)", [tenant, span.entries]);
  await client.query("INSERT INTO access_watermark (tenant, indexed) VALUES ($1, $2)", [tenant, span.entries]);
  report("statistics for the planner");
  await client.query("VACUUM ANALYZE access_summary, access_subject, access_chunk, access_term, access_hour, access_field_day, access_leaf"); // prettier-ignore
}

const entriesOf = ({ entries, startMs, stepMs }: Span, from: number, to: number): string => `
  SELECT e.*, p.*, timestamptz 'epoch' + (${startMs} + e.n * ${stepMs} + bench.mixed(e.n, ${mixers.jitter}) % ${jitterMs}) * interval '1 millisecond' AS at,
         CASE p.rows_kind WHEN 'some' THEN 1 + bench.mixed(e.n, ${mixers.rows}) % 50 WHEN 'people' THEN p.people ELSE 0 END AS row_count
    FROM (SELECT n, (n * ${versions}) / ${entries} AS version,
                 CASE WHEN n < ${entries / oldShare} AND s.slot < ${oldSlots} THEN ${profiles.length - 1} ELSE s.profile END AS number
            FROM generate_series(${from}::bigint, ${to - 1}::bigint) AS n
            JOIN bench.slot s ON s.slot = (bench.mixed(n, ${mixers.slot}) >> 12) % ${slots}) AS e
    JOIN bench.profile p ON p.profile = e.number`;

async function fillPart(client: pg.Client, tenant: string, span: Span, from: number, to: number): Promise<void> {
  await client.query("DROP TABLE IF EXISTS bench.entry");
  await client.query(`CREATE UNLOGGED TABLE bench.entry AS SELECT n, number, version, at, row_count, people, staff FROM (${entriesOf(span, from, to)}) AS made`); // prettier-ignore
  await client.query(
    `INSERT INTO access_leaf (tenant, index, hash, entry_id)
     SELECT $1, n, sha256(n::text::bytea), md5(n::text)::uuid FROM bench.entry`,
    [tenant],
  );
  await client.query(
    `INSERT INTO access_summary (tenant, index, at, entry_id, outcome, status, application, purpose, agreement, basis,
            policy_version, fields, field_count, refused_count, row_count, people, withheld, staff_act, staff)
     SELECT $1, e.n, e.at, md5(e.n::text)::uuid, p.outcome, p.status, p.application, p.purpose, p.agreement, p.basis,
            CASE WHEN p.staff IS NULL THEN v.hash END, p.fields[1:10], cardinality(p.fields), cardinality(p.refused),
            e.row_count, p.people, p.withheld,
            CASE WHEN p.staff IS NOT NULL THEN '{"command":"console: accesses","filters":{}}'::json END, p.staff
       FROM bench.entry e JOIN bench.profile p ON p.profile = e.number JOIN bench.version v USING (version)`,
    [tenant],
  );
  await client.query(
    `INSERT INTO access_subject (tenant, index, scheme, tokens)
     SELECT $1, e.n, 'resident', array_agg(w.token ORDER BY w.token COLLATE "C") FROM bench.entry e
       CROSS JOIN LATERAL generate_series(0, e.people - 1) AS nth
       JOIN bench.person w ON w.person = CASE WHEN e.people = 1 THEN bench.mixed(e.n, ${mixers.person}) % ${people}
            ELSE (bench.mixed(e.n, ${mixers.person}) % ${people / peopleOfPage}) * ${peopleOfPage} + nth END
      GROUP BY e.n`,
    [tenant],
  );
  await fillTerms(client, tenant);
  await client.query(
    `INSERT INTO bench.hour SELECT number, date_trunc('hour', at, 'UTC'), count(*), sum(row_count), sum(people), min(at), max(at)
       FROM bench.entry GROUP BY 1, 2`,
  );
  await client.query("DROP TABLE bench.entry");
}

async function fillTerms(client: pg.Client, tenant: string): Promise<void> {
  const bits = "bit_or(set_bit(0::bit(4096), (n % 4096)::int, 1))";
  await client.query(
    `INSERT INTO access_chunk SELECT $1, n / 4096, min(at), max(at), ${bits} FROM bench.entry GROUP BY 2`,
    [tenant],
  );
  await client.query(
    `WITH of_profile AS MATERIALIZED (
       SELECT number, (n / 4096)::int AS chunk, ${bits} AS bits FROM bench.entry GROUP BY 1, 2)
     INSERT INTO access_term SELECT $1, t.term, o.chunk, bit_or(o.bits)
       FROM of_profile o JOIN bench.term t ON t.profile = o.number GROUP BY 2, 3`,
    [tenant],
  );
  await client.query(
    `INSERT INTO access_term SELECT $1, 'policy=' || v.hash, n / 4096, ${bits}
       FROM bench.entry e JOIN bench.version v USING (version) WHERE e.staff IS NULL GROUP BY 2, 3`,
    [tenant],
  );
}

/** What fillPart left in bench.hour, by what the indexer counts by. */
async function countAll(client: pg.Client, tenant: string): Promise<void> {
  await client.query("ANALYZE bench.hour");
  await client.query(
    `INSERT INTO access_hour SELECT $1, h.hour, coalesce(p.application, ''), coalesce(p.agreement, ''), p.outcome,
            sum(h.entries), sum(h.rows), sum(h.people),
            coalesce(sum(h.entries) FILTER (WHERE p.outcome = 'refused' OR cardinality(p.refused) > 0), 0)
       FROM bench.hour h JOIN bench.profile p ON p.profile = h.number GROUP BY 2, 3, 4, 5`,
    [tenant],
  );
  await client.query(
    `WITH used AS MATERIALIZED (
       SELECT number, (hour AT TIME ZONE 'UTC')::date AS day, sum(entries) AS entries, sum(rows) AS cells, min(first) AS first, max(last) AS last
         FROM bench.hour GROUP BY 1, 2)
     INSERT INTO access_field_day
     SELECT $1, p.agreement, f.coordinate, u.day, coalesce(sum(u.entries) FILTER (WHERE f.used), 0),
            coalesce(sum(u.cells) FILTER (WHERE f.used), 0), coalesce(sum(u.entries) FILTER (WHERE NOT f.used), 0),
            min(u.first) FILTER (WHERE f.used), max(u.last) FILTER (WHERE f.used)
       FROM used u JOIN bench.profile p ON p.profile = u.number AND p.agreement IS NOT NULL
       CROSS JOIN LATERAL (SELECT unnest(p.fields) AS coordinate, true AS used UNION ALL SELECT unnest(p.refused), false) AS f
      GROUP BY 2, 3, 4`,
    [tenant],
  );
  await client.query("TRUNCATE bench.hour");
}

const compared = {
  access_summary:
    "index, at, entry_id, outcome, status, application, purpose, agreement, basis, policy_version, fields, field_count, " +
    "refused_count, row_count, people, withheld, staff_act::text, staff",
  access_chunk: "chunk, from_at, to_at, bits",
  access_term: "term, chunk, bits",
  access_subject: "scheme, tokens, index",
  access_hour: "hour, application, agreement, outcome, entries, rows, people, refused",
  access_field_day: "agreement, coordinate, day, entries, cells, refused, first_at, last_at",
} as const;

/**
 * The same entries once appended and indexed, once made by SQL: every row of every search table must be the same.
 * @returns entries a second that the indexer takes
 * @throws Error with the table and a number of rows that differ
 */
export async function proveEqual(store: Store, span: Span, report: Report): Promise<number> {
  const [indexed, generated] = ["probe-indexed", "probe-generated"] as [TenantName, TenantName];
  const log = await openAccessLog({ connectionString: store.addresses.gateway, report, indexEveryMs: 0 });
  let indexMs: number;
  try {
    for (let from = 0; from < span.entries; from += 500) {
      const drafts = Array.from({ length: Math.min(500, span.entries - from) }, (_, n) =>
        draftOf(indexed, from + n, span),
      );
      const appended = await Promise.all(drafts.map((draft) => log.append(draft)));
      if (appended.some(({ index }, n) => index !== from + n))
        throw new Error("entries were not appended in their order");
    }
    const began = performance.now();
    if (!(await log.catchUp(600_000))) throw new Error("the indexer did not catch up");
    indexMs = performance.now() - began;
  } finally {
    await log.close();
  }
  await asSuperuser(store, async (client) => {
    await fillLog(client, generated, span, false, () => undefined);
    for (const [table, columns] of Object.entries(compared)) {
      const of = (tenant: string): string => `SELECT ${columns} FROM ${table} WHERE tenant = '${tenant}'`;
      const { rows } = await client.query<{ differ: string; same: string }>(
        `SELECT (SELECT count(*) FROM (${of(indexed)}) AS i) AS same,
                (SELECT count(*) FROM ((${of(indexed)} EXCEPT ALL ${of(generated)}) UNION ALL (${of(generated)} EXCEPT ALL ${of(indexed)})) AS d) AS differ`,
      );
      const { differ = "", same = "0" } = rows[0] ?? {};
      if (differ !== "0" || same === "0") throw new Error(`${table}: ${differ} rows differ from the indexer's`);
      report(`${table}: ${Number(same).toLocaleString("en")} rows, equal to the indexer's`);
    }
  });
  return (1000 * span.entries) / indexMs;
}
