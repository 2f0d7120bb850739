// The searches that a DPO makes, through the reader that console and command line use.
import type { AccessLog } from "../src/accesslog/index.js";
import { logFilterOf, readLogQuery, type LogFilter, type SubjectToken, type TenantName } from "../src/terms/index.js";
import { percentile } from "./figures.js";
import { policyVersion, tokenOf, type Span } from "./log-entries.js";

export interface NamedSearch {
  readonly name: string;
  readonly line: string;
  /** What it must find: a search that finds something else than is meant measures nothing. */
  readonly finds: "nothing" | "something";
}

export interface SearchFigures extends NamedSearch {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  readonly total: number;
  /** Counting all that it finds. */
  readonly totalP95: number;
}

const timeZone = "Europe/Paris";
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export function namedSearches({ startMs, stepMs, entries }: Span): { twelve: NamedSearch[]; worst: NamedSearch[] } {
  const end = startMs + stepMs * entries;
  const [middle, monthAgo] = [dayOf((startMs + end) / 2), dayOf(end - 30 * 86_400_000)];
  const person = `person:resident~${tokenOf(4711)}`;
  const search = (name: string, line: string, finds: NamedSearch["finds"] = "something"): NamedSearch => ({
    name,
    line,
    finds,
  });
  return {
    twelve: [
      search("an application", "app:cantine-plus"),
      search("an agreement on a day", `agreement:repas-malin/tax-control on:${middle}`),
      search("a field", "field:Resident.email"),
      search("a field, an application, not answered", "field:Resident.number app:cantine-plus -outcome:answered"),
      search("a person", person),
      search("a person and a dataset", `${person} dataset:Household`),
      search("refused, of the last month", `outcome:refused after:${monthAgo}`),
      search("a purpose and a legal basis", "purpose:district-survey basis:public-task"),
      search("staff only", "staff:*"),
      search("one policy version, the oldest", `policy:${policyVersion(0).slice(0, 12)}`),
      search("a dataset, without one application", "dataset:Household -app:cantine-plus"),
      search("a rare outcome, over the whole log", "outcome:failed"),
    ],
    worst: [
      search(
        "gone since the log's first hundredth, and common",
        "app:observatoire field:Resident.email outcome:answered",
      ),
      search("two common terms that never meet", "app:cantine-plus purpose:mobility", "nothing"),
      search("everything, less all of it", "-outcome:answered,partial,refused,invalid,failed,staff", "nothing"),
      search("a person whom nobody asked about", "person:resident~AAAA", "nothing"),
      search("by who of staff it was", "staff:admin@grandville.example"),
      search("nearly everything, oldest day", `-app:musees before:${dayOf(startMs + 2 * 86_400_000)}`),
    ],
  };
}

function filterOf(line: string, now: Date): LogFilter {
  const { terms, faults } = readLogQuery(line);
  if (faults.length > 0) throw new Error(`${line}: ${faults.map(({ sentence }) => sentence.en).join(" ")}`);
  return logFilterOf(terms, {
    now,
    timeZone,
    person: (sought) => ({
      scheme: sought.scheme,
      tokens: ["token" in sought ? (sought.token as SubjectToken) : (sought.key as SubjectToken)],
    }),
  });
}

/** Warm: some runs before those that count. */
export async function measureSearch(
  log: AccessLog,
  tenant: TenantName,
  search: NamedSearch,
  now: Date,
  runs: number,
  large: boolean,
): Promise<SearchFigures> {
  const filter = filterOf(search.line, now);
  const times: number[] = [];
  let found = 0;
  for (let run = -5; run < runs; run++) {
    const began = performance.now();
    const { rows } = await log.searchSummaries(tenant, filter, { limit: 100 });
    if (run >= 0) times.push(performance.now() - began);
    found = rows.length;
  }
  // A small log may have nobody's entry of a kind.
  if (found > 0 === (search.finds === "nothing") && (found > 0 || large))
    throw new Error(`${search.name}: ${found} entries found, which is not the search that is meant`);
  const counted: number[] = [];
  let total = 0;
  for (let run = -1; run < Math.max(5, runs / 5); run++) {
    const began = performance.now();
    ({ count: total } = await log.total(tenant, filter, Number.MAX_SAFE_INTEGER));
    if (run >= 0) counted.push(performance.now() - began);
  }
  const [p50, p95, max] = [0.5, 0.95, 1].map((share) => percentile(times, share)) as [number, number, number];
  return { ...search, p50, p95, max, total, totalP95: percentile(counted, 0.95) };
}
