import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Closed, ConsentErrorCode, Deciding } from "../../src/consent/index.js";
import type { Store } from "../../src/store/index.js";
import type { AgreementId, TenantName } from "../../src/terms/index.js";
import { createTestStore } from "../support/database.js";
import {
  account,
  autre,
  contact,
  deciding,
  library,
  meals,
  noon,
  objecting,
  otherTerms,
  registerOf,
  resident,
  rivemont,
  terms,
  tokensUnder,
  units,
} from "./town.js";

let store: Store & { readonly superuser: string };
let nobody = 0;
/** Somebody whom no other test knows. */
const somebody = (): number => (nobody += 10);

beforeAll(async () => {
  store = await createTestStore();
});
afterAll(() => store.close());

const refused = (code: ConsentErrorCode) => expect.objectContaining({ name: "ConsentError", code }) as Error;

describe("a decision", () => {
  it("is on record, with what was shown, and holds from its revision on", async () => {
    const register = registerOf(store);
    const key = somebody();
    const event = await register.decide(deciding(key, { reason: "parce que" }));
    expect(event).toMatchObject({
      decision: "given",
      units: ["@contact"],
      fields: ["Resident.email", "Resident.phone"],
      day: "2026-11-22",
      reason: "parce que",
      terms,
      by: { kind: "self" },
    });
    expect(await register.event(rivemont, event.id)).toEqual(event);
    expect(await register.eventsOf(rivemont, resident, key)).toEqual([event]);
    expect(await register.text(rivemont, event.shown?.textVersion ?? "")).toMatch(/Cantine Plus/);
    expect(await register.current(rivemont, resident, key)).toEqual([
      { agreement: meals, terms, fields: ["Resident.email", "Resident.phone"], until: "2026-12-31" },
    ]);
    const next = await register.decide(deciding(key, { decision: "withdrawn" }));
    expect(next.revision).toBeGreaterThan(event.revision);
    expect(await register.current(rivemont, resident, key)).toEqual([]);
  });

  it("is one town's: another knows nothing of it", async () => {
    const register = registerOf(store);
    const key = somebody();
    const event = await register.decide(deciding(key));
    expect(await register.event(autre, event.id)).toBeNull();
    expect(await register.eventsOf(autre, resident, key)).toEqual([]);
    expect(await register.current(autre, resident, key)).toEqual([]);
    expect(await register.list(autre)).toEqual([]);
  });

  it("leaves no key of a person in the store (law 11)", async () => {
    const key = "1790123456789";
    await registerOf(store).decide(deciding(key, { by: { kind: "self" } }));
    for (const table of ["consent_event", "consent_current", "consent_holding", "field_set", "consent_asked"])
      expect(JSON.stringify(await store.keeper.query(`SELECT * FROM ${table}`))).not.toContain(key);
  });

  it.each<[ConsentErrorCode, Partial<Deciding>]>([
    ["asks-nobody", { basis: "legal-obligation" }],
    ["wrong-decision", { decision: "objected" }],
    ["wrong-decision", { basis: "public-task" }],
    ["unknown-unit", { units: [] }],
    ["unknown-unit", { units: [{ name: "@contact", fields: [...contact.fields, ...account.fields] }] }],
    ["invalid-date", { until: "2026-02-30" }],
    ["already-ended", { until: "2026-11-21" }],
    ["other-text", { shown: { language: "fr", text: "autre", textVersion: "0".repeat(64), channel: "web" } }],
    ["not-a-guardian", { by: { kind: "guardian", scheme: resident, key: 1 } }],
  ])("is refused: %s", async (code, changes) => {
    const key = somebody();
    await expect(registerOf(store).decide(deciding(key, changes))).rejects.toEqual(refused(code));
    expect(await registerOf(store).eventsOf(rivemont, resident, key)).toEqual([]);
  });

  it("is refused on a version that was decided on as another one", async () => {
    const register = registerOf(store);
    await register.decide(deciding(somebody()));
    await expect(register.decide(deciding(somebody(), { terms: otherTerms }))).rejects.toEqual(
      refused("other-version"),
    );
    await expect(register.decide(deciding(somebody(), { asked: [contact] }))).rejects.toEqual(refused("other-version"));
  });

  it("under other terms opens nothing under these, nor these under them", async () => {
    const register = registerOf(store);
    const key = somebody();
    const agreement = "33333333-3333-4333-8333-333333333333" as AgreementId;
    await register.decide(deciding(key, { agreement }));
    await register.decide(deciding(key, { agreement, version: 2, terms: otherTerms, units: [account] }));
    expect(await register.current(rivemont, resident, key)).toMatchObject([
      { terms: otherTerms, fields: account.fields },
      { terms, fields: contact.fields },
    ]);
  });

  it("can neither be changed nor removed, by no role", async () => {
    const { id } = await registerOf(store).decide(deciding(somebody()));
    for (const role of [store.gateway, store.keeper]) {
      await expect(role.query("UPDATE consent_event SET decision = 'given' WHERE id = $1", [id])).rejects.toThrow();
      await expect(role.query("DELETE FROM consent_event WHERE id = $1", [id])).rejects.toThrow();
      await expect(role.query("DELETE FROM consent_current")).rejects.toThrow();
    }
  });

  it("says the same under every live secret of the town", async () => {
    const key = somebody();
    await registerOf(store, { tokens: tokensUnder(1) }).decide(deciding(key));
    const both = registerOf(store, { tokens: tokensUnder(1, 2) });
    expect(await both.current(rivemont, resident, key)).toHaveLength(1);
    await both.decide(deciding(key, { decision: "withdrawn" }));
    for (const tokens of [tokensUnder(1), tokensUnder(2), tokensUnder(1, 2)])
      expect(await registerOf(store, { tokens }).current(rivemont, resident, key)).toEqual([]);
    expect(await both.eventsOf(rivemont, resident, key)).toHaveLength(2);
  });
});

describe("what closes", () => {
  it("is told in the same transaction, once, and only where something was open", async () => {
    const told: Closed[] = [];
    const register = registerOf(store, { closed: (_, closed) => Promise.resolve(void told.push(closed)) });
    const key = somebody();
    await register.decide(deciding(key, { decision: "refused" }));
    expect(told).toEqual([]);
    await register.decide(deciding(key, { units }));
    const event = await register.decide(deciding(key, { units: [account], decision: "withdrawn" }));
    const [token] = tokensUnder(1).seal(rivemont, resident, [key]);
    expect(told).toEqual([
      {
        tenant: rivemont,
        agreement: meals,
        scheme: resident,
        token,
        units: ["CanteenAccount"],
        event: event.id,
        at: noon,
      },
    ]);
    await register.decide(deciding(key, { units: [account], decision: "withdrawn" }));
    expect(told).toHaveLength(1);
  });

  it("takes the decision back when it cannot be told", async () => {
    const key = somebody();
    await registerOf(store).decide(deciding(key));
    const failing = registerOf(store, { closed: () => Promise.reject(new Error("no outbox")) });
    await expect(failing.decide(deciding(key, { decision: "withdrawn" }))).rejects.toThrow("no outbox");
    expect(await registerOf(store).current(rivemont, resident, key)).toHaveLength(1);
  });
});

describe("an objection", () => {
  it("shuts while it is pending; rejected it does not, and it is settled once", async () => {
    const register = registerOf(store);
    const staff = registerOf(store, { dataSource: store.keeper });
    const key = somebody();
    const objection = await register.decide(objecting(key, { reason: "Je ne veux pas." }));
    expect(await register.current(rivemont, resident, key)).toEqual([
      { agreement: library, terms: null, fields: ["Resident.email", "Resident.phone"], until: null },
    ]);
    expect((await register.list(rivemont, { pending: true })).map(({ id }) => id)).toContain(objection.id);
    const settling = { tenant: rivemont, event: objection.id, by: "dpo@rivemont.example", reason: "Loi" } as const;
    const settled = await staff.settleObjection({ ...settling, outcome: "rejected" });
    expect(settled).toMatchObject({ decision: "rejected", refersTo: objection.id, shown: null, reason: "Loi" });
    expect(await register.current(rivemont, resident, key)).toEqual([]);
    expect((await register.list(rivemont, { pending: true })).map(({ id }) => id)).not.toContain(objection.id);
    await expect(staff.settleObjection({ ...settling, outcome: "upheld" })).rejects.toEqual(refused("already-settled"));
    await expect(staff.settleObjection({ ...settling, event: settled.id, outcome: "upheld" })).rejects.toEqual(
      refused("not-an-objection"),
    );
    await expect(staff.settleObjection({ ...settling, event: "x", outcome: "upheld" })).rejects.toEqual(
      refused("unknown-event"),
    );
  });

  it("to all units is one to the whole, withdrawn as a whole", async () => {
    const register = registerOf(store);
    const key = somebody();
    const { id } = await register.decide(objecting(key, { units }));
    expect(await register.current(rivemont, resident, key)).toMatchObject([{ fields: ["*"] }]);
    await register.decide(objecting(key, { decision: "objection-withdrawn" }));
    expect(await register.current(rivemont, resident, key)).toMatchObject([{ fields: ["*"] }]);
    await register.decide(objecting(key, { units, decision: "objection-withdrawn" }));
    expect(await register.current(rivemont, resident, key)).toEqual([]);
    expect((await register.list(rivemont, { pending: true })).map((event) => event.id)).not.toContain(id);
    await expect(
      registerOf(store).settleObjection({ tenant: rivemont, event: id, outcome: "upheld", by: "dpo", reason: "" }),
    ).rejects.toEqual(refused("already-settled"));
  });

  it("keeps its reason apart: the keeper erases it, the gateway cannot, the event stays", async () => {
    const key = somebody();
    const { id } = await registerOf(store).decide(objecting(key, { reason: "Je suis malade." }));
    await expect(registerOf(store).eraseReasons(rivemont, resident, key)).rejects.toThrow();
    const keeper = registerOf(store, { dataSource: store.keeper });
    expect(await keeper.eraseReasons(rivemont, resident, key)).toBe(1);
    expect(await keeper.event(rivemont, id)).toMatchObject({ decision: "objected", reason: null });
  });
});

describe("a guardian", () => {
  const child = {
    from: "2020-01-01",
    until: "2040-01-01",
    wardBorn: "2015-05-05",
    source: "record" as const,
    by: "steward",
  };
  const pair = (guardian: number, ward: number) => ({
    tenant: rivemont,
    guardian: { scheme: resident, key: guardian },
    ward: { scheme: resident, key: ward },
  });
  const as = (key: number): Pick<Deciding, "by"> => ({ by: { kind: "guardian", scheme: resident, key } });

  it("decides for the child until the guardianship ends; ended, what was decided counts no more", async () => {
    const told: Closed[] = [];
    const closed = (_: unknown, each: Closed): Promise<void> => Promise.resolve(void told.push(each));
    const staff = registerOf(store, { dataSource: store.keeper, closed });
    const register = registerOf(store);
    const [parent, ward] = [somebody(), somebody()];
    const id = await staff.addGuardianship({ ...pair(parent, ward), ...child });
    expect(await register.wardsOf(rivemont, resident, parent)).toEqual([
      { scheme: resident, key: ward, from: "2020-01-01", until: "2033-05-04", source: "record" },
    ]);
    expect(await register.guardiansOf(rivemont, resident, ward)).toMatchObject([{ key: parent }]);
    expect(await register.modeOf(rivemont, resident, ward, false)).toBe("guardians");
    await expect(register.decide(deciding(ward))).rejects.toEqual(refused("too-young"));
    await register.decide(deciding(ward, { ...as(parent), until: "2050-01-01" }));
    expect(await register.current(rivemont, resident, ward)).toMatchObject([{ until: "2033-05-04" }]);
    await staff.endGuardianship({ ...pair(parent, ward), by: "steward" });
    expect(await register.current(rivemont, resident, ward)).toEqual([]);
    expect(told).toMatchObject([{ units: ["@contact"], event: id }]);
    await expect(register.decide(deciding(ward, as(parent)))).rejects.toEqual(refused("not-a-guardian"));
    await expect(register.decide(deciding(ward))).rejects.toEqual(refused("too-young"));
    await expect(staff.endGuardianship({ ...pair(parent, ward), by: "steward" })).rejects.toEqual(
      refused("unknown-guardianship"),
    );
  });

  it("recorded by mistake leaves no age behind", async () => {
    const staff = registerOf(store, { dataSource: store.keeper });
    const [parent, ward] = [somebody(), somebody()];
    await staff.addGuardianship({ ...pair(parent, ward), ...child });
    await staff.endGuardianship({ ...pair(parent, ward), by: "steward", mistaken: true });
    await expect(staff.decide(deciding(ward))).resolves.toMatchObject({ decision: "given" });
  });

  it("ended by staff is not brought back by a dataset, which changes nothing when it says the same again", async () => {
    const staff = registerOf(store, { dataSource: store.keeper });
    const register = registerOf(store);
    const [parent, ward] = [somebody(), somebody()];
    const found = { ...pair(parent, ward), ...child, source: "dataset" as const };
    const id = await register.addGuardianship(found);
    const [before] = await store.keeper.query("SELECT revision FROM consent_revision WHERE tenant = 'rivemont'");
    expect(await register.addGuardianship(found)).toBe(id);
    expect((await store.keeper.query("SELECT revision FROM consent_revision WHERE tenant = 'rivemont'"))[0]).toEqual(
      before,
    );
    await staff.endGuardianship({ ...pair(parent, ward), by: "steward" });
    await register.addGuardianship(found);
    expect(await register.wardsOf(rivemont, resident, parent)).toEqual([]);
    await staff.addGuardianship({ ...found, source: "record" });
    expect(await register.wardsOf(rivemont, resident, parent)).toMatchObject([{ key: ward }]);
  });

  it("of a whole register is what each alone would be: new ones, repeated ones, and those that change a decision", async () => {
    const staff = registerOf(store, { dataSource: store.keeper });
    const [parent, other, decided, ended, mistaken] = [somebody(), somebody(), somebody(), somebody(), somebody()];
    const fresh = Array.from({ length: 300 }, somebody);
    const record = (ward: number, guardian = parent) =>
      ({ ...pair(guardian, ward), ...child, source: "dataset" }) as const;
    await staff.decide(deciding(decided));
    for (const ward of [ended, mistaken]) await staff.addGuardianship(record(ward));
    await staff.endGuardianship({ ...pair(parent, ended), by: "steward" });
    await staff.endGuardianship({ ...pair(parent, mistaken), by: "steward", mistaken: true });
    const wards = [...fresh, decided, ended, mistaken];
    const [first = 0] = fresh;
    const all = [...wards.map((ward) => record(ward)), record(first, other), { ...record(first), until: "2028-01-01" }];
    await staff.addGuardianships(rivemont, all);
    await staff.addGuardianships(rivemont, all);
    const kin = await staff.wardsOf(rivemont, resident, parent);
    expect(kin.map(({ key }) => key).toSorted()).toEqual([...fresh, decided].toSorted());
    expect(kin.find(({ key }) => key === first)?.until).toBe("2028-01-01");
    expect(await staff.guardiansOf(rivemont, resident, first)).toHaveLength(2);
    // A child's own yes counts no more once somebody is known to decide for it.
    expect(await staff.current(rivemont, resident, decided)).toEqual([]);
    await expect(staff.addGuardianships(rivemont, [{ ...record(somebody()), from: "2026-02-30" }])).rejects.toEqual(
      refused("invalid-date"),
    );
    await expect(staff.addGuardianships("autre-ville" as TenantName, all)).rejects.toThrow(TypeError);
  });

  it("is made by staff or a dataset alone, and ended by staff alone", async () => {
    const register = registerOf(store);
    const [parent, ward] = [somebody(), somebody()];
    await expect(register.addGuardianship({ ...pair(parent, ward), ...child })).rejects.toThrow("datasets only");
    await register.addGuardianship({ ...pair(parent, ward), ...child, source: "dataset" });
    await expect(register.endGuardianship({ ...pair(parent, ward), by: "x" })).rejects.toThrow();
  });
});

describe("many decisions", () => {
  it("are recorded together, the later of a person after the earlier", async () => {
    const register = registerOf(store, { dataSource: store.keeper });
    const keys = Array.from({ length: 1_200 }, somebody);
    const done: number[] = [];
    const all = keys.map((key) => deciding(key)).concat(deciding(keys[0] ?? 0, { decision: "withdrawn" }));
    expect(await register.decideAll(rivemont, all, { progress: (count) => done.push(count) })).toBe(1_201);
    expect(done).toEqual([1_000, 1_201]);
    expect(await register.current(rivemont, resident, keys[0] ?? 0)).toEqual([]);
    expect(await register.current(rivemont, resident, keys[1_199] ?? 0)).toHaveLength(1);
    const [event] = await register.eventsOf(rivemont, resident, keys[5] ?? 0);
    expect((await register.list(rivemont, { after: event?.id ?? "", limit: 2 })).map(({ token }) => token)).toEqual(
      tokensUnder(1).seal(rivemont, resident, [keys[4] ?? 0, keys[3] ?? 0]),
    );
  });

  it("with one that cannot be taken are none, and all such are named", async () => {
    const register = registerOf(store, { dataSource: store.keeper });
    const key = somebody();
    const all = [deciding(key), deciding(somebody(), { units: [] }), deciding(somebody(), { until: "?" })];
    const error: unknown = await register.decideAll(rivemont, all).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "ConsentsRefused",
      refused: [
        { index: 1, error: { code: "unknown-unit" } },
        { index: 2, error: { code: "invalid-date" } },
      ],
    });
    expect(await register.eventsOf(rivemont, resident, key)).toEqual([]);
  });

  it("can be checked without being recorded", async () => {
    const register = registerOf(store, { dataSource: store.keeper });
    const key = somebody();
    expect(await register.decideAll(rivemont, [deciding(key)], { dryRun: true })).toBe(1);
    expect(await register.eventsOf(rivemont, resident, key)).toEqual([]);
  });
});
