// What follows the appends (the search index, the look at the record) is done by a thread of its own: reading thousands of
// entries in the thread that answers requests keeps every one of them waiting. It is started when it is first needed, and
// again, after a pause, when it has ended; what had been asked of it then fails, and says so.
import { AccessLogUnavailable } from "../entry.js";
import type { LogHead } from "../indexer.js";
import { FailedBehind, isAnswer, readMessage, type Answers, type Question, type ToThread } from "./messages.js";
import type { BehindData } from "./serve.js";
import type { BehindThread, StartThread } from "./start-thread.js";

export interface BehindOptions {
  readonly start: StartThread;
  readonly data: BehindData;
  /** For the operator's terminal, one line each, never a value. */
  readonly report: (line: string) => void;
  /** Milliseconds before it is started again for the first time; then twice as many, up to a minute. 1000. */
  readonly pauseMs?: number;
  /** Milliseconds between two looks whether it still answers. 15000. */
  readonly beatMs?: number;
}

/** The thread ended while it was asked, or has not been started again yet. The operator has been told. */
export class EndedBehind extends AccessLogUnavailable {
  constructor() {
    super("What follows the access log has stopped, and is being started again. Try again in a while.");
  }
}

interface Waiting {
  readonly question: Question;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Running {
  readonly thread: BehindThread;
  readonly startedAt: number;
  /** Beats since it was last heard. */
  silent: number;
}

const longestPauseMs = 60_000;
/** Who has lived for so long has not ended for a reason of its start. */
const livedMs = 300_000;
/** So many beats without a word: it is at a standstill. */
const mostSilent = 4;

export class Behind {
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #running: Running | null = null;
  #beat: NodeJS.Timeout | null = null;
  #failures = 0;
  #notBefore = 0;
  #closed = false;

  constructor(private readonly options: BehindOptions) {}

  /** A round of the search index. @returns as `Indexer.tick` */
  async index(appended: number): Promise<boolean | number> {
    try {
      return await this.#ask({ ask: "index", appended });
    } catch (error) {
      // Told already; it comes again in its rhythm.
      if (error instanceof EndedBehind) return false;
      throw error;
    }
  }

  /** The search index up to these heads. @throws EndedBehind, FailedBehind */
  catchUp(heads: readonly LogHead[], until: number): Promise<boolean> {
    return this.#ask({ ask: "catch-up", heads, until });
  }

  /** A look goes on. @throws EndedBehind, FailedBehind */
  look(look: number, tenant: string, keys: readonly string[]): Promise<Answers["look"]> {
    return this.#ask({ ask: "look", look, tenant, keys });
  }

  /** Nobody asks for that look any more: what waits for it fails. */
  endLook(look: number): void {
    this.#running?.thread.port.postMessage({ end: look } satisfies ToThread);
    this.#fail((question) => question.ask === "look" && question.look === look, ended());
  }

  /** It said what cannot be true: nothing that it says is believed any more. */
  distrust(): void {
    this.#gone(this.#running, "it said what cannot be true");
  }

  /** Ends within that time, whatever the database does. */
  async close(ms: number): Promise<void> {
    this.#closed = true;
    this.#stopBeat();
    const running = this.#running;
    this.#running = null;
    if (running !== null) {
      const { thread } = running;
      const late = setTimeout(() => thread.kill(), ms);
      thread.keeps(true);
      thread.port.postMessage({ close: true } satisfies ToThread);
      await thread.ended;
      clearTimeout(late);
    }
    this.#fail(() => true, ended());
  }

  #ask<Q extends Question>(question: Q): Promise<Answers[Q["ask"]]> {
    return new Promise((resolve, reject) => {
      const running = this.#thread();
      const n = ++this.#asked;
      this.#waiting.set(n, { question, reject, resolve: resolve as (answer: unknown) => void });
      // A look may take all day: no program goes on for its sake alone.
      if (question.ask !== "look") running.thread.keeps(true);
      this.#beat ??= setInterval(() => this.#listen(), this.options.beatMs ?? 15_000).unref();
      running.thread.port.postMessage({ n, question } satisfies ToThread);
    });
  }

  /** @throws EndedBehind, AccessLogUnavailable once it is closed */
  #thread(): Running {
    if (this.#closed) throw ended();
    if (this.#running !== null) return this.#running;
    if (performance.now() < this.#notBefore) throw new EndedBehind();
    const thread = this.options.start(this.options.data);
    const running: Running = { thread, startedAt: performance.now(), silent: 0 };
    thread.port.on("message", (message: unknown) => this.#heard(running, message));
    thread.keeps(false);
    void thread.ended.then((why) => this.#gone(running, why));
    this.#running = running;
    return running;
  }

  #heard(running: Running, value: unknown): void {
    if (running !== this.#running) return;
    running.silent = 0;
    const message = readMessage(value);
    if (message === null) return this.#gone(running, "it said what nobody understands");
    if ("alive" in message) return;
    const waiting = this.#waiting.get(message.n);
    // Of a look that was ended meanwhile.
    if (waiting === undefined) return;
    if ("answer" in message && !isAnswer[waiting.question.ask](message.answer))
      return this.#gone(running, "it said what nobody understands");
    this.#waiting.delete(message.n);
    this.#rest(running);
    if ("answer" in message) waiting.resolve(message.answer);
    else waiting.reject(new FailedBehind(message.failed));
  }

  /** A database that says nothing ends by its own limits; a thread that says nothing is at a standstill. */
  #listen(): void {
    const running = this.#running;
    if (running === null) return;
    if (++running.silent > mostSilent) this.#gone(running, "it did not answer");
    else running.thread.port.postMessage({ alive: true } satisfies ToThread);
  }

  /** It has ended, or is not to be trusted: whatever waits for it fails, and it is started again when it is needed next. */
  #gone(running: Running | null, why: string): void {
    if (running === null || running !== this.#running) return;
    this.#running = null;
    running.thread.kill();
    this.#stopBeat();
    const now = performance.now();
    if (now - running.startedAt >= livedMs) this.#failures = 0;
    const pause = Math.min(longestPauseMs, (this.options.pauseMs ?? 1_000) * 2 ** Math.min(this.#failures, 16));
    this.#notBefore = now + pause;
    if (this.#failures === 0)
      this.options.report(
        `access log: the thread that indexes and checks it has stopped (${why}); it is started again, and until then a search may say that it has not caught up`,
      );
    this.#failures += 1;
    this.#fail(() => true, new EndedBehind());
  }

  #fail(which: (question: Question) => boolean, error: Error): void {
    for (const [n, { question, reject }] of this.#waiting)
      if (which(question)) {
        this.#waiting.delete(n);
        reject(error);
      }
    if (this.#running !== null) this.#rest(this.#running);
  }

  /** Nothing but looks waits: it keeps no program from ending. */
  #rest({ thread }: Running): void {
    if ([...this.#waiting.values()].some(({ question }) => question.ask !== "look")) return;
    thread.keeps(false);
    if (this.#waiting.size === 0) this.#stopBeat();
  }

  #stopBeat(): void {
    if (this.#beat !== null) clearInterval(this.#beat);
    this.#beat = null;
  }
}

const ended = (): AccessLogUnavailable => new AccessLogUnavailable("The access log is closed.", "closed");
