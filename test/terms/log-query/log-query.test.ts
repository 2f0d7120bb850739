import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  completedLogQuery,
  logCompletionAt,
  logFilterOf,
  logKeys,
  logOutcomes,
  offeredLogKeys,
  readLogQuery,
  recordedLogQuery,
  withHandles,
  withLogTerm,
  withLogValues,
  withoutLogTerm,
  writeLogQuery,
  type LogKey,
  type LogTerm,
  type SubjectToken,
} from "../../../src/terms/index.js";

const termsOf = (line: string): LogTerm[] =>
  readLogQuery(line).terms.map(({ key, values, negated }) => ({ key, values, negated }));
/** What is underlined, and the English sentence. */
const faultsOf = (line: string): [string, string][] =>
  readLogQuery(line).faults.map(({ from, to, sentence }) => [line.slice(from, to), sentence.en]);

describe("a search line", () => {
  it("is read as terms with their places", () => {
    const line = "app:cantine-plus  field:Resident.email after:2026-11-01 -outcome:answered,partial";
    const read = readLogQuery(line);
    expect(read.faults).toEqual([]);
    expect(read.terms.map(({ from, to }) => line.slice(from, to))).toEqual(line.split(/ +/));
    expect(termsOf(line)).toEqual([
      { key: "app", values: ["cantine-plus"], negated: false },
      { key: "field", values: ["Resident.email"], negated: false },
      { key: "after", values: ["2026-11-01"], negated: false },
      { key: "outcome", values: ["answered", "partial"], negated: true },
    ]);
  });

  it("takes quotes, escapes in them, and keys in capitals", () => {
    expect(termsOf(`APP:"cantine-plus" person:resident:"AB \\"1\\", 2",resident:7`)).toEqual([
      { key: "app", values: ["cantine-plus"], negated: false },
      { key: "person", values: ['resident:AB "1", 2', "resident:7"], negated: false },
    ]);
  });

  it("may be empty: everything is meant", () => {
    for (const line of ["", "   ", "\t\n"]) expect(readLogQuery(line)).toEqual({ terms: [], faults: [] });
  });

  it("underlines what is wrong and says what to write", () => {
    expect(faultsOf("application:x")).toEqual([["application", expect.stringContaining('Did you mean "app"?')]]);
    expect(faultsOf("champ:Resident.email")).toEqual([["champ", expect.stringContaining('"field"')]]);
    expect(faultsOf("fild:Resident.email")).toEqual([["fild", expect.stringContaining('"field"')]]);
    expect(faultsOf("app:a cantine")).toEqual([["cantine", expect.stringContaining("key:value")]]);
    expect(faultsOf("app: purpose:x")).toEqual([["app:", expect.stringContaining("missing")]]);
    expect(faultsOf("app:a,,b")).toEqual([[",", expect.stringContaining("missing")]]);
    expect(faultsOf("outcome:ansered")).toEqual([["ansered", expect.stringContaining('Did you mean "answered"?')]]);
    expect(faultsOf("app:a,Ä;DROP")).toEqual([["Ä;DROP", expect.stringContaining("cantine-plus")]]);
    expect(faultsOf("field:Resident")).toEqual([["Resident", expect.stringContaining("Resident.email")]]);
    expect(faultsOf("after:2026-02-30")).toEqual([["2026-02-30", expect.stringContaining("2026-11-01T08:30")]]);
    expect(faultsOf("after:1d,2d")).toEqual([["2d", expect.stringContaining("one value")]]);
    expect(faultsOf("-before:2026-01-01")).toEqual([["-before", expect.stringContaining("after:")]]);
    expect(faultsOf("on:2h")).toEqual([["2h", expect.stringContaining("a day")]]);
    expect(faultsOf('app:a "b c')).toEqual([['"b c', expect.stringContaining("not closed")]]);
    expect(faultsOf("after:2026-03-01 before:2026-03-01")).toEqual([
      ["before:2026-03-01", expect.stringContaining("nothing between")],
    ]);
    expect(faultsOf("x".repeat(2001))).toEqual([["x", expect.stringContaining("2000")]]);
    expect(faultsOf("app:a ".repeat(51))).toHaveLength(1);
    expect(faultsOf(`field:${Array.from({ length: 51 }, (_, n) => `A.f${n}`).join(",")}`)).toHaveLength(1);
  });

  it("says that two values of one thing find nothing, and lets lists meet", () => {
    expect(faultsOf("app:a app:b")).toEqual([["app:b", expect.stringContaining("app:a,b")]]);
    expect(faultsOf("app:a,b app:b,c")).toEqual([]);
    expect(faultsOf("app:a -app:a")).toEqual([]);
    expect(faultsOf("field:A.a field:A.b dataset:A dataset:B person:r:1 person:r:2")).toEqual([]);
    expect(faultsOf("staff:* staff:root policy:abcdef policy:abcdef01")).toEqual([]);
  });

  it("repeats no person's key where it complains", () => {
    for (const line of ["person:resident", "person:resident:", "person:Martin", "person:1/2"]) {
      const [fault] = readLogQuery(line).faults;
      expect(fault?.sentence.fr).not.toContain("Martin");
      expect(fault?.sentence.en).toContain("person:resident:123");
    }
  });
});

const printable = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const typeName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const day = fc
  .integer({ min: 0, max: 20_000 })
  .map((n) => new Date(Date.UTC(2000, 0, 1) + n * 86_400_000).toISOString().slice(0, 10));
const list = (value: fc.Arbitrary<string>): fc.Arbitrary<string[]> => fc.array(value, { minLength: 1, maxLength: 3 });
const one = (value: fc.Arbitrary<string>): fc.Arbitrary<string[]> => value.map((only) => [only]);
const ago = fc.tuple(fc.nat(999), fc.constantFrom("m", "h", "d", "w")).map(([n, unit]) => `${n}${unit}`);
const values: Record<LogKey, fc.Arbitrary<string[]>> = {
  app: list(name),
  purpose: list(name),
  basis: list(name),
  agreement: list(fc.tuple(name, name).map((parts) => parts.join("/"))),
  dataset: list(typeName),
  field: list(fc.tuple(typeName, typeName).map((parts) => parts.join("."))),
  person: list(
    fc.oneof(
      fc.tuple(name, printable).map((parts) => parts.join(":")),
      fc.tuple(name, fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/)).map((parts) => parts.join("~")),
    ),
  ),
  outcome: list(fc.constantFrom(...logOutcomes)),
  after: one(fc.oneof(day, ago)),
  before: one(fc.oneof(day, ago)),
  on: list(day),
  key: list(fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/)),
  policy: list(fc.stringMatching(/^[0-9a-f]{6,64}$/)),
  staff: list(fc.constantFrom("*", "root", "marie@rivemont.example")),
};
const anyTerm: fc.Arbitrary<LogTerm> = fc.constantFrom(...logKeys).chain((key) =>
  fc.record({
    key: fc.constant(key),
    values: values[key],
    negated: key === "after" || key === "before" ? fc.constant(false) : fc.boolean(),
  }),
);
const anyTerms = fc.array(anyTerm, { maxLength: 8 });
const contradicts = /together find nothing|nothing between/;

describe("a line that is written", () => {
  it("is read back as the same terms, whatever stands in them", () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const read = readLogQuery(writeLogQuery(terms));
        expect(read.faults.filter(({ sentence }) => !contradicts.test(sentence.en))).toEqual([]);
        expect(read.terms.map(({ key, values, negated }) => ({ key, values, negated }))).toEqual(terms);
      }),
    );
  });

  it("is the same when it is read and written again, for any line", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "grapheme" }), anyTerms.map(writeLogQuery)), (line) => {
        const canonical = writeLogQuery(readLogQuery(line).terms);
        expect(writeLogQuery(readLogQuery(canonical).terms)).toBe(canonical);
      }),
    );
  });

  it("has faults inside the line only, and one for each word that is no term", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (line) => {
        for (const { from, to } of readLogQuery(line).faults) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(line.length);
        }
        const { terms, faults } = readLogQuery(line);
        expect(terms.length + faults.length > 0).toBe(line.trim() !== "");
      }),
    );
  });

  it("is changed term by term", () => {
    const terms = termsOf("app:a -app:b field:R.x app:c");
    expect(writeLogQuery(withLogTerm(terms, { key: "on", values: ["2026-11-01"], negated: false }))).toBe(
      "app:a -app:b field:R.x app:c on:2026-11-01",
    );
    expect(withLogTerm(terms, { key: "app", values: ["a"], negated: false })).toEqual(terms);
    expect(writeLogQuery(withoutLogTerm(terms, { key: "app", values: ["b"], negated: true }))).toBe(
      "app:a field:R.x app:c",
    );
    expect(writeLogQuery(withLogValues(terms, "app", ["d", "e"]))).toBe("app:d,e -app:b field:R.x");
    expect(writeLogQuery(withLogValues(terms, "app", []))).toBe("-app:b field:R.x");
    expect(writeLogQuery(withLogValues(terms, "purpose", ["p"], true))).toBe("app:a -app:b field:R.x app:c -purpose:p");
  });
});

describe("people in a line", () => {
  it("become handles, and are not in what the record keeps", () => {
    const terms = termsOf("person:resident:123,child:4 app:a -staff:marie@rivemont.example staff:*");
    const handled = withHandles(terms, ({ scheme, key }) => ({ scheme, token: `T${key}` }));
    expect(writeLogQuery(handled)).toBe("person:resident~T123,child~T4 app:a -staff:marie@rivemont.example staff:*");
    expect(withHandles(handled, () => ({ scheme: "x", token: "y" }))).toEqual(handled);
    const kept = { query: "person:resident~…,child~… app:a -staff:… staff:*" };
    expect(recordedLogQuery(handled)).toEqual(kept);
    // Law 11, also where somebody forgot to make handles of them.
    expect(recordedLogQuery(terms)).toEqual(kept);
  });

  it("the record keeps a long line whole, in pieces that fit", () => {
    const fields = Array.from({ length: 40 }, (_, n) => `Resident.${"f".repeat(20)}${n}`);
    const kept = recordedLogQuery([{ key: "field", values: fields, negated: false }, ...termsOf("app:a")]);
    expect(Object.keys(kept).slice(0, 2)).toEqual(["query", "query 2"]);
    expect(Math.max(...Object.values(kept).map((piece) => piece.length))).toBeLessThanOrEqual(300);
    for (const field of fields) expect(Object.values(kept).join(" ")).toMatch(new RegExp(`${field}\\b`));
  });
});

describe("what is being typed", () => {
  const at = (marked: string): ReturnType<typeof logCompletionAt> =>
    logCompletionAt(marked.replace("|", ""), marked.indexOf("|"));
  const chosen = (marked: string, choice: string): string => {
    const [line, completion] = [marked.replace("|", ""), at(marked)];
    if (completion === null) return "nothing";
    const done = completedLogQuery(line, completion, choice);
    return `${done.line.slice(0, done.cursor)}|${done.line.slice(done.cursor)}`;
  };

  it("is a key or a value", () => {
    expect(at("|")).toMatchObject({ kind: "key", prefix: "" });
    expect(at("app:a |")).toMatchObject({ kind: "key", prefix: "", from: 6, to: 6 });
    expect(at("app:a -fi|")).toMatchObject({ kind: "key", prefix: "fi", negated: true });
    expect(at("app:can|")).toMatchObject({ kind: "value", key: "app", prefix: "can", chosen: [] });
    expect(at("app:a,can|t,b")).toMatchObject({ kind: "value", prefix: "can", chosen: ["a", "b"] });
    expect(at('app:"can|')).toMatchObject({ kind: "value", prefix: "can" });
    expect(at("foo:x|")).toBeNull();
  });

  it("becomes the choice, with the rest of the line kept", () => {
    expect(chosen("|", "app")).toBe("app:|");
    expect(chosen("app:a -fi|", "field")).toBe("app:a -field:|");
    expect(chosen("ap|p:x on:1", "agreement")).toBe("agreement:|x on:1");
    expect(chosen("app:can|", "cantine-plus")).toBe("app:cantine-plus |");
    expect(chosen("app:a,can|t,b field:x", "cantine-plus")).toBe("app:a,cantine-plus|,b field:x");
    expect(chosen("staff:|", "a b")).toBe('staff:"a b" |');
  });

  it("is offered keys with their words", () => {
    expect(offeredLogKeys("a").map(({ key }) => key)).toEqual(["app", "agreement", "after"]);
    expect(offeredLogKeys("")).toHaveLength(logKeys.length);
    for (const { key, example } of offeredLogKeys("")) expect(faultsOf(`${key}:${example}`)).toEqual([]);
  });
});

describe("what a line means", () => {
  it("is conditions on entries, days in the town's time, people by all of their tokens", () => {
    const filter = logFilterOf(
      termsOf("app:a,b -field:R.x after:2d on:2026-11-01 before:2026-07-14 person:resident:1,resident~T -staff:root,*"),
      {
        now: new Date("2026-11-23T12:00:00Z"),
        timeZone: "Europe/Paris",
        person: (sought) => ({
          scheme: sought.scheme,
          tokens: ["key" in sought ? `key ${sought.key}` : `token ${sought.token}`] as SubjectToken[],
        }),
      },
    );
    expect(filter).toEqual({
      conditions: [
        { on: "app", anyOf: ["a", "b"], not: false },
        { on: "field", anyOf: ["R.x"], not: true },
        { on: "time", anyOf: [{ since: "2026-11-21T12:00:00.000Z" }], not: false },
        { on: "time", anyOf: [{ since: "2026-10-31T23:00:00.000Z", until: "2026-11-01T23:00:00.000Z" }], not: false },
        { on: "time", anyOf: [{ until: "2026-07-13T22:00:00.000Z" }], not: false },
        {
          on: "person",
          anyOf: [
            { scheme: "resident", tokens: ["key 1"] },
            { scheme: "resident", tokens: ["token T"] },
          ],
          not: false,
        },
        { on: "staff", anyOf: ["*"], not: true },
      ],
    });
  });
});
