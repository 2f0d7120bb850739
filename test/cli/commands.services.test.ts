// The staff's way from nothing to a key, with the real command on a real PostgreSQL.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCliTown, draftArguments, tenant, type CliTown } from "./town.js";

let town: CliTown;
beforeAll(async () => {
  town = await createCliTown();
  // A deny names it: unknown, it would refuse the rules.
  const { code } = await town.run([
    "application",
    "create",
    "biblio-stats",
    "--title",
    "B",
    "--contact",
    "a@b.example",
  ]);
  expect(code).toBe(0);
});
afterAll(() => town.close());

const dpo = "dpo@rivemont.example";
const ref = "cantine-plus/school-meals";
const fields = "Resident.number,Resident.household,Household.number,@contact";

/** Who read or changed what, as the log says, oldest first. */
const staffCommands = async (): Promise<string[]> => {
  const { out } = await town.run(["log", "--outcome", "staff", "--json", "--limit", "1000"]);
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .map(({ body, personal }) => `${personal.staff} ${body.staff.command} ${JSON.stringify(body.staff.filters)}`)
    .reverse();
};

describe("policies", () => {
  it("are checked, with warnings for applications that are not there yet", async () => {
    const { code, out } = await town.run(["policy", "check"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^policies\/rivemont\/canteen\.csv:3:4 warning: unknown application "cantine-plus"/m);
    expect(out).toMatch(/^No faults, \d+ warnings\. These files are version [0-9a-f]{64}, not in force yet\.$/m);
  });

  it("show nothing before a version is applied, and say how", async () => {
    const { code, out, err } = await town.run(["policy", "show"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain('npx passerelle policy apply -m "why"');
  });

  it("are applied, and printed again as they were", async () => {
    const applied = await town.run(["policy", "apply", "-m", "first rules"]);
    expect(applied.code).toBe(0);
    const version = /^version ([0-9a-f]{64}) in force$/m.exec(applied.out)?.[1] ?? "";
    expect((await town.run(["policy", "apply", "-m", "again"])).out).toContain(`version ${version} in force already`);

    const shown = await town.run(["policy", "show", version.slice(0, 8).toUpperCase()]);
    expect(shown.code).toBe(0);
    expect(shown.out).toContain(`Policy version ${version} of Ville de Rivemont, in force`);
    expect(shown.out).toMatch(/by camille: first rules$/m);
    expect(shown.out).toContain(readFileSync(join(town.folder, "policies/rivemont/canteen.csv"), "utf8"));
    expect((await town.run(["policy", "history"])).out).toMatch(
      new RegExp(`^${version.slice(0, 12)}  [0-9: -]{19}  camille  \\(in force\\) first rules$`, "m"),
    );
    expect(await staffCommands()).toContain(`camille policy show ${JSON.stringify({ version })}`);
  });

  it("stay as they were when a line is mistyped: every fault at its place, exit code 2", async () => {
    const file = join(town.folder, "policies/rivemont/canteen.csv");
    const before = readFileSync(file, "utf8");
    appendFileSync(file, "p, cantine-plus, school-meals, Resident.email, all, -, dney\n");
    const lines = before.split("\n").length;
    for (const args of [
      ["policy", "check"],
      ["policy", "apply", "-m", "x"],
    ]) {
      const { code, out, err } = await town.run(args);
      expect(code).toBe(2);
      expect(out + err).toMatch(new RegExp(`policies/rivemont/canteen\\.csv:${lines}:\\d+ fault: .*deny`));
      expect(err).toContain("stays in force");
    }
    const json = await town.run(["policy", "check", "--json"]);
    expect(
      json.out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
        .filter(({ severity }) => severity === "fault"),
    ).toMatchObject([{ file: "policies/rivemont/canteen.csv", line: lines }]);
    writeFileSync(file, before);
  });

  it("of a name that is not there are said to be not there", async () => {
    expect(await town.run(["policy", "show", "00000000"])).toMatchObject({ code: 2, out: "" });
    expect((await town.run(["policy", "show", "xyz"])).err).toContain("hexadecimal");
  });
});

describe("an agreement", () => {
  it("needs an application first", async () => {
    const { code, err } = await town.run([...draftArguments, "--fields", fields]);
    expect(code).toBe(2);
    expect(err).toContain("passerelle application create");
    const made = await town.run([
      "application",
      "create",
      "cantine-plus",
      "--title",
      "Cantine Plus",
      "--contact",
      "a@b.example",
    ]);
    expect(made).toMatchObject({ code: 0 });
    expect((await town.run(["application", "show", "cantine-plsu"])).err).toContain("Did you mean cantine-plus?");
  });

  it("has all that is wrong with a draft told at once, a line each", async () => {
    const { code, out, err } = await town.run([
      ...["agreement", "draft", "--app", "cantine-pluss", "--purpose", "school-meal", "--basis", "legitimate-interest"],
      ...["--recipient-name", " ", "--recipient-contact", "dpo@cantine-plus.example"],
      ...["--recipient-role", "friend", "--recipient-basis", "contract", "--retention", "a year"],
      ...["--from", "2026-02-30", "--until", "2026", "--by", "nobody@rivemont.example"],
      ...["--fields", "Resident.emial,Resident.number,Residnt.*"],
    ]);
    expect([code, out]).toEqual([2, ""]);
    expect(err.trimEnd().split("\n")).toEqual(
      [
        /no application "cantine-pluss"\. Create it first: npx passerelle application create/,
        /no purpose "school-meal" \(did you mean "school-meals"\?\)/,
        /no "Resident\.emial" \(did you mean "Resident\.email"\?\)/,
        /no "Residnt\.\*" \(did you mean "Resident\.\*"\?\)/,
        /legitimate interest/,
        /The recipient's name is empty/,
        /role must be one of controller, joint-controller, processor; "friend"/,
        /first day "2026-02-30" is not a date/,
        /last day "2026" is not a date/,
        /retention "a year"/,
        /"nobody@rivemont\.example" is not listed/,
      ].map((words) => expect.stringMatching(words) as string),
    );
    const before = await town.run(["agreement", "list"]);
    expect(before.out).toContain("No agreement yet");
  });

  it("is drafted with its groups resolved, and says who may approve it", async () => {
    const typo = await town.run([...draftArguments.with(5, "school-meal"), "--fields", fields]);
    expect(typo).toMatchObject({ code: 2, out: "" });
    expect(typo.err).toContain('did you mean "school-meals"?');
    expect((await town.run([...draftArguments, "--fields", "Resident.emial"])).err).toContain("Resident.email");
    expect((await town.run(draftArguments)).err).toContain("--fields");

    writeFileSync(
      join(town.folder, "fields.txt"),
      "Resident.number # the key\n\nHousehold.number\nResident.household\n@contact\n",
    );
    const { code, out } = await town.run([...draftArguments, "--fields-file", "fields.txt", "--volume", "500"]);
    expect(code).toBe(0);
    expect(out).toContain("Version 1 of cantine-plus/school-meals is drafted, with 6 fields:");
    expect(out).toMatch(/^ {2}Resident\.phone$/m);
    expect(out).toContain(`npx passerelle agreement approve ${ref} --by ${dpo}`);
  });

  it("on consent says what people decide on, and what they read before", async () => {
    const asked = draftArguments.with(3, "biblio-stats").with(5, "library-statistics").with(7, "consent");
    const given = [...asked, "--fields", "Resident.number,@contact,LibraryBranch.name,LibraryLoan.title"];
    const refused = await town.run(given);
    expect([refused.code, refused.out]).toEqual([2, ""]);
    expect(refused.err).toContain("RGPD recital 43");
    const { code, out } = await town.run([...given, "--note", "Free to refuse.", "--information-society"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^People: +rows that leave: those of people who consent/m);
    expect(out).toMatch(/^Decide on: +@contact \(3\): +Resident\.address, Resident\.email, Resident\.phone$/m);
    expect(out).toMatch(/^ +Resident \(1\): +Resident\.number$/m);

    const shown = await town.run(["agreement", "show", "biblio-stats/library-statistics"]);
    expect(shown.out).toMatch(
      /^People: +rows that leave: [^]*from 15 the child alone[^]*^Decide on: +@contact \(3\):/m,
    );
    expect(shown.out).toMatch(/^What people read before they decide/m);
    expect(shown.out).toMatch(/^ {2}Purpose: +Statistiques des médiathèques \/ Library statistics$/m);
    expect(shown.out).toMatch(/^ {2}LibraryLoan: +LibraryLoan\.title: Titre emprunté \/ Title borrowed$/m);
    expect((await town.run(["agreement", "list"])).out).toMatch(/^biblio-stats\S+ +- +6 +consent in 3 parts +draft/m);

    const hidden = await town.run([
      ...draftArguments.with(3, "biblio-stats").with(5, "library-statistics").with(7, "legal-obligation"),
      ...["--fields", "Resident.number", "--hidden-by-law", "LPF art. L81"],
    ]);
    expect(hidden.out).toContain("they do not see this agreement, nor who read under it (RGPD art. 23): LPF art. L81");
    const version = ["agreement", "show", "biblio-stats/library-statistics", "--version", "2"];
    expect((await town.run(version)).out).not.toContain("What people read");
  });

  it("gets no key before it is approved", async () => {
    const { code, out, err } = await town.run(["key", "create", ref]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("A DPO must approve it");
  });

  it("is approved by nobody but a listed DPO", async () => {
    const { code, out, err } = await town.run(["agreement", "approve", ref, "--by", "informatique@rivemont.example"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("not listed as dpo");
    expect(err).toContain(`Listed as dpo: ${dpo}.`);
    expect((await town.run(["agreement", "list"])).out).toMatch(/draft; version 1 waits for a DPO/);
  });

  it("counts once approved, and is shown as it was signed", async () => {
    const { code, out } = await town.run([
      "agreement",
      "approve",
      ref,
      "--by",
      dpo,
      "--version",
      "1",
      "--note",
      "seen",
    ]);
    expect(code).toBe(0);
    expect(out).toContain("Version 1 of cantine-plus/school-meals is approved: in force until 2099-12-31.");
    expect(out).toContain("It counts at the next request.");
    expect(out).toContain(`npx passerelle key create ${ref}`);
    const shown = (await town.run(["agreement", "show", ref])).out;
    expect(shown).toContain(`by ${dpo}: seen`);
    expect(shown).toContain("500 requests a day");
    expect(await town.run(["agreement", "show", ref, "--version", "7"])).toMatchObject({ code: 2, out: "" });
  });

  it("has keys that are shown once, and that the log never learns", async () => {
    const { code, out } = await town.run(["key", "create", ref, "--label", "production"]);
    expect(code).toBe(0);
    const key = /^ {2}(psk_live_\w+)$/m.exec(out)?.[1] ?? "";
    const publicId = key.split("_")[2] ?? "";
    expect(key).toMatch(/^psk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    expect(out).toContain("curl -s http://127.0.0.1:4000/graphql");
    expect(out).toContain("the address the gateway listens on");
    expect(out).toContain(`-H 'Authorization: Bearer ${key}'`);
    const caller = await town.withTown(async ({ identity }) => identity.authenticate(tenant, key, 1, new Date()));
    expect(caller?.agreement.ref).toBe(ref);

    const elsewhere = await town.run(["key", "create", ref], { env: { HOST: "0.0.0.0", PORT: "4100" } });
    expect(elsewhere.out).toContain("curl -s http://localhost:4100/graphql");

    const listed = await town.run(["key", "list"]);
    expect(listed.out).toMatch(new RegExp(`^${publicId}  ${ref}  production +[0-9: -]+  valid$`, "m"));
    // Revoked by the whole key, as it was found in somebody's published code.
    const revoked = await town.run(["key", "revoke", key]);
    expect(revoked.out).toContain(`Key ${publicId} of ${ref} is revoked`);
    expect(await town.withTown(async ({ identity }) => identity.authenticate(tenant, key, 2, new Date()))).toBeNull();
    const secret = key.slice(`psk_live_${publicId}_`.length);
    for (const args of [["key", "list"], ["log", "--json"], ["log"]])
      expect((await town.run(args)).out).not.toContain(secret);
    expect(await staffCommands()).toContain(`camille key revoke ${JSON.stringify({ key: publicId })}`);
  });

  it("is suspended with a reason, and resumed", async () => {
    expect((await town.run(["agreement", "suspend", ref, "--reason", "leak"])).out).toContain("nothing is answered");
    expect((await town.run(["agreement", "list"])).out).toMatch(/suspended since [0-9-]+ \(leak\)/);
    expect((await town.run(["agreement", "suspend", ref, "--reason", "leak"])).code).toBe(2);
    expect((await town.run(["agreement", "resume", ref])).out).toContain("in force until 2099-12-31");
  });

  it("shows a schema with what it may read, and nothing else", async () => {
    const whole = await town.run(["schema"]);
    const seen = await town.run(["schema", "--app", "cantine-plus"]);
    expect([whole.code, seen.code]).toEqual([0, 0]);
    expect(whole.out).toContain("socialNumber");
    expect(whole.out).toContain("type LibraryLoan ");
    expect(seen.out).toMatch(/^type Resident /m);
    expect(seen.out).toMatch(/^ {2}household: Household$/m);
    // In the agreement, but no rule opens it; opened by a rule, but not in the agreement; never shared; of another.
    for (const hidden of ["email", "familyName", "socialNumber", "LibraryLoan"]) expect(seen.out).not.toContain(hidden);
    expect((await town.run(["schema", "--app", "open-data"])).out).toMatch(/^type Commune /m);
    expect((await town.run(["schema", "--app", "cantine-plu"])).err).toContain('did you mean "cantine-plus"?');
  });
});

describe("several tenants", () => {
  it("are told apart by --tenant, each with its own", async () => {
    const file = join(town.folder, "gateway.yaml");
    const before = readFileSync(file, "utf8");
    const settings = parse(before) as { tenants: Record<string, unknown> };
    settings.tenants["valmont"] = settings.tenants[tenant];
    writeFileSync(file, stringify(settings));
    const asked = await town.run(["application", "list"]);
    expect([asked.code, asked.out]).toEqual([2, ""]);
    expect(asked.err).toContain("say which one with --tenant (rivemont, valmont)");
    expect((await town.run(["key", "list", "--tenant", "valmnt"])).err).toContain('did you mean "valmont"?');
    expect((await town.run(["application", "list", "--tenant", "valmont"])).out).toContain("No application yet");
    expect((await town.run(["application", "list", "--tenant", tenant])).out).toContain("cantine-plus");
    const shown = await town.run(["log", "show", "0", "--tenant", "valmont"]);
    expect(shown.out).toContain("no. 0 in the access log");
    expect(shown.out).toContain("passerelle application list");
    writeFileSync(file, before);
  });
});

describe("a faulty town folder", () => {
  it("is told with every fault of gateway.yaml at its place, exit code 2", async () => {
    const file = join(town.folder, "gateway.yaml");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replace("roles: [dpo]", "roles: [dop]").replace("displayName:", "displayNmae:"));
    const { code, out, err } = await town.run(["log"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err.split("\n").filter((line) => /^gateway\.yaml:\d+:\d+ fault: /.test(line)).length).toBeGreaterThan(1);
    writeFileSync(file, before);
  });

  it("is told with the fault of its key file", async () => {
    const file = join(town.folder, ".passerelle", "keys.yaml");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replace(/secret: .*/, "secret: short"));
    const { code, err } = await town.run(["key", "list"]);
    expect(code).toBe(2);
    expect(err).toMatch(/keys\.yaml:\d+:\d+ fault: /);
    writeFileSync(file, before);
  });

  it("is told when the database does not answer, without its password", async () => {
    const env = { DATABASE_URL: "postgres://someone:hidden@127.0.0.1:1/none" };
    const { code, out, err } = await town.run(["log"], { env });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("does not answer");
    expect(err).not.toContain("hidden");
  });
});
