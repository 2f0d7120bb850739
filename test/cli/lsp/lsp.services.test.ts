// `passerelle policy lsp` as an editor runs it. Law 7: what it underlines is what the one validator says.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnostic } from "vscode-languageserver/node";
import { build } from "../../../scripts/build.mjs";
import { createCliTown, draftArguments, type CliTown } from "../town.js";
import { startEditor, type Editor } from "./editor.js";

const rules = "policies/rivemont/canteen.csv";
const library = "policies/rivemont/library.csv";

const survey = "policies/rivemont/survey.csv";
const advice = "policies/rivemont/advice.csv";
const filters = "policies/rivemont/filters.yaml";

const files = {
  [rules]: `# Cantine Plus, convention 2026-014.
p, cantine-plus, school-meals, Resident.number,     all, -,    allow
p, cantine-plus, school-meals, Resident.familyName, all, -,    allow
p, cantine-plus, school-meals, Resident.birthDate,  all, year, allow
`,
  [library]: `p, biblio-stats, library-statistics, LibraryLoan.number, all, -, allow
p, biblio-stats, library-statistics, LibraryLoan.genre,  all, -, allow
p, biblio-stats, *,                  @contact,           -,   -, deny
`,
  [survey]: `p, curieux,  district-survey, Resident.number,    all, -,    allow
p, curieux,  district-survey, Resident.birthDate, all, year, allow
p, parkeasy, mobility,        CarPark.places,     all, -,    allow
`,
  [advice]: `p, cantine-plus, school-meals, CanteenAccount.balance, active-accounts, round:5, allow
`,
  [filters]: `# Accounts in use.
active-accounts:
  on: CanteenAccount
  where: { status: { eq: actif } }
`,
};

beforeAll(() => void build(), 180_000);

const seen = (diagnostics: readonly Diagnostic[], text: string): string[] =>
  diagnostics.map(({ range: { start, end }, severity, code, source }) => {
    const line = text.split("\n")[start.line] ?? "";
    expect(end.line).toBe(start.line);
    expect(source).toBe("passerelle");
    return `${severity === 1 ? "fault" : "warning"} ${String(code)} ${start.line + 1}: ${line.slice(start.character, end.character)}`;
  });

const none = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.length === 0;
const some = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.length > 0;
const has =
  (code: string) =>
  (diagnostics: readonly Diagnostic[]): boolean =>
    diagnostics.some((diagnostic) => diagnostic.code === code);

describe("the editor's language server", () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await startEditor(files);
  });
  afterAll(async () => {
    expect(await editor.end()).toBe(0);
  });

  it("underlines a fault while it is typed, and lets it go when it is mended", async () => {
    editor.open(rules);
    editor.type(rules, "Resident.familyName,", "Resident.familyNmae,");
    const faults = await editor.told(rules, some);
    expect(seen(faults, editor.textOf(rules))).toEqual(["warning unknown-field 3: Resident.familyNmae"]);
    editor.type(rules, "Resident.familyNmae", "Resident.familyName");
    expect(await editor.told(rules, none)).toEqual([]);
  });

  it("writes the suggestion", async () => {
    editor.type(rules, "all, year, allow", "all, year, alow");
    const [fault] = await editor.told(rules, has("unknown-effect"));
    if (fault === undefined) throw new Error("no fault");
    const [fix, another] = await editor.fixes(rules, fault.range);
    expect(another).toBeUndefined();
    const [edit] = Object.values(fix?.edit?.changes ?? {}).flat();
    expect(edit).toEqual({ range: fault.range, newText: "allow" });
    editor.type(rules, "alow", "allow");
    await editor.told(rules, none);
  });

  it("tells faults of files that are not open, and of schema.graphql and gateway.yaml", async () => {
    editor.open("schema.graphql");
    editor.type("schema.graphql", "  genre: String", "  kind: String");
    const faults = await editor.told(library, some);
    const text = readFileSync(join(editor.folder, library), "utf8");
    expect(seen(faults, text)).toEqual(["warning unknown-field 2: LibraryLoan.genre"]);
    editor.type("schema.graphql", 'source: "families"', 'source: "familes"');
    const lineWith = (mark: string): number =>
      editor
        .textOf("schema.graphql")
        .split("\n")
        .findIndex((line) => line.includes(mark)) + 1;
    const inSchema = await editor.told("schema.graphql", some);
    expect(seen(inSchema, editor.textOf("schema.graphql"))).toEqual([
      `fault unknown-source ${lineWith("familes")}: "familes"`,
    ]);
    const [fix] = await editor.fixes("schema.graphql", inSchema[0]?.range ?? expect.fail("no range"));
    expect(Object.values(fix?.edit?.changes ?? {}).flat()[0]?.newText).toBe('"families"');
    editor.close("schema.graphql");
    await editor.told(library, none);
    await editor.told("schema.graphql", none);

    editor.open("gateway.yaml");
    editor.type("gateway.yaml", "dpv: dpv:PublicBenefit", "dpv: PublicBenefit");
    expect(seen(await editor.told("gateway.yaml", some), editor.textOf("gateway.yaml"))).toEqual([
      `fault value ${editor.textOf("gateway.yaml").split("dpv: PublicBenefit")[0]?.split("\n").length}: PublicBenefit`,
    ]);
    editor.close("gateway.yaml");
    await editor.told("gateway.yaml", none);
  });

  it("completes each column", async () => {
    const labels = async (mark: string): Promise<string[]> =>
      (await editor.complete(rules, mark)).map(({ label }) => label);
    expect(await labels("|p, cantine-plus")).toEqual(["p", "g"]);
    expect(await labels("p, |cantine-plus")).toEqual(
      expect.arrayContaining(["biblio-stats", "cantine-plus", "parkeasy", "open-data", "*"]),
    );
    const purposes = await editor.complete(rules, "p, cantine-plus, |school-meals");
    expect(purposes.map(({ label, detail }) => [label, detail])).toContainEqual(["school-meals", "School meals"]);
    const fields = await editor.complete(rules, "school-meals, |Resident.number");
    const birthDate = fields.find(({ label }) => label === "Resident.birthDate");
    expect(birthDate).toMatchObject({
      detail: "Date, personal: DateOfBirth",
      documentation: "Date of birth (date de naissance).",
    });
    const all = fields.map(({ label }) => label);
    expect(all).toEqual(expect.arrayContaining(["Resident.*", "@contact", "LibraryLoan.title"]));
    expect(await labels("Resident.birthDate,  |all")).toEqual(["all", "own"]);
    expect(await labels("Resident.birthDate,  all, |year")).toEqual(["-", "year", "month", "aggregate"]);
    expect(await labels("Resident.familyName, all, |-")).toEqual([
      "-",
      "truncate:1",
      "truncate:2",
      "truncate:3",
      "initial",
      "redact",
      "aggregate",
    ]);
    expect(await labels("Resident.familyName, all, -,    |allow")).toEqual(["allow", "deny"]);
    expect(await labels("# Cantine| Plus")).toEqual([]);
  });

  it("knows the filters of rows, and tells a fault in filters.yaml where it stands", async () => {
    const path = advice;
    editor.open(path);
    const offered = await editor.complete(path, "CanteenAccount.balance, |active-accounts");
    expect(offered.map(({ label }) => label)).toEqual(["all", "own", "active-accounts"]);
    expect((await editor.hover(path, "balance, active-|accounts"))?.text).toContain(
      '`active-accounts`: rows of `CanteenAccount` where status = "actif".',
    );
    expect(await editor.definition(path, "balance, active-|accounts")).toEqual([
      `${filters}: active-accounts of active-accounts:`,
    ]);
    editor.open(filters);
    editor.type(filters, "status: {", "statut: {");
    expect(seen(await editor.told(filters, some), editor.textOf(filters))).toEqual(["fault unknown-field 4: statut"]);
    editor.close(filters);
    await editor.told(filters, none);
    editor.close(path);
  });

  it("replaces the whole cell by what is chosen", async () => {
    const [item] = await editor.complete(rules, "school-meals, Resident.family|Name");
    expect(item?.textEdit).toEqual({
      range: { start: { line: 2, character: 31 }, end: { line: 2, character: 50 } },
      newText: "Resident.familyName",
    });
  });

  it("offers in policies/common what may stand there", async () => {
    const path = "policies/common/new.csv";
    editor.open(path, "\np, *, *, Resident.email, , , ");
    const labels = async (mark: string): Promise<string[]> =>
      (await editor.complete(path, mark)).map(({ label }) => label);
    expect(await labels("Resident.email, |,")).toEqual(["-"]);
    expect(await labels("Resident.email, , , |")).toEqual(["deny"]);
    // It is in no folder yet, and checked all the same.
    expect(seen(await editor.told(path, some), editor.textOf(path))[0]).toMatch(/^fault empty-column 2/);
    editor.close(path);
    await editor.told(path, none);
  });

  it("explains a line in words", async () => {
    const found = await editor.hover(rules, "Resident.birth|Date,");
    expect(found?.over).toBe("Resident.birthDate");
    expect(found?.text).toBe(
      [
        "`Resident.birthDate`: Date of birth (date de naissance). Type `Date`. Personal data: DateOfBirth. Field groups: `@identity`.",
        "**Opens** `Resident.birthDate` to the application `cantine-plus`, for the purpose `school-meals` (School meals); all rows, the first day of its year.",
      ].join("\n\n"),
    );
  });

  it("says of a deny whom it shuts, and of an opened field what denies it", async () => {
    editor.open(library);
    editor.type(library, "LibraryLoan.genre, ", "Resident.email,    ");
    const deny = await editor.hover(library, "-, de|ny");
    expect(deny?.text).toContain("**Closes** 3 fields by `@contact`");
    expect(deny?.text).toContain(
      "It overrules 1 line that would open some of it, for `biblio-stats`: `policies/rivemont/library.csv:2`.",
    );
    const opened = await editor.hover(library, "Resident.email,     all, -, al|low");
    expect(opened?.text ?? "").toContain("**Denied all the same**");
    editor.close(library);
  });

  it("lays out a file that is understood, and leaves any other as it is", async () => {
    const path = survey;
    const saved = editor.open(path);
    expect(await editor.format(path)).toEqual([]);
    editor.type(
      path,
      "p, curieux,  district-survey, Resident.number,   ",
      "p,curieux,district-survey,Resident.number,",
    );
    expect(await editor.format(path)).toEqual([saved]);
    editor.type(path, "all, year, allow", "all, year, alow");
    expect(await editor.format(path)).toEqual([]);
    editor.close(path);
  });

  it("leads from a name to the line that says what it is", async () => {
    expect(await editor.definition(rules, "Resident.birth|Date,")).toEqual([
      expect.stringMatching(/^schema\.graphql: birthDate of birthDate: Date\b/),
    ]);
    expect(await editor.definition(rules, "school-|meals, Resident")).toEqual([
      "gateway.yaml: school-meals of school-meals:",
    ]);
    editor.open(library);
    expect(await editor.definition(library, "@con|tact")).toEqual([
      expect.stringMatching(/^schema\.graphql: address of address: String\b/),
      expect.stringMatching(/^schema\.graphql: email of email: String\b/),
      expect.stringMatching(/^schema\.graphql: phone of phone: String\b/),
    ]);
    editor.open(survey);
    expect(await editor.definition(survey, "park|easy")).toEqual([]);
    const line = "g, parkeasy, group:mobility";
    const group = "policies/rivemont/groups.csv";
    writeFileSync(join(editor.folder, group), `${line}\n`);
    editor.save(survey);
    expect(await editor.definition(survey, "park|easy")).toEqual([`${group}: ${line} of ${line}`]);
  });

  it("says once that no store answers, and underlines no application for it", () => {
    expect(editor.log.filter((line) => line.includes("Applications and agreements are not known here"))).toHaveLength(
      1,
    );
  });

  it("survives what is no message, and writes nothing but messages", async () => {
    const framed = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    for (const body of ["not json!", "null", "[]", "7", '{"jsonrpc":"2.0","id":"x","method":"no/such/one"}'])
      editor.raw(framed(body));
    editor.raw(framed('{"jsonrpc":"2.0","id":"y","method":"textDocument/hover","params":{"position":{"line":-1}}}'));
    editor.raw(framed('{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":null}}'));
    expect(await editor.hover(rules, "Resident.birth|Date,")).not.toBeNull();
    editor.raw("Content-Length: x\r\n\r\n");
    // What came with a faulty header is read with the next message.
    const next = setInterval(() => editor.save(rules), 50);
    expect(await editor.hover(rules, "Resident.birth|Date,")).not.toBeNull();
    clearInterval(next);
    expect(editor.log.filter((line) => line.startsWith("error:"))).toEqual([]);
  });
});

// Law 7: what is faultless in the editor is faultless to the gateway, whatever the bytes are.
describe("files as machines write them", () => {
  const [crlf, marked, letters] = ["crlf", "marked", "letters"].map((name) => `policies/rivemont/${name}.csv`) as [
    string,
    string,
    string,
  ];
  const rule = "p, cantine-plus, school-meals, Resident.number, all, -, allow";
  let editor: Editor;
  beforeAll(async () => {
    editor = await startEditor({
      [crlf]: `# one\r\n${rule}\r\n${rule.replace("allow", "alow")}\r\n`,
      [marked]: `\uFEFF# two\n`,
      [letters]: `# \u{1F600} é\np, cantine-plus, school-meals, Resident.\u0435mail, all, -, allow\n`,
      // Variables of sources are not set where somebody edits: nothing is wrong with the file, and no fault hides another.
      "gateway.yaml": `tenants:
  rivemont:
    displayName: Rivemont
    contact: d@rivemont.example
    sources:
      families: { kind: postgres, url: env:NOT_SET_HERE_URL }
      parking: { kind: rest, url: env:NOT_SET_HERE_EITHER_URL, lists: {} }
`,
      "schema.graphql": `type Resident @dataset(source: "families", from: "public.residents", status: SHARED) @key(fields: "number") {
  number: Int
  email: String
}
`,
    });
  });
  afterAll(async () => void (await editor.end()));

  it("have their faults at the right places, CRLF or not", async () => {
    const found = await editor.told(crlf, has("unknown-effect"));
    const text = readFileSync(join(editor.folder, crlf), "utf8");
    expect(seen(found, text)).toContain("fault unknown-effect 3: alow");
    const first = found.find(({ code }) => code === "unknown-effect");
    expect(first?.range.end).toEqual({ line: 2, character: rule.length - 1 });
  });

  it("need none of the sources' variables", async () => {
    const text = editor.open(
      "gateway.yaml",
      "colour: blue\n" + readFileSync(join(editor.folder, "gateway.yaml"), "utf8"),
    );
    expect(seen(await editor.told("gateway.yaml", some), text)).toEqual(["fault unknown-key 1: colour"]);
    editor.close("gateway.yaml");
    await editor.told("gateway.yaml", none);
  });

  it("tell a byte order mark that the editor keeps to itself", async () => {
    editor.open(marked, "# two\n");
    expect(seen(await editor.told(marked, some), "# two")).toEqual(["fault byte-order-mark 1: #"]);
    writeFileSync(join(editor.folder, marked), "# two\n");
    editor.save(marked);
    expect(await editor.told(marked, none)).toEqual([]);
  });

  it("mend a letter that only looks right by the whole cell, behind what takes two units", async () => {
    const text = editor.open(letters);
    const [fault] = await editor.told(letters, has("foreign-character"));
    if (fault === undefined) throw new Error("no fault");
    expect(seen([fault], text)).toEqual(["fault foreign-character 2: \u0435"]);
    const [fix] = await editor.fixes(letters, fault.range);
    const [edit] = Object.values(fix?.edit?.changes ?? {}).flat();
    expect(edit?.newText).toBe("Resident.email");
    const line = text.split("\n")[1] ?? "";
    expect(line.slice(edit?.range.start.character, edit?.range.end.character)).toBe("Resident.\u0435mail");
  });

  it("are refused when they are too large, and the editor goes on", async () => {
    editor.open(crlf, `${`# ${"x".repeat(98)}\n`.repeat(60_000)}`);
    expect(seen(await editor.told(crlf, has("file-too-large")), "#")).toEqual([
      expect.stringMatching(/^fault file-too-large 1: /),
    ]);
    editor.close(crlf);
    await editor.told(crlf, has("unknown-effect"));
  });
});

describe("where a store answers", () => {
  let town: CliTown;
  let editor: Editor;
  beforeAll(async () => {
    town = await createCliTown();
    const created = ["application", "create", "cantine-plus", "--title", "Cantine Plus", "--contact", "a@b.example"];
    for (const command of [created, [...draftArguments, "--fields", "Resident.number,Resident.birthDate"]])
      expect(await town.run(command)).toMatchObject({ code: 0 });
    const approved = ["agreement", "approve", "cantine-plus/school-meals", "--by", "dpo@rivemont.example"];
    expect(await town.run(approved)).toMatchObject({ code: 0 });
    editor = await startEditor(files, town.env, { folder: town.folder, remove: () => undefined });
  });
  afterAll(async () => {
    await editor.end();
    await town.close();
  });

  it("underlines applications that it does not have, and counts agreements", async () => {
    const text = editor.open(library);
    const found = await editor.told(library, has("unknown-application"));
    expect(seen(found, text)).toContain("warning unknown-application 1: biblio-stats");
    editor.open(rules);
    expect((await editor.hover(rules, "Resident.birth|Date,"))?.text).toContain(
      "Concerns 1 agreement that lists it: `cantine-plus/school-meals` (in force until 2099-12-31).",
    );
    expect((await editor.hover(rules, "Resident.family|Name,"))?.text).toContain("No approved agreement lists it");
  });

  it("puts that it was read on record, once", async () => {
    const { out } = await town.run(["log", "--limit", "50"]);
    expect(out.split("policy lsp").length - 1).toBe(1);
  });
});

describe("docs/editors.md", () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../../docs/editors.md"), "utf8");

  it("has settings of VS Code that are JSON, and start this server", () => {
    const [, json = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    const settings = JSON.parse(json) as Record<string, unknown>;
    expect([settings["glspc.server.command"], settings["glspc.server.commandArguments"]]).toEqual([
      "npx",
      ["passerelle", "policy", "lsp"],
    ]);
    expect(settings["yaml.schemas"]).toEqual({ "./gateway.schema.json": "gateway.yaml" });
  });

  it("gives Neovim and Helix the same command", () => {
    expect(page).toContain('cmd = { "npx", "passerelle", "policy", "lsp" }');
    expect(page).toContain('args = ["passerelle", "policy", "lsp"]');
  });
});
