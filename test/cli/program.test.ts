import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { createProgram, runCommand } from "../../src/cli/program.js";
import { asKeyId, asName } from "../../src/cli/options.js";
import type { CommandContext } from "../../src/cli/session.js";
import { createTerminal } from "../../src/cli/terminal.js";

function context(): { context: CommandContext; said: { out: string; err: string } } {
  const said = { out: "", err: "" };
  const terminal = createTerminal({
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    columns: 100,
    outColours: false,
    errColours: false,
  });
  // No town folder: whatever is told here is told before anything is opened.
  return { context: { terminal, folder: "/nowhere", env: {}, who: "x", now: () => new Date(0) }, said };
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { context: made, said } = context();
  return { code: await runCommand(args, made), ...said };
}

const leaves = (command: Command): Command[] => [
  ...(command.commands.length === 0 || command.name() === "log" ? [command] : []),
  ...command.commands.flatMap(leaves),
];

describe("the command", () => {
  it("has help with an example for each of its commands", async () => {
    const all = leaves(createProgram(context().context));
    expect(all.length).toBeGreaterThanOrEqual(20);
    for (const command of all) {
      const path: string[] = [];
      for (let at: Command | null = command; at?.parent; at = at.parent) path.unshift(at.name());
      const { code, out } = await run(...path, "--help");
      expect([path, code]).toEqual([path, 0]);
      expect(out).toMatch(/\nExamples?:\n {2}\$ npx passerelle /);
    }
  });

  it("says its exit codes and version", async () => {
    expect(await run("--help")).toMatchObject({ code: 0, err: "" });
    expect((await run("--help")).out).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 /);
    expect((await run("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("says what was probably meant", async () => {
    expect(await run("lgo")).toMatchObject({ code: 2, out: "" });
    expect((await run("lgo")).err).toContain("Did you mean log?");
    expect((await run("policy", "chekc")).err).toContain("Did you mean check?");
    expect((await run("log", "shwo", "12")).err).toContain('did you mean "log show ENTRY"?');
    expect((await run("log", "--ap", "x")).err).toContain("Did you mean --app?");
    expect((await run("log", "--outcome", "x")).err).toContain("Allowed choices are answered, partial");
    expect((await run("log", "--limit", "5000")).err).toContain("a whole number from 1 to 1000");
    expect(await run("agreement", "approve", "a/b")).toMatchObject({ code: 2, out: "" });
  });

  it("says that there is no town folder here", async () => {
    const { code, out, err } = await run("log");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^gateway\.yaml:1:1 fault: there is no gateway\.yaml in \/nowhere/);
  });
});

describe("what the record keeps of what staff typed", () => {
  it("is a name, never a key nor anything else", () => {
    expect(asName("cantine-plus/school-meals")).toBe("cantine-plus/school-meals");
    expect(asName("Marie Martin")).toBe("(not a name)");
    expect(asKeyId("Ab3dEf6hIj9k")).toBe("Ab3dEf6hIj9k");
    expect(asKeyId(`psk_live_Ab3dEf6hIj9k_${"s".repeat(49)}`)).toBe("Ab3dEf6hIj9k");
    expect(asKeyId("s".repeat(49))).toBe("(not a key)");
  });
});
