// Evidence with the real commands: made on a real record, checked where there is neither a town nor a database.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evidencePage, tlogProofText } from "../../src/accesslog/index.js";
import { runCommand } from "../../src/cli/program.js";
import { createTerminal } from "../../src/cli/terminal.js";
import { subjectTokens } from "../../src/identity/index.js";
import { run } from "../accesslog/record.js";
import { createCliTown, entryDraft, tenant, type CliTown, type Ran } from "./town.js";

const text = "{\n  residents {\n    nodes {\n      number\n    }\n  }\n}";
const operation = { hash: createHash("sha256").update(text).digest("hex"), text };
const dpo = ["--as", "dpo@rivemont.example"];

let town: CliTown;
let elsewhere: string;
let key: string;
let token: string;

beforeAll(async () => {
  town = await createCliTown();
  elsewhere = mkdtempSync(join(tmpdir(), "passerelle-evidence-"));
  for (const name of ["cantine-plus", "biblio-stats"])
    await town.run(["application", "create", name, "--title", name, "--contact", "a@b.example"]);
  const applied = await town.run(["policy", "apply", "-m", "first rules"]);
  const version = /version ([0-9a-f]{64}) in force/.exec(applied.out)?.[1] ?? "";
  key = (await town.run(["log", "keys"])).out.trim();
  await town.withTown(async ({ openLog, derived }) => {
    const log = await openLog();
    [token = ""] = subjectTokens(derived, tenant, "resident", [123]);
    const personal = { subjects: [{ scheme: "resident", token: token as never }], operationName: "ZebraQuery" };
    for (let i = 0; i < 30; i++)
      await log.append(
        entryDraft({ operation, policyVersion: version as never, ...(i % 3 === 0 ? { personal } : {}) }),
      );
  });
});
afterAll(async () => {
  await town.close();
  rmSync(elsewhere, { recursive: true, force: true });
});

const out = (name: string): string => join(town.folder, name);
const lines = (name: string): Record<string, unknown>[] =>
  readFileSync(out(name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** In a folder with nothing of a town, no environment at all. */
async function verify(args: readonly string[]): Promise<Ran> {
  const told = { out: "", err: "" };
  const terminal = createTerminal({
    out: (said) => (told.out += said),
    err: (said) => (told.err += said),
    columns: 120,
    outColours: false,
    errColours: false,
  });
  const context = { folder: elsewhere, terminal, who: "reader", now: () => new Date(), env: {} };
  return { code: await runCommand(["log", "verify", ...args], context), ...told };
}

describe("log export --evidence", () => {
  it("writes what the search finds, with the export's own entry, the texts it names, and no part about people", async () => {
    const made = await town.run(["log", "export", "--evidence", "app:cantine-plus", "--out", "a.jsonl"]);
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining("30 entries found, and this export's own") });
    const read = lines("a.jsonl");
    const kinds = read.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== "entry")).toEqual(["manifest", "checkpoint", "operation", "policy", "end"]);
    expect(kinds.filter((kind) => kind === "entry")).toHaveLength(31);
    expect(read[0]).toMatchObject({ query: "app:cantine-plus", by: "staff at a terminal", people: false });
    const all = readFileSync(out("a.jsonl"), "utf8");
    // Law 11: nothing of people, nor of who made it, leaves unless it was asked for.
    for (const personal of [token, "ZebraQuery", "operationName"]) expect(all).not.toContain(personal);
    expect(all).not.toContain('"policies/rivemont/tests/');
    expect(statSync(out("a.jsonl")).mode & 0o777).toBe(0o600);
  });

  it("is on record before it reads anything, with its search and without the person sought", async () => {
    const search = ["person:resident:123", "--people", ...dpo, "--out", "person.jsonl.gz"];
    expect(await town.run(["log", "export", "--evidence", ...search])).toMatchObject({ code: 0 });
    const [own] = await town.withTown(async ({ openLog }) => {
      const log = await openLog();
      return (await log.search(tenant, { limit: 1, outcome: "staff" })).entries;
    });
    expect(own?.body.staff).toEqual({
      command: "log export",
      filters: { form: "evidence", people: "with", query: "person:resident~…" },
    });
    expect(JSON.stringify(own?.body)).not.toMatch(/123|~[A-Za-z0-9]/);
    expect(Object.values(own?.personal?.subjects ?? {})).toEqual([[token]]);
    const unzipped = gunzipSync(readFileSync(out("person.jsonl.gz"))).toString();
    expect(unzipped).toContain(token);
    expect(unzipped.split("\n").filter((line) => line.includes('"kind":"entry"'))).toHaveLength(11);
  });

  it("gives the parts about people to a DPO alone, overwrites nothing, and says what it cannot do", async () => {
    const asked = (...args: string[]): Promise<Ran> => town.run(["log", "export", ...args]);
    expect(await asked("--evidence", "", "--out", "b.jsonl", "--people")).toMatchObject({ code: 2, err: expect.stringContaining("--as EMAIL") }); // prettier-ignore
    const admin = ["--people", "--as", "admin@rivemont.example"];
    expect(await asked("--evidence", "", "--out", "b.jsonl", ...admin)).toMatchObject({ code: 2 });
    expect(await asked("--evidence", "app:cantine-plus", "--out", "a.jsonl")).toMatchObject({ code: 2, err: expect.stringContaining("--force") }); // prettier-ignore
    expect(await asked("--evidence", "app:", "--out", "b.jsonl")).toMatchObject({ code: 2, err: expect.stringContaining("character") }); // prettier-ignore
    expect(await asked("app:cantine-plus", "--out", "b.jsonl")).toMatchObject({ code: 2, err: expect.stringContaining("--evidence") }); // prettier-ignore
    expect(await asked("--evidence", "app:cantine-plus", "--out", "no/such/folder.jsonl")).toMatchObject({ code: 1, err: expect.stringContaining("cannot be written") }); // prettier-ignore
    expect(readdirSync(town.folder).filter((name) => /^b\.|incomplete/.test(name))).toEqual([]);
    expect(await asked("--evidence", "app:cantine-plus", "--out", "a.jsonl", "--force")).toMatchObject({ code: 0 });
  });

  it("leaves a file that is INCOMPLETE, by its name, its last line and the message, when its making fails", async () => {
    const rename = (from: string, to: string): Promise<void> =>
      run(town.databaseUrl, `ALTER TABLE ${from} RENAME TO ${to}`);
    await rename("operation_text", "operation_text_away");
    const made = await town.run(["log", "export", "--evidence", "app:cantine-plus", "--out", "c.jsonl"]);
    await rename("operation_text_away", "operation_text");
    expect(made).toMatchObject({ code: 1, err: expect.stringContaining("INCOMPLETE") });
    expect(existsSync(out("c.jsonl"))).toBe(false);
    expect(lines("c.jsonl.incomplete").at(-1)).toMatchObject({ kind: "incomplete" });
    expect(await verify([out("c.jsonl.incomplete"), "--key", key])).toMatchObject({ code: 2, out: expect.stringContaining("its making failed") }); // prettier-ignore
  });
});

describe("log verify FILE", () => {
  it("proves it with the town's key, where there is neither town nor database", async () => {
    const { code, out: said } = await verify([out("a.jsonl"), "--key", key]);
    expect(code).toBe(0);
    expect(said).toContain("PROVED: 31 entries stand, as they are here, in the access log of rivemont");
    expect(said).toContain("That no other entry fits the search is not proved");
    expect(said).toContain("the log has recorded");
    expect(await verify([out("person.jsonl.gz"), "--key", key])).toMatchObject({ code: 0, out: expect.stringContaining("PROVED: 11 entries") }); // prettier-ignore
  });

  it("does not call it proved without a key: a script sees that too", async () => {
    const { code, out: said, err } = await verify([out("a.jsonl")]);
    expect(code).toBe(1);
    expect(said).toContain("signed by the key in the file itself: compare it with the town's published one");
    expect(said).not.toContain("PROVED:");
    expect(said).toContain(key);
    expect(err).toContain("--key KEY");
  });

  it("finds one changed byte, another key, a cut file and one that is none", async () => {
    const whole = readFileSync(out("a.jsonl"), "utf8");
    const write = (name: string, content: string | Buffer): string => {
      writeFileSync(join(elsewhere, name), content);
      return name;
    };
    const changed = write("changed.jsonl", whole.replace('\\"outcome\\":\\"partial', '\\"outcome\\":\\"partiax'));
    expect(await verify([changed, "--key", key])).toMatchObject({ code: 2, out: expect.stringContaining("its text is not what was recorded") }); // prettier-ignore
    const other = "passerelle/rivemont+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    expect((await verify([out("a.jsonl"), "--key", other])).code).toBe(2);
    const cut = write("cut.jsonl", whole.slice(0, -100));
    expect(await verify([cut, "--key", key])).toMatchObject({ code: 2, out: expect.stringContaining("it was cut") });
    const zipped = readFileSync(out("person.jsonl.gz"));
    const cutZip = write("cut.jsonl.gz", zipped.subarray(0, zipped.length - 40));
    expect(await verify([cutZip, "--key", key])).toMatchObject({ code: 2, out: expect.stringContaining("NOT PROVED") });
    expect(await verify([write("hello", "hello"), "--key", key])).toMatchObject({ code: 2, out: expect.stringContaining("no file of evidence") }); // prettier-ignore
    expect(await verify(["nowhere.jsonl", "--key", key])).toMatchObject({ code: 1 });
    expect(await verify([out("a.jsonl"), "--key", "nonsense"])).toMatchObject({ code: 2 });
    expect((await verify([out("a.jsonl"), "--json", "--key", key])).out).toContain('"proved": "town"');
  });

  it("checks the proof of one entry, which names no key itself", async () => {
    const text_ = await town.withTown(async ({ openLog }) => {
      const log = await openLog();
      const [entry] = (await log.search(tenant, { limit: 1, application: "cantine-plus" })).entries;
      const proof = await log.entryProof(tenant, "cantine-plus/school-meals" as never, entry?.body.id ?? "");
      if (proof === null || proof === "not-yet") throw new Error("no proof");
      return tlogProofText(proof);
    });
    writeFileSync(join(elsewhere, "a.tlog-proof"), text_);
    expect(await verify(["a.tlog-proof", "--key", key])).toMatchObject({ code: 0, out: expect.stringContaining("PROVED: entry 3") }); // prettier-ignore
    expect(await verify(["a.tlog-proof"])).toMatchObject({ code: 1, err: expect.stringContaining("names no key itself") }); // prettier-ignore
    writeFileSync(join(elsewhere, "b.tlog-proof"), text_.replace(/^index \d+/m, "index 5"));
    expect(await verify(["b.tlog-proof", "--key", key])).toMatchObject({ code: 2, err: expect.stringContaining("NOT PROVED") }); // prettier-ignore
  });

  it("writes the page for whoever has no command, and replaces no file", async () => {
    expect(await verify(["--page", "check.html"])).toMatchObject({ code: 0 });
    expect(readFileSync(join(elsewhere, "check.html"), "utf8")).toBe(evidencePage());
    expect(await verify(["--page", "check.html"])).toMatchObject({ code: 2 });
  });
});
