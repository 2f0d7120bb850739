// A witness that comes for the checkpoints: it hands in what it saw, goes on when the log's key changes, and tells when it
// hears nothing. Over real HTTP, with a real record behind.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  openAccessLog,
  readVerifier,
  signerKey,
  verifierText,
  type AccessLog,
  type LogWitness,
} from "../../../src/accesslog/index.js";
import { logSigner, logKeys, type LogNames } from "../../../src/cli/town-log.js";
import { runCommand } from "../../../src/cli/program.js";
import type { Settings } from "../../../src/config.js";
import type { Store } from "../../../src/store/index.js";
import { createWeb, type Web } from "../../../src/web/index.js";
import { draft, rivemont } from "../../accesslog/drafts.js";
import { secret } from "../../accesslog/witness/made-log.js";
import { createTestStore } from "../../support/database.js";
import { listeningTerminal } from "./at-desk.js";

const origin = "data.rivemont.example/log/rivemont";
const [old, next] = [signerKey(origin, secret("old")), signerKey(origin, secret("next"))];
const tenant = { name: "rivemont", timeZone: "Europe/Paris", log: { origin, formerly: [] } };
const town: LogNames = {
  settings: { tenants: new Map([["rivemont", tenant]]) } as unknown as Pick<Settings, "tenants">,
  secrets: {
    signing: () => [
      { number: 1, secret: secret("old"), created: "2025-01-01", line: 1, column: 1 },
      { number: 2, secret: secret("next"), created: "2026-02-01", line: 2, column: 1 },
    ],
  },
};
let clock = new Date("2026-01-31T12:00:00Z");
let store: Store;
let log: AccessLog;
let web: Web;
let folder: string;
let known: LogWitness[] = [];

beforeAll(async () => {
  store = await createTestStore();
  log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    ...{ indexEveryMs: 0, countEveryMs: 0, signEveryMs: 0 },
    signer: logSigner(town, () => clock),
    witnesses: () => known,
  });
  web = await createWeb({
    ...{ host: "127.0.0.1", port: 0, tenants: [rivemont], bodyBytes: 1_000, log, report: () => undefined },
    answer: () => Promise.reject(new Error("nobody asks")),
    health: () => ({ ready: true, checks: {} }),
  });
  folder = mkdtempSync(join(tmpdir(), "passerelle-witness-"));
});
afterAll(async () => {
  await web.close();
  await log.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function look(keys: readonly string[], more: readonly string[] = []): Promise<{ code: number; told: string }> {
  const { terminal, told } = listeningTerminal();
  const all = keys.flatMap((key) => ["--key", key]);
  const args = ["witness", "--log", `${web.address}/log/rivemont`, ...all, "--folder", "seen", "--once", ...more];
  const code = await runCommand(args, { folder, terminal, who: "dpo", now: () => clock, env: {} });
  return { code, told: told.join("") };
}
const append = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await log.append(draft());
  await log.sign();
};

describe("a witness that comes by itself", () => {
  it("is told that the town does not know it, and is no worse for it", async () => {
    await append(3);
    expect(await look([verifierText(old)])).toMatchObject({
      code: 0,
      told: expect.stringMatching(
        /3 entries[\s\S]*could not be handed in at the log: this witness's key does not stand/,
      ),
    });
    expect(await log.witnesses(rivemont)).toEqual([]);
  });

  it("hands in what it saw once the town knows it, also what it saw before", async () => {
    const { told } = await look([verifierText(old)]);
    known = [{ name: "The DPO", url: null, key: readVerifier(/Witness (\S+)/.exec(told)?.[1] ?? "") }];
    expect((await look([verifierText(old)])).told).not.toContain("could not be handed in");
    expect(await log.witnesses(rivemont)).toMatchObject([{ name: "The DPO", size: 3 }]);
    await append(2);
    await look([verifierText(old)], ["--no-hand-in"]);
    expect(await log.witnesses(rivemont)).toMatchObject([{ size: 3 }]);
    await look([verifierText(old)]);
    expect(await log.witnesses(rivemont)).toMatchObject([{ size: 5 }]);
  });
});

describe("a change of the log's key", () => {
  it("happens on its day; a witness that was told of both goes on, one that was not believes nobody", async () => {
    clock = new Date("2026-02-01T00:30:00Z");
    await append(4);
    const note = (await log.checkpoint(rivemont)) ?? "";
    expect(note).toContain(`— ${origin} `);
    expect(await look([verifierText(old)])).toMatchObject({ code: 1, told: expect.stringContaining("not signed by") });
    const both = [verifierText(old), verifierText(next)];
    expect(await look(both)).toMatchObject({ code: 0, told: expect.stringContaining("9 entries, consistent") });
    await append(1);
    expect(await look([verifierText(next)])).toMatchObject({
      code: 0,
      told: expect.stringContaining("10 entries, con"),
    });
  });

  it("leaves the whole record verifiable, by both keys alone", async () => {
    const verified = (keys: readonly ReturnType<typeof readVerifier>[]) =>
      log.verify(rivemont, { keys, witnessed: [] }).then(({ faults }) => faults.map(({ kind, to }) => [kind, to]));
    expect(await verified(logKeys(town, "rivemont"))).toEqual([]);
    expect(await verified([next])).toEqual([
      ["checkpoint-altered", 3],
      ["checkpoint-altered", 5],
    ]);
    expect(await verified([old])).toEqual([
      ["checkpoint-altered", 9],
      ["checkpoint-altered", 10],
    ]);
  });

  it("is no way to mix two logs in one witness", async () => {
    const another = verifierText(signerKey("another.example/log", secret("old")));
    expect(await look([verifierText(old), another])).toMatchObject({ code: 2, told: expect.stringContaining("witness serve") }); // prettier-ignore
    expect((await look([])).code).toBe(2);
  });
});

describe("silence", () => {
  it("is an alarm when nothing new was seen for the time set, and when nobody answers", async () => {
    const both = [verifierText(old), verifierText(next)];
    const hours = (count: number) => (clock = new Date(clock.getTime() + count * 3_600_000));
    hours(23);
    expect((await look(both)).code).toBe(0);
    hours(2);
    expect(await look(both)).toMatchObject({ code: 2, told: expect.stringContaining("ALARM: the access log has shown nothing new since 2026-02-01T00:30:00.000Z (25 h)") }); // prettier-ignore
    expect((await look(both, ["--silence", "0"])).code).toBe(0);
    expect((await look(both, ["--silence", "2d"])).code).toBe(0);
    expect((await look(both, ["--silence", "soon"])).told).toContain("such as 30m, 24h or 7d");
    await append(1);
    expect((await look(both)).code).toBe(0);
    hours(30);
    const away = ["--log", "http://127.0.0.1:1/log/rivemont"];
    expect(await look(both, away)).toMatchObject({ code: 1, told: expect.stringContaining("ALARM: the access log has shown nothing new") }); // prettier-ignore
    const lines = readFileSync(join(folder, "seen", "data.rivemont.example_log_rivemont", "checkpoints.jsonl"), "utf8");
    expect(lines.trim().split("\n")).toHaveLength(5);
  });
});
