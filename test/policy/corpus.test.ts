import { newEnforcer, newModelFromString, StringAdapter } from "casbin";
import { describe, expect, it } from "vitest";
import { checkPolicy, modelText, type RuleSet } from "../../src/policy/index.js";
import type { FileFault } from "../../src/terms/index.js";
import { acceptedFiles, filterCases, modelCases, ruleFileCases, type CorpusCase } from "./corpus.js";
import { contentOf, names, rulesFile } from "./town.js";

interface Place {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** The file without its marks, and where these stood. */
function unmarked(marked: string): { text: string; place: Place } {
  const start = marked.indexOf("«");
  const end = marked.indexOf("»");
  if (start < 0 || end < start || marked.indexOf("«", start + 1) >= 0) throw new Error(`marks of ${marked}`);
  const before = marked.slice(0, start);
  const column = start - before.lastIndexOf("\n");
  const place = { line: before.split("\n").length, column, endColumn: column + end - start - 1 };
  return { text: before + marked.slice(start + 1, end) + marked.slice(end + 1), place };
}

/** What differs from what the case demands; nothing: it is refused at the very place, and no rule counts. */
function differences(path: string, { marked, code }: CorpusCase, shift = 0, before = ""): string[] {
  const { text, place } = unmarked(marked);
  const { rules, faults } = checkPolicy(contentOf({ [path]: before + text }), names);
  const line = place.line + before.split("\n").length - 1;
  const found = faults.filter((fault) => fault.severity === "fault");
  const right = (fault: FileFault): boolean =>
    fault.file === path &&
    fault.code === code &&
    fault.line === line &&
    fault.column === place.column + shift &&
    (fault.endColumn === undefined || path !== rulesFile || fault.endColumn === place.endColumn);
  const told = found.map((fault) => `${fault.code} ${fault.line}:${fault.column}-${fault.endColumn ?? ""}`);
  return [
    ...(rules === null ? [] : ["accepted"]),
    ...(found.some(right) ? [] : [`no ${code} ${line}:${place.column}-${place.endColumn} in ${told.join(", ")}`]),
    ...(found.some((fault) => fault.line < line) ? [`a fault before: ${told.join(", ")}`] : []),
  ];
}

const contexts = [
  ["on the first line", ""],
  ["after other lines", "# a comment\n\np, cantine-plus, school-meals, Resident.number, all, -, allow\n"],
  ["after Windows line ends", "# a comment\r\np, cantine-plus, school-meals, Resident.number, all, -, allow\r\n"],
] as const;

describe("the corpus of faulty files", () => {
  it("holds more than 200 files, each another, of many kinds", () => {
    expect(new Set(ruleFileCases.map(({ marked }) => marked)).size).toBe(ruleFileCases.length);
    expect(ruleFileCases.length).toBeGreaterThan(200);
    expect(new Set([...ruleFileCases, ...modelCases].map(({ kind }) => kind)).size).toBeGreaterThan(50);
  });

  it.each(contexts)("is refused %s, each at its line and column (law 7)", (_, before) => {
    const own = (one: CorpusCase): boolean => before === "" || one.code !== "byte-order-mark";
    const wrong = ruleFileCases
      .filter(own)
      .map((one) => [`${one.kind}: ${one.what}`, ...differences(rulesFile, one, 0, before)])
      .filter((line) => line.length > 1);
    expect(wrong).toEqual([]);
  });

  it("holds filters.yaml's, each at its line and column (law 7)", () => {
    const path = "policies/rivemont/filters.yaml";
    const wrong = filterCases
      .map((one) => [`${one.kind}: ${one.what}`, ...differences(path, one)])
      .filter((line) => line.length > 1);
    expect(wrong).toEqual([]);
  });

  it("holds model.conf's, refused at the first sign that differs", () => {
    const wrong = modelCases
      .map((one) => [one.what, ...differences("policies/model.conf", one)])
      .filter((line) => line.length > 1);
    expect(wrong).toEqual([]);
  });

  it("is really compared: each case fails with its column moved by one, or another code", () => {
    const all = [
      ...ruleFileCases.map((one) => [rulesFile, one] as const),
      ...modelCases.map((one) => ["policies/model.conf", one] as const),
    ];
    for (const [path, one] of all) {
      expect(differences(path, one, 1), one.what).not.toEqual([]);
      expect(differences(path, one, -1), one.what).not.toEqual([]);
      expect(differences(path, { ...one, code: "another" }), one.what).not.toEqual([]);
    }
  });
});

/** Casbin by its own reader, as any tool of Casbin's would load the file. */
async function casbinReads(text: string): Promise<unknown> {
  const enforcer = await newEnforcer(newModelFromString(modelText), new StringAdapter(text));
  return [await enforcer.getPolicy(), await enforcer.getGroupingPolicy()];
}

const weRead = ({ rules, memberships }: RuleSet): unknown => [
  rules.map((rule) => [rule.application, rule.purpose, rule.field, rule.rows, rule.mask, rule.effect]),
  memberships.map(({ application, group }) => [application, group]),
];

describe("what is harmless", () => {
  it.each(acceptedFiles)("%s: read as Casbin reads it", async (_, text) => {
    const { rules, faults } = checkPolicy(contentOf({ [rulesFile]: text }), names);
    expect(faults.filter(({ severity }) => severity === "fault")).toEqual([]);
    if (rules === null) throw new Error("refused");
    expect(weRead(rules)).toEqual(await casbinReads(text));
  });

  it("is compared with something that differs where the files do", async () => {
    expect(await casbinReads("p, a, b, C.d, all, -, allow")).not.toEqual(
      await casbinReads("p, a, b, C.d, all, -, deny"),
    );
  });
});
