// How a witness raises the alarm: a line on the terminal, and a program of the town's choice. It is started without a
// shell: nothing that a log shows can become a command.
import { spawn } from "node:child_process";
import { InvalidArgumentError } from "commander";
import { ownEnvironment } from "../../config.js";
import type { CommandContext } from "../session.js";

export interface Alarm {
  /** One word, for programs. */
  readonly kind: "shrunk" | "split" | "inconsistent" | "silent";
  /** One sentence, for people. */
  readonly reason: string;
  /** The log's name. */
  readonly log: string;
  /** Where what was seen is kept. */
  readonly folder: string;
}

const programMs = 60_000;

export class Alarms {
  constructor(
    private readonly context: Pick<CommandContext, "terminal" | "env">,
    private readonly command: readonly string[] | undefined,
  ) {}

  /** Says it, and waits for the program to end, a minute at most. Never throws. */
  async raise({ kind, reason, log, folder }: Alarm): Promise<void> {
    const { terminal, env } = this.context;
    terminal.err(`ALARM: ${reason}`, "red");
    const [program, ...args] = this.command ?? [];
    if (program === undefined) return;
    const about = {
      PASSERELLE_ALARM: kind,
      PASSERELLE_ALARM_REASON: reason,
      PASSERELLE_ALARM_LOG: log,
      PASSERELLE_ALARM_FOLDER: folder,
    };
    const trouble = await run(program, args, { ...(env ?? ownEnvironment()), ...about });
    if (trouble !== null) terminal.err(`The program of --alarm ${trouble}. Nobody may have been told.`, "red");
  }
}

/** @returns what went wrong; null: it ended well */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env,
      shell: false,
      stdio: "ignore",
      timeout: programMs,
      killSignal: "SIGKILL",
    });
    child.once("error", () => resolve("could not be started"));
    child.once("exit", (code) =>
      resolve(code === 0 ? null : code === null ? "took too long" : `ended with code ${code}`),
    );
  });
}

/** `notify-dpo`, or with arguments `["mail", "-s", "ALARM", "dpo@rivemont.example"]`. */
export function alarmCommand(text: string): readonly string[] {
  if (!text.startsWith("[")) return [text];
  try {
    const list = JSON.parse(text) as unknown;
    if (Array.isArray(list) && list.length > 0 && list.every((each): each is string => typeof each === "string"))
      return list;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InvalidArgumentError('It is a program, or with arguments a JSON list: ["mail", "-s", "ALARM", "dpo@…"].');
}

const hourMs = 3_600_000;
const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: hourMs, d: 24 * hourMs };

/** `30m`, `24h`, `7d`; `0`: never. @returns milliseconds */
export function silenceTime(text: string): number {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  if (text === "0") return 0;
  if (count === undefined || unit === undefined || Number(count) === 0)
    throw new InvalidArgumentError("It is minutes, hours or days, such as 30m, 24h or 7d; 0 for never.");
  return Number(count) * (unitMs[unit] ?? 0);
}

/** Tells once that nothing new was seen for too long, and again only after something was. */
export class Silence {
  #told = false;

  constructor(
    private readonly limitMs: number,
    private since: Date,
  ) {}

  heard(at: Date): void {
    this.since = at;
    this.#told = false;
  }

  /** The sentence to be told; null: not now. */
  broken(now: Date): string | null {
    const ms = now.getTime() - this.since.getTime();
    if (this.limitMs === 0 || ms < this.limitMs || this.#told) return null;
    this.#told = true;
    const hours = Math.floor(ms / hourMs);
    return `the access log has shown nothing new since ${this.since.toISOString()} (${hours} h): it stands still, or it is kept from this witness`;
  }
}
