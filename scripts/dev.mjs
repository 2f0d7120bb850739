#!/usr/bin/env node
// For work on Passerelle itself: compiles on every change of `src/` and starts the gateway again.
// Changes of the town folder (schema.graphql, policies/) need no restart: the gateway watches them itself.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";

const home = resolve(fileURLToPath(import.meta.url), "..", "..");
if (!build()) process.exit(1);

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const project = join(home, "tsconfig.build.json");
const children = [
  [tsc, "-p", project, "--watch", "--preserveWatchOutput"],
  ["--watch", "--watch-preserve-output", "--enable-source-maps", join(home, "dist", "main.js")],
].map((parameters) => spawn(process.execPath, parameters, { cwd: home, stdio: "inherit" }));

// Ctrl-C reaches the children by itself: here we only wait for them. When one ends, so does the other.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => children.forEach((child) => child.kill("SIGTERM")));
for (const child of children) {
  child.on("exit", (code) => {
    process.exitCode ??= code ?? 1;
    children.forEach((other) => other.kill("SIGTERM"));
  });
}
