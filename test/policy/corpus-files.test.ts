// What a rule file can be besides a text of rules: refused by name and place, never passed over (law 7).
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkVersion, modelText, readPolicyFolder } from "../../src/policy/index.js";
import { hasFault } from "../../src/terms/index.js";
import { names, schema, sources, tenant } from "./town.js";

let folder: string;
const own = "policies/rivemont";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "passerelle-corpus-"));
  for (const name of [own, "policies/common"]) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, "schema.graphql"), schema);
  await writeFile(join(folder, "policies/model.conf"), modelText);
  await writeFile(join(folder, own, "good.csv"), "p, parkeasy, parking, CarPark.name, all, -, allow\n");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Every fault of the folder as the gateway would find it: `code file:line:column`. */
async function faults(): Promise<string[]> {
  const read = await readPolicyFolder(folder, tenant, "schema.graphql", [tenant]);
  const town = { sources, purposes: names.purposes, applications: names.applications };
  const found = read.content === null ? read.faults : checkVersion(read.content, town).faults;
  expect(hasFault(found)).toBe(found.length > 0);
  return found.map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`);
}

const write = (name: string, bytes: string | Buffer): Promise<void> => writeFile(join(folder, own, name), bytes);
const deny = "p, *, *, Resident.email, -, -, deny";
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

const bytes: readonly (readonly [what: string, content: Buffer | string, fault: string])[] = [
  ["Latin-1", latin1(`# Conv\n# été\n${deny}`), "not-utf-8 %:2:3"],
  ["Windows-1252 quotes", Buffer.concat([Buffer.from(`${deny}\n# `), Buffer.from([0x93, 0x94])]), "not-utf-8 %:2:3"],
  ["a character cut short", Buffer.concat([Buffer.from("# 🅿️é "), Buffer.from([0xc3])]), "not-utf-8 %:1:8"],
  ["an overlong slash", Buffer.concat([Buffer.from("p, *, *"), Buffer.from([0xc0, 0xaf])]), "not-utf-8 %:1:8"],
  [
    "half a pair as CESU-8",
    Buffer.concat([Buffer.from("# \uFFFD"), Buffer.from([0xed, 0xa0, 0x80])]),
    "not-utf-8 %:1:4",
  ],
  ["UTF-16, little end first", Buffer.from(`\uFEFF${deny}`, "utf16le"), "not-utf-8 %:1:1"],
  ["UTF-16, big end first", Buffer.from(`\uFEFF${deny}`, "utf16le").swap16(), "not-utf-8 %:1:1"],
  ["UTF-16 without a mark", Buffer.from(deny, "utf16le"), "control-character %:1:2"],
  ["UTF-8 with a mark", `\uFEFF${deny}`, "byte-order-mark %:1:1"],
  ["NUL bytes", `${deny}\n${"\0".repeat(1000)}`, "control-character %:2:1"],
  ["a spreadsheet (zip)", Buffer.from("PK\x03\x04\x14\0\x06\0", "latin1"), "control-character %:1:3"],
  ["gzip", Buffer.from([0x1f, 0x8b, 8, 0]), "not-utf-8 %:1:2"],
  ["old Mac line ends", `# a\r${deny}\r`, "control-character %:1:4"],
  ["one line of 4 MB", `${deny}\n${"p, ".repeat(1_400_000)}`, "line-too-long %:2:501"],
  ["a million lines that are none", `${deny}\n${"x\n".repeat(1_000_000)}`, "unknown-section %:2:1"],
];

describe("a file that is no text of rules", () => {
  it.each(bytes)("%s", async (_, content, fault) => {
    await write("x.csv", content);
    expect((await faults())[0]).toBe(fault.replace("%", `${own}/x.csv`));
    expect((await faults()).length).toBeLessThanOrEqual(501);
  });

  it("of 50 MB is not read", async () => {
    const file = await open(join(folder, own, "x.csv"), "w");
    await file.write(`${deny}\n`);
    await file.truncate(50 * 1024 * 1024);
    await file.close();
    expect(await faults()).toEqual([`file-too-large ${own}/x.csv:1:1`]);
  });
});

describe("what is no file", () => {
  it("is refused by its name", async () => {
    await mkdir(join(folder, own, "folder.csv"));
    expect(await faults()).toEqual([`file-unreadable ${own}/folder.csv:1:1`]);
    await rm(join(folder, own, "folder.csv"), { recursive: true });
    execFileSync("mkfifo", [join(folder, own, "pipe.csv")]);
    expect(await faults()).toEqual([`file-unreadable ${own}/pipe.csv:1:1`]);
    await rm(join(folder, own, "pipe.csv"));
    await symlink("nowhere.csv", join(folder, own, "broken.csv"));
    expect(await faults()).toEqual([`file-missing ${own}/broken.csv:1:1`]);
    await rm(join(folder, own, "broken.csv"));
    await symlink("circle.csv", join(folder, own, "circle.csv"));
    expect(await faults()).toEqual([`file-missing ${own}/circle.csv:1:1`]);
  });

  it("a link out of the town folder, to a device too, is refused; one inside it is read", async () => {
    await symlink("/etc/hostname", join(folder, own, "out.csv"));
    expect(await faults()).toEqual([`file-outside ${own}/out.csv:1:1`]);
    await rm(join(folder, own, "out.csv"));
    await symlink("/dev/zero", join(folder, own, "zero.csv"));
    expect(await faults()).toEqual([`file-outside ${own}/zero.csv:1:1`]);
    await rm(join(folder, own, "zero.csv"));
    await writeFile(join(folder, "elsewhere.txt"), "p, *, *, Resident.emial, -, -, deny");
    await symlink("../../elsewhere.txt", join(folder, own, "in.csv"));
    expect(await faults()).toEqual([`unknown-field ${own}/in.csv:1:10`]);
  });
});

describe("a name that is not read", () => {
  it.each([
    "rules.CSV",
    "rules.csv.txt",
    "rules.cvs",
    "rules.txt",
    "rules",
    "rules.csv.bak",
    "rules.tsv",
    "rules.xlsx",
    "rules.csv~",
    "règles.cvs",
  ])("%s", async (name) => {
    await write(name, deny);
    expect(await faults()).toEqual([`file-not-understood ${own}/${name}:1:1`]);
  });

  it("in a folder of its own", async () => {
    await mkdir(join(folder, own, "sub"));
    await write("sub/rules.csv", deny);
    expect((await faults())[0]).toMatch(/^(file|folder)-not-understood policies\/rivemont\/sub/);
  });
});
