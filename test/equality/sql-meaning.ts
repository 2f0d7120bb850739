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
export function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

const not = (truth: Truth): Truth => (truth === null ? null : !truth);
const some = (truths: readonly Truth[]): Truth => not(all(truths.map(not)));

/** A null member of `where` is no condition. */
export function holds(dataset: Dataset, where: Where, row: TableRow): Truth {
  const parts = Object.entries(where).filter(([, value]) => value !== null && value !== undefined);
  return all(
    parts.map(([name, value]): Truth => {
      if (name === "and") return all((value as Where[]).map((each) => holds(dataset, each, row)));
      if (name === "or") return some((value as Where[]).map((each) => holds(dataset, each, row)));
      if (name === "not") return not(holds(dataset, value as Where, row));
      const cell = cellOf(dataset, name, row);
      return all(Object.entries(value as Where).map(([operator, operand]) => compare(operator, cell, operand)));
    }),
  );
}

function cellOf(dataset: Dataset, name: string, row: TableRow): Cell {
  const member = dataset.members.get(name);
  if (member?.kind !== "field") throw new Error(`${dataset.name} has no field ${name}`);
  return row[member.column.name] ?? null;
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

export function compareCells(a: NonNullable<Cell>, b: NonNullable<Cell>): number {
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

/** Negative where `a` comes first. */
export function compareUnder(order: readonly OrderStep[], a: readonly Cell[], b: readonly Cell[]): number {
  for (const [i, { direction }] of order.entries()) {
    const [x, y] = [a[i] ?? null, b[i] ?? null];
    const sign = x === null || y === null ? Number(x === null) - Number(y === null) : compareCells(x, y);
    if (sign !== 0) return direction === "asc" ? sign : -sign;
  }
  return 0;
}

export const cellsUnder = (order: readonly OrderStep[], row: TableRow): Cell[] =>
  order.map(({ column }) => row[column] ?? null);
