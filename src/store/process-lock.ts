// Which processes of this machine use a folder, and which one may change it now. Node has no file locks that the
// system lets go of at a process's death, so a lock is a file that names its process, and counts while that lives.
import { linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StoreError } from "./store-error.js";

/**
 * One life of one process. A number alone comes back (after a restart, in a container always): where the system
 * tells, the boot and the moment of the process's start are part of it.
 */
export interface ProcessMark {
  readonly pid: number;
  readonly started: string | null;
}

/** Boot and start (clock ticks, `proc_pid_stat(5)` field 22) of a process; null where the system has no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // The command's name (field 2) may hold blanks and brackets: fields are counted from its last bracket.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}:${String(ticks)}`;
  } catch {
    return null;
  }
}

const ownMark = (): ProcessMark => ({ pid: process.pid, started: startOf(process.pid) });

/** A process that we may not signal (EPERM) lives. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function isAlive(mark: ProcessMark): boolean {
  if (!isRunning(mark.pid)) return false;
  const started = startOf(mark.pid);
  return started === null || mark.started === null || started === mark.started;
}

function readMark(file: string): ProcessMark | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProcessMark;
  } catch {
    return null;
  }
}

/** The processes that use a folder. Entries of dead ones are cleared as they are met. */
export class UserList {
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Returns how to leave. One process may enter several times. */
  enter(): () => void {
    const file = join(this.#folder, randomUUID());
    writeFileSync(`${file}.part`, JSON.stringify(ownMark()), { mode: 0o600 });
    renameSync(`${file}.part`, file);
    return () => {
      rmSync(file, { force: true });
    };
  }

  anyAlive(): boolean {
    let any = false;
    for (const name of readdirSync(this.#folder)) {
      if (name.endsWith(".part")) continue;
      const file = join(this.#folder, name);
      const mark = readMark(file);
      if (mark !== null && isAlive(mark)) any = true;
      else rmSync(file, { force: true });
    }
    return any;
  }
}

/**
 * Runs `work` while no other process does so on the same folder. Files are numbered; the highest holds the lock while
 * its process lives. Taking over writes the next number, which only one process can: no moment where a stale lock is
 * removed and a fresh one of somebody else with it.
 * @throws StoreError when the lock was not free within `waitMs`.
 */
export async function withLock<T>(folder: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const until = performance.now() + waitMs;
  let held = tryLock(folder);
  while (held === null) {
    if (performance.now() > until) {
      const seconds = Math.round(waitMs / 1_000);
      throw new StoreError(
        "locked",
        `Another process has held ${folder} for ${seconds} s. Wait for it to end, or end it.`,
      );
    }
    await delay(50);
    held = tryLock(folder);
  }
  try {
    return await work();
  } finally {
    release(folder, held);
  }
}

const numbers = (folder: string): number[] =>
  readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);

function tryLock(folder: string): number | null {
  const last = numbers(folder).at(-1) ?? 0;
  const holder = last === 0 ? null : readMark(join(folder, String(last)));
  if (holder !== null && isAlive(holder)) return null;
  const mine = last + 1;
  const part = join(folder, `${randomUUID()}.part`);
  writeFileSync(part, JSON.stringify(ownMark()), { mode: 0o600 });
  try {
    linkSync(part, join(folder, String(mine)));
  } catch {
    return null;
  } finally {
    unlinkSync(part);
  }
  const all = numbers(folder);
  if (all.at(-1) !== mine) {
    // We had looked long ago: others took the lock and cleared our number meanwhile.
    rmSync(join(folder, String(mine)), { force: true });
    return null;
  }
  for (const number of all) if (number < mine) rmSync(join(folder, String(number)), { force: true });
  return mine;
}

/** The number stays, with no process in it, so that the next one counts on. */
function release(folder: string, held: number): void {
  const part = join(folder, `${randomUUID()}.part`);
  writeFileSync(part, "null", { mode: 0o600 });
  renameSync(part, join(folder, String(held)));
}
