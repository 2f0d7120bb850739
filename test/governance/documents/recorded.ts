// A record as documents read it, in memory: whole entries, by the one condition that these tests search by.
import type { EntryBody, PersonalPart, StoredEntry } from "../../../src/accesslog/index.js";
import type { ConsentEvent } from "../../../src/consent/index.js";
import type { DocumentServices } from "../../../src/governance/index.js";
import type { LogFilter, SubjectToken, SubjectTokens } from "../../../src/terms/index.js";
import { agreements, applications, rivemontFacts, rivemontVersion, tenant } from "../rivemont.js";

export type EntryChanges = Partial<Omit<EntryBody, "fields" | "withheld" | "agreement">> & {
  readonly agreement?: string | null;
  readonly fields?: readonly string[];
  readonly withheld?: readonly string[];
  /** Tokens, of `resident`. */
  readonly people?: readonly string[];
  readonly intact?: boolean;
  readonly who?: string;
};

export function entryAt(index: number, changes: EntryChanges = {}): StoredEntry {
  const { fields = ["Resident.familyName"], withheld = [], people = [], intact = true, who, ...body } = changes;
  const agreement = body.agreement === undefined ? "cantine-plus/school-meals" : body.agreement;
  const [application, purpose] = agreement?.split("/") ?? [];
  const personal: PersonalPart = {
    v: 1,
    subjects: { resident: people as SubjectToken[] },
    operationName: null,
    traceparent: null,
    staff: who ?? null,
  };
  return {
    index,
    canonical: "{}",
    leafHash: "ab".repeat(32),
    intact,
    personal,
    body: {
      ...{
        v: 1,
        id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
        tenant,
        durationMs: 12,
        status: 200,
      },
      ...{ at: new Date(Date.UTC(2026, 10, 1, 8, 0, index)).toISOString(), outcome: "answered", agreementVersion: 1 },
      ...{ basis: "public-task", key: "k7", policyVersion: "cd".repeat(32), operation: "ef".repeat(32) },
      ...{ refused: [], rows: [{ dataset: "Resident", rows: 3 }], errors: [], sources: [], subjects: people.length },
      ...{ staff: null, truncated: {}, personal: "00".repeat(32), application, purpose },
      ...body,
      agreement,
      fields: fields.map((coordinate) => ({
        coordinate,
        rule: "policies/rivemont/canteen.csv:3",
        mask: "-",
        cells: 3,
      })),
      withheld: withheld.map((coordinate) => ({ coordinate, cells: 1 })),
    } as unknown as EntryBody,
  };
}

/** `resident 123` ↔ `T123`, and `O123` under an older secret. */
const tokens: SubjectTokens = {
  seal: (_tenant, _scheme, keys) => keys.map((key) => `T${String(key)}` as SubjectToken),
  ofAllSecrets: (_tenant, _scheme, key) => [`T${String(key)}`, `O${String(key)}`] as SubjectToken[],
  open: (_tenant, _scheme, sealed) => sealed.map((token) => (/^[TO]\d+$/.test(token) ? Number(token.slice(1)) : null)),
};

export interface Recorded {
  readonly entries?: readonly StoredEntry[];
  readonly events?: readonly ConsentEvent[];
  readonly checkpoint?: string | null;
  readonly agreements?: DocumentServices["agreements"];
  /** Called before each page is read: throw to break the database. */
  readonly reading?: (page: number) => void;
}

export interface TestServices extends DocumentServices {
  /** Pages that were read so far. */
  readonly pages: () => number;
}

const rivemont = rivemontVersion();
const facts = rivemontFacts();

export async function servicesOf(recorded: Recorded = {}): Promise<TestServices> {
  const { version } = await rivemont;
  const entries = [...(recorded.entries ?? [])].sort((a, b) => b.index - a.index);
  let pages = 0;
  const found = ({ conditions, before = Infinity }: LogFilter): StoredEntry[] =>
    entries.filter((entry) => entry.index < before && conditions.every((condition) => holds(condition, entry)));
  return {
    towns: new Map([[tenant, facts]]),
    log: {
      searchEntries: (_tenant, filter, { limit, before = Infinity }) => {
        pages += 1;
        recorded.reading?.(pages);
        const all = found({ ...filter, before: Math.min(before, filter.before ?? Infinity) });
        return Promise.resolve({ entries: all.slice(0, limit), more: all.length > limit });
      },
      total: (_tenant, filter, bound) => {
        const count = found(filter).length;
        return Promise.resolve({ count: Math.min(count, bound), exact: count <= bound });
      },
      checkpoint: () => Promise.resolve(recorded.checkpoint ?? null),
    },
    tokens,
    agreements: recorded.agreements ?? (() => Promise.resolve(agreements)),
    applications: () => Promise.resolve(applications),
    inForce: () => Promise.resolve(version),
    decisions: () => Promise.resolve(recorded.events ?? []),
    now: () => new Date("2026-11-23T09:12:00Z"),
    pages: () => pages,
  };
}

function holds(condition: LogFilter["conditions"][number], { body, personal }: StoredEntry): boolean {
  if (condition.on === "person")
    return condition.anyOf.some(({ scheme, tokens: sought }) =>
      personal?.subjects[scheme]?.some((token) => sought.includes(token)),
    );
  if (condition.on === "app") return condition.anyOf.includes(body.application ?? "") !== condition.not;
  throw new Error(`these tests do not search by ${condition.on}`);
}

export const ownEntry = { id: "00000000-0000-4000-8000-000000999999", index: 999_999 };
