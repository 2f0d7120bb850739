// What a DPO is told first on a day: each rule at its edge, the sentences, and the order.
import { describe, expect, it } from "vitest";
import { unusualOn, type DayOfAgreement, type UnusualThing } from "../../src/governance/index.js";
import { agreementOf, snapshotOf, versionOf } from "./agreements.js";

const day = "2026-11-23";
const ref = "cantine-plus/school-meals";
const nothing = { day, volumes: [], firstUses: [] };
const requests = (entries: number, on = day, refused = 0, agreement = ref): DayOfAgreement => ({
  agreement,
  day: on,
  entries,
  refused,
});
const kinds = (found: readonly UnusualThing[]): string[] => found.map(({ kind }) => kind);

/** As a screen shows it. */
const plain = (text: string | undefined): string => (text ?? "").replaceAll(/[\u00a0\u202f]/g, " ");

describe("a volume", () => {
  const declared = agreementOf(ref, { volumePerDay: 100 });
  const onTheDay = (entries: number) => unusualOn({ ...nothing, agreements: [declared], volumes: [requests(entries)] });

  it("is unusual beyond one and a half times what was declared", () => {
    expect(onTheDay(150)).toEqual([]);
    const [found] = onTheDay(2_341);
    expect(found).toMatchObject({ kind: "VOLUME", agreement: ref, query: `agreement:${ref} on:${day}` });
    expect(plain(found?.sentence.fr)).toBe(
      `${ref} : 2 341 accès, soit 23,4 fois le volume déclaré (100 accès par jour).`,
    );
    expect(plain(found?.sentence.en)).toBe(
      `${ref}: 2,341 accesses, 23.4 times the declared volume (100 accesses a day).`,
    );
  });

  it("without a declaration is unusual beyond three times the median of 28 days, from 50 requests on", () => {
    const agreements = [agreementOf(ref)];
    const before = Array.from({ length: 28 }, (_, at) =>
      requests(20, new Date(Date.parse(day) - (at + 1) * 86_400_000).toISOString().slice(0, 10)),
    );
    const found = (entries: number, days = before) =>
      kinds(unusualOn({ ...nothing, agreements, volumes: [...days, requests(entries)] }));
    expect(found(60)).toEqual([]);
    expect(found(61)).toEqual(["VOLUME"]);
    // A day of which nothing is known had no request: 14 of 28 days at 20 leave a median of 10.
    expect(found(49, before.slice(0, 14))).toEqual([]);
    expect(found(50, before.slice(0, 14))).toEqual(["VOLUME"]);
    expect(found(49, [])).toEqual([]);
    expect(found(50, [])).toEqual(["VOLUME"]);
  });

  it("of another day is not told", () => {
    const volumes = [requests(10_000, "2026-11-22")];
    expect(unusualOn({ ...nothing, agreements: [declared], volumes })).toEqual([]);
  });
});

describe("refused attempts", () => {
  const refused = (entries: number, count: number) =>
    unusualOn({ ...nothing, agreements: [agreementOf(ref)], volumes: [requests(entries, day, count)] });

  it("are told from five on, where they are one in twenty or a hundred", () => {
    expect(refused(4, 4)).toEqual([]);
    expect(refused(40, 5)).toHaveLength(1);
    expect(kinds(refused(101, 5))).not.toContain("REFUSED_ATTEMPTS");
    expect(kinds(refused(100_000, 99))).not.toContain("REFUSED_ATTEMPTS");
    expect(kinds(refused(100_000, 100))).toContain("REFUSED_ATTEMPTS");
    const [found] = refused(40, 5);
    expect(plain(found?.sentence.fr)).toBe(
      `${ref} : des champs ont été refusés dans 5 requêtes, soit 13 % de celles du jour.`,
    );
    expect(plain(found?.sentence.en)).toBe(`${ref}: fields were refused in 5 requests, 13% of those of the day.`);
    expect(found?.query).toBe(`agreement:${ref} on:${day} outcome:refused,partial`);
  });
});

describe("a first use", () => {
  const field = "Resident.email";
  const firstUses = [{ agreement: ref, coordinate: field, day }];
  const used = (from: string) =>
    unusualOn({ ...nothing, agreements: [agreementOf(ref, { fields: [field], from })], firstUses });

  it("is told where the field could be read for more than a week", () => {
    expect(used("2026-11-16")).toEqual([]);
    const [found] = used("2026-11-15");
    expect(found).toMatchObject({
      kind: "FIRST_USE",
      agreement: ref,
      field,
      query: `agreement:${ref} field:${field} on:${day}`,
    });
    expect(found?.sentence).toEqual({
      fr: `${ref}\u00a0: première utilisation de ${field}, autorisé depuis le 15 novembre 2026.`,
      en: `${ref}: first use of ${field}, allowed since 15 November 2026.`,
    });
  });

  it("counts from the version that added the field, not from the agreement's beginning", () => {
    const old = versionOf(1, snapshotOf("school-meals", { from: "2026-01-01" }));
    const wider = snapshotOf("school-meals", { from: "2026-01-01", fields: [field] as never });
    const added = versionOf(2, wider, { decidedAt: new Date("2026-11-20T10:00:00Z") });
    const view = agreementOf(ref, {}, { versions: [old, added] });
    expect(unusualOn({ ...nothing, agreements: [view], firstUses })).toEqual([]);
  });

  it("of another day, or of a field that is listed no more, is not told", () => {
    const agreements = [agreementOf(ref, { fields: [field] })];
    expect(unusualOn({ ...nothing, day: "2026-11-24", agreements, firstUses })).toEqual([]);
    expect(unusualOn({ ...nothing, agreements: [agreementOf(ref)], firstUses })).toEqual([]);
  });
});

describe("an agreement's end", () => {
  const ends = (until: string) => unusualOn({ ...nothing, agreements: [agreementOf(ref, { until })] })[0]?.sentence;

  it("is told thirty days before, in words that agree with their number", () => {
    expect(ends("2026-12-24")).toBeUndefined();
    expect(ends("2026-11-22")).toBeUndefined();
    expect(plain(ends("2026-12-23")?.fr)).toBe(`${ref} : la convention prend fin dans 30 jours, le 23 décembre 2026.`);
    expect(plain(ends("2026-11-24")?.en)).toBe(`${ref}: the agreement ends in 1 day, on 24 November 2026.`);
    expect(plain(ends("2026-12-01")?.fr)).toContain("le 1er décembre 2026");
    expect(ends(day)?.en).toBe(`${ref}: the agreement ends today.`);
  });

  it("is not told of one that has not begun or has no approved version", () => {
    expect(
      unusualOn({ ...nothing, agreements: [agreementOf(ref, { from: "2026-12-01", until: "2026-12-10" })] }),
    ).toEqual([]);
    expect(unusualOn({ ...nothing, agreements: [agreementOf(ref, {}, { approved: null, standing: null })] })).toEqual(
      [],
    );
  });
});

it("the most pressing comes first", () => {
  const field = "Resident.email";
  const view = agreementOf(ref, { fields: [field], volumePerDay: 10, until: "2026-12-20" });
  const soon = agreementOf("curieux/district-survey", { until: "2026-11-25" });
  const found = unusualOn({
    day,
    agreements: [view, soon],
    volumes: [requests(40, day, 20), requests(30, day, 30, "curieux/district-survey")],
    firstUses: [{ agreement: ref, coordinate: field, day }],
  });
  expect(found.map(({ kind, agreement }) => `${kind} ${agreement ?? ""}`)).toEqual([
    "REFUSED_ATTEMPTS curieux/district-survey",
    `REFUSED_ATTEMPTS ${ref}`,
    `VOLUME ${ref}`,
    "AGREEMENT_EXPIRES curieux/district-survey",
    `FIRST_USE ${ref}`,
    `AGREEMENT_EXPIRES ${ref}`,
  ]);
});
