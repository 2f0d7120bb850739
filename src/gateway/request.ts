// What web hands to the gateway and gets back: HTTP without the server.
import type { CostBudget } from "./cost-buckets.js";
import type { AnswerErrorCode, TenantName } from "../terms/index.js";

export interface IncomingRequest {
  /** UUID made on arrival; it becomes the entry's id. */
  readonly id: string;
  readonly tenant: TenantName;
  readonly arrivedAt: Date;
  readonly method: string;
  /** Names in lower case; a header sent twice is joined by ", ". */
  readonly headers: ReadonlyMap<string, string>;
  /** The body as received, at most the limit; null when there is none. */
  readonly body: Buffer | null;
  /** Set when the body was not read to its end. */
  readonly bodyFault: "too-large" | "unreadable" | null;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or UTF-8 of it: then whoever sends it may free its memory once it is sent. */
  readonly body: string | Buffer;
  /** Where the whole answer is one error of the catalogue. */
  readonly fault?: AnswerErrorCode;
}

/** The body of a GraphQL-over-HTTP request once read as JSON and checked by type. */
export interface GraphQLParameters {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The seam to Apollo Server (mounted by web): parses, calls the gateway's executor with `context`, formats errors,
 * negotiates the media type. It sends nothing: the handler holds the answer until its entry is committed.
 */
export interface GraphQLServer<Context> {
  run(parameters: GraphQLParameters, accept: string | null, context: Context): Promise<OutgoingAnswer>;
}

/** Limits of one request; the figures in force are printed in README. */
export interface RequestLimits {
  /** Bytes of body. */
  readonly bodyBytes: number;
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Nested fields, the root's being 1. */
  readonly depth: number;
  /** Selected fields that carry an alias, fragments expanded. */
  readonly aliases: number;
  /** `first` or `last`. */
  readonly pageSize: number;
  /** Without `first`. */
  readonly defaultPageSize: number;
  /** Rows that an operation could return at most, by its `first` arguments. */
  readonly rows: number;
  /** Values that an operation could return at most: rows times what is selected of each, wherever it is selected. */
  readonly cells: number;
  /** Rows looked at to fill one page. */
  readonly scanRows: number;
  /** Milliseconds from arrival to the answer. */
  readonly timeMs: number;
  /** Requests worked on at once; the next ones wait. */
  readonly inFlight: number;
  /** Requests waiting; beyond, 503. */
  readonly queued: number;
  /** Requests per minute without a key, for each tenant. */
  readonly openPerMinute: number;
  /** Requests per minute of one agreement. */
  readonly keyPerMinute: number;
  /** What an agreement may spend, unless the tenant's `budgets` say otherwise. */
  readonly cost: CostBudget;
}
