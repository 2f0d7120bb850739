// How long the record is kept, as its keeper sees it: told, run after a question, on record, and no alarm afterwards.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createCliTown, entryDraft, type CliTown } from "./town.js";

let town: CliTown;
beforeAll(async () => {
  town = await createCliTown();
  await town.withTown(async ({ openLog }) => {
    const log = await openLog();
    for (const days of [420, 400, 20]) await log.append(entryDraft({ at: new Date(Date.now() - days * 86_400_000).toISOString() })); // prettier-ignore
  });
});
afterAll(() => town.close());

it("prints the written policy with the town's own figures, in one language or both", async () => {
  const french = await town.run(["log", "retention", "--policy", "fr"]);
  expect([french.code, french.out]).toEqual([0, expect.stringContaining("**12 mois**")]);
  expect(french.out).toMatch(/^# Conservation du journal des accès — Ville de Rivemont\n/);
  const both = await town.run(["log", "retention", "--policy"]);
  expect(both.out).toMatch(/\*\*12 mois\*\*[\s\S]*\*\*12 months\*\*/);
});

it("says what is over and why it waits; removes it once somebody agreed, and the record stays intact", async () => {
  const told = await town.run(["log", "retention"]);
  expect(told.code).toBe(0);
  expect(told.out).toMatch(/keeps the content of access entries for 12 months/);
  expect(told.out).toMatch(/2 entries of days before \d{4}-\d{2}-\d{2} are over/);
  expect(told.out).toMatch(/removes nothing now: 2 entries .* it is the first run/);
  expect(await town.run(["log", "retention", "--run"])).toMatchObject({ code: 2, err: expect.stringMatching(/--yes/) as unknown }); // prettier-ignore
  const questions: string[] = [];
  const no = await town.run(["log", "retention", "--run"], { confirm: (question) => (questions.push(question), Promise.resolve(false)) }); // prettier-ignore
  expect([no.code, questions]).toEqual([2, [expect.stringMatching(/^Remove the content of 2 entries .* for good\?$/)]]);
  const done = await town.run(["log", "retention", "--run", "--yes"]);
  expect(done).toMatchObject({
    code: 0,
    out: expect.stringMatching(/The content of 2 entries was removed/) as unknown,
  });
  const verified = await town.run(["log", "verify"]);
  expect(verified).toMatchObject({
    code: 0,
    out: expect.stringMatching(/intact\. .* 2 removed at the end/) as unknown,
  });
  const recorded = await town.run(["log", "--outcome", "staff", "--json"]);
  expect(recorded.out).toMatch(/"command":"retention","filters":\{"before":"\d{4}-\d{2}-\d{2}","entries":"2","months":"12","up-to":"2"\}/); // prettier-ignore
});
