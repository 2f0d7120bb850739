// The web room's real parts, with the gateway's order in short: parameters, then Apollo's mount over the small schema.
import { isRequestFault, readParameters, type IncomingRequest, type OutgoingAnswer } from "../../src/gateway/index.js";
import { answerErrors, type TenantName } from "../../src/terms/index.js";
import { createGraphQLServer, createWeb, type Web, type WebEvent, type WebOptions } from "../../src/web/index.js";
import { townExecutor, townSchema, type TownContext } from "./town.js";

export const bodyBytes = 100_000;
export const rivemont = "rivemont" as TenantName;

export interface Town extends Web {
  /** Every request that reached the gateway. */
  readonly arrived: IncomingRequest[];
  readonly events: WebEvent[];
  readonly graphql: string;
  ask(query: string): Promise<Response>;
}

type Answer = (request: IncomingRequest) => Promise<OutgoingAnswer>;

/** @param before Runs ahead of the usual answer; what it returns is the answer instead. */
export async function openTown(
  options: Partial<WebOptions> = {},
  before: (request: IncomingRequest, usual: Answer) => Promise<OutgoingAnswer> = (request, usual) => usual(request),
): Promise<Town> {
  const events: WebEvent[] = [];
  const arrived: IncomingRequest[] = [];
  const report = (event: WebEvent): void => void events.push(event);
  const graphqlServer = await createGraphQLServer<TownContext>({
    schema: () => townSchema,
    execute: townExecutor,
    tokens: 1_000,
    report,
  });
  const usual: Answer = async ({ method, headers, body, bodyFault }) => {
    const parameters = readParameters(method, headers, body, bodyFault, bodyBytes);
    if (!isRequestFault(parameters))
      return graphqlServer.run(parameters, headers.get("accept") ?? null, { app: "a", seen: [] });
    const { code, message = answerErrors[code].sentence } = parameters;
    return {
      status: answerErrors[code].status ?? 400,
      headers: { "content-type": "application/json; charset=utf-8", ...parameters.headers },
      body: JSON.stringify({ errors: [{ message, extensions: { code } }] }),
    };
  };
  const web = await createWeb({
    host: "127.0.0.1",
    port: 0,
    tenants: [rivemont],
    bodyBytes,
    answer: (request) => {
      arrived.push(request);
      return before(request, usual);
    },
    health: () => ({ ready: true }),
    report,
    ...options,
  });
  const graphql = `${web.address}/rivemont/graphql`;
  return {
    address: web.address,
    close: async () => {
      await web.close();
      await graphqlServer.stop();
    },
    arrived,
    events,
    graphql,
    ask: (query) =>
      fetch(graphql, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer psk_live_x" },
        body: JSON.stringify({ query }),
      }),
  };
}
