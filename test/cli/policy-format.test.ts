import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli/program.js";
import { createTerminal } from "../../src/cli/terminal.js";

const root = resolve(import.meta.dirname, "..", "..");
const file = "policies/rivemont/library.csv";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "passerelle-format-"));
  for (const name of ["gateway.yaml", "schema.graphql", "policies"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (path = file): string => readFileSync(join(folder, path), "utf8");
const write = (text: string, path = file): void => writeFileSync(join(folder, path), text);

async function format(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const terminal = createTerminal({
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    columns: 120,
    outColours: false,
    errColours: false,
  });
  const context = { terminal, folder, env: {}, who: "ci", now: () => new Date() };
  return { code: await runCommand(["policy", "format", ...args], context), ...said };
}

const loose = "p,biblio-stats , library-statistics,LibraryLoan.genre,all,-,allow\r\n# note\r\n";
const neat = "p, biblio-stats, library-statistics, LibraryLoan.genre, all, -, allow\n# note\n";

describe("policy format", () => {
  it("writes what is not laid out, with its rights, and leaves nothing beside it", async () => {
    write(loose);
    chmodSync(join(folder, file), 0o640);
    const before = readdirSync(join(folder, "policies/rivemont"));
    const { code, out } = await format();
    expect([code, read()]).toEqual([0, neat]);
    expect(out).toMatch(/^policies\/rivemont\/library\.csv\n\d+ files looked at, 1 formatted\.\n$/);
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(folder, "policies/rivemont"))).toEqual(before);
    expect((await format()).out).toMatch(/^\d+ files looked at, 0 formatted\.\n$/);
  });

  it("with --check writes nothing and exits with 1", async () => {
    write(loose);
    expect(await format("--check")).toMatchObject({ code: 1 });
    expect(read()).toBe(loose);
    write(neat);
    expect(await format("--check", file)).toMatchObject({ code: 0, out: "1 file looked at, 0 would change.\n" });
  });

  it("leaves a faulty file as it is, says why, and formats the others", async () => {
    write(`${loose}p, *, *, @contact, -, -, dney\n`);
    write(loose, "policies/rivemont/canteen.csv");
    const { code, out } = await format();
    expect(code).toBe(2);
    expect(out).toContain(`${file}:3:26 fault: the last column is`);
    expect(out).toContain("1 left as found");
    expect(read()).toBe(`${loose}p, *, *, @contact, -, -, dney\n`);
    expect(read("policies/rivemont/canteen.csv")).toBe(neat);
  });

  it("takes rule files of this folder only", async () => {
    for (const path of [
      "gateway.yaml",
      "policies/model.conf",
      "policies/rivemont/tests/x.csv",
      "../x.csv",
      "/etc/passwd",
    ])
      expect(await format(path), path).toMatchObject({ code: 2, out: "" });
    expect(await format("policies/rivemont/none.csv")).toMatchObject({ code: 2 });
  });

  it("keeps a link a link, and follows none out of the folder", async () => {
    write(loose, "real.csv");
    rmSync(join(folder, file));
    symlinkSync("../../real.csv", join(folder, file));
    expect(await format(file)).toMatchObject({ code: 0 });
    expect(read("real.csv")).toBe(neat);
    const outside = mkdtempSync(join(tmpdir(), "passerelle-outside-"));
    writeFileSync(join(outside, "x.csv"), loose);
    symlinkSync(join(outside, "x.csv"), join(folder, "policies/rivemont/x.csv"));
    expect(await format("policies/rivemont/x.csv")).toMatchObject({ code: 2 });
    expect(readFileSync(join(outside, "x.csv"), "utf8")).toBe(loose);
    rmSync(outside, { recursive: true });
  });
});
