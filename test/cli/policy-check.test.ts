// `policy check` where there is no store, as in a CI; and what it prints for other programs.
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { githubLines, sarifLog, underlined } from "../../src/cli/fault-formats.js";
import { runCommand } from "../../src/cli/program.js";
import { createTerminal } from "../../src/cli/terminal.js";
import type { FileFault } from "../../src/terms/index.js";
import { withoutDemo } from "../support/without-demo.js";

const root = resolve(import.meta.dirname, "..", "..");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "passerelle-check-"));
  for (const name of ["gateway.yaml", "schema.graphql", "policies"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function check(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return checkWith({}, ...args);
}

async function checkWith(env: Record<string, string>, ...args: string[]) {
  const said = { out: "", err: "" };
  const terminal = createTerminal({
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    columns: 120,
    outColours: false,
    errColours: false,
  });
  const context = { terminal, folder, env, who: "ci", now: () => new Date() };
  const code = await runCommand(["policy", "check", ...args], context);
  return { code, ...said };
}

const rules = "policies/rivemont/library.csv";
const append = (line: string): void => appendFileSync(join(folder, rules), `${line}\n`);
const lastLine = (): number => readFileSync(join(folder, rules), "utf8").trimEnd().split("\n").length;

describe("policy check without a store", () => {
  it("checks the files alone, says so, and makes no database", async () => {
    const { code, out, err } = await check();
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(
      /^Checked without the store \(this town folder has no database yet\): names of applications and the agreements were not compared\.\nNo faults, no warnings\. These files are version [0-9a-f]{64}\.\n$/,
    );
    expect(readdirSync(folder).sort()).toEqual(["gateway.yaml", "policies", "schema.graphql"]);
  });

  it("exits with 0 where it is clean, 1 for a warning under --strict, 2 for a fault", async () => {
    expect(await check("--offline", "--strict")).toMatchObject({ code: 0, err: "" });
    const unasked = await check("--strict");
    expect(unasked).toMatchObject({ code: 1 });
    expect(unasked.err).toContain("--offline");
    append("p, biblio-stats, library-statistics, SocialAid.kind, all, -, allow");
    expect(await check("--offline")).toMatchObject({ code: 0 });
    expect(await check("--offline", "--strict")).toMatchObject({ code: 1 });
    append("p, biblio-stats, *, @contakt, -, -, deny");
    expect(await check("--offline")).toMatchObject({ code: 2 });
    expect(await check("--offline", "--strict")).toMatchObject({ code: 2 });
  });

  it("underlines the place for people", async () => {
    append("p, *, *, Resident.emial, -, -, deny");
    const { out, err } = await check("--offline");
    expect(out).toContain(
      `${rules}:${lastLine()}:10 fault: unknown field "Resident.emial" (did you mean "Resident.email"?)
  | p, *, *, Resident.emial, -, -, deny
  |          ^^^^^^^^^^^^^^
`,
    );
    expect(err).toBe("1 fault, no warnings. What is in force stays in force.\n");
  });

  it("needs none of the services' addresses, but names what else is wrong with gateway.yaml", async () => {
    const file = join(folder, "gateway.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, withoutDemo(text, "env:FAMILIES_URL", "https://demo.example"));
    const { code, out } = await check();
    expect(out).toContain("the environment variable FAMILIES_URL is not set");
    expect(code).toBe(0);
    writeFileSync(file, text.replace("purposes:", "porposes:"));
    const wrong = await check("--offline");
    expect(wrong).toMatchObject({ code: 2, out: "" });
    expect(wrong.err).toMatch(/^gateway\.yaml:\d+:\d+ fault: .*porposes/m);
  });

  it("goes on without a database that does not answer, and says why", async () => {
    const file = join(folder, "gateway.yaml");
    writeFileSync(file, withoutDemo(readFileSync(file, "utf8"), "env:FAMILIES_URL", "https://demo.example"));
    const env = {
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
      FAMILIES_URL: "postgres://nobody@127.0.0.1:1/none",
      SIGN_IN_SECRET: "of the test",
      PASSERELLE_MODE: "development",
    };
    const { code, out } = await checkWith(env);
    expect(out).toMatch(/^Checked without the store \(.+\): names of applications/);
    expect(code).toBe(0);
  });

  it("names what citizens: says and the map does not have, at its line", async () => {
    const file = join(folder, "gateway.yaml");
    const text = readFileSync(file, "utf8").replace("dataset: Guardianship", "dataset: Gardianship");
    writeFileSync(file, text);
    const line = text.split("\n").findIndex((each) => each.includes("Gardianship")) + 1;
    const { code, out } = await check("--offline");
    expect(code).toBe(2);
    expect(out).toContain(
      `gateway.yaml:${line}:13 fault: schema.graphql has no dataset "Gardianship" (did you mean "Guardianship"?)`,
    );
  });

  it("does not take two formats at once", async () => {
    expect(await check("--json", "--sarif")).toMatchObject({ code: 2, out: "" });
  });
});

const fault: FileFault = {
  severity: "fault",
  code: "unknown-field",
  file: "policies/a,b: 100%/x\r\n.csv",
  line: 3,
  column: 15,
  endColumn: 29,
  message: "unknown field: 50%, a\r\nb",
  suggestion: "Resident.email",
};
const warning: FileFault = {
  severity: "warning",
  code: "nothing-opened",
  file: "policies/rivemont/x.csv",
  line: 1,
  column: 1,
  message: "nothing",
};

describe("for GitHub", () => {
  it("writes a command a line, escaped so that no text can end it or begin another", () => {
    expect(githubLines([fault, warning])).toEqual([
      '::error file=policies/a%2Cb%3A 100%25/x%0D%0A.csv,line=3,col=15,endColumn=29,title=Unknown field::unknown field: 50%25, a%0D%0Ab (did you mean "Resident.email"?)',
      "::warning file=policies/rivemont/x.csv,line=1,col=1,title=Nothing opened::nothing",
    ]);
  });

  it("prints nothing else on the output, and the sum on the other", async () => {
    append("p, *, *, Resident.emial, -, -, deny");
    const { code, out, err } = await check("--offline", "--github");
    expect(code).toBe(2);
    expect(out).toBe(
      `::error file=${rules},line=${lastLine()},col=10,endColumn=24,title=Unknown field::unknown field "Resident.emial" (did you mean "Resident.email"?)\n`,
    );
    expect(err).toContain("1 fault");
  });
});

/** What the SARIF 2.1.0 schema demands of the parts that we write. */
function sarifFaults(log: unknown): string[] {
  const found: string[] = [];
  const need = (right: boolean, what: string): void => void (right || found.push(what));
  const at = (value: unknown, ...path: (string | number)[]): unknown =>
    path.reduce<unknown>(
      (node, key) => (typeof node === "object" && node !== null ? Reflect.get(node, key) : undefined),
      value,
    );
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const whole = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1;
  const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
  need(at(log, "version") === "2.1.0", "version");
  need(URL.canParse(String(at(log, "$schema"))), "$schema");
  need(list(at(log, "runs")).length === 1, "runs");
  const run = at(log, "runs", 0);
  need(isText(at(run, "tool", "driver", "name")), "tool.driver.name");
  need(at(run, "columnKind") === "utf16CodeUnits", "columnKind");
  const ids = list(at(run, "tool", "driver", "rules")).map((rule) => at(rule, "id"));
  need(ids.every(isText) && new Set(ids).size === ids.length, "rules unique by id");
  for (const rule of list(at(run, "tool", "driver", "rules")))
    need(isText(at(rule, "shortDescription", "text")), "rule text");
  for (const call of list(at(run, "invocations"))) {
    need(typeof at(call, "executionSuccessful") === "boolean", "executionSuccessful");
    for (const note of list(at(call, "toolExecutionNotifications")))
      need(isText(at(note, "message", "text")), "notification");
  }
  need(Array.isArray(at(run, "results")), "results");
  for (const result of list(at(run, "results"))) {
    need(ids[Number(at(result, "ruleIndex"))] === at(result, "ruleId"), "ruleId by ruleIndex");
    need(["none", "note", "warning", "error"].includes(String(at(result, "level"))), "level");
    need(isText(at(result, "message", "text")), "message.text");
    const place = at(result, "locations", 0, "physicalLocation");
    const uri = String(at(place, "artifactLocation", "uri"));
    need(/^(?!\/)(?:[A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})+$/.test(uri), `a relative URI: ${uri}`);
    const region = at(place, "region");
    need(whole(at(region, "startLine")) && whole(at(region, "startColumn")), "region");
    const end = at(region, "endColumn");
    need(end === undefined || (whole(end) && Number(end) >= Number(at(region, "startColumn"))), "endColumn");
  }
  return found;
}

describe("SARIF", () => {
  it("is what the standard demands", () => {
    const log = sarifLog({ faults: [fault, warning, fault], notChecked: "not all" });
    expect(sarifFaults(log)).toEqual([]);
    expect(log).toMatchObject({
      runs: [
        {
          results: [
            {
              ruleId: "unknown-field",
              level: "error",
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: "policies/a%2Cb%3A%20100%25/x%0D%0A.csv" },
                    region: { startLine: 3, startColumn: 15, endColumn: 29 },
                  },
                },
              ],
            },
            { ruleId: "nothing-opened", level: "warning" },
            { ruleId: "unknown-field" },
          ],
        },
      ],
    });
    // The check itself sees what is wrong.
    expect(sarifFaults(sarifLog({ faults: [{ ...fault, line: 0 }], notChecked: null }))).toEqual(["region"]);
    expect(sarifFaults({ ...log, version: "2.0" })).toEqual(["version"]);
  });

  it("is the whole output, also of files without fault", async () => {
    const clean = await check("--offline", "--sarif");
    expect(clean.code).toBe(0);
    expect(sarifFaults(JSON.parse(clean.out))).toEqual([]);
    append("P, *, *, Resident.email, -, -, deny");
    const { code, out } = await check("--offline", "--sarif");
    expect(code).toBe(2);
    expect(sarifFaults(JSON.parse(out))).toEqual([]);
    expect(JSON.parse(out).runs[0].results).toMatchObject([{ ruleId: "unknown-section" }]);
  });
});

describe("a place underlined", () => {
  const at = (column: number, endColumn: number): FileFault => ({ ...warning, column, endColumn });

  it("stands under what it names, behind tabs and characters that are shown by their number", () => {
    expect(underlined(at(5, 7), ["p,\tabcd"]).slice(1)).toEqual(["  | p,\tabcd", "  |   \t ^^"]);
    expect(underlined(at(4, 5), ["ab\u202Ecd"]).slice(1)).toEqual(["  | ab\\u{202e}cd", "  |           ^"]);
    expect(underlined(at(3, 4), ["ab\u202Ecd"]).slice(1)).toEqual(["  | ab\\u{202e}cd", "  |   ^^^^^^^^"]);
  });

  it("is no command for a CI's runner, whatever the line says", () => {
    for (const line of underlined(at(1, 2), ["::error file=a.ts,line=1::made up"]).slice(1))
      expect(line.trimStart()).not.toMatch(/^::/);
  });

  it("is found in a line of any length, and left away where there is no line", () => {
    const [, line = "", mark = ""] = underlined(at(10_001, 10_003), [`${"x".repeat(10_000)}YY${"x".repeat(10_000)}`]);
    expect(line.length).toBeLessThan(200);
    expect(line.slice(mark.indexOf("^"), mark.lastIndexOf("^") + 1)).toBe("YY");
    expect(underlined({ ...warning, line: 9 }, ["x"])).toHaveLength(1);
    expect(underlined(warning, undefined)).toHaveLength(1);
  });
});
