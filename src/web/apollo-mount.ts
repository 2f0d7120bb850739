// Apollo Server in its gateway seam: it parses, calls our executor, formats the result. It validates nothing (the
// executor does, against the version's schema), caches no answer, reports to nobody and sends nothing.
//
// With all that switched off, of a text that it has parsed before and that has the operation asked for there is nothing
// left for it to do but to call the executor and, where nothing went wrong, to write the result down; its hooks and copies
// around that cost a small request a tenth of its time. So these two things are done here (`answerKnown`). Apollo does all
// the rest: it parses, says what is wrong with a text, finds that an operation is missing, and answers whatever the
// executor has any error about, which is handed to it as it came.
import { ApolloServer, HeaderMap, type ApolloServerOptions, type ApolloServerPlugin } from "@apollo/server";
import type { GatewayInterface, GatewaySchemaLoadOrUpdateCallback } from "@apollo/server-gateway-interface";
import {
  getOperationAST,
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from "graphql";
import {
  answerBody,
  chooseMediaType,
  faultAnswer,
  type AnswerMediaType,
  type GraphQLParameters,
  type GraphQLServer,
  type OutgoingAnswer,
  type WrittenData,
} from "../gateway/index.js";
import { answerErrors, type AnswerErrorCode } from "../terms/index.js";
import { publicError, type PublicError } from "./public-error.js";
import { OpenOperations } from "./open-operations.js";
import { KnownDocuments, quietApollo, silentPlugins } from "./quiet-apollo.js";
import { unexpectedError, type Report } from "./report.js";

export interface ExecutionRequest<Context> {
  /** Shared between requests of the same text: never to be changed; may key a WeakMap. */
  readonly document: DocumentNode;
  readonly parameters: GraphQLParameters;
  /** The very object that was given to `run`. */
  readonly context: Context;
}

type Executed = ExecutionResult<WrittenData | Record<string, unknown>>;

export interface GraphQLServerOptions<Context extends object> {
  /** Any API schema, for Apollo's own needs only: nothing is validated, introspected or executed against it. */
  schema(): GraphQLSchema;
  /**
   * Validates and executes; finished data passes as it is. Errors must be GraphQLErrors with `extensions.code` of our
   * catalogue; anything else becomes INTERNAL_SERVER_ERROR. Without `data`, the first error's status in the catalogue is
   * the answer's.
   */
  execute(request: ExecutionRequest<Context>): Promise<Executed>;
  /** Lexical tokens of a document. */
  readonly tokens: number;
  /**
   * Called before `run` resolves, with the codes of the answer's errors in their order, also where the executor was
   * never reached (syntax errors: document null).
   */
  onRequestError?(context: Context, codes: readonly AnswerErrorCode[], document: DocumentNode | null): void;
  readonly report?: Report;
}

/** Apollo copies its context value; inside this one our objects stay themselves. */
interface Carried<Context> {
  readonly context: Context;
  readonly parameters: GraphQLParameters;
  /** What the executor has been asked already: it is not asked twice. Null: it has not been asked. */
  readonly executed: Promise<Executed> | null;
}

/** Starts Apollo Server. `stop` lets running operations end. */
export async function createGraphQLServer<Context extends object>(
  options: GraphQLServerOptions<Context>,
): Promise<GraphQLServer<Context> & { stop(): Promise<void> }> {
  const documents = new KnownDocuments();
  const server = new ApolloServer<Carried<Context>>(apolloOptions(options, documents));
  await server.start();
  const open = new OpenOperations();
  let running = true;
  let stopped: Promise<void> | null = null;
  const end = async (): Promise<void> => {
    running = false;
    // One that goes wrong is answered by Apollo.
    await open.none();
    await server.stop();
  };
  return {
    stop: () => (stopped ??= end()),
    run(parameters, accept, context) {
      const mediaType = chooseMediaType(accept);
      if (mediaType === null) {
        options.onRequestError?.(context, ["NOT_ACCEPTABLE"], null);
        return Promise.resolve(faultAnswer("NOT_ACCEPTABLE"));
      }
      const byApollo = (executed: Promise<Executed> | null) =>
        askApollo(server, mediaType, { context, parameters, executed });
      const document = running ? documents.of(parameters.query) : undefined;
      if (document === undefined || !getOperationAST(document, parameters.operationName)) return byApollo(null);
      open.begin();
      return answerKnown(options, { document, parameters, context }, mediaType, byApollo).finally(() => open.end());
    },
  };
}

/** As Apollo would; whatever is not plain data is left to it. */
async function answerKnown<Context extends object>(
  options: GraphQLServerOptions<Context>,
  request: ExecutionRequest<Context>,
  mediaType: AnswerMediaType,
  byApollo: (executed: Promise<Executed>) => Promise<OutgoingAnswer>,
): Promise<OutgoingAnswer> {
  const executed = options.execute(request);
  try {
    const { errors, data, extensions } = await executed;
    if (errors === undefined && data !== undefined)
      return {
        status: 200,
        headers: { "content-type": contentTypes[mediaType] },
        body: answerBody({ data, extensions }),
      };
  } catch {
    // Apollo meets the same error, and answers it.
  }
  return byApollo(executed);
}

const contentTypes: Readonly<Record<AnswerMediaType, string>> = {
  "application/json": "application/json; charset=utf-8",
  "application/graphql-response+json": "application/graphql-response+json; charset=utf-8",
};

async function askApollo<Context extends object>(
  server: ApolloServer<Carried<Context>>,
  mediaType: AnswerMediaType,
  carried: Carried<Context>,
): Promise<OutgoingAnswer> {
  const { query, operationName, variables } = carried.parameters;
  const response = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: "POST",
      headers: mediaType === "application/json" ? plainJson : responseJson,
      search: "",
      body: { operationName, variables, extensions: namedByItself(query) },
    },
    context: () => Promise.resolve(carried),
  });
  return outgoing(response);
}

/**
 * Apollo looks parsed documents up by a hash of their text, which it works out for each request. A persisted query's name
 * it takes as given: so each is asked for under a name that is its own text.
 */
const namedByItself = (query: string) => ({ persistedQuery: { version: 1, sha256Hash: query } });
const apolloPrefix = "apq:";
const textsByName = {
  get: (name: string) => Promise.resolve(name.slice(apolloPrefix.length)),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(true),
};

// Already checked and chosen; Apollo only repeats it, and takes nothing asked for as plain JSON.
const plainJson = new HeaderMap([
  ["content-type", "application/json"],
  ["accept", ""],
]);
const responseJson = new HeaderMap([
  ["content-type", "application/json"],
  ["accept", "application/graphql-response+json" satisfies AnswerMediaType],
]);

type ApolloResponse = Awaited<ReturnType<ApolloServer["executeHTTPGraphQLRequest"]>>;

function outgoing({ status, headers, body }: ApolloResponse): OutgoingAnswer {
  // Parts would leave before the entry is committed (law 4); no executor of ours makes any.
  if (body.kind !== "complete") return faultAnswer("INTERNAL_SERVER_ERROR");
  return { status: status ?? 200, headers: Object.fromEntries(headers), body: body.string };
}

function apolloOptions<Context extends object>(
  options: GraphQLServerOptions<Context>,
  documents: KnownDocuments,
): ApolloServerOptions<Carried<Context>> {
  const { report = () => undefined } = options;
  const format = (formatted: GraphQLFormattedError, error: unknown): PublicError =>
    publicError(formatted, error, options.tokens);
  return {
    gateway: executorSeam(options),
    // Apollo passes on what it is given: a long answer stays the bytes that it was written as.
    stringifyResult: (result) => answerBody(result) as string,
    formatError(formatted, error) {
      const made = format(formatted, error);
      if (made.code === "INTERNAL_SERVER_ERROR") report(unexpectedError(rootOf(error), null));
      return made.formatted;
    },
    ...quietApollo(options.tokens, report, documents),
    plugins: [...silentPlugins(), requestEnds(options, format)],
    // The headers that it would look at are ours; those of the client were checked before.
    csrfPrevention: false,
    persistedQueries: { cache: textsByName },
    // The executor's, for each agreement: Apollo does not look at it once validation is off.
    introspection: true,
    dangerouslyDisableValidation: true,
  };
}

function executorSeam<Context extends object>(options: GraphQLServerOptions<Context>): GatewayInterface {
  const listeners = new Set<GatewaySchemaLoadOrUpdateCallback>();
  return {
    onSchemaLoadOrUpdate(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    load() {
      for (const tell of listeners) tell({ apiSchema: options.schema(), coreSupergraphSdl: "" });
      return Promise.resolve({
        executor({ document, context: carried }) {
          const { context, parameters, executed } = carried as Carried<Context>;
          return executed ?? options.execute({ document, parameters, context });
        },
      });
    },
    stop() {
      listeners.clear();
      return Promise.resolve();
    },
  };
}

/** Tells how each request ended, gives it its status, and answers what names no operation. */
function requestEnds<Context extends object>(
  options: GraphQLServerOptions<Context>,
  format: (formatted: GraphQLFormattedError, error: unknown) => PublicError,
): ApolloServerPlugin<Carried<Context>> {
  const codeOf = (error: GraphQLError): AnswerErrorCode => format(error.toJSON(), error).code;
  return {
    requestDidStart: ({ contextValue: { context, parameters } }) => {
      let codes: readonly AnswerErrorCode[] = [];
      const end = (errors: readonly GraphQLError[], document: DocumentNode | undefined): void => {
        codes = errors.map(codeOf);
        options.onRequestError?.(context, codes, document ?? null);
      };
      return Promise.resolve({
        didEncounterErrors: async ({ errors, document }) => end(errors, document),
        async responseForOperation({ operation, document }) {
          if (operation !== undefined) return null;
          // Apollo would keep one error only, under this code: a document that is also invalid must say all of it.
          const errors = await unresolved(options, { document, parameters, context });
          end(errors, document);
          const formatted = errors.map((error) => format(error.toJSON(), error).formatted);
          const http = { headers: new HeaderMap() };
          return { http, body: { kind: "single", singleResult: { errors: formatted } } };
        },
        async willSendResponse({ response: { http, body } }) {
          if (body.kind !== "single" || body.singleResult.data !== undefined) return;
          const status = codes.map((code) => answerErrors[code].status).find((known) => known !== null);
          http.status = status ?? http.status ?? 400;
        },
      });
    },
  };
}

/** The executor's errors about a document without the operation asked for; never data. */
async function unresolved<Context>(
  options: Pick<GraphQLServerOptions<Context & object>, "execute">,
  request: ExecutionRequest<Context & object>,
): Promise<readonly GraphQLError[]> {
  const extensions = { code: "OPERATION_RESOLUTION_FAILURE" satisfies AnswerErrorCode };
  const missing = new GraphQLError(answerErrors.OPERATION_RESOLUTION_FAILURE.sentence, { extensions });
  try {
    const { errors = [] } = await options.execute(request);
    // graphql-js gives its own errors about it no code.
    const coded = errors.map((error) => (error.extensions["code"] === undefined ? missing : error));
    return coded.length === 0 ? [missing] : coded;
  } catch (error) {
    return [error instanceof GraphQLError ? error : wrapped(error)];
  }
}

function wrapped(error: unknown): GraphQLError {
  const cause = error instanceof Error ? error : new Error(typeof error);
  return new GraphQLError(cause.message, { originalError: cause });
}

const rootOf = (error: unknown): unknown => (error instanceof GraphQLError ? (error.originalError ?? error) : error);
