import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonBytes } from "../../src/gateway/json-bytes.js";
import { answerBody, WrittenData } from "../../src/gateway/written-data.js";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 260 }),
  fc.string({ unit: "grapheme", maxLength: 260 }),
  // Halves of pairs, alone and together.
  fc.array(fc.integer({ min: 0xd7fe, max: 0xe001 }), { maxLength: 6 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.integer({ min: 0, max: 0x100 }), { maxLength: 6 }).map((units) => String.fromCharCode(...units)),
);
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(0, -0, -(2 ** 31), 2 ** 31, 2 ** 31 - 1, 9, 10, 99, 100, 1e21, 1e-7),
);

const written = (write: (json: JsonBytes) => void): string => {
  const json = new JsonBytes();
  write(json);
  return json.take().toString("utf8");
};

describe("JSON written as bytes", () => {
  it("is what JSON.stringify writes, for every text and number", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(written((json) => json.string(value))).toBe(JSON.stringify(value));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(number, (value) => {
        expect(written((json) => json.number(value))).toBe(JSON.stringify(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it("grows with what is written, and what one answer held is in no other (law 12)", () => {
    const json = new JsonBytes();
    fc.assert(
      fc.property(fc.array(text, { maxLength: 40 }), fc.integer({ min: 1, max: 200 }), (values, times) => {
        json.byte(0x5b);
        const all = Array.from({ length: times }, () => values).flat();
        all.forEach((value, i) => {
          if (i > 0) json.byte(0x2c);
          json.string(value);
        });
        json.byte(0x5d);
        const taken = json.take();
        json.clear();
        json.string("of the next");
        json.clear();
        expect(taken.toString("utf8")).toBe(JSON.stringify(all));
      }),
      { numRuns: 60 },
    );
  });

  it("keeps nothing behind what it has cleared", () => {
    const json = new JsonBytes();
    json.string("Alice");
    json.clear();
    json.quoted(new DataView(Uint8Array.from(Buffer.from("abcdefgh")).buffer), 4, 6);
    expect(json.take().toString("utf8")).toBe('"ef"');
  });
});

describe("an answer's body", () => {
  const errors = [{ message: "é" }];
  const extensions = { access: { entry: "e" } };
  const bodyOf = (result: object): string => String(answerBody(result));

  const writtenData = (text: string): WrittenData => {
    const json = new JsonBytes();
    json.text(text);
    return WrittenData.of(json);
  };

  // Short ones travel as a text, long ones as bytes.
  it.each([1, 3_000])("is the same for finished data as for any (%i values)", (count) => {
    const data = { a: Array.from({ length: count }, () => "é") };
    const finished = writtenData(JSON.stringify(data));
    for (const rest of [{ errors, extensions }, { extensions }, { errors }, {}]) {
      const ordered = `${JSON.stringify({ errors: rest.errors, data, extensions: rest.extensions })}\n`;
      expect(bodyOf({ ...rest, data: finished })).toBe(ordered);
      // What does not fit behind the data.
      const more = { ...extensions, withheld: "é".repeat(1_000) };
      expect(bodyOf({ data: finished, extensions: more })).toBe(`${JSON.stringify({ data, extensions: more })}\n`);
      expect(bodyOf({ ...rest, data })).toBe(ordered);
    }
    expect(JSON.stringify(finished)).toBe(JSON.stringify(data));
  });

  it("without data has none", () => {
    expect(bodyOf({ errors })).toBe(`${JSON.stringify({ errors })}\n`);
  });
});
