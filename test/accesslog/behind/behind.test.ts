// The near side alone, with threads that do what no right one does: what waits always ends, and what cannot be true is
// believed by nobody (law 8). No database.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { failureName } from "../../../src/accesslog/append-failure.js";
import { Behind, EndedBehind, type BehindOptions } from "../../../src/accesslog/behind/behind.js";
import { FailedBehind, failureOf, type ToThread } from "../../../src/accesslog/behind/messages.js";
import { threadFrom, type BehindThread, type StartThread } from "../../../src/accesslog/behind/start-thread.js";
import { AccessLogUnavailable } from "../../../src/accesslog/index.js";

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

const told: string[] = [];
function behind(start: StartThread, options: Partial<BehindOptions> = {}): Behind {
  told.length = 0;
  const made = new Behind({
    ...{ start, data: { connectionString: "postgres://nobody@127.0.0.1:1/none" }, pauseMs: 1 },
    report: (line) => void told.push(line),
    ...options,
  });
  opened.push(() => made.close(100));
  return made;
}

/** A thread that answers each message with what it is told to; undefined: with nothing. */
function pretended(answer: (message: ToThread) => unknown): StartThread & { started: number } {
  const start = (): BehindThread => {
    start.started++;
    const { port1: port, port2 } = new MessageChannel();
    port2.on("message", (message: ToThread) => {
      if ("close" in message) return port2.close();
      const answered = answer(message);
      if (answered !== undefined) port2.postMessage(answered);
    });
    const ended = new Promise<string>((resolve) => port.on("close", () => resolve("it ended")));
    return { port, ended, kill: () => port.close(), keeps: () => undefined };
  };
  start.started = 0;
  return start;
}

const report = { size: 4, checked: 4, erased: 0, checkpoints: 1, faults: [] };
const fault = { kind: "rewritten", from: 0, to: 4, witnessed: false };
const answering = (answer: unknown): StartThread & { started: number } =>
  pretended((message) => ("n" in message ? { n: message.n, answer } : undefined));

describe("what a thread says of a look", () => {
  test.each([
    ["what it saw", report],
    ["what it found", { ...report, faults: [fault] }],
  ])("is taken: %s", async (_, said) => {
    expect(await behind(answering(said)).look(1, "rivemont", [])).toEqual(said);
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a yes", true],
    ["no size", { ...report, size: undefined }],
    ["a size that is none", { ...report, size: -1 }],
    ["no number", { ...report, checkpoints: NaN }],
    ["more looked at than there is", { ...report, checked: 5 }],
    ["more erased than looked at", { ...report, erased: 5 }],
    ["no list of faults", { ...report, faults: undefined }],
    ["faults that are none", { ...report, faults: [null] }],
    ["a fault without a place", { ...report, faults: [{ ...fault, to: "4" }] }],
  ])("is no answer: %s", async (_, said) => {
    const start = answering(said);
    await expect(behind(start).look(1, "rivemont", [])).rejects.toThrow(EndedBehind);
    expect(told).toEqual([expect.stringContaining("it said what nobody understands")]);
  });

  test.each([["nothing that we know"], [7], [{ n: "1", answer: report }], [{ n: 1 }], [{ n: 1, failed: {} }]])(
    "is no message: %j",
    async (message) => {
      await expect(behind(pretended(() => message)).look(1, "rivemont", [])).rejects.toThrow(EndedBehind);
    },
  );
});

describe("a thread that", () => {
  test("ends is started again when it is needed next; it is told once, and what waited says try again", async () => {
    let ends = 0;
    const start = pretended((message) => {
      if (!("n" in message)) return undefined;
      return ends-- > 0 ? "not a message" : { n: message.n, answer: true };
    });
    const asked = behind(start);
    ends = 3;
    for (let n = 0; n < 3;) {
      // While it rests before it is started again, the answer is the same.
      const failed = await asked.catchUp([], 0).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(AccessLogUnavailable);
      expect((failed as Error).message).toContain("Try again");
      n = start.started;
    }
    expect(told).toHaveLength(1);
    let answer: unknown = null;
    while (answer !== true) answer = await asked.catchUp([], 0).catch(() => null);
    expect(start.started).toBeGreaterThanOrEqual(4);
    expect(told).toHaveLength(1);
  });

  test("does not end its rest is not started", async () => {
    const start = answering("nothing that we know");
    const asked = behind(start, { pauseMs: 60_000 });
    for (let n = 0; n < 3; n++) await expect(asked.catchUp([], 0)).rejects.toThrow(EndedBehind);
    // A round of the index comes again in its rhythm, and is no trouble of its own.
    expect(await asked.index(0)).toBe(false);
    expect(start.started).toBe(1);
  });

  test("says nothing is at a standstill, and one that is only slow is not", async () => {
    const silent = behind(
      pretended(() => undefined),
      { beatMs: 5 },
    );
    await expect(silent.look(1, "rivemont", [])).rejects.toThrow(EndedBehind);
    expect(told).toEqual([expect.stringContaining("it did not answer")]);

    let beats = 0;
    let asked = 0;
    const slow = behind(
      pretended((message) => {
        if ("n" in message) asked = message.n;
        if (!("alive" in message)) return undefined;
        return ++beats < 12 ? { alive: true } : { n: asked, answer: true };
      }),
      { beatMs: 5 },
    );
    expect(await slow.catchUp([], 0)).toBe(true);
    expect(told).toEqual([]);
  });

  test("is not started before it is asked, and not after the log was closed; what waits then ends", async () => {
    const start = pretended(() => undefined);
    const never = behind(start);
    await never.close(100);
    expect(start.started).toBe(0);
    await expect(never.look(1, "rivemont", [])).rejects.toThrow(AccessLogUnavailable);

    const closing = behind(start);
    const waits = expect(closing.look(1, "rivemont", [])).rejects.toMatchObject({ reason: "closed" });
    await closing.close(100);
    await waits;
  });

  test("works for a look that nobody asks for any more is told so, and what waits for it ends", async () => {
    const heard: ToThread[] = [];
    const asked = behind(pretended((message) => void heard.push(message)));
    const one = expect(asked.look(1, "rivemont", [])).rejects.toThrow(AccessLogUnavailable);
    let other = "waits";
    void asked.look(2, "rivemont", []).catch(() => (other = "ended"));
    asked.endLook(1);
    await one;
    expect(other).toBe("waits");
    await expect.poll(() => heard).toContainEqual({ end: 1 });
  });
});

describe("a real thread that ends", () => {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-ending-"));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ["by an exception", `throw new RangeError("Jeanne Martin")`, "RangeError"],
    ["by itself", `process.exit(3)`, "it ended"],
    [
      "for it took too much memory",
      `const all = []; for (;;) all.push(new Array(100000).fill(1.5))`,
      "ERR_WORKER_OUT_OF_MEMORY",
    ],
    ["before it began", `import "./not-there.mjs"`, "ERR_MODULE_NOT_FOUND"],
  ])("%s ends what waits, and the process goes on; told without a word of its own (law 11)", async (how, code, why) => {
    const file = join(folder, `${why}.mjs`);
    writeFileSync(file, code);
    const asked = behind(threadFrom(pathToFileURL(file)), { pauseMs: 60_000 });
    await expect(asked.catchUp([], 0), how).rejects.toThrow(EndedBehind);
    expect(told).toEqual([expect.stringContaining(`has stopped (${why})`)]);
    expect(told.join()).not.toContain("Jeanne");
  });
});

describe("an error behind", () => {
  const database = Object.assign(new Error('value "Jeanne Martin" is too long'), { name: "error", code: "22001" });
  test.each([
    ["of the database", database, "SQLSTATE 22001"],
    ["of the network", Object.assign(new Error("connect 10.0.0.1"), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
    ["of ours", new RangeError("Jeanne Martin"), "RangeError"],
    ["that is none", "Jeanne Martin", "unknown error"],
  ])("%s keeps its name and loses its text (law 11)", async (_, error, name) => {
    const failed = new FailedBehind(failureOf(error));
    expect(failureName(failed)).toBe(failureName(error));
    expect(failureName(failed)).toBe(name);
    expect(JSON.stringify(failureOf(error))).not.toContain("Jeanne");

    const asked = behind(
      pretended((message) => ("n" in message ? { n: message.n, failed: failureOf(error) } : undefined)),
    );
    const thrown: unknown = await asked.index(1).catch((met: unknown) => met);
    expect(failureName(thrown)).toBe(name);
    // It failed; the thread did not.
    expect(told).toEqual([]);
  });

  test("has no name that could hold a value", () => {
    const name = "x'; Jeanne Martin, 1976-03-29";
    expect(failureName(new FailedBehind({ name, code: name }))).toBe("unknown error");
  });
});
