// Which files of the town folder are a tenant's rules. What else lies under policies/ and could hold a rule is refused
// by name (law 7): a deny that nobody reads would be missed by nobody.
import { readdir, readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { FileFault, TenantName } from "../terms/index.js";
import { commonFolder, modelPath, policyPathKind, tenantFolder } from "./content.js";
import { meant } from "./did-you-mean.js";

interface FoundFiles {
  /** model.conf and the rule files, from the town folder; not sorted. */
  readonly paths: readonly string[];
  readonly faults: readonly FileFault[];
}

/**
 * @param root the town folder, real
 * @param tenants every tenant's name: only their folders and `common` may lie in policies/
 */
export async function findFiles(root: string, tenant: TenantName, tenants: Iterable<string>): Promise<FoundFiles> {
  const paths = [modelPath];
  const faults = await findMisplaced(root, tenant, new Set(["common", tenant, ...tenants]));
  for (const folder of [commonFolder, tenantFolder(tenant)]) {
    for (const entry of await look(root, folder, faults)) {
      const { name, path } = entry;
      // Expectations are a tenant's or the town's: what lies in common/tests is read by nobody.
      const passed = await passOver(root, entry, folder !== commonFolder);
      if (passed !== null) faults.push(...passed);
      else if (policyPathKind(path, tenant) !== null) paths.push(path);
      else faults.push(refuseFile(path, notUnderstood(name, folder)));
    }
  }
  return { paths, faults };
}

export const fileFault = (file: string, code: string, message: string, line = 1): FileFault => ({
  severity: "fault",
  code,
  file,
  line,
  column: 1,
  message,
});

const refuseFile = (path: string, message: string): FileFault => fileFault(path, "file-not-understood", message);

interface Entry {
  readonly name: string;
  /** From the town folder. */
  readonly path: string;
  /** A symbolic link is what it leads to. */
  readonly isFolder: boolean;
  /** The names in the same folder. */
  readonly beside: ReadonlySet<string>;
}

/** @param folder from the town folder, with `/` at its end */
async function look(root: string, folder: string, faults: FileFault[]): Promise<Entry[]> {
  const found = await readdir(resolve(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    // No folder is no rule: nothing is opened by it. One that cannot be read may hold a deny.
    if (!isMissing(error)) faults.push(fileFault(folder, "file-unreadable", "this folder cannot be read"));
    return [];
  });
  const beside = new Set(found.map(({ name }) => name));
  return Promise.all(
    found.map(async (entry): Promise<Entry> => {
      const path = folder + entry.name;
      const isFolder = entry.isSymbolicLink() ? await leadsToFolder(resolve(root, path)) : entry.isDirectory();
      return { name: entry.name, path, isFolder, beside };
    }),
  );
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

const leadsToFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** What lies in policies/ itself beside model.conf and the folders that are read for one tenant or another. */
async function findMisplaced(root: string, tenant: TenantName, read: ReadonlySet<string>): Promise<FileFault[]> {
  const faults: FileFault[] = [];
  for (const entry of await look(root, "policies/", faults)) {
    const { name, path, isFolder } = entry;
    if (path === modelPath || read.has(name)) continue;
    const passed = await passOver(root, entry, true);
    if (passed !== null) faults.push(...passed);
    else if (isFolder) faults.push(refuseFolder(path, name, read));
    else {
      const message = `no rules are read here; move it to ${commonFolder} or ${tenantFolder(tenant)}, or delete it`;
      faults.push(refuseFile(path, message));
    }
  }
  return faults;
}

function refuseFolder(path: string, name: string, read: ReadonlySet<string>): FileFault {
  const known = [...read].toSorted().map((folder) => `policies/${folder}/`);
  const message = `nothing is read here, only in ${known.join(", ")}; rename, move or delete it, or add the tenant to gateway.yaml`;
  const suggestion = meant(name.replace(/^\./, ""), read);
  const fault = fileFault(path, "folder-not-understood", message);
  return suggestion === undefined ? fault : { ...fault, suggestion: `policies/${suggestion}/` };
}

/**
 * What nobody means as rules: expectations, notes, what editors and other programs leave.
 * @param mayHoldTests a folder `tests` may lie here
 * @returns null when it is none of these; else the faults of rules that lie in it
 */
async function passOver(root: string, entry: Entry, mayHoldTests: boolean): Promise<FileFault[] | null> {
  const { name, path, isFolder, beside } = entry;
  if (isFolder && name === "tests") return mayHoldTests ? refuseRuleFiles(root, path, true) : null;
  if (isFolder && name.startsWith(".")) return refuseRuleFiles(root, path, false);
  if (!isFolder && isNotes(name)) return refuseRuleLines(root, path);
  return isLeftByProgram(name, beside) ? [] : null;
}

const isNotes = (name: string): boolean => /^[^.].*\.md$/i.test(name);

/** Swap files, and backups that stand beside their original: a backup alone may be the last copy of a deny. */
function isLeftByProgram(name: string, beside: ReadonlySet<string>): boolean {
  const original = /^(.+)~$/.exec(name) ?? /^#(.+)#$/.exec(name) ?? /^\.[_#]?(.+\.csv)$/i.exec(name);
  if (original?.[1] !== undefined)
    return beside.has(original[1]) || isNotes(original[1]) || isLeftByProgram(original[1], beside);
  return name.startsWith(".") || /\.sw[a-z]$|^4913$/.test(name);
}

/** Files that look like rules in a folder where none are read. @param deep in its folders too */
async function refuseRuleFiles(root: string, folder: string, deep: boolean): Promise<FileFault[]> {
  const found = await readdir(resolve(root, folder), { recursive: deep }).catch(() => null);
  if (found === null) return [fileFault(folder, "file-unreadable", "this folder cannot be read")];
  return found
    .filter((name) => /\.csv~?$/i.test(name))
    .map((name) => refuseFile(`${folder}/${name}`, `no rules are read in ${folder}/; move it or delete it`));
}

/** Notes may quote a rule between fences (```); one that stands there as in a rule file was meant to count. */
async function refuseRuleLines(root: string, path: string): Promise<FileFault[]> {
  const text = await readNotes(resolve(root, path)).catch(() => null);
  if (text === null) return [fileFault(path, "file-unreadable", "these notes cannot be read; move or delete them")];
  let fenced = false;
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    if (fenced || !/^[\s\uFEFF]*[pg]\d*\s*,/i.test(line)) continue;
    const message = "no rules are read in notes; name the file *.csv, or put the line between ``` if it is an example";
    return [fileFault(path, "file-not-understood", message, index + 1)];
  }
  return [];
}

/** Null: not a file (a pipe would keep us waiting for ever), or longer than notes are. */
async function readNotes(path: string): Promise<string | null> {
  const found = await stat(path);
  return found.isFile() && found.size <= longestNotes ? readFile(path, "utf8") : null;
}

/** Bytes. */
const longestNotes = 5 * 1024 * 1024;

function notUnderstood(name: string, folder: string): string {
  if (folder === commonFolder && /^filters?\.ya?ml$/i.test(name))
    return "row filters are a tenant's own: they are read in policies/<tenant>/filters.yaml alone";
  const filters = folder === commonFolder ? "" : " and filters.yaml";
  return `only ${folder}*.csv${filters} is read here; rename, move or delete this one`;
}
