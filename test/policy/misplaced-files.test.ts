// Rules that lie where nobody reads them: a deny among them would be missed by nobody.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { modelText, readPolicyFolder } from "../../src/policy/index.js";
import { formatFault } from "../../src/terms/index.js";
import { tenant } from "./town.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "passerelle-town-"));
  await write("schema.graphql", "type A { b: Int }");
  await write("policies/model.conf", modelText);
  await write("policies/common/never.csv", "p, *, *, *, -, -, deny");
  await write(`policies/${tenant}/a.csv`, "# a");
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, data: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), data);
}

async function faultsOf(): Promise<string[]> {
  const { content, faults } = await readPolicyFolder(folder, tenant, "schema.graphql", [tenant, "commune"]);
  expect(content === null).toBe(faults.length > 0);
  return faults.map(({ code, file }) => `${code} ${file}`);
}

const move = (from: string, to: string) => rename(join(folder, "policies", from), join(folder, "policies", to));

it("refuses a rule file beside the folders", async () => {
  await move("common/never.csv", "never.csv");
  expect(await faultsOf()).toEqual(["file-not-understood policies/never.csv"]);
});

it.each(["Common", "commun", "commons", "all", "common~", "x.md", "x.csv"])(
  "refuses the folder common under the name %s",
  async (name) => {
    await move("common", name);
    expect(await faultsOf()).toEqual([`folder-not-understood policies/${name}`]);
  },
);

it("refuses the tenant's folder in other capitals beside its own", async () => {
  await write(`policies/${tenant.toUpperCase()}/deny.csv`, "p, *, *, *, -, -, deny");
  expect(await faultsOf()).toEqual([`folder-not-understood policies/${tenant.toUpperCase()}`]);
});

it("lets another tenant be called nearly `common`, and notes and editors' files lie there", async () => {
  await write("policies/commune/c.csv", "another tenant's");
  await write("policies/README.md", "notes\n```csv\np, *, *, *, -, -, deny\n```\n");
  await write("policies/.model.conf.swp", "an editor's");
  await write("policies/tests/cases.yaml", "expectations");
  expect(await faultsOf()).toEqual([]);
});

const deny = "p, *, *, *, -, -, deny";

it("refuses the folder of no tenant, and says which name is near", async () => {
  await write("policies/rivmont/never.csv", deny);
  const { faults } = await readPolicyFolder(folder, tenant, "schema.graphql", [tenant, "commune"]);
  expect(faults.map(formatFault)).toEqual([
    "policies/rivmont:1:1 fault: nothing is read here, only in policies/common/, policies/commune/, " +
      "policies/rivemont/; rename, move or delete it, or add the tenant to gateway.yaml " +
      '(did you mean "policies/rivemont/"?)',
  ]);
});

it("knows no other tenant than the one it reads where none is named", async () => {
  await write("policies/commune/c.csv", "another tenant's");
  const { faults } = await readPolicyFolder(folder, tenant, "schema.graphql");
  expect(faults).toMatchObject([{ code: "folder-not-understood", file: "policies/commune" }]);
});

it.each([".never.csv", "never.csv~", "#never.csv#", "._never.csv", ".never.csv~", ".NEVER.CSV", "deny.cvs~"])(
  "refuses a rule file that is left as %s alone",
  async (name) => {
    await move("common/never.csv", `common/${name}`);
    expect(await faultsOf()).toEqual([`file-not-understood policies/common/${name}`]);
  },
);

it.each([".never.csv", "never.csv~", "#never.csv#", "._never.csv", ".#never.csv", ".never.csv.swp", ".gitkeep"])(
  "lets an editor's %s lie beside the file it edits",
  async (name) => {
    await write(`policies/common/${name}`, deny);
    expect(await faultsOf()).toEqual([]);
  },
);

it.each(["", "common/", `${tenant}/`])("refuses rule lines in notes in policies/%s, at their line", async (where) => {
  await write(`policies/${where}never.md`, `# Never\n\n${deny}\n`);
  const { faults } = await readPolicyFolder(folder, tenant, "schema.graphql", [tenant]);
  expect(faults).toMatchObject([{ code: "file-not-understood", file: `policies/${where}never.md`, line: 3 }]);
});

it("refuses tests in common, and rule files among the tests elsewhere", async () => {
  await write("policies/common/tests/cases.yaml", "expectations");
  await write("policies/tests/never.csv", deny);
  await write(`policies/${tenant}/tests/deep/never.csv`, deny);
  expect(await faultsOf()).toEqual([
    "file-not-understood policies/tests/never.csv",
    "file-not-understood policies/common/tests",
    `file-not-understood policies/${tenant}/tests/deep/never.csv`,
  ]);
});

it("refuses rule files in a hidden folder, and lets other hidden folders lie", async () => {
  await write("policies/.git/config", "another program's");
  await write(`policies/${tenant}/.old/never.csv`, deny);
  expect(await faultsOf()).toEqual([`file-not-understood policies/${tenant}/.old/never.csv`]);
});

it("does not wait on a pipe that is called like notes", async () => {
  execFileSync("mkfifo", [join(folder, "policies/common/notes.md")]);
  expect(await faultsOf()).toEqual(["file-unreadable policies/common/notes.md"]);
});
