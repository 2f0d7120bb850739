// What stands before a service of the mixed town: a real HTTP server that hands everything on as it is, until it is told
// to lie.
import { request as send, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { httpStand, type HttpStand } from "../../sources/http-stand.js";

export type ServiceKind = "rest" | "graphql" | "ngsi-ld";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One question to the service, and what it honestly answers. */
export interface Exchange {
  readonly kind: ServiceKind;
  readonly path: string;
  readonly body: string;
  readonly response: ServerResponse;
  /** The service's own answer, to this question or to another. */
  honest(changed?: { readonly path?: string; readonly body?: string }): Promise<Answer>;
  /** Sends it on. */
  reply(answer: Answer): void;
}

/** @returns whether it was a lie: not every question can be lied to in every way */
export type Lie = (exchange: Exchange) => Promise<boolean>;

export class Front {
  lie: Lie | null = null;
  /** Answers that were lies. */
  lies = 0;
  /** Where it was asked. */
  readonly paths = new Set<string>();
  private constructor(
    private readonly target: string,
    readonly kind: ServiceKind,
    private readonly stand: HttpStand,
  ) {}

  static async open(target: string, kind: ServiceKind): Promise<Front> {
    const made: { front?: Front } = {};
    const stand = await httpStand((request, response) => {
      made.front?.answer(request, response).catch(() => response.destroy());
    });
    made.front = new Front(target, kind, stand);
    return made.front;
  }

  get origin(): string {
    return this.stand.origin;
  }
  close(): Promise<void> {
    return this.stand.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { lie, kind } = this;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const path = request.url ?? "/";
    this.paths.add(path);
    // What was kept of an honest answer must not stand in for the lie.
    const { "if-none-match": _, ...headers } = request.headers;
    const asked = { method: request.method ?? "GET", headers: lie === null ? request.headers : headers };
    const honest: Exchange["honest"] = (changed = {}) => this.ask(asked, changed.path ?? path, changed.body ?? body);
    const reply = (answer: Answer): void => {
      const { etag, ...others } = sendable(answer.headers);
      // An honest answer's tag on a lie would have the lie kept for as long as the service says "still the same".
      const kept = lie === null && etag !== undefined ? { ...others, etag } : others;
      response.writeHead(answer.status, kept).end(answer.text);
    };
    if (lie === null) reply(await honest());
    else if (await lie({ kind, path, body, response, honest, reply })) this.lies += 1;
  }

  private ask(asked: { method: string; headers: IncomingHttpHeaders }, path: string, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { "content-length": _, ...headers } = asked.headers;
      const outgoing = send(new URL(path, this.target), { method: asked.method, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: incoming.statusCode ?? 500, headers: incoming.headers, text });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body === "" ? undefined : body);
    });
  }
}

/** Of the answer's headers those that belong to the hop are made anew. */
function sendable(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const {
    connection: _c,
    "keep-alive": _k,
    "transfer-encoding": _t,
    "content-length": _l,
    date: _d,
    ...kept
  } = headers;
  return kept;
}
