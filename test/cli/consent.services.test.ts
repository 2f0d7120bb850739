// Staff's words on what people decided, with the real command on a real PostgreSQL.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportForm } from "../../src/consent/record-form.js";
import type { ConsentEvent } from "../../src/consent/index.js";
import { advice, createConsentTown, decide, dpo, meals, steward } from "./consent-town.js";
import type { CliTown, Ran } from "./town.js";

let town: CliTown;
let given: ConsentEvent;
let objected: ConsentEvent;
const reason = "My former husband works for them.";
beforeAll(async () => {
  town = await createConsentTown();
  given = await decide(town, { ref: advice, key: 123, decision: "given" });
  await decide(town, { ref: advice, key: 124, decision: "refused" });
  objected = await decide(town, { ref: meals, key: 123, decision: "objected", reason });
});
afterAll(() => town.close());

const consent = (...args: string[]): Promise<Ran> => town.run(["consent", ...args]);

/** Commands on record, and whether a person stands in their erasable part; oldest first. */
async function onRecord(): Promise<{ command: string; filters: Record<string, string>; people: number }[]> {
  const { out } = await town.run(["log", "--outcome", "staff", "--json", "--limit", "1000"]);
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .map(({ body, personal }) => ({ ...body.staff, people: Object.values(personal.subjects).flat().length }))
    .reverse();
}

describe("consent list", () => {
  it("shows decisions, the newest first, by tokens and never by a key (law 11)", async () => {
    const { code, out } = await consent("list");
    expect(code).toBe(0);
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^id +time +decision +agreement +units +person$/);
    expect(lines.slice(1, 4).map((line) => line.split(/ {2,}/)[2])).toEqual(["objected", "refused", "given"]);
    expect(out).not.toMatch(/\b12[34]\b/);
    expect(out).toContain("3 decisions.");
  });

  it("narrows by agreement, kind, time and person, and pages", async () => {
    const ids = ({ out }: Ran): string[] => out.split("\n").flatMap((line) => /^[0-9a-f]{8}-\S+/.exec(line)?.[0] ?? []);
    expect(ids(await consent("list", "--agreement", meals))).toEqual([objected.id]);
    expect(ids(await consent("list", "--decision", "given"))).toEqual([given.id]);
    expect(ids(await consent("list", "--subject", "resident:123"))).toEqual([objected.id, given.id]);
    expect(ids(await consent("list", "--subject", "resident:123", "--limit", "1"))).toEqual([objected.id]);
    expect(ids(await consent("list", "--subject", "resident:123", "--after", objected.id))).toEqual([given.id]);
    expect((await consent("list", "--since", "2099-01-01")).out).toContain("No decision like that is on record.");
    const first = await consent("list", "--limit", "1");
    expect(first.out).toContain(`There are more: repeat it with --after ${objected.id}`);
    expect(ids(await consent("list", "--limit", "2", "--after", objected.id))).toHaveLength(2);
    expect(await consent("list", "--subject", "residents:123")).toMatchObject({
      out: expect.stringContaining('(did you mean "resident"?)') as string,
    });
  });

  it("is on record: with the person's token where one was asked for, never their key", async () => {
    await consent("list", "--subject", "resident:123");
    const last = (await onRecord()).findLast(({ command }) => command === "consent list");
    expect(last).toEqual({ command: "consent list", filters: { subject: "resident" }, people: 1 });
  });
});

describe("consent show", () => {
  it("tells the whole of a decision, the text shown, and what came after", async () => {
    await decide(town, { ref: advice, key: 125, decision: "given" });
    const [event] = JSON.parse(`[${(await consent("list", "--limit", "1", "--json")).out.trim()}]`) as ConsentEvent[];
    await decide(town, { ref: advice, key: 125, decision: "withdrawn", units: [event?.units[0] ?? ""] });
    const { code, out } = await consent("show", event?.id ?? "");
    expect(code).toBe(0);
    expect(out).toContain("Repas Malin demande à lire");
    expect(out).toMatch(/^Since then: withdrawn on /m);
    expect((await onRecord()).at(-1)).toMatchObject({ command: "consent show", people: 1 });
  });

  it("names what it does not know", async () => {
    expect(await consent("show", "12")).toMatchObject({ code: 2, out: "" });
    const unknown = await consent("show", "00000000-0000-4000-8000-000000000000");
    expect(unknown.err).toContain("has no decision");
  });
});

describe("consent export", () => {
  it("writes all decisions under an agreement in a form that validates, without anybody's reason", async () => {
    const { code, out } = await consent("export", "--agreement", meals);
    expect(code).toBe(0);
    const document = exportForm.parse(JSON.parse(out));
    expect(document["@graph"].map((record) => record["@type"])).toEqual(["dpv:RightExerciseRecord"]);
    expect(out).not.toContain("husband");
    const one = exportForm.parse(JSON.parse((await consent("export", given.id)).out));
    expect(one["@graph"][0]?.["dpv:hasIdentifier"]).toBe(given.id);
    expect(await consent("export")).toMatchObject({ code: 2 });
  });
});

describe("consent receipt and verify", () => {
  const file = (name: string): string => join(town.folder, name);

  it("a receipt is checked with the town's keys, and told what holds now", async () => {
    const { out } = await consent("receipt", given.id);
    writeFileSync(file("receipt.jws"), out);
    const verified = await consent("verify", "receipt.jws");
    expect(verified.code).toBe(0);
    expect(verified.out).toContain(
      "The signature is good: Ville de Rivemont signed it with the key rivemont-receipts-1",
    );
    expect(verified.out).toMatch(/^Decided: +consent given/m);
    expect(verified.out).toMatch(/^For: +Advice on meals|^For: +\S/m);
    expect(verified.out).toContain("nothing was decided since");
    expect((await onRecord()).at(-1)).toMatchObject({
      command: "consent verify",
      filters: { result: "good" },
      people: 1,
    });
  });

  it("without a database and without a town, with the public keys alone", async () => {
    writeFileSync(file("keys.json"), (await town.run(["keyfile", "receipts", "--jwks"])).out);
    const nowhere = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };
    const offline = await town.run(["consent", "verify", "receipt.jws", "--keys", "keys.json"], { env: nowhere });
    expect(offline).toMatchObject({ code: 0, err: "" });
    expect(offline.out).toContain("The signature is good");
    expect(offline.out).not.toContain("on record");
  });

  it("an altered one, one of another town and what is none are each said to be so, by the exit code too", async () => {
    const text = readFileSync(file("receipt.jws"), "utf8").trim();
    const verify = async (content: string, keys = readFileSync(file("keys.json"), "utf8")): Promise<Ran> => {
      writeFileSync(file("other.jws"), content);
      writeFileSync(file("other-keys.json"), keys);
      return consent("verify", "other.jws", "--keys", "other-keys.json");
    };
    const [header = "", payload = "", signature = ""] = text.split(".");
    const changed = Buffer.from(payload, "base64url").toString().replace("Given", "Refused");
    const altered = await verify([header, Buffer.from(changed).toString("base64url"), signature].join("."));
    expect(altered).toMatchObject({ code: 1, out: "" });
    expect(altered.err).toContain("NOT good");
    expect((await verify(text, '{"keys":[]}')).err).toContain("not among those known (none)");
    expect((await verify("hello")).err).toContain("This is no receipt");
    expect(await verify(text, "[]")).toMatchObject({ code: 2 });
  });
});

describe("objections", () => {
  it("wait with the reason that people gave, and whose reasons are read is on record", async () => {
    const { out } = await consent("objections");
    expect(out).toContain(reason);
    expect(out).toContain("1 waiting.");
    expect((await onRecord()).at(-1)).toMatchObject({ command: "consent objections", people: 1 });
    const late = await town.run(["consent", "objections"], { now: new Date(Date.now() + 40 * 86_400_000) });
    expect(late.out).toContain("more than 30 days ago");
  });

  it("are settled by a DPO alone, once, with a reason", async () => {
    const settle = (...args: string[]): Promise<Ran> => consent("settle", objected.id, ...args);
    expect(await settle("--uphold", "--reason", "x", "--by", steward)).toMatchObject({ code: 2 });
    expect((await settle("--uphold", "--reason", "x", "--by", steward)).err).toContain(`Listed as dpo: `);
    expect(await settle("--uphold", "--reject", "--reason", "x", "--by", dpo)).toMatchObject({ code: 2 });
    expect(await settle("--uphold", "--reason", " ", "--by", dpo)).toMatchObject({ code: 2 });
    const upheld = await settle("--uphold", "--reason", "An address to keep secret", "--by", dpo);
    expect(upheld.out).toContain(`under ${meals} this person's data stay away`);
    expect((await settle("--reject", "--reason", "x", "--by", dpo)).err).toContain("was upheld on");
    expect((await consent("objections")).out).toContain("No objection waits");
    expect((await consent("show", objected.id)).out).toMatch(/^Since then: upheld on /m);
  });
});

describe("guardians", () => {
  const pair = ["--guardian", "resident:200", "--ward", "resident:201"];

  it("are recorded and ended by a steward or a DPO, dated, and never shown by a key", async () => {
    const day = { from: "2026-01-01", until: "2099-01-01" };
    const add = (by: string): Promise<Ran> =>
      consent(
        "guardians",
        "add",
        ...pair,
        "--from",
        day.from,
        "--until",
        day.until,
        "--ward-born",
        "2020-05-06",
        "--by",
        by,
      );
    expect((await add("informatique@rivemont.example")).err).toContain("the role steward or dpo");
    expect((await add(steward)).out).toContain("Recorded, from 2026-01-01 to 2099-01-01, or to the 18th birthday");
    const listed = await consent("guardians", "list", "resident:200");
    // It ends the day before the ward is 18 (RGPD art. 8 has no say here: Code civil, art. 388).
    expect(listed.out).toMatch(/^ward +resident …\S{8} +2026-01-01 +2038-05-05 +record$/m);
    expect(listed.out).not.toContain("201");
    expect((await onRecord()).at(-1)).toMatchObject({ command: "consent guardians list", people: 1 });
    const mother = { kind: "guardian", scheme: "resident", key: 200 } as const;
    const decided = await decide(town, { ref: advice, key: 201, decision: "given", by: mother });
    expect((await consent("show", decided.id)).out).toMatch(/^Decided by: +a guardian \(resident …\S{8}\)$/m);
    expect((await consent("guardians", "end", ...pair, "--by", dpo)).out).toContain("counts no more");
    expect((await consent("guardians", "list", "resident:201")).out).toContain("Nobody is recorded");
    expect(await consent("guardians", "end", ...pair, "--by", dpo)).toMatchObject({ code: 2 });
  });

  it("nobody is their own, and a day must exist", async () => {
    const add = (ward: string, until: string): Promise<Ran> =>
      consent("guardians", "add", "--guardian", "resident:200", "--ward", ward, "--until", until, "--by", steward);
    expect((await add("resident:200", "2099-01-01")).err).toContain("their own guardian");
    expect(await add("resident:201", "2099-02-30")).toMatchObject({ code: 2 });
  });
});
