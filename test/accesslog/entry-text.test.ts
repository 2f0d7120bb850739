// Law 5 and law 11 stand on an entry's bytes: its own writer says what a general library says, to the byte, whatever texts
// and numbers it is given, or refuses what the library refuses.
import fc from "fast-check";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { distinctSorted } from "../../src/accesslog/distinct-sorted.js";
import { FaultyEntry, prepareEntry } from "../../src/accesslog/entry-format.js";
import type { EntryBody, EntryDraft } from "../../src/accesslog/index.js";
import { draft } from "./drafts.js";
import { canonicalBody, canonicalPersonal } from "./entry-oracle.js";

const salt = Buffer.alloc(32, 9);

const hostile = fc.constantFrom(
  ...["", '"', "\\", "\\ud800", '\\"', "\u0000", "\u001f", "\u007f", "\u009b", "\u2028", "\u202e", "\ufeff", "é", "😀"],
  ...["__proto__", "constructor", "toJSON", "1", "10", "2", "\ud800", "\udc00x", "x\ud83d", "a\nb", "</script>"],
);
const long = fc.tuple(fc.constantFrom("x", "é", "😀", '"', "\u0001"), fc.integer({ min: 250, max: 320 }));
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 2, arbitrary: hostile },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: long.map(([unit, times]) => unit.repeat(times)) },
);
const number = fc.oneof(
  fc.integer({ min: 0, max: 100_000 }),
  fc.constantFrom(-0, 0.1, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, 2 ** 60),
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
);
const finite = fc.oneof({ weight: 9, arbitrary: fc.nat(9_999) }, { weight: 1, arbitrary: number });
const list = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.array(item, { maxLength: 4 }) },
    // Beyond 256 items, and beyond 65,535 bytes.
    {
      weight: 1,
      arbitrary: fc.tuple(item, fc.integer({ min: 250, max: 600 })).map(([one, n]) => Array(n).fill(one) as T[]),
    },
  );
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 4 });

const subject = fc.record({ scheme: fc.oneof(fc.constant("resident"), text), token: text });
const anyDraft = fc.record({
  ...{ durationMs: finite, outcome: text, status: finite, tenant: fc.string({ minLength: 1, maxLength: 20 }) },
  ...{ application: orNull(text), purpose: orNull(text), agreement: orNull(text), agreementVersion: orNull(finite) },
  ...{ basis: orNull(text), key: orNull(text), policyVersion: orNull(text) },
  operation: orNull(fc.record({ hash: fc.constant("cd".repeat(32)), text })),
  fields: fc.array(fc.record({ coordinate: text, rule: text, mask: text, cells: finite }), { maxLength: 6 }),
  refused: list(fc.record({ coordinate: text, reason: text, rule: orNull(text), use: text })),
  withheld: list(fc.record({ coordinate: text, cells: finite })),
  rows: fc.array(fc.record({ dataset: text, rows: finite }), { maxLength: 3 }),
  errors: list(text),
  sources: list(fc.record({ source: text, reason: text })),
  staff: orNull(fc.record({ who: text, command: text, filters: fc.dictionary(text, text, { maxKeys: 6 }) })),
  personal: fc.record({
    subjects: fc.array(subject, { maxLength: 8 }),
    endUser: fc.oneof(fc.constant(undefined), orNull(subject)),
    operationName: orNull(text),
    traceparent: fc.oneof(fc.constant(undefined), orNull(text)),
  }),
});

const orFault = (work: () => string): string => {
  try {
    return work();
  } catch (error) {
    expect(error instanceof TypeError || error instanceof FaultyEntry).toBe(true);
    return "faulty";
  }
};

describe("an entry's own writer", { timeout: 60_000 }, () => {
  test("says what a general library says of it, to the byte", () => {
    let faulty = 0;
    fc.assert(
      fc.property(anyDraft, (changes) => {
        const given = draft(changes as unknown as Partial<EntryDraft>);
        const ours = orFault(() => {
          const { personal, body } = prepareEntry(given, salt);
          return `${personal}\n${body}`;
        });
        const theirs = orFault(() => {
          const personal = canonicalPersonal(given);
          return `${personal}\n${canonicalBody(given, createHash("sha256").update(salt).update(personal).digest("hex"))}`;
        });
        if (theirs === "faulty") faulty++;
        expect(ours).toBe(theirs);
      }),
      { numRuns: 400 },
    );
    expect(faulty).toBeGreaterThan(10);
    expect(faulty).toBeLessThan(360);
  });

  test("says the same of a text when it has met thousands of others since", () => {
    const sayings = new Set<string>();
    for (let n = 0; n < 6_000; n++) {
      const given = draft({ errors: [n % 500 === 0 ? "A_CODE \u202e" : `Resident.field${n}`] });
      const { errors } = JSON.parse(prepareEntry(given, salt).body) as EntryBody;
      if (n % 500 === 0) sayings.add(errors.join());
      else expect(errors).toEqual(given.errors);
    }
    expect([...sayings]).toEqual(["A_CODE \\u202e"]);
  });
});

describe("people of an entry", { timeout: 60_000 }, () => {
  test("stand once each, in the order of their tokens' units, however many they are", () => {
    const token = fc.oneof(
      fc.string({ minLength: 0, maxLength: 8, unit: fc.constantFrom("a", "b", "_", "0", "\u0000", "\u007f") }),
      { weight: 9, arbitrary: fc.uuid() },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
    );
    const head = fc.constantFrom("", "AAE", "AAEAAEAAEAAE", "é");
    const many = fc
      .tuple(head, fc.array(token, { maxLength: 300 }))
      .map(([start, all]) => all.map((one) => start + one));
    fc.assert(
      fc.property(many, (tokens) => {
        expect(distinctSorted(tokens)).toEqual([...new Set(tokens)].sort());
      }),
      { numRuns: 300 },
    );
    const random = Array.from({ length: 20_000 }, (_, n) =>
      createHash("sha256")
        .update(`${n % 15_000}`)
        .digest("base64url"),
    );
    expect(distinctSorted(random)).toEqual([...new Set(random)].sort());
  });
});
