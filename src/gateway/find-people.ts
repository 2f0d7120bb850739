// Finding a person in the town's own registers, for staff who may: by the key that the services know them by, or by what
// people say of themselves. Through the town's sources, of datasets that need not be shared; nothing of it is held.
import type { Catalogue, Dataset, SourceColumn } from "../catalogue/index.js";
import { SourceFailure, type Filter, type Source } from "../sources/index.js";
import { isDay, type Row, type TenantName, type Value } from "../terms/index.js";
import { bindSchemes, type BoundScheme } from "./citizen-schemes.js";
import type { Current } from "./current.js";
import { gatedSources } from "./gated-source.js";
import { reader } from "./guardianship.js";
import type { CitizenRegisters } from "./identify-citizen.js";
import type { TenantServices } from "./known-request.js";
import { isSameClaim } from "./match-person.js";

export interface RegisterKey {
  /** `key`, or a claim: `family_name`, `given_name`, `birthdate`. */
  readonly name: string;
  readonly kind: "number" | "text" | "day";
  /** Enough by itself. */
  readonly alone: boolean;
  /** The first field that holds it. */
  readonly coordinate: string;
}

export interface RegisterView {
  /** The scheme of `@subject`. */
  readonly scheme: string;
  readonly keys: readonly RegisterKey[];
}

export interface FoundPerson {
  readonly key: NonNullable<Value>;
  /** To tell people apart on a screen: `Khadija Ferreira, 1987-04-02`. */
  readonly label: string;
}

export interface FoundPeople {
  readonly people: readonly FoundPerson[];
  readonly more: boolean;
}

/** Nobody could be looked for. */
export class NotLookedFor extends Error {
  override readonly name = "NotLookedFor";
  constructor(
    /** `too-many`: so many have such a name that not all were looked at. */
    readonly reason: "no-register" | "not-enough" | "no-number" | "no-day" | "too-many",
  ) {
    super(`nobody was looked for: ${reason}`);
  }
}

export interface PeopleFinder {
  /** Empty where nothing is in force. */
  registers(tenant: TenantName): Promise<readonly RegisterView[]>;
  /** @param by what is known of them, by the name of the key @throws NotLookedFor, SourceFailure */
  find(tenant: TenantName, register: string, by: ReadonlyMap<string, string>): Promise<FoundPeople>;
}

export interface PeopleFinderOptions {
  readonly tenants: ReadonlyMap<TenantName, Pick<CitizenRegisters, "schemes">>;
  readonly services: ReadonlyMap<TenantName, TenantServices>;
  /** Null: nothing is in force. */
  readonly current: (tenant: TenantName) => Promise<Pick<Current, "policy"> | null>;
}

const timeMs = 5_000;
const mostFound = 20;
/** Rows with one date of birth, or one beginning of a name (law 13). */
const mostLookedAt = 2_000;
/** Whose turn at a source it is, beside the agreements. */
const group = "staff";
/** Of the claims that gateway.yaml matches, those that staff are asked for. */
const asked = ["family_name", "given_name", "birthdate"] as const;

interface Register {
  readonly scheme: string;
  readonly people: Dataset;
  readonly key: SourceColumn;
  /** Null: gateway.yaml does not say how people are matched; the key alone finds them. */
  readonly bound: BoundScheme | null;
}

export function createPeopleFinder({ tenants, services, current }: PeopleFinderOptions): PeopleFinder {
  const registersOf = async (tenant: TenantName): Promise<readonly Register[]> => {
    const catalogue = (await current(tenant))?.policy.catalogue;
    if (catalogue === undefined) return [];
    return foundRegisters(catalogue, bindSchemes(tenants.get(tenant)?.schemes ?? new Map(), catalogue).schemes);
  };
  return {
    registers: async (tenant) => (await registersOf(tenant)).map(viewOf),
    find: async (tenant, name, by) => {
      const register = (await registersOf(tenant)).find(({ scheme }) => scheme === name);
      if (register === undefined) throw new NotLookedFor("no-register");
      const own = services.get(tenant);
      const source = own === undefined ? undefined : gatedSources(own, group).get(register.people.source);
      if (source === undefined) throw new SourceFailure(register.people.source, "unavailable", "not in gateway.yaml");
      const search = new Search(register, source);
      const key = by.get("key");
      return key === undefined ? search.byClaims(by) : search.byKey(key);
    },
  };
}

/** A dataset that lists people: its own key is that of the scheme. */
function foundRegisters(catalogue: Catalogue, bound: readonly BoundScheme[]): Register[] {
  const registers = new Map<string, Register>();
  for (const people of catalogue.datasets.values()) {
    if (people.status === "IDENTIFIED") continue;
    const [first, second] = people.key;
    for (const { scheme, column } of people.subjects) {
      const isOwn = second === undefined && first?.column.name === column.name;
      const known = bound.find((each) => each.scheme === scheme && each.people.name === people.name) ?? null;
      // Where gateway.yaml names the scheme's dataset, that is the register.
      if (known !== null || (isOwn && !registers.has(scheme)))
        registers.set(scheme, { scheme, people, key: column, bound: known });
    }
  }
  return [...registers.values()].toSorted((a, b) => (a.scheme < b.scheme ? -1 : 1));
}

const numeric: ReadonlySet<string> = new Set(["Int", "SafeInt", "Float"]);

function viewOf({ scheme, people, key, bound }: Register): RegisterView {
  const nameOf = (column: SourceColumn): string => {
    const field = [...people.members.values()].find(
      (member) => member.kind === "field" && member.column.name === column.name,
    );
    return field?.coordinate ?? people.name;
  };
  const own: RegisterKey = {
    name: "key",
    kind: numeric.has(key.type) ? "number" : "text",
    alone: true,
    coordinate: nameOf(key),
  };
  const claims = (bound?.match ?? []).flatMap(({ claim, columns: [column] }): RegisterKey[] =>
    column === undefined || !asked.some((each) => each === claim)
      ? []
      : [{ name: claim, kind: claim === "birthdate" ? "day" : "text", alone: false, coordinate: nameOf(column) }],
  );
  return { scheme, keys: [own, ...claims] };
}

/** One look into one register. */
class Search {
  readonly #signal = AbortSignal.timeout(timeMs);
  readonly #columns: readonly SourceColumn[];

  constructor(
    private readonly register: Register,
    private readonly source: Source,
  ) {
    const { key, bound } = register;
    const matched = bound?.match.flatMap(({ columns }) => columns) ?? [];
    this.#columns = [...new Map([key, ...matched].map((column) => [column.name, column])).values()];
  }

  async byKey(text: string): Promise<FoundPeople> {
    const { key } = this.register;
    const written = text.trim();
    const isNumber = numeric.has(key.type);
    if (isNumber && !/^-?\d{1,15}$/.test(written)) throw new NotLookedFor("no-number");
    const wanted = isNumber ? Number(written) : written;
    const rows = await this.#rowsWith(key, wanted);
    // Law 14: by the row's own key, whatever was asked for.
    return this.#told(rows.filter((row) => reader(this.#columns, row)(key) === wanted));
  }

  async byClaims(by: ReadonlyMap<string, string>): Promise<FoundPeople> {
    const claims = asked.flatMap((claim) => {
      const said = by.get(claim)?.trim() ?? "";
      return said === "" ? [] : [[claim, said] as const];
    });
    const said = new Map<string, string>(claims);
    const [name, born] = [said.get("family_name"), said.get("birthdate")];
    const { bound } = this.register;
    // A name alone is many people's, and nobody has asked about all of them.
    if (bound === null || name === undefined || said.size < 2) throw new NotLookedFor("not-enough");
    if (born !== undefined && !isDay(born)) throw new NotLookedFor("no-day");
    const rows = born === undefined ? await this.#rowsNamed(bound, name) : await this.#rowsWith(bound.birthDate, born);
    return this.#told(rows.filter((row) => this.#isMeant(row, bound, said)));
  }

  #rowsWith(column: SourceColumn, value: NonNullable<Value>): Promise<readonly Row[]> {
    const { people } = this.register;
    return this.source.byKeys(
      {
        ...{ from: people.from, columns: this.#columns, match: [column], keys: [[value]] },
        ...{ filter: null, order: [], after: null, limitPerKey: null },
      },
      { signal: this.#signal, maxRows: mostLookedAt },
    );
  }

  /**
   * As the register is likely to write the name; where nobody is found so, everybody whose name begins alike, so that an
   * accent or a hyphen more or less does not hide anybody.
   */
  async #rowsNamed(bound: BoundScheme, name: string): Promise<readonly Row[]> {
    const columns = bound.match.find(({ claim }) => claim === "family_name")?.columns ?? [];
    const values = spellings(name);
    // Asked by the date of birth, every service can be.
    if (!this.source.abilities.filter.has("in")) throw new NotLookedFor("too-many");
    const exact = await this.#page(or(columns.map((column) => ({ op: "in", column, values }))));
    const same = exact.filter((row) => this.#holds(row, columns, "family_name", name));
    if (same.length > 0 || !this.source.abilities.filter.has("startsWith")) return same;
    const begins = columns.flatMap((column) =>
      spellings(name.slice(0, 2)).map((value): Filter => ({ op: "startsWith", column, value })),
    );
    return this.#page(or(begins));
  }

  async #page(filter: Filter): Promise<readonly Row[]> {
    const { people, key } = this.register;
    const rows = await this.source.page(
      {
        ...{ from: people.from, columns: this.#columns, filter, after: null, limit: mostLookedAt + 1 },
        order: [{ column: key, direction: "asc" }],
      },
      { signal: this.#signal, maxRows: mostLookedAt + 1 },
    );
    // Whoever was not looked at may be the one: never a partial list in silence.
    if (rows.length > mostLookedAt) throw new NotLookedFor("too-many");
    return rows;
  }

  #isMeant(row: Row, { match }: BoundScheme, said: ReadonlyMap<string, string>): boolean {
    return [...said].every(([claim, text]) =>
      this.#holds(row, match.find((each) => each.claim === claim)?.columns ?? [], claim, text),
    );
  }

  #holds(row: Row, columns: readonly SourceColumn[], claim: string, text: string): boolean {
    const read = reader(this.#columns, row);
    return columns.some((column) => {
      const cell = read(column);
      return cell !== null && isSameClaim(claim, text, cell);
    });
  }

  #told(rows: readonly Row[]): FoundPeople {
    const { key } = this.register;
    const people = new Map<NonNullable<Value>, FoundPerson>();
    for (const row of rows) {
      const who = reader(this.#columns, row)(key);
      if (who !== null && !people.has(who)) people.set(who, { key: who, label: this.#labelOf(row, who) });
    }
    return { people: [...people.values()].slice(0, mostFound), more: people.size > mostFound };
  }

  #labelOf(row: Row, who: NonNullable<Value>): string {
    const read = reader(this.#columns, row);
    const cell = (claim: string): string =>
      (this.register.bound?.match.find((each) => each.claim === claim)?.columns ?? [])
        .map((column) => shown(read(column)))
        .find((text) => text !== "") ?? "";
    const name = [cell("given_name"), cell("family_name")].filter((text) => text !== "").join(" ");
    return [name, cell("birthdate")].filter((text) => text !== "").join(", ") || shown(who);
  }
}

/** Characters that cannot be seen could have the page show another text than it holds. */
const shown = (value: Value): string => (value === null ? "" : String(value).replace(/\p{C}/gu, "").slice(0, 80));

const or = (filters: readonly Filter[]): Filter => {
  const [only, second] = filters;
  return only !== undefined && second === undefined ? only : { op: "or", filters };
};

/** `le gall` → as typed, `Le Gall`, `LE GALL`, `le gall`. */
function spellings(text: string): readonly string[] {
  const lower = text.toLowerCase();
  const capitals = lower.replace(
    /(^|[\s'’-])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
  return [...new Set([text, capitals, text.toUpperCase(), lower])];
}
