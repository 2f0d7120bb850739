import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { home } from "./tracked-files.js";

const folders: string[] = [];

function folderWith(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), "passerelle-scripts-"));
  folders.push(dir);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

afterEach(() => {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
});

describe("npm run build", () => {
  const settings = (compilerOptions: object, base?: string): string =>
    JSON.stringify({ extends: base, compilerOptions: { module: "NodeNext", ...compilerOptions }, include: ["src"] });
  function project(files: Readonly<Record<string, string>>): string {
    const dir = folderWith(files);
    cpSync(join(home, "scripts"), join(dir, "scripts"), { recursive: true });
    // No libraries of types to read: what is built here needs none.
    writeFileSync(join(dir, "tsconfig.json"), settings({ lib: ["ES5"], types: [], sourceMap: true }));
    writeFileSync(join(dir, "tsconfig.build.json"), settings({ rootDir: "src", outDir: "dist" }, "./tsconfig.json"));
    symlinkSync(join(home, "node_modules"), join(dir, "node_modules"));
    return dir;
  }
  const build = (dir: string) => spawnSync(process.execPath, [join(dir, "scripts", "build.mjs")], { encoding: "utf8" });

  it("leaves nothing behind of a file that was renamed", () => {
    const dir = project({ "src/main.ts": "export const a = 1;", "src/old.ts": "export const b = 1;" });
    expect(build(dir).status).toBe(0);
    expect(existsSync(join(dir, "dist/old.js"))).toBe(true);

    renameSync(join(dir, "src/old.ts"), join(dir, "src/new.ts"));
    expect(build(dir).status).toBe(0);
    expect(existsSync(join(dir, "dist/new.js"))).toBe(true);
    expect(existsSync(join(dir, "dist/old.js"))).toBe(false);
    expect(existsSync(join(dir, "dist/old.js.map"))).toBe(false);
  });

  it("does nothing when nothing changed, and builds again when the settings did", () => {
    const dir = project({ "src/main.ts": "export const a = 1;" });
    build(dir);
    const written = (): number =>
      statSync(join(dir, "dist/main.js")).ino * 1e6 + statSync(join(dir, "dist/main.js")).mtimeMs;
    const first = written();
    build(dir);
    expect(written()).toBe(first);

    writeFileSync(
      join(dir, "tsconfig.json"),
      settings({ lib: ["ES5"], types: [], sourceMap: true, removeComments: true }),
    );
    build(dir);
    expect(written()).not.toBe(first);
  });

  it("fails on sources that do not compile, every time, and says where", () => {
    const dir = project({ "src/main.ts": "export const a = 1;" });
    build(dir);
    writeFileSync(join(dir, "src/main.ts"), `export const a: number = "one";`);
    for (let time = 0; time < 2; time += 1) {
      const { status, stderr } = build(dir);
      expect(status).toBe(1);
      expect(stderr).toContain("main.ts(1,14)");
    }
  });
});

describe("the count of .ci/run", () => {
  function count(report: string | null, status: string): string {
    const dir = folderWith(report === null ? {} : { "report.json": report });
    return execFileSync(
      process.execPath,
      [join(home, "scripts", "count-tests.mjs"), join(dir, "report.json"), status],
      { encoding: "utf8" },
    ).trim();
  }
  const suite = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((each) => ({ status: each })),
  });
  const report = (passed: number, failed: number, ...testResults: object[]): string =>
    JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults });

  it("is vitest's own", () => {
    expect(count(report(2, 0, suite("passed", "passed", "passed")), "0")).toBe("2 0");
    expect(count(report(1, 1, suite("failed", "passed", "failed")), "1")).toBe("1 1");
  });

  it("counts a file that does not load", () => {
    expect(count(report(1, 0, suite("passed", "passed"), suite("failed")), "1")).toBe("1 1");
  });

  it("counts a run that ended badly, left no report, or half of one", () => {
    expect(count(report(2, 0, suite("passed", "passed", "passed")), "1")).toBe("2 1");
    expect(count(null, "0")).toBe("0 1");
    expect(count(`{"numPassedTests": 3`, "0")).toBe("0 1");
    expect(count(`{}`, "0")).toBe("0 1");
  });
});
