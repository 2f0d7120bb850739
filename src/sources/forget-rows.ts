// Law 13: rows are what a request has most of. Promises that waited for them, and whatever else the collector has moved to
// where it seldom looks, would hold them until its last resort; emptied, they hold nothing.
import type { Value } from "../terms/index.js";
import type { FetchBounds } from "./source.js";

/** For who made the rows for this call alone. An answer that may be kept is read again later. */
export function forgetAfterUse(rows: Value[][], { keep, afterUse }: FetchBounds): Value[][] {
  if (keep === undefined && rows.length > 0) afterUse?.(() => empty(rows));
  return rows;
}

/**
 * The same of JSON that was read into rows: of an object what its members hold, of an array its elements. Not of what is
 * kept to be read again.
 */
export function forgetJson(json: unknown, { afterUse }: FetchBounds): void {
  if (Array.isArray(json)) afterUse?.(() => (json.length = 0));
  else if (typeof json === "object" && json !== null)
    afterUse?.(() => {
      for (const name of Object.keys(json)) Reflect.set(json, name, null);
    });
}

function empty(rows: Value[][]): void {
  for (const row of rows) row.length = 0;
}
