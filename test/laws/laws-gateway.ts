// The gateway of the laws' tests: the whole of it, on real databases whose rows, rules and agreements change from case to
// case, with every call to a source seen.
import { Kind, parse, visit } from "graphql";
import pg from "pg";
import { PolicyStore } from "../../src/policy/index.js";
import { checkedSource, type Guard, type Filter, type Source } from "../../src/sources/index.js";
import { RevisionReader } from "../../src/store/index.js";
import type { Row } from "../../src/terms/index.js";
import type { StoredEntry } from "../../src/accesslog/index.js";
import { readCatalogue, type Dataset } from "../../src/catalogue/index.js";
import type { KeyId } from "../../src/terms/index.js";
import {
  createTestGateway,
  tenant,
  testCaller,
  type Reply,
  type TestGateway,
  type TestTown,
} from "../support/test-gateway.js";
import { contentOf, map, Reference, subjectOf, townNames, type Policy, type Rules } from "./policy.js";
import type { Handles } from "./expected.js";
import type { RandomRequest, Wanted } from "./request.js";
import type { MixedTown } from "./mixed/mixed-town.js";
import type { Touched } from "./mixed/served.js";
import { createSql, fillSql, lawsSchema, lawsTables, tablesOf, type Tables } from "./town.js";

/** One call to a source, as the gateway made it. */
export interface Call {
  readonly kind: "page" | "byKeys" | "count";
  readonly table: string;
  readonly columns: readonly string[];
  readonly filter: readonly string[];
  readonly order: readonly string[];
  readonly match: readonly string[];
}

function filterColumns(filter: Filter | null): string[] {
  if (filter === null) return [];
  if ("filters" in filter) return filter.filters.flatMap(filterColumns);
  return "filter" in filter ? filterColumns(filter.filter) : [filter.column.name];
}

/** A table by what a dataset is bound to: `public.house` in a database, `house.csv` in a folder. */
const tableOf = (from: string): string => from.replace(/^public\./, "").replace(/\.csv$/, "");

type Asked = Readonly<Record<string, unknown>>;
const namesOf = (columns: unknown): string[] =>
  ((columns ?? []) as { name?: string; column?: { name: string } }[]).map(
    (each) => each.name ?? each.column?.name ?? "",
  );

const callOf = (kind: Call["kind"], request: object): Call => {
  const asked = request as Asked;
  return {
    kind,
    table: tableOf(String(asked["from"])),
    columns: namesOf(asked["columns"]),
    filter: filterColumns((asked["filter"] ?? null) as Filter | null),
    order: namesOf(asked["order"]),
    match: namesOf(asked["match"]),
  };
};

export class LawsGateway {
  readonly calls: Call[] = [];
  /** What stands between the gateway's check and the service: the service itself, or a liar. */
  lie: ((source: Source) => Source) | null = null;
  /** Says which rows are hidden, by table; null: there is no guard. */
  hidden: ((table: string, row: Readonly<Record<string, unknown>>) => boolean) | null = null;
  readonly #columnsOf = new WeakMap<Row, readonly string[]>();
  readonly #clients = new Map<string, pg.Client>();
  #gateway: TestGateway | null = null;
  #cases = 0;
  #rules: Rules = { own: [], common: [] };
  #policy: Policy | null = null;

  private constructor(readonly mixed: MixedTown | null) {}

  get #schema(): string {
    return this.mixed?.schema ?? lawsSchema;
  }

  /** @param mixed the services behind the town; without them two databases. Closed with the gateway. */
  static async open(limits: TestTown["limits"] = {}, mixed: MixedTown | null = null): Promise<LawsGateway> {
    const made = new LawsGateway(mixed);
    const databases = { people: createSql(tablesOf("people")), money: createSql(tablesOf("money")) };
    made.#gateway = await createTestGateway({
      schema: made.#schema,
      rules: "p, *, *, House.no, all, -, allow",
      databases: mixed === null ? databases : {},
      ...(mixed === null ? {} : { sources: mixed.sources }),
      agreements: { first: { application: "a1", purpose: "p1", fields: [] } },
      limits: { rows: 1_000_000_000, cells: 1_000_000_000, depth: 40, aliases: 1_000, ...limits },
      around: (source) => made.#around(source),
      guard: (dataset) => made.#guard(dataset),
    });
    for (const [name, { url }] of Object.entries(made.gateway.databases)) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      made.#clients.set(name, client);
    }
    await made.fill(lawsTables);
    return made;
  }

  get gateway(): TestGateway {
    if (this.#gateway === null) throw new Error("not open");
    return this.#gateway;
  }
  /** The dataset as the gateway knows it: for making the ids that it makes. */
  dataset(name: string): Dataset {
    const found = readCatalogue(lawsSchema, {
      file: "schema.graphql",
      sources: townNames.sources,
    }).catalogue?.datasets.get(name);
    if (!found) throw new Error(`no dataset ${name}`);
    return found;
  }
  get policyStore(): PolicyStore {
    return new PolicyStore(this.gateway.store.gateway);
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) await client.end();
    await this.gateway.close();
    await this.mixed?.close();
  }

  async fill(tables: Tables): Promise<void> {
    for (const [name, client] of this.#clients) await client.query(fillSql(tablesOf(name), tables));
    await this.mixed?.fill(tables);
  }

  /**
   * Puts rules in force and gives each key its agreement.
   * @param version of the agreements' texts: the same only for the same texts; unless given, one that none had
   */
  async govern(policy: Policy, version = this.newVersion()): Promise<void> {
    this.#policy = policy;
    this.#rules = policy.rules;
    await this.policyStore.apply(contentOf(policy.rules, this.#schema), "test", "test");
    const callers = new Map(
      Object.entries(policy.agreements).map(([key, made]) => {
        const caller = testCaller(key, made);
        // Another text of the agreement is another version of it.
        return [key, { ...caller, key: key as KeyId, agreement: { ...caller.agreement, version } }];
      }),
    );
    Object.assign(this.gateway.services, {
      identity: {
        openData: this.gateway.services.identity.openData,
        authenticate: (_: string, bearer: string) => Promise.resolve(callers.get(bearer) ?? null),
      },
    });
    await this.look();
  }

  /** As another request would: what the next one asks of a source is then decided under what is in force, from its start. */
  async look(): Promise<void> {
    await this.gateway.services.versions.current(tenant).catch(() => undefined);
  }

  newVersion(): number {
    return ++this.#cases;
  }

  reference(key: string | null): Reference {
    if (this.#policy === null) throw new Error("no policy yet");
    return new Reference(this.#rules, subjectOf(this.#policy, key));
  }

  /** Ids that the agreement may be given, asked for as any application would; by dataset. */
  async ids(key: string | null): Promise<Map<string, string[]>> {
    const reference = this.reference(key);
    const ids = new Map<string, string[]>();
    for (const dataset of map.values()) {
      if (!reference.listable(dataset)) continue;
      const { body } = await this.gateway.ask(key, `{ list: ${dataset.many}(first: 50) { nodes { id } } }`);
      const { list } = body.data as { list: { nodes: { id: string }[] } };
      ids.set(
        dataset.name,
        list.nodes.map((node) => node.id),
      );
    }
    return ids;
  }

  /** Sends an operation; the calls that it made are in the answer, and what the services of a mixed town saw of them. */
  async ask(
    key: string | null,
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Reply & { calls: Call[]; touched: Touched[] }> {
    this.calls.length = 0;
    this.mixed?.touched.splice(0);
    const reply = await this.gateway.ask(key, query, variables);
    return { ...reply, calls: [...this.calls], touched: [...(this.mixed?.touched ?? [])] };
  }

  entryOf(reply: Reply): Promise<StoredEntry | null> {
    return this.gateway.log.read(tenant, reply.headers["passerelle-access"] ?? "");
  }
  revision() {
    return RevisionReader.of(this.gateway.store.gateway).current(tenant);
  }

  #around(source: Source): Source {
    const seen = async (request: Call, rows: Promise<readonly Row[]>): Promise<readonly Row[]> => {
      const found = await rows;
      for (const row of found) this.#columnsOf.set(row, request.columns);
      return found;
    };
    const below = (): Source => (this.lie === null ? source : checkedSource(this.lie(source)));
    const note = (call: Call): Call => {
      this.calls.push(call);
      return call;
    };
    return {
      name: source.name,
      kind: source.kind,
      abilities: source.abilities,
      page: (request, bounds) => seen(note(callOf("page", request)), below().page(request, bounds)),
      byKeys: (request, bounds) => seen(note(callOf("byKeys", request)), below().byKeys(request, bounds)),
      count: (request, bounds) => (note(callOf("count", request)), below().count(request, bounds)),
      describe: (from, bounds) => source.describe(from, bounds),
      close: () => source.close(),
    };
  }

  #guard(dataset: Pick<Dataset, "from">): Guard | null {
    const { hidden } = this;
    if (hidden === null) return null;
    const table = tableOf(dataset.from);
    return (rows) =>
      rows.map((row) => {
        const columns = this.#columnsOf.get(row) ?? [];
        return !hidden(table, Object.fromEntries(columns.map((column, at) => [column, row[at]])));
      });
  }
}

const forgedText = "AQABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

export interface Resolved {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly handles: Handles;
}

/** Gives the variables of a random operation their values. @param cursors for each cursor variable, those it may be given */
export function resolve(
  request: RandomRequest,
  ids: ReadonlyMap<string, readonly string[]>,
  cursors: ReadonlyMap<string, readonly string[]> = new Map(),
): Resolved {
  const known = new Map([...ids].flatMap(([dataset, own]) => own.map((id) => [id, dataset] as const)));
  const valid = new Set<string>();
  const valueOf = (name: string, wanted: Wanted): unknown => {
    if (wanted.kind === "value") return wanted.value;
    if (wanted.kind === "id") {
      const own = ids.get(wanted.dataset) ?? [];
      return (wanted.forged ? undefined : own[wanted.pick % Math.max(1, own.length)]) ?? forgedText;
    }
    if (wanted.forged) return forgedText;
    const own = cursors.get(name) ?? [];
    const cursor = own[wanted.pick % Math.max(1, own.length)];
    if (cursor !== undefined) valid.add(cursor);
    return cursor ?? null;
  };
  const variables = Object.fromEntries(
    Object.entries(request.variables).map(([name, wanted]) => [name, valueOf(name, wanted)]),
  );
  return { variables, handles: { ids: known, cursors: valid } };
}

/** The cursors that an answer gave, by the variable that stood as `after` or `before` of the same list. */
export function harvest(query: string, data: unknown): Map<string, string[]> {
  const keys = new Map<string, string>();
  visit(parse(query), {
    Field: (node) => {
      for (const { name, value } of node.arguments ?? [])
        if ((name.value === "after" || name.value === "before") && value.kind === Kind.VARIABLE)
          keys.set(node.alias?.value ?? node.name.value, value.name.value);
    },
  });
  const found = new Map<string, string[]>();
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, each] of Object.entries(value)) {
      const variable = keys.get(key);
      if (variable !== undefined) found.set(variable, [...(found.get(variable) ?? []), ...cursorsOf(each)]);
      walk(each);
    }
  };
  walk(data);
  return found;
}

interface Page {
  readonly edges?: readonly { readonly cursor?: string }[];
  readonly pageInfo?: { readonly startCursor?: string | null; readonly endCursor?: string | null };
}

function cursorsOf(value: unknown): string[] {
  const page = (value ?? {}) as Page;
  const all = [...(page.edges ?? []).map((edge) => edge.cursor), page.pageInfo?.startCursor, page.pageInfo?.endCursor];
  return all.filter((each) => typeof each === "string");
}
