// Law 14 over services that lie: nothing leaves that an honest service would not have sent, only the fields of the one that
// lies suffer, and the entry says what left.
import { Kind as Node, parse, type FieldNode, type SelectionNode } from "graphql";
import { expect } from "vitest";
import { somebody } from "../../sources/hostile-answers.js";
import { leaves } from "../faults.law.js";
import type { Resolved, LawsGateway } from "../laws-gateway.js";
import type { MapDataset } from "../map.js";
import { map, type Policy } from "../policy.js";
import { checkRowsAndPeople, explained } from "../shared.law.js";
import { Walk } from "../expected.js";
import type { Kind, Layout } from "./mixed-town.js";

type Reply = Awaited<ReturnType<LawsGateway["ask"]>>;
type Values = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly policy: Policy;
  readonly key: string | null;
  readonly query: string;
  readonly resolved: Resolved;
}

/** Datasets that lie in services of this kind. */
const inKind = (layout: Layout, kind: Kind) => (dataset: MapDataset) => layout[dataset.table as keyof Layout] === kind;

/** @returns codes of the answer that was lied to */
export async function checkLied(
  town: LawsGateway,
  { policy, key, query, resolved }: Asked,
  replies: { readonly honest: Reply; readonly lied: Reply },
  kind: Kind,
): Promise<void> {
  const { honest, lied } = replies;
  const lying = inKind(town.mixed?.layout ?? never, kind);
  await explained(
    { kind, key, query, variables: resolved.variables, honest: honest.text, lied: lied.text },
    async () => {
      expect(lied.status).toBe(honest.status);
      expect(lied.text + JSON.stringify(lied.headers)).not.toContain(somebody.slice(0, 13));
      const known = leaves(honest.body.data);
      expect([...leaves(lied.body.data)].filter((leaf) => !known.has(leaf))).toEqual([]);
      const answered = new Answered(query, lying);
      expect(answered.others(lied.body.data ?? {})).toEqual(answered.others(honest.body.data ?? {}));
      checkErrors(honest, lied, answered);
      await checkEntryFits(town, policy, key, lied, new Walk(query, resolved.variables, town.reference(key), resolved.handles), lying, kind); // prettier-ignore
    },
  );
}

const never = {
  person: "files",
  house: "files",
  account: "files",
  payment: "files",
  place: "files",
  secret: "files",
} as const;

/** What is new among the errors is of the service that lied, at a field of its datasets. */
function checkErrors(honest: Reply, lied: Reply, answered: Answered): void {
  const before = new Set((honest.body.errors ?? []).map((error) => JSON.stringify(error)));
  for (const error of lied.body.errors ?? []) {
    if (before.has(JSON.stringify(error))) continue;
    expect(["SOURCE_UNAVAILABLE", "PAGE_NOT_AVAILABLE"]).toContain(error.extensions["code"]);
    const rest = error.extensions["selection"];
    const path = [...(error.path ?? []), ...(typeof rest === "string" ? rest.split(".") : [])];
    expect([path, answered.leadsToLiar(path.filter((part) => typeof part === "string"))]).toEqual([path, true]);
  }
}

/** Law 5: cells by coordinate as they stand in the answer; of the liar's own links and counts only that there are no more. */
async function checkEntryFits(
  town: LawsGateway,
  policy: Policy,
  key: string | null,
  reply: Reply,
  walk: Walk,
  lying: (dataset: MapDataset) => boolean,
  kind: Kind,
): Promise<void> {
  const entry = await town.entryOf(reply);
  expect(entry?.intact).toBe(true);
  if (entry === null) return;
  const left = walk.left(reply.body.data ?? {});
  const sure = (at: string): boolean => {
    const [name = "", member = ""] = at.split(".");
    const found = map.get(name)?.members.get(member);
    const target = found?.kind === "link" ? map.get(found.target) : undefined;
    if (target !== undefined) return !lying(target);
    const own = map.get(name);
    return own === undefined || !lying(own) || (left.cells.get(at) ?? 0) > 0;
  };
  const counted = (cells: Iterable<readonly [string, number]>): object =>
    Object.fromEntries([...cells].filter(([at]) => sure(at) && !/\.(totalCount|pageInfo)$/.test(at)));
  const said = entry.body.fields.map(({ coordinate, cells }) => [coordinate, cells] as const);
  expect(counted(said)).toEqual(counted(left.cells));
  expect(entry.body.sources.filter(({ source }) => source !== kind)).toEqual([]);
  expect(entry.canonical).not.toContain(somebody.slice(0, 13));
  checkRowsAndPeople(town, key, policy, entry, left);
}

/** An answer, read by the operation that it answers. */
class Answered {
  readonly #fragments = new Map<string, readonly SelectionNode[]>();
  readonly #root: SelectionNode[] = [];

  constructor(
    query: string,
    readonly lying: (dataset: MapDataset) => boolean,
  ) {
    for (const one of parse(query).definitions) {
      if (one.kind === Node.FRAGMENT_DEFINITION) this.#fragments.set(one.name.value, one.selectionSet.selections);
      if (one.kind === Node.OPERATION_DEFINITION) this.#root.push(...one.selectionSet.selections);
    }
  }

  /** The answer without what lies at or below a field of the liar's datasets. */
  others(data: Values): unknown {
    return this.#object(data, this.#root, null);
  }

  /** @param path response keys from the root */
  leadsToLiar(path: readonly string[]): boolean {
    let [selections, dataset]: [readonly SelectionNode[], MapDataset | null] = [this.#root, null];
    for (const key of path) {
      const nodes = this.#at(selections, key);
      dataset = this.#target(nodes, dataset) ?? dataset;
      if (dataset !== null && this.lying(dataset)) return true;
      selections = nodes.flatMap((node) => node.selectionSet?.selections ?? []);
    }
    return false;
  }

  #at(selections: readonly SelectionNode[], key: string): FieldNode[] {
    return selections.flatMap((node): FieldNode[] => {
      if (node.kind === Node.FIELD) return (node.alias?.value ?? node.name.value) === key ? [node] : [];
      const inner =
        node.kind === Node.FRAGMENT_SPREAD ? this.#fragments.get(node.name.value) : node.selectionSet.selections;
      return this.#at(inner ?? [], key);
    });
  }

  /** Where a field leads; null where it is no list and no link. */
  #target([node]: readonly FieldNode[], dataset: MapDataset | null): MapDataset | null {
    const name = node?.name.value ?? "";
    if (dataset === null) {
      if (name === "node") return this.#ofNode(node);
      return [...map.values()].find(({ one, many }) => one === name || many === name) ?? null;
    }
    const member = dataset.members.get(name);
    return member?.kind === "link" ? (map.get(member.target) ?? null) : null;
  }

  /** `node(id:) { ... on Place { … } }`: some dataset that it may be, the liar's before others. */
  #ofNode(node: FieldNode | undefined): MapDataset | null {
    const conditions = (node?.selectionSet?.selections ?? []).flatMap((one) =>
      one.kind === Node.INLINE_FRAGMENT ? (map.get(one.typeCondition?.name.value ?? "") ?? []) : [],
    );
    return conditions.find((dataset) => this.lying(dataset)) ?? conditions[0] ?? null;
  }

  #object(value: Values, selections: readonly SelectionNode[], dataset: MapDataset | null): object {
    const kept = Object.entries(value).flatMap(([key, each]): [string, unknown][] => {
      const nodes = this.#at(selections, key);
      const target = this.#target(nodes, dataset);
      // What a forged or foreign `node` is, only the id says.
      if (dataset === null && nodes[0]?.name.value === "node") return [];
      if (target !== null && this.lying(target)) return [];
      const below = nodes.flatMap((node) => node.selectionSet?.selections ?? []);
      return [[key, this.#value(each, below, target ?? dataset)]];
    });
    return Object.fromEntries(kept);
  }

  #value(value: unknown, selections: readonly SelectionNode[], dataset: MapDataset | null): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#value(each, selections, dataset));
    return typeof value === "object" && value !== null ? this.#object(value as Values, selections, dataset) : value;
  }
}
