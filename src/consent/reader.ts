// Whose rows may leave, read from the store: held in memory with their consent revision, or asked for page by page.
import type { DataSource } from "../store/index.js";
import { dayIn, type SubjectToken, type SubjectTokens, type TenantName, type Value } from "../terms/index.js";
import { objectionTerms } from "./dossiers.js";
import { HeldPeople } from "./held-people.js";
import { HeldSet, type Snapshot } from "./held-set.js";
import { Holdings, type Asking } from "./holdings.js";
import type { AskedAgreement, ConsentReader, HeldUnits, PeopleSet } from "./people-set.js";
import { readByTokens, type Place } from "./read-current.js";
import { asksPeople, usualUnits, type AskingBasis } from "./unit-bits.js";

export interface ConsentReaderOptions {
  /** As the role `gateway`. */
  readonly dataSource: DataSource;
  readonly tokens: SubjectTokens;
  /** IANA name of a tenant's time zone: a decision ends with its last day there. */
  readonly timeZone: (tenant: TenantName) => string;
  /** How many people's decisions are kept in memory, over all agreements; 2,000,000 unless given. */
  readonly heldPeople?: number;
  /** Rows that are read at once while a set is loaded; 2,000 unless given. */
  readonly part?: number;
  /** Changes that a set takes in at once before it is read anew; 20,000 unless given. */
  readonly deltaMax?: number;
  readonly now?: () => Date;
}

/** Sets read at the same time: each holds a connection while it lasts. */
const loadsAtOnce = 2;
/** Milliseconds before a set that had to make room is read again, so that two large ones do not take turns. */
const restMs = 300_000;

/** What holds sets in memory. */
export interface HoldingReader extends ConsentReader {
  /** Sets that are being read are left at their next part, so that no connection is waited for. */
  close(): void;
}

export function openConsentReader(options: ConsentReaderOptions): HoldingReader {
  return new StoreReader(options);
}

class StoreReader implements HoldingReader {
  readonly #options: ConsentReaderOptions;
  readonly #holdings = new Map<TenantName, Holdings>();
  /** The least recently used first. */
  readonly #sets = new Map<string, HeldSet>();
  /** When a set had to make room, by its name. */
  readonly #dropped = new Map<string, number>();

  #closed = false;

  constructor(options: ConsentReaderOptions) {
    this.#options = options;
  }

  close(): void {
    this.#closed = true;
  }

  peopleNow(agreement: AskedAgreement, revision: number): PeopleSet | null | undefined {
    if (!asksPeople(agreement.basis)) return null;
    const name = namedPlace(agreement, agreement.basis).name;
    const set = this.#sets.get(name);
    const snapshot = set?.now(revision) ?? null;
    if (set === undefined || snapshot === null) return undefined;
    this.#used(name, set);
    return remembered(snapshot, this.#askingOf(agreement, agreement.basis), this.#holdingsOf(agreement.tenant));
  }

  async people(agreement: AskedAgreement, revision: number): Promise<PeopleSet | null> {
    const { tenant, basis } = agreement;
    if (!asksPeople(basis)) return null;
    const asked = namedPlace(agreement, basis);
    const holdings = this.#holdingsOf(tenant);
    const asking = this.#askingOf(agreement, basis);
    const snapshot = await this.#held(asked, holdings, revision);
    return snapshot === null
      ? new AskedPeople(this.#options, asked.place, asking, holdings, revision)
      : remembered(snapshot, asking, holdings);
  }

  #askingOf({ tenant, units }: AskedAgreement, basis: AskingBasis): Asking {
    return { basis, units, day: dayIn(this.#options.timeZone(tenant), this.#now()) };
  }

  #holdingsOf(tenant: TenantName): Holdings {
    const holdings = this.#holdings.get(tenant) ?? new Holdings();
    this.#holdings.set(tenant, holdings);
    return holdings;
  }

  async #held({ place, name }: NamedPlace, holdings: Holdings, revision: number): Promise<Snapshot | null> {
    const set = this.#sets.get(name) ?? this.#makeSet(name, place, holdings);
    this.#used(name, set);
    const loads = [...this.#sets.values()].filter((each) => each.loading).length;
    return set.at(revision, loads < loadsAtOnce && this.#rested(name));
  }

  #used(name: string, set: HeldSet): void {
    this.#sets.delete(name);
    this.#sets.set(name, set);
  }

  #makeSet(name: string, place: Place, holdings: Holdings): HeldSet {
    const { dataSource, tokens, part = 2_000, deltaMax = 20_000 } = this.#options;
    const room = (people: number): boolean => this.#makeRoom(name, people);
    return new HeldSet({ dataSource, tokens, place, holdings, part, deltaMax, room });
  }

  /** Drops what was used longest ago until there is room; false: it is too large for all the room there is. */
  #makeRoom(name: string, people: number): boolean {
    const { heldPeople = 2_000_000 } = this.#options;
    if (this.#closed || people > heldPeople) return false;
    let held = 0;
    for (const [other, set] of this.#sets) if (other !== name) held += set.people;
    for (const [other, set] of this.#sets) {
      if (held + people <= heldPeople) break;
      if (other === name || set.people === 0) continue;
      held -= set.people;
      this.#sets.delete(other);
      this.#dropped.set(other, this.#now().getTime());
    }
    return true;
  }

  #rested(name: string): boolean {
    const dropped = this.#dropped.get(name);
    if (dropped === undefined) return true;
    if (this.#now().getTime() - dropped < restMs) return false;
    this.#dropped.delete(name);
    return true;
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}

const refuseBoolean = (): never => {
  throw new TypeError("a person's key is a number or a text");
};

interface NamedPlace {
  readonly place: Place;
  readonly name: string;
}

/** Law 12: a name follows from the agreement and its terms alone, and so is kept beside who asks. */
const places = new WeakMap<AskedAgreement, NamedPlace>();

function namedPlace(agreement: AskedAgreement, basis: AskingBasis): NamedPlace {
  let known = places.get(agreement);
  if (known === undefined) {
    const { tenant, id, terms } = agreement;
    const place = { tenant, agreement: id, terms: basis === "consent" ? terms : objectionTerms };
    known = { place, name: JSON.stringify([tenant, id, place.terms]) };
    places.set(agreement, known);
  }
  return known;
}

/** The set that was made of a snapshot last: until somebody decides, or the day ends, it is the same for every request. */
const sets = new WeakMap<Snapshot, RememberedPeople>();

function remembered(snapshot: Snapshot, asking: Asking, holdings: Holdings): RememberedPeople {
  // The table stands for basis, units and day.
  const bits = holdings.bits(asking);
  const known = sets.get(snapshot);
  if (known?.bits === bits) return known;
  const made = new RememberedPeople(snapshot, asking, bits);
  sets.set(snapshot, made);
  return made;
}

class UnitsOfScheme implements HeldUnits {
  constructor(
    readonly people: HeldPeople,
    readonly bits: Int32Array,
    readonly usual: number,
  ) {}

  of(key: Value): number {
    if (key === null) return this.usual;
    if (typeof key === "boolean") return refuseBoolean();
    const place = this.people.place(key);
    return place === -1 ? this.usual : (this.bits[place] ?? 0);
  }
}

class RememberedPeople implements PeopleSet {
  readonly usual: number;
  readonly #held = new Map<string, UnitsOfScheme>();
  constructor(
    readonly snapshot: Snapshot,
    { basis, units }: Asking,
    readonly bits: Int32Array,
  ) {
    this.usual = usualUnits(basis, units);
  }

  held(scheme: string): UnitsOfScheme {
    const known = this.#held.get(scheme);
    if (known !== undefined) return known;
    const people = this.snapshot.schemes.get(scheme) ?? HeldPeople.nobody;
    const made = new UnitsOfScheme(people, this.bits, this.usual);
    this.#held.set(scheme, made);
    return made;
  }

  openUnits(scheme: string, keys: readonly Value[]): Promise<readonly number[]> {
    const held = this.held(scheme);
    return Promise.resolve(keys.map((key) => held.of(key)));
  }

  unusual(scheme: string, units: number, max: number): readonly NonNullable<Value>[] | null {
    const people = this.snapshot.schemes.get(scheme);
    if (people === undefined) return [];
    return people.unusual(this.bits, this.usual, units, max);
  }
}

/** Asks the store for each page. What was answered once stays so for the request: it sees one state of a person. */
class AskedPeople implements PeopleSet {
  readonly usual: number;
  readonly #known = new Map<string, Map<Value, number>>();

  constructor(
    readonly options: ConsentReaderOptions,
    readonly place: Place,
    readonly asking: Asking,
    readonly holdings: Holdings,
    readonly revision: number,
  ) {
    this.usual = usualUnits(asking.basis, asking.units);
  }

  held(): null {
    return null;
  }

  async openUnits(scheme: string, keys: readonly Value[]): Promise<readonly number[]> {
    const known = this.#known.get(scheme) ?? new Map<Value, number>([[null, this.usual]]);
    this.#known.set(scheme, known);
    const missing = [...new Set(keys)].filter((key): key is NonNullable<Value> => key !== null && !known.has(key));
    if (missing.length > 0) {
      // Two pages of one request may wait at the same time: what the first of them saw stays.
      const answered = await this.#ask(scheme, missing);
      missing.forEach((key, i) => {
        if (!known.has(key)) known.set(key, answered[i] ?? 0);
      });
    }
    return keys.map((key) => known.get(key) ?? 0);
  }

  unusual(): null {
    return null;
  }

  async #ask(scheme: string, keys: readonly NonNullable<Value>[]): Promise<number[]> {
    if (keys.some((key) => typeof key === "boolean")) refuseBoolean();
    const tokens = this.#tokens(scheme, keys);
    const seen = await readByTokens(this.options.dataSource, this.place, scheme, tokens.flat(), this.holdings);
    if (seen.revision < this.revision)
      throw new Error("the store of consent knows less than the revision that was read of it");
    const bits = this.holdings.bits(this.asking);
    const rows = new Map(seen.rows.map((row, order) => [row.token, { ...row, order }]));
    return tokens.map((own) => {
      // Rows of one person under several secrets say the same; were one of them older, the newest would be right.
      let newest: { readonly holding: number; readonly order: number } | null = null;
      for (const token of own) {
        const row = rows.get(token);
        if (row !== undefined && (newest === null || row.order > newest.order)) newest = row;
      }
      return newest === null ? this.usual : (bits[this.holdings.place(newest.holding)] ?? 0);
    });
  }

  /** Under every live secret; all at once where there is one, which is the rule. */
  #tokens(scheme: string, keys: readonly NonNullable<Value>[]): SubjectToken[][] {
    const { tokens } = this.options;
    const { tenant } = this.place;
    const [first] = keys;
    if (first === undefined) return [];
    if (tokens.ofAllSecrets(tenant, scheme, first).length === 1)
      return tokens.seal(tenant, scheme, keys).map((token) => [token]);
    return keys.map((key) => tokens.ofAllSecrets(tenant, scheme, key));
  }
}
