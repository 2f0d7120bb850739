// What one version decides otherwise than another, for one agreement. Pure; said once per coordinate.
import type { Coordinate } from "../terms/index.js";
import type { Decision, Grant, Mask, RowFilter, RowRule } from "./grant.js";
import { maskParts } from "./masks.js";
import { openedForm } from "./opened-form.js";

/** opening: more leaves than before. narrowing: less does. A form that shows other things, not fewer, is both. */
export type Direction = "opening" | "narrowing";

export interface DecisionChange {
  readonly coordinate: Coordinate;
  /** `changes`: open before and after, in another form (mask) or for other rows. Statistics alone are a form too. */
  readonly kind: "gains" | "loses" | "changes";
  /** Null where the version does not decide on it: the coordinate or its dataset is not SHARED there. */
  readonly before: Decision | null;
  readonly after: Decision | null;
  /** The filters that the two decisions name; null: none. */
  readonly filters: { readonly before: RowFilter | null; readonly after: RowFilter | null };
  /** One or both; never none. */
  readonly directions: readonly Direction[];
}

type Compared = Pick<Grant, "decisions" | "filters">;

/**
 * Every coordinate on which two grants of one agreement differ in what leaves: shared or not, which rows, which mask.
 * A rule that moved to another line, or a refusal for another reason, changes nothing that leaves. By coordinate.
 * @param before null: no version was in force, so nothing was shared
 */
export function compareGrants(before: Compared | null, after: Compared | null): DecisionChange[] {
  const [old, young] = [before?.decisions, after?.decisions];
  const coordinates = new Set([...(old?.keys() ?? []), ...(young?.keys() ?? [])]);
  return [...coordinates].sort().flatMap((coordinate) => {
    const change = compare(sideOf(before, coordinate), sideOf(after, coordinate));
    return change === null ? [] : [{ coordinate, ...change }];
  });
}

interface Side {
  readonly decision: Decision | null;
  readonly opened: { readonly rows: RowRule; readonly mask: Mask } | null;
  readonly filter: RowFilter | null;
}

function sideOf(grant: Compared | null, coordinate: Coordinate): Side {
  const decision = grant?.decisions.get(coordinate) ?? null;
  const opened = decision === null ? null : openedForm(decision);
  const rows = opened?.rows ?? "all";
  const filter = rows === "all" || rows === "own" ? null : (grant?.filters.get(rows) ?? null);
  return { decision, opened, filter };
}

function compare(was: Side, is: Side): Omit<DecisionChange, "coordinate"> | null {
  const sides = {
    before: was.decision,
    after: is.decision,
    filters: { before: was.filter, after: is.filter },
  };
  if (was.opened === null && is.opened === null) return null;
  if (was.opened === null) return { kind: "gains", ...sides, directions: ["opening"] };
  if (is.opened === null) return { kind: "loses", ...sides, directions: ["narrowing"] };
  const moved = [maskStep(was.opened.mask, is.opened.mask), rowsStep(was, is)];
  const directions = both.filter((direction) => moved.flat().includes(direction));
  return directions.length === 0 ? null : { kind: "changes", ...sides, directions };
}

const both: readonly Direction[] = ["opening", "narrowing"];

function maskStep(was: Mask, is: Mask): readonly Direction[] {
  if (was === is) return [];
  if (showsLess(is, was)) return ["narrowing"];
  return showsLess(was, is) ? ["opening"] : both;
}

/** Of masks with a number, whether a greater one shows more: `round:100` shows less than `round:10`. */
const greaterShowsMore: Readonly<Record<string, boolean>> = { truncate: true, geo: true, round: false };

/** What `a` shows is seen in `b` too, and more. Where neither is so for the other, they show other things. */
function showsLess(a: Mask, b: Mask): boolean {
  if (b === "-" || a === "aggregate") return true;
  if (a === "-" || b === "aggregate") return false;
  // Of any text nothing but that there is one.
  if (a === "redact" || b === "redact") return a === "redact";
  if (a === "year" && b === "month") return true;
  const [one, other] = [maskParts(a), maskParts(b)];
  const more = greaterShowsMore[one.kind.name];
  if (one.kind !== other.kind || more === undefined) return false;
  return more ? one.n < other.n : one.n > other.n;
}

function rowsStep(was: Side, is: Side): readonly Direction[] {
  const [before, after] = [was.opened?.rows, is.opened?.rows];
  if (before === after) {
    // A filter of the same name may say something else: which of the two is wider is not for us to tell.
    return JSON.stringify(was.filter?.where) === JSON.stringify(is.filter?.where) ? [] : both;
  }
  if (after === "all") return ["opening"];
  return before === "all" ? ["narrowing"] : both;
}
