// How the rows of one batch are asked for and judged: the source, what it can be told, and the gate of its dataset.
import {
  canWalk,
  SourceFailure,
  visiblePage,
  walkedPage,
  type Column,
  type Filter,
  type Guard,
  type PageRequest,
  type ScanBounds,
  type Source,
} from "../sources/index.js";
import type { Row } from "../terms/index.js";
import type { Batch } from "./plan.js";
import type { PushDown } from "./push-down.js";
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
  /** Keys that a list can be walked along. */
  readonly walk: PushDown["walk"];
  openCells(rows: readonly Row[]): OpenCells | null | Promise<OpenCells | null>;
}

/** Hidden rows that cost no further call. */
export const spareRows = 32;

export function readingOf(batch: Batch, context: ReadingContext): Reading {
  const source = sourceOf(batch, context);
  const gate = context.gates.of(batch.dataset);
  if (gate === null) {
    const { filter } = batch;
    return { source, guard: null, filter, exact: true, walk: null, bounds: context.bounds, openCells: () => null };
  }
  const at = (column: Column): number | undefined => batch.columns.at(column);
  // Law 2: the application's condition comes first, so that a source that is asked by one of several asks by that.
  const told = gate.pushDown(source.abilities);
  // Of a link's own condition the source is told nothing.
  const exact = told.exact && batch.relation === null;
  return {
    source,
    guard: gate.guard(at, batch.relation),
    filter: bothOf(batch.filter, told.filter),
    exact,
    walk: told.walk,
    bounds: { ...context.bounds, spare: exact ? 0 : spareRows },
    openCells: (rows) => (rows.length === 0 ? null : gate.openCells(rows, at)),
  };
}

/** The first visible rows of a root list after a position. @throws SourceFailure, PageNotAvailable */
export async function visibleList(
  batch: Batch,
  { source, guard, filter, bounds, walk }: Reading,
  { limit, after, cells = null }: Pick<PageRequest, "limit" | "after" | "cells">,
): Promise<readonly Row[]> {
  const { order, columns, dataset } = batch;
  const request = { from: dataset.from, columns: columns.list, filter, order, after, limit, cells };
  const most = source.abilities.valuesIn;
  // With a condition of its own the list is found by that: a walk would pass by keys of which no row meets it.
  const { rows } =
    walk !== null && batch.filter === null && limit <= most && canWalk(request, walk)
      ? await walkedPage(source, { ...request, filter: walk.filter }, walk, guard, { ...bounds, most })
      : await visiblePage(source, request, guard, bounds);
  return rows;
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
