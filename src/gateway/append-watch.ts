// How the access log has been doing, seen from where answers wait for it.
import { AccessLogUnavailable, type AccessLogWriter, type Appended, type EntryDraft } from "../accesslog/index.js";
import type { AccessLogStatus } from "./status.js";

export interface AppendWatch {
  status(): AccessLogStatus;
}

export interface AppendWatchOptions {
  /** An append ended, after so many seconds. Null: committed; else why not. */
  readonly ended: (seconds: number, reason: string | null) => void;
  readonly now?: () => Date;
}

/** One entry that nobody could write, or a log that we closed ourselves, is no failing log. */
const notTheLog = new Set<string>(["faulty-entry", "closed"]);

/** The same writer, watched. What it throws is passed on as it is (law 4): watching never makes an answer leave. */
export function watchedLog(log: AccessLogWriter, options: AppendWatchOptions): AccessLogWriter & AppendWatch {
  const { ended, now = () => new Date() } = options;
  let [waiting, committed, failed] = [0, 0, 0];
  let lastCommit: Date | null = null;
  let failing: { readonly since: Date; readonly reason: string } | null = null;

  const fail = (error: unknown, seconds: number): void => {
    const reason = error instanceof AccessLogUnavailable ? error.reason : "unknown";
    failed++;
    if (!notTheLog.has(reason)) failing = { since: failing?.since ?? now(), reason };
    ended(seconds, reason);
  };
  const append = async (draft: EntryDraft): Promise<Appended> => {
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    waiting++;
    try {
      const appended = await log.append(draft);
      committed++;
      lastCommit = now();
      failing = null;
      ended(seconds(), null);
      return appended;
    } catch (error) {
      fail(error, seconds());
      throw error;
    } finally {
      waiting--;
    }
  };
  return {
    append,
    count: (tenant, event) => log.count(tenant, event),
    status: () => ({
      state: failing !== null ? "failing" : lastCommit === null ? "untried" : "writing",
      lastCommit: lastCommit?.toISOString() ?? null,
      waiting,
      committed,
      failed,
      failing: failing === null ? null : { since: failing.since.toISOString(), reason: failing.reason },
    }),
  };
}
