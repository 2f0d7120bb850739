// What is asked of each server, and the check that both give the same answer before anything is measured.
import { isDeepStrictEqual } from "node:util";
import { benchQueries, idsQuery, type BenchQuery } from "./queries.js";

/** More than a document's plans that Passerelle keeps, so that it plans anew each time, as for a real application. */
const variants = 30;

export interface Endpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
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
  return query.variables === "ids" ? prepareIds(endpoint, query) : preparePages(endpoint, query);
}

async function prepareIds(endpoint: Endpoint, query: BenchQuery): Promise<readonly Prepared[]> {
  const { data } = await ask(endpoint, JSON.stringify({ query: idsQuery }));
  const ids = (data.residents.nodes as { id: string }[]).map(({ id }) => id).slice(0, variants);
  return Promise.all(
    ids.map(async (id) => {
      const { prepared, data } = await ask(endpoint, JSON.stringify({ query: query.text, variables: { id } }));
      if (data.resident?.id !== id) throw new Error(`${query.name}: the resident asked for did not come`);
      return prepared;
    }),
  );
}

async function preparePages(endpoint: Endpoint, query: BenchQuery): Promise<readonly Prepared[]> {
  const pages: Prepared[] = [];
  let after: string | null = null;
  while (pages.length < variants) {
    const asked: Answered = await ask(endpoint, JSON.stringify({ query: query.text, variables: { after } }));
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

async function ask({ url, headers }: Endpoint, body: string): Promise<Answered> {
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

/** The same for two servers that give the same values: every id and cursor stands as whether there is one. */
export function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      madeByServer.has(key) && typeof member === "string" ? "…" : comparable(member),
    ]),
  );
}

/** @throws Error at the first request that the two answer differently */
export function checkEqual(query: BenchQuery, ours: readonly Prepared[], plain: readonly Prepared[]): void {
  if (ours.length !== plain.length || ours.length === 0) throw new Error(`${query.name}: nothing to compare`);
  ours.forEach((prepared, place) => {
    if (isDeepStrictEqual(prepared.comparable, plain[place]?.comparable)) return;
    const [one, other] = [prepared, plain[place]].map((side) => JSON.stringify(side?.comparable).slice(0, 600));
    throw new Error(`${query.name}: the two servers answer differently.\nPasserelle: ${one}\nplain: ${other}`);
  });
}

export const queriesNamed = (names: readonly string[]): readonly BenchQuery[] =>
  benchQueries.filter(({ name }) => names.length === 0 || names.includes(name));
