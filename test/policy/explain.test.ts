// What an explanation says is what the compiled grant decides, and the lines it names are all that match.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  commentOn,
  explainDecisions,
  explainField,
  loadPolicyVersion,
  matchingRules,
  neededLine,
  type GrantSubject,
} from "../../src/policy/index.js";
import { agreementRef, type ApplicationName, type Coordinate, type PurposeName } from "../../src/terms/index.js";
import { randomSubject, randomTown } from "./random-town.js";
import { contentOf, rulesFile, sources } from "./town.js";

const subjectOf = (application: string, purpose: string, fields: Iterable<string>): GrantSubject => ({
  agreement: agreementRef(application, purpose),
  application: application as ApplicationName,
  purpose: purpose as PurposeName,
  fields: new Set([...fields] as Coordinate[]),
});

describe("an explanation, for every field of random towns", () => {
  it("is the grant's own decision, and names every line that matches by a reading of the text alone", () => {
    const seen = new Map<string, number>();
    const count = (kind: string) => seen.set(kind, (seen.get(kind) ?? 0) + 1);
    fc.assert(
      fc.property(randomTown, randomSubject, ({ content }, { application, purpose, listed }) => {
        const version = loadPolicyVersion(content, sources);
        const { catalogue } = version;
        const coordinates = [...catalogue.coordinates.keys()];
        const subject = subjectOf(
          application,
          purpose,
          coordinates.filter((_, at) => listed[at % listed.length]),
        );
        const grant = version.grant(subject);
        const lines = linesOf(content.files);
        const groups = lines
          .filter(({ cells }) => cells[0] === "g" && cells[1] === application)
          .map(({ cells, at }) => [cells[2] ?? "", at] as const);
        for (const coordinate of coordinates) {
          const explained = explainField(version, subject, coordinate);
          const decision = grant.decisions.get(coordinate as Coordinate);
          count(explained?.decision.shared === false ? explained.decision.reason : "shared");
          if (decision === undefined) expect(explained?.decision).toMatchObject({ reason: "dataset-not-shared" });
          else expect(explained?.decision).toBe(decision);

          const held = [...catalogue.groups].flatMap(([name, all]) =>
            all.includes(coordinate as Coordinate) ? [`@${name}`] : [],
          );
          const patterns = ["*", coordinate, coordinate.replace(/\..*/, ".*"), ...held];
          const matching = lines.filter(
            ({ cells: [section, app = "", purposes = "", field = ""] }) =>
              section === "p" &&
              ["*", application, ...groups.map(([name]) => name)].includes(app) &&
              ["*", purpose].includes(purposes) &&
              patterns.includes(field),
          );
          const named = explained?.lines.map(({ rule: { ref } }) => `${ref.file}:${ref.line}`) ?? [];
          // A line that says the same as one before it counts once.
          const distinct = matching.filter(
            (line, at) => matching.findIndex((other) => other.cells.join() === line.cells.join()) === at,
          );
          expect(named.toSorted()).toEqual(distinct.map(({ at }) => at).toSorted());
          for (const { rule, membership, fieldGroup, role } of explained?.lines ?? []) {
            count(role);
            const isDenied = explained?.lines.some((line) => line.rule.effect === "deny") === true;
            expect(role === "overruled").toBe(isDenied && rule.effect === "allow");
            expect(membership === null).toBe(!rule.application.startsWith("group:"));
            if (membership !== null)
              expect(groups).toContainEqual([rule.application, `${membership.file}:${membership.line}`]);
            expect(fieldGroup === null).toBe(!rule.field.startsWith("@"));
            if (fieldGroup !== null) {
              count("by @group");
              expect(fieldGroup.text).toContain(`@group(name: "${rule.field.slice(1)}")`);
              expect(fieldGroup.text).toContain(`${coordinate.split(".")[1] ?? ""}:`);
            }
            if (role === "decides") expect(explained?.lines[0]?.rule).toBe(rule);
          }
        }
      }),
      { numRuns: 400 },
    );
    const kinds = ["shared", "denied", "no-rule", "not-in-agreement", "dataset-not-shared"];
    // A generator that makes only one kind of answer would prove nothing.
    for (const kind of [...kinds, "decides", "agrees", "overruled", "by @group"])
      expect(seen.get(kind) ?? 0, `${kind} of ${JSON.stringify([...seen])}`).toBeGreaterThan(20);
  }, 60_000);
});

function linesOf(files: ReadonlyMap<string, string>): { at: string; cells: string[] }[] {
  return [...files]
    .filter(([path]) => path.endsWith(".csv"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, text]) =>
      text.split("\n").map((line, at) => ({
        at: `${path}:${at + 1}`,
        cells: line.split(",").map((cell) => cell.trim()),
      })),
    );
}

describe("the line that is needed", () => {
  it("opens the field when it is pasted, and no other field, for every field that no rule opens", () => {
    let pasted = 0;
    fc.assert(
      fc.property(randomTown, randomSubject, fc.nat(), ({ content }, { application, purpose }, pick) => {
        const version = loadPolicyVersion(content, sources);
        const coordinates = [...version.catalogue.coordinates.keys()] as Coordinate[];
        const subject = subjectOf(application, purpose, coordinates);
        const before = explainDecisions(version, subject);
        const shut = before.filter((decision) => !decision.shared && decision.reason === "no-rule");
        const one = shut[pick % Math.max(1, shut.length)];
        if (one === undefined) return;
        const { file, isNew, text } = neededLine(version, subject, one.coordinate);
        expect(isNew).toBe(!content.files.has(file));
        const changed = new Map([...content.files, [file, `${content.files.get(file) ?? ""}\n${text}\n`]]);
        // The validator takes it as it is: it meets no other rule otherwise.
        const after = explainDecisions(loadPolicyVersion({ ...content, files: changed }, sources), subject);
        for (const [at, decision] of after.entries()) {
          const same = decision.coordinate !== one.coordinate;
          expect(decision.shared).toBe(same ? before[at]?.shared : true);
        }
        pasted += 1;
      }),
    );
    expect(pasted).toBeGreaterThan(30);
  }, 60_000);

  it("belongs where the application's rules for the purpose stand, else in a file of its own", () => {
    const version = loadPolicyVersion(
      contentOf({
        "policies/common/never.csv": "p, parkeasy, parking, Resident.email, -, -, deny",
        "policies/rivemont/a.csv":
          "p, parkeasy, statistics, CarPark.code, all, -, allow\np, parkeasy, statistics, CarPark.name, all, -, allow",
        "policies/rivemont/b.csv": "# Parking\np, parkeasy, parking, CarPark.code, all, -, allow",
      }),
      sources,
    );
    const of = (application: string, purpose: string) =>
      neededLine(version, subjectOf(application, purpose, []), "CarPark.spaces" as Coordinate);
    const text = "p, parkeasy, parking, CarPark.spaces, all, -, allow";
    expect(of("parkeasy", "parking")).toEqual({ file: "policies/rivemont/b.csv", isNew: false, text });
    expect(of("parkeasy", "statistics").file).toBe("policies/rivemont/a.csv");
    expect(of("cantine-plus", "parking")).toMatchObject({ file: "policies/rivemont/cantine-plus.csv", isNew: true });
    const [rule] = matchingRules(version, subjectOf("parkeasy", "parking", []), "CarPark.code" as Coordinate);
    expect(rule && commentOn(version, rule.ref)).toBe("Parking");
  });
});

describe("explainField", () => {
  const version = loadPolicyVersion(
    contentOf({
      [rulesFile]: `p, group:mobility, *, @contact, all, -, allow
p, parkeasy, parking, Resident.email, -, -, deny
p, parkeasy, *, Resident.email, all, -, allow
g, parkeasy, group:mobility`,
    }),
    sources,
  );

  it("says what decides, what it overrules, and how application and field come to a line", () => {
    const subject = subjectOf("parkeasy", "parking", ["Resident.email"]);
    const found = explainField(version, subject, "Resident.email");
    expect(found?.lines.map(({ rule, role }) => [rule.ref.line, role])).toEqual([
      [2, "decides"],
      [1, "overruled"],
      [3, "overruled"],
    ]);
    expect(found?.lines[1]?.membership).toEqual({ file: rulesFile, line: 4, text: "g, parkeasy, group:mobility" });
    expect(found?.lines[1]?.fieldGroup).toEqual({
      file: "schema.graphql",
      line: 7,
      text: 'email: String @personal(category: "EmailAddress") @group(name: "contact")',
    });
  });

  it("is null for what schema.graphql does not have", () => {
    const subject = subjectOf("parkeasy", "parking", []);
    for (const name of ["Resident.nothing", "Nothing.email", "Resident", "Resident.id", "*", ""])
      expect(explainField(version, subject, name)).toBeNull();
  });
});
