import { existsSync, readdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { home, textOf, trackedFiles } from "./tracked-files.js";

const tracked = trackedFiles();

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Lines of tracked files that hold the pattern, as `file:line`. */
function linesWith(pattern: RegExp, files = tracked): string[] {
  return files.flatMap((name) =>
    textOf(name)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${name}:${String(index + 1)}`] : [])),
  );
}

describe("tracked files", () => {
  it("are what git lists, this one among them", () => {
    expect(tracked).toContain("package.json");
    expect(tracked.length).toBeGreaterThan(20);
  });

  it("name no folder of the machine they were written on", () => {
    const shared = new Set(["/", homedir(), dirname(homedir()), tmpdir(), dirname(tmpdir())]);
    const folders = [home, dirname(home)].filter((folder) => !shared.has(folder));
    for (const folder of folders) expect(linesWith(new RegExp(`(?<![\\w./-])${escaped(folder)}/`))).toEqual([]);
  });

  it("name no server that packages were fetched from", () => {
    expect(linesWith(/"resolved":/, ["package-lock.json", "bench/package-lock.json"])).toEqual([]);
    // Written in two parts, for this file is tracked too.
    expect(linesWith(new RegExp("https?://" + "[\\w.-]*(registry|artifactory|verdaccio|nexus)[\\w.-]*[:/]"))).toEqual(
      [],
    );
    const configured = process.env["npm_config_registry"];
    if (configured !== undefined) expect(linesWith(new RegExp(escaped(new URL(configured).host)))).toEqual([]);
  });

  it("of src stay under 330 lines", () => {
    const long = tracked.filter((name) => name.startsWith("src/") && name.endsWith(".ts"));
    expect(long.filter((name) => textOf(name).split("\n").length > 330)).toEqual([]);
  });

  it("hold no folder for what has no place", () => {
    expect(tracked.filter((name) => /^src\/(.*\/)?(utils?|helpers?|common|misc|lib)(\/|\.ts$)/.test(name))).toEqual([]);
  });
});

describe("rooms", () => {
  const folders = (path: string): string[] =>
    readdirSync(join(home, path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => posix.join(path, entry.name));
  // The door of src/config/ is config.ts.
  const rooms = [...folders("src"), ...folders("src/sources")]
    .filter((room) => room !== "src/config")
    .filter((room) => tracked.some((name) => name.startsWith(`${room}/`) && name.endsWith(".ts")));

  it.each(rooms)("%s is entered by its index.ts", (room) => {
    expect(existsSync(join(home, room, "index.ts"))).toBe(true);
  });
});

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

describe("package.json", () => {
  const manifest = JSON.parse(textOf("package.json")) as Manifest;
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };

  it("pins every version", () => {
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it("of the bench pins every version, and has the gateway's own where both need a package", () => {
    const { dependencies } = JSON.parse(textOf("bench/package.json")) as Manifest;
    const pinned = Object.entries(dependencies);
    expect(pinned.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(pinned.filter(([name, version]) => name in all && all[name] !== version)).toEqual([]);
  });

  it("lets no package run a script at its installation, and says so of each that has one", () => {
    interface Lock {
      readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean; readonly optional?: boolean }>>;
    }
    const { packages } = JSON.parse(textOf("package-lock.json")) as Lock;
    const withScripts = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
    expect(withScripts.length).toBeGreaterThan(0);
    expect(Object.values(manifest.allowScripts).every((allowed) => !allowed)).toBe(true);
    expect(withScripts.filter((name) => manifest.allowScripts[name] === undefined)).toEqual([]);
  });

  it("lists the packages of docs/dependencies.md, no more and no fewer", () => {
    const documented = [...textOf("docs/dependencies.md").matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = ""]) => name);
    expect(documented.sort()).toEqual(Object.keys(all).sort());
  });
});

describe("documents", () => {
  const documents = tracked.filter((name) => name.endsWith(".md"));

  it.each(documents)("%s links to what is there", (name) => {
    const links = [...textOf(name).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, to = ""]) => to,
    );
    expect(links.filter((to) => !existsSync(join(home, dirname(name), to)))).toEqual([]);
  });

  it.each(["docs/architecture.md", "docs/dependencies.md"])("%s names files that are there", (name) => {
    const paths = [...textOf(name).matchAll(/`((?:src|test|docs|policies|scripts|bin|bench)\/[\w./-]+)`/g)];
    const missing = paths.map(([, path = ""]) => path).filter((path) => !existsSync(join(home, path)));
    expect(missing).toEqual([]);
  });

  it("index every decision", () => {
    const decisions = tracked
      .filter((name) => /^docs\/decisions\/\d{4}-.*\.md$/.test(name))
      .map((name) => posix.basename(name));
    const indexed = [...textOf("docs/decisions/README.md").matchAll(/^\| \[\d{4}\]\((\d{4}-[^)]+\.md)\)/gm)].map(
      ([, to]) => to,
    );
    expect(indexed).toEqual(decisions.sort());
  });
});
