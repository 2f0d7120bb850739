// Everything that the console sends goes through here: to our own origin, with the header that forms of other sites lack.
import { textOf, type Question } from "./graphql.js";

/** What people can be told apart by; anything else is `UNKNOWN`. */
export type FaultCode =
  /** Nobody is signed in any more. */
  | "UNAUTHENTICATED"
  /** Signed in, without the right: `right` and `holders` say which, and who has it. */
  | "FORBIDDEN"
  | "BAD_USER_INPUT"
  /** More at once than is answered. */
  | "LIMIT_EXCEEDED"
  | "TOO_MANY"
  /** What is asked about cannot be recorded, so it is not told. */
  | "ACCESS_LOG_UNAVAILABLE"
  /** It cannot be told now. */
  | "NOT_AVAILABLE"
  /** The gateway was not reached. */
  | "UNREACHABLE"
  | "UNKNOWN";

const known: ReadonlySet<string> = new Set<FaultCode>([
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "BAD_USER_INPUT",
  "LIMIT_EXCEEDED",
  "TOO_MANY",
  "ACCESS_LOG_UNAVAILABLE",
  "NOT_AVAILABLE",
]);

/** Who has a right that one has not: a role, and the people of the town who have it. */
export interface Holder {
  readonly role: string;
  readonly people: readonly string[];
}

/** A question that was not answered. Its message is the gateway's own sentence, in English, for the record. */
export class Fault extends Error {
  override readonly name = "Fault";
  constructor(
    readonly code: FaultCode,
    message: string,
    readonly right: string | null = null,
    readonly holders: readonly Holder[] = [],
  ) {
    super(message);
  }
}

/** The gateway answered, but not what was asked. */
export class ServiceFault extends Fault {
  constructor(readonly status: number) {
    super(status === 401 ? "UNAUTHENTICATED" : "UNKNOWN", `The gateway answered ${String(status)}.`);
  }
}

export async function sendToGateway(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("x-passerelle-console", "1");
  try {
    return await fetch(path, { ...init, headers, credentials: "same-origin", redirect: "error", cache: "no-store" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Fault("UNREACHABLE", "The gateway was not reached.");
  }
}

interface AnsweredError {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly right?: string; readonly holders?: readonly Holder[] };
}

interface Answered<Answer> {
  readonly data?: Answer | null;
  readonly errors?: readonly AnsweredError[];
}

/** Asks the governance API. @throws Fault where anything of the question was not answered. */
export async function ask<Answer, Variables>(
  question: Question<Answer, Variables>,
  variables: NoInfer<Variables>,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await sendToGateway("/governance/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json" },
    body: JSON.stringify({ query: textOf(question), variables }),
    ...(signal ? { signal } : {}),
  });
  const answered = await readAnswer<Answer>(response);
  const [error] = answered.errors ?? [];
  if (error !== undefined) throw asFault(error, response.status);
  if (!response.ok || answered.data == null) throw new ServiceFault(response.status);
  return answered.data;
}

async function readAnswer<Answer>(response: Response): Promise<Answered<Answer>> {
  try {
    return (await response.json()) as Answered<Answer>;
  } catch {
    throw new ServiceFault(response.status);
  }
}

function asFault({ message, extensions = {} }: AnsweredError, status: number): Fault {
  const { code = "", right = null, holders = [] } = extensions;
  if (known.has(code)) return new Fault(code as FaultCode, message, right, holders);
  return new Fault(status === 401 ? "UNAUTHENTICATED" : "UNKNOWN", message);
}
