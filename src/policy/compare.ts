// What one version decides otherwise than another, for one agreement. Pure; said once per coordinate.
import type { Coordinate } from "../terms/index.js";
import type { Decision, Grant } from "./grant.js";

/** opening: more leaves than before. narrowing: less does. A form that shows other things, not fewer, is both. */
export type Direction = "opening" | "narrowing";

export interface DecisionChange {
  readonly coordinate: Coordinate;
  /** `changes`: shared before and after, in another form (mask) or for other rows. */
  readonly kind: "gains" | "loses" | "changes";
  /** Null where the version does not decide on it: the coordinate or its dataset is not SHARED there. */
  readonly before: Decision | null;
  readonly after: Decision | null;
  /** One or both; never none. */
  readonly directions: readonly Direction[];
}

/**
 * Every coordinate on which two grants of one agreement differ in what leaves: shared or not, which rows, which mask.
 * A rule that moved to another line, or a refusal for another reason, changes nothing that leaves. By coordinate.
 * @param before null: no version was in force, so nothing was shared
 */
export function compareGrants(
  before: Pick<Grant, "decisions"> | null,
  after: Pick<Grant, "decisions"> | null,
): DecisionChange[] {
  const [old, young] = [before?.decisions, after?.decisions];
  const coordinates = new Set([...(old?.keys() ?? []), ...(young?.keys() ?? [])]);
  return [...coordinates].sort().flatMap((coordinate) => {
    const change = compare(coordinate, old?.get(coordinate) ?? null, young?.get(coordinate) ?? null);
    return change === null ? [] : [change];
  });
}

function compare(coordinate: Coordinate, before: Decision | null, after: Decision | null): DecisionChange | null {
  const [was, is] = [before?.shared === true ? before : null, after?.shared === true ? after : null];
  if (was === null && is === null) return null;
  if (was === null) return { coordinate, kind: "gains", before, after, directions: ["opening"] };
  if (is === null) return { coordinate, kind: "loses", before, after, directions: ["narrowing"] };
  const moved = [step(was.mask, is.mask, masks), step(was.rows, is.rows, rows)];
  const directions = (["opening", "narrowing"] as const).filter((direction) => moved.flat().includes(direction));
  return directions.length === 0 ? null : { coordinate, kind: "changes", before, after, directions };
}

/** The first shows most. A form that is not listed shows other things than any but the first. */
const masks = ["-", "year", "redact"] as const;
const rows = ["all"] as const;

function step(was: string, is: string, order: readonly string[]): readonly Direction[] {
  if (was === is) return [];
  const [from, to] = [order.indexOf(was), order.indexOf(is)];
  // Whole cells, and all rows, show more than any other form, whatever forms there will be.
  if (to === 0 || (to > 0 && from > to)) return ["opening"];
  if (from === 0 || (from > 0 && to > from)) return ["narrowing"];
  return ["opening", "narrowing"];
}
