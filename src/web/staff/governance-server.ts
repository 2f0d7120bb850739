// Apollo Server over the governance schema: for a signed-in person, from our own page, within bounds.
import { ApolloServer, HeaderMap } from "@apollo/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { GraphQLFormattedError } from "graphql";
import { boundedQuestion, governanceBounds, governanceSchema, toldError, type Visit } from "../../governance/index.js";
import { quotedMessage } from "../public-error.js";
import { quietApollo, silentPlugins } from "../quiet-apollo.js";
import { readBody } from "../read-body.js";
import { unexpectedError, type Report } from "../report.js";
import { fromConsole, presentOf, sendRefusal, type Desk } from "./desk.js";

const questionBytes = 100_000;

export interface GovernanceServer {
  answer(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  stop(): Promise<void>;
}

/** Said by graphql-js of what was asked: no more of it is repeated than a line. */
const ofTheQuestion = new Set(["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"]);

export async function createGovernanceServer(report: Report): Promise<GovernanceServer> {
  const server = new ApolloServer<Visit>({
    ...quietApollo(governanceBounds.tokens, report),
    plugins: silentPlugins(),
    schema: governanceSchema(),
    introspection: true,
    validationRules: [boundedQuestion],
    formatError: (formatted, error) => told(formatted, error, report),
  });
  await server.start();
  return {
    stop: () => server.stop(),
    async answer(desk, request, reply) {
      const { body, fault, drained } = await readBody(request.raw, questionBytes);
      await drained;
      if (fault === "too-large") return sendRefusal(reply, "TOO_LARGE");
      if (!fromConsole(request.headers, desk)) return sendRefusal(reply, "FORGED");
      const present = await presentOf(desk, request);
      if (present === null) return sendRefusal(reply, "UNAUTHENTICATED");
      if (!desk.services.rate.take(present.visit.email).allowed) return sendRefusal(reply, "TOO_MANY");
      return send(server, present.visit, body, reply);
    },
  };
}

async function send(
  server: ApolloServer<Visit>,
  visit: Visit,
  body: Buffer | null,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const {
    status,
    headers,
    body: answer,
  } = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: "POST",
      headers: new HeaderMap([
        ["content-type", "application/json"],
        ["accept", "application/json"],
      ]),
      search: "",
      body: parsed(body),
    },
    context: () => Promise.resolve(visit),
  });
  if (answer.kind !== "complete") throw new Error("an answer in parts");
  return reply
    .code(status ?? 200)
    .headers({ ...Object.fromEntries(headers), "cache-control": "no-store", vary: "Cookie" })
    .send(answer.string);
}

/** What is no JSON is told by Apollo as what is no question. */
function parsed(body: Buffer | null): unknown {
  try {
    return JSON.parse(body?.toString("utf8") ?? "");
  } catch {
    return null;
  }
}

function told(formatted: GraphQLFormattedError, error: unknown, report: Report): GraphQLFormattedError {
  const place = {
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
  };
  const ours = toldError(error);
  if (ours !== null) return { message: ours.message, ...place, extensions: { ...ours.extensions } };
  const code = formatted.extensions?.["code"];
  if (typeof code === "string" && ofTheQuestion.has(code))
    return { message: quotedMessage(formatted.message), ...place, extensions: { code } };
  if (code === "BAD_REQUEST" || code === "OPERATION_RESOLUTION_FAILURE")
    return { message: "This is no question in GraphQL.", ...place, extensions: { code: "BAD_REQUEST" } };
  report(unexpectedError(error, null));
  const failed = "INTERNAL_SERVER_ERROR";
  return { message: "Something went wrong on our side.", ...place, extensions: { code: failed } };
}
