// One operation posted to the service, and its answer taken apart. An answer with errors is none, whatever data it has:
// a null in it could be a value that is missing (law 14). The service's own words never go on (law 11).
import { forgetJson } from "../forget-rows.js";
import { HttpService } from "../http-service.js";
import type { FetchBounds, SourceFailure } from "../source.js";
import type { Operation } from "./document.js";
import type { GraphqlSettings } from "./settings.js";

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (json: unknown): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** Codes that servers share; any other text of an error could be about somebody. */
const knownCodes = new Set([
  "BAD_USER_INPUT",
  "FORBIDDEN",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "INTERNAL_SERVER_ERROR",
  "RATE_LIMITED",
  "UNAUTHENTICATED",
]);

export class Endpoint {
  readonly #http: HttpService;
  readonly #path: string;

  constructor(settings: GraphqlSettings & { readonly name: string }) {
    // The address is a document's, not a folder's: some servers answer `/graphql` and not `/graphql/`.
    const address = new URL(settings.url);
    this.#path = `/${address.pathname.slice(address.pathname.lastIndexOf("/") + 1)}`;
    this.#http = new HttpService({
      source: settings.name,
      baseUrl: new URL(".", address).href,
      headers: { accept: "application/graphql-response+json, application/json", ...settings.headers },
      maxBytes: settings.maxBytes ?? 10_000_000,
      timeoutMs: settings.timeoutMs ?? 5_000,
      pace: settings,
    });
  }

  /** @returns `data`. @throws SourceFailure */
  async ask({ document, variables }: Operation, bounds: FetchBounds): Promise<JsonObject> {
    const body = { query: document, variables };
    const { status, json } = await this.#http.ask({ method: "POST", path: this.#path, body }, bounds);
    if (status === 404) throw this.fail("unavailable", "HTTP 404");
    if (!isObject(json)) throw this.fail("invalid-answer", "not a GraphQL answer");
    if ("errors" in json) throw this.#errors(json["errors"]);
    const data = json["data"];
    if (!isObject(data)) throw this.fail("invalid-answer", "an answer without data");
    forgetJson(json, bounds);
    forgetJson(data, bounds);
    return data;
  }

  fail(reason: SourceFailure["reason"], detail: string): SourceFailure {
    return this.#http.fail(reason, detail);
  }

  /** Most servers call what they do not understand of a condition an error without a code. */
  #errors(errors: unknown): SourceFailure {
    const code = errorCode(errors);
    const isAsked = code === null || !aboutUs.has(code);
    const detail = code === null ? "GraphQL error" : `GraphQL error ${code}`;
    return this.#http.fail("unavailable", detail, isAsked ? { reach: "condition" } : {});
  }
}

/** Whatever was asked. */
const aboutUs = new Set(["FORBIDDEN", "RATE_LIMITED", "UNAUTHENTICATED"]);

function errorCode(errors: unknown): string | null {
  const first: unknown = Array.isArray(errors) ? errors[0] : null;
  const extensions = isObject(first) ? first["extensions"] : null;
  const code = isObject(extensions) ? extensions["code"] : null;
  return typeof code === "string" && knownCodes.has(code) ? code : null;
}
