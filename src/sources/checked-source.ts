// Law 14: sources are not trusted. Whatever a connector brings back is compared with what was asked; one cell, row or
// order that does not fit fails the whole fetch, so that a service that ignores a filter cannot widen an answer.
import type { Row } from "../terms/index.js";
import { CheckedKeys, checkPage, checkRows } from "./check-rows.js";
import { forgetAfterUse } from "./forget-rows.js";
import { orCancelled } from "./or-cancelled.js";
import { NotPoints } from "./near-and-within.js";
import { shapeOf } from "./row-shape.js";
import { type ByKeysRequest, type FetchBounds, type PageRequest, type Source, SourceFailure } from "./source.js";

/**
 * Wraps a connector: same contract, every answer verified. A connector that ignores the signal is abandoned when it is
 * aborted. @throws SourceFailure and nothing else
 */
export function checkedSource(source: Source): Source {
  return {
    name: source.name,
    kind: source.kind,
    abilities: source.abilities,
    page: (request, bounds) => checkedPage(source, request, bounds),
    byKeys: (request, bounds) => checkedByKeys(source, request, bounds),
    count: async (request, bounds) => {
      const counted = await abandonable(source, bounds.signal, () => source.count(request, bounds));
      if (!Number.isSafeInteger(counted) || counted < 0)
        throw new SourceFailure(source.name, "invalid-answer", "the count is not a whole number");
      return counted;
    },
    describe: (from, bounds) => abandonable(source, bounds.signal, () => source.describe(from, bounds)),
    problems: () => source.problems?.() ?? [],
    close: () => source.close(),
  };
}

async function checkedPage(source: Source, request: PageRequest, bounds: FetchBounds): Promise<readonly Row[]> {
  if (request.limit <= 0) return [];
  const shape = shapeOf(request.columns, null, request.order, request.filter);
  const asked = shape.columns === request.columns ? request : { ...request, columns: shape.columns };
  const rows = await abandonable(source, bounds.signal, () => source.page(asked, bounds));
  checkRows(source, rows, shape, bounds);
  checkPage(source, rows, shape, request);
  return narrowed(rows, shape.columns.length, request.columns.length, bounds);
}

async function checkedByKeys(source: Source, request: ByKeysRequest, bounds: FetchBounds): Promise<readonly Row[]> {
  if (request.keys.length === 0 || (request.limitPerKey !== null && request.limitPerKey <= 0)) return [];
  const shape = shapeOf(request.columns, request.match, request.order, request.filter);
  const asked = shape.columns === request.columns ? request : { ...request, columns: shape.columns };
  const rows = await abandonable(source, bounds.signal, () => source.byKeys(asked, bounds));
  checkRows(source, rows, shape, bounds);
  if (rows.length > 0) new CheckedKeys(source.name, shape, request).check(rows);
  return narrowed(rows, shape.columns.length, request.columns.length, bounds);
}

/** Columns that the checks needed are taken off before anything leaves. */
const narrowed = (rows: readonly Row[], held: number, asked: number, bounds: FetchBounds): readonly Row[] =>
  held === asked
    ? rows
    : forgetAfterUse(
        rows.map((row) => row.slice(0, asked)),
        bounds,
      );

/** Waits for the connector or for the abort, whichever comes first. */
function abandonable<T>(source: Source, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  const failed = (error: unknown): never => {
    throw ofConnector(source, error);
  };
  if (source.holds?.has("end") !== true) return orCancelled(source.name, signal, ask).catch(failed);
  if (signal.aborted) return Promise.reject(new SourceFailure(source.name, "cancelled", "the request has ended"));
  try {
    return ask().catch(failed);
  } catch (error) {
    return Promise.reject(ofConnector(source, error));
  }
}

function ofConnector(source: Source, error: unknown): SourceFailure {
  if (error instanceof SourceFailure) return error;
  if (error instanceof NotPoints)
    return new SourceFailure(source.name, "invalid-answer", "a line or an area, where points are looked for", {
      reach: "condition",
    });
  // Law 11: a connector's own error text may hold values.
  return new SourceFailure(source.name, "unavailable", "unexpected error in the connector");
}
