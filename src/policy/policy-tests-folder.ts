// The tenant's test files in the town folder. What lies where nobody runs it is refused by name: such a test would seem
// to hold something.
import { readdir, readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { FileFault, TenantName } from "../terms/index.js";
import { sortedPaths, testsFolder } from "./content.js";
import { fileFault } from "./find-files.js";

export interface TestFiles {
  /** Texts by their path from the town folder; empty where there are none. */
  readonly files: ReadonlyMap<string, string>;
  readonly faults: readonly FileFault[];
}

/** Bytes of one file. */
const largestFile = 1024 * 1024;

const mostFiles = 500;

export async function readTestFiles(folder: string, tenant: TenantName): Promise<TestFiles> {
  const faults: FileFault[] = [];
  const files = new Map<string, string>();
  const own = testsFolder(tenant);
  const paths = await listFiles(folder, own, faults);
  if (paths.length > mostFiles) faults.push(fileFault(own, "too-many-files", `there are at most ${mostFiles} files`));
  for (const path of sortedPaths(paths).slice(0, mostFiles)) {
    const text = await readText(resolve(folder, path)).catch(() => null);
    if (text === null)
      faults.push(fileFault(path, "file-unreadable", `not a UTF-8 text of at most ${largestFile} bytes`));
    else files.set(path, text);
  }
  const elsewhere = await listFiles(folder, "policies/tests/", []);
  for (const path of elsewhere)
    faults.push(fileFault(path, "file-not-understood", `no tests are run here; move it to ${own}`));
  return { files, faults };
}

async function listFiles(folder: string, under: string, faults: FileFault[]): Promise<string[]> {
  const found = await readdir(resolve(folder, under), { withFileTypes: true }).catch((error: unknown) => {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!missing) faults.push(fileFault(under, "file-unreadable", "this folder cannot be read"));
    return [];
  });
  const seen = found.filter(({ name }) => !/^\.|~$|\.md$/i.test(name));
  const isTest = (name: string): boolean => /\.ya?ml$/.test(name);
  for (const { name } of seen.filter((entry) => !isTest(entry.name))) {
    const message = `only ${under}*.yaml is run here; rename, move or delete this one`;
    faults.push(fileFault(under + name, "file-not-understood", message));
  }
  return seen.filter(({ name }) => isTest(name)).map(({ name }) => under + name);
}

async function readText(path: string): Promise<string | null> {
  const found = await stat(path);
  if (!found.isFile() || found.size > largestFile) return null;
  return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
}
