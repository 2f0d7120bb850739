// The access log's proof, for witnesses: the newest checkpoint, and tiles (C2SP tlog-tiles). Hashes alone: of an entry they
// tell nothing, and how many requests a town answers is the one thing that can be seen. And the way back: a witness that
// came for a checkpoint by itself hands in that it has seen it.
import type { FastifyInstance, FastifyReply } from "fastify";
import { evidencePage, evidencePageHeaders, type HandedIn } from "../accesslog/index.js";
import type { TenantName } from "../terms/index.js";

/** Where the proof is read from: a table of what never changes, not the one that is written to. */
export interface PublishedLog {
  checkpoint(tenant: TenantName): Promise<string | null>;
  tile(tenant: TenantName, path: string): Promise<Buffer | null>;
  /** Takes nothing that no known witness has signed: nobody else can fill the log from outside (law 4). */
  handIn(tenant: TenantName, note: string): Promise<HandedIn>;
}

/** A full tile never changes; one at the right edge is asked for by its width, so neither does that. */
const forEver = "public, max-age=31536000, immutable";
const maxNoteBytes = 16_384;

export function mountLog(app: FastifyInstance, tenants: readonly TenantName[], log: PublishedLog): void {
  app.get("/log/verify", (_request, reply) =>
    reply.headers({ ...evidencePageHeaders, "cache-control": "no-cache" }).send(evidencePage()),
  );
  for (const tenant of tenants) {
    app.get(`/log/${tenant}/checkpoint`, async (_request, reply) => {
      const note = await log.checkpoint(tenant);
      if (note === null) return say(reply, 404, "No checkpoint yet.");
      return reply.header("cache-control", "no-store").type("text/plain; charset=utf-8").send(note);
    });
    app.get<{ Params: { "*": string } }>(`/log/${tenant}/tile/*`, async (request, reply) => {
      const tile = await log.tile(tenant, request.params["*"]);
      if (tile === null) return say(reply, 404, "No such tile.");
      return reply.header("cache-control", forEver).type("application/octet-stream").send(tile);
    });
  }
  void app.register((scope, _options, done) => {
    mountHandIn(scope, tenants, log);
    done();
  });
}

/** In a scope of its own: a body is a text here, whatever it says that it is. */
function mountHandIn(scope: FastifyInstance, tenants: readonly TenantName[], log: PublishedLog): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "string", bodyLimit: maxNoteBytes }, (_request, body, taken) => {
    taken(null, body);
  });
  scope.setErrorHandler((error: { readonly statusCode?: number }, _request, reply) =>
    error.statusCode === 413
      ? say(reply, 413, `A checkpoint is at most ${maxNoteBytes} bytes.`)
      : say(reply, 503, "This cannot be taken just now. Try again later."),
  );
  for (const tenant of tenants)
    scope.post(`/log/${tenant}/cosignature`, async ({ body }, reply) => {
      const { status, text } = answers[await log.handIn(tenant, typeof body === "string" ? body : "")];
      return say(reply, status, text);
    });
}

const answers: Readonly<Record<HandedIn, { readonly status: number; readonly text: string }>> = {
  stored: { status: 200, text: "Stored." },
  malformed: { status: 400, text: "Not a checkpoint (C2SP tlog-checkpoint)." },
  "unknown-witness": { status: 403, text: "Not signed by a witness that this town knows." },
  "not-here": { status: 409, text: "This log has no such checkpoint." },
  "another-log": { status: 409, text: "This is a checkpoint of another log." },
};

const say = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply.code(status).header("cache-control", "no-store").type("text/plain; charset=utf-8").send(`${text}\n`);
