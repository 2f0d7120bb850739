// A serving witness in a folder of its own, and what it tells.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VerifierKey } from "../../../src/accesslog/index.js";
import { createTerminal, type Terminal } from "../../../src/cli/terminal.js";
import { serveWitness, type Serving } from "../../../src/cli/witness/serve.js";
import { atWork, type WitnessOptions } from "../../../src/cli/witness/setting.js";

export function listeningTerminal(): { readonly terminal: Terminal; readonly told: string[] } {
  const told: string[] = [];
  const terminal = createTerminal({
    out: (text) => void told.push(text),
    err: (text) => void told.push(text),
    ...{ columns: 200, outColours: false, errColours: false },
  });
  return { terminal, told };
}

export interface Desk {
  readonly folder: string;
  readonly serving: Serving;
  readonly told: readonly string[];
  /** What it prints of its key. */
  readonly vkey: string;
  /** Moves its clock. */
  clock: Date;
  post(body: string): Promise<{ status: number; type: string | null; text: string }>;
  close(): Promise<void>;
}

/** @param folder kept where it is given, else made and removed */
export async function openDesk(
  logs: ReadonlyMap<string, readonly VerifierKey[]>,
  options: Partial<WitnessOptions> = {},
  folder?: string,
): Promise<Desk> {
  const home = folder ?? mkdtempSync(join(tmpdir(), "passerelle-witness-"));
  const { terminal, told } = listeningTerminal();
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  return new Promise((opened, failed) => {
    const desk = { folder: home, told, clock: new Date() };
    const context = { folder: home, terminal, who: "dpo", now: () => desk.clock, env: {} };
    const all = { folder: "seen", name: "dpo.example", silence: 86_400_000, ...options };
    const ended = atWork(context, all, async (setting) => {
      const serving = await serveWitness(setting, { logs, listen: { host: "127.0.0.1", port: 0 } });
      opened(
        Object.assign(desk, {
          serving,
          vkey: /Witness (\S+)/.exec(told.join(""))?.[1] ?? "",
          post: async (body: string) => {
            const answer = await fetch(`${serving.address}/add-checkpoint`, { method: "POST", body });
            return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
          },
          close: async () => {
            stop();
            await ended;
            if (folder === undefined) rmSync(home, { recursive: true, force: true });
          },
        }),
      );
      await stopped;
      await serving.close();
    });
    ended.catch(failed);
  });
}
