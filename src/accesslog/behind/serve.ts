// The far side: what is done behind the appends, asked for by messages. Loads as little as it can, for it is a thread's.
import { setTimeout as wait } from "node:timers/promises";
import type { MessagePort } from "node:worker_threads";
import { SearchPool } from "../append-connection.js";
import { Indexer, longestRestMs, restsBeside } from "../indexer.js";
import { readVerifier } from "../merkle/signed-note.js";
import { lookAtLog, type LogLook } from "../merkle/verify-log.js";
import { failureOf, type Answers, type FromThread, type Question, type ToThread } from "./messages.js";

export interface BehindData {
  /** As the role `passerelle_gateway`. */
  readonly connectionString: string;
}

/** A look is in no hurry: after each page it rests so many times as long as that took; as the index does while requests come. */
const rests = 3;

/** Answers what comes by the port until it is closed. */
export function serveBehind(port: MessagePort, { connectionString }: BehindData): void {
  const pool = new SearchPool(connectionString, "passerelle behind the access log", 3);
  const work = new Work(pool);
  const tell = (message: FromThread): void => {
    port.postMessage(message);
  };
  port.on("message", (message: ToThread) => {
    if ("alive" in message) tell({ alive: true });
    else if ("end" in message) work.end(message.end);
    else if ("close" in message) void work.close().finally(() => port.close());
    else
      work.answer(message.question).then(
        (answer) => tell({ n: message.n, answer }),
        (error: unknown) => tell({ n: message.n, failed: failureOf(error) }),
      );
  });
}

interface Looking {
  readonly look: LogLook;
  readonly ended: AbortController;
}

class Work {
  readonly #looks = new Map<number, Looking>();
  readonly #indexer: Indexer;
  #appended = 0;

  constructor(private readonly pool: SearchPool) {
    this.#indexer = new Indexer(pool, () => this.#appended);
  }

  answer(question: Question): Promise<Answers[keyof Answers]> {
    switch (question.ask) {
      case "index":
        this.#appended = question.appended;
        return this.#indexer.tick();
      case "catch-up":
        return this.#indexer.reach(question.heads, question.until);
      case "look":
        return this.#look(question).goOn();
    }
  }

  end(look: number): void {
    this.#looks.get(look)?.ended.abort();
    this.#looks.delete(look);
  }

  close(): Promise<void> {
    for (const look of this.#looks.keys()) this.end(look);
    return this.pool.close();
  }

  #look({ look, tenant, keys }: Extract<Question, { readonly ask: "look" }>): LogLook {
    const known = this.#looks.get(look);
    if (known !== undefined) return known.look;
    const ended = new AbortController();
    const pause = (tookMs: number): Promise<void> => {
      const times = this.#indexer.beside ? restsBeside : rests;
      return wait(Math.min(longestRestMs, times * tookMs), undefined, { signal: ended.signal, ref: false });
    };
    const begun = lookAtLog(this.pool, tenant, { keys: keys.map(readVerifier), witnessed: [], pause });
    this.#looks.set(look, { look: begun, ended });
    return begun;
  }
}
