// What is asked of each server, and the check that all give the same answer before anything is measured.
import { isDeepStrictEqual } from "node:util";
import { benchQueries, idsQuery, type BenchQuery } from "./queries.js";

const pagesOfIds = 20;

export interface Endpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How this server wants an operation written; as it stands unless set. */
  readonly textOf?: (text: string) => string;
}

export interface Prepared {
  readonly body: string;
  /** Length of its answer. */
  readonly bytes: number;
  /** The answer less what each server makes by itself: ids, cursors, extensions. */
  readonly comparable: unknown;
}

/** Every request of a query with its answer. @throws Error where an answer is an error, or not of the expected size */
export async function prepare(endpoint: Endpoint, query: BenchQuery): Promise<readonly Prepared[]> {
  if (query.variables === "ids") return prepareIds(endpoint, query);
  if (query.variables === "pages") return preparePages(endpoint, query);
  const { prepared } = await ask(endpoint, { query: query.text });
  return [prepared];
}

async function prepareIds(endpoint: Endpoint, query: BenchQuery): Promise<readonly Prepared[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < pagesOfIds; page++) {
    const asked: Answered = await ask(endpoint, { query: idsQuery, variables: { after } });
    const { nodes, pageInfo } = asked.data.residents;
    const step = Math.max(1, Math.floor((nodes.length * pagesOfIds) / query.requests));
    for (let place = 0; place < nodes.length; place += step) ids.push(nodes[place].id);
    if (pageInfo.hasNextPage !== true) break;
    after = pageInfo.endCursor;
  }
  const prepared: Prepared[] = [];
  for (const id of ids) {
    const { prepared: one, data } = await ask(endpoint, { query: query.text, variables: { id } });
    if (data.resident?.id !== id) throw new Error(`${query.name}: the resident asked for did not come`);
    prepared.push(one);
  }
  return prepared;
}

async function preparePages(endpoint: Endpoint, query: BenchQuery): Promise<readonly Prepared[]> {
  const pages: Prepared[] = [];
  let after: string | null = null;
  while (pages.length < query.requests) {
    const asked: Answered = await ask(endpoint, { query: query.text, variables: { after } });
    const { nodes, pageInfo } = asked.data.residents;
    if (nodes.length !== query.rows) throw new Error(`${query.name}: a page of ${nodes.length} rows`);
    pages.push(asked.prepared);
    if (pageInfo.hasNextPage !== true) throw new Error(`${query.name}: only ${pages.length} pages`);
    after = pageInfo.endCursor;
  }
  return pages;
}

interface Answered {
  readonly prepared: Prepared;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- an answer as it came; its equality is what is checked
  readonly data: any;
}

interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, string | null>>;
}

async function ask({ url, headers, textOf }: Endpoint, asked: Asked): Promise<Answered> {
  const body = JSON.stringify({ ...asked, query: textOf?.(asked.query) ?? asked.query });
  const response = await fetch(url, { method: "POST", headers, body });
  const text = await response.text();
  const answer = response.status === 200 ? JSON.parse(text) : null;
  if (answer?.data == null || answer.errors !== undefined)
    throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return {
    prepared: { body, bytes: Buffer.byteLength(text), comparable: comparable({ data: answer.data }) },
    data: answer.data,
  };
}

const madeByServer = new Set(["id", "cursor", "startCursor", "endCursor"]);

/**
 * The same for two servers that give the same values: every id and cursor stands as whether there is one, a moment in one
 * way of writing it.
 */
export function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === "string" ? textOfMember(key, member) : comparable(member),
    ]),
  );
}

function textOfMember(key: string, text: string): string {
  if (madeByServer.has(key)) return "…";
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) ? new Date(text).toISOString() : text;
}

interface Given {
  readonly name: string;
  readonly requests: readonly Prepared[];
}

/** @throws Error at the first request that the two answer differently */
export function checkEqual(query: BenchQuery, one: Given, other: Given): void {
  if (one.requests.length !== other.requests.length || one.requests.length === 0)
    throw new Error(`${query.name}: nothing to compare`);
  one.requests.forEach((prepared, place) => {
    const beside = other.requests[place];
    if (isDeepStrictEqual(prepared.comparable, beside?.comparable)) return;
    const [text, otherText] = [prepared, beside].map((side) => JSON.stringify(side?.comparable));
    const at = [...(text ?? "")].findIndex((letter, index) => letter !== otherText?.[index]);
    const near = (whole: string | undefined): string => whole?.slice(Math.max(0, at - 100), at + 300) ?? "nothing";
    throw new Error(
      `${query.name}: the answers differ.\n${one.name}: …${near(text)}\n${other.name}: …${near(otherText)}`,
    );
  });
}

export const queriesNamed = (names: readonly string[]): readonly BenchQuery[] =>
  benchQueries.filter(({ name }) => names.length === 0 || names.includes(name));
