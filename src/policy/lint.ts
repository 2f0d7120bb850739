// Rules without fault that are probably not what was meant: warnings, each with what to do. Nothing is decided by them
// (law 1 decides: what these rules do not open stays closed), so they never refuse a version.
import type { Coordinate, FileFault } from "../terms/index.js";
import { isPersonal } from "./check-names.js";
import { tenantFolder, type VersionContent } from "./content.js";
import { cellsOfLine, type Cell } from "./csv-lines.js";
import { FaultList } from "./faults.js";
import type { RuleRef } from "./grant.js";
import { groupsOf, inserted, RuleIndex } from "./rule-index.js";
import {
  groupMembers,
  matchedCoordinates,
  openData,
  type AllowRule,
  type DenyRule,
  type Rule,
  type RuleSet,
} from "./rules.js";
import { SignedFields, type SignedAgreement } from "./signed.js";

export interface LintOptions {
  readonly rules: RuleSet;
  /** What `rules` were read from. */
  readonly content: VersionContent;
  /** Null: not known (no store answers), and nothing is said about them. */
  readonly agreements: readonly SignedAgreement[] | null;
  /** Null: not known. A rule of any other application has its warning already, from the validator. */
  readonly applications: ReadonlySet<string> | null;
}

/** Warnings by file, line and column. Time grows with rules plus what the agreements list, not with their product. */
export function lintRules(options: LintOptions): FileFault[] {
  return new Lint(options).warnings();
}

/** Members looked at one by one; a larger group is only compared as a whole. */
const mostMembers = 200;

const columns = { application: 1, purpose: 2, field: 3 } as const;

/** Lines that open nothing for one reason: told once, at the first of them. */
interface Waiting {
  readonly first: Rule;
  readonly code: string;
  readonly why: string;
  lines: number;
}

class Lint {
  readonly #options: LintOptions;
  readonly #faults = new FaultList();
  readonly #groups: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #allows: readonly AllowRule[];
  readonly #allowed: RuleIndex<AllowRule>;
  readonly #denied: RuleIndex<DenyRule>;
  readonly #lines = new Map<string, readonly string[]>();
  readonly #shared = new Map<string, readonly Coordinate[]>();

  constructor(options: LintOptions) {
    const { rules } = options;
    this.#options = options;
    this.#groups = groupMembers(rules.memberships);
    const groupsByApplication = groupsOf(this.#groups);
    this.#allows = rules.rules.filter((rule) => rule.effect === "allow");
    const denies = rules.rules.filter((rule) => rule.effect === "deny");
    this.#allowed = new RuleIndex(this.#allows, rules.catalogue, groupsByApplication);
    this.#denied = new RuleIndex(denies, rules.catalogue, groupsByApplication);
  }

  warnings(): FileFault[] {
    const { agreements } = this.#options;
    const effective: AllowRule[] = [];
    for (const rule of this.#allows) {
      this.#personalToMany(rule);
      if (!this.#shadowed(rule)) effective.push(rule);
    }
    if (agreements !== null) {
      this.#outsideAgreements(effective, agreements);
      this.#notOpened(agreements);
    }
    return this.#faults.sorted();
  }

  /** A deny that holds for all whom the allow is for, on every field that it names. */
  #shadowed(rule: AllowRule): boolean {
    const coordinates = this.#sharedCoordinates(rule.field);
    if (coordinates.length === 0) return false;
    const denies = new Map<string, DenyRule>();
    for (const coordinate of coordinates) {
      const found = this.#denies(rule, coordinate);
      if (found === null) return false;
      for (const deny of found) denies.set(placeOf(deny.ref), deny);
    }
    const places = firstOf([...denies.keys()], 3);
    const whole = coordinates.length === 1 ? coordinates.join() : `each field of ${rule.field}`;
    this.#warn(
      rule,
      "field",
      "shadowed-by-deny",
      `this line opens nothing: ${places} ${denies.size === 1 ? "denies" : "deny"} ${whole}, and any deny wins; delete this line, or the deny if the field may be shared`,
    );
    return true;
  }

  /** Null: somebody whom the allow is for is not denied. */
  #denies({ application, purpose }: AllowRule, coordinate: Coordinate): DenyRule[] | null {
    const whole = this.#denied.holding(application, purpose, coordinate);
    if (whole !== null) return [whole];
    const members = this.#groups.get(application);
    if (members === undefined || members.size === 0 || members.size > mostMembers) return null;
    const found: DenyRule[] = [];
    for (const member of members) {
      const deny = this.#denied.holding(member, purpose, coordinate);
      if (deny === null) return null;
      found.push(deny);
    }
    return found;
  }

  /** RGPD art. 5(1)(c) and 25(2): who gets a person's data is decided for each recipient. */
  #personalToMany(rule: AllowRule): void {
    const { application, field } = rule;
    if (application !== "*" && !application.startsWith("group:")) return;
    const { coordinates } = this.#options.rules.catalogue;
    const personal = this.#sharedCoordinates(field).filter((coordinate) => {
      const member = coordinates.get(coordinate);
      return member !== undefined && isPersonal(member, "any");
    });
    if (personal.length === 0) return;
    const size = this.#groups.get(application)?.size ?? 0;
    const whom = application === "*" ? "every application" : `all of ${application} (${counted(size, "application")})`;
    this.#warn(
      rule,
      "application",
      "personal-to-many",
      `this line opens personal data (${firstOf(personal, 5)}) to ${whom}, those that come later included; write one line for each application that needs it`,
    );
  }

  #outsideAgreements(rules: readonly AllowRule[], agreements: readonly SignedAgreement[]): void {
    const inForce = new SignedFields(
      agreements.filter(({ state }) => state === "in-force"),
      this.#groups,
    );
    const others = new SignedFields(
      agreements.filter(({ state }) => state !== "in-force"),
      this.#groups,
    );
    const waiting = new Map<string, Waiting>();
    for (const rule of rules) {
      const coordinates = this.#sharedCoordinates(rule.field);
      if (coordinates.length === 0 || !this.#known(rule)) continue;
      const listed = inForce.of(rule.application, rule.purpose);
      if (listed !== null && coordinates.some((coordinate) => listed.has(coordinate))) continue;
      const later = others.of(rule.application, rule.purpose);
      const agreement = coordinates.map((coordinate) => later?.get(coordinate)).find((found) => found !== undefined);
      if (agreement !== undefined) wait(waiting, `signed ${agreement.ref}`, rule, ...whyNot(agreement));
      else if (listed === null && later === null)
        wait(waiting, `none ${rule.application} ${rule.purpose}`, rule, "no-agreement", noAgreement(rule));
      else this.#warn(rule, "field", "outside-agreements", outside(rule));
    }
    for (const { first, code, why, lines } of waiting.values()) {
      const those = lines === 1 ? "this line opens" : `this line and ${lines - 1} more open`;
      this.#warn(first, "application", code, `${those} nothing: ${why}`);
    }
  }

  /** What is not known has its warning already. */
  #known({ application }: AllowRule): boolean {
    const { applications } = this.#options;
    if (application.startsWith("group:")) return this.#groups.has(application);
    return application === "*" || application === openData || applications === null || applications.has(application);
  }

  #notOpened(agreements: readonly SignedAgreement[]): void {
    const places = new Map<string, Rule>();
    for (const rule of this.#options.rules.rules) inserted(places, rule.application, () => rule);
    for (const agreement of agreements) {
      if (agreement.state !== "in-force" || agreement.builtIn) continue;
      const message = this.#closedIn(agreement);
      if (message === null) continue;
      const place = places.get(agreement.application);
      if (place !== undefined) this.#warn(place, "application", "agreement-not-opened", message);
      else this.#faults.add(atFolder(this.#options.rules.tenant, "agreement-not-opened", message));
    }
  }

  /** Null where every field of the agreement is opened. */
  #closedIn({ ref, application, purpose, fields }: SignedAgreement): string | null {
    const unopened: Coordinate[] = [];
    const denied: string[] = [];
    for (const coordinate of fields) {
      const deny = this.#denied.holding(application, purpose, coordinate);
      if (deny !== null) denied.push(`${coordinate} (${placeOf(deny.ref)})`);
      else if (this.#allowed.holding(application, purpose, coordinate) === null) unopened.push(coordinate);
    }
    const [first] = unopened;
    if (first === undefined && denied.length === 0) return null;
    const parts: string[] = [];
    if (first !== undefined)
      parts.push(
        `no rule opens ${firstOf(unopened, 5)} (the line would be \`p, ${application}, ${purpose}, ${first}, all, -, allow\`)`,
      );
    if (denied.length > 0) parts.push(`a deny closes ${firstOf(denied, 3)}`);
    return `${ref} lists what it does not get: ${parts.join("; ")}; change the rules, or leave the fields out of the agreement's next version`;
  }

  /** Of the SHARED datasets: others have their warning already, where they are named. */
  #sharedCoordinates(pattern: string): readonly Coordinate[] {
    return inserted(this.#shared, pattern, () => {
      const { catalogue } = this.#options.rules;
      return matchedCoordinates(pattern, catalogue).filter((coordinate) => {
        const dataset = catalogue.datasets.get(coordinate.slice(0, coordinate.indexOf(".")));
        return dataset?.status === "SHARED";
      });
    });
  }

  #warn(rule: Rule, column: keyof typeof columns, code: string, message: string): void {
    const { file, line } = rule.ref;
    const { column: start, endColumn } = this.#cell(rule.ref, columns[column]);
    this.#faults.add({ severity: "warning", code, file, line, column: start, endColumn, message });
  }

  #cell({ file, line }: RuleRef, at: number): Cell {
    const lines = inserted(this.#lines, file, () => (this.#options.content.files.get(file) ?? "").split("\n"));
    return cellsOfLine(lines[line - 1] ?? "")[at] ?? { text: "", column: 1, endColumn: 1 };
  }
}

function wait(waiting: Map<string, Waiting>, key: string, first: Rule, code: string, why: string): void {
  inserted(waiting, key, (): Waiting => ({ first, code, why, lines: 0 })).lines += 1;
}

function whyNot({ ref, state, until }: SignedAgreement): [code: string, why: string] {
  return state === "ended"
    ? ["agreement-ended", `${ref} ended on ${until}; delete these lines, or draft and approve its next version`]
    : ["agreement-not-approved", `${ref} is a draft; a DPO approves it with: npx passerelle agreement approve ${ref}`];
}

function noAgreement({ application, purpose }: AllowRule): string {
  const whom = application === "*" ? "any application" : application;
  const why = purpose === "*" ? "" : ` for ${purpose}`;
  return `there is no agreement of ${whom}${why}; draft one with npx passerelle agreement draft, or delete them`;
}

function outside({ application, purpose, field }: AllowRule): string {
  if (application === openData)
    return `this line opens nothing: requests without a key reach only datasets with \`open: true\`, and ${field} is of another; delete this line`;
  const whose =
    application === "*" || application.startsWith("group:") || purpose === "*"
      ? "no agreement that it is for lists"
      : `${application}/${purpose} does not list`;
  return `this line opens nothing: ${whose} ${field}; delete it, or have a DPO approve a version of the agreement that does`;
}

const placeOf = ({ file, line }: RuleRef): string => `${file}:${line}`;

function firstOf(names: readonly string[], most: number): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return names.slice(0, most).join(", ") + more;
}

const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

function atFolder(tenant: string, code: string, message: string): FileFault {
  return { severity: "warning", code, file: `${tenantFolder(tenant)}*.csv`, line: 1, column: 1, message };
}
