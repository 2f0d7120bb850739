import { newEnforcer, newModelFromString, StringAdapter, type Enforcer } from "casbin";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkPolicy,
  compileGrant,
  createJudge,
  loadPolicyVersion,
  modelText,
  PolicyNotUnderstood,
  PolicyVersionRefused,
  type FilterName,
  type Grant,
  type GrantSubject,
  type RuleSet,
  type VersionContent,
} from "../../src/policy/index.js";
import { agreementRef, type ApplicationName, type Coordinate, type PurposeName } from "../../src/terms/index.js";
import { randomSubject, randomTown } from "./random-town.js";
import { contentOf, names, rulesFile, sources } from "./town.js";

function subjectOf(application: string, purpose: string, fields: Iterable<string>): GrantSubject {
  return {
    agreement: agreementRef(application, purpose),
    application: application as ApplicationName,
    purpose: purpose as PurposeName,
    fields: new Set([...fields] as Coordinate[]),
  };
}

function grantOf(rules: RuleSet, subject: GrantSubject): Grant {
  return compileGrant(rules, createJudge(rules.memberships, rules.catalogue.groups), subject);
}

const ruleFiles = (content: VersionContent): [string, string][] =>
  [...content.files].filter(([path]) => path.endsWith(".csv")).sort(([a], [b]) => (a < b ? -1 : 1));

/** Casbin by its own reader over the FULL text of all files, as any tool of Casbin's would load them. */
async function casbinOf(content: VersionContent, rules: RuleSet): Promise<Enforcer> {
  const text = ruleFiles(content)
    .map(([, file]) => file)
    .join("\n");
  const enforcer = await newEnforcer(newModelFromString(modelText), new StringAdapter(text));
  for (const [group, coordinates] of rules.catalogue.groups) {
    for (const coordinate of coordinates) await enforcer.addNamedGroupingPolicy("g2", coordinate, `@${group}`);
  }
  return enforcer;
}

/** The few lines that say what rules mean, from the text alone: shared, why, mask and the line. */
function naive(
  content: VersionContent,
  groups: ReadonlyMap<string, readonly string[]>,
  subject: GrantSubject,
  field: string,
): string {
  const lines = ruleFiles(content).flatMap(([path, text]) =>
    text.split("\n").map((line, at) => {
      const [section = "", app = "", purpose = "", pattern = "", rows = "", mask = "", effect = ""] = line
        .split(",")
        .map((cell) => cell.trim());
      return { at: `${path}:${at + 1}`, section, app, purpose, pattern, rows, mask, effect };
    }),
  );
  const inGroup = (group: string): boolean =>
    lines.some((line) => line.section === "g" && line.app === subject.application && line.purpose === group);
  const held = [...groups].flatMap(([name, all]) => (all.includes(field) ? [`@${name}`] : []));
  const patterns = ["*", field, field.replace(/\..*/, ".*"), ...held];
  const matching = lines.filter(
    ({ section, app, purpose, pattern }) =>
      section === "p" &&
      (app === "*" || app === subject.application || inGroup(app)) &&
      (purpose === "*" || purpose === subject.purpose) &&
      patterns.includes(pattern),
  );
  const deny = matching.find((rule) => rule.effect === "deny");
  const allow = matching.find((rule) => rule.effect === "allow");
  if (deny !== undefined) return `denied ${deny.at}`;
  if (allow === undefined) return "no-rule";
  const listed = subject.fields.has(field as Coordinate);
  if (listed && allow.mask === "aggregate") return `statistics-only ${allow.rows} ${allow.at}`;
  return listed ? `shared ${allow.rows} ${allow.mask} ${allow.at}` : `not-in-agreement ${allow.at}`;
}

function brief(grant: Grant, field: string): string {
  const decision = grant.decisions.get(field as Coordinate);
  if (decision === undefined) return "not held";
  const at = decision.rule === null ? "" : ` ${decision.rule.file}:${decision.rule.line}`;
  if (decision.shared) return `shared ${decision.rows} ${decision.mask}${at}`;
  const rows = decision.reason === "statistics-only" ? ` ${decision.rows}` : "";
  return `${decision.reason}${rows}${at}`;
}

describe("a compiled grant, for random maps, rules and agreements", () => {
  it("is Casbin's enforce over all rules, bounded by the agreement, and the naive reading (laws 1 and 3)", async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        randomTown,
        fc.array(randomSubject, { minLength: 1, maxLength: 4 }),
        async ({ content, rules }, subjects) => {
          const casbin = await casbinOf(content, rules);
          const judge = createJudge(rules.memberships, rules.catalogue.groups);
          for (const { application, purpose, listed } of subjects) {
            const coordinates = [...rules.catalogue.coordinates.keys()];
            const fields = coordinates.filter((_, at) => listed[at % listed.length]);
            const subject = subjectOf(application, purpose, fields);
            const grant = compileGrant(rules, judge, subject);
            for (const field of coordinates) {
              const shared = rules.catalogue.datasets.get(field.split(".")[0] ?? "")?.status === "SHARED";
              const got = brief(grant, field);
              expect(got).toBe(shared ? naive(content, rules.catalogue.groups, subject, field) : "not held");
              const enforced = casbin.enforceSync(application, purpose, field);
              const opened = /^(shared|statistics-only) /.test(got);
              expect(opened).toBe(shared && enforced && subject.fields.has(field as Coordinate));
              const [, named] = /^shared (of-\S+)/.exec(got) ?? [];
              if (named !== undefined) expect(grant.filters.get(named as FilterName)?.name).toBe(named);
              if (named !== undefined || got.startsWith("shared own")) seen.set("rows", (seen.get("rows") ?? 0) + 1);
              const kind = got.split(" ")[0] ?? "";
              seen.set(kind, (seen.get(kind) ?? 0) + 1);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
    // A generator that makes only one kind of answer would prove nothing.
    for (const kind of ["shared", "denied", "no-rule", "not-in-agreement", "not"]) {
      expect(seen.get(kind) ?? 0, `${kind} of ${JSON.stringify([...seen])}`).toBeGreaterThan(50);
    }
    for (const kind of ["rows", "statistics-only"]) expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(15);
  }, 60_000);

  it("of equal fingerprint opens the same, and of other openings another", () => {
    fc.assert(
      fc.property(randomTown, randomSubject, randomSubject, ({ rules }, ...subjects) => {
        const grants = subjects.map(({ application, purpose, listed }) => {
          const fields = [...rules.catalogue.coordinates.keys()].filter((_, at) => listed[at % listed.length]);
          return grantOf(rules, subjectOf(application, purpose, fields));
        });
        const opened = grants.map((grant) =>
          JSON.stringify(
            [...grant.decisions.values()]
              .flatMap((d) => {
                if (d.shared) return [[d.coordinate, d.rows, d.mask].join()];
                return d.reason === "statistics-only" ? [[d.coordinate, d.rows, "aggregate"].join()] : [];
              })
              .sort(),
          ),
        );
        expect(grants[0]?.fingerprint === grants[1]?.fingerprint).toBe(opened[0] === opened[1]);
      }),
    );
  }, 60_000);
});

const town = contentOf({
  "policies/common/never.csv": "p, *, *, Resident.socialNumber, -, -, deny",
  [rulesFile]: `# Convention 2026-014
p, cantine-plus, school-meals, Resident.familyName, all, -, allow
p, cantine-plus, school-meals, Resident.birthDate,  all, year, allow
p, cantine-plus, school-meals, Resident.socialNumber, all, -, allow
p, cantine-plus, school-meals, Aid.kind, all, -, allow
p, group:mobility, *, CarPark.*, all, -, allow
p, group:mobility, *, CarPark.*, all, -, allow
g, parkeasy, group:mobility`,
});

function rulesOf(content: VersionContent): RuleSet {
  const { rules, faults } = checkPolicy(content, names);
  if (rules === null) throw new Error(JSON.stringify(faults));
  return rules;
}

describe("a grant", () => {
  const rules = rulesOf(town);
  const all = [...rules.catalogue.coordinates.keys()];

  it("names the line of each decision", () => {
    const grant = grantOf(rules, subjectOf("cantine-plus", "school-meals", all));
    expect(grant.decisions.get("Resident.birthDate" as Coordinate)).toEqual({
      coordinate: "Resident.birthDate",
      shared: true,
      rows: "all",
      mask: "year",
      rule: {
        file: rulesFile,
        line: 3,
        text: "p, cantine-plus, school-meals, Resident.birthDate,  all, year, allow",
      },
    });
    expect(brief(grant, "Resident.socialNumber")).toBe("denied policies/common/never.csv:1");
    expect(brief(grant, "Resident.email")).toBe("no-rule");
    expect(brief(grant, "CarPark.name")).toBe("no-rule");
    expect(brief(grant, "Aid.kind")).toBe("not held");
  });

  it("opens nothing that the agreement does not list, and nothing to another purpose (law 1)", () => {
    const fields = ["Resident.familyName", "Resident.email"];
    const grant = grantOf(rules, subjectOf("cantine-plus", "school-meals", fields));
    expect(brief(grant, "Resident.birthDate")).toBe(`not-in-agreement ${rulesFile}:3`);
    expect([...grant.decisions.values()].filter((decision) => decision.shared)).toHaveLength(1);
    const other = grantOf(rules, subjectOf("cantine-plus", "statistics", all));
    expect([...other.decisions.values()].some((decision) => decision.shared)).toBe(false);
    const prefixed = grantOf(rules, subjectOf("cantine-plus-2", "school-meals", all));
    expect([...prefixed.decisions.values()].some((decision) => decision.shared)).toBe(false);
  });

  it("is not given when Casbin and we read the rules differently", () => {
    const subject = subjectOf("parkeasy", "parking", all);
    const lossy = createJudge([], rules.catalogue.groups);
    expect(() => compileGrant(rules, lossy, subject)).toThrow(PolicyNotUnderstood);
    const open = { decide: () => ({ allowed: true, because: null }) };
    expect(() => compileGrant(rules, open, subject)).toThrow(PolicyNotUnderstood);
    expect(brief(grantOf(rules, subject), "CarPark.spaces")).toBe(`shared all - ${rulesFile}:6`);
  });

  it("is not given by rules that meet and differ, were they to come through the validator", () => {
    const [first, ...rest] = rules.rules.filter((rule) => rule.field === "CarPark.*");
    if (first?.effect !== "allow") throw new Error("the town changed");
    const broken = { ...rules, rules: [...rest, first, { ...first, mask: "redact" as const }] };
    expect(() => grantOf(broken, subjectOf("parkeasy", "parking", all))).toThrow(PolicyNotUnderstood);
  });

  it("has a fingerprint of what it opens and how, not of who it is for or by which line", () => {
    const of = (text: string, application = "parkeasy", purpose = "parking"): string =>
      grantOf(rulesOf(contentOf({ [rulesFile]: text })), subjectOf(application, purpose, all)).fingerprint;
    const open = of("p, parkeasy, parking, CarPark.openedOn, all, -, allow");
    expect(of("# moved\np, *, *, CarPark.openedOn, all, -, allow", "biblio-stats", "statistics")).toBe(open);
    expect(of("p, parkeasy, parking, CarPark.openedOn, all, year, allow")).not.toBe(open);
    expect(of("p, parkeasy, parking, CarPark.name, all, -, allow")).not.toBe(open);
    expect(of("p, *, *, CarPark.openedOn, -, -, deny")).not.toBe(open);
  });

  it("cannot be changed", () => {
    const grant = grantOf(rules, subjectOf("parkeasy", "parking", all));
    expect(Object.isFrozen(grant)).toBe(true);
    expect([...grant.decisions.values()].every((decision) => Object.isFrozen(decision))).toBe(true);
  });
});

describe("loadPolicyVersion", () => {
  it("remembers a grant by agreement and snapshot", () => {
    const version = loadPolicyVersion(town, sources);
    const subject = subjectOf("parkeasy", "parking", ["CarPark.name", "CarPark.code"]);
    const grant = version.grant(subject);
    expect(grant.policyVersion).toBe(version.id);
    expect(version.grant(subjectOf("parkeasy", "parking", ["CarPark.code", "CarPark.name"]))).toBe(grant);
    const narrower = version.grant(subjectOf("parkeasy", "parking", ["CarPark.name"]));
    expect(brief(narrower, "CarPark.code")).toContain("not-in-agreement");
    expect(brief(grant, "CarPark.code")).toContain("shared");
  });

  it("understands a version whose purposes and applications have gone since", () => {
    const gone = contentOf({ [rulesFile]: "p, old-app, old-purpose, CarPark.name, -, -, deny" });
    expect(loadPolicyVersion(gone, sources).rules.rules).toHaveLength(1);
  });

  it("refuses what is not understood: nothing is shared by it", () => {
    const faulty = [
      contentOf({
        [rulesFile]: "p, parkeasy, parking, CarPark.name, all, -, allow\np, *, *, Resident.email, -, -, Deny",
      }),
      contentOf({ "policies/model.conf": undefined }),
      contentOf({ "policies/model.conf": modelText.replace("allow", "deny") }),
      contentOf({}, "type Resident {"),
      contentOf({ [rulesFile]: "p, *, *, Resident.nothing, -, -, deny" }),
    ];
    for (const content of faulty) expect(() => loadPolicyVersion(content, sources)).toThrow(PolicyVersionRefused);
    expect(() => loadPolicyVersion(town, new Set(["families"]))).toThrow(/unknown source/);
  });
});
