// A person's rights over our own tables, with the real command on a real PostgreSQL.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openConsentReader, termsOf, type ConsentEvent } from "../../src/consent/index.js";
import { subjectTokensWith } from "../../src/identity/index.js";
import type { SubjectToken } from "../../src/terms/index.js";
import { readRevision } from "../../src/store/index.js";
import { admin, advice, createConsentTown, decide, dpo, meals, secondDpo, steward } from "./consent-town.js";
import { entryDraft, tenant, type CliTown, type Ran } from "./town.js";

let town: CliTown;
let database: pg.Client;
let given: ConsentEvent;
let both: string;
const [person, other] = [123, 124];
beforeAll(async () => {
  town = await createConsentTown();
  database = new pg.Client({ connectionString: town.databaseUrl });
  await database.connect();
  given = await decide(town, { ref: advice, key: person, decision: "given", reason: "They helped my sister." });
  await decide(town, { ref: advice, key: other, decision: "given" });
  await decide(town, { ref: meals, key: person, decision: "objected", reason: "My address has to stay secret." });
  // One request that read both, and one that read the person under an agreement hidden by law.
  both = randomUUID();
  await town.withTown(async (opened) => {
    const log = await opened.openLog();
    const subjects = tokensOf(opened).map((token) => ({ scheme: "resident", token }));
    const read = { rule: "r:1", mask: "-", cells: 2, coordinate: "Resident.email" as never };
    await log.append(entryDraft({ id: both, fields: [read], personal: { subjects, operationName: "Both" } }));
    const hidden = entryDraft({
      agreement: "controle-fiscal/tax-audit" as never,
      application: "controle-fiscal" as never,
    });
    await log.append({ ...hidden, personal: { subjects: subjects.slice(0, 1), operationName: null } });
    await log.close();
  });
});
afterAll(async () => {
  await database.end();
  await town.close();
});

type Opened = Parameters<Parameters<CliTown["withTown"]>[0]>[0];
const tokensOf = (opened: Opened): SubjectToken[] =>
  subjectTokensWith(opened.derived).seal(tenant, "resident", [person, other]);
const subject = (...args: string[]): Promise<Ran> => town.run(["subject", ...args]);
const early = ["--early", "--by", dpo, "--and", secondDpo, "--reason", "order of the court"];

/** Rows of any of our tables in which the person's token stands; the log's leaves hold none. */
async function tablesNaming(token: string): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const { rows: hits } = await database.query<{ n: string }>(
      `SELECT count(*) AS n FROM "${name}" t WHERE position($1 in t::text) > 0`,
      [token],
    );
    if (Number(hits[0]?.n) > 0) found.push(name);
  }
  return found.filter((name) => !name.startsWith("access_entry_")).sort();
}

it("export gives all that is held, for people and for programs; what a law hides is left out and the DPO told", async () => {
  const text = await subject("export", `resident:${String(person)}`);
  expect(text.code).toBe(0);
  for (const part of [
    "Decisions: 2",
    "They helped my sister.",
    "for school-meals: Resident.email",
    "Guardianships: none",
  ])
    expect(text.out).toContain(part);
  expect(text.out).not.toContain("tax-audit");
  expect(text.err).toContain("1 entries are left out: their agreements are hidden by law");
  const json = await subject("export", `resident:${String(person)}`, "--json");
  const held = JSON.parse(json.out) as Record<string, { receipt?: string; by?: string }[]>;
  expect(held["decisions"]?.[0]?.receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(json.out).not.toContain("controle-fiscal");
  // Whom of the staff it was is not told (CJEU C-579/21); nor is another person's token.
  expect(json.out).not.toContain("camille");
  const [, stranger = ""] = await town.withTown((opened) => Promise.resolve(tokensOf(opened)));
  expect(json.out).not.toContain(stranger);
});

it("erase lets go what can go, and says of the rest why and until when", async () => {
  await town.run([
    ...["consent", "guardians", "add", "--guardian", `resident:${String(person)}`, "--ward", "resident:901"],
    ...["--from", "2020-01-01", "--until", "2021-01-01", "--by", steward],
  ]);
  expect((await subject("erase", "resident:123", "--by", admin)).code).toBe(2);
  const { code, out } = await subject("erase", `resident:${String(person)}`, "--by", dpo);
  expect(code).toBe(0);
  // The objection waits for an answer: whoever answers has to read it.
  expect(out).toContain("1 reason in the person's own words");
  expect(out).toContain("1 guardianship that ended");
  expect(out).toContain("1 reason of objections that wait for your answer");
  const years = Number(given.until.slice(0, 4)) + 5;
  expect(out).toContain(`1 decision under ${advice}, until ${String(years)}-${given.until.slice(5)}`);
  expect(out).toContain(`1 decision under ${meals}: an objection stands`);
  expect(out).toMatch(/entries of the access log that name the person/);
  expect((await subject("export", "resident:123")).out).not.toContain("They helped my sister.");
});

it("erasing before the time takes two people with the roles, and a reason; the database asks for two as well", async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, err } = await subject("erase", "resident:123", "--early", ...args);
    expect(code).toBe(2);
    return err;
  };
  expect(await refused("--by", dpo)).toContain("takes two people and a reason");
  expect(await refused("--by", dpo, "--and", dpo.toUpperCase(), "--reason", "x")).toContain("two different people");
  expect(await refused("--by", admin, "--and", dpo, "--reason", "x")).toContain("the role dpo in gateway.yaml");
  expect(await refused("--by", dpo, "--and", steward, "--reason", "x")).toContain("dpo or admin");
  await town.withTown(async ({ store: { keeper } }) => {
    const alone = "INSERT INTO early_erasure (tenant, id, asked_by, agreed_by, reason) VALUES ($1, $2, 'a', 'A', 'x')";
    await expect(keeper.query(alone, [tenant, randomUUID()])).rejects.toThrow("erased_by_two");
    const id = randomUUID();
    await keeper.query(alone.replace("'A'", "'b'"), [tenant, id]);
    const call = "SELECT erase_consent($1, $2, 'resident', ARRAY[$3], '{}')";
    // An older row of two people does for its own transaction alone.
    await expect(keeper.query(call, [tenant, id, given.token])).rejects.toThrow("takes two people");
    await expect(keeper.query("DELETE FROM consent_event")).rejects.toThrow();
    await expect(keeper.query("DELETE FROM consent_current")).rejects.toThrow();
  });
});

it("erases before the time: nothing is open, the log proves as before, others are found, objections stand", async () => {
  const answer = await town.withTown(async (opened) => {
    const { id, approved } = await opened.registry.showAgreement(tenant, advice);
    if (approved === null) throw new Error("not approved");
    const tokens = subjectTokensWith(opened.derived);
    const reader = openConsentReader({ dataSource: opened.store.gateway, tokens, timeZone: () => "Europe/Paris" });
    const { snapshot } = approved;
    const asked = { tenant, id, basis: snapshot.basis, terms: termsOf(snapshot), units: snapshot.units };
    const open = async (): Promise<readonly number[]> => {
      const revision = (await readRevision(opened.store.gateway, tenant))?.consent ?? 0;
      return (await reader.people(asked, revision))?.openUnits("resident", [person, other]) ?? [];
    };
    // Held in memory before, by the same reader as after: a removal is in no delta (law 6).
    const before = await open();
    const ran = await subject("erase", "resident:123", ...early);
    return { before, ran, after: await open(), tokens: tokensOf(opened) };
  });
  const { before, ran, after } = answer;
  const [token = "", stranger = ""] = answer.tokens;
  expect(ran).toMatchObject({ code: 0 });
  const all = before[1] ?? 0;
  expect(before).toEqual([all, all]);
  expect(all).toBeGreaterThan(0);
  expect(after).toEqual([0, all]);
  expect(ran.out).toContain("no consent is on record");
  expect(ran.out).toContain("1 message to applications wait to be sent");
  expect(ran.out).toContain("Kept: 1 objection that stand");

  // What names the person still: the objection, what follows from it, and the message that has not left yet.
  expect(await tablesNaming(token)).toEqual(["consent_current", "consent_event", "erasure_notice"]);
  const { rows } = await database.query("SELECT decision FROM consent_event WHERE token = $1", [token]);
  expect(rows).toEqual([{ decision: "objected" }]);
  const log = await town.run(["log", "--subject", `resident:${String(other)}`, "--json"]);
  const found = log.out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { body: { id: string }; intact: boolean; personal: unknown });
  expect(found.find(({ body }) => body.id === both)).toMatchObject({ intact: true, personal: null });
  expect((await tablesNaming(stranger)).includes("access_subject")).toBe(true);
  const about = await town.run(["log", "--subject", "resident:123"]);
  expect(about.out).toContain("No entry with");
  const altered = await database.query("SELECT count(*) AS n FROM access_leaf WHERE tenant = $1", [tenant]);
  const { out } = await town.run(["log", "--all", "--json"]);
  const entries = out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { intact: boolean });
  expect(entries.every(({ intact }) => intact)).toBe(true);
  expect(Number((altered.rows[0] as { n: string }).n)).toBeGreaterThanOrEqual(entries.length);
});

it("lets a standing objection go only when told, and says what follows", async () => {
  const { out } = await subject("erase", "resident:123", ...early, "--objections-too");
  expect(out).toContain("THE DATA MAY BE READ AGAIN");
  const [token = ""] = await town.withTown((opened) => Promise.resolve(tokensOf(opened)));
  await database.query("UPDATE erasure_notice SET acknowledged_at = now()");
  expect((await subject("erase", "resident:123", ...early)).code).toBe(0);
  // The search just made by `tablesNaming`'s caller is not there either: it was made without the person's token.
  expect(await tablesNaming(token)).toEqual([]);
  const { rows } = await database.query("SELECT asked_by, agreed_by, reason FROM early_erasure WHERE agreed_by = $1", [
    secondDpo,
  ]);
  expect(rows).toHaveLength(3);
});
