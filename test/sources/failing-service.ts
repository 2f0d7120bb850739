// A real HTTP service that fails as it is told, and sources in front of it that lose no time.
import {
  type CellsInPlace,
  checkedSource,
  type FetchBounds,
  type Filter,
  type KeepWish,
  type Source,
  SourceFailure,
} from "../../src/sources/index.js";
import {
  type CircuitChange,
  resilientSource,
  type Resilience,
  type ResilienceClock,
} from "../../src/sources/resilient-source.js";
import { restSource } from "../../src/sources/rest/index.js";
import type { WatchedSource } from "../../src/sources/source-health.js";
import { httpStand, type HttpStand } from "./http-stand.js";

/** What the service does with a request: a status, `hang`, `drop` (the connection), or `lie` (an answer that does not fit). */
type Behaviour = number | "hang" | "drop" | "lie";

export interface FailingService {
  readonly stand: HttpStand;
  /** Of the next requests, in turn; then `always` holds. By path: behaves so for that path alone. */
  next: Behaviour[];
  always: Behaviour;
  readonly byPath: Map<string, Behaviour>;
  rows: readonly object[];
  /** Paths asked for, in turn. */
  readonly asked: string[];
}

const usualRows = [
  { code: "P1", places: 120 },
  { code: "P2", places: 40 },
];

export async function failingService(): Promise<FailingService> {
  const service: Omit<FailingService, "stand"> = {
    next: [],
    always: 200,
    byPath: new Map(),
    asked: [],
    rows: usualRows,
  };
  const stand = await httpStand((request, response) => {
    const path = request.url ?? "";
    service.asked.push(path);
    const behaviour = service.byPath.get(path) ?? service.next.shift() ?? service.always;
    if (behaviour === "hang") return;
    if (behaviour === "drop") return void request.socket.destroy();
    const body =
      behaviour === "lie" ? [{ code: 7, places: "many" }] : behaviour === 200 ? service.rows : { secret: "Dupont" };
    response.writeHead(typeof behaviour === "number" ? behaviour : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  return Object.assign(service, { stand });
}

interface Watched {
  readonly source: WatchedSource;
  readonly changes: CircuitChange[];
  /** Lets so many milliseconds go by. */
  readonly later: (ms: number) => void;
}

const usual: Resilience = { retries: 2, breaker: { failures: 5, openMs: 10_000 }, staleMs: null };

export function watched(bare: Source, resilience: Resilience = usual, retryMs = 1): Watched {
  let ms = 0;
  const changes: CircuitChange[] = [];
  const clock: ResilienceClock = { now: () => ms, retryMs };
  const source = resilientSource(checkedSource(bare), resilience, (change) => changes.push(change), clock);
  return { source, changes, later: (more) => (ms += more) };
}

export function restTo(origin: string, timeoutMs = 5_000): Source {
  const lists = { "/car-parks": {}, "/meters": {} };
  return restSource({ name: "parking", url: origin, timeoutMs, lists });
}

const code = { name: "code", type: "String" } as const;
const places = { name: "places", type: "Int" } as const;

export const bounds = (signal = new AbortController().signal): FetchBounds => ({ signal, maxRows: 100 });

interface Asking {
  readonly from?: string;
  readonly signal?: AbortSignal;
  readonly keep?: KeepWish;
  readonly filter?: Filter;
  readonly cells?: CellsInPlace | null;
}

export const ofCode = (value: string): Filter => ({ op: "eq", column: code, value });

export const list = (source: Source, { from = "/car-parks", signal, keep, filter, cells = null }: Asking = {}) =>
  source.page(
    {
      from,
      columns: [code, places],
      filter: filter ?? null,
      order: [{ column: code, direction: "asc" }],
      after: null,
      limit: 10,
      cells,
    },
    { ...bounds(signal), keep },
  );

export async function failureOf(promise: Promise<unknown>): Promise<SourceFailure> {
  const outcome: unknown = await promise.then(
    () => "no failure",
    (error: unknown) => error,
  );
  if (!(outcome instanceof SourceFailure)) throw new Error(`expected a SourceFailure, got ${String(outcome)}`);
  return outcome;
}
