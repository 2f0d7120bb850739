// What the gateway's thread and the one behind the log say to each other: plain data. What comes back is checked: a thread
// that has gone wrong must not make anybody believe that the record is intact.
import type { LogHead } from "../indexer.js";
import type { LogFault, LogReport } from "../merkle/verify-log.js";

export type Question =
  /** A round of the search index. `appended`: entries that this node has appended so far. */
  | { readonly ask: "index"; readonly appended: number }
  /** The search index up to these heads. `until` as Date.now(). */
  | { readonly ask: "catch-up"; readonly heads: readonly LogHead[]; readonly until: number }
  /** The look of that number goes on; one that is not known begins. `keys` as verifierText gives them. */
  | { readonly ask: "look"; readonly look: number; readonly tenant: string; readonly keys: readonly string[] };

/** What each question is answered with. */
export interface Answers {
  /** As `Indexer.tick`. */
  readonly index: boolean | number;
  /** Whether it came that far in time. */
  readonly "catch-up": boolean;
  readonly look: LogReport;
}

export type ToThread =
  | { readonly n: number; readonly question: Question }
  /** Nobody asks for that look any more. */
  | { readonly end: number }
  /** To be answered at once: who does not is at a standstill. */
  | { readonly alive: true }
  | { readonly close: true };

export type FromThread =
  | { readonly n: number; readonly answer: unknown }
  | { readonly n: number; readonly failed: Failure }
  | { readonly alive: true };

/** An error without its text, which can hold values (law 11): what `failureName` tells it by. */
export interface Failure {
  readonly name: string;
  readonly code?: string;
}

export function failureOf(error: unknown): Failure {
  const name = error instanceof Error ? error.name : "unknown error";
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return { name, ...(typeof code === "string" && { code }) };
}

/** It failed behind: the same to `failureName` as where it was thrown. */
export class FailedBehind extends Error {
  override readonly name: string;
  readonly code?: string;

  constructor(failure: Failure) {
    super("failed behind the access log");
    this.name = /^[\w ]{1,60}$/.test(failure.name) ? failure.name : "unknown error";
    if (failure.code !== undefined && /^\w{1,60}$/.test(failure.code)) this.code = failure.code;
  }
}

/** Null: no message that we know. */
export function readMessage(value: unknown): FromThread | null {
  if (typeof value !== "object" || value === null) return null;
  if ("alive" in value) return { alive: true };
  if (!("n" in value) || typeof value.n !== "number") return null;
  if ("answer" in value) return { n: value.n, answer: value.answer };
  const failed = "failed" in value ? value.failed : null;
  if (typeof failed !== "object" || failed === null || !("name" in failed) || typeof failed.name !== "string")
    return null;
  const code = "code" in failed && typeof failed.code === "string" ? { code: failed.code } : {};
  return { n: value.n, failed: { name: failed.name, ...code } };
}

export const isAnswer: { readonly [Ask in keyof Answers]: (value: unknown) => value is Answers[Ask] } = {
  index: (value): value is boolean | number => typeof value === "boolean" || isAmount(value),
  "catch-up": (value) => typeof value === "boolean",
  look: isReport,
};

const isAmount = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && isAmount(value);

function isReport(value: unknown): value is LogReport {
  const { size, checked, erased, checkpoints, faults } = (value ?? {}) as Partial<Record<keyof LogReport, unknown>>;
  if (![size, checked, erased, checkpoints].every(isCount) || !Array.isArray(faults)) return false;
  return Number(checked) <= Number(size) && Number(erased) <= Number(checked) && faults.every(isFault);
}

function isFault(value: unknown): value is LogFault {
  const { kind, from, to, witnessed } = (value ?? {}) as Partial<Record<keyof LogFault, unknown>>;
  return typeof kind === "string" && isCount(from) && isCount(to) && typeof witnessed === "boolean";
}
