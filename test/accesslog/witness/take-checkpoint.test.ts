// What a witness may sign (C2SP tlog-witness), as a function. Law: never two histories of one log.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeCheckpoint, readAddCheckpoint } from "../../../src/accesslog/index.js";
import type { Checkpoint } from "../../../src/accesslog/merkle/checkpoint.js";
import { signNote } from "../../../src/accesslog/merkle/signed-note.js";
import { addCheckpointBody } from "../../../src/accesslog/witness/ask-witness.js";
import { logKey, MadeLog } from "./made-log.js";

const key = logKey();
const log = new MadeLog(key);
const other = new MadeLog(key, "two", 4);

const seen = async (size: number, of = log): Promise<Checkpoint> => ({
  origin: key.name,
  size,
  root: await of.root(size),
});
const judge = (body: string, last: Checkpoint | null, keys = [key]) => {
  const asked = readAddCheckpoint(body);
  return asked === null ? null : judgeCheckpoint(asked, keys, last);
};

describe("a checkpoint that is brought", () => {
  it("is signed when it is the first one, when it is proved to hold the last one, and again when it is the last one", async () => {
    expect(judge(await log.add(0, 5), null)).toEqual({ outcome: "sign", again: false });
    expect(judge(await log.add(5, 13), await seen(5))).toEqual({ outcome: "sign", again: false });
    expect(judge(await log.add(13, 13), await seen(13))).toEqual({ outcome: "sign", again: true });
  });

  it("is answered with the size that was seen where the log believes another", async () => {
    expect(judge(await log.add(0, 13), await seen(5))).toEqual({ outcome: "conflict", size: 5 });
    expect(judge(await log.add(4, 5), await seen(13))).toEqual({ outcome: "conflict", size: 13 });
    expect(judge(await log.add(5, 13), null)).toEqual({ outcome: "conflict", size: 0 });
  });

  it("is not signed without a proof from what was seen", async () => {
    expect(judge(await other.add(5, 13), await seen(5))).toEqual({ outcome: "unproved" });
    expect(judge(addCheckpointBody(5, [], await log.note(13)), await seen(5))).toEqual({ outcome: "unproved" });
    const proof = await log.proof(5, 13);
    expect(judge(addCheckpointBody(5, [...proof, key.publicKey], await log.note(13)), await seen(5))).toEqual({ outcome: "unproved" }); // prettier-ignore
    // From nothing, with a proof: the protocol wants none.
    expect(judge(addCheckpointBody(0, proof, await log.note(13)), null)).toEqual({ outcome: "unproved" });
  });

  it("is a second history where its size was seen with another root", async () => {
    expect(judge(await other.add(5, 5), await seen(5))).toEqual({ outcome: "split", size: 5 });
  });

  it("goes backwards where the old size is the larger one", async () => {
    expect(judge(addCheckpointBody(13, [], await log.note(5)), await seen(13))).toEqual({ outcome: "backwards" });
  });

  it("is nobody's without a signature of a known key of this very log", async () => {
    const body = await log.add(0, 5);
    expect(judge(body, null, [logKey(key.name, "another")])).toEqual({ outcome: "unknown-key" });
    expect(judge(body, null, [logKey("another.example/log")])).toEqual({ outcome: "unknown-key" });
    expect(judge(body, null, [logKey(key.name, "next"), key])).toMatchObject({ outcome: "sign" });
    // Signed by the right name's wrong key and by the right one: the unknown one is passed over.
    const text = readAddCheckpoint(body)?.note.text ?? "";
    expect(judge(addCheckpointBody(0, [], signNote(text, [logKey(key.name, "x"), key])), null)).toMatchObject({ outcome: "sign" }); // prettier-ignore
    // One bit of the signature.
    expect(judge(body.replace(/(.{6})(=*\n)$/, "AAAAAA$2"), null)).toEqual({ outcome: "unknown-key" });
  });

  it("never makes one witness sign two histories, whatever is brought in whatever order", async () => {
    const bringing = fc.record({
      fork: fc.boolean(),
      old: fc.nat({ max: 12 }),
      size: fc.integer({ min: 1, max: 12 }),
      honest: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(bringing, { maxLength: 15 }), async (list) => {
        let last: Checkpoint | null = null;
        const signed: { fork: boolean; size: number }[] = [];
        for (const { fork, old, size, honest } of list) {
          const from = fork ? other : log;
          const older: number = honest ? (last?.size ?? 0) : old;
          const proof = older <= size ? await from.proof(older, size) : [];
          if (judge(addCheckpointBody(older, proof, await from.note(size)), last)?.outcome !== "sign") continue;
          expect(size).toBeGreaterThanOrEqual(last?.size ?? 0);
          last = await seen(size, from);
          signed.push({ fork, size });
        }
        // Up to four leaves the two are one.
        expect(new Set(signed.filter(({ size }) => size > 4).map(({ fork }) => fork)).size).toBeLessThan(2);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the form of add-checkpoint", () => {
  it("is read, with up to 63 lines of proof", async () => {
    const note = await log.note(5);
    const lines = (count: number) => Array.from({ length: count }, () => key.publicKey);
    expect(readAddCheckpoint(addCheckpointBody(3, lines(63), note))).toMatchObject({ old: 3, checkpoint: { size: 5 } });
    expect(readAddCheckpoint(addCheckpointBody(3, lines(64), note))).toBeNull();
  });

  it.each([
    ["no old size", (body: string) => body.replace(/^old 3\n/, "")],
    ["zeros before it", (body: string) => body.replace("old 3", "old 03")],
    ["a sign", (body: string) => body.replace("old 3", "old -3")],
    ["more than can be counted", (body: string) => body.replace("old 3", "old 9999999999999999")],
    ["two blanks", (body: string) => body.replace("old 3", "old  3")],
    ["a return", (body: string) => body.replace("old 3", "old 3\r")],
    ["a short hash", (body: string) => body.replace("old 3\n", "old 3\nAAAA\n")],
    ["a hash that is not base64's one form", (body: string) => body.replace("old 3\n", `old 3\n${"A".repeat(42)}B=\n`)],
    ["no empty line", (body: string) => body.replace("\n\n", "\n")],
    ["no signature", (body: string) => body.slice(0, body.lastIndexOf("—"))],
    ["an end in the middle", (body: string) => body.slice(0, -1)],
  ])("is not read with %s", async (_name, bend) => {
    const body = await log.add(3, 3);
    expect(readAddCheckpoint(body)).not.toBeNull();
    expect(readAddCheckpoint(bend(body))).toBeNull();
  });
});
