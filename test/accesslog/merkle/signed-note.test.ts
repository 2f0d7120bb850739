import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkpointText, readCheckpoint } from "../../../src/accesslog/merkle/checkpoint.js";
import {
  NoteRefused,
  readNote,
  readVerifier,
  signatureLine,
  signerKey,
  signNote,
  verifierText,
  verifyNote,
} from "../../../src/accesslog/merkle/signed-note.js";

const secret = (text: string): Buffer => createHash("sha256").update(text).digest();
const log = signerKey("rivemont.example/log", secret("log"));
const witness = signerKey("dpo.rivemont.example", secret("witness"), "witness");
const text = checkpointText({ origin: "rivemont.example/log", size: 5, root: secret("root") });

describe("a signed note", () => {
  it("is read as the format's own example is", () => {
    const key = readVerifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    const note = readNote(
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
    );
    expect(verifyNote(note, [key])).toEqual([{ key, time: null }]);
    expect(verifierText(key)).toBe("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  });

  it("holds under the log's key and a witness's, who says when it saw it", () => {
    const note = readNote(signNote(text, [log]) + signatureLine(witness, text, 1_764_000_000));
    expect(readCheckpoint(note.text)).toEqual({ origin: "rivemont.example/log", size: 5, root: secret("root") });
    const known = [log, witness].map((key) => readVerifier(verifierText(key)));
    expect(verifyNote(note, known).map(({ key, time }) => [key.name, time])).toEqual([
      ["rivemont.example/log", null],
      ["dpo.rivemont.example", 1_764_000_000],
    ]);
  });

  it("passes over keys that are not known, also one of the same name", () => {
    const impostor = signerKey(log.name, secret("impostor"));
    expect(verifyNote(readNote(signNote(text, [impostor])), [log])).toEqual([]);
    expect(verifyNote(readNote(signNote(text, [impostor, log])), [log])).toHaveLength(1);
  });

  it("is refused with one byte changed, in the text or the signature", () => {
    const whole = signNote(text, [log]) + signatureLine(witness, text, 1_764_000_000);
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.constantFrom(..."aZ09+/= \n—"), (at, put) => {
        const bent = whole.slice(0, at) + put + whole.slice(at + 1);
        if (bent === whole) return;
        let held: number;
        try {
          held = verifyNote(readNote(bent), [log, witness]).length;
        } catch (error) {
          expect(error).toBeInstanceOf(NoteRefused);
          return;
        }
        // A name or id that was changed makes it somebody else's signature: it counts for nothing.
        expect(held).toBeLessThan(2);
        expect(readNote(bent).text).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("cannot pass a log's signature for a witness's, nor one witness time for another", () => {
    const line = signatureLine(witness, text, 1_764_000_000).trim().split(" ")[2] ?? "";
    const bytes = Buffer.from(line, "base64");
    bytes.writeBigUInt64BE(1_764_000_001n, 4);
    const later = `${text}\n— ${witness.name} ${bytes.toString("base64")}\n`;
    expect(() => verifyNote(readNote(later), [witness])).toThrow(NoteRefused);
  });

  it.each([
    "no signature\n",
    "text\n\n",
    "text\n\nnot a signature\n",
    "text\n\n— name notbase64!\n",
    "text\n\n— name AAAA\n",
    "te\u0007xt\n\n— name AAAAAAAA\n",
    "text\n\n— name AAAAAAAA",
  ])("is not %j", (note) => {
    expect(() => readNote(note)).toThrow(NoteRefused);
  });

  it("refuses what is no verifier's key", () => {
    for (const bad of [
      "",
      "a+b",
      "name+00000000+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
      "PeterNeumann+c74f20a3+AAAA",
    ])
      expect(() => readVerifier(bad), bad).toThrow(NoteRefused);
  });
});

describe("a checkpoint", () => {
  it.each(["o\n05\n", "o\n-1\n", "o\n1e3\n", "o\n99999999999999999\n", "\n5\n", "o\n5\nAAAA\n", "o\n5\n"])(
    "is not %j",
    (bad) => expect(() => readCheckpoint(bad)).toThrow(NoteRefused),
  );
});
