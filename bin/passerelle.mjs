#!/usr/bin/env node
// The `passerelle` command. The code it runs is built from `src/` at its first use.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = join(dirname(fileURLToPath(import.meta.url)), "..");
const entry = join(home, "dist", "cli", "index.js");
if (!existsSync(entry)) {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  process.stderr.write("Building Passerelle (first use)…\n");
  execFileSync(process.execPath, [tsc, "-p", join(home, "tsconfig.build.json")], { stdio: "inherit" });
}
await import(entry);
