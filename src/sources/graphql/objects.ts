// Objects of an answer → rows: of the type that was asked for, with the fields that were asked for, none twice.
import type { Value } from "../../terms/index.js";
import { jsonCellOf } from "../json-cell.js";
import type { Column } from "../source.js";
import { pathOf, selection } from "./document.js";
import { type Endpoint, isObject, type JsonObject } from "./endpoint.js";

/** How objects are asked for and read, the same for all questions with the same columns. */
interface ObjectForm {
  readonly cells: readonly Cell[];
  readonly key: readonly (readonly string[])[];
  readonly selection: string;
}

interface Cell {
  readonly column: Column;
  readonly path: readonly string[];
  read(json: unknown): Value | undefined;
}

/** By the list of columns, which a plan asks with again and again, then by the key. */
const known = new WeakMap<readonly Column[], Map<string, ObjectForm>>();

function formOf(columns: readonly Column[], key: readonly string[]): ObjectForm {
  let forms = known.get(columns);
  if (forms === undefined) known.set(columns, (forms = new Map<string, ObjectForm>()));
  const mark = key.join(" ");
  let form = forms.get(mark);
  if (form === undefined) forms.set(mark, (form = made(columns, key)));
  return form;
}

/** @throws UnaskableName */
function made(columns: readonly Column[], names: readonly string[]): ObjectForm {
  const cells = columns.map((column) => ({ column, path: pathOf(column.name), read: jsonCellOf(column.type) }));
  const key = names.map(pathOf);
  const paths = [...cells.map(({ path }) => path), ...key];
  return { cells, key, selection: `__typename ${selection(paths)}`.trimEnd() };
}

export class ObjectReader {
  readonly #cells: readonly Cell[];
  readonly #key: readonly (readonly string[])[];
  readonly #seen = new Set<unknown>();
  readonly rows: Value[][] = [];
  /** What stands in the operation for these objects. */
  readonly selection: string;

  /** @throws UnaskableName */
  constructor(
    private readonly endpoint: Endpoint,
    private readonly type: string,
    columns: readonly Column[],
    /** Told apart by it. Empty: not to be read, so that doubles cannot be told. */
    key: readonly string[],
    private readonly maxRows: number,
  ) {
    const form = formOf(columns, key);
    this.#cells = form.cells;
    this.#key = form.key;
    this.selection = form.selection;
  }

  /** @throws SourceFailure */
  add(object: unknown): JsonObject {
    if (!isObject(object)) throw this.endpoint.fail("invalid-answer", "no object where one was asked for");
    if (object["__typename"] !== this.type) throw this.endpoint.fail("invalid-answer", "an object of another type");
    if (this.rows.length >= this.maxRows)
      throw this.endpoint.fail("too-large", `more than ${this.maxRows} rows to look at`);
    if (this.#key.length > 0) {
      const identity = this.#identity(object);
      const before = this.#seen.size;
      if (this.#seen.add(identity).size === before)
        throw this.endpoint.fail("invalid-answer", "an object that comes twice");
    }
    this.rows.push(this.#row(object));
    return object;
  }

  #row(object: JsonObject): Value[] {
    const cells = this.#cells;
    const row = new Array<Value>(cells.length);
    for (let place = 0; place < cells.length; place++) {
      const cell = cells[place];
      if (cell === undefined) continue;
      const value = cell.read(this.valueAt(object, cell.path));
      if (value === undefined) throw this.endpoint.fail("invalid-answer", `a field that is not ${cell.column.type}`);
      row[place] = value;
    }
    return row;
  }

  /** Of one column the value itself, where it is none that has parts. */
  #identity(object: JsonObject): unknown {
    const [only] = this.#key;
    const value = this.#key.length === 1 && only !== undefined ? this.valueAt(object, only) : undefined;
    if (typeof value === "number" || (typeof value === "string" && !value.startsWith("["))) return value;
    return JSON.stringify(this.#key.map((path) => this.valueAt(object, path)));
  }

  /** Null where an object on the way is null. @throws SourceFailure for a field that is missing */
  valueAt(object: JsonObject, path: readonly string[]): unknown {
    let at: unknown = object;
    for (let i = 0; i < path.length; i++) {
      if (at === null) return null;
      const value = isObject(at) ? at[path[i] ?? ""] : undefined;
      // JSON holds no function: it is one that every object inherits, and whose name the field bears.
      if (value === undefined || typeof value === "function")
        throw this.endpoint.fail("invalid-answer", "a field that was asked for is missing");
      at = value;
    }
    return at;
  }
}
