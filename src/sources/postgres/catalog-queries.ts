// What PostgreSQL's catalog says of a whole database. Each query gives only what our role may read; system schemas, what
// an extension brought along, and partitions (their parent stands for them) are left out.

const ours = `
  r.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT r.relispartition
  AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass
                    AND d.objid = r.oid AND d.deptype = 'e')`;
const relations = `pg_catalog.pg_class r JOIN pg_catalog.pg_namespace s ON s.oid = r.relnamespace`;
// Without USAGE on the schema, SELECT on the table opens nothing. CASE: the second is asked of nothing that the first refused.
const readable = `CASE WHEN pg_catalog.has_schema_privilege(s.oid, 'USAGE')
  THEN pg_catalog.has_any_column_privilege(r.oid, 'SELECT') ELSE false END`;

/** `$1`: at most so many. oid, schema, name, comment. */
export const tablesQuery = `
  SELECT r.oid, s.nspname, r.relname, pg_catalog.left(pg_catalog.obj_description(r.oid, 'pg_class'), 2000)
    FROM ${relations} WHERE ${ours} AND ${readable} ORDER BY s.nspname, r.relname LIMIT $1`;

/** How many more there are. */
export const hiddenQuery = `SELECT count(*) FROM ${relations} WHERE ${ours} AND NOT ${readable}`;

/**
 * `$1`: oids, `$2`: at most so many. oid, then as `relationQuery`; then comment, the type's own kind and category, its
 * name where it is a domain's base, and whether the relation says which columns may be null (views do not).
 */
export const columnsQuery = `
  SELECT a.attrelid, a.attname, coalesce(b.typname, t.typname), format_type(a.atttypid, a.atttypmod),
         a.attnotnull OR t.typnotnull,
         CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, coalesce(c.collisdeterministic, true),
         pg_catalog.left(pg_catalog.col_description(a.attrelid, a.attnum), 2000),
         t.typtype, coalesce(b.typtype, t.typtype), coalesce(b.typcategory, t.typcategory),
         CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END, r.relkind IN ('r', 'p')
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class r ON r.oid = a.attrelid
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
    LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
   WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
         AND pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
   ORDER BY a.attrelid, a.attnum LIMIT $2`;

const namesOf = (table: string, numbers: string): string => `
  (SELECT pg_catalog.json_agg(a.attname ORDER BY n.place) FROM unnest(${numbers}) WITH ORDINALITY AS n(num, place)
     JOIN pg_catalog.pg_attribute a ON a.attrelid = ${table} AND a.attnum = n.num)`;

/**
 * `$1`: oids. oid, columns as JSON: what tells rows apart, the best first. The primary key, else a unique index that
 * holds for every row at once, over columns that are never null; of several the narrowest.
 */
export const keysQuery = `
  SELECT i.indrelid, ${namesOf("i.indrelid", "(i.indkey::int2[])[0:i.indnkeyatts - 1]")}
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
   WHERE i.indrelid = ANY($1::oid[]) AND i.indisunique AND i.indisvalid AND i.indimmediate
         AND i.indpred IS NULL AND i.indexprs IS NULL
         AND NOT EXISTS (SELECT FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS n(num)
                           JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = n.num
                          WHERE NOT a.attnotnull)
   ORDER BY i.indrelid, i.indisprimary DESC, i.indnkeyatts, x.relname`;

/** `$1`: oids. oid, columns as JSON, the other table's oid, its columns as JSON. */
export const referencesQuery = `
  SELECT k.conrelid, ${namesOf("k.conrelid", "k.conkey")}, k.confrelid, ${namesOf("k.confrelid", "k.confkey")}
    FROM pg_catalog.pg_constraint k
   WHERE k.contype = 'f' AND k.conrelid = ANY($1::oid[]) AND k.confrelid = ANY($1::oid[])
   ORDER BY k.conrelid, k.conname`;

/** Whether our role is one for which rights do not count, and to how many relations it may write. */
export const writesQuery = `
  SELECT u.rolsuper, (SELECT count(*) FROM ${relations}
                       WHERE ${ours} AND r.relkind IN ('r', 'p', 'f')
                         AND (pg_catalog.has_table_privilege(r.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
                              OR pg_catalog.has_any_column_privilege(r.oid, 'INSERT, UPDATE')))
    FROM pg_catalog.pg_roles u WHERE u.rolname = current_user`;
