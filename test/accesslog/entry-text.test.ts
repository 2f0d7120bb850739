// Law 5 and law 11 stand on an entry's bytes: its own writer says what a general library says, to the byte, whatever texts
// and numbers it is given, or refuses what the library refuses.
import fc from "fast-check";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { FaultyEntry, prepareEntry } from "../../src/accesslog/entry-format.js";
import type { EntryBody, EntryDraft } from "../../src/accesslog/index.js";
import { SortedTokens } from "../../src/accesslog/sorted-tokens.js";
import { SealedTexts } from "../../src/identity/sealer.js";
import { draft } from "./drafts.js";
import { canonicalBody, canonicalPersonal } from "./entry-oracle.js";

const salt = Buffer.alloc(32, 9);
const otherSalt = Buffer.alloc(32, 7);

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

/** As a sealer lays them: each begins at a multiple of four, whatever stands between. */
function sealedTokens(tokens: readonly string[]): SealedTexts {
  const ends = new Uint32Array(tokens.length);
  let all = "";
  for (const [at, token] of tokens.entries()) {
    all += "#".repeat(-all.length & 3) + token;
    ends[at] = all.length;
  }
  return new SealedTexts(all, ends);
}

const base64url = fc.string({ unit: fc.constantFrom(..."abzAZ09-_"), maxLength: 10 });
const sealed = fc
  .tuple(fc.constantFrom("", "AAE", "AAEAAEAAEAAE"), fc.array(base64url, { maxLength: 60 }))
  .map(([head, tokens]) => sealedTokens(tokens.map((token) => head + token)));
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
    sealed: fc.oneof(
      fc.constant(undefined),
      fc.array(fc.record({ scheme: fc.oneof(fc.constant("resident"), text), tokens: sealed }), { maxLength: 3 }),
    ),
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
          const made = prepareEntry(given, salt);
          // How a second append of a draft knows its first.
          expect(made.hashWith(otherSalt)).toEqual(prepareEntry(given, otherSalt).hash);
          const { personal, body } = made;
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
  const written = (tokens: readonly string[]): { text: string; count: number } => {
    const sorted = new SortedTokens(sealedTokens(tokens));
    const into = Buffer.alloc(sorted.bytes + 2, "!");
    // Nothing is written before or behind: the personal part goes on there.
    expect(sorted.write(into, 1)).toBe(1 + sorted.bytes);
    const text = into.toString("latin1");
    expect([text.at(0), text.at(-1)]).toEqual(["!", "!"]);
    return { text: text.slice(1, -1), count: sorted.count };
  };
  const expected = (tokens: readonly string[]): { text: string; count: number } => {
    const once = [...new Set(tokens)].sort();
    return { text: JSON.stringify(once), count: once.length };
  };

  test("stand once each, in the order of their tokens' units, however many they are", () => {
    const many = fc
      .tuple(fc.constantFrom("", "AAE", "AAEAAEAAEAAE"), fc.array(base64url, { maxLength: 300 }))
      .map(([head, all]) => all.map((one) => head + one));
    fc.assert(
      fc.property(many, (tokens) => {
        expect(written(tokens)).toEqual(expected(tokens));
      }),
      { numRuns: 300 },
    );
    const random = (count: number): string[] =>
      Array.from({ length: count }, (_, n) =>
        createHash("sha256")
          .update(`${n % 15_000}`)
          .digest("base64url"),
      );
    expect(written(random(20_000))).toEqual(expected(random(20_000)));
    // More than what is sorted by numbers.
    expect(written(random(140_000))).toEqual(expected(random(140_000)));
  });
});
