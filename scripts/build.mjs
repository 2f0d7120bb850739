#!/usr/bin/env node
// Builds `src/` into `dist/` with tsc and `console/` into `dist/console/` with esbuild, unless `dist/` is already what the
// sources say. Files of `dist/` behind which no source stands any more are removed: a renamed module would otherwise go on
// being loaded.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildConsole } from "./build-console.mjs";

const home = resolve(fileURLToPath(import.meta.url), "..", "..");
const dist = join(home, "dist");
const stamp = join(dist, ".built-from");
const require = createRequire(import.meta.url);

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** SHA-256 over everything that decides what is built; the lock file stands for what the console bundles of packages. */
function fingerprint() {
  const hash = createHash("sha256").update(require("typescript/package.json").version);
  const settings = ["tsconfig.json", "tsconfig.build.json"].map((name) => join(home, name));
  const bundled = [join(home, "scripts", "build-console.mjs"), join(home, "package-lock.json")].filter(existsSync);
  for (const file of [
    ...settings,
    ...bundled,
    ...filesUnder(join(home, "src")),
    ...filesUnder(join(home, "console")),
  ]) {
    hash.update(`\0${relative(home, file)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** @returns {boolean} false when the sources do not compile; tsc has then said why. */
export function build() {
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return true;

  process.stderr.write("Building Passerelle (only after a change; some seconds)…\n");
  // A build that fails half-way must not look finished.
  rmSync(stamp, { force: true });
  const project = ["-p", join(home, "tsconfig.build.json"), "--listEmittedFiles", "--pretty", "false"];
  const tsc = spawnSync(process.execPath, [require.resolve("typescript/bin/tsc"), ...project], { encoding: "utf8" });
  const lines = (tsc.stdout ?? "").split("\n");
  if (tsc.status !== 0) {
    const said = lines.filter((line) => line !== "" && !line.startsWith("TSFILE:")).join("\n");
    process.stderr.write(`Passerelle does not build:\n${said}${tsc.stderr ?? ""}\n`);
    return false;
  }

  const bundle = buildConsole(home);
  if ("fault" in bundle) {
    process.stderr.write(`Passerelle's console does not build:\n${bundle.fault}\n`);
    return false;
  }

  const emitted = new Set(lines.filter((line) => line.startsWith("TSFILE:")).map((line) => resolve(line.slice(8))));
  for (const file of bundle.files) emitted.add(file);
  for (const file of filesUnder(dist)) if (!emitted.has(file)) rmSync(file);
  writeFileSync(stamp, wanted);
  return true;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = build() ? 0 : 1;
}
