// The entries of a search, to the end, a page at a time.
import type { EntryPlace, StoredEntry } from "../../accesslog/index.js";
import type { LogFilter, TenantName } from "../../terms/index.js";
import type { DocumentServices } from "./document.js";

/** An entry has at most 64 KiB and its part about people 4 MiB: what is in memory at once stays bounded. */
const pageSize = 100;

/**
 * Newest first, all that were committed before the export's own entry: it does not find itself.
 * @throws AccessLogUnavailable when the database does not answer (any more)
 */
export async function* entriesOf(
  log: DocumentServices["log"],
  tenant: TenantName,
  filter: LogFilter,
  recorded: EntryPlace,
): AsyncGenerator<readonly StoredEntry[], void, undefined> {
  let before = recorded.index;
  for (;;) {
    const { entries, more } = await log.searchEntries(tenant, filter, { limit: pageSize, before });
    if (entries.length > 0) yield entries;
    const last = entries.at(-1)?.index;
    if (!more || last === undefined) return;
    before = last;
  }
}
