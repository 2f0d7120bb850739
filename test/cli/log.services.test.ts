// The DPO's view, with the real command on a real record.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EntryDraft, StoredEntry } from "../../src/accesslog/index.js";
import { subjectTokens } from "../../src/identity/index.js";
import type { Coordinate, KeyId, PolicyVersionId } from "../../src/terms/index.js";
import { createCliTown, draftArguments, entryDraft, tenant, type CliTown } from "./town.js";

const operation = {
  hash: "a".repeat(64),
  text: "query ($v1: Int) {\n  residents(first: $v1) {\n    nodes {\n      number\n    }\n  }\n}",
};
const evil = "Evil\u001b[2J\u009b31m\u202eName";

let town: CliTown;
let version: PolicyVersionId;

const jsonLines = (text: string): StoredEntry[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as StoredEntry);

const lastEntry = async (): Promise<StoredEntry | undefined> =>
  town.withTown(async ({ openLog }) => {
    const log = await openLog();
    return (await log.search(tenant, { limit: 1 })).entries[0];
  });

async function asSuperuser(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: town.databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function append(drafts: readonly EntryDraft[]): Promise<void> {
  await town.withTown(async ({ openLog }) => {
    const log = await openLog();
    for (const draft of drafts) await log.append(draft);
  });
}

beforeAll(async () => {
  town = await createCliTown();
  for (const name of ["cantine-plus", "biblio-stats"])
    await town.run(["application", "create", name, "--title", name, "--contact", "a@b.example"]);
  const applied = await town.run(["policy", "apply", "-m", "first rules"]);
  version = (/version ([0-9a-f]{64}) in force/.exec(applied.out)?.[1] ?? "") as PolicyVersionId;
  await town.run([...draftArguments, "--fields", "Resident.number"]);
  await town.run(["agreement", "approve", "cantine-plus/school-meals", "--by", "dpo@rivemont.example"]);
  const tokens = await town.withTown(async ({ derived }) => subjectTokens(derived, tenant, "resident", [123, 124]));
  const subjects = tokens.map((token) => ({ scheme: "resident", token }));
  const number = "Resident.number" as Coordinate;
  const birthDate = "Resident.birthDate" as Coordinate;
  await append([
    entryDraft({
      policyVersion: version,
      operation,
      fields: [
        { coordinate: birthDate, rule: "policies/rivemont/canteen.csv:6", mask: "year", cells: 2 },
        { coordinate: "Resident.id" as Coordinate, rule: "", mask: "-", cells: 2 },
        { coordinate: number, rule: "policies/rivemont/canteen.csv:3", mask: "-", cells: 2 },
      ],
      refused: [
        {
          coordinate: "Resident.socialNumber",
          reason: "denied",
          rule: "policies/common/never.csv:2",
          use: "selection",
        },
        { coordinate: "Resident.email", reason: "no-rule", rule: null, use: "input" },
      ],
      rows: [{ dataset: "Resident", rows: 2 }],
      errors: ["FIELD_NOT_SHARED"],
      personal: { subjects, operationName: evil },
    }),
    entryDraft({
      outcome: "answered",
      at: "2026-11-03T23:30:00.000Z",
      fields: [{ coordinate: number, rule: "policies/rivemont/canteen.csv:3", mask: "-", cells: 1 }],
      rows: [{ dataset: "Resident", rows: 1 }],
      personal: { subjects: subjects.slice(1), operationName: null },
    }),
    entryDraft({
      outcome: "invalid",
      status: 400,
      errors: ["GRAPHQL_PARSE_FAILED"],
      key: evil as KeyId,
      refused: [{ coordinate: evil, reason: "no-rule", rule: null, use: "input" }],
    }),
  ]);
});
afterAll(() => town.close());

describe("a search of the access log", () => {
  it("shows who read which fields of how many people, newest first", async () => {
    const { code, out } = await town.run(["log", "--app", "cantine-plus"]);
    expect(code).toBe(0);
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^ *no\. +time +application +purpose +outcome +rows +people +fields$/);
    const partial = lines.find((line) => line.includes("partial")) ?? "";
    // 08:15 UTC in November is 09:15 in Rivemont.
    expect(partial).toMatch(
      /2026-11-02 09:15:00 +cantine-plus +school-meals +partial +2 +2 +Resident\.birthDate \(year\), \+4$/,
    );
    expect(out.indexOf("invalid")).toBeLessThan(out.indexOf("partial"));
    expect(out).toContain(
      "3 entries, newest first, times in Europe/Paris. There are no others with --app cantine-plus.",
    );
  });

  it("fits the screen from 80 columns on", async () => {
    for (const columns of [80, 100, 120, 160]) {
      const { out } = await town.run(["log"], { columns });
      const table = out.split("\n").slice(0, -4);
      expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
  });

  it("finds by field, outcome, day and person", async () => {
    const found = async (...args: string[]): Promise<(string | undefined)[]> =>
      jsonLines((await town.run(["log", "--json", ...args])).out).map(({ body }) => body.outcome);
    expect(await found("--field", "Resident.number")).toEqual(["answered", "partial"]);
    expect(await found("--field", "Resident.socialNumber")).toEqual(["partial"]);
    expect(await found("--dataset", "Resident", "--outcome", "answered")).toEqual(["answered"]);
    expect(await found("--agreement", "cantine-plus/school-meals", "--until", "2026-11-02")).toEqual([
      "invalid",
      "partial",
    ]);
    // Half past eleven in the evening in UTC is the next day in Rivemont.
    expect(await found("--purpose", "school-meals", "--since", "2026-11-04", "--until", "2026-11-04")).toEqual([
      "answered",
    ]);
    const person = ["--app", "cantine-plus", "--subject"];
    expect(await found(...person, "resident:123")).toEqual(["partial"]);
    expect(await found(...person, "resident:124")).toEqual(["answered", "partial"]);
    expect(await found(...person, "resident:125")).toEqual([]);
  });

  it("says where a list is cut, and goes on from there", async () => {
    const first = await town.run(["log", "--app", "cantine-plus", "--limit", "2"]);
    const before = /--before (\d+)/.exec(first.out)?.[1] ?? "";
    const rest = await town.run(["log", "--app", "cantine-plus", "--limit", "2", "--before", before, "--json"]);
    expect(jsonLines(rest.out).map(({ body }) => body.outcome)).toEqual(["partial"]);
    expect(rest.err).toContain("1 entry. There are no earlier ones");
  });

  it("says when nothing was found, with what was asked and what was meant", async () => {
    const { code, out } = await town.run(["log", "--app", "cantine-plsu", "--field", "Resident.emial"]);
    expect(code).toBe(0);
    expect(out).toContain("No entry with --app cantine-plsu --field Resident.emial.");
    expect(out).toContain('There is no application "cantine-plsu" today (did you mean "cantine-plus"?).');
    expect(out).toContain('There is no field "Resident.emial" today (did you mean "Resident.email"?).');
    expect((await town.run(["log", "--subject", "residnet:1"])).out).toContain('did you mean "resident"?');
  });

  it("leaves out what staff did, and says that it did", async () => {
    const { out } = await town.run(["log", "--no-staff"]);
    expect(out).toContain("3 entries, newest first, times in Europe/Paris. There are no others with --no-staff.");
    expect(out).not.toContain("camille");
    expect((await lastEntry())?.body.staff).toEqual({ command: "log", filters: { staff: "no" } });
    expect((await town.run(["log", "--outcome", "staff"])).out).toContain("camille: log staff=no");
    expect((await town.run(["log", "--no-staff", "--outcome", "staff"])).code).toBe(2);
  });

  it("is refused for what is no name, without searching", async () => {
    for (const args of [
      ["--field", "Madame Martin"],
      ["--since", "yesterday"],
      ["--until", "2026-02-30"],
      ["--outcome", "anything"],
      ["--limit", "0"],
      ["--subject", "resident"],
      ["--subject", "resident:Martin"],
      ["--since", "2026-11-03", "--until", "2026-11-01"],
    ]) {
      const before = (await lastEntry())?.index;
      expect(await town.run(["log", ...args])).toMatchObject({ code: 2, out: "" });
      expect((await lastEntry())?.index).toBe(before);
    }
  });
});

describe("a search line", () => {
  const found = async (...args: string[]): Promise<(string | undefined)[]> =>
    jsonLines((await town.run(["log", "--json", ...args])).out).map(({ body }) => body.outcome);

  it("finds what the options find, and what they cannot say", async () => {
    expect(await found("app:cantine-plus field:Resident.number")).toEqual(["answered", "partial"]);
    expect(await found("field:Resident.number", "-outcome:answered")).toEqual(["partial"]);
    expect(await found("-outcome:answered", "app:cantine-plus", "--field", "Resident.number")).toEqual(["partial"]);
    expect(await found("outcome:invalid,answered")).toEqual(["invalid", "answered"]);
    expect(await found("on:2026-11-04 app:cantine-plus")).toEqual(["answered"]);
    expect(await found("app:cantine-plus before:2026-11-03", "-outcome:invalid")).toEqual(["partial"]);
    expect(await found(`policy:${version.slice(0, 8)} basis:public-task -dataset:Resident`)).toEqual([]);
    const person = "person:resident:123 app:cantine-plus";
    expect(await found(person)).toEqual(["partial"]);
    expect(await found("app:cantine-plus -staff:* person:resident:124 -person:resident:123")).toEqual(["answered"]);
    const [token = ""] = await town.withTown(async ({ derived }) => subjectTokens(derived, tenant, "resident", [123]));
    expect(await found(`person:resident~${token} app:cantine-plus`)).toEqual(["partial"]);
    expect(await found("staff:nobody@rivemont.example")).toEqual([]);
  });

  it("is underlined where it is wrong, and nothing is read", async () => {
    const before = (await lastEntry())?.index;
    const { code, out, err } = await town.run(["log", "app:cantine-plus", "fild:Resident.email", "-outcome:ansered"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err.split("\n").map((line) => line.trimEnd())).toEqual(
      expect.arrayContaining([
        "app:cantine-plus fild:Resident.email -outcome:ansered",
        "                 ^^^^",
        expect.stringContaining('Did you mean "field"?'),
        "                                              ^^^^^^^",
        expect.stringContaining('Did you mean "answered"?'),
      ]),
    );
    expect((await town.run(["log", "--fild", "Resident.email"])).err).toContain("Did you mean --field?");
    expect((await town.run(["log", "person:resident:Martin"])).err).not.toContain("Martin");
    expect((await lastEntry())?.index).toBe(before);
  });

  it("stands in the record without the person, whose token can be erased, and in what is said of it", async () => {
    const { out } = await town.run(["log", "person:resident:125 -outcome:staff", "--app", "cantine-plus"]);
    expect(out).toContain("No entry with person:resident~… -outcome:staff --app cantine-plus.");
    const entry = await lastEntry();
    expect(entry?.body.staff).toEqual({
      command: "log",
      filters: { app: "cantine-plus", query: "person:resident~… -outcome:staff" },
    });
    expect(entry?.canonical).not.toContain("125");
    const [token] = await town.withTown(async ({ derived }) => subjectTokens(derived, tenant, "resident", [125]));
    expect(entry?.personal?.subjects).toEqual({ resident: [token] });
    expect((await town.run(["log", "app:cantine-plsu field:Resident.emial"])).out).toContain(
      'There is no field "Resident.emial" today (did you mean "Resident.email"?).',
    );
  });
});

describe("reading the access log", () => {
  it("is on record: who, with which filters, and of a person the token alone", async () => {
    await town.run(["log", "--subject", "resident:123", "--app", "cantine-plus", "--since", "2026-11-01"]);
    const entry = await lastEntry();
    const [token] = await town.withTown(async ({ derived }) => subjectTokens(derived, tenant, "resident", [123]));
    expect(entry?.body).toMatchObject({ outcome: "staff", subjects: 1 });
    // All of it: the key is nowhere.
    expect(entry?.body.staff).toEqual({
      command: "log",
      filters: { app: "cantine-plus", since: "2026-10-31T23:00:00.000Z", subject: "resident" },
    });
    expect(entry?.personal).toMatchObject({ staff: "camille", subjects: { resident: [token] } });
    // Who looked a person up is found by looking that person up.
    const again = await town.run(["log", "--subject", "resident:123", "--outcome", "staff"]);
    expect(again.out).toContain("camille: log app=cantine-plus");
  });

  it("does not show its own entry", async () => {
    const { out } = await town.run(["log", "--json", "--limit", "1"]);
    expect(jsonLines(out)[0]?.index).toBe(((await lastEntry())?.index ?? 0) - 1);
  });

  it("that cannot be recorded prints nothing, whatever was to be read or made", async () => {
    const [read] = jsonLines((await town.run(["log", "--app", "cantine-plus", "--json"])).out);
    await asSuperuser("REVOKE INSERT ON access_leaf FROM passerelle_gateway");
    try {
      for (const args of [
        ["log"],
        ["log", "--json"],
        ["log", "show", read?.body.id ?? ""],
        ["policy", "show"],
        ["policy", "history"],
        ["schema", "--app", "cantine-plus"],
        ["agreement", "show", "cantine-plus/school-meals"],
        ["application", "list"],
        ["key", "create", "cantine-plus/school-meals"],
        ["key", "list"],
      ]) {
        const { code, out, err } = await town.run(args);
        expect([args, code, out]).toEqual([args, 1, ""]);
        expect(err).toContain("is recorded first, so nothing was read or changed");
      }
    } finally {
      await asSuperuser("GRANT INSERT ON access_leaf TO passerelle_gateway");
    }
    expect((await town.run(["key", "list"])).out).toContain("No key yet");
  });
});

describe("what an application chose", () => {
  it("cannot act on a terminal, in a table, a story or as JSON", async () => {
    const entries = jsonLines((await town.run(["log", "--app", "cantine-plus", "--json"])).out);
    const printed = [
      await town.run(["log"]),
      await town.run(["log"], { columns: 80 }),
      await town.run(["log", "--json"]),
      await town.run(["log", evil]),
      await town.run(["log", "show", evil]),
      await town.run([evil]),
      await town.run(["application", "show", evil]),
      ...(await Promise.all(entries.map(({ body }) => town.run(["log", "show", body.id])))),
    ];
    for (const { out, err } of printed)
      // eslint-disable-next-line no-control-regex -- they are what must not be there
      expect(out + err).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(printed.map(({ out }) => out).join("")).toContain("Evil\\u001b[2J");
  });
});

describe("the story of an entry", () => {
  it("says who asked what, what left by which rule, and what was refused why", async () => {
    const [found] = jsonLines((await town.run(["log", "--outcome", "partial", "--json"])).out);
    const { code, out } = await town.run(["log", "show", found?.body.id ?? ""]);
    expect(code).toBe(0);
    for (const words of [
      `Entry ${found?.body.id ?? ""}, no. ${found?.index ?? ""} in the access log of Ville de Rivemont`,
      "2026-11-02 09:15:00 (Europe/Paris), after 34 ms, HTTP status 200",
      "application cantine-plus, with the key Ab3dEf6hIj9k",
      "Cantine Plus SAS (processor; its own basis: contract with the town)",
      "school-meals (School meals)",
      "cantine-plus/school-meals, version 1, basis public-task",
      "  residents(first: $v1) {",
      "Rows: 2 of Resident",
      "policies/rivemont/canteen.csv:6  p, cantine-plus, school-meals, Resident.birthDate, all, year, allow",
      "Resident.socialNumber, asked for: a rule denies it",
      "policies/common/never.csv:2  p, *, *, Resident.socialNumber, -, -, deny",
      "Resident.email, to filter or sort by: no rule opens it",
      '2 (register "resident")',
      `npx passerelle policy show ${version.slice(0, 12)}`,
      "The record is intact",
    ])
      expect(out).toContain(words);
    expect((await town.run(["log", "show", String(found?.index)])).out).toBe(out);
    expect((await lastEntry())?.body.staff).toEqual({ command: "log show", filters: { entry: String(found?.index) } });
  });

  it("says that the agreement had ended, or why else nothing was answered", async () => {
    const refused = { outcome: "refused", status: 403, errors: ["AGREEMENT_NOT_IN_FORCE"] } as const;
    const late = entryDraft({ ...refused, at: "2100-01-01T08:00:00.000Z" });
    const early = entryDraft({ ...refused, at: "2025-12-31T22:30:00.000Z" });
    const within = entryDraft({ ...refused });
    const large = entryDraft({ outcome: "invalid", status: 400, errors: ["LIMIT_EXCEEDED"] });
    await append([late, early, within, large]);
    const told = async ({ id }: EntryDraft): Promise<string> => (await town.run(["log", "show", id])).out;
    const whole = "What was refused:\n  the whole request: the agreement cantine-plus/school-meals was not in force";
    expect(await told(late)).toContain(`${whole}: it had ended on 2099-12-31`);
    expect(await told(early)).toContain(`${whole}: it was to begin on 2026-01-01`);
    expect(await told(within)).toContain(`${whole}: it was suspended`);
    expect(await told(large)).toContain("  the whole request: The operation asks for more than the limit given.");
  });

  it("is told of staff too", async () => {
    const index = (await lastEntry())?.index ?? 0;
    const { out } = await town.run(["log", "show", String(index)]);
    expect(out).toContain("Command:  passerelle log show");
    expect(out).toContain("Who:      camille");
  });

  it("is refused for an entry that is not there", async () => {
    for (const entry of ["999999", "00000000-0000-4000-8000-000000000000", "entry"])
      expect(await town.run(["log", "show", entry])).toMatchObject({ code: 2, out: "" });
  });

  it("shouts when the record was altered", async () => {
    const [found] = jsonLines((await town.run(["log", "--outcome", "answered", "--json"])).out);
    await asSuperuser(
      `UPDATE access_entry SET body = replace(body, '"cells":1', '"cells":0') WHERE id = '${found?.body.id ?? ""}'`,
    );
    expect((await town.run(["log", "--outcome", "answered"])).out).toContain("ALTERED: this entry is not the one");
    expect((await town.run(["log", "show", found?.body.id ?? ""])).out).toContain(
      "ALTERED: this is not what was recorded",
    );
    const [again] = jsonLines((await town.run(["log", "--outcome", "answered", "--json"])).out);
    expect(again?.intact).toBe(false);
  });
});

// The last one: what it appends would fill the pages of the others.
describe("an export of the access log", () => {
  it("exports all there is, page after page, as one reading", async () => {
    // More than two pages of an export.
    await append(Array.from({ length: 403 }, (_, at) => entryDraft({ agreementVersion: 1000 + at })));
    const { code, out, err } = await town.run(["log", "--all", "--json"]);
    expect(code).toBe(0);
    const indices = jsonLines(out).map(({ index }) => index);
    const own = (await lastEntry())?.index ?? 0;
    expect(indices).toEqual(Array.from({ length: own }, (_, at) => own - 1 - at));
    expect(err).toContain(`${own} entries. There are no others.`);
    expect((await lastEntry())?.body.staff).toEqual({ command: "log", filters: { all: "yes" } });
    const requests = jsonLines((await town.run(["log", "--all", "--json", "--no-staff"])).out);
    expect(requests.filter(({ body }) => (body.agreementVersion ?? 0) >= 1000)).toHaveLength(403);
    expect(requests.every(({ body }) => body.outcome !== "staff")).toBe(true);

    for (const args of [["--all"], ["--all", "--json", "--limit", "5"]])
      expect(await town.run(["log", ...args])).toMatchObject({ code: 2, out: "" });
  });
});

describe("the proof of the access log", () => {
  it("has public keys for a witness", async () => {
    expect((await town.run(["log", "keys"])).out).toMatch(/^passerelle\/rivemont\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}=*$/m);
  });

  it("says that the record is not what it was, and where, with an exit code for scripts", async () => {
    // The tests before have changed entries behind the record's back.
    const { code, out, err } = await town.run(["log", "verify"]);
    expect([code, err]).toEqual([2, expect.stringContaining("The record is not what it was")]);
    expect(out).toMatch(/^The record is NOT intact\. \d+ entries: \d+ checked/m);
    expect(out).toMatch(/^ {2}entry \d+: its text is not what was recorded$/m);
    const report = await town.run(["log", "verify", "--json"]);
    expect(JSON.parse(report.out)).toMatchObject({ faults: [{ kind: "entry-altered", witnessed: false }] });
  });

  it("refuses a witness's file that is none", async () => {
    expect(await town.run(["log", "verify", "--witness", "gateway.yaml"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("does not hold checkpoints"),
    });
    expect(await town.run(["log", "verify", "--witness", "nowhere"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("cannot be read"),
    });
  });
});
