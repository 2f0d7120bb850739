// A random agreement and the rules that stand for it: what is shared, of which rows, with which mask, on which basis, and in
// which units people decide. One rule for each coordinate: how several rules compile is another law's matter.
import type { ConsentUnit, Coordinate } from "../../../src/terms/index.js";
import type { Choose } from "../request.js";
import { coordinates, structure, type TownDataset, type TownField, type TownLink } from "./structure.js";

export interface Opening {
  /** `all`, `own` or the name of a filter. */
  readonly rows: string;
  readonly mask: string;
}

export interface Terms {
  readonly purpose: string;
  readonly recipient: { readonly name: string; readonly role: string; readonly basis: string };
  readonly basis: string;
}

/** One version of the agreement's text. */
export interface Version {
  readonly number: number;
  readonly fields: readonly string[];
  readonly units: readonly ConsentUnit[];
  readonly terms: Terms;
}

export interface Governed {
  readonly openings: ReadonlyMap<string, Opening>;
  readonly informationSociety: boolean;
  /** Oldest first; the last is in force. Later ones keep a coordinate in the unit that it had. */
  readonly versions: readonly Version[];
}

export const inForce = ({ versions }: Governed): Version => {
  const last = versions.at(-1);
  if (last === undefined) throw new Error("an agreement without a version");
  return last;
};

/** Named row filters, as `where` has them, by name. */
export const filters: Readonly<Record<string, { dataset: string; where: Readonly<Record<string, unknown>> }>> = {
  scored: { dataset: "Resident", where: { score: { gte: 1 } } },
  known: {
    dataset: "Resident",
    where: { or: [{ status: { in: ["Ada", "Bea", "Cyr"] } }, { status: { isNull: true } }] },
  },
  labelled: { dataset: "Account", where: { not: { label: { eq: "Dan" } } } },
  rich: { dataset: "Account", where: { balance: { gte: 1.5 } } },
  due: { dataset: "Loan", where: { due: { lte: "2010-01-05" } } },
  paid: { dataset: "Payment", where: { amount: { gt: 0.5 } } },
  large: { dataset: "Household", where: { size: { ne: 2 } } },
};

const basesDrawn = ["consent", "consent", "consent", "public-task", "public-task", "contract", "legal-obligation"];

/** Drawn unless given. */
export interface GovernedOptions {
  readonly basis?: string;
}

export function randomGoverned(choose: Choose, options: GovernedOptions): Governed {
  const pick = <T>(from: readonly T[]): T => from[choose(from.length)] as T;
  const width = pick([6, 9, 10, 10]);
  const conditions = choose(3) > 0;
  const openings = new Map<string, Opening>();
  for (const dataset of structure) {
    // Often one condition for a whole dataset: then its fields can be filtered on.
    const usual = rowsFor(dataset);
    for (const member of dataset.members) {
      if (choose(10) >= width) continue;
      const rows = choose(4) === 0 ? rowsFor(dataset) : usual;
      openings.set(`${dataset.name}.${member.name}`, { rows, mask: maskFor(member) });
    }
  }
  function rowsFor(dataset: TownDataset): string {
    if (!conditions) return "all";
    const named = Object.keys(filters).filter((name) => filters[name]?.dataset === dataset.name);
    const own = dataset.subjects.length > 0 ? ["own"] : [];
    return pick(["all", "all", "all", ...named, ...own]);
  }
  function maskFor(member: TownField | TownLink): string {
    if (member.kind === "link" || choose(5) > 0) return "-";
    if (member.type === "String") return "redact";
    return member.type === "Date" ? "year" : "-";
  }
  const listed = coordinates.filter(() => choose(10) < pick([8, 10, 10]));
  return {
    openings,
    informationSociety: choose(2) === 0,
    versions: randomVersions(choose, listed, options.basis ?? pick(basesDrawn)),
  };
}

function randomVersions(choose: Choose, listed: readonly string[], basis: string): Version[] {
  const whole = choose(2) === 0;
  const count = 1 + choose(3);
  const versions: Version[] = [];
  let units: ConsentUnit[] = [];
  let terms: Terms = { purpose: "p1", recipient: { name: "Test", role: "controller", basis: "contract" }, basis };
  for (let number = 1; number <= count; number++) {
    const share = number === count ? 10 : 6 + choose(4);
    const known = new Set(units.flatMap((unit) => unit.fields));
    const added = listed.filter((at) => !known.has(at as Coordinate) && choose(10) < share);
    units = [...units, ...unitsOf(added, whole, number)];
    if (number > 1 && choose(4) === 0) terms = otherTerms(choose, terms);
    const fields = units.flatMap((unit) => unit.fields).sort();
    versions.push({ number, fields, units, terms });
  }
  return versions;
}

const otherTerms = (choose: Choose, terms: Terms): Terms =>
  choose(2) === 0
    ? { ...terms, recipient: { ...terms.recipient, name: `${terms.recipient.name}'` } }
    : { ...terms, recipient: { ...terms.recipient, basis: `${terms.recipient.basis}'` } };

/** As a draft makes them: the whole, or one for each group and one for the rest of each dataset; `.2` for what came later. */
function unitsOf(fields: readonly string[], whole: boolean, number: number): ConsentUnit[] {
  const suffix = number === 1 ? "" : `.${number}`;
  const named = Map.groupBy(fields, (at) => {
    if (whole) return "*";
    const [datasetName = "", name] = at.split(".");
    const member = structure.find((each) => each.name === datasetName)?.members.find((each) => each.name === name);
    const [group] = member?.groups ?? [];
    return group === undefined ? datasetName : `@${group}`;
  });
  return [...named].map(([name, list]) => ({ name: `${name}${suffix}`, fields: list.sort() as Coordinate[] }));
}
