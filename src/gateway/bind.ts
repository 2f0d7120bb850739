import type { Value } from "../terms/index.js";
import type { Bound, Key, Plan } from "./plan.js";
import type { Seals } from "./seals.js";

/**
 * What this request's ids and cursors open to. Null where one does not open: the plan was made for requests of which all
 * do, and an id that was given to somebody else is planned as what it is, an error and nothing below it.
 */
export function bind(plan: Plan, variables: Readonly<Record<string, unknown>>, seals: Seals): Bound | null {
  if (plan.binders.length === 0) return plan.fixed;
  const keys: (readonly Key[])[] = [...plan.fixed.keys];
  const after: (readonly Value[] | null)[] = [...plan.fixed.after];
  for (const binder of plan.binders) {
    const given = variables[binder.variable];
    const text = typeof given === "string" ? given : "";
    if (binder.kind === "id") {
      const key = seals.openId(binder.dataset, text);
      if (key === null) return null;
      if (binder.fetch !== null) keys[binder.fetch] = [key];
    } else {
      const position = seals.openCursor(binder.coordinate, binder.order, text);
      if (position === null) return null;
      after[binder.batch] = position;
    }
  }
  return { keys, after };
}
