// explain, who and grants, with the real commands on a real PostgreSQL. Law 8: everything is explained by a line.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCatalogue } from "../../src/catalogue/index.js";
import { demoAgreements } from "../../src/demo/index.js";
import { createCliTown, tenant, type CliTown } from "./town.js";

let town: CliTown;
const dpo = "dpo@rivemont.example";
const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

/** Rivemont with its three agreements, one of them ended, and its rules in force. */
beforeAll(async () => {
  town = await createCliTown();
  await town.withTown(async ({ registry, settings }) => {
    const sources = new Set(settings.tenants.get(tenant)?.sources.keys());
    const schema = readFileSync(join(town.folder, "schema.graphql"), "utf8");
    const { catalogue } = readCatalogue(schema, { file: "schema.graphql", sources });
    if (catalogue === null) throw new Error("schema.graphql is faulty");
    for (const { application, approvedBy, ...terms } of demoAgreements(day(0))) {
      await registry.createApplication({ tenant, ...application });
      await registry.draftAgreement({ tenant, application: application.name, ...terms }, catalogue);
      await registry.approveAgreement(tenant, `${application.name}/${terms.purpose}`, { by: approvedBy });
    }
  });
  expect((await town.run(["policy", "apply", "-m", "first rules"])).code).toBe(0);
});
afterAll(() => town.close());

const explain = (app: string, field: string, ...more: string[]) =>
  town.run(["policy", "explain", "--app", app, "--field", field, ...more]);
const explained = async (app: string, field: string, ...more: string[]) => {
  const { code, out, err } = await explain(app, field, "--json", ...more);
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out);
};
const canteen = "policies/rivemont/canteen.csv";
/** The 1-based line that holds a text. */
const lineOf = (path: string, text: string): number =>
  1 +
  readFileSync(join(town.folder, path), "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text));

it("docs/policies.md shows what the commands print", async () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../docs/policies.md"), "utf8");
  const transcripts = [...page.matchAll(/```console\n\$ npx passerelle (.*)\n([\s\S]*?)```/g)];
  expect(transcripts).toHaveLength(2);
  for (const [, command = "", printed = ""] of transcripts) {
    const { out } = await town.run(shellWords(command));
    expect(steady(out)).toBe(steady(printed));
  }
});

/** Without what differs from day to day and town to town: dates, names of versions, numbers of lines. */
const steady = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?/g, "DATE")
    .replace(/\b[0-9a-f]{12}\b/g, "VERSION")
    .replace(/(\.csv|\.graphql):\d+/g, "$1:LINE")
    .replace(/ +/g, " ");

describe("policy explain", () => {
  let beforeApproval: Date;
  it("says by which line a field is shared, for which rows, with which mask, on which basis and version", async () => {
    const { code, out } = await explain("cantine-plus", "Resident.birthDate");
    expect(code).toBe(0);
    expect(out).toMatch(/^Shared: Resident\.birthDate, with cantine-plus for school-meals\.$/m);
    expect(out).toContain(`${canteen}:${lineOf(canteen, "Resident.birthDate")}  p, cantine-plus`);
    expect(out).toMatch(/^Rows: +all rows$/m);
    expect(out).toMatch(/^Mask: +year: /m);
    expect(out).toMatch(
      /^Filter: +it may not stand in `where` or `orderBy`: a filter would tell what the mask hides$/m,
    );
    expect(out).toMatch(/^Basis: +public-task: Convention 2026-014/m);
    expect(out).toMatch(/^Version: +[0-9a-f]{12}, in force now, since .* by camille: first rules$/m);
    const data = await explained("cantine-plus", "Resident.birthDate");
    expect(data).toMatchObject({ shared: true, rows: "all", mask: "year", filterable: false, obstacles: [] });
    expect(data.agreement).toMatchObject({ ref: "cantine-plus/school-meals", version: 1, basis: "public-task" });
    expect((await explained("cantine-plus", "Resident.number")).filterable).toBe(true);
  });

  it("says what would be needed; pasted, it opens the field, and nothing less does (law 1)", async () => {
    const data = await explained("cantine-plus", "Resident.email");
    expect(data.shared).toBe(false);
    const reasons = data.obstacles.map(({ reason }: { reason: string }) => reason);
    expect(reasons).toEqual(["no-rule", "not-in-agreement"]);
    const [rule, agreement] = data.obstacles.map(({ paste }: { paste: { into: string; text: string } }) => paste);
    expect(rule).toEqual({ into: canteen, text: "p, cantine-plus, school-meals, Resident.email, all, -, allow" });
    beforeApproval = new Date();
    const before = readFileSync(join(town.folder, canteen), "utf8");
    appendFileSync(join(town.folder, canteen), `${rule.text}\n`);
    const byFiles = await explained("cantine-plus", "Resident.email", "--files");
    expect([byFiles.shared, byFiles.files]).toEqual([false, true]);
    expect(byFiles.obstacles.map(({ reason }: { reason: string }) => reason)).toEqual(["not-in-agreement"]);
    // What is in force has not changed by a saved file.
    expect((await explained("cantine-plus", "Resident.email")).obstacles).toHaveLength(2);

    const drafted = await town.run(shellWords(agreement.text).slice(2));
    expect([drafted.err, drafted.code]).toEqual(["", 0]);
    const waiting = await explained("cantine-plus", "Resident.email", "--files");
    const { paste } = waiting.obstacles[0];
    expect(paste.text).toBe(
      "npx passerelle agreement approve cantine-plus/school-meals --version 2 --by EMAIL-OF-A-DPO",
    );
    const approved = await town.run(shellWords(paste.text.replace("EMAIL-OF-A-DPO", dpo)).slice(2));
    expect(approved.code).toBe(0);
    expect(await explained("cantine-plus", "Resident.email", "--files")).toMatchObject({ shared: true, mask: "-" });
    expect(await explained("cantine-plus", "Resident.email")).toMatchObject({ shared: false });
    writeFileSync(join(town.folder, canteen), before);
  });

  it("does not propose to remove a deny: it says who wrote it, when and what for", async () => {
    const { out } = await explain("cantine-plus", "Resident.socialNumber");
    expect(out).toMatch(/^Not shared: Resident\.socialNumber/m);
    expect(out).toMatch(/^- policies\/common\/never\.csv:2: in force since .*, by camille: first rules; it holds for every tenant of this gateway; its comment: "What no tenant of this gateway may ever share\./m); // prettier-ignore
    expect(out).toContain("Ask whoever wrote it before anything is changed.");
    expect(out).not.toMatch(/\b(remove|delete|take out)\b/i);
    const group = await explained("biblio-stats", "Resident.email");
    const [line] = group.lines;
    expect(line).toMatchObject({ file: "policies/rivemont/library.csv", effect: "deny", role: "decides" });
    expect(line.fieldGroup).toMatchObject({ file: "schema.graphql" });
    expect(line.fieldGroup.text).toContain('@group(name: "contact")');
    expect(line.fieldGroup.line).toBe(lineOf("schema.graphql", '@group(name: "contact")'));
  });

  it("tells every other reason: dataset, agreement ended, suspended, none, open data", async () => {
    const reasons = async (app: string, field: string, ...more: string[]): Promise<string[]> =>
      (await explained(app, field, ...more)).obstacles.map(({ reason }: { reason: string }) => reason);
    expect(await reasons("cantine-plus", "SocialAid.kind")).toEqual(["dataset-not-shared", "no-rule", "not-in-agreement"]); // prettier-ignore
    expect(await reasons("curieux", "Resident.birthDate")).toEqual(["expired"]);
    expect(await reasons("curieux", "District.name", "--purpose", "school-meals")).toEqual(["no-rule", "no-agreement"]);
    expect(await reasons("open-data", "Commune.name")).toEqual([]);
    expect(await reasons("open-data", "District.name")).toEqual(["no-rule", "not-in-agreement"]);
    await town.run(["agreement", "suspend", "biblio-stats/library-statistics", "--reason", "leak reported"]);
    const { out } = await explain("biblio-stats", "LibraryLoan.genre");
    expect(out).toMatch(/Why not: +the agreement is suspended since \d{4}-\d\d-\d\d \(leak reported\)$/m);
    await town.run(["agreement", "resume", "biblio-stats/library-statistics"]);
  });

  it("knows what was in force before: the version then, and the agreement then", async () => {
    const moment = new Date();
    const path = join(town.folder, canteen);
    const before = readFileSync(path, "utf8");
    writeFileSync(path, before.replace(/^.*Resident\.familyName.*$/m, "# not any more"));
    // What no rule opens any more is expected no more: versions whose tests fail are not applied.
    const tests = join(town.folder, "policies/rivemont/tests/canteen.yaml");
    const expected = readFileSync(tests, "utf8");
    writeFileSync(tests, expected.replace(/Resident\.familyName: .*/, "Resident.familyName: no-rule"));
    expect((await town.run(["policy", "apply", "-m", "family names are not needed"])).code).toBe(0);
    expect(await explained("cantine-plus", "Resident.familyName")).toMatchObject({ shared: false });
    const then = await explained("cantine-plus", "Resident.familyName", "--at", moment.toISOString());
    expect(then).toMatchObject({ shared: true, appliedWhy: "first rules", at: moment.toISOString() });
    writeFileSync(path, before);
    writeFileSync(tests, expected);
    await town.run(["policy", "apply", "-m", "first rules again"]);
    const email = await explained("cantine-plus", "Resident.email", "--at", beforeApproval.toISOString());
    expect([email.agreement.version, email.obstacles.length]).toEqual([1, 2]);
    const now = await explained("cantine-plus", "Resident.email");
    expect([now.agreement.version, now.obstacles.length]).toEqual([2, 1]);
    const never = await explain("cantine-plus", "Resident.familyName", "--at", "2020-01-01");
    expect([never.code, never.out]).toEqual([2, ""]);
    expect(never.err).toMatch(/^No policy version was in force at 2020-01-02 00:00:00: nothing was shared\./);
  });

  it.each([
    [["cantine-plsu", "Resident.email"], 'did you mean "cantine-plus"?'],
    [["cantine-plus", "Resident.emial"], 'did you mean "Resident.email"?'],
    [["cantine-plus", "Residnet.email"], 'did you mean "Resident.email"?'],
    [["cantine-plus", "Resident.*"], "Name one field, as Type.field"],
    [["cantine-plus", "@contact"], "Name one field, as Type.field"],
    [["cantine-plus", "Resident.email", "--purpose", "school-meal"], 'did you mean "school-meals"?'],
    [["cantine-plus", "Resident.email", "--at", "tomorrow"], "--at takes a moment"],
    [["cantine-plus", "Resident.email", "--at", "7d", "--files"], "give one of them"],
  ])("refuses %j with what was meant", async ([app = "", field = "", ...more], message) => {
    const { code, out, err } = await explain(app, field, ...more);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });
});

describe("policy who", () => {
  it("lists who may read a field and until when, and apart who is shut although something opens it", async () => {
    const { code, out } = await town.run(["policy", "who", "--field", "Resident.birthDate"]);
    expect(code).toBe(0);
    const [readers = "", shut = ""] = out.split("Shut, although");
    expect(readers).toMatch(/^cantine-plus +school-meals +public-task +all +year +\d{4}-\d\d-\d\d +policies\/rivemont\/canteen\.csv:\d+$/m); // prettier-ignore
    expect(readers).not.toContain("curieux");
    expect(shut).toMatch(/^curieux +district-survey +ended +policies\/rivemont\/survey\.csv:\d+$/m);
    expect(shut).not.toContain("biblio-stats");
    const { out: json } = await town.run(["policy", "who", "--field", "Resident.birthDate", "--json"]);
    const data = JSON.parse(json);
    const names = data.readers.map(({ application }: { application: string }) => application);
    expect(names).toContain("cantine-plus");
    expect(names).not.toContain("curieux");
    expect(data.shut).toMatchObject([{ application: "curieux", reasons: ["expired"] }]);
  });

  it("says so when nobody may", async () => {
    const { code, out } = await town.run(["policy", "who", "--field", "Resident.socialNumber"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Nobody may read Resident\.socialNumber\.$/m);
  });
});

it("policy grants prints every field with what the application gets, and the same as JSON", async () => {
  const { code, out } = await town.run(["policy", "grants", "--app", "curieux"]);
  expect(code).toBe(0);
  expect(out).toMatch(/^curieux\/district-survey: 6 of \d+ fields and links are open to it\.$/m);
  expect(out).toContain("It is not in force: whatever is open, nothing is answered under it.");
  expect(out).toMatch(/^Resident\.birthDate +yes +all +year +policies\/rivemont\/survey\.csv:\d+$/m);
  expect(out).toMatch(/^Resident\.socialNumber +no +denied by policies\/common\/never\.csv:2$/m);
  expect(out).toMatch(/^SocialAid\.kind +no +its dataset is not SHARED$/m);
  const { out: json } = await town.run(["policy", "grants", "--app", "curieux", "--json"]);
  const { decisions } = JSON.parse(json);
  expect(decisions.filter(({ shared }: { shared: boolean }) => shared)).toHaveLength(6);
});

it("each of them is on record, by names alone; what is no name is not repeated (law 11)", async () => {
  await explain("cantine-plus", "Resident.email' OR 1=1");
  await town.run(["policy", "explain", "--app", "Marie Dupont", "--field", "Resident.email"]);
  const { out } = await town.run(["log", "--outcome", "staff", "--json", "--limit", "1000"]);
  const staff = out.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line).body.staff); // prettier-ignore
  const of = (command: string) => staff.filter((entry: { command: string }) => entry.command === command);
  expect(of("policy who")[0].filters).toEqual({ field: "Resident.socialNumber" });
  expect(of("policy grants")[0].filters).toEqual({ application: "curieux" });
  expect(of("policy explain")[0].filters).toEqual({ application: "(not a name)", field: "Resident.email" });
  expect(of("policy explain")[1].filters).toEqual({ application: "cantine-plus", field: "(not a field)" });
  expect(out).not.toMatch(/Dupont|OR 1=1/);
});

it("policy test needs no database, and fails where a rule opens what a test shuts", async () => {
  const env = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };
  const passed = await town.run(["policy", "test"], { env });
  expect([passed.code, passed.err]).toEqual([0, ""]);
  expect(passed.out).toMatch(/^\d+ tests in \d+ files hold: \d+ fields were asked about\.$/m);
  const path = join(town.folder, canteen);
  const before = readFileSync(path, "utf8");
  appendFileSync(path, "p, cantine-plus, school-meals, Resident.email, all, -, allow\n");
  const failed = await town.run(["policy", "test", "policies/rivemont/tests/canteen.yaml"], { env });
  expect(failed.code).toBe(2);
  const at = `policies/rivemont/tests/canteen.yaml:${lineOf("policies/rivemont/tests/canteen.yaml", '"@contact"')}:7`;
  expect(failed.out).toContain(`${at} failed: Cantine Plus learns who eats`);
  expect(failed.out).toContain("  field     Resident.email\n  for       cantine-plus/school-meals\n  expected  refused (no-rule)\n"); // prettier-ignore
  expect(failed.out).toContain(
    `  got       shared, rows all, mask -, by ${canteen}:${lineOf(canteen, "Resident.email")}`,
  );
  expect(failed.err).toMatch(/^1 of 2 tests failed\./);
  const json = JSON.parse((await town.run(["policy", "test", "--json"], { env })).out);
  expect(json.passed).toBe(false);
  expect(json.failures.length).toBeGreaterThan(0);
  const unknown = await town.run(["policy", "test", "policies/rivemont/tests/cantine.yaml"], { env });
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('did you mean "policies/rivemont/tests/canteen.yaml"?')]); // prettier-ignore
  writeFileSync(path, before);
});

/** As a POSIX shell takes a command that explain prints. */
function shellWords(command: string): string[] {
  const words = command.replaceAll("\\\n", " ").match(/(?:'[^']*'|\\'|[^\s'\\])+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|\\'/g, (_, text: string | undefined) => text ?? "'"));
}
