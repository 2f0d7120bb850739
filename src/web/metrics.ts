// Prometheus metrics of this node. Law 11: labels are names that the town wrote (tenants, sources) and words of ours,
// never what an application or a service chose. Law 13: so there are at most as many series as names and words; an
// agreement is no label, for there may be hundreds and who may read metrics need not know whom the town works with:
// what an outage costs each agreement is told by `/status`. Law 4 is not touched: a metric may be lost, an entry not.
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { CountedHistogram, type Series } from "./counted-histogram.js";
import { recordReadings, roomReadings } from "./record-metrics.js";
import {
  requestEnds,
  type GatewayStatus,
  type RequestEnd,
  type RequestEndKind,
  type SourceStatus,
} from "../gateway/index.js";
import { answerErrors, type TenantName } from "../terms/index.js";

export interface Metrics {
  requestEnded(end: RequestEnd): void;
  sourceCallEnded(tenant: TenantName, source: string, seconds: number, answered: boolean): void;
  /** @param reason null: committed */
  appendEnded(seconds: number, reason: string | null): void;
  versionChanged(tenant: TenantName): void;
  filesRefused(tenant: TenantName): void;
  /** In Prometheus's text form, with what the status says. */
  text(status: GatewayStatus): Promise<string>;
  readonly contentType: string;
}

const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Fine around 2 ms, which is what an answer is to wait for its record at most. */
const appendBuckets = [
  ...[0.0005, 0.001, 0.0015, 0.002, 0.0025, 0.003, 0.004, 0.005, 0.0075],
  ...[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
];

/** @param tenants with their sources, so that every series is there from the start: a first failure is then a rise. */
export function createMetrics(tenants: ReadonlyMap<TenantName, readonly string[]>): Metrics {
  const registry = new Registry();
  const counted = events(registry);
  const told = readings(registry);
  const ofTenants = new Map<TenantName, TenantCounts>();
  const of = (tenant: TenantName): TenantCounts => {
    const known = ofTenants.get(tenant) ?? new TenantCounts(tenant, counted);
    ofTenants.set(tenant, known);
    return known;
  };
  for (const [tenant, sources] of tenants) {
    for (const counter of [counted.versions, counted.refusedFiles]) counter.inc({ tenant }, 0);
    for (const source of sources) of(tenant).source(source);
  }
  const appends = counted.appendSeconds.series({});
  return {
    requestEnded({ tenant, kind, codes, seconds }) {
      of(tenant).ended(kind, seconds);
      for (const code of codes)
        counted.errors.inc({ tenant, code: Object.hasOwn(answerErrors, code) ? code : "OTHER" });
    },
    sourceCallEnded: (tenant, source, seconds, answered) => of(tenant).called(source, seconds, answered),
    appendEnded(seconds, reason) {
      appends.observe(seconds);
      if (reason !== null) counted.appendFailures.inc({ reason });
    },
    versionChanged: (tenant) => counted.versions.inc({ tenant }),
    filesRefused: (tenant) => counted.refusedFiles.inc({ tenant }),
    async text(status) {
      told(status);
      for (const counts of ofTenants.values()) counts.tell();
      return `${await registry.metrics()}\n${await processMetrics().metrics()}`;
    },
    contentType: registry.contentType,
  };
}

/** What is counted at every request, in plain numbers of one tenant. */
class TenantCounts {
  readonly #requests = Object.fromEntries(requestEnds.map((kind) => [kind, 0])) as Record<RequestEndKind, number>;
  readonly #sources = new Map<string, Readonly<Record<"answered" | "failed", Series>>>();
  /** From the first request on. */
  #seconds: Series | null = null;

  constructor(
    private readonly tenant: TenantName,
    private readonly counted: ReturnType<typeof events>,
  ) {
    this.tell();
  }

  ended(kind: RequestEndKind, seconds: number): void {
    this.#requests[kind]++;
    this.#seconds ??= this.counted.requestSeconds.series({ tenant: this.tenant });
    this.#seconds.observe(seconds);
  }

  called(source: string, seconds: number, answered: boolean): void {
    const { answered: whole, failed } = this.source(source);
    (answered ? whole : failed).observe(seconds);
  }

  source(source: string): Readonly<Record<"answered" | "failed", Series>> {
    const known = this.#sources.get(source);
    if (known !== undefined) return known;
    const { tenant, counted } = this;
    const series = (outcome: string): Series => counted.sourceSeconds.series({ tenant, source, outcome });
    const made = { answered: series("answered"), failed: series("failed") };
    this.#sources.set(source, made);
    return made;
  }

  /** Since the last time. */
  tell(): void {
    for (const outcome of requestEnds) {
      this.counted.requests.inc({ tenant: this.tenant, outcome }, this.#requests[outcome]);
      this.#requests[outcome] = 0;
    }
  }
}

/** What is counted when it happens. */
function events(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: "passerelle_requests_total",
      help: "Requests, by how they ended.",
      labelNames: ["tenant", "outcome"],
      registers,
    }),
    errors: new Counter({
      name: "passerelle_request_errors_total",
      help: "Answers with at least one error of this code.",
      labelNames: ["tenant", "code"],
      registers,
    }),
    requestSeconds: new CountedHistogram({
      name: "passerelle_request_duration_seconds",
      help: "From a request's arrival until its answer may leave.",
      buckets: requestBuckets,
      registry,
    }),
    sourceSeconds: new CountedHistogram({
      name: "passerelle_source_call_duration_seconds",
      help: "A call to a source, retries and all, once it had its turn.",
      buckets: requestBuckets,
      registry,
    }),
    appendSeconds: new CountedHistogram({
      name: "passerelle_access_log_append_duration_seconds",
      help: "How long an answer waited for its access entry.",
      buckets: appendBuckets,
      registry,
    }),
    appendFailures: new Counter({
      name: "passerelle_access_log_failures_total",
      help: "Answers dropped because their access entry was not committed.",
      labelNames: ["reason"],
      registers,
    }),
    versions: new Counter({
      name: "passerelle_policy_version_changes_total",
      help: "Times that this node saw another policy version in force.",
      labelNames: ["tenant"],
      registers,
    }),
    refusedFiles: new Counter({
      name: "passerelle_policy_files_refused_total",
      help: "Saved policy files or schemas that had faults and were not applied.",
      labelNames: ["tenant"],
      registers,
    }),
  };
}

/** What the status says, as figures. */
function readings(registry: Registry): (status: GatewayStatus) => void {
  const gauge = maker(registry);
  const all = [
    gatewayReadings(registry),
    tenantReadings(registry),
    sourceReadings(registry),
    recordReadings(gauge),
    roomReadings(gauge),
  ];
  return (status) => {
    for (const read of all) read(status);
  };
}

function gatewayReadings(registry: Registry): (status: GatewayStatus) => void {
  const gauge = maker(registry);
  const build = gauge("passerelle_build_info", "1, with the version of Passerelle.", "version");
  const ready = gauge("passerelle_ready", "1: this node answers for every tenant.");
  const inFlight = gauge("passerelle_requests_in_flight", "Requests being worked on.");
  const waiting = gauge("passerelle_requests_waiting", "Requests waiting for their turn.");
  const logUp = gauge("passerelle_access_log_failing", "1: the last access entry could not be committed.");
  const logWaiting = gauge("passerelle_access_log_waiting", "Access entries waiting for their commit.");
  const lastCommit = gauge(
    "passerelle_access_log_last_commit_timestamp_seconds",
    "The last commit; 0 before the first.",
  );
  const pool = gauge("passerelle_postgres_connections", "Connections to our own PostgreSQL.", "state");
  const poolWaiting = gauge("passerelle_postgres_waiting", "Statements waiting for a connection.");
  return ({ version, ready: isReady, requests, accessLog, database }) => {
    build.set({ version }, 1);
    ready.set(isReady ? 1 : 0);
    inFlight.set(requests.inFlight);
    waiting.set(requests.waiting);
    logUp.set(accessLog.state === "failing" ? 1 : 0);
    logWaiting.set(accessLog.waiting);
    lastCommit.set(accessLog.lastCommit === null ? 0 : Date.parse(accessLog.lastCommit) / 1000);
    pool.set({ state: "used" }, database?.used ?? 0);
    pool.set({ state: "idle" }, database?.idle ?? 0);
    poolWaiting.set(database?.waiting ?? 0);
  };
}

function tenantReadings(registry: Registry): (status: GatewayStatus) => void {
  const gauge = maker(registry);
  const ready = gauge("passerelle_tenant_ready", "1: a policy version is in force and understood.", "tenant");
  const version = gauge("passerelle_policy_version_info", "1, with the policy version in force.", "tenant", "version");
  return ({ tenants }) => {
    // One series for each tenant: the version before is gone with the change.
    version.reset();
    for (const { name: tenant, notReady, policyVersion } of tenants) {
      ready.set({ tenant }, notReady === null ? 1 : 0);
      if (policyVersion !== null) version.set({ tenant, version: policyVersion.slice(0, 12) }, 1);
    }
  };
}

const states = ["untried", "up", "failing", "open"] as const satisfies readonly SourceStatus["state"][];

function sourceReadings(registry: Registry): (status: GatewayStatus) => void {
  const gauge = maker(registry);
  const counter = (name: string, help: string, ...more: string[]) =>
    new Counter({ name, help, labelNames: ["tenant", "source", ...more], registers: [registry] });
  const state = gauge("passerelle_source_state", "1 for the state that the source is in.", "tenant", "source", "state");
  const waiting = gauge("passerelle_source_calls_waiting", "Calls waiting for their turn.", "tenant", "source");
  const problems = gauge("passerelle_source_problems", "Faults that people can mend in its files.", "tenant", "source");
  const calls = counter("passerelle_source_calls_total", "Calls, by how they ended.", "outcome");
  const retries = counter("passerelle_source_retries_total", "Attempts after the first.");
  const lost = counter("passerelle_source_lost_requests_total", "Requests whose answer lacked fields of it.");
  return ({ tenants }) => {
    // The sources count for themselves: what they say is set, not added.
    for (const each of [calls, retries, lost]) each.reset();
    for (const { name: tenant, sources } of tenants)
      for (const source of sources) {
        const labels = { tenant, source: source.name };
        for (const each of states) state.set({ ...labels, state: each }, source.state === each ? 1 : 0);
        waiting.set(labels, source.waiting);
        problems.set(labels, source.problems);
        const { retries: retried, ...ended } = source.calls;
        for (const [outcome, count] of Object.entries(ended)) calls.inc({ ...labels, outcome }, count);
        retries.inc(labels, retried);
        lost.inc(labels, source.lostRequests);
      }
  };
}

const maker =
  (registry: Registry) =>
  (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

/** Memory, CPU, event loop, garbage of the process: observed once, however many gateways a process starts. */
let ofProcess: Registry | undefined;
function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
