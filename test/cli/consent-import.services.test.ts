// Decisions that another system collected, taken over by the real command on a real PostgreSQL.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ConsentEvent } from "../../src/consent/index.js";
import { admin, advice, createConsentTown, decide, dpo, meals, steward } from "./consent-town.js";
import type { CliTown, Ran } from "./town.js";

let town: CliTown;
beforeAll(async () => {
  town = await createConsentTown();
  mkdirSync(join(town.folder, "forms"));
  writeFileSync(join(town.folder, "forms/form-2025.fr.txt"), "Formulaire de 2025.\n");
  writeFileSync(join(town.folder, "forms/form-2025.en.txt"), "Form of 2025.\n");
});
afterAll(() => town.close());

const header = "id,scheme,key,decision,units,at,language,textVersion,channel,evidence";
const line = (
  id: string,
  key: string | number,
  decision = "given",
  changes: Partial<Record<string, string>> = {},
): string =>
  [
    id,
    "resident",
    key,
    decision,
    changes["units"] ?? "*",
    changes["at"] ?? "2026-09-01T10:00",
    changes["language"] ?? "fr",
    changes["textVersion"] ?? "form-2025",
    "paper",
    changes["evidence"] ?? "folder 2025/118",
  ].join(",");

function importing(content: string | Buffer, name = "forms.csv", ...args: string[]): Promise<Ran> {
  writeFileSync(join(town.folder, name), content);
  return town.run(["consent", "import", name, "--agreement", advice, "--texts", "forms", "--by", dpo, ...args]);
}

const events = async (...args: string[]): Promise<ConsentEvent[]> =>
  (await town.run(["consent", "list", "--json", "--limit", "1000", ...args])).out
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => JSON.parse(each) as ConsentEvent);

it("tells every fault by its line, repeats nothing of the file (law 11), and records nothing then", async () => {
  const faulty = [
    header,
    line("a", 301),
    line("b", "Dupont"),
    line("c", 302, "yes"),
    line("d", 303, "given", { units: "@contacts", at: "yesterday", language: "de" }),
    line("a", 304),
    line("e", 305, "given", { textVersion: "unknown-form" }),
    line("f", 306, "given", { at: "2099-01-01" }),
  ].join("\n");
  const { code, out, err } = await importing(faulty);
  expect([code, out]).toEqual([2, ""]);
  const told = err.split("\n").flatMap((each) => /^forms\.csv:(\d+) (\w+)/.exec(each)?.slice(1, 3).join(" ") ?? []);
  expect(told).toEqual(["3 scheme", "4 decision", "5 units", "5 at", "5 language", "6 id", "7 textVersion"]);
  expect(err).toContain("faults: nothing was recorded.");
  for (const value of ["Dupont", "yesterday", "301", "2025/118", "unknown-form"]) expect(err).not.toContain(value);
  // What only the record can say is told by line too.
  const late = await importing([header, line("a", 301), line("f", 306, "given", { at: "2099-01-01" })].join("\n"));
  expect(late.err).toContain("forms.csv:3 It was decided in the future");
  expect(await events()).toEqual([]);
});

it("is checked without being recorded, then recorded with what was shown and where the proof lies", async () => {
  const file = [header, line("a", 301), line("b", 302, "refused"), ""].join("\n");
  const checked = await importing(file, "forms.csv", "--check");
  expect(checked).toMatchObject({ code: 0 });
  expect(checked.out).toContain("2 decisions would be recorded");
  expect(await events()).toEqual([]);
  expect((await importing(file)).out).toContain(`2 decisions recorded under ${advice}`);
  const [refused, given] = await events();
  expect(refused).toMatchObject({ decision: "refused" });
  expect(given).toMatchObject({
    decision: "given",
    by: { kind: "staff", who: dpo },
    shown: { language: "fr", channel: "import" },
    elsewhere: { decidedAt: "2026-09-01T08:00:00.000Z", how: "paper", evidence: "folder 2025/118" },
    day: "2026-09-01",
  });
  expect((await town.run(["consent", "show", given?.id ?? ""])).out).toContain("Formulaire de 2025.");
  const receipt = await town.run(["consent", "export", given?.id ?? ""]);
  // The record tells when the person decided, not when the line was imported.
  expect(receipt.out).toContain('"dpv:isIndicatedAtTime": "2026-09-01T08:00:00.000Z"');
});

it("passes over what was imported before, and takes a change of it for a fault", async () => {
  const again = await importing([header, line("a", 301), line("b", 302, "refused"), line("c", 303)].join("\n"));
  expect(again.out).toContain("1 decision recorded");
  expect(again.out).toContain("2 lines had been imported before.");
  const changed = await importing([header, line("a", 301, "withdrawn")].join("\n"));
  expect(changed).toMatchObject({ code: 2 });
  expect(changed.err).toContain("forms.csv:2 id: it was imported before, as another decision");
  expect(await events()).toHaveLength(3);
});

it("undoes nothing that a person decided since: who withdrew is not shared again because of an old form", async () => {
  await decide(town, { ref: advice, key: 310, decision: "given" });
  await decide(town, { ref: advice, key: 310, decision: "withdrawn" });
  const { code, err } = await importing([header, line("x", 310), line("y", 311)].join("\n"));
  expect(code).toBe(2);
  expect(err).toContain("forms.csv:2 The person has decided under this agreement since");
  expect((await events("--subject", "resident:311")).length).toBe(0);
});

it("takes the last word of a person by its own time, whatever the order of the lines", async () => {
  const file = [
    header,
    line("p", 320, "withdrawn", { at: "2026-09-03" }),
    line("q", 320, "given", { at: "2026-09-02" }),
  ];
  expect((await importing(file.join("\n"))).code).toBe(0);
  expect((await events("--subject", "resident:320")).map(({ decision }) => decision)).toEqual(["withdrawn", "given"]);
});

it("reads what a French spreadsheet saves: semicolons, days, words and accents of windows-1252", async () => {
  const text =
    "id;scheme;key;decision;units;at;language;textVersion;channel\r\nfr-1;resident;330;accepté;*;01/09/2026;fr;form-2025;papier\r\n";
  const french = await importing(Buffer.from(text, "latin1"), "fr.csv", "--dialect", "fr");
  expect(french).toMatchObject({ code: 0, err: "" });
  expect((await events("--subject", "resident:330"))[0]).toMatchObject({ decision: "given", day: "2026-09-01" });
  expect((await importing(Buffer.from(text, "latin1"), "fr.csv")).err).toContain("--dialect fr");
});

it("reads JSON lines, and units by all their fields, none of them by half", async () => {
  const shown = await town.run(["agreement", "show", advice]);
  const fields = /@contact \(\d+\): +(\S.*)$/m.exec(shown.out)?.[1]?.split(", ") ?? [];
  expect(fields.length).toBeGreaterThan(0);
  const object = { id: "j", scheme: "resident", key: 340, decision: "given", at: "2026-09-01", language: "en" };
  const json = (listed: readonly string[]): string =>
    `\n${JSON.stringify({ ...object, textVersion: "form-2025", fields: listed })}\n`;
  expect((await importing(json(fields), "forms.jsonl")).code).toBe(0);
  expect((await events("--subject", "resident:340"))[0]).toMatchObject({ units: ["@contact"] });
  const half = await importing(json(["Resident.familyName"]), "forms.jsonl");
  expect(half.err).toMatch(/^forms\.jsonl:2 fields: \S+ is decided on at once; list all of /m);
});

it("names a column that means nothing, one that is missing, and a quote that is not closed", async () => {
  expect((await importing(`${header},textVerison\n`)).err).toContain(
    "forms.csv:1 has columns that mean nothing here: 1.",
  );
  expect((await importing("id,scheme\n")).err).toContain("lacks the columns key, decision, at, language, textVersion.");
  expect((await importing(`${header}\n"a\n`)).err).toMatch(/forms\.csv:\d is not readable as CSV/);
  expect((await importing("not json\n", "x.jsonl")).err).toContain("x.jsonl:1 is no JSON object.");
});

it("is the DPO's, and of agreements that ask somebody", async () => {
  writeFileSync(join(town.folder, "forms.csv"), `${header}\n${line("a", 301)}\n`);
  for (const by of [admin, steward])
    expect((await town.run(["consent", "import", "forms.csv", "--agreement", advice, "--by", by])).code).toBe(2);
  const objections = await town.run([
    "consent",
    "import",
    "forms.csv",
    "--agreement",
    meals,
    "--by",
    dpo,
    "--texts",
    "forms",
  ]);
  expect(objections.err).toContain("decision: under the basis public-task it is one of objected, objection-withdrawn");
});

it("a child's decision is the guardian's, and only of one who is recorded", async () => {
  const file = `${header},guardian\n${line("g", 351)},resident:350\n`;
  expect((await importing(file)).err).toContain("forms.csv:2 Who decides is not recorded as a guardian");
  await town.run([
    ...[
      "consent",
      "guardians",
      "add",
      "--guardian",
      "resident:350",
      "--ward",
      "resident:351",
      "--ward-born",
      "2018-05-06",
    ],
    ...["--from", "2026-01-01", "--until", "2036-01-01", "--by", steward],
  ]);
  expect((await importing(file)).code).toBe(0);
  expect((await events("--subject", "resident:351"))[0]).toMatchObject({ by: { kind: "guardian" } });
});
