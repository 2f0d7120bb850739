// How the rows of one batch are asked for and judged: the source, what it can be told, and the gate of its dataset.
import { SourceFailure, type Column, type Filter, type Guard, type ScanBounds, type Source } from "../sources/index.js";
import type { Row } from "../terms/index.js";
import type { Batch } from "./plan.js";
import type { Gates, OpenCells } from "./row-gate.js";

export interface ReadingContext {
  readonly sources: ReadonlyMap<string, Source>;
  readonly bounds: ScanBounds;
  /** Which rows are visible, and which of their cells are open. */
  readonly gates: Gates;
}

/** How the rows of one batch are found and judged. */
export interface Reading {
  readonly source: Source;
  readonly guard: Guard | null;
  /** The application's condition and what the source can be told of visibility. */
  readonly filter: Filter | null;
  /** The source was told visibility exactly: what it counts is what is visible. */
  readonly exact: boolean;
  readonly bounds: ScanBounds;
  openCells(rows: readonly Row[]): Promise<OpenCells> | null;
}

/** Hidden rows that cost no further call. */
export const spareRows = 32;

export async function readingOf(batch: Batch, context: ReadingContext): Promise<Reading> {
  const source = sourceOf(batch, context);
  const gate = context.gates.of(batch.dataset);
  if (gate === null) {
    const { filter } = batch;
    return { source, guard: null, filter, exact: true, bounds: context.bounds, openCells: () => null };
  }
  const at = (column: Column): number | undefined => batch.columns.at(column);
  // Law 2: the application's condition comes first, so that a source that is asked by one of several asks by that.
  const told = await gate.pushDown(source.abilities);
  return {
    source,
    guard: gate.guard(at),
    filter: bothOf(batch.filter, told.filter),
    exact: told.exact,
    bounds: { ...context.bounds, spare: told.exact ? 0 : spareRows },
    openCells: (rows) => (rows.length === 0 ? null : gate.openCells(rows, at)),
  };
}

function bothOf(one: Filter | null, other: Filter | null): Filter | null {
  if (one === null || other === null) return one ?? other;
  return { op: "and", filters: [one, other] };
}

function sourceOf(batch: Batch, context: ReadingContext): Source {
  const source = context.sources.get(batch.dataset.source);
  if (!source) throw new SourceFailure(batch.dataset.source, "unavailable", "not configured");
  return source;
}
