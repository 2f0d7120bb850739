// Reads what a plan says and nothing else: level by level, one call for each batch. A failing source fails its own
// batches; everything else goes on.
import { PageNotAvailable, SourceFailure, visibleByKeys } from "../sources/index.js";
import type { AnswerErrorCode, Row, Value } from "../terms/index.js";
import type { Batch, Bound, Fetch, Key, Plan } from "./plan.js";
import { readingOf, spareRows, visibleList, type Reading, type ReadingContext } from "./reading.js";
import type { OpenCells } from "./row-gate.js";
import type { Timeline } from "./timeline.js";

export interface FetchContext extends ReadingContext {
  /** Of this request: what its ids and cursors open to. */
  readonly bound: Bound;
  /** Under what the batch's answers may be kept for the time that the source fails; null: not at all. */
  keep(batch: Batch): string | null;
  readonly timeline: Timeline;
}

export interface BatchFailure {
  readonly code: AnswerErrorCode;
  readonly source: string;
  readonly reason: string;
}

export interface BatchResult {
  /** Rows to show, in order; a probed row more is not among them. */
  readonly rows: readonly Row[];
  readonly total: number | null;
  /** Rows that do not leave, but that a count or a further page tells of. */
  readonly about: readonly Row[];
  /** Of `rows`; null: every cell is open. */
  readonly open: OpenCells | null;
  readonly failure: BatchFailure | null;
  /** The source failed, and this is what it gave then; null: it is what it gives now. */
  readonly asOf: Date | null;
}

/** For each row of the parent's batch (one at the root): which rows of the batch belong to it. */
export interface FetchResult {
  readonly places: readonly PlaceRows[];
}

export interface PlaceRows {
  /** Positions in the batch's rows. */
  readonly rows: readonly number[];
  readonly more: boolean;
}

export interface Fetched {
  readonly batches: readonly BatchResult[];
  readonly fetches: readonly FetchResult[];
}

const nothing: PlaceRows = { rows: [], more: false };

export async function fetchPlan(plan: Plan, context: FetchContext): Promise<Fetched> {
  const batches: BatchResult[] = [];
  const fetches: FetchResult[] = [];
  for (const due of plan.levels) {
    await Promise.all(
      due.map(async (batch) => {
        let asOf: Date | null = null;
        const stale = (at: Date): void => void (asOf = asOf === null || at < asOf ? at : asOf);
        const fetched = context.timeline.begin("fetch", batch.dataset.name);
        const run = await runBatch(batch, batches, keeping(batch, context, stale));
        fetched({ rows: run.result.rows.length, failed: run.result.failure !== null });
        batches[batch.index] = { ...run.result, asOf };
        for (const member of batch.members) fetches[member.index] = { places: run.places(member) };
      }),
    );
  }
  return { batches, fetches };
}

function keeping(batch: Batch, context: FetchContext, stale: (asOf: Date) => void): FetchContext {
  const scope = context.keep(batch);
  return scope === null ? context : { ...context, bounds: { ...context.bounds, keep: { scope, stale } } };
}

interface BatchRun {
  readonly result: Omit<BatchResult, "asOf">;
  places(fetch: Fetch): readonly PlaceRows[];
}

async function runBatch(batch: Batch, done: readonly BatchResult[], context: FetchContext): Promise<BatchRun> {
  try {
    if (batch.match.length === 0) return await runRootList(batch, context);
    return await runKeyed(batch, done, context);
  } catch (error) {
    const failure = failureOf(batch, error);
    return { result: { rows: [], total: null, about: [], open: null, failure }, places: () => [] };
  }
}

function failureOf(batch: Batch, error: unknown): BatchFailure {
  const source = batch.dataset.source;
  if (error instanceof PageNotAvailable) return { code: "PAGE_NOT_AVAILABLE", source, reason: "scan-bound" };
  if (error instanceof SourceFailure) return { code: "SOURCE_UNAVAILABLE", source, reason: error.reason };
  throw error;
}

async function runRootList(batch: Batch, context: FetchContext): Promise<BatchRun> {
  const reading = readingOf(batch, context);
  const { source, filter, bounds } = reading;
  const from = batch.dataset.from;
  const limit = batch.limit ?? 0;
  const asked = limit + (batch.probe.wanted ? 1 : 0);
  const page =
    batch.rows.wanted && asked > 0
      ? visibleList(batch, reading, { limit: asked, after: positionOf(batch, context) })
      : Promise.resolve([]);
  // Law 15: a count runs over visible rows only, so there is none unless the source was told the whole condition.
  const count =
    batch.count.wanted && reading.exact
      ? source.count({ from, filter, key: batch.dataset.key.map((field) => field.column) }, bounds)
      : Promise.resolve(null);
  const [rows, total, counted] = await Promise.all([page, count, countedRows(batch, reading)]);
  const shown = turn(batch, rows.slice(0, limit));
  requireKeys(batch, shown);
  const place = { rows: shown.map((_, i) => i), more: rows.length > limit };
  const about = batch.about.wanted ? [...counted, ...rows.slice(limit)] : [];
  const open = await reading.openCells(shown);
  return { result: { rows: shown, total, about, open, failure: null }, places: () => [place] };
}

/** Beyond so many people a count singles nobody out. */
const MAX_COUNTED = 100;

/** The rows that `totalCount` counts under a condition, when they are few enough to name whom it is about. */
async function countedRows(batch: Batch, reading: Reading): Promise<readonly Row[]> {
  // Without a count nothing tells of them.
  if (!batch.count.wanted || !batch.about.wanted || !reading.exact) return [];
  const rows = await visibleList(batch, reading, { limit: MAX_COUNTED + 1, after: null });
  return rows.length > MAX_COUNTED ? [] : rows;
}

async function runKeyed(batch: Batch, done: readonly BatchResult[], context: FetchContext): Promise<BatchRun> {
  const keys = new Map<string, Key>();
  for (const member of batch.members)
    for (const key of keysOf(member, done, context.bound)) if (key !== null) keys.set(JSON.stringify(key), key);
  const needed = batch.rows.wanted && keys.size > 0;
  const reading = needed ? readingOf(batch, context) : null;
  const groups =
    reading === null
      ? new Map<string, Row[]>()
      : await readKeys(batch, [...keys.values()], reading, positionOf(batch, context));
  const shown: Row[] = [];
  const about: Row[] = [];
  const places = new Map<string, PlaceRows>();
  for (const [key, rows] of groups) {
    if (batch.about.wanted && batch.limit !== null) about.push(...rows.slice(batch.limit));
    const kept = batch.limit === null ? rows : turn(batch, rows.slice(0, batch.limit));
    places.set(key, {
      rows: kept.map((row) => shown.push(row) - 1),
      more: batch.limit !== null && rows.length > batch.limit,
    });
  }
  requireKeys(batch, shown);
  const open = (await reading?.openCells(shown)) ?? null;
  return {
    result: { rows: shown, total: null, about, open, failure: null },
    places: (member) =>
      keysOf(member, done, context.bound).map((key) =>
        key === null ? nothing : (places.get(JSON.stringify(key)) ?? nothing),
      ),
  };
}

/** `id` is never null, and an empty key would stand for several objects: such a row is no answer of the source. */
function requireKeys(batch: Batch, rows: readonly Row[]): void {
  if (!batch.ids.wanted) return;
  const columns = batch.dataset.key.map((field) => batch.columns.at(field.column) ?? -1);
  if (rows.some((row) => columns.some((column) => (row[column] ?? null) === null)))
    throw new SourceFailure(batch.dataset.source, "invalid-answer", "a row without its key");
}

const turn = (batch: Batch, rows: readonly Row[]): readonly Row[] => (batch.reverse ? [...rows].reverse() : rows);

const positionOf = (batch: Batch, { bound }: FetchContext): readonly Value[] | null => bound.after[batch.index] ?? null;

/** The key that each parent's row asks with; null where the link is empty, or closed on that row (law 2). */
function keysOf(fetch: Fetch, done: readonly BatchResult[], bound: Bound): readonly (Key | null)[] {
  const { parent } = fetch;
  if (parent === null) return bound.keys[fetch.index] ?? [];
  const { rows = [], open = null } = done[parent.batch.index] ?? {};
  return rows.map((row, i) => {
    if (open?.isOpen(i, parent.condition) === false) return null;
    const key = parent.columns.map((column) => row[column] ?? null);
    return key.every((part) => part !== null) ? key : null;
  });
}

/** Rows by key, in the batch's order within one. */
async function readKeys(
  batch: Batch,
  keys: readonly Key[],
  reading: Reading,
  after: readonly Value[] | null,
): Promise<Map<string, Row[]>> {
  const { dataset, match } = batch;
  const list = batch.limit === null ? null : batch.limit + (batch.probe.wanted ? 1 : 0);
  // A to-one link to what is no key may meet several rows: the first by the dataset's own key, always the same.
  const byOwnKey = match.length === dataset.key.length && dataset.key.every((f, i) => f.column.name === match[i]?.name);
  const order =
    list === null && !byOwnKey
      ? dataset.key.map((f) => ({ column: f.column, direction: "asc" as const }))
      : batch.order;
  const columns =
    list === null && !byOwnKey
      ? withColumns(
          batch,
          order.map((o) => o.column),
        )
      : batch.columns.list;
  if (list === 0) return new Map();
  const rows = await visibleByKeys(
    reading.source,
    {
      from: dataset.from,
      columns,
      match,
      keys,
      // One row for each key: there is nothing to save by telling the source more.
      filter: list === null ? batch.filter : reading.filter,
      order,
      after,
      limitPerKey: list ?? (byOwnKey ? null : 1),
    },
    reading.guard,
    list === null ? { ...reading.bounds, spare: spareRows } : reading.bounds,
  );
  const at = match.map((column) => columns.findIndex((each) => each.name === column.name));
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(at.map((column) => row[column]));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

const withColumns = (batch: Batch, more: Batch["match"]): Batch["match"] => [
  ...batch.columns.list,
  ...more.filter((column) => !batch.columns.list.some((each) => each.name === column.name)),
];
