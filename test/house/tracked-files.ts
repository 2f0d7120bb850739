import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

export const home = resolve(import.meta.dirname, "..", "..");

/** Paths from the project's root, with `/`, of the files that git tracks and that are there. */
export function trackedFiles(): string[] {
  const listed = execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], {
    cwd: home,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed.split("\0").filter((name) => name !== "" && existsSync(join(home, name)) && isFile(name));
}

function isFile(name: string): boolean {
  return statSync(join(home, name)).isFile();
}

export function textOf(name: string): string {
  return readFileSync(join(home, name), "utf8");
}
