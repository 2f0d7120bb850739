// The access log's proof, for witnesses: the newest checkpoint, and tiles (C2SP tlog-tiles). Hashes alone: of an entry they
// tell nothing, and how many requests a town answers is the one thing that can be seen.
import type { FastifyInstance } from "fastify";
import type { TenantName } from "../terms/index.js";

/** Where the proof is read from: a table of what never changes, not the one that is written to. */
export interface PublishedLog {
  checkpoint(tenant: TenantName): Promise<string | null>;
  tile(tenant: TenantName, path: string): Promise<Buffer | null>;
}

/** A full tile never changes; one at the right edge is asked for by its width, so neither does that. */
const forEver = "public, max-age=31536000, immutable";

export function mountLog(app: FastifyInstance, tenants: readonly TenantName[], log: PublishedLog): void {
  for (const tenant of tenants) {
    app.get(`/log/${tenant}/checkpoint`, async (_request, reply) => {
      const note = await log.checkpoint(tenant);
      if (note === null) return reply.code(404).type("text/plain; charset=utf-8").send("No checkpoint yet.\n");
      return reply.header("cache-control", "no-store").type("text/plain; charset=utf-8").send(note);
    });
    app.get<{ Params: { "*": string } }>(`/log/${tenant}/tile/*`, async (request, reply) => {
      const tile = await log.tile(tenant, request.params["*"]);
      if (tile === null) return reply.code(404).type("text/plain; charset=utf-8").send("No such tile.\n");
      return reply.header("cache-control", forEver).type("application/octet-stream").send(tile);
    });
  }
}
