// A checkpoint (C2SP tlog-checkpoint): which log, how many entries, and the root over all of them.
import { NoteRefused } from "./signed-note.js";
import type { Hash } from "./tree.js";

export interface Checkpoint {
  /** The log's name, a URL without scheme: `rivemont.example/log/rivemont`. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** The note's text: three lines. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString("base64")}\n`;

/** Lines after the third are extensions and say nothing to us. @throws NoteRefused */
export function readCheckpoint(text: string): Checkpoint {
  const [origin = "", size = "", root = ""] = text.split("\n");
  const hash = Buffer.from(root, "base64");
  const count = Number(size);
  if (origin === "" || !/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(count))
    throw new NoteRefused("not a checkpoint");
  if (hash.length !== 32 || hash.toString("base64") !== root) throw new NoteRefused("a checkpoint without a root");
  return { origin, size: count, root: hash };
}
