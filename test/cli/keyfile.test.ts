import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTown, TownRefused } from "../../src/cli/index.js";
import { runCommand } from "../../src/cli/program.js";
import { createTerminal } from "../../src/cli/terminal.js";

const tenantOf = (name: string): string => `
  ${name}:
    displayName: ${name}
    contact: donnees@${name}.example
    sources: { trees: { kind: postgres, url: env:TREES_URL } }
    purposes:
      tree-care: { title: { fr: Arbres, en: Trees }, text: { fr: Arbres, en: Trees }, dpv: dpv:ServiceProvision }
    people: [{ name: Élise, email: dpo@${name}.example, roles: [dpo] }]
`;

describe("passerelle keyfile create", () => {
  let folder = "";
  const env = {
    // Nobody listens there: the command needs no database.
    DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
    TREES_URL: "postgres://nobody@127.0.0.1:1/none",
    PASSERELLE_KEY_FILE: "secrets/keys.yaml",
  };
  const file = (): string => join(folder, "secrets", "keys.yaml");
  const town = (...names: string[]): void =>
    writeFileSync(join(folder, "gateway.yaml"), `tenants:${names.map(tenantOf).join("")}`);

  async function create(): Promise<{ code: number; out: string; err: string }> {
    const said = { out: "", err: "" };
    const terminal = createTerminal({
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
      columns: 200,
      outColours: false,
      errColours: false,
    });
    const context = { terminal, folder, env, who: "x", now: () => new Date(0) };
    return { code: await runCommand(["keyfile", "create"], context), ...said };
  }

  async function refusal(): Promise<string> {
    const opened = openTown({ folder, env, report: () => undefined });
    const error: unknown = await opened.catch((thrown: unknown) => thrown);
    return error instanceof TownRefused ? error.message : "not refused for its files";
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "passerelle-keyfile-"));
    town("mariville");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("makes what a start in production asks for, once, readable by its owner only", async () => {
    expect(await refusal()).toContain("npx passerelle keyfile create");
    expect(await create()).toMatchObject({ code: 0, err: "" });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(await refusal()).toBe("not refused for its files");

    const before = readFileSync(file(), "utf8");
    const again = await create();
    expect(again).toMatchObject({ code: 2, out: "" });
    expect(again.err).toContain("Nothing was changed");
    expect(readFileSync(file(), "utf8")).toBe(before);
  });

  it("never prints a secret", async () => {
    const { out } = await create();
    const secret = /secret: (\S+)/.exec(readFileSync(file(), "utf8"))?.[1] ?? "none";
    expect(secret).toHaveLength(44);
    expect(out).not.toContain(secret);
  });

  it("adds the secret of a new tenant and leaves the others as they are", async () => {
    await create();
    const secretOf = /secret: (\S+)/.exec(readFileSync(file(), "utf8"))?.[1] ?? "none";
    town("mariville", "rivage");
    expect(await refusal()).toContain("npx passerelle keyfile create");
    expect(await create()).toMatchObject({ code: 0, err: "" });
    expect(readFileSync(file(), "utf8")).toContain(secretOf);
    expect(readFileSync(file(), "utf8")).toContain("rivage:");
    expect(await refusal()).toBe("not refused for its files");
  });

  it("does not touch a file with mistakes, nor one that others can read", async () => {
    await create();
    const whole = readFileSync(file(), "utf8");
    writeFileSync(file(), whole.replace("number: 1", "number: one"));
    expect(await create()).toMatchObject({ code: 2, out: "" });
    writeFileSync(file(), whole);
    chmodSync(file(), 0o644);
    town("mariville", "rivage");
    expect((await create()).err).toContain("chmod 600");
    expect(readFileSync(file(), "utf8")).toBe(whole);
  });

  it("is told of a faulty gateway.yaml first", async () => {
    writeFileSync(join(folder, "gateway.yaml"), "tenants: {}\nfoo: 1\n");
    expect(await create()).toMatchObject({ code: 2, out: "" });
    expect(existsSync(file())).toBe(false);
  });
});
