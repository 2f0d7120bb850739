// One file, and its last good content. Whether it has changed is looked at with every request: notifications do not cross
// the network shares on which towns keep such files. What has changed is swapped in whole, or not at all.
import { setTimeout as pause } from "node:timers/promises";
import { type Column, type FailureReason, SourceFailure } from "../source.js";
import { Content } from "./content.js";
import { type Absence, type Disk, NoFile, type Standing } from "./disk.js";
import { readTable } from "./read-table.js";
import type { FileForm } from "./settings.js";
import { type Fault, FaultyFile, mostFaults, tooLarge } from "./table.js";

export interface KeptFileOptions {
  /** The source's name, for failures. */
  readonly source: string;
  readonly from: string;
  readonly form: FileForm;
  readonly disk: Disk;
  readonly timeoutMs: number;
  /** Milliseconds for which a file must have been left alone: one that is still being written is half a file. */
  readonly settleMs: number;
  /** Told whenever it is another list: empty when all is well again. */
  readonly onFaults: (faults: readonly Fault[]) => void;
}

/** With a content at hand, requests do not wait again for a disk that has just not answered. */
const restMs = 30_000;

interface Look {
  readonly done: Promise<void>;
  readonly controller: AbortController;
  waiting: number;
}

/** What was found in the file as it stands. */
interface Verdict {
  readonly fingerprint: string;
  readonly fault: FaultyFile | null;
}

export class KeptFile {
  private content: Content | null = null;
  private verdict: Verdict | null = null;
  /** Why the file cannot be looked at now. */
  private hindrance: SourceFailure | null = null;
  /** Of columns that were first asked for after the content was taken. */
  private late: readonly Fault[] = [];
  private told: readonly Fault[] = [];
  private firstSeen = { fingerprint: "", at: 0 };
  private look: Look | null = null;
  private restUntil = 0;
  /** Set while there is no file to be read. */
  absence: Absence | null = null;

  constructor(private readonly options: KeptFileOptions) {}

  /** @throws SourceFailure */
  async use<T>(signal: AbortSignal, use: (content: Content) => T): Promise<T> {
    const content = await this.current(signal);
    try {
      return use(content);
    } catch (error) {
      if (!(error instanceof FaultyFile)) throw error;
      // A column that nobody had asked for before: the content stays for the others.
      if (content === this.content) this.late = merged(this.late, error.faults);
      this.tell();
      throw this.failureOf(error);
    }
  }

  close(): void {
    this.look?.controller.abort();
  }

  private async current(signal: AbortSignal): Promise<Content> {
    if (signal.aborted) throw this.fail("cancelled", "the request has ended");
    if (this.look === null && (this.content === null || performance.now() >= this.restUntil)) this.look = this.begin();
    if (this.look !== null) await this.join(this.look, signal);
    if (this.content !== null) return this.content;
    throw (
      this.hindrance ?? (this.verdict?.fault ? this.failureOf(this.verdict.fault) : this.fail("unavailable", "closed"))
    );
  }

  /** One look for all requests of the moment; it ends early when none of them waits any more. */
  private async join(look: Look, signal: AbortSignal): Promise<void> {
    look.waiting += 1;
    try {
      await unlessAborted(look.done, signal);
    } catch {
      throw this.fail("cancelled", "the request has ended");
    } finally {
      look.waiting -= 1;
      if (look.waiting === 0 && this.look === look) {
        this.look = null;
        look.controller.abort();
      }
    }
  }

  private begin(): Look {
    const controller = new AbortController();
    const timeout = AbortSignal.timeout(this.options.timeoutMs);
    const signal = AbortSignal.any([controller.signal, timeout]);
    const mine = () => this.look === look;
    const work = async (): Promise<void> => {
      try {
        await unlessAborted(this.refresh(signal, mine), signal);
      } catch (error) {
        const failure = timeout.aborted ? this.timedOut() : this.failureOf(error);
        if (mine()) this.missed(failure, error instanceof NoFile ? error.absence : null);
      } finally {
        if (mine()) this.look = null;
      }
    };
    const look: Look = { controller, waiting: 0, done: Promise.resolve().then(work) };
    return look;
  }

  private async refresh(signal: AbortSignal, mine: () => boolean): Promise<void> {
    const { disk, from, form, settleMs } = this.options;
    for (;;) {
      const standing = await disk.look(from, signal);
      if (standing.fingerprint === this.verdict?.fingerprint) {
        if (mine()) this.found(this.verdict);
        return;
      }
      if (!this.settled(standing)) {
        if (this.content !== null) return;
        await pause(Math.min(settleMs, 50), undefined, { signal });
        continue;
      }
      const { bytes, fingerprint } = await disk.read(from, form.maxBytes, signal);
      if (fingerprint !== standing.fingerprint) continue;
      const judged = await this.judge(bytes, signal);
      if (!mine()) return;
      // The last good content stays; where there is none, nothing is answered.
      if (judged instanceof Content) [this.content, this.late] = [judged, []];
      this.found({ fingerprint, fault: judged instanceof Content ? null : judged });
      return;
    }
  }

  private settled({ fingerprint, age }: Standing): boolean {
    const now = performance.now();
    if (this.firstSeen.fingerprint !== fingerprint) this.firstSeen = { fingerprint, at: now };
    return age >= this.options.settleMs || now - this.firstSeen.at >= this.options.settleMs;
  }

  /** A file that takes the place of another must have all that was asked of that one. */
  private async judge(bytes: Buffer | null, signal: AbortSignal): Promise<Content | FaultyFile> {
    const { form } = this.options;
    const known: readonly Column[] = this.content?.asked() ?? [];
    try {
      if (bytes === null)
        throw tooLarge(`more than ${form.maxBytes} bytes: raise maxBytes of the source if that is right`);
      const content = new Content(await readTable(bytes, form, signal), form);
      content.require(known);
      return content;
    } catch (error) {
      if (error instanceof FaultyFile) return error;
      throw error;
    }
  }

  private found(verdict: Verdict): void {
    this.verdict = verdict;
    this.hindrance = null;
    this.absence = null;
    this.tell();
  }

  /** Whoever takes the file away wants it to be shared no more; a disk that does not answer says nothing about that. */
  private missed(failure: SourceFailure, absence: Absence | null): void {
    this.hindrance = failure;
    this.absence = absence;
    if (failure.reason === "timeout") this.restUntil = performance.now() + restMs;
    else [this.content, this.verdict, this.late] = [null, null, []];
    this.tell();
  }

  private tell(): void {
    const hindered = this.hindrance && {
      line: 1,
      column: 1,
      code: this.hindrance.reason,
      message: this.hindrance.detail,
    };
    const faults = [...(hindered ? [hindered] : []), ...(this.verdict?.fault?.faults ?? []), ...this.late];
    if (JSON.stringify(faults) === JSON.stringify(this.told)) return;
    this.told = faults;
    this.options.onFaults(faults);
  }

  private timedOut(): SourceFailure {
    return this.fail("timeout", `not read within ${this.options.timeoutMs} ms`);
  }

  private failureOf(error: unknown): SourceFailure {
    if (error instanceof SourceFailure) return error;
    if (error instanceof NoFile) return this.fail("unavailable", error.absence);
    if (!(error instanceof FaultyFile)) return this.fail("unavailable", "not-readable");
    const [{ line, column, code } = { line: 1, column: 1, code: "faulty" }] = error.faults;
    return this.fail(error.reason === "too-large" ? "too-large" : "unavailable", `${line}:${column} ${code}`);
  }

  private fail(reason: FailureReason, detail: string): SourceFailure {
    return new SourceFailure(this.options.source, reason, `${this.options.from}: ${detail}`);
  }
}

const merged = (known: readonly Fault[], more: readonly Fault[]): readonly Fault[] => {
  const told = new Set(known.map((fault) => JSON.stringify(fault)));
  return [...known, ...more.filter((fault) => !told.has(JSON.stringify(fault)))].slice(0, mostFaults);
};

/** The work itself may be one that cannot be stopped, such as a system call on a network disk. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error("aborted"));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
