// Rules that lie where nobody reads them: a deny among them would be missed by nobody.
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { modelText, readPolicyFolder } from "../../src/policy/index.js";
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
  const { content, faults } = await readPolicyFolder(folder, tenant, "schema.graphql");
  expect(content === null).toBe(faults.length > 0);
  return faults.map(({ code, file }) => `${code} ${file}`);
}

const move = (from: string, to: string) => rename(join(folder, "policies", from), join(folder, "policies", to));

it("refuses a rule file beside the folders", async () => {
  await move("common/never.csv", "never.csv");
  expect(await faultsOf()).toEqual(["file-not-understood policies/never.csv"]);
});

it.each(["Common", "commun", "commons"])("refuses the folder common under the name %s", async (name) => {
  await move("common", name);
  expect(await faultsOf()).toEqual([`folder-not-understood policies/${name}`]);
});

it("refuses the tenant's folder in other capitals beside its own", async () => {
  await write(`policies/${tenant.toUpperCase()}/deny.csv`, "p, *, *, *, -, -, deny");
  expect(await faultsOf()).toEqual([`folder-not-understood policies/${tenant.toUpperCase()}`]);
});

it("lets another tenant be called nearly `common`, and notes and editors' files lie there", async () => {
  await write("policies/commune/c.csv", "another tenant's");
  await write("policies/README.md", "notes");
  await write("policies/.model.conf.swp", "an editor's");
  await write("policies/tests/cases.yaml", "expectations");
  expect(await faultsOf()).toEqual([]);
});
