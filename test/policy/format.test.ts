import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPolicy, formatRules, type Rule, type RuleSet } from "../../src/policy/index.js";
import { randomTown } from "./random-town.js";
import { contentOf, names, rulesFile } from "./town.js";

const formatted = (text: string): string | null => formatRules(rulesFile, text).text;

/** What the rules of a file say, in order: places and layout aside. */
function said(text: string): unknown {
  const { rules, faults } = checkPolicy(contentOf({ [rulesFile]: text }), names);
  if (rules === null) return faults.map(({ code, message }) => `${code} ${message}`);
  return meaning(rules);
}

const meaning = ({ rules, memberships }: RuleSet): unknown => [
  rules.map((rule: Rule) => ({ ...rule, ref: null })),
  memberships.map((membership) => ({ ...membership, ref: null })),
];

describe("a formatted rule file", () => {
  it("has its columns under each other, and all else as it was", () => {
    const text = `# Convention 2026-014,  a, b ; "quoted"
p,cantine-plus,school-meals,Resident.familyName,all,-,allow
\tp ,  parkeasy,*,  CarPark.name , all ,redact, allow \r


   # of a group\t
g,parkeasy,   group:mobility
g , biblio-stats,group:a
p,*,*,@contact,-,-,deny

`;
    expect(formatted(text)).toBe(`# Convention 2026-014,  a, b ; "quoted"
p, cantine-plus, school-meals, Resident.familyName, all, -,      allow
p, parkeasy,     *,            CarPark.name,        all, redact, allow


# of a group
g, parkeasy,     group:mobility
g, biblio-stats, group:a
p, *,            *,            @contact,            -,   -,      deny
`);
  });

  it("has nothing changed that is not space", () => {
    expect(formatted("")).toBe("");
    expect(formatted("\n \n")).toBe("");
    expect(formatted("# a")).toBe("# a\n");
  });

  it("is as long as rules may be, at most", () => {
    const long = (cell: string): string => `p,${cell},parking,CarPark.name,all,-,allow`;
    const [a, b] = [long("a".repeat(462)), `p,parkeasy,${"b".repeat(400)},CarPark.name,all,-,allow`];
    expect(a.length).toBe(497);
    const text = formatted(`${a}\n${b}\n`) ?? "";
    expect(text.split("\n").map(({ length }) => length)).toEqual([497, 442, 0]);
    expect(formatted(text)).toBe(text);
    expect(said(text)).toEqual(said(`${a}\n${b}\n`));
  });

  it("is not made of one with a fault, whose faults are told", () => {
    for (const faulty of [
      "p, *, *, CarPark.name, -, deny",
      "\uFEFF# a",
      "p; *",
      "# \u0007",
      "P, *, *, *, -, -, deny",
    ]) {
      const { text, faults } = formatRules(rulesFile, `# fine\n${faulty}`);
      expect(text).toBeNull();
      expect(faults).toMatchObject([{ severity: "fault", file: rulesFile, line: 2 }]);
    }
  });

  it("is what this repository's own files are", () => {
    const files = ["policies/common", "policies/rivemont"].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".csv"))
        .map((name) => join(folder, name)),
    );
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      expect(formatRules(file, text).text, file).toBe(text);
    }
  });

  it("means the same, and formatted again is the same, whatever its layout was", () => {
    const space = fc.stringMatching(/^[ \t]{0,3}$/);
    const end = fc.constantFrom("\n", "\r\n", " \n", "\n\n", "\n# note, here \n", "\t\r\n");
    const layout = fc.array(fc.tuple(space, space, end), { minLength: 1, maxLength: 20 });
    let changed = 0;
    fc.assert(
      fc.property(randomTown, layout, ({ content }, spaces) => {
        const lines = (content.files.get(rulesFile) ?? content.files.get("policies/rivemont/a.csv") ?? "").split("\n");
        const loose = lines
          .map((line, at) => {
            const [before = "", after = "", newline = "\n"] = spaces[at % spaces.length] ?? [];
            const cells = line.startsWith("#")
              ? line
              : line
                  .split(",")
                  .map((cell) => before + cell.trim() + after)
                  .join(",");
            return cells + newline;
          })
          .join("");
        const once = formatted(loose);
        expect(once).not.toBeNull();
        expect(said(once ?? "")).toEqual(said(loose));
        expect(formatted(once ?? "")).toBe(once);
        expect(once).not.toContain("\r");
        const comments = (text: string): string[] =>
          text
            .split("\n")
            .map((line) => line.trim())
            .filter((line) => line.startsWith("#"));
        expect(comments(once ?? "")).toEqual(comments(loose));
        if (once !== loose) changed += 1;
      }),
      { numRuns: 100 },
    );
    expect(changed).toBeGreaterThan(80);
  });
});
