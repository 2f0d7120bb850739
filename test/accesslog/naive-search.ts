// What a filter means and what is counted, written down once more and as plainly as can be.
import fc from "fast-check";
import type { AccessSummary, EntryDraft, FieldUseOf, HourUse, Outcome } from "../../src/accesslog/index.js";
import { coordinate } from "../../src/terms/index.js";
import type {
  AgreementRef,
  ApplicationName,
  KeyId,
  LogCondition,
  LogPeriod,
  PolicyVersionId,
  PurposeName,
} from "../../src/terms/index.js";
import { draft, rivemont, token, valbourg } from "./drafts.js";

const applications = ["cantine-plus", "biblio-stats", "carte-ouverte"] as const;
const purposes = ["school-meals", "statistics"] as const;
const outcomes: readonly Outcome[] = ["answered", "partial", "refused", "staff"];
const coordinates = ["Resident.email", "Resident.birthDate", "CarPark.free"] as const;
const bases = ["public-task", "consent"] as const;
const keys = ["k1", "k2"] as const;
const versions = ["aaaaaa11".padEnd(64, "0"), "aaaaaa22".padEnd(64, "0"), "bbbbbb".padEnd(64, "0")] as const;
const persons = ["p1", "p2", "p3", "p4"] as const;
const staff = ["root", "marie@rivemont.example"] as const;
/** In Paris, whole days of which no boundary is one of UTC. */
export const moment = (n: number): string => new Date(Date.UTC(2026, 9, 20, 7 * n, 17)).toISOString();

const coordinateOf = (name: string) => {
  const [dataset = "", field = ""] = name.split(".");
  return coordinate(dataset, field);
};

export const anyDraft: fc.Arbitrary<EntryDraft> = fc
  .record({
    application: fc.option(fc.constantFrom(...applications)),
    purpose: fc.constantFrom(...purposes),
    outcome: fc.constantFrom(...outcomes),
    basis: fc.constantFrom(...bases),
    key: fc.constantFrom(...keys),
    version: fc.constantFrom(...versions),
    read: fc.uniqueArray(fc.tuple(fc.constantFrom(...coordinates), fc.nat(9)), { selector: ([name]) => name }),
    refused: fc.uniqueArray(fc.constantFrom(...coordinates)),
    withheld: fc.uniqueArray(fc.constantFrom(...coordinates)),
    at: fc.nat(60),
    people: fc.uniqueArray(fc.constantFrom(...persons)),
    who: fc.constantFrom(...staff),
    rows: fc.nat(20),
    tenant: fc.constantFrom(rivemont, rivemont, valbourg),
  })
  .map((made) =>
    draft({
      tenant: made.tenant,
      at: moment(made.at),
      application: made.application as ApplicationName | null,
      purpose: made.purpose as PurposeName,
      agreement: made.application === null ? null : (`${made.application}/${made.purpose}` as AgreementRef),
      basis: made.basis,
      key: made.key as KeyId,
      policyVersion: made.version as PolicyVersionId,
      outcome: made.outcome,
      fields: made.read.map(([name, cells]) => ({ coordinate: coordinateOf(name), rule: "a.csv:1", mask: "-", cells })),
      refused: made.refused.map((name) => ({
        coordinate: coordinateOf(name),
        reason: "denied" as const,
        rule: null,
        use: "selection" as const,
      })),
      withheld: made.withheld.map((name) => ({ coordinate: coordinateOf(name), cells: 3 })),
      rows: made.rows === 0 ? [] : [{ dataset: "Resident", rows: made.rows }],
      staff: made.outcome === "staff" ? { who: made.who, command: "log", filters: { b: "2", a: "1" } } : null,
      personal: {
        subjects: made.people.map((person) => ({ scheme: "resident", token: token(person) })),
        operationName: null,
      },
    }),
  );

const someOf = <T>(values: readonly T[]): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 });
const period: fc.Arbitrary<LogPeriod> = fc.oneof(
  fc.nat(60).map((n) => ({ since: moment(n) })),
  fc.nat(60).map((n) => ({ until: moment(n) })),
  fc.tuple(fc.nat(60), fc.nat(30)).map(([from, long]) => ({ since: moment(from), until: moment(from + long) })),
);
const conditions = (not: boolean): fc.Arbitrary<LogCondition> =>
  fc.oneof(
    someOf(applications).map((anyOf) => ({ on: "app" as const, anyOf, not })),
    someOf(purposes).map((anyOf) => ({ on: "purpose" as const, anyOf, not })),
    someOf(["cantine-plus/school-meals", "nobody/none"]).map((anyOf) => ({ on: "agreement" as const, anyOf, not })),
    someOf(outcomes).map((anyOf) => ({ on: "outcome" as const, anyOf, not })),
    someOf(bases).map((anyOf) => ({ on: "basis" as const, anyOf, not })),
    someOf(keys).map((anyOf) => ({ on: "key" as const, anyOf, not })),
    someOf(["aaaaaa", versions[0], "bbbbbb0", "cccccc"]).map((anyOf) => ({ on: "policy" as const, anyOf, not })),
    someOf(["Resident", "CarPark"]).map((anyOf) => ({ on: "dataset" as const, anyOf, not })),
    fc
      .tuple(fc.constantFrom("field" as const, "read" as const, "refused" as const), someOf(coordinates))
      .map(([on, anyOf]) => ({ on, anyOf, not })),
    someOf(["p1", "p2", "p3,p4", "nobody"]).map((sought) => ({
      on: "person" as const,
      anyOf: sought.map((tokens) => ({ scheme: "resident", tokens: tokens.split(",").map(token) })),
      not,
    })),
    someOf([...staff, "*", "nobody"]).map((anyOf) => ({ on: "staff" as const, anyOf, not })),
    fc.array(period, { maxLength: 2 }).map((anyOf) => ({ on: "time" as const, anyOf, not })),
  );
export const anyConditions: fc.Arbitrary<LogCondition[]> = fc.array(fc.boolean().chain(conditions), { maxLength: 4 });

const named = (fields: readonly { readonly coordinate: string }[], name: string): boolean =>
  fields.some((field) => field.coordinate === name || field.coordinate.startsWith(`${name}.`));
const rowsOf = ({ rows }: EntryDraft): number => rows.reduce((total, each) => total + each.rows, 0);

function hasOne(entry: EntryDraft, condition: LogCondition): boolean {
  const leaves = (name: string): boolean =>
    named(entry.fields, name) || entry.rows.some(({ dataset, rows }) => rows > 0 && dataset === name);
  switch (condition.on) {
    case "time":
      return condition.anyOf.some(
        ({ since, until }) => (since === undefined || entry.at >= since) && (until === undefined || entry.at < until),
      );
    case "person":
      return condition.anyOf.some(({ tokens }) => entry.personal.subjects.some((each) => tokens.includes(each.token)));
    case "staff":
      return condition.anyOf.some((who) => (who === "*" ? entry.outcome === "staff" : entry.staff?.who === who));
    case "read":
      return condition.anyOf.some(leaves);
    case "refused":
      return condition.anyOf.some((name) => named(entry.refused, name));
    case "field":
    case "dataset":
      return condition.anyOf.some((name) => leaves(name) || named(entry.withheld, name) || named(entry.refused, name));
    case "policy":
      return condition.anyOf.some((beginning) => entry.policyVersion?.startsWith(beginning));
    default: {
      const { application: app, purpose, agreement, outcome, basis, key } = entry;
      const value: string | null = { app, purpose, agreement, outcome, basis, key }[condition.on];
      return condition.anyOf.some((one) => one === value);
    }
  }
}

export const holds = (entry: EntryDraft, all: readonly LogCondition[]): boolean =>
  all.every((condition) => hasOne(entry, condition) !== condition.not);

export const summaryOf = (entry: EntryDraft, index: number): AccessSummary => ({
  ...{ id: entry.id, index, at: entry.at, outcome: entry.outcome, status: entry.status },
  ...{ application: entry.application, purpose: entry.purpose, agreement: entry.agreement, basis: entry.basis },
  policyVersion: entry.policyVersion,
  fields: entry.fields.map((field) => field.coordinate),
  fieldCount: entry.fields.length,
  refusedCount: entry.refused.length,
  rows: rowsOf(entry),
  people: entry.personal.subjects.length,
  withheld: entry.withheld.length * 3,
  staff: entry.staff,
});

const wasRefused = (entry: EntryDraft): boolean => entry.outcome === "refused" || entry.refused.length > 0;
const add = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function hoursOf(entries: readonly EntryDraft[]): HourUse[] {
  const key = ({ at, application, agreement, outcome }: EntryDraft): string =>
    [`${at.slice(0, 13)}:00:00.000Z`, application ?? "", agreement ?? "", outcome].join("\n");
  return [...Map.groupBy(entries, key)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([which, all]) => {
      const [hour = "", application, agreement, outcome] = which.split("\n");
      return {
        hour,
        application: application === "" ? null : (application as ApplicationName),
        agreement: agreement === "" ? null : (agreement as AgreementRef),
        outcome: outcome as Outcome,
        entries: all.length,
        rows: add(all.map(rowsOf)),
        people: add(all.map(({ personal }) => personal.subjects.length)),
        refused: all.filter(wasRefused).length,
      };
    });
}

export function fieldUseOf(entries: readonly EntryDraft[]): FieldUseOf[] {
  const uses = entries.flatMap((entry) => {
    if (entry.agreement === null) return [];
    const { agreement, at } = entry;
    return [
      ...entry.fields.map((field) => ({
        agreement,
        at,
        coordinate: field.coordinate,
        cells: field.cells,
        used: true,
      })),
      ...entry.withheld
        .filter(({ coordinate: name }) => !entry.fields.some((field) => field.coordinate === name))
        .map((field) => ({ agreement, at, coordinate: field.coordinate, cells: 0, used: true })),
      ...entry.refused.map((field) => ({
        agreement,
        at,
        coordinate: field.coordinate,
        cells: 0,
        used: false,
      })),
    ];
  });
  return [...Map.groupBy(uses, (use) => `${use.agreement}\n${use.coordinate}`)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([which, all]) => {
      const [agreement = "", name = ""] = which.split("\n");
      const times = all.flatMap(({ used, at }) => (used ? [at] : [])).sort();
      return {
        agreement: agreement as AgreementRef,
        coordinate: name,
        entries: times.length,
        cells: add(all.map(({ cells }) => cells)),
        refused: all.filter(({ used }) => !used).length,
        firstUsed: times[0] ?? null,
        lastUsed: times.at(-1) ?? null,
      };
    });
}
