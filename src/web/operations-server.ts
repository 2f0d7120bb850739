// The operator's own port: metrics, status, health. Not where applications ask, so that a firewall can part them, and by
// default reachable from this machine alone. Nothing here reads data, and nothing personal is there (law 11).
import { isIP } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import type { GatewayStatus } from "../gateway/index.js";
import { addressOf, always, mountHealth, oneHost, type Health } from "./listening.js";
import type { Metrics } from "./metrics.js";
import { unexpectedError, type Report } from "./report.js";

export interface OperationsOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly status: () => Promise<GatewayStatus>;
  readonly metrics: Pick<Metrics, "text" | "contentType">;
  readonly health: () => Promise<Health>;
  readonly report: Report;
}

export interface Operations {
  /** `http://127.0.0.1:9464`, reachable from this machine. */
  readonly address: string;
  close(): Promise<void>;
}

/** Listens. @throws Where the address is taken or not ours (`EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`). */
export async function createOperations(options: OperationsOptions): Promise<Operations> {
  const app = fastify({
    logger: false,
    trustProxy: false,
    forceCloseConnections: true,
    requestTimeout: 10_000,
    bodyLimit: 1_024,
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    frameworkErrors: (_error, _request, reply) => void nothing(reply.headers(always)),
  });
  app.server.maxConnections = 50;
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers(always);
    if (isLoopback(options.host) && !isLocalName(request.headers.host)) return reply.code(403).send(notThisName);
  });
  app.setNotFoundHandler((_request, reply) => nothing(reply));
  app.setErrorHandler((error, _request, reply) => {
    options.report(unexpectedError(error, null));
    return reply.code(500).send({ message: "The status could not be read." });
  });
  mountReadings(app, options);
  mountHealth(app, options.health, options.report);
  await app.listen({ host: oneHost(options.host), port: options.port });
  return { address: addressOf(app.server), close: () => app.close() };
}

const nothing = (reply: FastifyReply): FastifyReply =>
  reply.code(404).send({ message: "Here are GET /metrics, /status, /health/live and /health/ready." });
const notThisName = { message: "This port answers for this machine only: ask for localhost or 127.0.0.1." };

function mountReadings(app: FastifyInstance, { status, metrics }: OperationsOptions): void {
  // However many ask at once: one reading, so that nobody can make the gateway work by asking.
  const now = shared(status);
  const text = shared(async () => metrics.text(await now()));
  app.get("/status", () => now());
  app.get("/metrics", async (_request, reply) => reply.header("content-type", metrics.contentType).send(await text()));
}

function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | null = null;
  return () => (reading ??= read().finally(() => (reading = null)));
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/**
 * A page in the operator's browser can be made to believe that its own name is this machine (DNS rebinding), and would
 * then read us: so on a loopback address only the machine's own names are answered.
 */
function isLocalName(host: string | undefined): boolean {
  const [, name] = /^(\[[^\]]+\]|[^:]*)(?::\d+)?$/.exec(host ?? "") ?? [];
  return name !== undefined && isLoopback(name.replace(/^\[|\]$/g, "").toLowerCase());
}
