// Reads what a plan says and nothing else: level by level, one call for each batch. A failing source fails its own
// batches; everything else goes on.
import { CellsInPlace, PageNotAvailable, SourceFailure, visibleByKeys } from "../sources/index.js";
import type { AnswerErrorCode, Row, Value } from "../terms/index.js";
import { AskedKeys, askingOf } from "./asked-keys.js";
import type { Batch, Bound, Plan } from "./plan.js";
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
  /** Where texts of `rows` stand that are no values there: of columns that only pass. Null: there are none. */
  readonly cells: CellsInPlace | null;
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
  const fetched: Fetching = { batches: [], fetches: [] };
  for (const due of plan.levels) {
    const [first] = due;
    // All batches of a level go out at once; mostly there is one.
    if (due.length === 1 && first !== undefined) await fetchBatch(first, fetched, context);
    else await Promise.all(due.map((batch) => fetchBatch(batch, fetched, context)));
  }
  return fetched;
}

interface Fetching {
  readonly batches: BatchResult[];
  readonly fetches: FetchResult[];
}

async function fetchBatch(batch: Batch, { batches, fetches }: Fetching, context: FetchContext): Promise<void> {
  const ended = context.timeline.begin("fetch", batch.dataset.name);
  const scope = context.keep(batch);
  const age = scope === null ? null : new Age();
  const mine = age === null || scope === null ? context : keeping(context, scope, age);
  const { result, places } = await runBatch(batch, batches, mine);
  ended({ rows: result.rows.length, failed: result.failure !== null });
  batches[batch.index] = age === null ? result : { ...result, asOf: age.asOf };
  for (let i = 0; i < batch.members.length; i++) {
    const member = batch.members[i];
    if (member !== undefined) fetches[member.index] = { places: places[i] ?? [] };
  }
}

/** How old an answer is of which parts may be from when the source did not fail yet. */
class Age {
  asOf: Date | null = null;

  stale(at: Date): void {
    if (this.asOf === null || at < this.asOf) this.asOf = at;
  }
}

const keeping = (context: FetchContext, scope: string, age: Age): FetchContext => ({
  ...context,
  bounds: { ...context.bounds, keep: { scope, stale: (at) => age.stale(at) } },
});

interface BatchRun {
  readonly result: BatchResult;
  /** Of each member, in their sequence. */
  readonly places: readonly (readonly PlaceRows[])[];
}

function runBatch(batch: Batch, done: readonly BatchResult[], context: FetchContext): Promise<BatchRun> {
  const running = batch.match.length === 0 ? runRootList(batch, context) : runKeyed(batch, done, context);
  return running.catch((error: unknown) => {
    const failure = failureOf(batch, error);
    return { result: { rows: [], total: null, about: [], open: null, cells: null, failure, asOf: null }, places: [] };
  });
}

function failureOf(batch: Batch, error: unknown): BatchFailure {
  const source = batch.dataset.source;
  if (error instanceof PageNotAvailable) return { code: "PAGE_NOT_AVAILABLE", source, reason: "scan-bound" };
  if (error instanceof SourceFailure) return { code: "SOURCE_UNAVAILABLE", source, reason: error.reason };
  throw error;
}

async function runRootList(batch: Batch, context: FetchContext): Promise<BatchRun> {
  const reading = readingOf(batch, context);
  const cells = placesFor(batch, context.bounds);
  const limit = batch.limit ?? 0;
  const asked = limit + (batch.probe.wanted ? 1 : 0);
  const page =
    batch.rows.wanted && asked > 0
      ? visibleList(batch, reading, { limit: asked, after: positionOf(batch, context), cells })
      : noRows;
  const [rows, total, counted] = batch.count.wanted
    ? await Promise.all([page, countOf(batch, reading), countedRows(batch, reading)])
    : ([await page, null, []] as const);
  const shown = turn(batch, rows.length > limit ? rows.slice(0, limit) : rows);
  requireKeys(batch, shown);
  const place = { rows: Array.from(shown.keys()), more: rows.length > limit };
  const about = batch.about.wanted ? [...counted, ...rows.slice(limit)] : [];
  const opening = reading.openCells(shown);
  const open = opening instanceof Promise ? await opening : opening;
  return {
    result: { rows: shown, total, about, open, cells, failure: null, asOf: null },
    places: batch.members.map(() => [place]),
  };
}

const noRows: readonly Row[] = [];

/** Law 15: a count runs over visible rows only, so there is none unless the source was told the whole condition. */
function countOf({ dataset }: Batch, { exact, source, filter, bounds }: Reading): Promise<number> | null {
  if (!exact) return null;
  return source.count({ from: dataset.from, filter, key: dataset.key.map((field) => field.column) }, bounds);
}

/** Beyond so many people a count singles nobody out. */
const MAX_COUNTED = 100;

/** The rows that `totalCount` counts under a condition, when they are few enough to name whom it is about. */
async function countedRows(batch: Batch, reading: Reading): Promise<readonly Row[]> {
  if (!batch.about.wanted || !reading.exact) return [];
  const rows = await visibleList(batch, reading, { limit: MAX_COUNTED + 1, after: null, cells: null });
  return rows.length > MAX_COUNTED ? [] : rows;
}

async function runKeyed(batch: Batch, done: readonly BatchResult[], context: FetchContext): Promise<BatchRun> {
  const asked = new AskedKeys(batch.match.length);
  const asking = batch.members.map((member) => asked.addAll(member, done, context.bound));
  const needed = batch.rows.wanted && asked.keys.length > 0;
  const reading = needed ? readingOf(batch, context) : null;
  const cells = needed ? placesFor(batch, context.bounds) : null;
  const from = { after: positionOf(batch, context), cells };
  const rows = reading === null ? noRows : await rowsOfKeys(batch, asked, reading, from);
  const shown: Row[] = [];
  const about: Row[] = [];
  const places = new Array<PlaceRows>(asked.keys.length).fill(nothing);
  for (const { key, rows: its } of groupsOf(batch, asked, rows)) {
    const more = batch.limit !== null && its.length > batch.limit;
    if (more && batch.about.wanted) about.push(...its.slice(batch.limit));
    const kept = turn(batch, more ? its.slice(0, batch.limit) : its);
    places[key] = { rows: kept.map((row) => shown.push(row) - 1), more };
  }
  requireKeys(batch, shown);
  const opening = reading?.openCells(shown) ?? null;
  const open = opening instanceof Promise ? await opening : opening;
  return {
    result: { rows: shown, total: null, about, open, cells, failure: null, asOf: null },
    places: asking.map((each) => each.map((key) => places[key] ?? nothing)),
  };
}

/** `id` is never null, and an empty key would stand for several objects: such a row is no answer of the source. */
function requireKeys(batch: Batch, rows: readonly Row[]): void {
  if (!batch.ids.wanted) return;
  for (const { column } of batch.dataset.key) {
    const place = batch.columns.at(column) ?? -1;
    for (const row of rows)
      if ((row[place] ?? null) === null)
        throw new SourceFailure(batch.dataset.source, "invalid-answer", "a row without its key");
  }
}

/** Law 13: as the rows, what came is forgotten once the answer is made. */
function placesFor({ columns }: Batch, { afterUse }: FetchContext["bounds"]): CellsInPlace | null {
  if (!columns.passing) return null;
  const cells = new CellsInPlace();
  afterUse?.(() => cells.forget());
  return cells;
}

const turn = (batch: Batch, rows: readonly Row[]): readonly Row[] => (batch.reverse ? [...rows].reverse() : rows);

const positionOf = (batch: Batch, { bound }: FetchContext): readonly Value[] | null => bound.after[batch.index] ?? null;

/** Rows of one key, in the batch's order. */
interface KeyedRows {
  /** Position among the keys that were asked for. */
  readonly key: number;
  readonly rows: Row[];
}

interface Beginning {
  readonly after: readonly Value[] | null;
  readonly cells: CellsInPlace | null;
}

function rowsOfKeys(
  batch: Batch,
  asked: AskedKeys,
  reading: Reading,
  { after, cells }: Beginning,
): Promise<readonly Row[]> {
  const { match, dataset } = batch;
  const { isList, limit, order, columns } = askingOf(batch);
  if (limit === 0) return Promise.resolve(noRows);
  // One row for each key: there is nothing to save by telling the source more.
  const filter = isList ? reading.filter : batch.filter;
  return visibleByKeys(
    reading.source,
    { from: dataset.from, columns, match, keys: asked.keys, filter, order, after, limitPerKey: limit, cells },
    reading.guard,
    isList ? reading.bounds : { ...reading.bounds, spare: spareRows },
  );
}

/** In the sequence in which their first rows came. */
function groupsOf(batch: Batch, asked: AskedKeys, rows: readonly Row[]): readonly KeyedRows[] {
  const { places } = askingOf(batch);
  const groups: KeyedRows[] = [];
  const known = new Array<KeyedRows | undefined>(asked.keys.length);
  for (const row of rows) {
    const key = asked.find(row, places);
    // `checkedSource` lets none through; nor would it have a place in the answer.
    if (key < 0) continue;
    const group = known[key];
    if (group !== undefined) group.rows.push(row);
    else groups.push((known[key] = { key, rows: [row] }));
  }
  return groups;
}
