// The access log, put together: append in front, counters and search index behind.
import type { AgreementRef, TenantName } from "../terms/index.js";
import { AppendConnection, SearchPool } from "./append-connection.js";
import { failureName } from "./append-failure.js";
import { AppendQueue } from "./append-queue.js";
import { catchUp } from "./behind/asked-behind.js";
import { Behind } from "./behind/behind.js";
import { startThread, type StartThread } from "./behind/start-thread.js";
import { Counters } from "./counters.js";
import { AccessLogUnavailable } from "./entry.js";
import type { AccessLogWriter, Appended, CountedEvent, EntryDraft } from "./entry.js";
import { FaultyEntry, prepareEntry } from "./entry-format.js";
import { entryProofFor } from "./evidence/entry-proof.js";
import { evidenceSource } from "./evidence/source.js";
import type { EntryProof } from "./evidence/tlog-proof.js";
import type { EvidenceSource } from "./evidence/write.js";
import { Integrator, LogAltered, type LogSigner } from "./merkle/integrator.js";
import { logState, proofOf, type InclusionProof, type LogState } from "./merkle/published-log.js";
import { storedTile } from "./merkle/stored-tile.js";
import { readTilePath } from "./merkle/tiles.js";
import { probeAppend } from "./probe.js";
import { recordHealth, type RecordHealth } from "./record-health.js";
import { retentionState, type RetentionState } from "./retention/state.js";
import { withSalt } from "./salts.js";
import { answering, Search } from "./search.js";
import type { AccessLogReader } from "./stored-entry.js";
import { lagOf, type LogLag } from "./merkle/lag.js";
import { cosignedCheckpoint } from "./witness/cosignatures.js";
import { openOutside, type OutsideLog, type OutsideOptions } from "./outside.js";

export interface AccessLogOptions extends OutsideOptions {
  /** As the role `passerelle_gateway`. */
  readonly connectionString: string;
  /** For the operator's terminal, one line each, never a value. */
  readonly report: (line: string) => void;
  /** Milliseconds from an append to its answer, whatever the database does. 3000. */
  readonly deadlineMs?: number;
  /** Entries that may wait; beyond, AccessLogUnavailable at once. 2000. */
  readonly maxQueued?: number;
  /** Entries of one transaction. 256. */
  readonly maxBatch?: number;
  /** Milliseconds between two looks of the search index at the log; 0: only when searched. 700. */
  readonly indexEveryMs?: number;
  /** Milliseconds between two writes of the counters. 3000. */
  readonly countEveryMs?: number;
  /** Milliseconds that a search waits for its index. 15000. */
  readonly catchUpMs?: number;
  /** Who signs a tenant's checkpoints. Absent: nobody does here. */
  readonly signer?: LogSigner;
  /** Milliseconds between two looks for leaves that no checkpoint holds; 0: only when asked. 1000. */
  readonly signEveryMs?: number;
  /** How the thread is started that indexes and looks at the record. From its built file where there is one. */
  readonly startThread?: StartThread;
}

export interface AccessLog extends AccessLogWriter, AccessLogReader, OutsideLog {
  /** Brings the search index up to date with all that was committed before the call. False: not in the time given (15 s). */
  catchUp(timeMs?: number): Promise<boolean>;
  /** Makes tiles and checkpoints of all that was committed before the call. @throws LogAltered */
  sign(): Promise<void>;
  /** The newest checkpoint, a signed note with the signatures of the witnesses that have seen it; null before the first. */
  checkpoint(tenant: TenantName): Promise<string | null>;
  /** How many entries there are, and how many the newest checkpoint holds. */
  state(tenant: TenantName): Promise<LogState>;
  /** @param path as in C2SP tlog-tiles, below `tile/`; null for what there is not. */
  tile(tenant: TenantName, path: string): Promise<Buffer | null>;
  /** That an entry is in the log; null where it is not, or no checkpoint holds it yet. */
  proof(tenant: TenantName, entry: string): Promise<InclusionProof | null>;
  /** How far the signed tree is behind the record. */
  lag(tenant: TenantName): Promise<LogLag>;
  /** How far its retention is. @throws AccessLogUnavailable */
  retentionState(tenant: TenantName): Promise<RetentionState>;
  /** Whether an entry could be appended and committed now; nothing stays of it. @throws AccessLogUnavailable */
  probe(tenant: TenantName): Promise<void>;
  /** How far what follows the appends is. @throws AccessLogUnavailable */
  health(tenant: TenantName): Promise<RecordHealth>;
  /** For the application of that agreement: see `entryProofFor`. */
  entryProof(tenant: TenantName, agreement: AgreementRef, entry: string): Promise<EntryProof | "not-yet" | null>;
  /** What evidence is made from; see `evidenceLines`. */
  evidence(tenant: TenantName): EvidenceSource;
  /** Writes the counters now. */
  flushCounters(): Promise<void>;
  /** Takes no more entries, waits for those taken (at most their deadline), writes the counters. */
  close(): Promise<void>;
}

const dayMs = 86_400_000;
const closeMs = 3000;
const mebibyte = 1024 * 1024;

/** Opens whether the database is there or not: while it is away, appends fail with AccessLogUnavailable, then recover. */
export async function openAccessLog(options: AccessLogOptions): Promise<AccessLog> {
  const { report, deadlineMs = 3000, catchUpMs = 15_000 } = options;
  const connection = new AppendConnection(options.connectionString, deadlineMs);
  const pool = new SearchPool(options.connectionString);
  const counters = new Counters(pool, report);
  const integrator = new Integrator(pool, options.signer ?? (() => null));
  const behind = behindLog(options);
  const outside = openOutside(pool, behind, options, report);
  const queue = new AppendQueue(
    connection,
    {
      deadlineMs,
      maxQueued: options.maxQueued ?? 2000,
      maxQueuedBytes: 64 * mebibyte,
      maxBatch: options.maxBatch ?? 256,
      maxBatchBytes: 8 * mebibyte,
    },
    report,
  );
  const search = new Search(pool, (until, tenant) => catchUp(pool, behind, until, tenant), catchUpMs);
  const chores = [
    repeat("the search index", options.indexEveryMs ?? 700, false, report, () => behind.index(queue.appended)),
    repeat("the counters", options.countEveryMs ?? 3000, false, report, () => counters.flush()),
    repeat("the signed tree", options.signer ? (options.signEveryMs ?? 1000) : 0, true, report, () =>
      integrator.tick(),
    ),
    repeat("what witnesses have seen", options.showEveryMs ?? 0, true, report, () => outside.showWitnesses()),
    repeat("the log's timestamps", options.showEveryMs ?? 0, true, report, () => outside.askAuthorities()),
    repeat("the log's next partitions", dayMs, true, report, () => pool.query("SELECT access_partitions_ahead(2)")),
  ];
  let closing: Promise<void> | undefined;
  return {
    append: (draft) => append(queue, draft, report),
    count: (tenant: TenantName, event: CountedEvent) => counters.count(tenant, event),
    ...searching(search),
    catchUp: (timeMs = catchUpMs) => catchUp(pool, behind, Date.now() + timeMs),
    retentionState: (tenant) => answering(() => retentionState(pool, tenant)),
    probe: (tenant) => probeAppend(options.connectionString, deadlineMs, tenant),
    health: (tenant) => answering(() => recordHealth(pool, tenant)),
    ...proofs(pool, integrator),
    ...outside.log,
    ...forOthers(pool),
    flushCounters: () => counters.flush(),
    close: () => (closing ??= close()),
  };
  async function close(): Promise<void> {
    await queue.close();
    outside.end();
    // What is off the hot path has long time limits; a database that says nothing must not keep us from stopping.
    await atMost(closeMs, Promise.all(chores.map((stop) => stop())));
    const flushed = counters.flush().then(
      () => true,
      () => false,
    );
    if ((await atMost(closeMs, flushed)) !== true) report("access log: the last counts of refused requests are lost");
    await Promise.all([connection.close(), behind.close(closeMs), atMost(closeMs, pool.close())]);
  }
}

const behindLog = ({ connectionString, report, startThread: start = startThread }: AccessLogOptions): Behind =>
  new Behind({ start, data: { connectionString }, report });

const searching = (search: Search): AccessLogReader => ({
  search: (tenant, filter) => search.search(tenant, filter),
  searchEntries: (tenant, filter, page) => search.searchEntries(tenant, filter, page),
  searchSummaries: (tenant, filter, page) => search.searchSummaries(tenant, filter, page),
  total: (tenant, filter, bound) => search.total(tenant, filter, bound),
  hours: (tenant, period) => search.hours(tenant, period),
  volumes: (tenant, asked) => search.volumes(tenant, asked),
  fieldUse: (tenant, asked) => search.fieldUse(tenant, asked),
  firstUses: (tenant, since) => search.firstUses(tenant, since),
  read: (tenant, id) => search.read(tenant, id),
  operationText: (hash) => search.operationText(hash),
  asked: (tenant, bounds) => search.asked(tenant, bounds),
  countPeople: (tenant, entries) => search.countPeople(tenant, entries),
  counters: (...asked) => search.counters(...asked),
});

const proofs = (
  pool: SearchPool,
  integrator: Integrator,
): Pick<AccessLog, "sign" | "checkpoint" | "state" | "tile" | "proof" | "lag"> => ({
  sign: async () => {
    while (await integrator.tick());
  },
  checkpoint: (tenant) => answering(() => cosignedCheckpoint(pool, tenant)),
  state: (tenant) => answering(() => logState(pool, tenant)),
  tile: (tenant, path) =>
    answering(async () => {
      const tile = readTilePath(path);
      return tile === null ? null : storedTile(pool, tenant, tile);
    }),
  proof: (tenant, entry) => answering(() => proofOf(pool, tenant, entry)),
  lag: (tenant) => answering(() => lagOf(pool, tenant)),
});

const forOthers = (pool: SearchPool): Pick<AccessLog, "entryProof" | "evidence"> => ({
  entryProof: (tenant, agreement, entry) => answering(() => entryProofFor(pool, tenant, agreement, entry)),
  evidence: (tenant) => evidenceSource(pool, tenant, answering),
});

function append(queue: AppendQueue, draft: EntryDraft, report: (line: string) => void): Promise<Appended> {
  let entry;
  try {
    entry = withSalt((salt) => prepareEntry(draft, salt));
  } catch (error) {
    // Whatever it is, this entry will not be on record, so its answer must not leave.
    const message = error instanceof FaultyEntry ? error.message : `an entry cannot be read (${failureName(error)})`;
    report(`access log: ${message}`);
    return Promise.reject(new AccessLogUnavailable(message, "faulty-entry"));
  }
  return queue.push(entry);
}

/** undefined: not done in time. */
async function atMost<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Does a chore again and again, one run at a time, at once while it says (true) that there is more, or in the milliseconds
 * that it says. It never throws: trouble is told once, until it is over.
 * @returns a function that stops it and waits for the run under way.
 */
function repeat(
  what: string,
  everyMs: number,
  atStart: boolean,
  report: (line: string) => void,
  chore: () => Promise<unknown>,
): () => Promise<void> {
  if (everyMs <= 0) return () => Promise.resolve();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let failing = false;
  const run = async (): Promise<void> => {
    let more: unknown = false;
    try {
      more = await chore();
      failing = false;
    } catch (error) {
      if (!failing)
        report(
          error instanceof LogAltered
            ? `access log: ${error.message}`
            : `access log: ${what} cannot be brought up to date (${failureName(error)}); trying again`,
        );
      failing = true;
    }
    // A chore that failed comes again soon, also the daily one.
    if (typeof more === "number") schedule(more);
    else schedule(more === true ? 1 : failing ? Math.min(everyMs, 5000) : everyMs);
  };
  const schedule = (ms: number): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = run();
    }, ms);
    timer.unref();
  };
  schedule(atStart ? 0 : everyMs);
  return () => {
    stopped = true;
    clearTimeout(timer);
    return running;
  };
}
