// The witness that logs come to (C2SP tlog-witness): `POST /add-checkpoint`. Whoever reaches it may ask; what a log's key
// has not signed is refused before anything else is looked at.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { VerifierKey } from "../../accesslog/index.js";
import { couldNot } from "../failure.js";
import { LogDesk, type Answer } from "./log-desk.js";
import type { Setting } from "./setting.js";

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface ServeOptions {
  /** By the log's name. */
  readonly logs: ReadonlyMap<string, readonly VerifierKey[]>;
  readonly listen: ListenAddress;
}

export interface Serving {
  readonly address: string;
  /** Resolves when nothing can be written down any more. */
  readonly ended: Promise<void>;
  /** Whether a log was silent or left a doubt; done each minute by itself. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** 63 lines of proof, and a note with more witnesses than any log has. */
const maxBodyBytes = 32_768;
const lookMs = 60_000;

/** @throws CommandFailure where the address is taken or what was seen cannot be read */
export async function serveWitness(setting: Setting, { logs, listen }: ServeOptions): Promise<Serving> {
  const desks = new Map<string, LogDesk>();
  for (const [name, keys] of logs) desks.set(name, await LogDesk.open(setting, name, keys));
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 30_000 });
  server.maxConnections = 128;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  server.on("request", (request, response) => {
    void answerRequest(desks, request).then(
      (answer) => say(request, response, answer),
      () => {
        say(request, response, { status: 500, body: "This cannot be written down, so nothing is signed.\n" });
        end();
      },
    );
  });
  await listening(server, listen);
  const look = async (): Promise<void> => {
    for (const desk of desks.values()) await desk.look();
  };
  const looking = setInterval(() => void look().catch(end), lookMs);
  const close = async (): Promise<void> => {
    clearInterval(looking);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    for (const desk of desks.values()) await desk.close();
  };
  const { port } = server.address() as AddressInfo;
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  return { address: `http://${host}:${port}`, ended, look, close };
}

async function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  server.listen({ host, port });
  await once(server, "listening").catch((error: unknown) => {
    throw couldNot(
      `${host}:${port} cannot be listened on (${error instanceof Error ? error.message : String(error)}).`,
    );
  });
}

async function answerRequest(desks: ReadonlyMap<string, LogDesk>, request: IncomingMessage): Promise<Answer> {
  if (request.url !== "/add-checkpoint") return { status: 404, body: "Checkpoints are taken at /add-checkpoint.\n" };
  if (request.method !== "POST") return { status: 405, body: "Checkpoints are brought by POST.\n" };
  const body = await readBody(request);
  if (body === null) return { status: 413, body: `At most ${maxBodyBytes} bytes.\n` };
  return LogDesk.answer(desks, body);
}

function say(request: IncomingMessage, response: ServerResponse, { status, body, contentType }: Answer): void {
  response.writeHead(status, {
    "content-type": contentType ?? "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    // What was not read would be taken for the next request.
    ...(request.complete ? {} : { connection: "close" }),
  });
  response.end(body);
}

/** Null for more than is taken. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) return null;
  try {
    // Read on without keeping: a stop in the middle would reset the connection before the answer is read.
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
      else if (bytes > 8 * maxBodyBytes) return null;
    }
  } catch {
    // The connection is gone: nobody reads the answer.
    return "";
  }
  return bytes > maxBodyBytes ? null : Buffer.concat(chunks).toString("utf8");
}
