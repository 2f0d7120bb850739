#!/usr/bin/env node
// Where every process of the bench starts: `run.mjs [bench|figures|policy|consent|log|load|commits] …`. Node reads the bench's TypeScript as it
// is; what the bench needs of Passerelle it takes from dist/, which is what is measured.
import { registerHooks } from "node:module";

const here = new URL("./", import.meta.url).href;
const packages = `${here}node_modules/`;
const src = new URL("../src/", import.meta.url).href;
const dist = new URL("../dist/", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL = "" } = context;
    const own = parentURL.startsWith(here) && !parentURL.startsWith(packages);
    if (!specifier.startsWith(".") || !own) return next(specifier, context);
    const wanted = new URL(specifier, parentURL).href;
    if (wanted.startsWith(src)) return next(dist + wanted.slice(src.length), context);
    return next(wanted.startsWith(here) ? wanted.replace(/\.js$/, ".ts") : wanted, context);
  },
});

const [part = "", ...rest] = process.argv.slice(2);
if (part === "figures") process.exitCode = await (await import("./curves/main.ts")).main(rest);
else if (part === "policy") process.exitCode = await (await import("./policy.ts")).main(rest);
else if (part === "consent") process.exitCode = await (await import("./consent.ts")).main(rest);
else if (part === "log") process.exitCode = await (await import("./log.ts")).main(rest);
else if (part === "load") (await import("./load.ts")).main();
else if (part === "commits") (await import("./curves/commits.ts")).main();
else process.exitCode = await (await import("./bench.ts")).main(part === "" ? [] : [part, ...rest]);
