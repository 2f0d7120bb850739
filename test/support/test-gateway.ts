// A gateway on real parts for tests: store, policy versions, access log, PostgreSQL sources, Apollo. Only the callers
// are given (each key stands for an agreement of the test), since identity has tests of its own.
import { createHash, randomUUID } from "node:crypto";
import pg from "pg";
import { openAccessLog, type AccessLog, type StoredEntry } from "../../src/accesslog/index.js";
import type { Dataset } from "../../src/catalogue/index.js";
import {
  answer,
  CitizenRefused,
  createAdmission,
  createCostBuckets,
  createRate,
  createShadow,
  CurrentVersions,
  type CurrentOptions,
  executeOperation,
  sourceGate,
  type CostBudget,
  type GatewayServices,
  type OperationContext,
  type OutgoingAnswer,
  type RequestLimits,
  type Shadow,
} from "../../src/gateway/index.js";
import { DerivedKeys } from "../../src/identity/derived-keys.js";
import { Identity, type Agreement, type Caller, type Snapshot, type Standing } from "../../src/identity/index.js";
import {
  checkVersion,
  loadPolicyVersion,
  modelText,
  type VersionContent,
  policyEntities,
  PolicyStore,
  ShadowStore,
} from "../../src/policy/index.js";
import { openSources, type Guard, type Source } from "../../src/sources/index.js";
import type { ResilienceSettings } from "../../src/sources/resilience-settings.js";
import { RevisionReader, type Store } from "../../src/store/index.js";
import {
  agreementRef,
  formatFault,
  hasFault,
  type AgreementId,
  type ApplicationName,
  type Citizen,
  type Coordinate,
  type KeyId,
  type PolicyVersionId,
  type PurposeName,
  type TenantName,
} from "../../src/terms/index.js";
import { createGraphQLServer } from "../../src/web/index.js";
import { Consents } from "./consents.js";
import { createTestDatabase, createTestStore, type TestDatabase } from "./database.js";
import { guardGates } from "./guard-gates.js";

export const tenant = "testville" as TenantName;

export interface TestAgreement {
  readonly application: string;
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly refusal?: "null" | "reject";
  readonly standing?: Standing;
  /** `public-task` unless given: rows are open to it until somebody objects. */
  readonly basis?: Snapshot["basis"];
  /** One unit `*` unless given. */
  readonly units?: readonly { readonly name: string; readonly fields: readonly string[] }[];
}

export interface TestTown {
  readonly schema: string;
  /** Lines of `policies/testville/rules.csv`. */
  readonly rules: string;
  /** `policies/testville/filters.yaml`. */
  readonly filters?: string;
  /** SQL that makes and fills each database, by source name. */
  readonly databases: Readonly<Record<string, string>>;
  /** Addresses of databases that are there already, by source name; they are not dropped. */
  readonly addresses?: Readonly<Record<string, string>>;
  /** Sources of other kinds, opened; they are not closed. */
  readonly sources?: ReadonlyMap<string, Source>;
  /** By the key that a request sends. */
  readonly agreements: Readonly<Record<string, TestAgreement>>;
  readonly limits?: Partial<RequestLimits>;
  /** What an agreement may spend, by `application/purpose`. */
  readonly budgets?: Readonly<Record<string, CostBudget>>;
  /** Milliseconds. Unless given, every bucket is full again at each request, so that answers do not depend on the hour. */
  readonly costClock?: () => number;
  /** Connections to each database. */
  readonly poolSize?: number;
  /** How sources are treated when they fail. */
  readonly treatment?: ResilienceSettings;
  /** Stands between the gateway and each source: to observe, break or slow it. */
  readonly around?: (source: Source) => Source;
  /** Each sight of a revision that is not the one seen before. */
  readonly saw?: () => void;
  /** In place of what people have decided: hides any rows. */
  readonly guard?: (dataset: Pick<Dataset, "name" | "from">) => Guard | null;
  /** Who is signed in, by the token that a request sends in `Citizen-Authorization: Bearer`. */
  readonly citizens?: Readonly<Record<string, Citizen>>;
  /** In place of loading a shadow version: to break it. */
  readonly shadowVersion?: () => ReturnType<CurrentVersions["version"]> | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly locations?: readonly { readonly line: number; readonly column: number }[];
      readonly extensions: Readonly<Record<string, unknown>>;
    }[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  };
  readonly text: string;
}

export interface TestGateway {
  readonly services: GatewayServices;
  readonly store: Store & { readonly superuser: string };
  readonly log: AccessLog;
  /** By the key that a request sends; more can be added. */
  readonly callers: Map<string, Caller>;
  readonly databases: Readonly<Record<string, TestDatabase>>;
  /** What people have decided; nobody has at first. By the agreement's id: `agreementOf(key)`. */
  readonly consents: Consents;
  agreementOf(key: string): AgreementId;
  ask(
    key: string | null,
    query: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<Reply>;
  /** Any HTTP request: what `ask` is made of. */
  send(request: {
    method?: string;
    headers?: Record<string, string>;
    body?: Buffer | string | null;
    signal?: AbortSignal;
  }): Promise<Reply>;
  /** The newest entry. */
  entry(): Promise<StoredEntry>;
  /** Puts other rules (and schema) in force. */
  apply(rules: string, schema?: string): Promise<PolicyVersionId>;
  /** Puts them beside what is in force; without rules, nothing any more. */
  applyShadow(rules: string | null, schema?: string): Promise<PolicyVersionId | null>;
  /** `flush` waits until all that was answered was looked at. */
  readonly shadow: Shadow;
  close(): Promise<void>;
}

export const testLimits: RequestLimits = {
  bodyBytes: 100_000,
  tokens: 5_000,
  depth: 12,
  aliases: 100,
  pageSize: 1_000,
  defaultPageSize: 50,
  rows: 100_000,
  cells: 200_000,
  scanRows: 10_000,
  timeMs: 10_000,
  inFlight: 32,
  queued: 256,
  openPerMinute: 100_000,
  keyPerMinute: 10_000_000,
  cost: { perOperation: 1e9, maximumAvailable: 1e12, restoreRate: 1e9 },
};

function hourOnEachLook(): () => number {
  let now = 0;
  return () => (now += 3_600_000);
}

/** Fixed, so that ids and cursors of tests are the same on every run. */
export const testSecrets = {
  current: () => 1,
  numbers: () => [1],
  secret: (of: string, number: number) => createHash("sha256").update(`secret ${of} ${number}`).digest(),
};

export function testCaller(key: string, agreement: TestAgreement): Caller {
  const snapshot: Snapshot = {
    fields: agreement.fields as Coordinate[],
    bindings: null,
    purpose: agreement.purpose as PurposeName,
    basis: agreement.basis ?? "public-task",
    basisNote: null,
    recipient: { name: "Test", contact: "test@example.org", role: "controller", basis: "contract" },
    from: "2020-01-01",
    until: "2099-12-31",
    volumePerDay: null,
    retention: null,
    refusal: agreement.refusal ?? "null",
    units: (agreement.units ?? [{ name: "*", fields: agreement.fields }]) as Snapshot["units"],
    informationSociety: false,
    hidden: null,
  };
  const made: Agreement = {
    id: `00000000-0000-4000-8000-${createHash("sha256")
      .update(agreement.application + agreement.purpose)
      .digest("hex")
      .slice(0, 12)}` as AgreementId,
    ref: agreementRef(agreement.application, agreement.purpose),
    tenant,
    application: agreement.application as ApplicationName,
    purpose: agreement.purpose as PurposeName,
    version: 1,
    snapshot,
    secret: 1,
    suspendedAt: null,
  };
  return { key: key as KeyId, agreement: made, standing: agreement.standing ?? { inForce: true } };
}

export async function createTestGateway(town: TestTown): Promise<TestGateway> {
  const store = await createTestStore([...policyEntities]);
  const databases: Record<string, TestDatabase> = {};
  for (const [name, sql] of Object.entries(town.databases)) databases[name] = await filledDatabase(sql);
  const addresses = new Map([
    ...Object.entries(databases).map(([name, { url }]) => [name, url] as const),
    ...Object.entries(town.addresses ?? {}),
  ]);
  const poolSize = town.poolSize ?? 5;
  const opened = openSources(
    new Map(
      [...addresses].map(([name, url]) => [name, { kind: "postgres" as const, url, poolSize, ...town.treatment }]),
    ),
  );
  const all = [...opened, ...(town.sources ?? [])];
  const sources = new Map(all.map(([name, source]) => [name, town.around?.(source) ?? source]));
  const policyStore = new PolicyStore(store.gateway);
  const callers = new Map(Object.entries(town.agreements).map(([key, made]) => [key, testCaller(key, made)]));
  const sourceNames = new Set(sources.keys());
  const checked = (rules: string, schema: string): VersionContent => {
    const files = new Map([
      ["policies/model.conf", modelText],
      [`policies/${tenant}/rules.csv`, rules],
      ...(town.filters === undefined ? [] : [[`policies/${tenant}/filters.yaml`, town.filters] as const]),
    ]);
    const content = { tenant, schema, files };
    const { faults } = checkVersion(content, {
      sources: sourceNames,
      purposes: new Set([...callers.values()].map((caller) => caller.agreement.purpose)),
      applications: new Set([...callers.values()].map((caller) => caller.agreement.application)),
    });
    if (hasFault(faults)) throw new Error(faults.map(formatFault).join("\n"));
    return content;
  };
  const apply = (rules: string, schema = town.schema): Promise<PolicyVersionId> =>
    policyStore.apply(checked(rules, schema), "test", "test");
  const shadowStore = new ShadowStore(store.keeper);
  const applyShadow = async (rules: string | null, schema = town.schema): Promise<PolicyVersionId | null> => {
    if (rules !== null) return shadowStore.begin(checked(rules, schema), "test", "test");
    await shadowStore.stop(tenant, "test", "test");
    return null;
  };
  await apply(town.rules);

  const reader = RevisionReader.of(store.gateway);
  const versionOptions: CurrentOptions = {
    revision: (name) => reader.current(name),
    load: async (name, id) => {
      const content = await policyStore.read(name, id);
      if (!content) throw new Error("no such version");
      return loadPolicyVersion(content, sourceNames);
    },
    abilities: (_, source) => {
      const found = sources.get(source);
      if (!found) throw new Error(`no source ${source}`);
      return found.abilities;
    },
    pages: testLimits,
    saw: () => town.saw?.(),
  };
  const versions = new CurrentVersions(versionOptions);
  const log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    indexEveryMs: 0,
  });
  const limits = { ...testLimits, ...town.limits };
  const { guard } = town;
  const first = await versions.current(tenant);
  const server = await createGraphQLServer<OperationContext>({
    schema: () => first.api,
    execute: ({ document, parameters, context }) =>
      executeOperation(document, parameters, guard ? { ...context, gates: () => guardGates(guard) } : context),
    tokens: limits.tokens,
    onRequestError: (context, codes) => void (context.note.codes = codes),
  });
  const shadowVersions = new CurrentVersions(versionOptions);
  const shadow = createShadow({
    version: (name, id) => town.shadowVersion?.() ?? shadowVersions.version(name, id),
    write: (counts) => new ShadowStore(store.gateway).add(counts),
    derived: new DerivedKeys(testSecrets),
    limits,
    report: () => undefined,
    share: 1,
    writeEveryMs: 0,
  });
  const openIdentity = new Identity({
    dataSource: store.gateway,
    secrets: testSecrets,
    timeZone: () => "Europe/Paris",
  });
  const consents = new Consents();
  const services: GatewayServices = {
    tenants: new Map([
      [
        tenant,
        {
          contact: "data@testville.example",
          timeZone: "Europe/Paris",
          budgets: new Map(Object.entries(town.budgets ?? {})),
          sources,
          gates: new Map([...sources.keys()].map((name) => [name, sourceGate(poolSize, limits.inFlight)])),
        },
      ],
    ]),
    versions,
    identity: {
      authenticate: (_tenant, bearer) => Promise.resolve(callers.get(bearer) ?? null),
      openData: (name, fields) => openIdentity.openData(name, fields),
    },
    derived: new DerivedKeys(testSecrets),
    log,
    admission: createAdmission({ inFlight: limits.inFlight, queued: limits.queued }),
    rate: createRate({ perMinute: limits.openPerMinute }),
    keyRate: createRate({ perMinute: limits.keyPerMinute }),
    costs: createCostBuckets({ now: town.costClock ?? hourOnEachLook() }),
    limits,
    server,
    consent: consents,
    citizen: (request) => {
      const header = request.headers.get("citizen-authorization");
      const citizen = header === undefined ? null : town.citizens?.[header.replace(/^Bearer /, "")];
      if (citizen === undefined) return Promise.reject(new CitizenRefused("CITIZEN_NOT_AUTHENTICATED"));
      return Promise.resolve(citizen);
    },
    report: () => undefined,
    shadow: (known) => shadow.look(known),
  };

  const send: TestGateway["send"] = async ({
    method = "POST",
    headers = {},
    body = null,
    signal = new AbortController().signal,
  }) => {
    const outgoing = await answer(services, {
      id: randomUUID(),
      tenant,
      arrivedAt: new Date(),
      method,
      headers: new Map(Object.entries(headers)),
      body: typeof body === "string" ? Buffer.from(body) : body,
      bodyFault: null,
      signal,
    });
    return reply(outgoing);
  };
  return {
    services,
    callers,
    store,
    log,
    databases,
    consents,
    agreementOf: (key) => {
      const caller = callers.get(key);
      if (!caller) throw new Error(`no agreement behind ${key}`);
      return caller.agreement.id;
    },
    send,
    ask: (key, query, variables, headers) =>
      send({
        headers: {
          "content-type": "application/json",
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...headers,
        },
        body: JSON.stringify({ query, ...(variables ? { variables } : {}) }),
      }),
    entry: async () => {
      const found = await log.search(tenant, { limit: 1 });
      const [newest] = found.entries;
      if (!newest) throw new Error("the log is empty");
      return newest;
    },
    apply,
    applyShadow,
    shadow,
    close: async () => {
      await shadow.close();
      await server.stop();
      await log.close();
      for (const source of opened.values()) await source.close();
      for (const database of Object.values(databases)) await database.drop();
      await store.close();
    },
  };
}

function reply(outgoing: OutgoingAnswer): Reply {
  return {
    status: outgoing.status,
    headers: outgoing.headers,
    text: String(outgoing.body),
    body: JSON.parse(String(outgoing.body)) as Reply["body"],
  };
}

async function filledDatabase(sql: string): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
  return database;
}
