// The connector for JSON over HTTP. What the settings say the service can do is asked of it; the rest is done on the rows
// at hand, which are all that may matter or a failure.
import type { Row, Value } from "../../terms/index.js";
import { atHandSource, type RowsWanted } from "../at-hand-source.js";
import { forgetAfterUse } from "../forget-rows.js";
import { jsonCellOf } from "../json-cell.js";
import { type Column, type FetchBounds, type Source, SourceFailure } from "../source.js";
import { atPath, isObject, learnPaths, pathReader } from "./field-path.js";
import { itemPath, wayOf, type Way } from "./push-down.js";
import { Budget, itemsOf, type Params, readList } from "./read-list.js";
import { RestClient } from "./rest-client.js";
import type { RestList, RestSettings } from "./settings.js";

/** Nothing is asked before the first call. To be used through `checkedSource`. */
export function restSource(settings: RestSettings & { readonly name: string }): Source {
  const reader = new RestReader(settings.name, settings);
  return { ...atHandSource(reader), close: () => Promise.resolve(reader.close()) };
}

const describedRows = 100;

class RestReader {
  readonly kind = "rest";
  readonly #client: RestClient;
  readonly #maxRows: number;
  readonly #maxRequests: number;

  constructor(
    readonly name: string,
    private readonly settings: RestSettings,
  ) {
    this.#client = new RestClient(name, settings);
    this.#maxRows = settings.maxRows ?? 10_000;
    this.#maxRequests = settings.maxRequests ?? 100;
  }

  async read({ from, columns, filter }: RowsWanted, bounds: FetchBounds): Promise<readonly Row[]> {
    const list = this.#list(from);
    if (list === null) throw this.#fail("unavailable", "the dataset's path is not among the source's lists");
    const way = wayOf(list, filter, this.#maxRequests);
    if (isOneRequest(way)) return this.#rows({ from, list, columns, bounds }, way);
    // The first request that fails ends the others: nothing is asked of a service for an answer that cannot be whole.
    const siblings = new AbortController();
    const signal = AbortSignal.any([bounds.signal, siblings.signal]);
    try {
      return await this.#rows({ from, list, columns, bounds: { ...bounds, signal } }, way);
    } catch (error) {
      siblings.abort();
      throw error;
    }
  }

  async describe(from: string, bounds: FetchBounds): Promise<ReadonlyMap<string, string> | null> {
    const list = this.#list(from);
    if (list === null) return null;
    const answer = await this.#client.get(this.#client.http.url({ path: from }), bounds);
    if (answer.json === undefined) return null;
    const found = new Map<string, string>();
    for (const row of itemsOf(this.#client, list, answer).slice(0, describedRows)) learnPaths(row, found);
    return found;
  }

  close(): void {
    this.#client.close();
  }

  #list(from: string): RestList | null {
    return Object.hasOwn(this.settings.lists, from) ? (this.settings.lists[from] ?? null) : null;
  }

  async #rows(asked: Asked, way: Way): Promise<readonly Row[]> {
    const { from: path, list, bounds } = asked;
    const budget = new Budget(this.#client, this.#maxRows, this.#maxRequests);
    const fields = fieldParams(list, asked.columns);
    const lists = async (params: Params) =>
      this.#shaped(asked, await readList({ client: this.#client, path, list, bounds, budget }, [...params, ...fields]));
    switch (way.kind) {
      case "list":
        return lists(way.params);
      case "lists": {
        const [only] = way.lists;
        if (only !== undefined && way.lists.length === 1) return lists(only.params);
        // A service that ignores the parameter gives every row to each request: each keeps its own.
        const keyOf = cellReader(asked.columns, way.column);
        const read = way.lists.map(async ({ values, params }) => {
          const mine = new Set<Value>(values);
          return (await lists(params)).filter((row) => mine.has(keyOf(row)));
        });
        return (await Promise.all(read)).flat();
      }
      case "items":
        return (await Promise.all(way.values.map((value) => this.#item(asked, way, value, budget, fields)))).flat();
    }
  }

  async #item(
    asked: Asked,
    { item, column }: Extract<Way, { kind: "items" }>,
    value: NonNullable<Value>,
    budget: Budget,
    fields: Params,
  ): Promise<readonly Row[]> {
    budget.request();
    const url = this.#client.http.url({ path: itemPath(item, value), query: fields });
    const { json } = await this.#client.get(url, asked.bounds);
    if (json === undefined) return [];
    budget.rows(1);
    const rows = this.#shaped(asked, [item.item === undefined ? json : atPath(json, item.item)]);
    const keyOf = cellReader(asked.columns, column);
    if (rows.some((row) => keyOf(row) !== value)) throw this.#fail("invalid-answer", "a row of another key");
    return rows;
  }

  #shaped({ list, columns, bounds }: Asked, items: readonly unknown[]): readonly Row[] {
    const cells = cellsOf(columns);
    const rows = new Array<Value[]>(items.length);
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (!isObject(item)) throw this.#fail("invalid-answer", "a row that is no object");
      rows[i] = this.#row(item, cells, list.omitsNull === true);
    }
    return forgetAfterUse(rows, bounds);
  }

  #row(item: Readonly<Record<string, unknown>>, cells: readonly Cell[], omitsNull: boolean): Value[] {
    const row = new Array<Value>(cells.length);
    for (let place = 0; place < cells.length; place++) {
      const cell = cells[place];
      if (cell === undefined) continue;
      const json = cell.at(item);
      // A misspelt column, or one that the service no longer has, must not read as a column of nulls.
      if (json === undefined && !omitsNull) throw this.#fail("invalid-answer", `a row without ${cell.column.name}`);
      const value = cell.read(json);
      if (value === undefined)
        throw this.#fail("invalid-answer", `a cell of ${cell.column.name} is not ${cell.column.type}`);
      row[place] = value;
    }
    return row;
  }

  #fail(reason: SourceFailure["reason"], detail: string): SourceFailure {
    return new SourceFailure(this.name, reason, detail);
  }
}

interface Asked {
  readonly from: string;
  readonly list: RestList;
  readonly columns: readonly Column[];
  readonly bounds: FetchBounds;
}

/** How one column is read out of an item. */
interface Cell {
  readonly column: Column;
  at(item: Readonly<Record<string, unknown>>): unknown;
  read(json: unknown): Value | undefined;
}

/** By the list of columns, which a plan asks with again and again. */
const known = new WeakMap<readonly Column[], readonly Cell[]>();

function cellsOf(columns: readonly Column[]): readonly Cell[] {
  let cells = known.get(columns);
  if (cells === undefined) {
    cells = columns.map((column) => ({ column, at: pathReader(column.name), read: jsonCellOf(column.type) }));
    known.set(columns, cells);
  }
  return cells;
}

/** One after the other at most, so that there is nobody whom a failure could end. */
function isOneRequest(way: Way): boolean {
  if (way.kind === "list") return true;
  return way.kind === "lists" ? way.lists.length <= 1 : way.values.length <= 1;
}

/** Where the service can be told: only the columns asked for leave it. */
function fieldParams({ fields }: RestList, columns: readonly Column[]): Params {
  const names = columns.map(({ name }) => name);
  if (fields === undefined || names.length === 0) return [];
  if (fields.style === "repeat") return names.map((name) => [fields.param, name]);
  return names.some((name) => name.includes(",")) ? [] : [[fields.param, names.join(",")]];
}

function cellReader(columns: readonly Column[], { name }: Column): (row: Row) => Value {
  const place = columns.findIndex((column) => column.name === name);
  return (row) => row[place] ?? null;
}
