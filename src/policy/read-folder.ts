// The town folder → a version's content. Bytes are read as what they are: what is not plain UTF-8 text, or lies
// elsewhere, is refused by name.
import { isUtf8 } from "node:buffer";
import { lstat, open, realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import type { FileFault, TenantName } from "../terms/index.js";
import { policyPathKind, sortedPaths, tenantFolder, type VersionContent } from "./content.js";
import { fileFault, findFiles } from "./find-files.js";
import { schemaName } from "./version.js";

export interface ReadFolder {
  /** Null when there is a fault. */
  readonly content: VersionContent | null;
  readonly faults: FileFault[];
}

/** Bytes of one file; rules and map of the largest town are far below. */
const largestFile = 5 * 1024 * 1024;
const tooLarge = `a file has at most ${largestFile} bytes`;

/** Rule files of one tenant and common together. */
const mostFiles = 500;

/**
 * @param folder the town folder; files must lie inside it, symbolic links followed
 * @param schemaFile from the town folder: `schema.graphql`
 * @param tenants every tenant of the town: another folder beside theirs and `common` is a fault
 * @param unsaved texts that stand in place of the files', as an editor holds them, by path from the town folder; also
 * of rule files that are not there yet
 */
export async function readPolicyFolder(
  folder: string,
  tenant: TenantName,
  schemaFile: string,
  tenants: Iterable<string> = [],
  unsaved: ReadonlyMap<string, string> = new Map(),
): Promise<ReadFolder> {
  if (!isFolderName(tenant)) {
    const message = `"${tenant}" cannot be a tenant's name: it is no folder of its own under policies/`;
    return { content: null, faults: [fileFault("policies", "tenant-name", message)] };
  }
  const faults: FileFault[] = [];
  const root = await realpath(folder).catch(() => null);
  if (root === null) return { content: null, faults: [fileFault(schemaName, "file-missing", "no such town folder")] };
  const textOf = async (path: string): Promise<string | null> => {
    const text = unsaved.get(path);
    if (text === undefined) return readText(root, path, faults);
    if (Buffer.byteLength(text) <= largestFile) return text;
    faults.push(fileFault(path, "file-too-large", tooLarge));
    return null;
  };
  const schema = await textOf(schemaFile);
  const files = new Map<string, string>();
  const isNew = (path: string): boolean => ["common", "tenant", "filters"].includes(policyPathKind(path, tenant) ?? "");
  const listed = await listFiles(root, tenant, tenants, faults);
  for (const path of new Set(sortedPaths([...listed, ...[...unsaved.keys()].filter(isNew)]))) {
    const text = await textOf(path);
    if (text !== null) files.set(path, text);
  }
  if (schema === null || faults.length > 0) return { content: null, faults };
  return { content: { tenant, schema, files }, faults };
}

export interface ReadRuleFile {
  /** Null when there is a fault. */
  readonly text: string | null;
  readonly faults: readonly FileFault[];
}

/** One rule file, read as it would be for a version. @param path from the town folder, with `/` */
export async function readRuleFile(folder: string, path: string): Promise<ReadRuleFile> {
  const faults: FileFault[] = [];
  const root = await realpath(folder).catch(() => null);
  if (root === null) return { text: null, faults: [fileFault(path, "file-missing", "no such town folder")] };
  return { text: await readText(root, path, faults), faults };
}

/** Paths of the rule files of a tenant, those of common among them; what lies misplaced is a fault, as for a version. */
export async function listRuleFiles(
  folder: string,
  tenant: TenantName,
  tenants: Iterable<string>,
): Promise<{ readonly paths: readonly string[]; readonly faults: readonly FileFault[] }> {
  const faults: FileFault[] = [];
  const paths = await listFiles(await realpath(folder), tenant, tenants, faults);
  return { paths: paths.filter((path) => path.endsWith(".csv")), faults };
}

/** A name that is one folder, and not one that means something else. */
const isFolderName = (tenant: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(tenant) && tenant !== "common" && tenant !== "tests";

/** Sorted. */
async function listFiles(
  root: string,
  tenant: TenantName,
  tenants: Iterable<string>,
  faults: FileFault[],
): Promise<string[]> {
  const found = await findFiles(root, tenant, tenants);
  faults.push(...found.faults);
  if (found.paths.length <= mostFiles) return sortedPaths(found.paths);
  faults.push(fileFault(tenantFolder(tenant), "too-many-files", `a version has at most ${mostFiles} files`));
  return [];
}

/** Null, with a fault, when it is not a plain UTF-8 text inside `root`. */
async function readText(root: string, path: string, faults: FileFault[]): Promise<string | null> {
  const refuse = (code: string, message: string, line = 1, column = 1): null => {
    faults.push({ ...fileFault(path, code, message, line), column });
    return null;
  };
  const real = await realpath(resolve(root, path)).catch(() => null);
  if (real === null) return refuse("file-missing", "no such file, or it cannot be reached");
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    return refuse("file-outside", "this file lies outside the town folder (a symbolic link?)");
  }
  // A pipe or device would keep us waiting for ever.
  const found = await lstat(real).catch(() => null);
  if (found?.isFile() !== true) return refuse("file-unreadable", "this is not a regular file");
  if (found.size > largestFile) return refuse("file-too-large", tooLarge);
  const bytes = await readBytes(real).catch(() => null);
  if (bytes === null) return refuse("file-unreadable", "this file cannot be read");
  if (bytes.length > largestFile) return refuse("file-too-large", tooLarge);
  try {
    // A byte order mark stays in the text, for the validator to name.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const { line, column } = firstNotUtf8(bytes);
    return refuse("not-utf-8", "here the file is not UTF-8 text; save it as UTF-8", line, column);
  }
}

/** At most one byte more than the largest, even if the file grows meanwhile. */
async function readBytes(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    while (length <= largestFile) {
      const chunk = Buffer.alloc(64 * 1024);
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      length += bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

/** No byte of a longer UTF-8 character is a line feed: lines can be looked at one by one. */
function firstNotUtf8(bytes: Buffer): { readonly line: number; readonly column: number } {
  let line = 1;
  for (let start = 0; start <= bytes.length; line += 1) {
    const next = bytes.indexOf(0x0a, start);
    const end = next < 0 ? bytes.length : next;
    const found = bytes.subarray(start, end);
    if (!isUtf8(found)) return { line, column: columnNotUtf8(found) };
    start = end + 1;
  }
  return { line: 1, column: 1 };
}

/** What can be read begins alike as bytes; the first that cannot be becomes U+FFFD (a true one is three bytes, EF BF BD). */
function columnNotUtf8(line: Buffer): number {
  const text = line.toString("utf8");
  let [last, bytes] = [0, 0];
  for (let at = text.indexOf("\uFFFD"); at >= 0; at = text.indexOf("\uFFFD", at + 1)) {
    bytes += Buffer.byteLength(text.slice(last, at));
    if (!line.subarray(bytes, bytes + 3).equals(replacement)) return at + 1;
    last = at;
  }
  return 1;
}

const replacement = Buffer.from("\uFFFD");
