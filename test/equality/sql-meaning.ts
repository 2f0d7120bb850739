// What SQL means by `where` and `orderBy`, written down plainly: three truth values, nulls last in ASC, texts by code point.
import type { Dataset } from "../../src/catalogue/index.js";
import type { Cell, TableRow } from "./tables.js";

export type Truth = boolean | null;
export type Where = Readonly<Record<string, unknown>>;

export interface OrderStep {
  readonly column: string;
  readonly direction: "asc" | "desc";
}

/** Kleene's AND. */
function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

const not = (truth: Truth): Truth => (truth === null ? null : !truth);
const some = (truths: readonly Truth[]): Truth => not(all(truths.map(not)));

/** What `where` says of a row. A null member is no condition. */
export function condition(dataset: Dataset, where: Where): (row: TableRow) => Truth {
  const given = Object.entries(where).filter(([, value]) => value !== null && value !== undefined);
  const parts = given.map(([name, value]): ((row: TableRow) => Truth) => {
    if (name === "not") {
      const inner = condition(dataset, value as Where);
      return (row) => not(inner(row));
    }
    if (name === "and" || name === "or") {
      const inner = (value as Where[]).map((each) => condition(dataset, each));
      return (row) => (name === "and" ? all : some)(inner.map((each) => each(row)));
    }
    const column = columnOf(dataset, name);
    const operators = Object.entries(value as Where);
    return (row) => all(operators.map(([operator, operand]) => compare(operator, row[column] ?? null, operand)));
  });
  return (row) => all(parts.map((part) => part(row)));
}

export function columnOf(dataset: Dataset, field: string): string {
  const member = dataset.members.get(field);
  if (member?.kind !== "field") throw new Error(`${dataset.name} has no field ${field}`);
  return member.column.name;
}

function compare(operator: string, cell: Cell, operand: unknown): Truth {
  if (operator === "isNull") return (cell === null) === operand;
  if (operator === "in") return some((operand as Cell[]).map((value) => (cell === null ? null : cell === value)));
  if (cell === null) return null;
  if (operator === "startsWith") return String(cell).startsWith(String(operand));
  const sign = compareCells(cell, operand as NonNullable<Cell>);
  switch (operator) {
    case "eq":
      return sign === 0;
    case "ne":
      return sign !== 0;
    case "lt":
      return sign < 0;
    case "lte":
      return sign <= 0;
    case "gt":
      return sign > 0;
    case "gte":
      return sign >= 0;
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

function compareCells(a: NonNullable<Cell>, b: NonNullable<Cell>): number {
  if (typeof a === "string" && typeof b === "string") return compareTexts(a, b);
  return Number(a) - Number(b);
}

/** By code point, as the collations C and C.UTF-8 do; JavaScript's `<` has characters beyond U+FFFF before U+E000. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at === length ? a.length - b.length : standing(a.charCodeAt(at)) - standing(b.charCodeAt(at));
}

const standing = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

/** Negative where the row stands before a position: the cells of the order's columns. */
export function compareUnder(order: readonly OrderStep[], row: TableRow, position: readonly Cell[]): number {
  for (const [i, { column, direction }] of order.entries()) {
    const [x, y] = [row[column] ?? null, position[i] ?? null];
    const sign = x === null || y === null ? Number(x === null) - Number(y === null) : compareCells(x, y);
    if (sign !== 0) return direction === "asc" ? sign : -sign;
  }
  return 0;
}

export const cellsUnder = (order: readonly OrderStep[], row: TableRow): Cell[] =>
  order.map(({ column }) => row[column] ?? null);

/** The first so many rows in order. */
export function firstUnder(order: readonly OrderStep[], rows: readonly TableRow[], size: number): TableRow[] {
  const first: { readonly row: TableRow; readonly cells: readonly Cell[] }[] = [];
  for (const row of rows) {
    const last = first[size - 1];
    if (size === 0 || (last !== undefined && compareUnder(order, row, last.cells) >= 0)) continue;
    const at = first.findIndex(({ cells }) => compareUnder(order, row, cells) < 0);
    first.splice(at < 0 ? first.length : at, 0, { row, cells: cellsUnder(order, row) });
    first.length = Math.min(first.length, size);
  }
  return first.map(({ row }) => row);
}

export const turned = (order: readonly OrderStep[]): OrderStep[] =>
  order.map(({ column, direction }) => ({ column, direction: direction === "asc" ? "desc" : "asc" }));
