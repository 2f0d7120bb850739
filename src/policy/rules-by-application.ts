// Which rules concern one application: looked up, since an agreement is compiled while its request waits.
import { matchesPurpose, type Rule, type RuleSet } from "./rules.js";

interface Index {
  /** Places in `rules.rules`, ascending, by what stands in the rule's application column. */
  readonly places: ReadonlyMap<string, readonly number[]>;
  /** Groups by application. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Made once for each rule set, and gone with it: a rule set never changes. */
const indexes = new WeakMap<RuleSet, Index>();

/** The rules that match an application, by name, group or `*`, and a purpose: in the order of files and lines. */
export function rulesFor(rules: RuleSet, application: string, purpose: string): readonly Rule[] {
  const { places, groups } = indexOf(rules);
  const columns = new Set(["*", application, ...(groups.get(application) ?? [])]);
  const found = [...columns].flatMap((column) => places.get(column) ?? []).sort((a, b) => a - b);
  return found.flatMap((place) => {
    const rule = rules.rules[place];
    return rule !== undefined && matchesPurpose(rule.purpose, purpose) ? [rule] : [];
  });
}

function indexOf(rules: RuleSet): Index {
  const known = indexes.get(rules);
  if (known !== undefined) return known;
  const places = new Map<string, number[]>();
  for (const [place, { application }] of rules.rules.entries()) {
    const own = places.get(application);
    if (own === undefined) places.set(application, [place]);
    else own.push(place);
  }
  const groups = new Map<string, Set<string>>();
  for (const { application, group } of rules.memberships) {
    const own = groups.get(application);
    if (own === undefined) groups.set(application, new Set([group]));
    else own.add(group);
  }
  const index = { places, groups };
  indexes.set(rules, index);
  return index;
}
