// Ids and cursors as an application comes by them: out of the gateway's earlier answers.
import type { Catalogue, Dataset } from "../../src/catalogue/index.js";
import type { Choose } from "./write-inputs.js";

export interface OrderStepInput {
  readonly field: string;
  readonly direction: "ASC" | "DESC" | null;
}

export interface KnownCursors {
  readonly orderBy: readonly OrderStepInput[];
  readonly cursors: readonly string[];
}

export interface EarlierAnswers {
  /** By dataset. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** By coordinate of the list: `Query.residents`, `Resident.libraryLoans`. */
  readonly cursors: ReadonlyMap<string, readonly KnownCursors[]>;
}

interface Connection {
  readonly edges: readonly { readonly cursor: string; readonly node: Readonly<Record<string, unknown>> }[];
}
type Ask = (query: string) => Promise<Readonly<Record<string, unknown>>>;

const ordersPerList = 6;

/** Asks every list of the town under a few orders. */
export async function askEarlier(catalogue: Catalogue, choose: Choose, ask: Ask): Promise<EarlierAnswers> {
  const ids = new Map<string, string[]>();
  const cursors = new Map<string, KnownCursors[]>();
  const keep = (
    coordinate: string,
    orderBy: readonly OrderStepInput[],
    found: readonly (Connection | null)[],
  ): void => {
    const all = found.flatMap((connection) => connection?.edges.map((edge) => edge.cursor) ?? []);
    const known = cursors.get(coordinate) ?? [];
    if (all.length > 0) cursors.set(coordinate, [...known, { orderBy, cursors: all.slice(0, 30) }]);
  };
  for (const dataset of catalogue.datasets.values()) {
    if (dataset.status !== "SHARED") continue;
    const links = [...dataset.members.values()].filter(
      (member) => member.kind === "link" && member.many && isShared(catalogue, member.target),
    );
    for (let turn = 0; turn < ordersPerList; turn++) {
      const orderBy = turn === 0 ? [] : randomOrder(dataset, choose);
      const below = links.map((link) => {
        const target = link.kind === "link" ? catalogue.datasets.get(link.target) : undefined;
        const order = turn === 0 || target === undefined ? [] : randomOrder(target, choose);
        return { link, order, text: `${link.name}(first: 3${written(order)}) { edges { cursor } }` };
      });
      const data = await ask(
        `{ ${dataset.many}(${choose(2) === 0 ? "first" : "last"}: 20${written(orderBy)}) {
             edges { cursor node { id ${below.map(({ text }) => text).join(" ")} } } } }`,
      );
      const list = data[dataset.many] as Connection;
      keep(`Query.${dataset.many}`, orderBy, [list]);
      const known = list.edges.map(({ node }) => String(node["id"]));
      ids.set(dataset.name, [...new Set([...(ids.get(dataset.name) ?? []), ...known])]);
      for (const { link, order } of below)
        keep(
          link.coordinate,
          order,
          list.edges.map(({ node }) => node[link.name] as Connection | null),
        );
    }
  }
  return { ids, cursors };
}

const isShared = (catalogue: Catalogue, dataset: string): boolean =>
  catalogue.datasets.get(dataset)?.status === "SHARED";

/** One to three steps; the same field may stand twice. */
export function randomOrder(dataset: Dataset, choose: Choose): OrderStepInput[] {
  const fields = [...dataset.members.values()].filter((member) => member.kind === "field");
  return Array.from({ length: 1 + choose(choose(3) + 1) }, () => ({
    field: fields[choose(fields.length)]?.name ?? "",
    direction: ([null, "ASC", "DESC"] as const)[choose(3)] ?? null,
  }));
}

const written = (orderBy: readonly OrderStepInput[]): string =>
  orderBy.length === 0 ? "" : `, orderBy: ${writtenOrder(orderBy)}`;

export const writtenOrder = (orderBy: readonly OrderStepInput[]): string =>
  `[${orderBy.map(({ field, direction }) => `{ field: ${field}${direction === null ? "" : `, direction: ${direction}`} }`).join(", ")}]`;
