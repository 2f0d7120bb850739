// HTTP: who listens, which address leads where, what every answer carries, how it ends. No CORS headers: applications
// ask from server to server, and a key has no business in a browser.
import { createServer, METHODS, type RequestListener, type Server, type ServerResponse } from "node:http";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { faultAnswer, type IncomingRequest, type OutgoingAnswer } from "../gateway/index.js";
import type { TenantName } from "../terms/index.js";
import { mountLog, type PublishedLog } from "./log-routes.js";
import { mountProofs, type ProveEntry } from "./proof-route.js";
import { mountCitizens, type CitizenServices } from "./citizen/index.js";
import { mountStaff, type StaffServices } from "./staff/index.js";
import { answerMalformed } from "./malformed-http.js";
import { answerGraphQL, type GraphQLRoute } from "./graphql-route.js";
import { chooseLanguage, graphqlPaths, landingHeaders, landingPage, type About } from "./landing-page.js";
import { addressOf, always, mountHealth, oneHost, type Health } from "./listening.js";
import { hasUnreadBody } from "./read-body.js";
import { unexpectedError, type Report } from "./report.js";

/** Milliseconds. */
export interface WebTimes {
  /** For a request's head to arrive. */
  readonly headers: number;
  /** For a whole request to arrive, body included. */
  readonly request: number;
  /** That an idle connection is kept: longer than reverse proxies keep theirs, or they would meet closed ones. */
  readonly keepAlive: number;
  /** For an answer to be taken by its client: until then it lies in our memory. */
  readonly send: number;
  /** At close, that requests under way may take. */
  readonly drain: number;
}

export interface WebOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tenants: readonly TenantName[];
  readonly bodyBytes: number;
  answer(request: IncomingRequest): Promise<OutgoingAnswer>;
  health(): Health | Promise<Health>;
  readonly report: Report;
  readonly about?: Partial<About>;
  /** Served below `/log/`; absent: it is not. */
  readonly log?: PublishedLog;
  /** Proofs for applications; absent: none are given. */
  readonly prove?: ProveEntry;
  /** The citizen's pages; absent: there are none. */
  readonly citizens?: CitizenServices;
  /** The console of staff and what it asks; absent: there is none. */
  readonly staff?: StaffServices;
  readonly times?: Partial<WebTimes>;
  /** Connections at once; further ones are closed by Node. With `bodyBytes` it bounds the memory of uploads. */
  readonly connections?: number;
}

export interface Web {
  /** `http://127.0.0.1:4000`, reachable from this machine. */
  readonly address: string;
  /** Stops accepting, lets requests under way end within the time set, then cuts. */
  close(): Promise<void>;
}

const usualTimes: WebTimes = { headers: 10_000, request: 30_000, keepAlive: 65_000, send: 60_000, drain: 10_000 };

/** Listens. @throws Where the address is taken or not ours (`EADDRINUSE`, `EADDRNOTAVAIL`). */
export async function createWeb(options: WebOptions): Promise<Web> {
  const times = { ...usualTimes, ...options.times };
  const paths = graphqlPaths(options.tenants);
  const requests = new OpenRequests();
  const route: GraphQLRoute = { ...options, sendMs: times.send, closing: () => requests.closing };
  const app = fastify({
    logger: false,
    trustProxy: false,
    // During close, what still comes in over open connections is answered: it may be the request of a known key.
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, options.report),
    frameworkErrors: (_error, _request, reply) => void notFound(reply.headers(always), paths),
    serverFactory: (others) => listener(times, requests, paths, route, others),
  });
  app.server.maxConnections = options.connections ?? 2_000;
  answerEverythingElse(app, paths, options.report);
  mountGraphQL(app, paths, route);
  mountHealth(app, () => options.health(), options.report);
  if (options.log) mountLog(app, options.tenants, options.log);
  if (options.prove) mountProofs(app, options.tenants, options.prove, options.report);
  if (options.citizens) mountCitizens(app, options.citizens, options.report);
  if (options.staff) await mountStaff(app, options.staff, options.report);
  let address = "";
  mountLandingPage(app, paths, options.about ?? {}, () => address);
  await app.listen({ host: oneHost(options.host), port: options.port });
  address = addressOf(app.server);
  return { address, close: () => closeInOrder(app, requests, times.drain) };
}

/** A GraphQL address as it is written reaches its route at once; everything else goes through the framework. */
function listener(
  times: WebTimes,
  requests: OpenRequests,
  paths: ReadonlyMap<string, TenantName>,
  route: GraphQLRoute,
  others: RequestListener,
): Server {
  const checks = Math.min(1_000, times.headers, times.request);
  const server = createServer(
    {
      headersTimeout: times.headers,
      requestTimeout: times.request,
      keepAliveTimeout: times.keepAlive,
      connectionsCheckingInterval: checks,
    },
    (request, response) => {
      requests.begin(response);
      const tenant = paths.get(request.url ?? "");
      if (tenant === undefined) others(request, response);
      else void answerGraphQL(route, tenant, request, response);
    },
  );
  // As ever: a connection that is slow but alive is bounded by the times above alone.
  return server.setTimeout(0);
}

/** The same addresses otherwise written, with a query behind them or escaped. */
function mountGraphQL(app: FastifyInstance, paths: ReadonlyMap<string, TenantName>, route: GraphQLRoute): void {
  for (const method of METHODS)
    if (method !== "CONNECT" && !app.supportedMethods.includes(method)) app.addHttpMethod(method);
  for (const [url, tenant] of paths)
    app.route({
      url,
      method: app.supportedMethods,
      exposeHeadRoute: false,
      // In `onRequest`: afterwards fastify judges Content-Type and body itself, and `answer` would never see the request.
      onRequest: (request, reply) => {
        void reply.hijack();
        return answerGraphQL(route, tenant, request.raw, reply.raw);
      },
      handler: (_request, reply) => reply,
    });
}

function mountLandingPage(
  app: FastifyInstance,
  paths: ReadonlyMap<string, TenantName>,
  given: Partial<About>,
  address: () => string,
): void {
  const about: About = { name: null, contact: null, publicUrl: null, example: "{ __typename }", ...given };
  app.get<{ Querystring: Record<string, unknown> }>("/", (request, reply) => {
    const language = chooseLanguage(request.query["lang"], request.headers["accept-language"]);
    // Never the `Host` header: whoever sends it would choose the address on our page.
    const page = landingPage(about, about.publicUrl ?? address(), [...paths.keys()], language);
    return reply.headers({ ...landingHeaders, "content-language": language }).send(page);
  });
}

function answerEverythingElse(app: FastifyInstance, paths: ReadonlyMap<string, TenantName>, report: Report): void {
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers(always);
    if (request.is404) void notFound(reply, paths);
  });
  app.addHook("onSend", async ({ raw }, reply) => {
    // What was not read of an upload would be taken for the next request.
    if (hasUnreadBody(raw)) void reply.header("connection", "close");
  });
  app.setErrorHandler((error, { id }, reply) => {
    report(unexpectedError(error, id));
    const { status, headers, body } = faultAnswer("INTERNAL_SERVER_ERROR");
    return reply.code(status).headers(headers).send(body);
  });
}

function notFound(reply: FastifyReply, paths: ReadonlyMap<string, TenantName>): FastifyReply {
  const addresses = [...paths.keys()].map((path) => `POST ${path}`);
  const message = "Nothing is served at this address. GraphQL is answered at the addresses given.";
  return reply.code(404).send({ errors: [{ message }], addresses });
}

/** Requests under way; and whether we are closing. */
class OpenRequests {
  closing = false;
  #open = 0;
  readonly #waiting: (() => void)[] = [];

  begin(response: ServerResponse): void {
    this.#open++;
    response.on("close", () => {
      this.#open--;
      if (this.#open === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  /** Resolves when none is under way. */
  none(): Promise<void> {
    return this.#open === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

async function closeInOrder(app: FastifyInstance, requests: OpenRequests, drainMs: number): Promise<void> {
  requests.closing = true;
  const closed = app.close();
  let timer: NodeJS.Timeout | undefined;
  const timeOver = new Promise<void>((resolve) => (timer = setTimeout(resolve, drainMs)));
  await Promise.race([requests.none(), timeOver]);
  clearTimeout(timer);
  // Kept-alive connections, silent ones, and after the time set also those whose request is not answered.
  app.server.closeAllConnections();
  await Promise.all([closed, requests.none()]);
}
