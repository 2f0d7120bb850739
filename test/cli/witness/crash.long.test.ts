// A serving witness killed (kill -9) at random moments, while two histories of one log are brought to it at once. Law: of
// everything that it ever gave away, no two signatures are of two histories.
import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { readNote, readVerifier, verifierText, verifyNote } from "../../../src/accesslog/index.js";
import { logKey, MadeLog } from "../../accesslog/witness/made-log.js";

const key = logKey();
const shared = 3;
const forks = [new MadeLog(key, "one", shared), new MadeLog(key, "two", shared)];
const folder = mkdtempSync(join(tmpdir(), "passerelle-witness-crash-"));
const root = resolve(import.meta.dirname, "../../..");
const kills = 50;
let child: ChildProcess | undefined;
afterAll(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<{ address: string; vkey: string }> {
  const args = ["witness", "serve", "--listen", "127.0.0.1:0", "--key", verifierText(key)];
  const started = spawn(process.execPath, [join(root, "dist/cli/run.js"), ...args], { cwd: folder });
  child = started;
  let shown = "";
  return new Promise((found, failed) => {
    const take = (text: Buffer): void => {
      shown += text.toString();
      const address = /taken at (http:\S+)\/add-checkpoint/.exec(shown)?.[1];
      if (address !== undefined) found({ address, vkey: /Witness (\S+)/.exec(shown)?.[1] ?? "" });
    };
    started.stdout.on("data", take);
    started.stderr.on("data", take);
    started.once("exit", () => failed(new Error(shown)));
  });
}

interface Given {
  readonly fork: number;
  readonly size: number;
}

/** Brings both histories again and again until the witness is gone. */
async function bring(address: string, vkey: string, given: Given[]): Promise<void> {
  const witness = readVerifier(vkey);
  let seen = 0;
  const post = async (fork: number): Promise<void> => {
    const log = forks[fork] ?? forks[0];
    for (;;) {
      const size = Math.max(1, seen) + randomInt(3);
      const body = (await log?.add(seen, size)) ?? "";
      const answer = await fetch(`${address}/add-checkpoint`, { method: "POST", body }).catch(() => null);
      const text = await answer?.text().catch(() => null);
      if (answer === null || text === null || text === undefined) return;
      if (answer.status === 409) seen = Number(text);
      if (answer.status !== 200) continue;
      const note = readNote(`${(await log?.note(size)) ?? ""}${text}`);
      expect(verifyNote(note, [witness])).toHaveLength(1);
      given.push({ fork, size });
      seen = Math.max(seen, size);
    }
  };
  await Promise.all([post(0), post(1), post(0), post(1)]);
}

describe("a witness that is killed", () => {
  it(`${kills} times never signs two histories, and starts each time`, async () => {
    const given: Given[] = [];
    for (let i = 0; i < kills; i++) {
      const { address, vkey } = await start();
      const bringing = bring(address, vkey, given);
      await pause(randomInt(150));
      const gone = new Promise((ended) => child?.once("exit", ended));
      child?.kill("SIGKILL");
      await gone;
      await bringing;
    }
    const apart = given.filter(({ size }) => size > shared);
    process.stdout.write(
      `${given.length} signatures given, up to ${Math.max(...given.map(({ size }) => size))} entries\n`,
    );
    expect(apart.length).toBeGreaterThan(kills / 2);
    expect(new Set(apart.map(({ fork }) => fork)).size).toBe(1);
  }, 600_000);
});
