// What graphql-js answers: `execute` over the same API schema, with the plainest of resolvers (functions on objects, one
// row and one field at a time). Of src/gateway it knows the seals alone, so that ids and cursors can be compared.
import { execute, GraphQLError, type DocumentNode, type ExecutionResult, type GraphQLSchema } from "graphql";
import type { Catalogue, Dataset, DerivedField } from "../../src/catalogue/index.js";
import type { Seals } from "../../src/gateway/seals.js";
import {
  cellsUnder,
  columnOf,
  compareUnder,
  condition,
  firstUnder,
  turned,
  type OrderStep,
  type Where,
} from "./sql-meaning.js";
import type { TableRow, Tables } from "./tables.js";

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

export interface ListArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly where?: Where | null;
  readonly orderBy?: readonly { readonly field: string; readonly direction: "ASC" | "DESC" }[] | null;
}

type Resolved = Readonly<Record<string, unknown>>;

const coded = (code: string): GraphQLError => new GraphQLError(code, { extensions: { code } });

export class Oracle {
  readonly #root: Resolved;

  constructor(
    readonly catalogue: Catalogue,
    readonly schema: GraphQLSchema,
    readonly tables: Tables,
    readonly seals: Seals,
    private readonly defaultPageSize: number,
  ) {
    this.#root = this.#makeRoot();
  }

  async execute(document: DocumentNode, { variables, operationName }: Operation): Promise<ExecutionResult> {
    return execute({
      schema: this.schema,
      document,
      rootValue: this.#root,
      variableValues: variables,
      operationName,
    });
  }

  get shared(): readonly Dataset[] {
    return [...this.catalogue.datasets.values()].filter((dataset) => dataset.status === "SHARED");
  }

  #makeRoot(): Resolved {
    const root: Record<string, unknown> = {
      node: ({ id }: { id: string }) => {
        const dataset = this.shared.find((each) => this.seals.openId(each, id) !== null);
        return this.#byId(dataset, id);
      },
    };
    for (const dataset of this.shared) {
      root[dataset.one] = ({ id }: { id: string }) => this.#byId(dataset, id);
      root[dataset.many] = (args: ListArguments) =>
        this.#connection(dataset, `Query.${dataset.many}`, this.#table(dataset).rows, args);
    }
    return root;
  }

  #byId(dataset: Dataset | undefined, id: string): Resolved | null {
    const key = dataset === undefined ? null : this.seals.openId(dataset, id);
    if (dataset === undefined || key === null) throw coded("INVALID_ID");
    const [row] = this.#table(dataset).find(keyColumns(dataset), key);
    return row === undefined ? null : this.#object(dataset, row);
  }

  #object(dataset: Dataset, row: TableRow): Resolved {
    const made: Record<string, unknown> = {
      __typename: dataset.name,
      id: () => this.seals.ids(dataset, [keyColumns(dataset).map((column) => row[column] ?? "")])[0],
    };
    for (const member of dataset.members.values()) {
      if (member.kind === "field") {
        made[member.name] = row[member.column.name];
        continue;
      }
      if (member.kind === "derived") {
        made[member.name] = derivedOf(member, row);
        continue;
      }
      const target = this.catalogue.datasets.get(member.target);
      if (target === undefined || target.status !== "SHARED") continue;
      const linked = (): readonly TableRow[] =>
        this.#table(target).find(
          member.on.map((pair) => pair.to.name),
          member.on.map((pair) => row[pair.from.name] ?? null),
        );
      made[member.name] = member.many
        ? (args: ListArguments) => this.#connection(target, member.coordinate, linked(), args)
        : () => this.#first(target, linked());
    }
    return made;
  }

  /** Where a to-one link meets several rows: the first by their own key. */
  #first(dataset: Dataset, rows: readonly TableRow[]): Resolved | null {
    const [row] = firstUnder(orderOf(dataset, []), rows, 1);
    return row === undefined ? null : this.#object(dataset, row);
  }

  #connection(dataset: Dataset, coordinate: string, rows: readonly TableRow[], args: ListArguments): Resolved | null {
    const order = orderOf(dataset, args.orderBy ?? []);
    const sealed = sealedOrder(dataset, order);
    const cursor = args.after ?? args.before ?? null;
    const position = cursor === null ? null : this.seals.openCursor(coordinate, sealed, cursor);
    if (cursor !== null && position === null) throw coded("INVALID_CURSOR");
    const meets = condition(dataset, args.where ?? {});
    const matching = rows.filter((row) => meets(row) === true);
    const backward = typeof args.last === "number";
    const eligible = matching.filter((row) => {
      if (position === null) return true;
      const sign = compareUnder(order, row, position);
      return backward ? sign < 0 : sign > 0;
    });
    const size = args.last ?? args.first ?? this.defaultPageSize;
    const page = backward ? firstUnder(turned(order), eligible, size).reverse() : firstUnder(order, eligible, size);
    const more = eligible.length > page.length;
    const cursorOf = (row: TableRow | undefined): string | null =>
      row === undefined ? null : (this.seals.cursors(coordinate, sealed, [cellsUnder(order, row)])[0] ?? null);
    return {
      nodes: () => page.map((row) => this.#object(dataset, row)),
      edges: () => page.map((row) => ({ cursor: () => cursorOf(row), node: () => this.#object(dataset, row) })),
      pageInfo: {
        hasNextPage: backward ? position !== null : more,
        hasPreviousPage: backward ? more : position !== null,
        startCursor: () => cursorOf(page[0]),
        endCursor: () => cursorOf(page.at(-1)),
      },
      totalCount: matching.length,
    };
  }

  #table(dataset: Dataset) {
    const table = this.tables.get(dataset.name);
    if (table === undefined) throw new Error(`no table of ${dataset.name}`);
    return table;
  }
}

const keyColumns = (dataset: Dataset): string[] => dataset.key.map((field) => field.column.name);

/** A column counts where it stands first; the dataset's key ends the order. */
function orderOf(dataset: Dataset, orderBy: NonNullable<ListArguments["orderBy"]>): readonly OrderStep[] {
  const steps = orderBy.map(({ field, direction }): OrderStep => {
    return { column: columnOf(dataset, field), direction: direction === "DESC" ? "desc" : "asc" };
  });
  const whole = [...steps, ...keyColumns(dataset).map((column): OrderStep => ({ column, direction: "asc" }))];
  return whole.filter((step, i) => whole.findIndex((other) => other.column === step.column) === i);
}

function sealedOrder(dataset: Dataset, order: readonly OrderStep[]) {
  const fields = [...dataset.members.values()].filter((member) => member.kind === "field");
  return order.map(({ column, direction }) => {
    const found = fields.find((field) => field.column.name === column);
    if (found === undefined) throw new Error(`${dataset.name} has no column ${column}`);
    return { column: found.column, direction };
  });
}

/** Rivemont's one derived field, said once more: the band of the age reached in this calendar year. */
function derivedOf({ form, from }: DerivedField, row: TableRow): string | null {
  const born = row[from.column.name] ?? null;
  if (form.kind !== "age-band") throw new Error("this oracle knows age bands alone");
  if (typeof born !== "string") return null;
  const year = new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Paris" }).slice(0, 4);
  const age = Number(year) - Number(born.slice(0, 4));
  const first = Math.floor(age / form.years) * form.years;
  return `${first}-${first + form.years - 1}`;
}
