// What PostgreSQL's catalog says of a table: the real types of its columns decide how they are compared and read.
import type { Column } from "../source.js";

/** One column as `pg_attribute` describes it, domains resolved to their base type. */
export interface RelationColumn {
  readonly name: string;
  /** `pg_type.typname`: int4, text, timestamptz… */
  readonly type: string;
  /** As people write it: `character varying(80)`. */
  readonly shown: string;
  readonly notNull: boolean;
  /** Total digits of a numeric, fractional digits of a timestamp; null where not limited. */
  readonly precision: number | null;
  /** False for a collation under which different texts can be equal. */
  readonly exactCollation: boolean;
  /** False where it is certain that no index begins with it: of a view we cannot tell. */
  readonly indexed: boolean;
  /**
   * How many rows an index finds for one of its values, at most as far as is known: 1 where it has each value once, else what
   * the service's statistics say of the commonest. Infinity where they say nothing, or no index finds them.
   */
  readonly rowsPerValue: number;
}

export type Relation = ReadonlyMap<string, RelationColumn>;

/**
 * `$1`: the quoted name. No row where the relation does not exist; columns that our role may not read are left out. The last
 * cell says what an index finds for a value by going to its place: one row, some rows; null: none does (BRIN looks at many
 * places, another collation is another order).
 */
export const relationQuery = `
  SELECT a.attname, coalesce(b.typname, t.typname), format_type(a.atttypid, a.atttypmod), a.attnotnull,
         CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, coalesce(c.collisdeterministic, true),
         r.relkind NOT IN ('r', 'p', 'm') OR EXISTS (
           SELECT FROM pg_catalog.pg_index i
            WHERE i.indrelid = r.oid AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = a.attnum),
         (SELECT CASE WHEN bool_or(i.indisunique AND i.indimmediate AND i.indnkeyatts = 1) THEN 'one' ELSE 'some' END
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            JOIN pg_catalog.pg_am m ON m.oid = x.relam AND m.amname IN ('btree', 'hash')
           WHERE i.indrelid = r.oid AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = a.attnum
             AND i.indcollation[0] = a.attcollation HAVING count(*) > 0)
    FROM pg_catalog.pg_class r
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
         AND pg_catalog.has_column_privilege(r.oid, a.attnum, 'SELECT')
    LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
    LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
   WHERE r.oid = pg_catalog.to_regclass($1)
   ORDER BY a.attnum`;

/**
 * `$1`: the quoted name. Column, rows of its commonest value, as the statistics have it: they are asked for counts alone,
 * never for a value. A negative `n_distinct` is a share of the rows, 0 is not known (documentation, "pg_stats"). A table that
 * was empty when it was looked at has the counts of before it was emptied; of one with partitions or children the counts are
 * not those of what is read. Names are given, not joined: the view would be made for all tables first.
 */
export const commonestQuery = `
  SELECT d.attname, pg_catalog.ceil(greatest(
           CASE WHEN d.n_distinct < 0 THEN -1 / d.n_distinct ELSE r.reltuples / d.n_distinct END,
           d.most_common_freqs[1] * r.reltuples))
    FROM pg_catalog.pg_stats d
    JOIN pg_catalog.pg_class r ON r.oid = pg_catalog.to_regclass($1)
   WHERE d.tablename = (SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1))
     AND d.schemaname = (SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                          WHERE c.oid = pg_catalog.to_regclass($1))
     AND NOT d.inherited AND d.n_distinct <> 0
     AND r.relkind IN ('r', 'm') AND NOT r.relhassubclass AND r.reltuples > 0`;

type Rows = readonly (readonly (string | null)[])[];

/** Rows of `relationQuery` and of `commonestQuery`, every cell as text. */
export function readRelation(rows: Rows, commonest: Rows = []): Relation {
  const counted = new Map(commonest.map(([name, count]) => [name, Number(count ?? Infinity)]));
  // What a service says of its rows may be no number of rows.
  const some = (name: string): number => Math.max(1, counted.get(name) ?? Infinity) || Infinity;
  const relation = new Map<string, RelationColumn>();
  for (const [name, type, shown, notNull, modifier, deterministic, indexed, found] of rows) {
    if (name == null || type == null) continue;
    relation.set(name, {
      name,
      type,
      shown: shown ?? type,
      notNull: notNull === "t",
      precision: precisionOf(type, Number(modifier ?? -1)),
      exactCollation: deterministic === "t",
      indexed: indexed !== "f",
      rowsPerValue: found === "one" ? 1 : found === "some" ? some(name) : Infinity,
    });
  }
  return relation;
}

/** `atttypmod`: for numeric ((precision << 16) | scale) + 4, for timestamps the number of fractional digits, -1 for none. */
function precisionOf(type: string, modifier: number): number | null {
  if (modifier < 0) return null;
  if (type === "numeric") return ((modifier - 4) >> 16) & 0xffff;
  return type.startsWith("timestamp") ? modifier : null;
}

/** SQL quoting of one identifier. A NUL cannot be sent; the caller has refused it. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `public.residents` → `"public"."residents"`; without a dot the service's search path decides. */
export const quotedRelation = (from: string): string => from.split(".").map(quoted).join(".");

/** Every statement calls the relation `t`, so that no name of the service can mean something else in it. */
export const quotedColumn = (column: Pick<Column, "name">): string => `t.${quoted(column.name)}`;
