// That PostgreSQL understands it is shown by `append.services.test.ts`; here, that it says no more and no less.
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appendQuery, messageOf } from "../../src/accesslog/append-message.js";

/** Letter and body of each message, by the lengths that they tell. */
function messagesIn(bytes: Buffer): { readonly letter: string; readonly body: Buffer }[] {
  const all = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    expect(end).toBeLessThanOrEqual(bytes.length);
    all.push({ letter: bytes.toString("latin1", at, at + 1), body: bytes.subarray(at + 5, end) });
    at = end;
  }
  return all;
}

/** Of a Bind, as the protocol has it. */
function boundIn(body: Buffer): { readonly name: string; readonly formats: number[]; readonly values: Buffer[] } {
  const start = body.indexOf(0) + 1;
  const stop = body.indexOf(0, start);
  let at = stop + 1;
  const int16 = (): number => body.readInt16BE((at += 2) - 2);
  const formats = Array.from({ length: int16() }, int16);
  const values = Array.from({ length: int16() }, () => {
    const from = at + 4;
    return body.subarray(from, (at = from + body.readInt32BE(at)));
  });
  expect(int16()).toBe(0);
  expect(at).toBe(body.length);
  return { name: body.toString("utf8", start, stop), formats, values };
}

const columnOf = (bytes: Uint8Array) => ({
  length: bytes.length,
  write: (to: Buffer, at: number) => (to.set(bytes, at), at + bytes.length),
});

describe("a batch's message", () => {
  it("has each parameter whole, whatever it holds, and nothing behind its end", () => {
    const word = fc.string({ unit: "binary" }).filter((text) => !text.includes("\0") && text.isWellFormed());
    const column = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(word, word, fc.boolean(), fc.array(word), fc.array(column), (name, text, known, texts, columns) => {
        const bytes = messageOf({ name, text }, known, { texts, columns: columns.map(columnOf) });
        const [first, ...others] = messagesIn(bytes).slice(known ? 0 : 1);
        if (!known) {
          const [parse] = messagesIn(bytes);
          expect(parse).toEqual({ letter: "P", body: Buffer.from(`${name}\0${text}\0\0\0`) });
        }
        expect(first?.letter).toBe("B");
        const bound = boundIn(first?.body ?? Buffer.alloc(0));
        expect(bound.name).toBe(name);
        expect(bound.formats).toEqual([...texts.map(() => 0), ...columns.map(() => 1)]);
        expect(bound.values).toEqual([
          ...texts.map((each) => Buffer.from(each)),
          ...columns.map((each) => Buffer.from(each)),
        ]);
        expect(others.map(({ letter, body }) => letter + body.toString("latin1"))).toEqual([
          "DP\0",
          "E\0\0\0\0\0",
          "S",
        ]);
      }),
    );
  });
});

describe("a batch's query", () => {
  it("is not kept in V8's old heap, nor what it was made of", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as (options?: { readonly type: "minor" }) => void;
    const old = (): number =>
      getHeapSpaceStatistics().find(({ space_name: name }) => name === "old_space")?.space_used_size ?? 0;
    const connection = { parsedStatements: {}, stream: { write: () => true } };
    const [batches, cells] = [500, 1_000];
    collect();
    const before = old();
    for (let batch = 1; batch <= batches; batch++) {
      const held = new Array<number>(cells).fill(batch + 0.5);
      const column = { length: 4, write: (to: Buffer, at: number) => to.writeInt32BE(held.length, at) };
      const { query } = appendQuery({ name: "a", text: "b" }, { texts: [], columns: [column] });
      query.submit(connection as never);
      if (batch % 50 === 0) collect({ type: "minor" });
    }
    // All of it would be 4 MB.
    expect(old() - before).toBeLessThan((batches * cells * 8) / 4);
  });
});
