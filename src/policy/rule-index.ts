// Rules by what they match, for questions that are asked of every rule and every agreement: one pass over the rules,
// and then each answer from a few look-ups, however many rules there are.
import type { Catalogue } from "../catalogue/index.js";
import type { Rule } from "./rules.js";

/** Applications → the groups that they are in. */
export type GroupsOf = ReadonlyMap<string, readonly string[]>;

export function groupsOf(groups: ReadonlyMap<string, ReadonlySet<string>>): GroupsOf {
  const found = new Map<string, string[]>();
  for (const [group, members] of groups) {
    for (const application of members) inserted(found, application, (): string[] => []).push(group);
  }
  return found;
}

interface Placed<R extends Rule> {
  readonly rule: R;
  /** Its place in the order of files and lines. */
  readonly at: number;
}

type ByPurpose<R extends Rule> = Map<string, Placed<R>>;

export class RuleIndex<R extends Rule> {
  /** Field pattern → application → purpose → the first such rule. */
  readonly #rules = new Map<string, Map<string, ByPurpose<R>>>();
  readonly #patterns = new Map<string, readonly string[]>();
  readonly #catalogue: Catalogue;
  readonly #groups: GroupsOf;

  constructor(rules: readonly R[], catalogue: Catalogue, groups: GroupsOf) {
    this.#catalogue = catalogue;
    this.#groups = groups;
    for (const [at, rule] of rules.entries()) {
      const byApplication = inserted(this.#rules, rule.field, () => new Map<string, ByPurpose<R>>());
      const byPurpose = inserted(byApplication, rule.application, (): ByPurpose<R> => new Map());
      if (!byPurpose.has(rule.purpose)) byPurpose.set(rule.purpose, { rule, at });
    }
  }

  /**
   * The first rule that holds on the coordinate for ALL that the application and the purpose stand for.
   * @param application a name, `group:name` or `*`: of a group, rules on the group itself or on `*`
   * @param purpose a name or `*`
   */
  holding(application: string, purpose: string, coordinate: string): R | null {
    const audiences = application === "*" ? ["*"] : ["*", application, ...(this.#groups.get(application) ?? noGroups)];
    let first: Placed<R> | null = null;
    for (const pattern of this.#patternsOn(coordinate)) {
      const byApplication = this.#rules.get(pattern);
      if (byApplication === undefined) continue;
      for (const audience of audiences) {
        const byPurpose = byApplication.get(audience);
        first = earlier(first, byPurpose?.get("*"));
        if (purpose !== "*") first = earlier(first, byPurpose?.get(purpose));
      }
    }
    return first?.rule ?? null;
  }

  /** Those of the patterns on a coordinate that any rule has. */
  #patternsOn(coordinate: string): readonly string[] {
    const known = this.#patterns.get(coordinate);
    if (known !== undefined) return known;
    const member = this.#catalogue.coordinates.get(coordinate);
    const groups = (member?.groups ?? []).map((name) => `@${name}`);
    const all = ["*", `${coordinate.slice(0, coordinate.indexOf("."))}.*`, coordinate, ...groups];
    const patterns = all.filter((pattern) => this.#rules.has(pattern));
    this.#patterns.set(coordinate, patterns);
    return patterns;
  }
}

const noGroups: readonly string[] = [];

const earlier = <R extends Rule>(a: Placed<R> | null, b: Placed<R> | undefined): Placed<R> | null =>
  b === undefined || (a !== null && a.at <= b.at) ? a : b;

export function inserted<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
