// Services that lie, over HTTP, in files and in a database (law 14).
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { liar } from "./faults.law.js";
import { fileLies } from "./mixed/file-tables.js";
import { lieNames } from "./mixed/lies.js";
import { checkLied } from "./mixed/lies.law.js";
import { everyLie, LyingTown, lyingKinds } from "./mixed/lying-town.js";
import { layouts } from "./mixed/mixed-town.js";
import { randomPolicy } from "./policy.js";
import { chooser } from "./request.js";
import { drawn, requests } from "./runs.js";
import { lawsTables } from "./town.js";

let town: LyingTown;
beforeAll(async () => {
  town = await LyingTown.open(layouts[0]);
});
afterAll(() => town.close());

const runs = (numRuns: number) => ({ numRuns, endOnFailure: true });

it("each lie is told, and nothing of it leaves", async () => {
  const { asked, honest } = await town.everything();
  await fc.assert(
    fc.asyncProperty(fc.nat(lyingKinds.length - 1), async (first) => {
      for (const [at, name] of lieNames.entries()) {
        const kind = lyingKinds[(first + at) % lyingKinds.length] ?? "rest";
        expect([kind, name, await town.liedTo(asked, honest, kind, name)]).not.toEqual([kind, name, 0]);
      }
    }),
    runs(1),
  );
  expect((await town.ask(asked)).body.data).toEqual(honest.body.data);
});

it("nothing of a lie leaves, whoever asks for whatever", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(1), fc.constantFrom(...everyLie), (policy, each, [kind, name]) =>
      town.anybodyLiedTo(policy, each, kind, name),
    ),
    runs(1),
  );
});

it("nothing leaves of files that are not what they were", async () => {
  const { asked, honest } = await town.everything();
  for (const [name, change] of Object.entries(fileLies)) {
    town.mixed.files.change(change);
    const lied = await town.ask(asked).finally(() => town.mixed.files.fill(lawsTables));
    expect([name, lied.touched.some(({ service }) => service === "files")]).toEqual([name, true]);
    await checkLied(town.town, asked, { honest, lied }, "files");
  }
  expect((await town.ask(asked)).body.data).toEqual(honest.body.data);
});

it("nothing leaves of a database that lies", async () => {
  const { asked, honest } = await town.everything();
  await fc.assert(
    fc.asyncProperty(drawn, async (lying) => {
      const choose = chooser(lying);
      town.town.lie = (source) => (source.name === "postgres" ? liar(source, choose) : source);
      const lied = await town.ask(asked).finally(() => void (town.town.lie = null));
      await checkLied(town.town, asked, { honest, lied }, "postgres");
    }),
    runs(4),
  );
});
