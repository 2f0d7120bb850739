import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelText, readPolicyFolder, type ReadFolder } from "../../src/policy/index.js";
import type { TenantName } from "../../src/terms/index.js";
import { tenant } from "./town.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "passerelle-town-"));
  await write("schema.graphql", "type A { b: Int }");
  await write("policies/model.conf", modelText);
  await write("policies/common/never.csv", "# never");
  await write("policies/rivemont/b.csv", "# b");
  await write("policies/rivemont/a.csv", "# a");
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, data: string | Buffer): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), data);
}

const read = (name: string = tenant): Promise<ReadFolder> =>
  readPolicyFolder(folder, name as TenantName, "schema.graphql", [tenant, "other"]);

async function faultsOf(): Promise<string[]> {
  const { content, faults } = await read();
  expect(content).toBeNull();
  return faults.map(({ code, file, line }) => `${code} ${file}:${line}`);
}

describe("readPolicyFolder", () => {
  it("reads the schema, the model, common and the tenant's own rules, sorted", async () => {
    await write("policies/other/c.csv", "another tenant's");
    await write("policies/tests/cases.yaml", "expectations");
    await write("policies/rivemont/tests/more.yaml", "expectations");
    await write("policies/rivemont/README.md", "notes");
    await write("policies/rivemont/.a.csv.swp", "an editor's");
    await write("policies/rivemont/a.csv~", "an editor's");
    const { content, faults } = await read();
    expect(faults).toEqual([]);
    expect(content?.schema).toBe("type A { b: Int }");
    expect([...(content?.files ?? [])]).toEqual([
      ["policies/common/never.csv", "# never"],
      ["policies/model.conf", modelText],
      ["policies/rivemont/a.csv", "# a"],
      ["policies/rivemont/b.csv", "# b"],
    ]);
  });

  it("keeps a byte order mark for the validator to name", async () => {
    await write("policies/rivemont/a.csv", "\uFEFF# a");
    expect((await read()).content?.files.get("policies/rivemont/a.csv")).toBe("\uFEFF# a");
  });

  it("refuses what is not UTF-8, at its line", async () => {
    await write("policies/rivemont/a.csv", Buffer.from("# ok\n# \xe9cole\n# ok", "latin1"));
    await write("schema.graphql", Buffer.from([0x23, 0xc3]));
    expect(await faultsOf()).toEqual(["not-utf-8 schema.graphql:1", "not-utf-8 policies/rivemont/a.csv:2"]);
  });

  it("refuses a file that lies elsewhere, and reads a link that stays inside", async () => {
    await symlink("/etc/hostname", join(folder, "policies/rivemont/c.csv"));
    await symlink("a.csv", join(folder, "policies/rivemont/d.csv"));
    await symlink("nowhere", join(folder, "policies/rivemont/e.csv"));
    expect(await faultsOf()).toEqual([
      "file-outside policies/rivemont/c.csv:1",
      "file-missing policies/rivemont/e.csv:1",
    ]);
  });

  it("refuses a folder that lies elsewhere", async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), "passerelle-elsewhere-"));
    await writeFile(join(elsewhere, "x.csv"), "p, *, *, *, -, -, deny");
    await rm(join(folder, "policies/common"), { recursive: true });
    await symlink(elsewhere, join(folder, "policies/common"));
    expect(await faultsOf()).toEqual(["file-outside policies/common/x.csv:1"]);
    await rm(elsewhere, { recursive: true });
  });

  it("does not wait on a pipe", async () => {
    execFileSync("mkfifo", [join(folder, "policies/rivemont/c.csv")]);
    expect(await faultsOf()).toEqual(["file-unreadable policies/rivemont/c.csv:1"]);
  });

  it("refuses a file beyond 5 MB, and reads one just below", async () => {
    await write("policies/rivemont/a.csv", Buffer.alloc(5 * 1024 * 1024, "#"));
    expect((await read()).content?.files.get("policies/rivemont/a.csv")).toHaveLength(5 * 1024 * 1024);
    await write("policies/rivemont/a.csv", Buffer.alloc(5 * 1024 * 1024 + 1, "#"));
    expect(await faultsOf()).toEqual(["file-too-large policies/rivemont/a.csv:1"]);
  });

  it("refuses a name that may be a misspelt rule file: it may hold a deny", async () => {
    await write("policies/rivemont/deny.cvs", "p, *, *, *, -, -, deny");
    await write("policies/rivemont/sub/deny.csv", "p, *, *, *, -, -, deny");
    await write("policies/common/DENY.CSV", "p, *, *, *, -, -, deny");
    await write("policies/common/filters.yaml", "a: b");
    expect(await faultsOf()).toEqual([
      "file-not-understood policies/common/DENY.CSV:1",
      "file-not-understood policies/common/filters.yaml:1",
      "file-not-understood policies/rivemont/deny.cvs:1",
      "file-not-understood policies/rivemont/sub:1",
    ]);
  });

  it("refuses more files than anybody writes", async () => {
    await Promise.all(Array.from({ length: 500 }, (_, n) => write(`policies/rivemont/${n}.csv`, "# n")));
    expect(await faultsOf()).toEqual(["too-many-files policies/rivemont/:1"]);
  });

  it("says what is missing", async () => {
    await rm(join(folder, "policies"), { recursive: true });
    await rm(join(folder, "schema.graphql"));
    expect(await faultsOf()).toEqual(["file-missing schema.graphql:1", "file-missing policies/model.conf:1"]);
    await rm(folder, { recursive: true });
    expect((await read()).faults).toMatchObject([{ code: "file-missing" }]);
    await mkdir(folder);
  });

  it.each(["..", "../x", "common", "tests", "", "a/b", ".git"])("refuses the tenant %j", async (name) => {
    const { content, faults } = await read(name);
    expect(content).toBeNull();
    expect(faults).toMatchObject([{ code: "tenant-name" }]);
  });
});
