import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  openConsentReader,
  type AskedAgreement,
  type ConsentReaderOptions,
  type PeopleSet,
} from "../../src/consent/index.js";
import { byTokenStatement, deltaStatement } from "../../src/consent/read-current.js";
import { readRevision, type Store } from "../../src/store/index.js";
import type { AgreementId } from "../../src/terms/index.js";
import { createTestStore } from "../support/database.js";
import { account, contact, deciding, meals, noon, otherTerms, registerOf, resident, rivemont, terms, tokensUnder, units } from "./town.js"; // prettier-ignore

let store: Store & { readonly superuser: string };
let made = 0;
const someAgreement = (): AgreementId =>
  `00000000-0000-4000-8000-${String((made += 1)).padStart(12, "0")}` as AgreementId;

beforeAll(async () => {
  store = await createTestStore();
  await store.gateway.query("INSERT INTO tenant_revision (tenant, revision) VALUES ('rivemont', 1)");
});
afterAll(() => store.close());

const readerOf = (changes: Partial<ConsentReaderOptions> = {}) =>
  openConsentReader({
    dataSource: store.gateway,
    tokens: tokensUnder(1),
    timeZone: () => "Europe/Paris",
    now: () => noon,
    ...changes,
  });
const revision = async (): Promise<number> => (await readRevision(store.gateway, rivemont))?.consent ?? 0;
const asked = (id: AgreementId, changes: Partial<AskedAgreement> = {}): AskedAgreement => ({
  tenant: rivemont,
  id,
  basis: "consent",
  terms,
  units,
  ...changes,
});
const peopleOf = async (
  reader: ReturnType<typeof readerOf>,
  agreement: AskedAgreement,
  at?: number,
): Promise<PeopleSet> => {
  const people = await reader.people(agreement, at ?? (await revision()));
  if (people === null) throw new Error("somebody is asked");
  return people;
};

describe("a set of people", () => {
  it("is nobody's where the basis asks nobody", async () => {
    for (const basis of ["legal-obligation", "vital-interest", "contract", "open", "x"])
      expect(await readerOf().people(asked(meals, { basis }), 1)).toBeNull();
  });

  it("opens by consent, shuts by objection, and knows who is not as usual", async () => {
    const [agreement, task] = [someAgreement(), someAgreement()];
    const register = registerOf(store);
    await register.decide(deciding(7, { agreement, units }));
    await register.decide(deciding("B-2", { agreement }));
    await register.decide(deciding(8, { agreement, decision: "refused" }));
    const objection = { agreement: task, basis: "public-task", decision: "objected" as const };
    await register.decide(deciding(7, { ...objection, units: [account] }));
    await register.decide(deciding(8, { ...objection, units }));
    const keys = [7, "B-2", 8, 9, null, "7"];
    for (const heldPeople of [100, 0]) {
      const reader = readerOf({ heldPeople });
      const consents = await peopleOf(reader, asked(agreement));
      expect(consents.usual).toBe(0);
      expect(await consents.openUnits(resident, keys)).toEqual([3, 1, 0, 0, 0, 0]);
      const held = heldPeople > 0;
      expect(consents.unusual(resident, 3, 10)).toEqual(held ? [7, "B-2"] : null);
      expect(consents.unusual(resident, 2, 10)).toEqual(held ? [7] : null);
      expect(consents.unusual(resident, 3, 1)).toBeNull();
      expect(await consents.openUnits("agent", [7])).toEqual([0]);
      const objections = await peopleOf(reader, asked(task, { basis: "public-task" }));
      expect(objections.usual).toBe(3);
      expect(await objections.openUnits(resident, keys)).toEqual([1, 3, 0, 3, 3, 3]);
      expect(objections.unusual(resident, 1, 10)).toEqual(held ? [8] : null);
      const renamed = [...units, { name: "@contact.2", fields: [] }];
      expect(await (await peopleOf(reader, asked(agreement, { units: renamed }))).openUnits(resident, [7])).toEqual([
        3,
      ]);
      const others = await peopleOf(reader, asked(agreement, { terms: otherTerms }));
      expect(await others.openUnits(resident, [7])).toEqual([0]);
      await expect((async () => consents.openUnits(resident, [true]))()).rejects.toThrow(TypeError);
    }
  });

  it("ends with the last day in the town's time zone, with nobody doing anything", async () => {
    const agreement = someAgreement();
    await registerOf(store).decide(deciding(1, { agreement, until: "2026-12-31" }));
    for (const heldPeople of [100, 0]) {
      let now = new Date("2026-12-31T22:59:59Z");
      const reader = readerOf({ heldPeople, now: () => now });
      expect(await (await peopleOf(reader, asked(agreement))).openUnits(resident, [1])).toEqual([1]);
      now = new Date("2026-12-31T23:00:00Z");
      expect(await (await peopleOf(reader, asked(agreement))).openUnits(resident, [1])).toEqual([0]);
    }
  });

  it("stays what it was for the request that holds it", async () => {
    const agreement = someAgreement();
    const register = registerOf(store);
    await register.decide(deciding(1, { agreement }));
    for (const heldPeople of [100, 0]) {
      const reader = readerOf({ heldPeople });
      const before = await peopleOf(reader, asked(agreement));
      expect(await before.openUnits(resident, [1])).toEqual([1]);
      await register.decide(deciding(1, { agreement, decision: "withdrawn" }));
      expect(await (await peopleOf(reader, asked(agreement))).openUnits(resident, [1])).toEqual([0]);
      expect(await before.openUnits(resident, [1])).toEqual([1]);
      await register.decide(deciding(1, { agreement }));
    }
  });

  it("is at hand, and the very same, until somebody decides or the day ends; never of an older revision (laws 6, 12)", async () => {
    const [agreement, other] = [someAgreement(), someAgreement()];
    const register = registerOf(store);
    await register.decide(deciding(1, { agreement }));
    let now = noon;
    const reader = readerOf({ now: () => now });
    const mine = asked(agreement);
    const before = await revision();
    expect(reader.peopleNow(mine, before)).toBeUndefined();
    expect(reader.peopleNow(asked(agreement, { basis: "contract" }), before)).toBeNull();
    const people = await peopleOf(reader, mine, before);
    expect(reader.peopleNow(mine, before)).toBe(people);
    expect(await reader.people(mine, before)).toBe(people);
    expect(reader.peopleNow(asked(other), before)).toBeUndefined();
    expect(reader.peopleNow(asked(agreement, { terms: otherTerms }), before)).toBeUndefined();
    // Other units are other bits of the same people.
    const [first] = units;
    const one = reader.peopleNow(asked(agreement, { units: first === undefined ? [] : [first] }), before);
    expect(one).not.toBe(people);
    expect(one?.held(resident)?.of(1)).toBe(1);
    now = new Date(noon.getTime() + 86_400_000);
    expect(reader.peopleNow(mine, before)).not.toBe(people);
    now = noon;
    await register.decide(deciding(1, { agreement, decision: "withdrawn" }));
    const after = await revision();
    expect(reader.peopleNow(mine, after)).toBeUndefined();
    const withdrawn = await peopleOf(reader, mine, after);
    expect([people, withdrawn].map((set) => set.held(resident)?.of(1))).toEqual([1, 0]);
    expect(reader.peopleNow(mine, after)).toBe(withdrawn);
    expect(readerOf({ heldPeople: 0 }).peopleNow(mine, after)).toBeUndefined();
  });

  it("is asked for person by person while it is read, and where there is no room for it", async () => {
    const [agreement, other] = [someAgreement(), someAgreement()];
    const keeper = registerOf(store, { dataSource: store.keeper });
    const many = (id: AgreementId) => Array.from({ length: 30 }, (_, i) => deciding(i, { agreement: id }));
    await keeper.decideAll(rivemont, [...many(agreement), ...many(other)]);
    const all = Array.from({ length: 40 }, (_, i) => i);
    const expected = all.map((i) => (i < 30 ? 1 : 0));
    const reader = readerOf({ part: 10, heldPeople: 50 });
    const closing = readerOf({ part: 10 });
    closing.close();
    expect((await peopleOf(closing, asked(agreement))).unusual(resident, 1, 100)).toBeNull();
    const first = await peopleOf(reader, asked(agreement));
    expect(first.unusual(resident, 1, 100)).toBeNull();
    expect(await first.openUnits(resident, all)).toEqual(expected);
    const held = await until(
      () => peopleOf(reader, asked(agreement)),
      (set) => set.unusual(resident, 1, 100) !== null,
    );
    expect(await held.openUnits(resident, all)).toEqual(expected);
    // The other one takes its room; it then rests, and is right all the same.
    await until(
      () => peopleOf(reader, asked(other)),
      (set) => set.unusual(resident, 1, 100) !== null,
    );
    const dropped = await peopleOf(reader, asked(agreement));
    expect(dropped.unusual(resident, 1, 100)).toBeNull();
    expect(await dropped.openUnits(resident, all)).toEqual(expected);
  });

  it("is one state of a person for the request, also where two pages of it are asked for at once", async () => {
    const agreement = someAgreement();
    const register = registerOf(store);
    await register.decide(deciding(1, { agreement }));
    const waiting: (() => void)[] = [];
    const query = async (...parameters: [string, unknown[]]): Promise<unknown> => {
      const answer: unknown = await store.gateway.query(...parameters);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return answer;
    };
    const dataSource = new Proxy(store.gateway, { get: (target, name) => (name === "query" ? query : Reflect.get(target, name) as unknown) }); // prettier-ignore
    const people = await peopleOf(readerOf({ dataSource, heldPeople: 0 }), asked(agreement));
    const before = people.openUnits(resident, [1]);
    await until(
      () => Promise.resolve(waiting.length),
      (length) => length === 1,
    );
    await register.decide(deciding(1, { agreement, decision: "withdrawn" }));
    const after = people.openUnits(resident, [1]);
    await until(
      () => Promise.resolve(waiting.length),
      (length) => length === 2,
    );
    waiting[1]?.();
    expect(await after).toEqual([0]);
    waiting[0]?.();
    expect(await before).toEqual([0]);
  });

  it("is refused when the store fails, and when it knows less than was read of it", async () => {
    const agreement = someAgreement();
    await registerOf(store).decide(deciding(1, { agreement }));
    const broken = await createTestStore();
    const at = await revision();
    for (const heldPeople of [100, 0]) {
      const reader = readerOf({ heldPeople, dataSource: broken.gateway });
      const ask = async (to: number) => (await peopleOf(reader, asked(agreement), to)).openUnits(resident, [1]);
      await expect(ask(at)).rejects.toThrow("knows less");
    }
    const reader = readerOf({ dataSource: broken.gateway });
    await peopleOf(reader, asked(agreement), 0);
    await broken.close();
    for (const each of [reader, readerOf({ dataSource: broken.gateway })])
      await expect(
        (async () => (await peopleOf(each, asked(agreement), at)).openUnits(resident, [1]))(),
      ).rejects.toThrow();
  });
});

async function until<T>(make: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await make();
    if (found(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("held, brought up to date, read anew or asked for", () => {
  const decision = fc.record({
    key: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom("a", "b")),
    decision: fc.constantFrom("given", "given", "refused", "withdrawn"),
    units: fc.constantFrom([contact], [account], units),
    until: fc.constantFrom("2026-11-22", "2026-11-24", "2026-12-31"),
    secrets: fc.constantFrom([1], [1, 2], [2, 1]),
  });
  const turns = fc.array(fc.tuple(fc.array(decision, { minLength: 1, maxLength: 5 }), fc.nat(3)), {
    minLength: 1,
    maxLength: 4,
  });
  const days = ["2026-11-22", "2026-11-23", "2026-11-25", "2027-01-01"].map((day) => new Date(`${day}T11:00:00Z`));
  const keys = [0, 1, 2, 3, 4, 5, 6, "a", "b", "c", null];

  it("they say the same of everybody", async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (all) => {
        const agreement = someAgreement();
        let now = noon;
        const options = { now: () => now, tokens: tokensUnder(1, 2) };
        const kept = [readerOf(options), readerOf({ ...options, deltaMax: 2, part: 3 })];
        for (const [decisions, day] of all) {
          for (const { secrets, ...each } of decisions)
            await registerOf(store, { tokens: tokensUnder(...secrets) }).decide(deciding(each.key, { ...each, agreement })); // prettier-ignore
          now = days[day] ?? noon;
          const readers = [...kept, readerOf(options), readerOf({ ...options, heldPeople: 0 })];
          const sets = await Promise.all(readers.map((reader) => peopleOf(reader, asked(agreement))));
          const answers = await Promise.all(sets.map((set) => set.openUnits(resident, keys)));
          for (const answer of answers) expect(answer).toEqual(answers[3]);
          const open = keys.filter((key, i) => key !== null && answers[3]?.[i] !== 0);
          expect(sets[2]?.unusual(resident, 3, 100)).toEqual(open);
          expect(sets[0]?.unusual(resident, 3, 100)).toEqual(open);
        }
      }),
      { numRuns: 8 },
    );
  });
});

describe("changes that come together", () => {
  it("are all seen, each by whoever asks after it was acknowledged", async () => {
    const agreement = someAgreement();
    const reader = readerOf();
    await peopleOf(reader, asked(agreement));
    const seen: number[] = [];
    const flip = async (key: number): Promise<void> => {
      const register = registerOf(store, { dataSource: key % 2 === 0 ? store.gateway : store.keeper });
      for (let turn = 0; turn < 8; turn++) {
        const given = turn % 2 === 0;
        await register.decide(deciding(key, { agreement, decision: given ? "given" : "withdrawn" }));
        const [bits] = await (await peopleOf(reader, asked(agreement))).openUnits(resident, [key]);
        seen.push(bits === (given ? 1 : 0) ? 1 : 0);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, key) => flip(key)));
    expect(seen).toEqual(seen.map(() => 1));
  });

  it("are missed by no delta: a later revision is not committed before an earlier one", async () => {
    const agreement = someAgreement();
    const reader = readerOf();
    let [enter, leave] = [(): void => undefined, (): void => undefined];
    const entered = new Promise<void>((resolve) => (enter = resolve));
    const left = new Promise<void>((resolve) => (leave = resolve));
    await registerOf(store).decide(deciding(1, { agreement }));
    await registerOf(store).decide(deciding(2, { agreement }));
    await peopleOf(reader, asked(agreement));
    const slow = registerOf(store, {
      closed: async () => {
        enter();
        await left;
      },
    });
    // The first has drawn its revision and does not commit; the second must wait for it, not overtake it.
    const first = slow.decide(deciding(1, { agreement, decision: "withdrawn" }));
    await entered;
    let secondDone = false;
    const second = registerOf(store).decide(deciding(2, { agreement, decision: "withdrawn" }));
    void second.then(() => (secondDone = true));
    const between = await peopleOf(reader, asked(agreement));
    expect(await between.openUnits(resident, [1, 2])).toEqual([1, 1]);
    expect(secondDone).toBe(false);
    leave();
    await Promise.all([first, second]);
    expect(await (await peopleOf(reader, asked(agreement))).openUnits(resident, [1, 2])).toEqual([0, 0]);
    expect((await second).revision).toBeGreaterThan((await first).revision);
  });
});

describe("the statements of a request", () => {
  it("read by their indexes, however many people there are, also where they just came", async () => {
    const agreement = someAgreement();
    const tokens = tokensUnder(1).seal(rivemont, resident, [5, 6]);
    await registerOf(store).decide(deciding(5, { agreement }));
    await store.keeper.query(
      `INSERT INTO consent_current (tenant, scheme, token, agreement, terms, holding, revision)
       SELECT c.tenant, c.scheme, 'made-' || i, c.agreement, c.terms, c.holding, c.revision
         FROM consent_current c, generate_series(1, 20000) i WHERE c.agreement = $1`,
      [agreement],
    );
    const owner = await openOwner();
    try {
      const planOf = async (statement: string, parameters: unknown[]): Promise<string> =>
        JSON.stringify((await owner.query(`EXPLAIN (FORMAT JSON) ${statement}`, parameters)).rows);
      const check = async (): Promise<void> => {
        const delta = await planOf(deltaStatement, [rivemont, agreement, terms, await revision(), 1_000]);
        expect(delta).toContain("consent_current_delta");
        for (const some of [tokens, tokens.slice(0, 1), Array.from({ length: 1_000 }, (_, i) => `made-${String(i)}`)]) {
          const byToken = await planOf(byTokenStatement, [rivemont, agreement, terms, resident, some]);
          expect(byToken).toContain("consent_current_pkey");
          for (const plan of [delta, byToken]) expect(plan).not.toMatch(/"Seq Scan"[^{}]*"consent_current"/);
        }
      };
      // Just filled, the server knows nothing of it; later it does.
      await check();
      await owner.query("ANALYZE consent_current");
      await check();
    } finally {
      await owner.end();
    }
  });
});

async function openOwner() {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: store.superuser });
  await client.connect();
  return client;
}
