// Two gateways: one over the town's data, with everything that decides on people at work, and one over a copy of the data from
// which a reference took out what is not open, where everything left is open to everybody.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { readCatalogue, type Dataset } from "../../../src/catalogue/index.js";
import { openConsentReader, type ConsentReader, type PeopleSet } from "../../../src/consent/index.js";
import { Seals } from "../../../src/gateway/seals.js";
import { subjectTokensWith, type Agreement, type Caller } from "../../../src/identity/index.js";
import { modelText, PolicyStore, type VersionContent } from "../../../src/policy/index.js";
import type { Source } from "../../../src/sources/index.js";
import type { AgreementId, Coordinate, KeyId, Value } from "../../../src/terms/index.js";
import { createTestGateway, tenant, testCaller, type Reply, type TestGateway } from "../../support/test-gateway.js";
import { filters, inForce, type Governed } from "./governed.js";
import { createCopy, createTown, fillCopy, fillTown, sources, type PeopleRow, type Population } from "./population.js";
import { now, Registry } from "./life.js";
import type { ConsentReference, SignedIn } from "./reference.js";
import { consentSchema, copySchema, structure, type TownDataset } from "./structure.js";

/** A call to a source, by what it asks for. */
export interface SourceCall {
  readonly kind: "page" | "byKeys" | "count";
  readonly table: string;
  readonly match: readonly string[];
  readonly keys: readonly (readonly Value[])[];
  readonly text: string;
}

const limits = { rows: 1_000_000_000, cells: 1_000_000_000, depth: 40, aliases: 1_000, scanRows: 1_000_000 };

class Side {
  readonly calls: SourceCall[] = [];
  readonly #clients = new Map<string, pg.Client>();
  constructor(readonly gateway: TestGateway) {}

  async connect(): Promise<void> {
    for (const [name, { url }] of Object.entries(this.gateway.databases)) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      this.#clients.set(name, client);
    }
  }
  async fill(sqlOf: (source: (typeof sources)[number]) => string): Promise<void> {
    for (const source of sources) await this.#clients.get(source)?.query(sqlOf(source));
  }
  async close(): Promise<void> {
    for (const client of this.#clients.values()) await client.end();
    await this.gateway.close();
  }
}

function watched(source: Source, calls: SourceCall[]): Source {
  const note = (kind: SourceCall["kind"], request: object): void => {
    const asked = request as { from: string; match?: { name: string }[]; keys?: Value[][] };
    calls.push({
      kind,
      table: asked.from.replace("public.", ""),
      match: (asked.match ?? []).map(({ name }) => name),
      keys: asked.keys ?? [],
      text: JSON.stringify(request),
    });
  };
  return {
    name: source.name,
    kind: source.kind,
    abilities: source.abilities,
    page: (request, bounds) => (note("page", request), source.page(request, bounds)),
    byKeys: (request, bounds) => (note("byKeys", request), source.byKeys(request, bounds)),
    count: (request, bounds) => (note("count", request), source.count(request, bounds)),
    describe: (from, bounds) => source.describe(from, bounds),
    close: () => source.close(),
  };
}

const key = "first";

export interface Mode {
  readonly held: boolean;
  readonly told: boolean;
}

export class ConsentTown {
  #agreement: Agreement | null = null;
  #signedIn = false;

  readonly registry: Registry;
  readonly #readers: Readonly<Record<"held" | "asked", ConsentReader>>;

  private constructor(
    readonly real: Side,
    readonly copy: Side,
  ) {
    const { services, store } = real.gateway;
    const tokens = subjectTokensWith(services.derived);
    const options = { dataSource: store.gateway, tokens, timeZone: () => "Europe/Paris", now };
    this.registry = new Registry(store.keeper, tokens);
    this.#readers = { held: openConsentReader(options), asked: openConsentReader({ ...options, heldPeople: 0 }) };
  }

  /** How what people decided is found: held in memory or asked page by page; sources told of it or not. */
  setMode({ held, told }: Mode): void {
    const reader = this.#readers[held ? "held" : "asked"];
    const untold = (people: PeopleSet): PeopleSet => ({
      usual: people.usual,
      held: (scheme) => people.held(scheme),
      openUnits: (scheme, keys) => people.openUnits(scheme, keys),
      unusual: () => null,
    });
    const consent: ConsentReader = {
      people: async (agreement, revision) => {
        const people = await reader.people(agreement, revision);
        return people === null || told ? people : untold(people);
      },
      peopleNow: (agreement, revision) => (told ? reader.peopleNow(agreement, revision) : undefined),
    };
    Object.assign(this.real.gateway.services, { consent });
  }

  /** The protection is off: a reader for which everybody agrees with everything. */
  openEverything(): void {
    const everything = 2 ** 30 - 1;
    const people: PeopleSet = {
      usual: everything,
      held: () => null,
      openUnits: (_, keys) => Promise.resolve(keys.map(() => everything)),
      unusual: () => null,
    };
    Object.assign(this.real.gateway.services, {
      consent: { people: () => Promise.resolve(people), peopleNow: () => undefined },
    });
  }

  signIn(citizen: SignedIn | null): void {
    this.#signedIn = citizen !== null;
    Object.assign(this.real.gateway.services, { citizen: () => Promise.resolve(citizen) });
  }

  static async open(): Promise<ConsentTown> {
    const side = async (schema: string, create: (source: (typeof sources)[number]) => string): Promise<Side> => {
      const calls: SourceCall[] = [];
      const gateway = await createTestGateway({
        schema,
        rules: "p, *, *, Payment.amount, all, -, allow",
        databases: Object.fromEntries(sources.map((source) => [source, create(source)])),
        agreements: { [key]: { application: "a1", purpose: "p1", fields: [] } },
        limits,
        around: (source) => watched(source, calls),
        // What was asked under what was current no more led to nothing: the request is decided anew.
        saw: () => void (calls.length = 0),
      });
      const made = Object.assign(new Side(gateway), { calls });
      await made.connect();
      return made;
    };
    return new ConsentTown(
      await side(consentSchema, createTown),
      await side(
        copySchema(() => true),
        createCopy,
      ),
    );
  }

  async close(): Promise<void> {
    await this.real.close();
    await this.copy.close();
  }

  /** A new agreement each time, so that nothing decided before is about it. */
  async govern(governed: Governed): Promise<Agreement> {
    const { fields, units, terms, number } = inForce(governed);
    const base = testCaller(key, { application: "a1", purpose: "p1", fields });
    const agreement: Agreement = {
      ...base.agreement,
      id: randomUUID() as AgreementId,
      version: number,
      snapshot: {
        ...base.agreement.snapshot,
        fields: fields as Coordinate[],
        units,
        basis: terms.basis as Agreement["snapshot"]["basis"],
        recipient: { ...base.agreement.snapshot.recipient, ...terms.recipient, role: "controller" },
        informationSociety: governed.informationSociety,
      },
    };
    this.#agreement = agreement;
    await this.#apply(
      this.real,
      consentSchema,
      rulesOf(governed, (rows) => rows),
    );
    become(this.real.gateway, { ...base, key: key as KeyId, agreement });
    return agreement;
  }

  async fillTown(population: Population): Promise<void> {
    await this.real.fill((source) => fillTown(source, population));
  }

  /** Everything that the reference leaves is open in the copy. */
  async fillCopy(population: Population, reference: ConsentReference): Promise<void> {
    await this.copy.fill((source) => fillCopy(source, population, reference));
    const { governed } = reference;
    const left = { ...governed, openings: new Map([...governed.openings].filter(([at]) => reference.opening(at))) };
    await this.#apply(
      this.copy,
      copySchema((dataset) => reference.listable(dataset)),
      rulesOf(left, () => "all"),
    );
    const agreement = this.agreement;
    const snapshot = { ...agreement.snapshot, basis: "contract" as const };
    const base = testCaller(key, { application: "a1", purpose: "p1", fields: [] });
    become(this.copy.gateway, { ...base, key: key as KeyId, agreement: { ...agreement, snapshot } });
  }

  get agreement(): Agreement {
    if (this.#agreement === null) throw new Error("nothing governed yet");
    return this.#agreement;
  }

  async ask(side: Side, query: string, variables: Readonly<Record<string, unknown>>): Promise<Reply> {
    side.calls.length = 0;
    const headers = side === this.real && this.#signedIn ? { "citizen-authorization": "Bearer of-the-town" } : {};
    return side.gateway.ask(key, query, variables, headers);
  }

  /** The ids of all rows, visible or not, in the agreement's own form; by dataset, in the order of the rows. */
  ids(population: Population): Map<string, string[]> {
    const seals = new Seals(this.real.gateway.services.derived, this.agreement);
    return new Map(
      structure.map((dataset) => [
        dataset.name,
        seals.ids(
          catalogued(dataset.name),
          (population.get(dataset.name) ?? []).map((row) => [keyOf(dataset, row)]),
        ),
      ]),
    );
  }

  async #apply(side: Side, schema: string, rules: string): Promise<void> {
    const files = new Map([
      ["policies/model.conf", modelText],
      [`policies/${tenant}/rules.csv`, rules],
      [`policies/${tenant}/filters.yaml`, filtersText],
    ]);
    const content: VersionContent = { tenant, schema, files };
    await new PolicyStore(side.gateway.store.gateway).apply(content, "test", "test");
  }
}

function keyOf(dataset: TownDataset, row: PeopleRow): NonNullable<Value> {
  const member = dataset.members.find((each) => each.name === dataset.key);
  const value = member?.kind === "field" ? (row[member.column] ?? null) : null;
  if (value === null) throw new Error(`a row of ${dataset.name} without its key`);
  return value;
}

const catalogue = readCatalogue(consentSchema, { file: "schema.graphql", sources: new Set(sources) }).catalogue;
function catalogued(name: string): Dataset {
  const found = catalogue?.datasets.get(name);
  if (!found) throw new Error(`no dataset ${name}`);
  return found;
}

const filtersText = Object.entries(filters)
  .map(([name, { dataset, where }]) => `${name}: ${JSON.stringify({ on: dataset, where })}\n`)
  .join("");

const rulesOf = (governed: Governed, rows: (given: string) => string): string =>
  [...governed.openings]
    .map(([at, opening]) => `p, *, *, ${at}, ${rows(opening.rows)}, ${opening.mask}, allow`)
    .join("\n");

function become(gateway: TestGateway, caller: Caller): void {
  Object.assign(gateway.services, {
    identity: {
      openData: gateway.services.identity.openData,
      authenticate: (_: string, bearer: string) => Promise.resolve(bearer === key ? caller : null),
    },
  });
}
