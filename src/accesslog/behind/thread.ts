// Where the thread begins that works behind the access log.
import { workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { serveBehind, type BehindData } from "./serve.js";

const { port, data } = workerData as { readonly port: MessagePort; readonly data: BehindData };
serveBehind(port, data);
