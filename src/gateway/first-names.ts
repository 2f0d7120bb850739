// What parents call their children by on their own pages: read for one page, and kept nowhere (law 11).
import type { Source } from "../sources/index.js";
import type { Value } from "../terms/index.js";
import type { BoundScheme } from "./citizen-schemes.js";
import { reader } from "./guardianship.js";

/** More than any family has, with what staff recorded (law 13): beyond it nobody's is read. */
const mostNamed = 60;
/** Registers may know a person in several rows. */
const mostRows = 300;
/** UTF-16 code units. */
const longest = 60;

/**
 * The first given name by key, from the fields that `given_name` is matched to; of those that the register has one for,
 * and the same in each of the person's rows.
 * @throws SourceFailure
 */
export async function firstNamesIn(
  { people, key, match }: BoundScheme,
  source: Source,
  keys: readonly NonNullable<Value>[],
  signal: AbortSignal,
): Promise<ReadonlyMap<NonNullable<Value>, string>> {
  const named = match.find(({ claim }) => claim === "given_name")?.columns ?? [];
  const wanted = new Set(keys);
  if (named.length === 0 || wanted.size === 0 || wanted.size > mostNamed) return new Map();
  const columns = [...new Map([key, ...named].map((each) => [each.name, each])).values()];
  const rows = await source.byKeys(
    {
      ...{ from: people.from, columns, match: [key], keys: [...wanted].map((each) => [each]) },
      ...{ filter: null, order: [], after: null, limitPerKey: null },
    },
    { signal, maxRows: mostRows },
  );
  const found = new Map<NonNullable<Value>, string | null>();
  for (const row of rows) {
    const read = reader(columns, row);
    const [who, name] = [read(key), named.flatMap((column) => firstOf(read(column)) ?? [])[0] ?? null];
    // Law 14: by the row's own key, whatever was asked for; two rows that differ name nobody.
    if (who !== null) found.set(who, found.has(who) && found.get(who) !== name ? null : name);
  }
  return new Map([...found].flatMap(([who, name]) => (name === null ? [] : [[who, name] as const])));
}

/** `Raphaël Jean, Marie` → `Raphaël`; null where the register holds no name (`-`, `?`, an empty text). */
function firstOf(cell: Value): string | null {
  if (typeof cell !== "string") return null;
  const first = cell.split(/[\s,;]+/).find((word) => word !== "") ?? "";
  // Characters that cannot be seen could have the page show another text than it holds.
  return /\p{L}/u.test(first) && !/\p{C}/u.test(first) && first.length <= longest ? first : null;
}
