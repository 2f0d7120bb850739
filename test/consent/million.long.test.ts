// A million people: what they take in memory, and that reading them holds nobody up.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fillConsents } from "../../bench/fill-consents.js";
import { openConsentReader } from "../../src/consent/index.js";
import { readRevision, type Store } from "../../src/store/index.js";
import { createTestStore } from "../support/database.js";
import { account, contact, deciding, meals, noon, registerOf, resident, rivemont, terms, tokensUnder, units } from "./town.js"; // prettier-ignore

let store: Store;
beforeAll(async () => {
  store = await createTestStore();
  await store.gateway.query("INSERT INTO tenant_revision (tenant, revision) VALUES ('rivemont', 1)");
});
afterAll(() => store.close());

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
// Twice, with a pause between: the first collection frees array buffers on another thread, beside what runs on.
const taken = async (): Promise<number> => {
  collect();
  await new Promise((resolve) => setTimeout(resolve, 200));
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
};

it("a million people are held in less than 60 MB, and asked for one by one until they are", async () => {
  const said: string[] = [];
  const clock = (what: string, since: number): void =>
    void said.push(`${what} ${String(Math.round(performance.now() - since))} ms`);
  const tokens = tokensUnder(1);
  let since = performance.now();
  const keys = Array.from({ length: 1_000_000 }, (_, i) => i);
  for (const [own, fields] of [[keys.filter((i) => i % 2 === 0), contact.fields], [keys.filter((i) => i % 2 === 1), account.fields]] as const) // prettier-ignore
    await fillConsents(store.keeper, tokens, { tenant: rivemont, agreement: meals, terms, scheme: resident, keys: own, fields, until: "2026-12-31" }); // prettier-ignore
  clock("filled", since);
  const reader = openConsentReader({
    dataSource: store.gateway,
    tokens,
    timeZone: () => "Europe/Paris",
    now: () => noon,
  });
  const ask = async () => {
    const people = await reader.people(
      { tenant: rivemont, id: meals, basis: "consent", terms, units },
      (await readRevision(store.gateway, rivemont))?.consent ?? 0,
    );
    if (people === null) throw new Error("somebody is asked");
    return people;
  };
  const page = [0, 1, 2, 999_999, 1_000_000];
  const before = await taken();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const cpu = process.cpuUsage();
  since = performance.now();
  const first = await ask();
  clock("first answer", since);
  expect(first.unusual(resident, 1, 10)).toBeNull();
  expect(await first.openUnits(resident, page)).toEqual([1, 2, 1, 2, 0]);
  let held = first;
  while (held.unusual(resident, 3, 2_000_000) === null) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    held = await ask();
  }
  clock("held", since);
  delay.disable();
  said.push(`processor ${String(Math.round(process.cpuUsage(cpu).user / 1000))} ms`);
  said.push(
    `longest turn ${String(Math.round(delay.max / 1e6))} ms, 99 % under ${String(Math.round(delay.percentile(99) / 1e6))} ms`,
  );
  held = await ask();
  expect(await held.openUnits(resident, page)).toEqual([1, 2, 1, 2, 0]);
  since = performance.now();
  for (let i = 0; i < 100; i++) await held.openUnits(resident, keys.slice(i * 1_000, i * 1_000 + 1_000));
  clock("100 pages of 1,000", since);
  since = performance.now();
  await registerOf(store).decide(deciding(4, { decision: "withdrawn" }));
  clock("one decision", since);
  since = performance.now();
  held = await ask();
  clock("brought up to date", since);
  expect(await held.openUnits(resident, [4, 6])).toEqual([0, 1]);
  const after = await taken();
  said.push(`${String(Math.round(after - before))} MB`);
  console.log(said.join("\n"));
  expect(after - before).toBeLessThan(60);
});

it("a hundred thousand decisions are recorded in one transaction", async () => {
  const since = performance.now();
  const all = Array.from({ length: 100_000 }, (_, i) => deciding(`p${String(i)}`, { shown: { ...deciding(1).shown, channel: "import" } })); // prettier-ignore
  expect(await registerOf(store, { dataSource: store.keeper }).decideAll(rivemont, all)).toBe(100_000);
  console.log(`100,000 decisions in ${String(Math.round(performance.now() - since))} ms`);
  expect(await registerOf(store).current(rivemont, resident, "p99999")).toHaveLength(1);
});
