// How the thread behind the log is started, and how it is seen that it ended.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { MessageChannel, Worker, type MessagePort } from "node:worker_threads";
import { failureName } from "../append-failure.js";
import { serveBehind, type BehindData } from "./serve.js";

export interface BehindThread {
  readonly port: MessagePort;
  /** When it has ended, by itself or not; why, for the operator's terminal, never a value. */
  readonly ended: Promise<string>;
  /** Ends it in the middle of whatever is under way. */
  kill(): void;
  /** Whether the process goes on for its sake. */
  keeps(process: boolean): void;
}

export type StartThread = (data: BehindData) => BehindThread;

/**
 * V8's own defaults would let it grow to gigabytes. A page of a look, or a round of the index, is half a mebibyte of text,
 * and some times that while it is read; one entry can be 4 MiB itself.
 */
const resourceLimits = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 2 };
/**
 * What `npm start` tells V8 of the nursery wins over those limits, in every thread: this one's would be 32 MB. Told anew, it
 * holds for threads that begin later; the one that answers requests has its own already.
 */
const nursery = "--max-semi-space-size=1";

/** As the kernel tells it beside the process's other threads (15 characters): `ps -T`. */
const threadName = "access-log";

/** A thread of the process, from that built file. */
export const threadFrom =
  (file: URL): StartThread =>
  (data) => {
    const { port1: port, port2 } = new MessageChannel();
    setFlagsFromString(nursery);
    const worker = new Worker(file, {
      name: threadName,
      workerData: { port: port2, data },
      transferList: [port2],
      resourceLimits,
      // What Node was told on the command line (a program to evaluate, something to load first) is not for this thread.
      execArgv: [],
    });
    let why = "it ended";
    const ended = new Promise<string>((resolve) => {
      worker.on("error", (error) => (why = failureName(error)));
      worker.on("exit", () => {
        port.close();
        resolve(why);
      });
    });
    return {
      port,
      ended,
      kill: () => void worker.terminate(),
      keeps: (process) => {
        for (const each of [worker, port])
          if (process) each.ref();
          else each.unref();
      },
    };
  };

/** The same without a thread, for where no built file is there to load: TypeScript sources, as tests run them. */
const here: StartThread = (data) => {
  const { port1: port, port2 } = new MessageChannel();
  serveBehind(port2, data);
  port2.unref();
  return {
    port,
    ended: new Promise((resolve) => port.on("close", () => resolve("it ended"))),
    kill: () => port.close(),
    keeps: (process) => {
      if (process) port.ref();
      else port.unref();
    },
  };
};

const built = new URL("./thread.js", import.meta.url);

export const startThread: StartThread = existsSync(fileURLToPath(built)) ? threadFrom(built) : here;
