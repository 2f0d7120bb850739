// schema.graphql is a person's file: it is replaced whole or not at all, and only while it is what was read.
import { randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

export interface TextFile {
  /** Empty where there is none. */
  readonly text: string;
  readonly exists: boolean;
}

/** @returns null: it is not UTF-8, and could not be written again as it was */
export function readTextFile(path: string): TextFile | null {
  const bytes = bytesOf(path);
  if (bytes === null) return { text: "", exists: false };
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? { text, exists: true } : null;
}

function bytesOf(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** @returns false, and nothing is written, where the file is no more what it was */
export function replaceFile(path: string, before: TextFile, text: string): boolean {
  // A link to a file stays a link.
  const place = before.exists ? realpathSync(path) : path;
  const beside = join(dirname(place), `.${randomUUID()}.tmp`);
  const file = openSync(beside, "wx", before.exists ? statSync(place).mode & 0o777 : 0o644);
  try {
    try {
      // Not writeSync: on a disk that is nearly full that writes a part and says so by a number.
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    const now = readTextFile(path);
    if (now === null || now.exists !== before.exists || now.text !== before.text) return false;
    renameSync(beside, place);
    return true;
  } finally {
    rmSync(beside, { force: true });
  }
}
