import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldsOn, openSteps, shutSteps, type Circumstances, type Decided } from "../../src/consent/effective-state.js";
import { checkDecider, modeOn, type Decider, type Guardianship } from "../../src/consent/who-decides.js";
import { birthday, dayBefore, type Coordinate } from "../../src/terms/index.js";

const f = (name: string): Coordinate => `T.${name}` as Coordinate;
const fields = ["a", "b", "c"].map(f);
const start = Date.parse("2026-01-01T00:00:00Z");
/** Days are numbers here: every day of a short world is asked about. */
const day = (n: number): string => new Date(start + n * 86_400_000).toISOString().slice(0, 10);
const last = 30;
const everyDay = Array.from({ length: last + 3 }, (_, n) => n);
const ann: Decider = "guardian ann";
const bob: Decider = "guardian bob";
const today = 15;

const someDay = fc.integer({ min: 0, max: last });
const pastDay = fc.integer({ min: 0, max: today });
const guardianship = fc
  .record({
    guardian: fc.constantFrom(ann, bob),
    from: someDay,
    lasts: fc.integer({ min: 0, max: last }),
    ages: fc.option(fc.tuple(someDay, fc.integer({ min: 1, max: 15 })), { nil: null }),
    ended: fc.option(pastDay, { nil: null, freq: 4 }),
  })
  .map(({ guardian, from, lasts, ages, ended }): Guardianship => ({
    guardian,
    from: day(from),
    until: day(Math.min(from + lasts, ages === null ? last : Math.max(from, ages[0] + ages[1] - 1))),
    fifteen: ages === null ? null : day(ages[0]),
    eighteen: ages === null ? null : day(ages[0] + ages[1]),
    ended: ended === null ? null : day(ended),
  })); // prettier-ignore
const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  guardianships: fc.array(guardianship, { maxLength: 3 }),
  informationSociety: fc.boolean(),
});
const consent = fc
  .record({
    by: fc.constantFrom<Decider>("self", ann, bob),
    decision: fc.constantFrom("given" as const, "given" as const, "refused" as const, "withdrawn" as const),
    terms: fc.constantFrom("now", "now", "now", "other"),
    fields: fc.subarray(fields, { minLength: 1 }),
    day: pastDay,
    until: someDay,
  })
  .map((each) => ({ ...each, day: day(each.day), until: day(each.until), id: "", refersTo: null }));
/** In the order of their days, as they are on record. */
const consents = fc
  .array(consent, { maxLength: 8 })
  .map((all): Decided[] => all.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0)));

const openOn = (n: number, events: readonly Decided[], where: Circumstances, from = today): readonly string[] =>
  fieldsOn(openSteps(day(from), events, "now", where), day(n));

/** The rules as a lawyer would read them out, for one coordinate and day; nothing is shared with the code. */
function naivelyOpen(field: Coordinate, on: string, events: readonly Decided[], where: Circumstances): boolean {
  const guards = (who: string, when: string, one = where.guardianships): Guardianship[] =>
    one.filter(
      (g) => g.guardian === who && g.from <= when && when <= g.until && !(g.ended !== null && when >= g.ended),
    );
  const stage = (when: string): string => {
    const eighteens = where.guardianships.flatMap((g) => g.eighteen ?? []).sort();
    const fifteens = where.guardianships.flatMap((g) => g.fifteen ?? []).sort();
    const child =
      eighteens.length > 0 ? when < (eighteens.at(-1) ?? "") : [ann, bob].some((who) => guards(who, when).length > 0);
    if (!child) return "alone";
    if (!where.informationSociety) return "by guardians";
    return fifteens.length > 0 && when >= (fifteens.at(-1) ?? "") ? "alone" : "together";
  };
  const about = (who: Decider): Decided[] => events.filter((event) => event.by === who && event.fields.includes(field));
  const says = (who: Decider): "yes" | "no" | "nothing" => {
    const mine = about(who);
    const here = mine.findLast(({ terms }) => terms === "now");
    if (here === undefined) return "nothing";
    if (here.decision !== "given") return "no";
    const after = mine.slice(mine.lastIndexOf(here) + 1);
    if (after.some(({ decision }) => decision !== "given")) return "nothing";
    if (here.until < on || stage(here.day) !== stage(on)) return "nothing";
    if (who !== "self" && !guards(who, on).some((g) => guards(who, here.day, [g]).length > 0)) return "nothing";
    return "yes";
  };
  const parents = [ann, bob].filter((who) => guards(who, on).length > 0).map(says);
  switch (stage(on)) {
    case "alone":
      return says("self") === "yes";
    case "by guardians":
      return parents.includes("yes") && !parents.includes("no");
    default:
      return says("self") === "yes" && parents.includes("yes") && !parents.includes("no");
  }
}

describe("what is open by consent", () => {
  it("is what the rules read out say, on every day from today on", () => {
    let opened = 0;
    fc.assert(
      fc.property(consents, circumstances, (events, where) => {
        for (const n of everyDay.filter((each) => each >= today)) {
          const expected = fields.filter((field) => naivelyOpen(field, day(n), events, where));
          opened += expected.length;
          expect(openOn(n, events, where)).toEqual(expected);
        }
      }),
      { numRuns: 1_500 },
    );
    expect(opened).toBeGreaterThan(500);
  });

  it("is the same whenever it was worked out: birthdays and ends need nobody", () => {
    fc.assert(
      fc.property(consents, circumstances, fc.integer({ min: 0, max: 10 }), (events, where, later) => {
        for (const n of everyDay.filter((each) => each >= today + later))
          expect(openOn(n, events, where)).toEqual(openOn(n, events, where, today + later));
      }),
    );
  });

  it("is never more after a refusal or a withdrawal, whoever's and under whatever terms", () => {
    const no = consent.map((each) => ({ ...each, day: day(today), decision: "withdrawn" as const }));
    fc.assert(
      fc.property(consents, no, circumstances, (events, withdrawal, where) => {
        for (const n of everyDay.filter((each) => each >= today))
          expect(openOn(n, events, where)).toEqual(
            expect.arrayContaining([...openOn(n, [...events, withdrawal], where)]),
          );
      }),
      { numRuns: 500 },
    );
  });

  it("does not hang on the order in which different people decided", () => {
    fc.assert(
      fc.property(consents, circumstances, fc.array(fc.nat()), (events, where, shuffle) => {
        const rest = new Map<string, Decided[]>(
          ["self", ann, bob].map((who) => [who, events.filter(({ by }) => by === who)]),
        );
        const mixed: Decided[] = [];
        for (const pick of [...shuffle, ...events.map(() => 0), ...events.map(() => 0)]) {
          const left = [...rest.values()].filter(({ length }) => length > 0);
          const next = left[pick % Math.max(left.length, 1)]?.shift();
          if (next !== undefined) mixed.push(next);
        }
        for (const own of rest.values()) mixed.push(...own);
        for (const n of [today, today + 5, last]) expect(openOn(n, mixed, where)).toEqual(openOn(n, events, where));
      }),
      { numRuns: 300 },
    );
  });

  const child = (...more: Partial<Guardianship>[]): Guardianship[] =>
    [{}, ...more].map((changes) => ({
      guardian: ann, from: day(0), until: day(19), fifteen: day(10), eighteen: day(20), ended: null, ...changes,
    })); // prettier-ignore
  const yes = (by: Decider, n: number, decision: Decided["decision"] = "given"): Decided => ({
    id: `${by} ${String(n)}`, by, decision, terms: "now", fields: [f("a")], day: day(n), until: day(30), refersTo: null,
  }); // prettier-ignore
  const until = (events: Decided[], guardianships: Guardianship[], informationSociety = false, n = 5) =>
    openSteps(day(n), events, "now", { guardianships, informationSociety });

  it("ends with the guardianship: who is grown up is asked anew", () => {
    expect(until([yes(ann, 5)], child())).toEqual([{ until: day(19), fields: [f("a")] }]);
    expect(until([yes(ann, 5), yes("self", 20)], child(), false, 20)).toEqual([{ until: day(30), fields: [f("a")] }]);
  });

  it("ends when somebody comes under guardianship, and on the 18th birthday that any record knows", () => {
    const later = child().map((each) => ({ ...each, from: day(12), until: day(30), fifteen: null, eighteen: null }));
    expect(until([yes("self", 5)], later)).toEqual([{ until: day(11), fields: [f("a")] }]);
    const longer = child({ guardian: bob, until: day(29), fifteen: null, eighteen: null }).map((each) => each.guardian === ann ? { ...each, until: day(8) } : each); // prettier-ignore
    expect(until([yes(bob, 5)], longer)).toEqual([{ until: day(19), fields: [f("a")] }]);
  });

  it("is shut by any guardian's refusal, until that one's guardianship ends", () => {
    const both = child({ guardian: bob, until: day(12) });
    expect(until([yes(ann, 5), yes(bob, 6, "refused")], both)).toEqual([
      { until: day(12), fields: [] },
      { until: day(19), fields: [f("a")] },
    ]);
    expect(until([yes(bob, 5, "refused"), yes(ann, 6)], child({ guardian: bob }))).toEqual([]);
  });

  it("needs child and guardian below 15 for an information-society service, and the child alone from then on", () => {
    expect(until([yes(ann, 5)], child(), true)).toEqual([]);
    expect(until([yes("self", 5)], child(), true)).toEqual([]);
    expect(until([yes("self", 5), yes(ann, 6)], child(), true)).toEqual([{ until: day(9), fields: [f("a")] }]);
    expect(until([yes("self", 12)], child(), true, 12)).toEqual([{ until: day(30), fields: [f("a")] }]);
  });

  it("under other terms counts for nothing; a no there takes back what the same person said here", () => {
    const other = { ...yes("self", 5), terms: "other" };
    expect(until([other], [])).toEqual([]);
    expect(until([yes("self", 5), { ...other, decision: "withdrawn" }], [])).toEqual([]);
    expect(until([{ ...other, decision: "refused" }, yes("self", 5)], [])).toHaveLength(1);
  });
});

describe("what is shut by objection", () => {
  const event = (id: string, by: Decider, decision: Decided["decision"], on: number, what = [f("a")], refersTo: string | null = null): Decided =>
    ({ id, by, decision, terms: "any", fields: what, day: day(on), until: day(on), refersTo }); // prettier-ignore
  const alone: Circumstances = { guardianships: [], informationSociety: false };
  const whole = ["*"] as unknown as Coordinate[];

  it("holds whatever the terms and however long, until it is withdrawn or rejected", () => {
    const objected = event("1", "self", "objected", 1);
    expect(shutSteps([objected], alone)).toEqual([{ until: null, fields: [f("a")] }]);
    expect(shutSteps([objected, event("2", "self", "upheld", 2, [f("a")], "1")], alone)).toHaveLength(1);
    expect(shutSteps([objected, event("2", "self", "rejected", 2, [f("a")], "1")], alone)).toEqual([]);
    expect(shutSteps([objected, event("2", "self", "rejected", 2, [f("a")], "other")], alone)).toHaveLength(1);
    expect(shutSteps([objected, event("2", "self", "objection-withdrawn", 2)], alone)).toEqual([]);
    expect(shutSteps([event("2", "self", "objection-withdrawn", 2), objected], alone)).toHaveLength(1);
  });

  it("to the whole is withdrawn as a whole", () => {
    const objected = event("1", "self", "objected", 1, whole);
    expect(shutSteps([objected, event("2", "self", "objection-withdrawn", 2)], alone)).toEqual([
      { until: null, fields: ["*"] },
    ]);
    expect(shutSteps([objected, event("2", "self", "objection-withdrawn", 2, whole)], alone)).toEqual([]);
  });

  it("is withdrawn by who objected, or by who decides in their place since: a birthday opens nothing", () => {
    const guardianships: Guardianship[] = [ann, bob].map((guardian) => ({
      guardian, from: day(0), until: day(9), fifteen: day(5), eighteen: day(10), ended: null,
    })); // prettier-ignore
    const where = { guardianships, informationSociety: false };
    const objected = event("1", ann, "objected", 1);
    expect(shutSteps([objected], where)).toHaveLength(1);
    expect(shutSteps([objected, event("2", bob, "objection-withdrawn", 2)], where)).toHaveLength(1);
    expect(shutSteps([objected, event("2", ann, "objection-withdrawn", 2)], where)).toEqual([]);
    expect(shutSteps([objected, event("2", "self", "objection-withdrawn", 10)], where)).toEqual([]);
  });

  it("never opens by an objection more, and by every one withdrawn or rejected never shuts", () => {
    const some = fc.record({ by: fc.constantFrom<Decider>("self", ann, bob), what: fc.subarray(fields, { minLength: 1 }), kind: fc.constantFrom("objected" as const, "objection-withdrawn" as const), on: pastDay }); // prettier-ignore
    const made = fc
      .array(some, { maxLength: 6 })
      .map((all) => all.map(({ by, what, kind, on }, i) => event(String(i), by, kind, on, what)));
    const shut = (events: readonly Decided[], where: Circumstances): string[] => shutSteps(events, where).flatMap((step) => step.fields); // prettier-ignore
    fc.assert(
      fc.property(made, circumstances, some, (events, where, { by, what, on }) => {
        const before = shut(events, where);
        const more = shut([...events, event("x", by, "objected", on, what)], where);
        expect(more).toEqual(expect.arrayContaining([...before, ...what]));
        const less = shut([...events, event("x", by, "objection-withdrawn", on, what)], where);
        expect(before).toEqual(expect.arrayContaining(less));
      }),
    );
  });
});

describe("who may decide", () => {
  const child: Guardianship = { guardian: ann, from: "2020-01-01", until: "2033-05-04", fifteen: "2030-05-05", eighteen: "2033-05-05", ended: null }; // prettier-ignore

  it("follows the birthdays, also when the guardianship has ended early", () => {
    for (const one of [child, { ...child, ended: "2021-01-01" }]) {
      expect(modeOn("2033-05-04", [one], false)).toBe("guardians");
      expect(modeOn("2033-05-05", [one], false)).toBe("self");
      expect(modeOn("2030-05-04", [one], true)).toBe("joint");
      expect(modeOn("2030-05-05", [one], true)).toBe("self");
    }
    expect(modeOn("2026-01-01", [], false)).toBe("self");
  });

  it("is said with its reason", () => {
    const check =
      (who: Decider, on: string, informationSociety = false) =>
      () => {
        checkDecider(who, on, [child], informationSociety);
      };
    expect(check("self", "2026-01-01")).toThrow(expect.objectContaining({ code: "too-young" }));
    expect(check("self", "2026-01-01", true)).not.toThrow();
    expect(check(ann, "2026-01-01")).not.toThrow();
    expect(check(bob, "2026-01-01")).toThrow(expect.objectContaining({ code: "not-a-guardian" }));
    expect(check(ann, "2031-01-01", true)).toThrow(expect.objectContaining({ code: "decides-alone" }));
    expect(check(ann, "2033-05-05")).toThrow(expect.objectContaining({ code: "decides-alone" }));
    expect(check(ann, "2019-12-31")).toThrow(expect.objectContaining({ code: "not-a-guardian" }));
  });

  it("knows those born on 29 February", () => {
    expect(birthday("2008-02-29", 18)).toBe("2026-03-01");
    expect(birthday("2008-02-29", 16)).toBe("2024-02-29");
    expect(dayBefore("2026-03-01")).toBe("2026-02-28");
  });
});
