// Who a signed-in person is in the town's registers, and whose guardian: found by what the provider vouches for, through
// the town's own sources, of datasets that need not be shared.
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { VerifiedClaims } from "../identity/index.js";
import { SourceFailure, type Source } from "../sources/index.js";
import { dayIn, isDay, type Citizen, type SubjectKey, type TenantName, type Value } from "../terms/index.js";
import { bindSchemes, type BoundScheme, type SchemeSettings } from "./citizen-schemes.js";
import type { Current } from "./current.js";
import { gatedSources } from "./gated-source.js";
import { guardiansOf, reader, wardsOf, type GuardianReading, type Kin } from "./guardianship.js";
import type { TenantServices } from "./known-request.js";
import { isPerson } from "./match-person.js";

/** The registers know nobody, or several people, by these claims: then it is nobody (deny by default). */
export class NotIdentified extends Error {
  override readonly name = "NotIdentified";
  constructor(readonly reason: "unknown" | "ambiguous") {
    super(`the person is ${reason}`);
  }
}

export interface Citizens {
  /**
   * @param current what is current, where the caller has read it; else it is read
   * @throws NotIdentified; SourceFailure where a register does not answer: then nobody is identified
   */
  identify(tenant: TenantName, claims: VerifiedClaims, current?: Current): Promise<Citizen>;
  /** By the town's register alone, with the days it knows: what a record of guardianship is made from. @throws SourceFailure */
  foundWards(tenant: TenantName, guardian: SubjectKey, current?: Current): Promise<readonly Kin[]>;
  /** Who is guardian of this child today, by register and record; empty for a grown person. @throws SourceFailure */
  guardiansOf(tenant: TenantName, child: SubjectKey, current?: Current): Promise<readonly SubjectKey[]>;
}

/** What staff recorded beside the registers. Read anew each time: a guardianship that ends counts at once (law 6). */
export interface GuardianshipRecords {
  /** @param day `YYYY-MM-DD` */
  kin(tenant: TenantName, person: SubjectKey, as: "guardian" | "ward", day: string): Promise<RecordedKin>;
}

export interface RecordedKin {
  readonly recorded: readonly SubjectKey[];
  /** Ended by staff, whatever a register says. */
  readonly ended: readonly SubjectKey[];
}

export interface CitizensOptions {
  readonly tenants: ReadonlyMap<TenantName, CitizenRegisters>;
  readonly services: ReadonlyMap<TenantName, TenantServices>;
  readonly current: (tenant: TenantName) => Promise<Current>;
  /** Null: nothing is recorded beside the registers. */
  readonly records: GuardianshipRecords | null;
  readonly now?: () => Date;
}

export interface CitizenRegisters {
  readonly schemes: ReadonlyMap<string, SchemeSettings>;
  /** IANA name. */
  readonly timeZone: string;
}

const timeMs = 5_000;
/** People of one date of birth. */
const mostBornOnOneDay = 2_000;
const heldMs = 60_000;
const mostHeld = 5_000;
/** Whose turn at a source it is, beside the agreements. */
const group = "citizens";

export function createCitizens(options: CitizensOptions): Citizens {
  const now = options.now ?? (() => new Date());
  const held = new LRUCache<string, Found>({ max: mostHeld, ttl: heldMs });
  const open = async (tenant: TenantName, current: Current | undefined): Promise<Search> => {
    const registers = options.tenants.get(tenant);
    const services = options.services.get(tenant);
    if (registers === undefined || services === undefined) throw new NotIdentified("unknown");
    const { policy } = current ?? (await options.current(tenant));
    const { schemes } = bindSchemes(registers.schemes, policy.catalogue);
    const sources = gatedSources(services, group);
    const today = dayIn(registers.timeZone, now());
    return { tenant, schemes, sources, today, version: policy.id, signal: AbortSignal.timeout(timeMs) };
  };
  const withRecords = async (
    search: Search,
    person: SubjectKey,
    as: "guardian" | "ward",
    found: readonly SubjectKey[],
  ) => {
    if (options.records === null) return found;
    const { recorded, ended } = await options.records.kin(search.tenant, person, as, search.today);
    return distinct([...found, ...recorded]).filter((each) => !ended.some((other) => isSame(each, other)));
  };
  const find = async (search: Search, claims: VerifiedClaims): Promise<Found> => {
    // Law 12: what was found holds for one version's bindings, and for one day.
    const name = createHash("sha256")
      .update(JSON.stringify([search.tenant, claims.issuer, claims.subject, search.version, search.today]))
      .digest("base64url");
    const known = held.get(name);
    if (known !== undefined) return known;
    const found = await findSelf(search, claims);
    held.set(name, found);
    return found;
  };
  return {
    identify: async (tenant, claims, current) => {
      const search = await open(tenant, current);
      const { self, wards } = await find(search, claims);
      const each = await Promise.all(
        self.map((person) =>
          withRecords(
            search,
            person,
            "guardian",
            wards.filter(({ scheme }) => scheme === person.scheme),
          ),
        ),
      );
      return { self, wards: distinct(each.flat()).filter((ward) => !self.some((own) => isSame(own, ward))) };
    },
    foundWards: async (tenant, guardian, current) => foundWards(await open(tenant, current), guardian),
    guardiansOf: async (tenant, child, current) => {
      const search = await open(tenant, current);
      const reading = readingOf(search, child.scheme);
      const found = reading === null ? [] : (await guardiansOf(reading, child.key)).map(plain);
      return withRecords(search, child, "ward", distinct(found));
    },
  };
}

/** One look into one tenant's registers. */
interface Search {
  readonly tenant: TenantName;
  readonly schemes: readonly BoundScheme[];
  readonly sources: ReadonlyMap<string, Source>;
  readonly today: string;
  readonly version: string;
  readonly signal: AbortSignal;
}

interface Found {
  readonly self: readonly SubjectKey[];
  readonly wards: readonly SubjectKey[];
}

/** @throws NotIdentified, SourceFailure */
async function findSelf(search: Search, { claims }: VerifiedClaims): Promise<Found> {
  const found = await Promise.all(
    search.schemes.map(async (scheme) => ({ scheme: scheme.scheme, keys: await keysOf(search, scheme, claims) })),
  );
  // In a register that knows several such people nobody is found; the others may still know the person.
  const self = found.flatMap(({ scheme, keys }) => {
    const [key] = keys;
    return key === undefined || keys.length > 1 ? [] : [{ scheme, key }];
  });
  if (self.length === 0) throw new NotIdentified(found.some(({ keys }) => keys.length > 1) ? "ambiguous" : "unknown");
  const wards = await Promise.all(self.map((person) => foundWards(search, person)));
  return { self, wards: distinct(wards.flat().map(plain)) };
}

/** Of every person in one register who matches. */
async function keysOf(
  { sources, signal }: Search,
  { people, key, birthDate, match }: BoundScheme,
  claims: VerifiedClaims["claims"],
): Promise<readonly NonNullable<Value>[]> {
  const born = claims["birthdate"];
  if (typeof born !== "string" || !isDay(born)) return [];
  const columns = [
    ...new Map([key, birthDate, ...match.flatMap((each) => each.columns)].map((each) => [each.name, each])).values(),
  ];
  const rows = await sourceOf(sources, people.source).byKeys(
    {
      ...{ from: people.from, columns, match: [birthDate], keys: [[born]] },
      ...{ filter: null, order: [], after: null, limitPerKey: null },
    },
    { signal, maxRows: mostBornOnOneDay },
  );
  // Law 14: the date of birth is compared again with the others.
  const mine = rows.flatMap((row) => {
    const read = reader(columns, row);
    const cells = match.map((each) => ({ claim: each.claim, cells: each.columns.map(read) }));
    const found = read(key);
    return found !== null && isPerson(claims, cells) ? [found] : [];
  });
  return [...new Set(mine)];
}

async function foundWards(search: Search, { scheme, key }: SubjectKey): Promise<readonly Kin[]> {
  const reading = readingOf(search, scheme);
  return reading === null ? [] : wardsOf(reading, key);
}

/** Null where no register keeps the guardians of this scheme. */
function readingOf({ schemes, sources, today, signal }: Search, name: string): GuardianReading | null {
  const scheme = schemes.find((each) => each.scheme === name);
  const guardians = scheme?.guardians ?? null;
  if (scheme === undefined || guardians === null) return null;
  return { scheme, guardians, source: (dataset) => sourceOf(sources, dataset.source), today, signal };
}

function sourceOf(sources: ReadonlyMap<string, Source>, name: string): Source {
  const source = sources.get(name);
  if (source === undefined) throw new SourceFailure(name, "unavailable", "not in gateway.yaml");
  return source;
}

const plain = ({ scheme, key }: SubjectKey): SubjectKey => ({ scheme, key });
const isSame = (one: SubjectKey, other: SubjectKey): boolean => one.scheme === other.scheme && one.key === other.key;
const distinct = (people: readonly SubjectKey[]): readonly SubjectKey[] =>
  people.filter((each, place) => people.findIndex((other) => isSame(each, other)) === place);
