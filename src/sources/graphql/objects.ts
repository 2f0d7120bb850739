// Objects of an answer → rows: of the type that was asked for, with the fields that were asked for, none twice.
import type { Row } from "../../terms/index.js";
import { jsonCell } from "../json-cell.js";
import type { Column } from "../source.js";
import { pathOf, selection } from "./document.js";
import { type Endpoint, isObject, type JsonObject } from "./endpoint.js";

export class ObjectReader {
  readonly #cells: readonly { readonly column: Column; readonly path: readonly string[] }[];
  readonly #key: readonly (readonly string[])[];
  readonly #paths: readonly (readonly string[])[];
  readonly #seen = new Set<unknown>();
  readonly rows: Row[] = [];

  /** @throws UnaskableName */
  constructor(
    private readonly endpoint: Endpoint,
    private readonly type: string,
    columns: readonly Column[],
    /** Told apart by it. Empty: not to be read, so that doubles cannot be told. */
    key: readonly string[],
    private readonly maxRows: number,
  ) {
    this.#cells = columns.map((column) => ({ column, path: pathOf(column.name) }));
    this.#key = key.map(pathOf);
    this.#paths = [...this.#cells.map(({ path }) => path), ...this.#key];
  }

  /** What stands in the operation for these objects. */
  get selection(): string {
    return `__typename ${selection(this.#paths)}`.trimEnd();
  }

  /** @throws SourceFailure */
  add(object: unknown): JsonObject {
    if (!isObject(object)) throw this.endpoint.fail("invalid-answer", "no object where one was asked for");
    if (object["__typename"] !== this.type) throw this.endpoint.fail("invalid-answer", "an object of another type");
    if (this.rows.length >= this.maxRows)
      throw this.endpoint.fail("too-large", `more than ${this.maxRows} rows to look at`);
    if (this.#key.length > 0) {
      const identity = this.#identity(object);
      if (this.#seen.has(identity)) throw this.endpoint.fail("invalid-answer", "an object that comes twice");
      this.#seen.add(identity);
    }
    this.rows.push(this.#cells.map(({ column, path }) => this.#cell(column, this.valueAt(object, path))));
    return object;
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
    for (const name of path) {
      if (at === null) return null;
      if (!isObject(at) || !Object.hasOwn(at, name))
        throw this.endpoint.fail("invalid-answer", "a field that was asked for is missing");
      at = at[name];
    }
    return at;
  }

  #cell({ type }: Column, json: unknown) {
    const value = jsonCell(type, json);
    if (value === undefined) throw this.endpoint.fail("invalid-answer", `a field that is not ${type}`);
    return value;
  }
}
