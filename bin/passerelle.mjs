#!/usr/bin/env node
// The `passerelle` command. What it runs is built from `src/`, at the first use and whenever the sources have changed.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "../scripts/build.mjs";

const entry = join(dirname(fileURLToPath(import.meta.url)), "..", "dist", "cli", "run.js");
if (!existsSync(entry)) process.stderr.write("Building Passerelle (first use)…\n");
// tsc has said why where it does not build.
if (build()) await import(pathToFileURL(entry).href);
else process.exitCode = 1;
