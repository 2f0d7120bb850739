// Files of one folder, and of nowhere else.
import { constants, type BigIntStats } from "node:fs";
import { open, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";

/** Why there is no file to be read. */
export type Absence = "no-folder" | "no-file" | "outside-folder" | "not-a-file" | "not-readable";

export class NoFile extends Error {
  override readonly name = "NoFile";
  constructor(readonly absence: Absence) {
    super(absence);
  }
}

/** A file as it stands. */
export interface Standing {
  /** Another one as soon as the file was written to, or another file stands in its place. */
  readonly fingerprint: string;
  readonly bytes: number;
  /** Milliseconds since it was last changed, by the clock of whoever keeps the disk. */
  readonly age: number;
}

/** @throws NoFile, or the signal's reason */
export interface Disk {
  look(from: string, signal: AbortSignal): Promise<Standing>;
  /** The file's bytes, null where there are more than `most`; no fingerprint where it changed meanwhile. */
  read(from: string, most: number, signal: AbortSignal): Promise<{ bytes: Buffer | null; fingerprint: string | null }>;
}

/** Names of files below the folder: no way up, nothing hidden, no absolute path. */
export const isFileName = (from: string): boolean =>
  from.length <= 500 && !/[\\\0]/.test(from) && from.split("/").every((part) => part !== "" && !part.startsWith("."));

/** `folder`: absolute. */
export function folderOnDisk(folder: string): Disk {
  return {
    async look(from) {
      const { stats } = await locate(folder, from);
      return standingOf(stats);
    },
    async read(from, most, signal) {
      const { path, stats } = await locate(folder, from);
      // Nothing but the very file that was looked at: no pipe that never ends, no link put there meanwhile.
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const file = await open(path, flags).catch(absent);
      try {
        const opened = await file.stat({ bigint: true });
        if (!opened.isFile()) throw new NoFile("not-a-file");
        const bytes = opened.size > BigInt(most) ? null : await readUpTo(file, Number(opened.size), signal);
        const after = await file.stat({ bigint: true });
        const [before, now] = [fingerprintOf(stats), fingerprintOf(after)];
        return { bytes, fingerprint: before === now ? now : null };
      } finally {
        await file.close();
      }
    },
  };
}

async function locate(folder: string, from: string): Promise<{ readonly path: string; readonly stats: BigIntStats }> {
  if (!isFileName(from)) throw new NoFile("no-file");
  const home = await realpath(folder).catch(() => {
    throw new NoFile("no-folder");
  });
  const path = await realpath(join(home, from)).catch(absent);
  if (!path.startsWith(home.endsWith(sep) ? home : home + sep)) throw new NoFile("outside-folder");
  const stats = await stat(path, { bigint: true }).catch(absent);
  if (!stats.isFile()) throw new NoFile("not-a-file");
  return { path, stats };
}

function absent(error: unknown): never {
  const code = error instanceof Error && "code" in error ? error.code : null;
  throw new NoFile(code === "ENOENT" || code === "ENOTDIR" ? "no-file" : "not-readable");
}

const fingerprintOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(":");

const standingOf = (stats: BigIntStats): Standing => ({
  fingerprint: fingerprintOf(stats),
  bytes: Number(stats.size),
  age: Date.now() - Number(stats.ctimeMs),
});

interface Readable {
  read(buffer: Buffer, offset: number, length: number): Promise<{ readonly bytesRead: number }>;
}

const chunk = 1_048_576;

/** A file that meanwhile became shorter gives fewer bytes; its fingerprint tells. */
async function readUpTo(file: Readable, size: number, signal: AbortSignal): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(bytes, at, Math.min(chunk, size - at));
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

/**
 * A disk that does not answer keeps one of Node's few threads for each thing asked of it, whoever has given up
 * meanwhile: of each folder one thing is asked at a time.
 */
export function oneAtATime(disk: Disk): Disk {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => {
      signal.throwIfAborted();
      return ask();
    });
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    look: (from, signal) => inTurn(signal, () => disk.look(from, signal)),
    read: (from, most, signal) => inTurn(signal, () => disk.read(from, most, signal)),
  };
}
