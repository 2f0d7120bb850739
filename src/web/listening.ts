// What our two listeners, that of applications and that of the operator, have in common.
import type { Server } from "node:http";
import type { FastifyInstance } from "fastify";
import { unexpectedError, type Report } from "./report.js";

export interface Health {
  readonly ready: boolean;
  /** What readiness consists of, by name: `{ "rivemont": true }`. Anyone can read it. */
  readonly checks?: Readonly<Record<string, boolean>>;
}

/** On every answer. */
export const always: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** The name `localhost` would be two servers, of which only one could be closed in order. */
export const oneHost = (host: string): string => (host === "localhost" ? "127.0.0.1" : host);

export function mountHealth(app: FastifyInstance, health: () => Health | Promise<Health>, report: Report): void {
  app.get("/health/live", () => ({ status: "live" }));
  app.get("/health/ready", async (_request, reply) => {
    const { ready, checks = {} } = await Promise.resolve()
      .then(health)
      .catch((error: unknown): Health => {
        report(unexpectedError(error, null));
        return { ready: false };
      });
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "not ready", checks });
  });
}

/** `http://127.0.0.1:4000`, reachable from this machine. */
export function addressOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("not listening on a port");
  const anywhere = bound.address === "0.0.0.0" || bound.address === "::";
  const host = anywhere ? "127.0.0.1" : bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return `http://${host}:${bound.port}`;
}
