// What a file holds: cells typed when a column is first asked for, rows sorted and indexed when first needed so. All of
// it is thrown away together when the file has changed.
import type { ScalarType, Row, Value } from "../../terms/index.js";
import { filterColumns } from "../filter-truth.js";
import { picker } from "../row-order.js";
import { byKeysAtHand, countAtHand, pageAtHand, type RowsAtHand, sortedAtHand } from "../rows-at-hand.js";
import type { ByKeysRequest, Column, CountRequest, Order, PageRequest } from "../source.js";
import { expected, readCell, type Reading } from "./read-cell.js";
import type { FileForm } from "./settings.js";
import { type Fault, FaultyFile, mostFaults, notScalar, type RawCell, RawGeometry, type Table } from "./table.js";

/** Of each kind of index: what one schema asks is fewer; beyond, the oldest goes. */
const mostIndexes = 16;
const mostHands = 4;

/** Rows under one type for each column. Two datasets may read the same column of a file under different types. */
interface Hand extends RowsAtHand {
  readonly columns: Column[];
  readonly rows: Value[][];
  readonly sorted: Map<string, readonly Row[]>;
  readonly byKey: Map<string, ReadonlyMap<string, readonly Row[]>>;
}

export class Content {
  private hands: Hand[] = [];
  private readonly reading: Reading;

  constructor(
    private readonly table: Table,
    form: FileForm,
  ) {
    this.reading = { ...form.dialect, everyType: form.format === "csv" };
  }

  /** @throws FaultyFile where a column asked for is missing, or has a cell of another type */
  page(request: PageRequest): readonly Row[] {
    const hand = this.handOf([...request.columns, ...columnsOf(request)]);
    return pageAtHand({ columns: hand.columns, rows: this.sorted(hand, request.order) }, request);
  }

  /** @throws FaultyFile, as `page` */
  byKeys(request: ByKeysRequest): readonly Row[] {
    const hand = this.handOf([...request.columns, ...request.match, ...columnsOf(request)]);
    const index = this.byKey(hand, request.match);
    const rows = request.keys.flatMap((key) => index.get(JSON.stringify(key)) ?? []);
    return byKeysAtHand({ columns: hand.columns, rows }, request);
  }

  /** @throws FaultyFile, as `page` */
  count(request: CountRequest): number {
    if (request.filter === null) return this.table.rowCount;
    return countAtHand(this.handOf(filterColumns(request.filter)), request);
  }

  /** Each column with what stands in it: `text`, `number`, `boolean`, `date`, `list`, or several of them. */
  describe(): ReadonlyMap<string, string> {
    return new Map([...this.table.columns].map(([name, cells]) => [name, [...new Set(cells.map(kindOf))].filter((kind) => kind !== null).sort().join(" or ") || "empty"])); // prettier-ignore
  }

  /** Every column that was asked for, under every type: a file that takes this one's place must have them too. */
  asked(): readonly Column[] {
    return this.hands.flatMap(({ columns }) => columns);
  }

  /** @throws FaultyFile */
  require(columns: readonly Column[]): void {
    const faults: Fault[] = [];
    for (const column of columns) {
      try {
        this.handOf([column]);
      } catch (error) {
        if (!(error instanceof FaultyFile)) throw error;
        faults.push(...error.faults);
      }
    }
    const inFileOrder = faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
    if (faults.length > 0) throw new FaultyFile(inFileOrder.slice(0, mostFaults));
  }

  private handOf(columns: readonly Column[]): Hand {
    const agrees = ({ columns: held }: Hand) =>
      columns.every(({ name, type }) => held.every((other) => other.name !== name || other.type === type));
    const hand = this.hands.find(agrees) ?? this.newHand();
    for (const column of columns) {
      if (hand.columns.some(({ name }) => name === column.name)) continue;
      const cells = this.typed(column);
      for (const [i, row] of hand.rows.entries()) row.push(cells[i] ?? null);
      hand.columns.push(column);
    }
    return hand;
  }

  private newHand(): Hand {
    const rows = Array.from({ length: this.table.rowCount }, (): Value[] => []);
    const hand: Hand = { columns: [], rows, sorted: new Map(), byKey: new Map() };
    this.hands = [...this.hands.slice(1 - mostHands), hand];
    return hand;
  }

  private typed({ name, type }: Column): readonly Value[] {
    const cells = this.table.columns.get(name);
    if (cells === undefined)
      throw new FaultyFile([{ line: 1, column: 1, code: "no-column", message: `there is no column "${name}"` }]);
    const faulty: number[] = [];
    const values = cells.map((cell, row): Value => {
      const value = readCell(type, cell, this.reading);
      if (value === undefined && faulty.length < mostFaults) faulty.push(row);
      return value ?? null;
    });
    if (faulty.length > 0) throw new FaultyFile(faulty.map((row) => this.cellFault(row, name, type)));
    return values;
  }

  private cellFault(row: number, name: string, type: ScalarType): Fault {
    const message = `column "${name}" must be ${type}: ${expected(type, this.reading)}`;
    return { ...this.table.place(row, name), code: "cell", message };
  }

  private sorted(hand: Hand, order: readonly Order[]): readonly Row[] {
    const name = JSON.stringify(order.map(({ column, direction }) => [column.name, direction]));
    return remembered(hand.sorted, name, () => sortedAtHand(hand, order));
  }

  private byKey(hand: Hand, match: readonly Column[]): ReadonlyMap<string, readonly Row[]> {
    const name = JSON.stringify(match.map((column) => column.name));
    return remembered(hand.byKey, name, () => {
      const keyOf = picker(hand.columns, match);
      return Map.groupBy<string, Row>(hand.rows, (row) => JSON.stringify(keyOf(row)));
    });
  }
}

const columnsOf = ({ filter, order }: Pick<PageRequest, "filter" | "order">): readonly Column[] => [
  ...filterColumns(filter),
  ...order.map(({ column }) => column),
];

function remembered<T>(known: Map<string, T>, name: string, make: () => T): T {
  const found = known.get(name) ?? make();
  // What was just used is the youngest again.
  known.delete(name);
  known.set(name, found);
  const [oldest] = known.keys();
  if (known.size > mostIndexes && oldest !== undefined) known.delete(oldest);
  return found;
}

function kindOf(cell: RawCell): string | null {
  if (cell === null) return null;
  if (cell === notScalar) return "list";
  if (cell instanceof Date) return "date";
  if (cell instanceof RawGeometry) return "geometry";
  return typeof cell === "string" ? "text" : typeof cell;
}
