import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FaultyEntry, commitment, leafHash, prepareEntry } from "../../src/accesslog/entry-format.js";
import { boundedText } from "../../src/accesslog/index.js";
import type { EntryBody, EntryDraft, FieldRead, FieldRefused } from "../../src/accesslog/index.js";
import { withSalt } from "../../src/accesslog/salts.js";
import { coordinate } from "../../src/terms/index.js";
import { draft, token } from "./drafts.js";

const salt = Buffer.alloc(32, 7);
const bodyOf = (from: EntryDraft): EntryBody => JSON.parse(prepareEntry(from, salt).body) as EntryBody;

const fields = (count: number): FieldRead[] =>
  Array.from({ length: count }, (_, n) => ({
    coordinate: coordinate("Resident", `field${n}`),
    rule: `policies/rivemont/canteen.csv:${n}`,
    mask: "-",
    cells: n,
  }));
const refused = (count: number): FieldRefused[] =>
  Array.from({ length: count }, (_, n) => ({
    coordinate: coordinate("Resident", `refused${"x".repeat(200)}${n}`),
    reason: "denied",
    rule: "policies/rivemont/canteen.csv:9",
    use: "selection",
  }));

describe("the leaf", { timeout: 60_000 }, () => {
  test("hashes as RFC 6962 leaves do", () => {
    expect(leafHash("").toString("hex")).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    expect(leafHash("L123456").toString("hex")).toBe(
      "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56",
    );
  });

  test("every salt is new, and stays nowhere once it is used", () => {
    const seen = new Set<string>();
    for (let n = 0; n < 1_000; n++) {
      const kept = withSalt((made) => {
        seen.add(made.toString("hex"));
        return made;
      });
      expect(kept.every((byte) => byte === 0)).toBe(true);
    }
    expect(seen.size).toBe(1_000);
    expect([...seen].every((hex) => hex.length === 64)).toBe(true);
  });

  test("the same draft has the same bytes under the same salt: a retry is idempotent", () => {
    const one = draft({ personal: { subjects: [{ scheme: "resident", token: token("b") }], operationName: "A" } });
    const [first, second] = [prepareEntry(one, randomBytes(32)), prepareEntry(one, randomBytes(32))];
    expect(second.hash).not.toEqual(first.hash);
    expect(second.hashWith(first.salt)).toEqual(first.hash);
    expect(prepareEntry({ ...one, status: 500 }, salt).hashWith(first.salt)).not.toEqual(first.hash);
  });
});

describe("law 11: the body holds no personal value", { timeout: 60_000 }, () => {
  test("tokens, the operation's name and who of the staff reads are in the personal part, committed to with a salt", () => {
    const entry = prepareEntry(
      draft({
        outcome: "staff",
        staff: { who: "MARKER-staff", command: "log", filters: { app: "cantine-plus" } },
        personal: {
          subjects: [
            { scheme: "resident", token: token("MARKER-b") },
            { scheme: "resident", token: token("MARKER-a") },
            { scheme: "resident", token: token("MARKER-b") },
          ],
          operationName: "MARKER-name\u0000\u001b[31m",
          traceparent: "MARKER-trace",
        },
      }),
      salt,
    );
    expect(entry.body).not.toContain("MARKER");
    const body = JSON.parse(entry.body) as EntryBody;
    expect(body.subjects).toBe(2);
    expect(body.staff).toEqual({ command: "log", filters: { app: "cantine-plus" } });
    expect(JSON.parse(entry.personal)).toEqual({
      v: 1,
      operationName: "MARKER-name\\u0000\\u001b[31m",
      staff: "MARKER-staff",
      traceparent: "MARKER-trace",
      subjects: { resident: ["MARKER-a", "MARKER-b"] },
    });
    expect(body.personal).toBe(createHash("sha256").update(salt).update(entry.personal).digest("hex"));
    expect(commitment(randomBytes(32), entry.personal)).not.toBe(body.personal);
  });
});

describe("law 13: an entry is bounded", { timeout: 60_000 }, () => {
  test("what was refused is cut, and said to be cut", () => {
    const body = bodyOf(draft({ refused: refused(900) }));
    expect(body.truncated.refused).toBe(900 - body.refused.length);
    expect(body.refused.length).toBeGreaterThan(50);
    expect(bodyOf(draft({ refused: refused(3) })).truncated).toEqual({});
  });

  test("what left is never cut, however much was refused beside it", () => {
    const entry = prepareEntry(draft({ fields: fields(500), refused: refused(256) }), salt);
    expect(Buffer.byteLength(entry.body)).toBeLessThanOrEqual(65_535);
    const body = JSON.parse(entry.body) as EntryBody;
    expect(body.fields).toHaveLength(500);
    expect(body.refused.length + (body.truncated.refused ?? 0)).toBe(256);
  });

  test("what left and does not fit is a faulty entry: it is not answered rather than half recorded", () => {
    expect(() => prepareEntry(draft({ fields: fields(2000) }), salt)).toThrow(FaultyEntry);
    const subjects = Array.from({ length: 100_000 }, (_, n) => ({
      scheme: "resident",
      token: token(`${n}`.padEnd(50)),
    }));
    expect(() => prepareEntry(draft({ personal: { subjects, operationName: null } }), salt)).toThrow(FaultyEntry);
  });

  test("an id, a time or a hash of another form is a faulty entry", () => {
    const faults: Partial<EntryDraft>[] = [{ id: "x" }, { at: "2026-11-22" }, { at: "2026-13-22T00:00:00.000Z" }];
    for (const at of ["2026-02-31T00:00:00.000Z", "2026-11-22T24:00:00.000Z", "+012026-11-22T00:00:00.000Z"])
      faults.push({ at });
    faults.push({ operation: { hash: "x", text: "{ a }" } }, { durationMs: NaN }, { status: Infinity });
    for (const fault of faults) expect(() => prepareEntry(draft(fault), salt)).toThrow(FaultyEntry);
  });

  test("any text is bounded, well formed and without characters that act on a terminal", () => {
    const wild = fc
      .array(fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)))
      .map((a) => a.join(""));
    fc.assert(
      fc.property(fc.oneof(wild, fc.string({ unit: "binary" })), fc.integer({ min: 1, max: 60 }), (text, limit) => {
        const kept = boundedText(text, limit);
        expect(kept.length).toBeLessThanOrEqual(limit);
        expect(kept.isWellFormed()).toBe(true);
        expect(kept).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
        expect(boundedText(kept, limit)).toBe(kept);
      }),
    );
    expect(boundedText("élève 😀 d’accord", 200)).toBe("élève 😀 d’accord");
    expect(boundedText("x".repeat(1_000_000), 200)).toBe(`${"x".repeat(199)}…`);
  });
});
