// The witness that logs come to, over real HTTP, with its folder on disk. Law: never two histories of one log.
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readNote, readVerifier, verifyNote } from "../../../src/accesslog/index.js";
import { addCheckpointBody } from "../../../src/accesslog/witness/ask-witness.js";
import { folderName } from "../../../src/cli/witness/notebook.js";
import { logKey, MadeLog } from "../../accesslog/witness/made-log.js";
import { openDesk, type Desk } from "./at-desk.js";

const key = logKey();
const log = new MadeLog(key);
const other = new MadeLog(key, "two", 4);
const valbourg = new MadeLog(logKey("valbourg.example/log", "valbourg"));
const logs = new Map([
  [key.name, [key]],
  [valbourg.key.name, [valbourg.key]],
]);

const open: Desk[] = [];
const desk = async (...about: Parameters<typeof openDesk> | []): Promise<Desk> => {
  const [of = logs, options, folder] = about;
  const opened = await openDesk(of, options, folder);
  open.push(opened);
  return opened;
};
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});
const seenFile = ({ folder }: Desk, name = "rivemont.example_log"): string =>
  join(folder, "seen", name, "checkpoints.jsonl");
const lines = (file: string): string[] => readFileSync(file, "utf8").split("\n").slice(0, -1);

describe("a serving witness", () => {
  it("speaks the protocol, for several logs", async () => {
    const at = await desk();
    const witness = readVerifier(at.vkey);
    const first = await at.post(await log.add(0, 5));
    expect(first).toMatchObject({ status: 200, text: expect.stringMatching(/^— dpo\.example \S+\n$/) });
    expect(verifyNote(readNote((await log.note(5)) + first.text), [witness])).toHaveLength(1);
    expect(await at.post(await valbourg.add(0, 3))).toMatchObject({ status: 200 });
    expect(await at.post(await log.add(5, 9))).toMatchObject({ status: 200 });
    // A reply that was lost: the same once more.
    expect(await at.post(await log.add(5, 9))).toEqual({ status: 409, type: "text/x.tlog.size", text: "9\n" });
    expect(await at.post(await log.add(9, 9))).toMatchObject({ status: 200 });
    expect(await at.post(await other.add(9, 12))).toMatchObject({ status: 422 });
    expect(await at.post(addCheckpointBody(12, [], await log.note(9)))).toMatchObject({ status: 400 });
    expect(await at.post("nonsense")).toMatchObject({ status: 400 });
    expect(await at.post(await new MadeLog(logKey("elsewhere.example")).add(0, 1))).toMatchObject({ status: 404 });
    expect(await at.post(await new MadeLog(logKey(key.name, "thief")).add(9, 12))).toMatchObject({ status: 403 });
    expect(lines(seenFile(at))).toHaveLength(2);
    expect(lines(seenFile(at, "valbourg.example_log"))).toHaveLength(1);
  });

  it("takes no more than fits, and nothing elsewhere", async () => {
    const at = await desk();
    expect(await at.post("x".repeat(40_000))).toMatchObject({ status: 413 });
    expect((await fetch(`${at.serving.address}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${at.serving.address}/`)).status).toBe(404);
    // Without a length, in pieces.
    const status = await new Promise((resolve) => {
      const sent = request(`${at.serving.address}/add-checkpoint`, { method: "POST" }, (answer) => {
        resolve(answer.resume().statusCode);
      });
      sent.on("error", () => resolve("cut"));
      for (let i = 0; i < 12; i++) sent.write("x".repeat(4_000));
      sent.end();
    });
    expect([413, "cut"]).toContain(status);
    expect(await at.post(await log.add(0, 5))).toMatchObject({ status: 200 });
  });

  it("judges one at a time: of many brought at once, one history is signed", async () => {
    const at = await desk();
    expect(await at.post(await log.add(0, 4))).toMatchObject({ status: 200 });
    const bodies = await Promise.all([...Array(12).keys()].flatMap((i) => [log.add(4, 5 + i), other.add(4, 5 + i)]));
    const answers = await Promise.all(bodies.map((body) => at.post(body)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(23);
    expect(lines(seenFile(at))).toHaveLength(2);
  });
});

describe("a witness's folder", () => {
  const keptFolder = async (): Promise<Desk> => {
    const first = await desk(logs, {}, join((await desk()).folder, "kept"));
    await first.post(await log.add(0, 5));
    await first.post(await log.add(5, 9));
    open.splice(open.indexOf(first), 1);
    await first.close();
    return first;
  };

  it("is where it goes on after a restart; a last line that was not finished was never given to anybody", async () => {
    const before = await keptFolder();
    appendFileSync(seenFile(before), '{"at":"2026-11-23T10:00:00.000Z","note":"rivem');
    const again = await desk(logs, {}, before.folder);
    expect(again.vkey).toBe(before.vkey);
    expect(await again.post(await log.add(0, 12))).toMatchObject({ status: 409, text: "9\n" });
    expect(await again.post(await other.add(9, 12))).toMatchObject({ status: 422 });
    expect(await again.post(await log.add(9, 12))).toMatchObject({ status: 200 });
    expect(lines(seenFile(again)).map((line) => (JSON.parse(line) as { note: string }).note.split("\n")[1])).toEqual([
      "5",
      "9",
      "12",
    ]);
  });

  it.each([
    ["a line that it did not sign", async (file: string) => appendFileSync(file, `${JSON.stringify({ at: "2026-11-23T10:00:00Z", note: await log.note(12) })}\n`)], // prettier-ignore
    ["a changed line", (file: string) => writeFileSync(file, readFileSync(file, "utf8").replace(/\\n9\\n/, "\\n8\\n"))],
    ["a line that is none", (file: string) => appendFileSync(file, "{}\n")],
  ] as readonly (readonly [string, (file: string) => void | Promise<void>])[])(
    "is not gone on with over %s",
    async (_name, spoil) => {
      const before = await keptFolder();
      await spoil(seenFile(before));
      await expect(desk(logs, {}, before.folder)).rejects.toThrow("is not what this witness wrote and signed");
    },
  );

  it("taken away to its start is taken as it is: the log's own answer then shows what is missing", async () => {
    const before = await keptFolder();
    truncateSync(seenFile(before), 0);
    const again = await desk(logs, {}, before.folder);
    expect(await again.post(await log.add(9, 12))).toMatchObject({ status: 409, text: "0\n" });
  });

  it("is one process's at a time", async () => {
    const at = await desk();
    await expect(desk(logs, {}, at.folder)).rejects.toThrow("Another process has held");
  });

  it("names no two logs alike, and leads nowhere else", () => {
    expect(["a/b", "a_b", "..", "../../etc", ".", "é", "a%2Fb"].map(folderName)).toEqual([
      "a_b",
      "a%5Fb",
      "%2E%2E",
      "%2E%2E_.._etc",
      "%2E",
      "%C3%A9",
      "a%252Fb",
    ]);
  });
});

describe("the alarm of a serving witness", () => {
  const written = (at: Desk): string => readFileSync(join(at.folder, "told"), "utf8");
  const program = (at: string): readonly string[] => [
    process.execPath,
    "-e",
    `require("node:fs").appendFileSync(${JSON.stringify(at)}, [process.env.PASSERELLE_ALARM, process.env.PASSERELLE_ALARM_LOG, process.env.PASSERELLE_ALARM_REASON, process.argv[1]].join("|") + "\\n")`,
    "$(touch /tmp/never); a b",
  ];

  it("is raised over two histories of one size, once, with the evidence kept; no shell reads the arguments", async () => {
    const folder = (await desk()).folder;
    const at = await desk(logs, { alarm: program(join(folder, "told")) }, join(folder, "kept"));
    await at.post(await log.add(0, 9));
    expect(await at.post(await other.add(9, 9))).toEqual({ status: 409, type: "text/x.tlog.size", text: "9\n" });
    expect(await at.post(await other.add(9, 9))).toMatchObject({ status: 409 });
    await vi.waitFor(() => expect(written({ ...at, folder })).not.toBe(""), 10_000);
    expect(written({ ...at, folder })).toBe(
      "split|rivemont.example/log|the access log was changed: it has signed another history of the same 9 entries|$(touch /tmp/never); a b\n",
    );
    expect(at.told.join("")).toContain("ALARM: the access log was changed");
    const evidence = lines(join(at.folder, "seen", "rivemont.example_log", "alarms.jsonl"));
    expect(evidence.map((line) => JSON.parse(line) as object)).toMatchObject([{ why: "split", note: await other.note(9) }]); // prettier-ignore
    // What was seen first stays what is signed on.
    expect(await at.post(await log.add(9, 12))).toMatchObject({ status: 200 });
  });

  it("is raised over a checkpoint that the log never proves; a bad proof alone can be anybody's", async () => {
    const at = await desk(new Map([[key.name, [key]]]));
    const look = async (minutes: number): Promise<string> => {
      at.clock = new Date(at.clock.getTime() + minutes * 60_000);
      await at.serving.look();
      return at.told.join("");
    };
    await at.post(await log.add(0, 5));
    // A stranger sends what the log has really signed, with nonsense for a proof; then the log comes by itself.
    expect(await at.post(addCheckpointBody(5, [], await log.note(9)))).toMatchObject({ status: 422 });
    expect(await look(5)).not.toContain("ALARM");
    await at.post(await log.add(5, 9));
    expect(await look(60)).not.toContain("ALARM");
    expect(await at.post(await other.add(9, 12))).toMatchObject({ status: 422 });
    expect(await look(9)).not.toContain("ALARM");
    expect(await look(2)).toContain("the 9 entries that were seen are not in the 12 that it has signed");
    const told = at.told.length;
    await look(60);
    expect(at.told).toHaveLength(told);
  });

  it("is raised when a log is silent, once until something new was seen; a program that fails is told", async () => {
    const at = await desk(new Map([[key.name, [key]]]), { silence: 3_600_000, alarm: ["/no/such/program"] });
    const look = async (minutes: number): Promise<number> => {
      at.clock = new Date(at.clock.getTime() + minutes * 60_000);
      await at.serving.look();
      return at.told.filter((line) => line.includes("ALARM: the access log has shown nothing new")).length;
    };
    expect(await look(59)).toBe(0);
    expect(await look(2)).toBe(1);
    expect(at.told.join("")).toContain("The program of --alarm could not be started");
    expect(await look(600)).toBe(1);
    await at.post(await log.add(0, 5));
    expect(await look(59)).toBe(1);
    expect(await look(2)).toBe(2);
  });
});
