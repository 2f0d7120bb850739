// Random rules and agreements, and what they mean, read naively from the lines themselves.
import fc from "fast-check";
import { checkVersion, modelText, type VersionContent } from "../../src/policy/index.js";
import { hasFault } from "../../src/terms/index.js";
import type { TestAgreement } from "../support/test-gateway.js";
import { tenant } from "../support/test-gateway.js";
import { coordinatesOf, readMap, type MapDataset, type TownMap } from "./map.js";
import { lawsSchema } from "./town.js";

export const map = readMap(lawsSchema);
const coordinates = coordinatesOf(map);
const sharedCoordinates = coordinates.filter((at) => map.get(at.split(".")[0] ?? "")?.shared === true);
const applications = ["a1", "a2", "a3"] as const;
const purposes = ["p1", "p2"] as const;
const groups = ["group:g1", "group:g2"] as const;

export const townNames = {
  sources: new Set(["people", "money"]),
  purposes: new Set<string>(purposes),
  applications: new Set<string>(applications),
};

/** Lines of the two files. */
export interface Rules {
  readonly own: readonly string[];
  readonly common: readonly string[];
}
export interface Policy {
  readonly rules: Rules;
  /** By key; the key `null` of a request without one is open data. */
  readonly agreements: Readonly<Record<string, TestAgreement>>;
}

const ownFile = `policies/${tenant}/rules.csv`;
export const commonFile = "policies/common/never.csv";

export const contentOf = (rules: Rules, schema = lawsSchema): VersionContent => ({
  tenant,
  schema,
  files: new Map([
    ["policies/model.conf", modelText],
    [ownFile, rules.own.join("\n")],
    [commonFile, rules.common.join("\n")],
  ]),
});

const typeOf = (at: string): string => {
  const [dataset = "", name = ""] = at.split(".");
  const member = map.get(dataset)?.members.get(name);
  return member?.kind === "field" ? member.type : "link";
};
const masksFor = (at: string): readonly string[] => {
  const type = typeOf(at);
  if (type === "String") return ["-", "-", "-", "redact"];
  return type === "Date" || type === "DateTime" ? ["-", "-", "-", "year"] : ["-"];
};

const application = fc.constantFrom("*", "*", "*", "*", "open-data", ...applications, ...groups);
const purpose = fc.constantFrom("*", "*", "*", "*", ...purposes);
/** For each coordinate in turn: opened or not, to whom, how. */
const opening = fc.record({ open: fc.nat(9), application, purpose, mask: fc.nat(3) });
const pattern = fc.constantFrom("House.*", "Payment.*", "Place.*", "@contact", "@places", "@money");
const wide = fc.tuple(application, purpose, pattern).map(([a, p, f]) => `p, ${a}, ${p}, ${f}, all, -, allow`);
const denied = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...coordinates) },
  { weight: 2, arbitrary: pattern },
  { weight: 1, arbitrary: fc.constantFrom("*", "Person.*", "Account.*") },
);
const deny = fc.tuple(application, purpose, denied).map(([a, p, f]) => `p, ${a}, ${p}, ${f}, -, -, deny`);
const membership = fc
  .tuple(fc.constantFrom(...applications), fc.constantFrom(...groups))
  .map(([a, g]) => `g, ${a}, ${g}`);

const agreement = fc.record({
  listed: fc.array(fc.nat(9), { minLength: coordinates.length, maxLength: coordinates.length }),
  /** How much of all this agreement lists: from little to everything. */
  width: fc.constantFrom(6, 9, 10, 10),
  reject: fc.nat(5).map((n) => n === 0),
});

/** One application has two agreements, for two purposes. */
const callers = [
  ["first", "a1", "p1"],
  ["second", "a2", "p1"],
  ["third", "a1", "p2"],
] as const;

/** Lines that the validator refuses are taken out, until it accepts the rest. */
function accepted(rules: Rules): Rules {
  const files = new Map([
    [ownFile, [...rules.own]],
    [commonFile, [...rules.common]],
  ]);
  for (;;) {
    const left = { own: files.get(ownFile) ?? [], common: files.get(commonFile) ?? [] };
    const { faults } = checkVersion(contentOf(left), townNames);
    if (!hasFault(faults)) return left;
    for (const fault of faults)
      if (fault.severity === "fault") files.get(fault.file)?.splice(fault.line - 1, 1, "# taken out");
  }
}

export const randomPolicy: fc.Arbitrary<Policy> = fc
  .record({
    openings: fc.array(opening, { minLength: sharedCoordinates.length, maxLength: sharedCoordinates.length }),
    /** How open the town is. */
    width: fc.constantFrom(7, 9, 10),
    wide: fc.array(wide, { maxLength: 3 }),
    denies: fc.array(deny, { maxLength: 3 }),
    memberships: fc.array(membership, { maxLength: 3 }),
    common: fc.array(deny, { maxLength: 1 }),
    agreements: fc.tuple(agreement, agreement, agreement),
  })
  .map((drawn) => {
    const lines = drawn.openings.flatMap((each, at) => {
      const field = sharedCoordinates[at] ?? "";
      const masks = masksFor(field);
      return each.open < drawn.width
        ? [`p, ${each.application}, ${each.purpose}, ${field}, all, ${masks[each.mask % masks.length] ?? "-"}, allow`]
        : [];
    });
    const own = ["# rules", ...drawn.wide, ...lines, ...drawn.memberships, ...drawn.denies];
    const agreements = callers.map(([key, app, purposeName], i) => {
      const { listed, width, reject } = drawn.agreements[i] ?? { listed: [], width: 0, reject: false };
      const fields = coordinates.filter((_, at) => (listed[at] ?? 9) < width);
      const refusal = reject ? "reject" : "null";
      return [key, { application: app, purpose: purposeName, fields, refusal, basis }] as const;
    });
    return { rules: accepted({ own, common: drawn.common }), agreements: Object.fromEntries(agreements) };
  });

/** On which nobody is asked: what people decide has laws of its own. */
const basis = "contract";
const everything = { fields: coordinates, refusal: "null", basis } as const;
/** Everything that can be shared is, with everybody. */
export const openTown: Policy = {
  rules: { own: sharedCoordinates.map((at) => `p, *, *, ${at}, all, -, allow`), common: [] },
  agreements: Object.fromEntries(
    callers.map(([key, app, purposeName]) => [key, { ...everything, application: app, purpose: purposeName }]),
  ),
};

export type Meaning =
  | { readonly shared: true; readonly mask: string; readonly rule: string }
  | { readonly shared: false; readonly reason: string; readonly rule: string | null };

export interface Subject {
  readonly application: string;
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly reject: boolean;
}

/** Whom a key stands for; without a key: open data, which lists every field of the open datasets. */
export function subjectOf(policy: Policy, key: string | null): Subject {
  const found = key === null ? undefined : policy.agreements[key];
  if (found !== undefined) return { ...found, reject: found.refusal === "reject" };
  const open = [...map.values()].filter((dataset) => dataset.open && dataset.shared);
  const fields = open.flatMap((dataset) => [...dataset.members.values()].map((member) => member.coordinate));
  return { application: "open-data", purpose: "open-data", fields, reject: false };
}

interface Line {
  readonly at: string;
  readonly cells: readonly string[];
}

const linesOf = (rules: Rules): readonly Line[] =>
  // The order of the files' paths.
  [
    ...rules.common.map((text, i) => ({ at: `${commonFile}:${i + 1}`, text })),
    ...rules.own.map((text, i) => ({ at: `${ownFile}:${i + 1}`, text })),
  ].map(({ at, text }) => ({ at, cells: text.split(",").map((cell) => cell.trim()) }));

/** What the lines say of every coordinate to one caller: the few sentences of the policy's documentation, said naively. */
export class Reference {
  readonly meanings: ReadonlyMap<string, Meaning>;

  constructor(
    rules: Rules,
    readonly subject: Subject,
    readonly town: TownMap = map,
  ) {
    const lines = linesOf(rules);
    this.meanings = new Map(coordinatesOf(town).map((at) => [at, this.#read(lines, at)]));
  }

  #read(lines: readonly Line[], at: string): Meaning {
    const { application: app, purpose: why, fields } = this.subject;
    const [datasetName = "", name = ""] = at.split(".");
    const dataset = this.town.get(datasetName);
    const inGroup = (group: string) =>
      lines.some(({ cells }) => cells[0] === "g" && cells[1] === app && cells[2] === group);
    const patterns = ["*", at, `${datasetName}.*`, ...(dataset?.members.get(name)?.groups ?? []).map((g) => `@${g}`)];
    const matching = lines.filter(
      ({ cells: [section, who = "", purposeName, field = ""] }) =>
        section === "p" &&
        (who === "*" || who === app || inGroup(who)) &&
        (purposeName === "*" || purposeName === why) &&
        patterns.includes(field),
    );
    const byEffect = (effect: string) => matching.find(({ cells }) => cells[6] === effect);
    const [denying, allowing] = [byEffect("deny"), byEffect("allow")];
    if (dataset?.shared !== true) return { shared: false, reason: "not SHARED", rule: null };
    if (denying) return { shared: false, reason: "denied", rule: denying.at };
    if (!allowing) return { shared: false, reason: "no-rule", rule: null };
    if (!fields.includes(at)) return { shared: false, reason: "not-in-agreement", rule: allowing.at };
    return { shared: true, mask: allowing.cells[5] ?? "", rule: allowing.at };
  }

  mask(at: string): string | null {
    const meaning = this.meanings.get(at);
    return meaning?.shared === true ? meaning.mask : null;
  }
  opened(at: string): boolean {
    return this.mask(at) !== null;
  }
  /** All rules are for all rows yet, so what is open and unmasked can be filtered and sorted on. */
  usable(at: string): boolean {
    return this.mask(at) === "-";
  }
  visible(dataset: MapDataset): boolean {
    return dataset.shared && [...dataset.members.values()].some((member) => this.opened(member.coordinate));
  }
  /** A list follows the key in the end, which tells of a personal key. */
  listable(dataset: MapDataset): boolean {
    return this.visible(dataset) && dataset.key.every((field) => !field.personal || this.usable(field.coordinate));
  }
  /** A link that is answered: opened, its target visible, and listable where it leads to many. */
  answers(link: { coordinate: string; target: string; many: boolean }): boolean {
    const target = this.town.get(link.target);
    if (!target || !this.opened(link.coordinate)) return false;
    return link.many ? this.listable(target) : this.visible(target);
  }
}
