// What a version changes is what people decide by: nothing may be left out, said twice, or said the wrong way round.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkPolicy,
  compareCatalogues,
  compareGrants,
  compileGrant,
  createJudge,
  type Decision,
  type DecisionChange,
  type Direction,
  type FilterName,
  type Grant,
  type RuleSet,
} from "../../src/policy/index.js";
import { agreementRef, type ApplicationName, type Coordinate, type PurposeName } from "../../src/terms/index.js";
import { randomSubject, randomTown } from "./random-town.js";
import { catalogueOf, contentOf, names, rulesFile, schema } from "./town.js";

function grantOf(rules: RuleSet, application: string, purpose: string, fields: Iterable<string>): Grant {
  return compileGrant(rules, createJudge(rules.memberships, rules.catalogue.groups), {
    agreement: agreementRef(application, purpose),
    application: application as ApplicationName,
    purpose: purpose as PurposeName,
    fields: new Set([...fields] as Coordinate[]),
  });
}

const everyField = [...names.catalogue.coordinates.keys()];

/** Of cantine-plus/school-meals, which lists every field unless told. */
function grantUnder(lines: readonly string[], sdl = schema, fields: Iterable<string> = everyField): Grant {
  const { rules, faults } = checkPolicy(contentOf({ [rulesFile]: lines.join("\n") }, sdl), {
    ...names,
    catalogue: catalogueOf(sdl),
  });
  if (rules === null) throw new Error(JSON.stringify(faults));
  return grantOf(rules, "cantine-plus", "school-meals", fields);
}

const allow = (field: string, mask = "-"): string => `p, cantine-plus, school-meals, ${field}, all, ${mask}, allow`;
const said = ({ coordinate, kind, directions }: DecisionChange): string => [kind, coordinate, ...directions].join(" ");

describe("what a version changes for one agreement", () => {
  const before = grantUnder([allow("Resident.number"), allow("Resident.birthDate", "year"), allow("CarPark.name")]);

  it("is each field gained, lost or shown otherwise, with both decisions and their lines", () => {
    const after = grantUnder([allow("Resident.email"), allow("Resident.birthDate"), allow("Resident.number")]);
    const changes = compareGrants(before, after);
    expect(changes.map(said)).toEqual([
      "loses CarPark.name narrowing",
      "changes Resident.birthDate opening",
      "gains Resident.email opening",
    ]);
    expect(changes[1]).toMatchObject({
      before: { shared: true, rows: "all", mask: "year", rule: { file: rulesFile, line: 2 } },
      after: { shared: true, rows: "all", mask: "-", rule: { file: rulesFile, line: 2 } },
    });
    expect(changes[2]).toMatchObject({ before: { shared: false, reason: "no-rule" }, after: { shared: true } });
  });

  it("is nothing where a rule only moved, or a refusal has another reason", () => {
    const moved = ["# moved", allow("CarPark.name"), allow("Resident.birthDate", "year"), allow("Resident.number")];
    const denied = "p, *, *, Resident.email, -, -, deny";
    expect(compareGrants(before, grantUnder([...moved, denied]))).toEqual([]);
  });

  it("is every shared field where nothing was in force", () => {
    const gained = ["gains CarPark.name opening", "gains Resident.birthDate opening", "gains Resident.number opening"];
    expect(compareGrants(null, before).map(said)).toEqual(gained);
  });

  it("is seen where schema.graphql alone changed: a status, a dropped field", () => {
    const lines = [allow("Resident.number"), allow("Resident.birthDate", "year"), allow("CarPark.name")];
    const closed = schema.replace("open: true, status: SHARED", "status: QUALIFIED");
    expect(compareGrants(before, grantUnder(lines, closed)).map(said)).toEqual(["loses CarPark.name narrowing"]);
    expect(compareGrants(before, grantUnder(lines, closed))[0]).toMatchObject({ after: null });
    const dropped = schema.replace(/^ {2}birthDate:.*$/m, "");
    expect(compareGrants(before, grantUnder(lines, dropped)).map(said)).toEqual(["loses Resident.birthDate narrowing"]);
  });

  it.each([
    ["Resident.birthDate", "-", "year", "narrowing"],
    ["Resident.birthDate", "year", "-", "opening"],
    ["Resident.familyName", "-", "redact", "narrowing"],
    ["Resident.familyName", "redact", "-", "opening"],
  ])("%s, mask %s → %s: %s", (field, was, is, direction) => {
    const [one, two] = [was, is].map((mask) => grantUnder([allow(field, mask)]));
    expect(compareGrants(one ?? null, two ?? null).map(said)).toEqual([`changes ${field} ${direction}`]);
  });

  it("is both where a form shows other things, such as a mask and rows that will come", () => {
    const decided = (rows: string, mask: string): Pick<Grant, "decisions" | "filters"> => {
      const coordinate = "Resident.birthDate" as Coordinate;
      const decision = { coordinate, shared: true, rows, mask, rule: { file: rulesFile, line: 1, text: "" } };
      return { decisions: new Map([[coordinate, decision as Decision]]), filters: new Map() };
    };
    const directions = (was: [string, string], is: [string, string]): readonly Direction[] | undefined =>
      compareGrants(decided(...was), decided(...is))[0]?.directions;
    expect(directions(["all", "year"], ["own", "-"])).toEqual(["opening", "narrowing"]);
    expect(directions(["all", "year"], ["all", "month"])).toEqual(["opening"]);
    expect(directions(["all", "month"], ["all", "year"])).toEqual(["narrowing"]);
    expect(directions(["own", "-"], ["in-district", "-"])).toEqual(["opening", "narrowing"]);
    expect(directions(["own", "-"], ["all", "-"])).toEqual(["opening"]);
    expect(directions(["all", "-"], ["own", "-"])).toEqual(["narrowing"]);
    expect(directions(["all", "month"], ["all", "-"])).toEqual(["opening"]);
    expect(directions(["all", "truncate:3"], ["all", "truncate:2"])).toEqual(["narrowing"]);
    expect(directions(["all", "truncate:3"], ["all", "redact"])).toEqual(["narrowing"]);
    expect(directions(["all", "truncate:3"], ["all", "initial"])).toEqual(["opening", "narrowing"]);
    expect(directions(["all", "round:10"], ["all", "round:100"])).toEqual(["narrowing"]);
    expect(directions(["all", "geo:2"], ["all", "geo:4"])).toEqual(["opening"]);
    expect(directions(["all", "geo:2"], ["all", "round:10"])).toEqual(["opening", "narrowing"]);
  });

  /** What of a field leaves, as text; "" for nothing. */
  const leaving = (grant: Grant, coordinate: string): string => {
    const decision = grant.decisions.get(coordinate as Coordinate);
    if (decision?.shared !== true && decision?.reason !== "statistics-only") return "";
    const filter = JSON.stringify(grant.filters.get(decision.rows as FilterName)?.where);
    return `${decision.rows} ${decision.shared ? decision.mask : "aggregate"} ${filter}`;
  };
  const turned: Readonly<Record<string, string>> = { gains: "loses", loses: "gains", changes: "changes" };
  const other = (direction: Direction): Direction => (direction === "opening" ? "narrowing" : "opening");

  it("is for any two versions every difference once, and turned round the other way", () => {
    fc.assert(
      fc.property(randomTown, randomTown, randomSubject, (a, b, { application, purpose, listed }) => {
        const all = [...new Set([a, b].flatMap(({ rules }) => [...rules.catalogue.coordinates.keys()]))].sort();
        const fields = all.filter((_, at) => listed[at % listed.length]);
        const [one, two] = [a, b].map(({ rules }) => grantOf(rules, application, purpose, fields));
        if (one === undefined || two === undefined) throw new Error("two grants");
        const there = compareGrants(one, two);
        const differing = all.filter((coordinate) => leaving(one, coordinate) !== leaving(two, coordinate));
        expect(there.map(({ coordinate }) => coordinate)).toEqual(differing);
        const back = compareGrants(two, one).map((change) => ({
          coordinate: change.coordinate,
          kind: turned[change.kind],
          before: change.after,
          after: change.before,
          filters: { before: change.filters.after, after: change.filters.before },
          directions: change.directions.map(other).sort().reverse(),
        }));
        expect(back).toEqual(
          there.map((change) => ({ ...change, directions: [...change.directions].sort().reverse() })),
        );
        expect(compareGrants(one, one)).toEqual([]);
        // Where versions differ in nothing that leaves, their grants are one and the same to a request.
        expect(there.length === 0).toBe(one.fingerprint === two.fingerprint);
      }),
    );
  });
});

describe("what schema.graphql changes", () => {
  const compared = (sdl: string) => compareCatalogues(names.catalogue, catalogueOf(sdl));

  it("is nothing where the words alone changed", () => {
    expect(compared(`# moved\n${schema}`)).toEqual([]);
    expect(compareCatalogues(null, null)).toEqual([]);
  });

  it("is a status, and a dataset that is open no more", () => {
    expect(compared(schema.replace("open: true, status: SHARED", "status: QUALIFIED"))).toEqual([
      { kind: "status", dataset: "CarPark", before: "SHARED", after: "QUALIFIED", directions: ["narrowing"] },
      { kind: "open", dataset: "CarPark", before: true, after: false, directions: ["narrowing"] },
    ]);
    expect(compared(schema.replace("status: QUALIFIED", "status: SHARED"))).toEqual([
      { kind: "status", dataset: "Aid", before: "QUALIFIED", after: "SHARED", directions: ["opening"] },
    ]);
    // On the town's map, but for nobody to read.
    expect(compared(schema.replace("status: QUALIFIED", "status: IDENTIFIED"))).toMatchObject([{ directions: [] }]);
  });

  it("is a dataset that goes, without a word on each of its fields", () => {
    expect(compared(schema.replace(/type Aid [^}]*}/, ""))).toEqual([
      { kind: "status", dataset: "Aid", before: "QUALIFIED", after: null, directions: [] },
    ]);
  });

  it("is a field that comes or goes, and one that stands for another column", () => {
    const renamed = schema.replace("  updatedAt: DateTime\n", "  changedAt: DateTime\n");
    expect(compared(renamed)).toEqual([
      { kind: "field", coordinate: "Resident.changedAt", after: "added", directions: ["opening"] },
      { kind: "field", coordinate: "Resident.updatedAt", after: "dropped", directions: ["narrowing"] },
    ]);
    const kept = schema.replace("socialNumber: String", "socialNumber: String @notForGuardians");
    const guardians = { kind: "guardians", coordinate: "Resident.socialNumber" };
    expect(compared(kept)).toEqual([{ ...guardians, after: true, directions: ["narrowing"] }]);
    expect(compareCatalogues(catalogueOf(kept), names.catalogue)).toEqual([
      { ...guardians, after: false, directions: ["opening"] },
    ]);
    const rebound = schema.replace("phone: String @personal", 'phone: String @column(name: "mobile") @personal');
    expect(compared(rebound)).toEqual([
      { kind: "rebound", coordinate: "Resident.phone", directions: ["opening", "narrowing"] },
    ]);
  });
});
