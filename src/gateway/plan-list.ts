// The arguments of a list: how many, from where, which, in what order.
import type { FieldNode } from "graphql";
import type { Dataset } from "../catalogue/index.js";
import type { Coordinate } from "../terms/index.js";
import { planOrder, planWhere } from "./plan-where.js";
import type { PlanBuilder } from "./plan-builder.js";
import { turned, type ListRequest } from "./plan.js";
import { badInput, limitExceeded } from "./refusals.js";

type Arguments = Readonly<Record<string, unknown>>;

/** @returns "invalid-cursor" for a cursor that was not given to this agreement for this list. */
export function planList(
  builder: PlanBuilder,
  node: FieldNode,
  dataset: Dataset,
  coordinate: Coordinate,
  args: Arguments,
): ListRequest | "invalid-cursor" {
  const used = new Set<Coordinate>();
  const weigh = (units: number): void => builder.addComparing(units, node);
  const input = { dataset, view: builder.view, node, refused: builder.refusedInputs, used, weigh };
  const filter = isRecord(args["where"]) ? planWhere(input, args["where"]) : null;
  const order = planOrder(input, (args["orderBy"] ?? []) as readonly Arguments[]);
  const { limit, usual, reverse, cursor } = pageOf(builder, node, args);
  const after = cursor === null ? null : builder.seals.openCursor(coordinate, order, cursor.text);
  const late = cursor === null ? null : builder.lateArgument(node, cursor.argument);
  if (cursor !== null && after === null) {
    if (late !== null) builder.reusable = false;
    return "invalid-cursor";
  }
  return {
    used: [...used].sort(),
    limit,
    usual,
    reverse,
    filter,
    order: reverse ? order.map(turned) : order,
    after,
    late,
  };
}

interface PageOf {
  readonly limit: number;
  readonly usual: boolean;
  readonly reverse: boolean;
  readonly cursor: { readonly argument: "after" | "before"; readonly text: string } | null;
}

function pageOf(builder: PlanBuilder, node: FieldNode, args: Arguments): PageOf {
  const first = numberOrNull(args["first"]);
  const last = numberOrNull(args["last"]);
  const after = stringOrNull(args["after"]);
  const before = stringOrNull(args["before"]);
  if ((first !== null || after !== null) && (last !== null || before !== null))
    throw badInput("Page forward with `first` and `after`, or backward with `last` and `before`, not both.", [node]);
  if (before !== null && last === null) throw badInput("`before` goes with `last`.", [node]);
  const limit = first ?? last ?? builder.limits.defaultPageSize;
  if (limit < 0) throw badInput("`first` and `last` are 0 or more.", [node]);
  if (limit > builder.limits.pageSize)
    throw limitExceeded(`Rows of \`${node.name.value}\``, limit, builder.limits.pageSize, [node]);
  return { limit, usual: first === null && last === null, reverse: last !== null, cursor: cursorOf(after, before) };
}

function cursorOf(after: string | null, before: string | null): PageOf["cursor"] {
  if (after !== null) return { argument: "after", text: after };
  return before === null ? null : { argument: "before", text: before };
}

const numberOrNull = (value: unknown): number | null => (typeof value === "number" ? value : null);
const stringOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
const isRecord = (value: unknown): value is Arguments => typeof value === "object" && value !== null;
