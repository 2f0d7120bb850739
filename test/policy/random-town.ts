// Random maps and rule sets that the validator accepts, for the laws that must hold for all of them.
import fc from "fast-check";
import { checkPolicy, type PolicyNames, type RuleSet, type VersionContent } from "../../src/policy/index.js";
import { catalogueOf, contentOf } from "./town.js";

const applications = ["a1", "a2", "a3"] as const;
const purposes = ["p1", "p2"] as const;
const groups = ["group:g1", "group:g2"] as const;
const fieldGroups = ["x", "y", "z"] as const;
const fields = ["f1", "f2", "f3", "f4"] as const;

const member = fc.record({
  type: fc.constantFrom("String", "Int", "Date", "DateTime"),
  personal: fc.constantFrom(
    "",
    "",
    "",
    ' @personal(category: "Name")',
    ' @personal(category: "Health", special: true)',
  ),
  groups: fc.subarray([...fieldGroups], { maxLength: 2 }),
});

const dataset = fc.record({
  status: fc.constantFrom("SHARED", "SHARED", "SHARED", "QUALIFIED"),
  subject: fc.constantFrom("", ' @subject(scheme: "s", field: "code")'),
  members: fc.array(member, { minLength: 2, maxLength: fields.length }),
});

/** Datasets `T`, `TT`, … : one name begins with another, where a careless prefix would match both. */
const datasetName = (index: number): string => "T".repeat(index + 1);

const map = fc.array(dataset, { minLength: 2, maxLength: 4, size: "max" }).map((datasets) =>
  datasets
    .map(({ status, subject, members }, index) => {
      const lines = members.map(({ type, personal, groups: names }, at) => {
        return `  f${at + 1}: ${type}${personal}${names.map((name) => ` @group(name: "${name}")`).join("")}`;
      });
      const link = `  next: T @link(from: ["code"], to: ["code"])`;
      return `type ${datasetName(index)} @dataset(source: "families", from: "public.t${index}", status: ${status})
  @key(fields: "code")${subject} {\n  code: String\n${lines.join("\n")}\n${link}\n}`;
    })
    .join("\n"),
);

const namedField = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat(3), fc.constantFrom(...fields, "code", "next"))
      .map(([t, f]) => `${datasetName(t)}.${f}`),
  },
  { weight: 2, arbitrary: fc.nat(3).map((t) => `${datasetName(t)}.*`) },
  { weight: 2, arbitrary: fc.constantFrom(...fieldGroups).map((name) => `@${name}`) },
);

/** Wide denies leave little to decide: most are narrow. */
const deniedField = fc.oneof({ weight: 30, arbitrary: namedField }, { weight: 1, arbitrary: fc.constant("*") });

const application = fc.constantFrom("*", ...applications, ...groups);
const purpose = fc.constantFrom("*", ...purposes);
const mask = fc.constantFrom(
  "-",
  "-",
  "-",
  "-",
  "-",
  "year",
  "month",
  "redact",
  "truncate:2",
  "aggregate",
  "aggregate",
);
/** `of-`: the filter of the field's own dataset, where there is one. */
const rows = fc.constantFrom("all", "all", "all", "own", "of-", "of-", "of-t", "of-t-too");
const rowsOf = (field: string, wanted: string): string => (wanted === "of-" ? ofDataset(field) : wanted);
const ofDataset = (field: string): string =>
  field.startsWith("T.") ? "of-t" : field.startsWith("TT.") ? "of-tt" : "all";
const filters = `of-t: { on: T, where: { code: { eq: "a" } } }
of-t-too: { on: T, where: { code: { ne: "a" } } }
of-tt: { on: TT, where: { or: [{ code: { isNull: true } }, { code: { in: [a, b] } }] } }`;
const allow = fc
  .tuple(application, purpose, namedField, rows, mask)
  .map(([a, p, f, r, m]) => `p, ${a}, ${p}, ${f}, ${rowsOf(f, r)}, ${m}, allow`);
const deny = fc.tuple(application, purpose, deniedField).map(([a, p, f]) => `p,${a}, ${p},\t${f}, -, -, deny`);
const membership = fc
  .tuple(fc.constantFrom(...applications), fc.constantFrom(...groups))
  .map(([a, g]) => `g, ${a}, ${g}`);
const line = fc.oneof(
  { weight: 12, arbitrary: allow },
  { weight: 1, arbitrary: deny },
  { weight: 3, arbitrary: membership },
  { weight: 1, arbitrary: fc.constant("# a comment") },
);

const files = fc.record({
  "policies/common/never.csv": fc.array(deny, { maxLength: 1 }),
  "policies/rivemont/b.csv": fc.array(line, { minLength: 8, maxLength: 30, size: "max" }),
  "policies/rivemont/a.csv": fc.array(line, { minLength: 8, maxLength: 30, size: "max" }),
});

export interface RandomTown {
  readonly content: VersionContent;
  readonly rules: RuleSet;
}

/** Lines that the validator refuses are taken out, until it accepts the rest. */
export const randomTown: fc.Arbitrary<RandomTown> = fc.tuple(map, files).map(([sdl, wanted]) => {
  const catalogue = catalogueOf(sdl);
  const names: PolicyNames = { catalogue, purposes: new Set(purposes), applications: new Set(applications) };
  const texts = new Map<string, string[]>(Object.entries(wanted));
  for (;;) {
    const rules = Object.fromEntries([...texts].map(([path, lines]) => [path, lines.join("\n")]));
    const content = contentOf({ ...rules, "policies/rivemont/filters.yaml": filters }, sdl);
    const checked = checkPolicy(content, names);
    if (checked.rules !== null) return { content, rules: checked.rules };
    for (const fault of checked.faults) {
      if (fault.severity === "fault") texts.get(fault.file)?.splice(fault.line - 1, 1, "# taken out");
    }
  }
});

export const randomSubject = fc.record({
  application: fc.constantFrom(...applications, ...applications, "nobody"),
  purpose: fc.constantFrom(...purposes, ...purposes, "nothing"),
  /** One for each coordinate, in turn: whether the agreement lists it. */
  listed: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
});
