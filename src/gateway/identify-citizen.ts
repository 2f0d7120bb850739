// Who a signed-in person is in the town's registers, and whose guardian: found by what the provider vouches for, through
// the town's own sources, of datasets that need not be shared.
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { VerifiedClaims } from "../identity/index.js";
import { SourceFailure, type Source } from "../sources/index.js";
import { dayIn, isDay, type Citizen, type SubjectKey, type TenantName, type Value } from "../terms/index.js";
import { bindSchemes, type BoundScheme, type SchemeSettings } from "./citizen-schemes.js";
import type { Current } from "./current.js";
import { firstNamesIn } from "./first-names.js";
import { gatedSources } from "./gated-source.js";
import { bornOn, guardiansOf, isGrown, reader, wardsOf, type GuardianReading, type Kin } from "./guardianship.js";
import { keepFound, keptKin, type FoundKin, type GuardianshipRegister } from "./keep-guardianships.js";
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
  /** Who is guardian of this child today, by register and record; empty for a grown person. @throws SourceFailure */
  guardiansOf(tenant: TenantName, child: SubjectKey, current?: Current): Promise<readonly SubjectKey[]>;
  /**
   * What these people are called, in their order: the first of their given names; null where the register has none. For
   * the eyes of who was just identified as their guardian, on one page: it is held nowhere (law 11).
   * @throws SourceFailure
   */
  firstNames(tenant: TenantName, wards: readonly SubjectKey[]): Promise<readonly (string | null)[]>;
}

export interface CitizensOptions {
  readonly tenants: ReadonlyMap<TenantName, CitizenRegisters>;
  readonly services: ReadonlyMap<TenantName, TenantServices>;
  readonly current: (tenant: TenantName) => Promise<Current>;
  /** Where guardianships are recorded too, and ended by staff; null: the town's registers alone are asked. */
  readonly recorded: GuardianshipRegister | null;
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
/** A page does not wait long for what it can do without. */
const namesTimeMs = 2_000;
/** Whose turn at a source it is, beside the agreements. */
const group = "citizens";

export function createCitizens(options: CitizensOptions): Citizens {
  const { recorded, now = () => new Date() } = options;
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
  const keep = async (
    search: Search,
    person: SubjectKey,
    are: FoundKin["are"],
    found: readonly Kin[],
  ): Promise<void> => {
    const reading = readingOf(search, person.scheme);
    if (recorded === null || reading === null) return;
    const { tenant, today } = search;
    const bornOf = (child: SubjectKey) => bornOn(reading, child.key);
    await keepFound(recorded, { tenant, person, are, found, today, bornOf, dataset: reading.guardians.dataset.name });
  };
  // Read anew each time: a guardianship that staff end counts no more at once (law 6).
  const kept = async ({ tenant, today }: Search, person: SubjectKey, are: FoundKin["are"], found: readonly Kin[]) =>
    (recorded === null ? found : await keptKin(recorded, { tenant, person, are, today })).map(plain);
  const find = async (search: Search, claims: VerifiedClaims): Promise<Found> => {
    // Law 12: what was found holds for one version's bindings, and for one day.
    const name = createHash("sha256")
      .update(JSON.stringify([search.tenant, claims.issuer, claims.subject, search.version, search.today]))
      .digest("base64url");
    const known = held.get(name);
    if (known !== undefined) return known;
    const found = await findSelf(search, claims);
    const child = isChild(search, claims);
    for (const person of found.self) {
      await keep(search, person, "wards", kinOf(person, found.wards));
      if (child) await keep(search, person, "guardians", await foundGuardians(search, person));
    }
    held.set(name, found);
    return found;
  };
  return {
    identify: async (tenant, claims, current) => {
      const search = await open(tenant, current);
      const { self, wards } = await find(search, claims);
      const each = await Promise.all(self.map((person) => kept(search, person, "wards", kinOf(person, wards))));
      return { self, wards: distinct(each.flat()).filter((ward) => !self.some((own) => isSame(own, ward))) };
    },
    guardiansOf: async (tenant, child, current) => {
      const search = await open(tenant, current);
      const found = await foundGuardians(search, child);
      await keep(search, child, "guardians", found);
      return kept(search, child, "guardians", found);
    },
    firstNames: async (tenant, wards) => (wards.length === 0 ? [] : namesOf(await open(tenant, undefined), wards)),
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
  readonly wards: readonly Kin[];
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
  return { self, wards: wards.flat() };
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

async function foundGuardians(search: Search, { scheme, key }: SubjectKey): Promise<readonly Kin[]> {
  const reading = readingOf(search, scheme);
  return reading === null ? [] : guardiansOf(reading, key);
}

/** May sign in before any guardian has: unless its guardians are on record, it would count as grown and decide alone. */
const isChild = ({ today }: Search, { claims: { birthdate } }: VerifiedClaims): boolean =>
  typeof birthdate === "string" && !isGrown(birthdate, today);

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

async function namesOf({ schemes, sources }: Search, wards: readonly SubjectKey[]): Promise<(string | null)[]> {
  const signal = AbortSignal.timeout(namesTimeMs);
  const found = await Promise.all(
    schemes.map(async (bound) => {
      const keys = wards.filter(({ scheme }) => scheme === bound.scheme).map(({ key }) => key);
      const source = sourceOf(sources, bound.people.source);
      return [bound.scheme, await firstNamesIn(bound, source, keys, signal)] as const;
    }),
  );
  const names = new Map(found);
  return wards.map(({ scheme, key }) => names.get(scheme)?.get(key) ?? null);
}

const kinOf = ({ scheme }: SubjectKey, kin: readonly Kin[]): readonly Kin[] =>
  kin.filter((each) => each.scheme === scheme);
const plain = ({ scheme, key }: SubjectKey): SubjectKey => ({ scheme, key });
const isSame = (one: SubjectKey, other: SubjectKey): boolean => one.scheme === other.scheme && one.key === other.key;
const distinct = (people: readonly SubjectKey[]): readonly SubjectKey[] =>
  people.filter((each, place) => people.findIndex((other) => isSame(each, other)) === place);
