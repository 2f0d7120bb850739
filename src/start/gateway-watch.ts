// What this node has seen of itself and of its services: figures for the operator, in memory and of this node alone.
// Nothing here decides, and nothing here may stop a request: what cannot be counted is not counted.
import type { AccessLog, AccessLogWriter } from "../accesslog/index.js";
import { packageVersion, townMark, type Town } from "../cli/index.js";
import type { TenantSettings } from "../config.js";
import {
  createDurations,
  createOutages,
  NothingInForce,
  requestEnds,
  statusForm,
  watchedLog,
  type AccessLogStatus,
  type Durations,
  type GatewayServices,
  type GatewayStatus,
  type Outages,
  type RequestEnd,
  type RequestEndKind,
  type SourceStatus,
  type TenantStatus,
} from "../gateway/index.js";
import { PolicyNotUnderstood, PolicyVersionRefused } from "../policy/index.js";
import type { WatchedSource } from "../sources/index.js";
import { isUnavailable, poolFigures, StoreError, type Revision } from "../store/index.js";
import { hasFault, type FileFault, type PolicyVersionId, type TenantName } from "../terms/index.js";
import { roomStatus, seeRecord, type RecordSeen } from "./record-status.js";
import { createMetrics, type Metrics } from "../web/index.js";

type RecordReader = Pick<AccessLog, "health" | "witnesses" | "retentionState">;
type Sources = ReadonlyMap<TenantName, ReadonlyMap<string, WatchedSource>>;

interface SeenVersion {
  readonly id: PolicyVersionId;
  /** Null until it was asked for. */
  since: Date | null;
}

export class GatewayWatch {
  readonly metrics: Metrics;
  readonly #startedAt = new Date();
  readonly #town: Town;
  readonly #outages: Outages;
  readonly #ended: Record<RequestEndKind, number>;
  readonly #versions = new Map<TenantName, SeenVersion>();
  readonly #refusedFiles = new Map<TenantName, NonNullable<TenantStatus["refusedFiles"]>>();
  readonly #durations = new Map<TenantName, Map<string, Durations>>();
  #sources: Sources = new Map();
  #log: () => AccessLogStatus = () => logUntried;
  #record: RecordReader | null = null;
  #live: () => Promise<boolean> = () => Promise.resolve(false);

  constructor(town: Town) {
    this.#town = town;
    const { tenants } = town.settings;
    this.metrics = createMetrics(new Map([...tenants].map(([name, { sources }]) => [name, [...sources.keys()]])));
    this.#ended = Object.fromEntries(requestEnds.map((kind) => [kind, 0])) as Record<RequestEndKind, number>;
    this.#outages = createOutages({
      health: (tenant, source) => this.#sources.get(tenant)?.get(source)?.health() ?? null,
    });
  }

  watchSources(sources: Sources): void {
    this.#sources = sources;
    for (const [tenant, own] of sources)
      this.#durations.set(tenant, new Map([...own.keys()].map((name) => [name, createDurations()])));
  }

  watchLog(log: AccessLogWriter): AccessLogWriter {
    const watched = watchedLog(log, { ended: (seconds, reason) => this.metrics.appendEnded(seconds, reason) });
    this.#log = () => watched.status();
    return watched;
  }

  logStatus(): AccessLogStatus {
    return this.#log();
  }

  /** @param live whether the log can be written now */
  watchRecord(record: RecordReader, live: () => Promise<boolean>): void {
    this.#record = record;
    this.#live = live;
  }

  requestEnded(end: RequestEnd): void {
    try {
      this.#ended[end.kind]++;
      this.metrics.requestEnded(end);
      if (end.agreement !== null) this.#outages.lost(end.tenant, end.agreement, end.lost);
    } catch {
      // The answer is on record by now: it leaves, counted or not.
    }
  }

  sourceCallEnded(tenant: TenantName, source: string, seconds: number, answered: boolean): void {
    this.metrics.sourceCallEnded(tenant, source, seconds, answered);
    // A refusal by an open circuit takes no time, and would make a service that is down look fast.
    if (answered)
      this.#durations
        .get(tenant)
        ?.get(source)
        ?.add(seconds * 1000);
  }

  /** What is current, as read for a request or a look at readiness. */
  sawRevision(tenant: TenantName, revision: Revision | null): void {
    const id = revision?.policyVersion ?? null;
    const seen = this.#versions.get(tenant);
    if (id === null || id === seen?.id) return;
    this.#versions.set(tenant, { id, since: null });
    if (seen !== undefined) this.metrics.versionChanged(tenant);
  }

  /** Saved files were checked; with a fault they were not applied. */
  filesChecked(tenant: TenantName, faults: readonly FileFault[]): void {
    if (!hasFault(faults)) return void this.#refusedFiles.delete(tenant);
    const count = faults.filter(({ severity }) => severity === "fault").length;
    this.#refusedFiles.set(tenant, { at: new Date().toISOString(), faults: count });
    this.metrics.filesRefused(tenant);
  }

  async status(services: GatewayServices, address: string): Promise<GatewayStatus> {
    const { settings, store } = this.#town;
    const seen = await this.#records();
    const tenants = await Promise.all(
      [...settings.tenants.values()].map((tenant) =>
        this.#tenant(tenant, services, seen.get(tenant.name)?.record ?? null),
      ),
    );
    const database = Math.max(0, ...[...seen.values()].map((each) => each?.databaseBytes ?? 0)) || null;
    const { inFlight, waiting } = services.admission.stats();
    return {
      form: statusForm,
      version: packageVersion(),
      town: townMark(settings.folder),
      address,
      mode: settings.mode,
      now: new Date().toISOString(),
      startedAt: this.#startedAt.toISOString(),
      ready: tenants.every(({ notReady }) => notReady === null) && (await this.#live()),
      tenants,
      accessLog: this.#log(),
      requests: { inFlight, waiting, ended: { ...this.#ended } },
      database: poolFigures(store.gateway),
      room: await roomStatus(store.folder, database, settings.operations.maxDatabaseBytes),
    };
  }

  async #records(): Promise<ReadonlyMap<TenantName, RecordSeen | null>> {
    const record = this.#record;
    const names = [...this.#town.settings.tenants.keys()];
    if (record === null) return new Map();
    const seen = await Promise.all(names.map((name) => seeRecord(record, name, new Date())));
    return new Map(names.map((name, at) => [name, seen[at] ?? null]));
  }

  async #tenant(
    tenant: TenantSettings,
    services: GatewayServices,
    record: TenantStatus["record"],
  ): Promise<TenantStatus> {
    const { name, displayName, timeZone } = tenant;
    const notReady = await services.versions.current(name).then(() => null, whyNotReady);
    const seen = this.#versions.get(name) ?? null;
    if (seen !== null) seen.since ??= await this.#appliedAt(name, seen.id);
    return {
      name,
      displayName,
      timeZone,
      notReady,
      policyVersion: seen?.id ?? null,
      inForceSince: seen?.since?.toISOString() ?? null,
      refusedFiles: this.#refusedFiles.get(name) ?? null,
      sources: [...(this.#sources.get(name)?.values() ?? [])].map((source) => this.#source(name, source, services)),
      record,
    };
  }

  /** Null where it cannot be read now, or another version has just been applied. */
  async #appliedAt(tenant: TenantName, id: PolicyVersionId): Promise<Date | null> {
    try {
      const [newest] = await this.#town.policyStore.history(tenant, 1);
      return newest?.id === id ? newest.appliedAt : null;
    } catch {
      return null;
    }
  }

  #source(tenant: TenantName, source: WatchedSource, services: GatewayServices): SourceStatus {
    const { name, kind } = source;
    const { state, since, lastFailure, calls } = source.health();
    return {
      name,
      kind,
      state,
      since: since.toISOString(),
      lastFailure: lastFailure && { ...lastFailure, at: lastFailure.at.toISOString() },
      calls,
      durations: this.#durations.get(tenant)?.get(name)?.told() ?? null,
      waiting: services.tenants.get(tenant)?.gates.get(name)?.stats().waiting ?? 0,
      problems: (source.problems?.() ?? []).filter(({ severity }) => severity === "fault").length,
      lostRequests: this.#outages.requests(tenant, name),
      outage: this.#outages.of(tenant, name),
    };
  }
}

const logUntried: AccessLogStatus = {
  state: "untried",
  lastCommit: null,
  waiting: 0,
  committed: 0,
  failed: 0,
  failing: null,
};

/** What is wrong and what to do; of the error no more than its class. */
function whyNotReady(error: unknown): string {
  if (error instanceof NothingInForce)
    return 'No policy version is in force, so nothing is shared. Run: npx passerelle policy apply -m "why"';
  if (error instanceof PolicyNotUnderstood || error instanceof PolicyVersionRefused)
    return 'The policy version in force is not understood, so nothing is shared. Run: npx passerelle policy apply -m "why"';
  if (isUnavailable(error) || error instanceof StoreError)
    return "Passerelle's own PostgreSQL does not answer. Check that it runs, and DATABASE_URL where that is set.";
  return `What is in force cannot be read (${error instanceof Error ? error.name : "unknown"}).`;
}
