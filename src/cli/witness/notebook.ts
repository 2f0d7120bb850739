// What a witness has seen of one log: a file that is only added to, one line for each checkpoint with the witness's own
// signature. A line is on disk before its signature is given to anybody, so whatever ends the process (a power cut
// too), what was given was written down. A last line without its end was never given to anybody, and is taken away.
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import {
  NoteRefused,
  readCheckpoint,
  readNote,
  verifyNote,
  type Checkpoint,
  type SignerKey,
} from "../../accesslog/index.js";
import { couldNot, refuse } from "../failure.js";

export interface Seen {
  readonly checkpoint: Checkpoint;
  /** The signed note with the witness's own signature. */
  readonly note: string;
  readonly at: Date;
}

const linesFile = "checkpoints.jsonl";
/** More than the longest line. */
const tailBytes = 262_144;
const maxAlarms = 1_000;

export class Notebook {
  #broken = false;
  #alarms = 0;

  private constructor(
    readonly folder: string,
    private readonly file: FileHandle,
    private size: number,
    public last: Seen | null,
  ) {}

  /**
   * @param home the witness's folder; the log gets one in it. @param own the witness's key
   * @throws CommandFailure where the last line is not what this witness has signed
   */
  static async open(home: string, origin: string, own: SignerKey): Promise<Notebook> {
    const folder = join(home, folderName(origin));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(join(folder, linesFile), "a+", 0o600);
    const { size } = await file.stat();
    const from = Math.max(0, size - tailBytes);
    const tail = Buffer.alloc(size - from);
    await file.read(tail, 0, tail.length, from);
    const whole = tail.lastIndexOf("\n") + 1;
    const end = from + whole;
    if (end < size) await file.truncate(end);
    const line = tail.subarray(0, whole).toString("utf8").trimEnd().split("\n").at(-1) ?? "";
    const last = line === "" ? null : readLine(line, own);
    if ((line === "" && from > 0) || last === undefined || (last !== null && last.checkpoint.origin !== origin))
      throw refuse(
        `The last line of ${join(folder, linesFile)} is not what this witness wrote and signed. Restore the folder from a copy, witness.key with it.`,
      );
    // The file's name, too, is to outlive a power cut.
    for (const each of [folder, home]) await syncFolder(each);
    await file.sync();
    return new Notebook(folder, file, end, last);
  }

  /** Resolves when it is on disk. @throws CommandFailure: then nothing may be given to anybody */
  async see(note: string, at: Date): Promise<void> {
    const line = Buffer.from(`${JSON.stringify({ at: at.toISOString(), note })}\n`, "utf8");
    const checkpoint = readCheckpoint(readNote(note).text);
    if (this.#broken) throw this.#cannotWrite();
    try {
      await this.file.appendFile(line);
      await this.file.datasync();
    } catch {
      // Half a line would spoil the next one. Where even that fails, nothing more is written: the next start looks.
      await this.file.truncate(this.size).catch(() => (this.#broken = true));
      throw this.#cannotWrite();
    }
    this.size += line.length;
    this.last = { checkpoint, note, at };
  }

  /** What the log has signed and should not have: kept, for it proves what was done. */
  async keepEvidence(why: string, note: string, at: Date): Promise<void> {
    if (this.#alarms >= maxAlarms) return;
    this.#alarms += 1;
    const file = await open(join(this.folder, "alarms.jsonl"), "a", 0o600);
    try {
      await file.appendFile(`${JSON.stringify({ at: at.toISOString(), why, note })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  #cannotWrite(): Error {
    return couldNot(`${join(this.folder, linesFile)} cannot be written. Nothing is signed: check the disk's space.`);
  }
}

/** `passerelle_rivemont` of `passerelle/rivemont`: no two logs get the same, and none leads out of the folder. */
export const folderName = (origin: string): string =>
  encodeURIComponent(origin)
    .replaceAll("_", "%5F")
    .replaceAll("%2F", "_")
    .replace(/^\.+/, (dots) => "%2E".repeat(dots.length));

/** Undefined for what is no line of this witness. */
function readLine(line: string, own: SignerKey): Seen | undefined {
  try {
    const { at, note: text } = JSON.parse(line) as { readonly at?: unknown; readonly note?: unknown };
    if (typeof at !== "string" || typeof text !== "string" || Number.isNaN(Date.parse(at))) return undefined;
    const note = readNote(text);
    // A witness may have been given another name since; its key is the same.
    const names = [...new Set(note.signatures.map(({ name }) => name))];
    if (verifyNote(note, names.map((name) => ({ ...own, name }))).length === 0) return undefined; // prettier-ignore
    return { checkpoint: readCheckpoint(note.text), note: text, at: new Date(at) };
  } catch (error) {
    if (error instanceof NoteRefused || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders; it writes their names down by itself.
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
