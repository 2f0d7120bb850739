// How the command finds the gateway that serves this town folder: a note that the gateway leaves there while it runs.
import { createHash } from "node:crypto";
import { readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

export interface RunningNote {
  /** Of the operations port: `http://127.0.0.1:9464`. */
  readonly address: string;
  readonly pid: number;
}

const fileOf = (folder: string): string => join(folder, ".passerelle", "gateway.json");

/** Tells one town folder from another without telling its path. */
export function townMark(folder: string): string {
  let place = folder;
  try {
    place = realpathSync(folder);
  } catch {
    // A folder that is not there serves nothing either.
  }
  return createHash("sha256").update(place).digest("hex").slice(0, 16);
}

/** Null where no gateway left one. It may be of one that was killed: who reads it asks at the address. */
export function readNote(folder: string): RunningNote | null {
  try {
    const note: unknown = JSON.parse(readFileSync(fileOf(folder), "utf8"));
    if (typeof note !== "object" || note === null || !("address" in note) || !("pid" in note)) return null;
    const { address, pid } = note;
    return typeof address === "string" && typeof pid === "number" ? { address, pid } : null;
  } catch {
    return null;
  }
}

/**
 * The last gateway to start in a folder is the one that is found; the others are at their ports.
 * @returns takes the note away, unless another gateway has written its own since.
 * @throws where the folder cannot be written
 */
export async function leaveNote(folder: string, note: RunningNote): Promise<() => void> {
  await mkdir(join(folder, ".passerelle"), { recursive: true });
  writeFileSync(fileOf(folder), `${JSON.stringify(note)}\n`, { mode: 0o644 });
  return () => {
    const left = readNote(folder);
    if (left?.address === note.address && left.pid === note.pid) rmSync(fileOf(folder), { force: true });
  };
}
