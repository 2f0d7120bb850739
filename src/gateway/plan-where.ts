// `where` and `orderBy` as coerced by graphql-js → the sources' filter and order; refused inputs are collected (law 2).
import type { FieldNode } from "graphql";
import type { Dataset, Field } from "../catalogue/index.js";
import type { Filter, Order } from "../sources/index.js";
import { geometryOf, isLatitude, isLongitude, type Coordinate, type Value } from "../terms/index.js";
import type { AccessView } from "./access-view.js";
import { badInput, limitExceeded, type RefusedInput } from "./refusals.js";

const MAX_COMPARISONS = 100;
const MAX_NESTING = 10;
const MAX_IN = 1_000;

type Where = Readonly<Record<string, unknown>>;

export interface InputContext {
  readonly dataset: Dataset;
  readonly view: AccessView;
  readonly node: FieldNode;
  /** Filled with every input that is not shared, so that they are all named at once. */
  readonly refused: RefusedInput[];
  /** Filled with every field that rows are chosen or sorted by: they tell of it, so it is on record. */
  readonly used: Set<Coordinate>;
  /** Counts what comparing one row takes against the operation's bound. */
  readonly weigh: (units: number) => void;
}

/**
 * What comparing one row takes, in about the time for one edge of an area (some nanoseconds): it is done here, for every
 * row of a service that does not filter by itself, and meanwhile nobody else is answered (law 13).
 */
const weights = { comparison: 5, place: 50, firstPlace: 450 } as const;
const placed: ReadonlySet<string> = new Set(["near", "within"]);

export function planWhere(context: InputContext, where: Where): Filter | null {
  let comparisons = 0;
  let places = 0;

  const field = (name: string, operators: Where): Filter[] => {
    const member = context.dataset.members.get(name);
    if (member?.kind !== "field") throw badInput(`"${name}" cannot be filtered on.`, [context.node]);
    if (!allow(context, member)) return [];
    return Object.entries(operators).flatMap(([operator, value]) => {
      if (++comparisons > MAX_COMPARISONS)
        throw limitExceeded("Comparisons in `where`", comparisons, MAX_COMPARISONS, [context.node]);
      // To compare a place its text is read first: once for each row, whatever is asked of it.
      if (placed.has(operator)) context.weigh(weights.place + (++places === 1 ? weights.firstPlace : 0));
      context.weigh(weights.comparison);
      return [comparison(context, member, operator, value)];
    });
  };

  const all = (part: Where, nesting: number): Filter[] => {
    if (nesting > MAX_NESTING) throw limitExceeded("Nesting of `where`", nesting, MAX_NESTING, [context.node]);
    return Object.entries(part).flatMap(([name, value]): Filter[] => {
      if (value === null || value === undefined) return noteIgnored(context, name);
      if (name === "and") return (value as Where[]).flatMap((each) => all(each, nesting + 1));
      if (name === "or")
        return [{ op: "or", filters: (value as Where[]).map((each) => together(all(each, nesting + 1))) }];
      if (name === "not") return [{ op: "not", filter: together(all(value as Where, nesting + 1)) }];
      return field(name, value as Where);
    });
  };

  const filters = all(where, 1);
  return filters.length === 0 ? null : together(filters);
}

const together = (filters: readonly Filter[]): Filter => {
  const [only] = filters;
  return only !== undefined && filters.length === 1 ? only : { op: "and", filters };
};

/** `where: { email: null }` filters nothing, but a refused name is refused however it is used. */
function noteIgnored(context: InputContext, name: string): [] {
  const member = context.dataset.members.get(name);
  if (member?.kind === "field") allow(context, member);
  return [];
}

function comparison(context: InputContext, field: Field, operator: string, value: unknown): Filter {
  const column = field.column;
  const name = `${context.dataset.name}.${field.name}`;
  if (value === null || value === undefined)
    throw badInput(`\`${operator}\` on ${name} takes a value; to look for empty cells use \`isNull\`.`, [context.node]);
  switch (operator) {
    case "isNull":
      return { op: "isNull", column, value: value === true };
    case "in": {
      const values = value as unknown[];
      if (values.length > MAX_IN)
        throw limitExceeded(`Values in \`in\` on ${name}`, values.length, MAX_IN, [context.node]);
      return { op: "in", column, values: values.map((each) => canonical(context, field, each)) };
    }
    case "near":
      return near(context, field, value as Where);
    case "within":
      return within(context, field, value);
    case "startsWith":
      return { op: "startsWith", column, value: String(canonical(context, field, value)) };
    case "eq":
    case "ne":
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return { op: operator, column, value: canonical(context, field, value) };
    default:
      throw badInput(`"${operator}" is no comparison on ${name}.`, [context.node]);
  }
}

function near({ node }: InputContext, { column, coordinate }: Field, given: Where): Filter {
  const [longitude, latitude, maxDistance] = ["longitude", "latitude", "maxDistance"].map((name) =>
    Number(given[name]),
  );
  if (longitude === undefined || latitude === undefined || !isLongitude(longitude) || !isLatitude(latitude))
    throw badInput(`\`near\` on ${coordinate}: longitude is -180 to 180, latitude is -90 to 90.`, [node]);
  if (maxDistance === undefined || !(maxDistance >= 0 && Number.isFinite(maxDistance)))
    throw badInput(`\`near\` on ${coordinate}: maxDistance is 0 or more, in metres.`, [node]);
  return { op: "near", column, position: [longitude, latitude], maxDistance };
}

/** The scalar GeoJSON has checked that it is a geometry, bounded; here it must be an area. */
function within({ node, weigh }: InputContext, { column, coordinate }: Field, value: unknown): Filter {
  const area = geometryOf(String(value));
  if (area.type !== "Polygon" && area.type !== "MultiPolygon")
    throw badInput(`\`within\` on ${coordinate} takes a Polygon or a MultiPolygon.`, [node]);
  weigh((area.type === "Polygon" ? area.coordinates : area.coordinates.flat()).flat().length);
  return { op: "within", column, area };
}

/** A coerced input in the form that values travel in (terms/values.ts). */
function canonical(context: InputContext, field: Field, value: unknown): NonNullable<Value> {
  if (value instanceof Date)
    return field.column.type === "Date" ? value.toISOString().slice(0, 10) : value.toISOString();
  if (typeof value === "number" && !Number.isFinite(value))
    throw badInput(`A number compared with ${field.coordinate} is too large.`, [context.node]);
  if (typeof value === "string" && (value.includes("\u0000") || !value.isWellFormed()))
    throw badInput(
      `A text compared with ${field.coordinate} holds a NUL or half a character, as no text of ours does.`,
      [context.node],
    );
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw badInput(`${field.coordinate} cannot be compared with this.`, [context.node]);
}

/** @returns the dataset's own order at the end, so that no two rows are equal under it. */
export function planOrder(context: InputContext, orderBy: readonly Where[]): Order[] {
  const order: Order[] = [];
  const add = (field: Field, direction: "asc" | "desc"): void => {
    if (!order.some((each) => each.column.name === field.column.name)) order.push({ column: field.column, direction });
  };
  for (const item of orderBy) {
    const member = context.dataset.members.get(String(item["field"]));
    if (member?.kind !== "field" || member.column.type === "GeoJSON")
      throw badInput("`orderBy` names no field.", [context.node]);
    if (allow(context, member)) add(member, item["direction"] === "DESC" ? "desc" : "asc");
  }
  for (const field of context.dataset.key) add(field, "asc");
  return order;
}

function allow(context: InputContext, field: Field): boolean {
  if (context.view.usable(field.coordinate)) {
    context.used.add(field.coordinate);
    return true;
  }
  if (!context.refused.some((each) => each.coordinate === field.coordinate))
    context.refused.push(refusedInput(context, field.coordinate));
  return false;
}

function refusedInput({ view, node }: InputContext, coordinate: Coordinate): RefusedInput {
  const decision = view.decision(coordinate);
  const rule = decision.rule === null ? null : `${decision.rule.file}:${decision.rule.line}`;
  // Shared but masked, or open on some visible rows only: selected it may be, filtered on not.
  const reason = !decision.shared ? decision.reason : decision.mask === "-" ? "not-visible" : "masked";
  return { coordinate, reason, rule, node };
}
