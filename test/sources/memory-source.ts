// An honest source over the reference lists: tests bend its answers, or count what was asked.
import type { ByKeysRequest, FetchBounds, PageRequest, Source } from "../../src/sources/index.js";
import { RowOrder } from "../../src/sources/row-order.js";
import type { Row } from "../../src/terms/index.js";
import type { Reference } from "./reference.js";

export interface MemorySource extends Source {
  /** Every request that came, in turn. */
  readonly asked: (PageRequest | ByKeysRequest)[];
}

export function memorySource(
  reference: Reference,
  bend: (rows: readonly Row[]) => readonly Row[] = (rows) => rows,
): MemorySource {
  const asked: (PageRequest | ByKeysRequest)[] = [];
  const rowsAfter = ({ filter, order, after }: Pick<PageRequest, "filter" | "order" | "after">) => {
    const kept = new Set(reference.list(filter, order));
    const whole = reference.list(null, order);
    const cells = (row: Row) => JSON.stringify(order.map(({ column }) => reference.cell(row, column.name)));
    const at = after === null ? -1 : whole.findIndex((row) => cells(row) === JSON.stringify(after));
    // A position is what a row had once: where none has it now, what comes after it is told by comparing.
    const told = new RowOrder(order, ({ name }) =>
      reference.fixture.columns.findIndex((column) => column.name === name),
    );
    const isAfter = (row: Row): boolean => after === null || !told.isBeforeOrAtPosition(row, after);
    const following = at >= 0 || after === null ? whole.slice(at + 1) : whole.filter(isAfter);
    return following.filter((row) => kept.has(row));
  };
  const answer = (request: PageRequest | ByKeysRequest, rows: readonly Row[]) => {
    asked.push(request);
    return Promise.resolve(bend(reference.narrowed(rows, request.columns)));
  };
  return {
    asked,
    name: "memory",
    kind: "memory",
    abilities: { filter: new Set(), order: true, count: true, backward: true, valuesIn: 1_000 },
    page: (request: PageRequest) => answer(request, rowsAfter(request).slice(0, request.limit)),
    byKeys: (request: ByKeysRequest) => {
      const keyOf = (row: Row) => JSON.stringify(request.match.map(({ name }) => reference.cell(row, name)));
      const rows = rowsAfter(request);
      const found = request.keys.flatMap((key) =>
        rows.filter((row) => keyOf(row) === JSON.stringify(key)).slice(0, request.limitPerKey ?? undefined),
      );
      return answer(request, found);
    },
    count: ({ filter }: { filter: PageRequest["filter"] }) => Promise.resolve(reference.list(filter, []).length),
    describe: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  };
}

export const unbounded = (maxRows = 10_000): FetchBounds => ({ signal: new AbortController().signal, maxRows });
