// One list of a REST service, page after page, to its end: all rows that the service has for that question, or a failure.
import { forgetJson } from "../forget-rows.js";
import type { FetchBounds } from "../source.js";
import { atPath } from "./field-path.js";
import { nextLink } from "./link-header.js";
import type { RestAnswer, RestClient } from "./rest-client.js";
import type { RestList, RestPaging } from "./settings.js";

export type Params = readonly (readonly [name: string, value: string])[];

/** What one question of the gateway may still cost. Shared by the requests that answer it. */
export class Budget {
  #rows = 0;
  #requests = 0;
  constructor(
    private readonly client: RestClient,
    private readonly maxRows: number,
    private readonly maxRequests: number,
  ) {}

  request(): void {
    this.#requests += 1;
    if (this.#requests > this.maxRequests) throw this.client.http.fail("too-large", `${this.maxRequests} requests`);
  }

  rows(count: number): void {
    this.#rows += count;
    if (this.#rows > this.maxRows) throw this.client.http.fail("too-large", `more than ${this.maxRows} rows`);
  }
}

interface Asked {
  readonly client: RestClient;
  readonly path: string;
  readonly list: RestList;
  readonly bounds: FetchBounds;
  readonly budget: Budget;
}

/** @throws SourceFailure */
export async function readList(asked: Asked, params: Params): Promise<readonly unknown[]> {
  const { client, path, list, bounds, budget } = asked;
  const paging = list.page ?? { style: "none" };
  const found: unknown[] = [];
  forgetJson(found, bounds);
  const seen = new Set<string>();
  let url: URL | null = client.http.url({ path, query: [...params, ...firstPage(paging)] });
  for (let page = 0; url !== null; page += 1) {
    // A service that leads back to where we were has no end.
    if (seen.has(url.href)) throw client.http.fail("invalid-answer", "a page that comes twice");
    seen.add(url.href);
    budget.request();
    const answer: RestAnswer = await client.get(url, bounds);
    if (answer.json === undefined && page > 0 && endsWithoutTotal(paging)) break;
    const items = itemsOf(client, list, answer);
    budget.rows(items.length);
    found.push(...items);
    url = nextPage({ client, paging, url, answer, page, here: items.length, sofar: found.length });
  }
  return found;
}

/** The rows of the first page alone. @throws SourceFailure */
export async function pageOf(
  client: RestClient,
  path: string,
  list: RestList,
  bounds: FetchBounds,
): Promise<readonly unknown[]> {
  const url = client.http.url({ path, query: firstPage(list.page ?? { style: "none" }) });
  return itemsOf(client, list, await client.get(url, bounds));
}

/** The rows of one answer. */
export function itemsOf(client: RestClient, list: RestList, { json }: RestAnswer): readonly unknown[] {
  if (json === undefined) throw client.http.fail("unavailable", "HTTP 404");
  const items = list.items === undefined ? json : atPath(json, list.items);
  if (!Array.isArray(items)) throw client.http.fail("invalid-answer", "no array of rows where one should be");
  return items as readonly unknown[];
}

function firstPage(paging: RestPaging): Params {
  if (paging.style === "none") return [];
  const size: Params = paging.sizeParam === undefined ? [] : [[paging.sizeParam, String(paging.size)]];
  if (paging.style === "page") return [[paging.param, String(paging.first ?? 1)], ...size];
  return paging.style === "offset" ? [[paging.param, "0"], ...size] : size;
}

/** Some services answer 404 behind the last page; where a total was announced, that would be a part for the whole. */
const endsWithoutTotal = (paging: RestPaging): boolean =>
  (paging.style === "page" || paging.style === "offset") && paging.total === undefined;

interface PageRead {
  readonly client: RestClient;
  readonly paging: RestPaging;
  readonly url: URL;
  readonly answer: RestAnswer;
  readonly page: number;
  /** Rows of this page, and of all pages with it. */
  readonly here: number;
  readonly sofar: number;
}

/** Where the list goes on; null at its end. */
function nextPage(read: PageRead): URL | null {
  const { client, paging, url, answer, page, sofar } = read;
  switch (paging.style) {
    case "none":
      return null;
    case "page":
      return isWhole(read, paging.total) ? null : replaced(url, paging.param, String((paging.first ?? 1) + page + 1));
    case "offset":
      return isWhole(read, paging.total) ? null : replaced(url, paging.param, String(sofar));
    case "cursor": {
      const next = atPath(answer.json, paging.next);
      if (next === null || next === undefined || next === "") return null;
      if (typeof next === "string") return replaced(url, paging.param, next);
      if (typeof next === "number" && Number.isSafeInteger(next)) return replaced(url, paging.param, String(next));
      throw client.http.fail("invalid-answer", "a cursor that is no text");
    }
    case "link": {
      const next = nextLink(answer.link);
      if (next === undefined) throw client.http.fail("invalid-answer", "a Link header that cannot be read");
      if (next === null) return null;
      if (!URL.canParse(next, url.href)) throw client.http.fail("invalid-answer", "a next page without an address");
      return client.http.within(new URL(next, url));
    }
  }
}

/**
 * Without a total, only an empty page ends a list: a page may be short because the service gives fewer rows than were
 * asked for. With a total, less than that is half a list, and fails.
 */
function isWhole({ client, answer, here, sofar }: PageRead, totalPath: string | undefined): boolean {
  if (totalPath === undefined) return here === 0;
  const total = atPath(answer.json, totalPath);
  if (!Number.isSafeInteger(total) || Number(total) < 0)
    throw client.http.fail("invalid-answer", "no total where one should be");
  if (sofar >= Number(total)) return true;
  if (here === 0) throw client.http.fail("invalid-answer", "fewer rows than the service said");
  return false;
}

function replaced(url: URL, param: string, value: string): URL {
  const next = new URL(url);
  next.searchParams.set(param, value);
  return next;
}
