// `demo citizen-token` makes anybody somebody else: it works in the demo alone (law 1).
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli/program.js";
import { createTerminal } from "../../src/cli/terminal.js";
import { startSignIn } from "../../src/demo/sign-in-service.js";
import { withoutDemo } from "../support/without-demo.js";

const root = resolve(import.meta.dirname, "..", "..");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "passerelle-demo-"));
  cpSync(join(root, "gateway.yaml"), join(folder, "gateway.yaml"));
  mkdirSync(join(folder, ".passerelle"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function token(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const terminal = createTerminal({
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    columns: 120,
    outColours: false,
    errColours: false,
  });
  const env = { SIGN_IN_SECRET: "of the test", SERVICES_URL: "postgres://nobody@127.0.0.1:1/none" };
  const context = { terminal, folder, env, who: "builder", now: () => new Date() };
  const code = await runCommand(["demo", "citizen-token", ...args], context);
  return { code, ...said };
}
const runs = (issuer: string): void =>
  writeFileSync(join(folder, ".passerelle", "demo-sign-in.json"), JSON.stringify({ issuer }));

describe("demo citizen-token", () => {
  it("prints a token of the person and nothing else, and says who or what is not known", async () => {
    const service = await startSignIn();
    try {
      runs(service.url);
      const { code, out, err } = await token("--as", "khadija.ferreira");
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\n$/);
      expect(await token("--as", "nobody")).toMatchObject({
        code: 2,
        out: "",
        err: expect.stringContaining('"nobody"') as string,
      });
      expect(await token("--as", "lou.haddad", "--app", "no-app")).toMatchObject({ code: 2, out: "" });
    } finally {
      await service.close();
    }
    expect(await token("--as", "khadija.ferreira")).toMatchObject({ code: 1, out: "" });
  });

  it("says how to start the service where it does not run", async () => {
    expect(await token("--as", "khadija.ferreira")).toMatchObject({
      code: 1,
      err: expect.stringContaining("npm start") as string,
    });
  });

  it("refuses in a town of its own, and asks no service there", async () => {
    const file = join(folder, "gateway.yaml");
    writeFileSync(file, withoutDemo(readFileSync(file, "utf8"), "env:SERVICES_URL", "https://services.example"));
    const service = await startSignIn();
    runs(service.url);
    const { code, out, err } = await token("--as", "khadija.ferreira");
    await service.close();
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("no demo town");
  });

  it("asks nobody but this machine, whatever stands in the note", async () => {
    runs("https://sign-in.example");
    expect(await token("--as", "khadija.ferreira")).toMatchObject({ code: 1, out: "" });
  });
});
