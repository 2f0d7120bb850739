// How a call ended, and what that says of the dataset and of the service.
import type { CellsInPlace } from "./cells-in-place.js";
import type { Verdict } from "./circuit.js";
import { type FailureBearing, type Filter, SourceFailure } from "./source.js";

/** What is asked, as far as it matters here. */
export interface Asked {
  readonly from: string;
  readonly filter: Filter | null;
  readonly cells?: CellsInPlace | null;
}

export type Outcome<T> = { readonly value: T } | { readonly failure: SourceFailure };

/**
 * Who asks what a service does not take must not shut it for the others, nor take from them what is kept (law 13): where
 * there is a condition, an application chose it. Without one it is the dataset that is no more as it was. A connector's own
 * error is none of ours (law 11).
 */
export function failureOf(name: string, { filter }: Pick<Asked, "filter">, error: unknown): SourceFailure {
  if (!(error instanceof SourceFailure)) return new SourceFailure(name, "unavailable", "unexpected error");
  if (error.bearing.reach !== "condition") return error;
  const { source, reason, detail, bearing } = error;
  const other: FailureBearing =
    filter === null ? { ...bearing, reach: "dataset" } : { reach: "question", outlook: "later" };
  return new SourceFailure(source, reason, detail, other);
}

export async function placed<T>(asked: Asked, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof SourceFailure ? failureOf(error.source, asked, error) : error;
  }
}

/** @returns what the work ended with; a connector's own error is none of ours (law 11). */
export async function settled<T>(source: string, work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof SourceFailure) return { failure: error };
    return { failure: new SourceFailure(source, "unavailable", "unexpected error") };
  }
}

export function ofDataset(outcome: Outcome<unknown>): Verdict {
  if (!("failure" in outcome)) return "good";
  const { reason, bearing } = outcome.failure;
  if (bearing.reach === "dataset") return "bad";
  // More came than the bound: it does answer.
  return reason === "too-large" ? "good" : "aside";
}

/** Of a time that was over nobody knows whether the service is there. */
export function ofService(outcome: Outcome<unknown>): Verdict {
  if (!("failure" in outcome)) return "good";
  const { reason, bearing } = outcome.failure;
  if (bearing.reach === "service") return "bad";
  const reached = reason === "too-large" || (bearing.reach === "dataset" && reason !== "timeout");
  return reached ? "good" : "aside";
}
