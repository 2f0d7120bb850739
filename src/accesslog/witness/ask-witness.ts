// The log's side of the C2SP witness protocol (tlog-witness): it shows a checkpoint, proves that it holds the one that the
// witness saw before, and gets the witness's signature.
import { fetchBounded } from "../fetch-bounded.js";
import { consistencyProof, type NodeReader } from "../merkle/tree.js";
import type { LogWitness } from "./cosignatures.js";

export interface Shown {
  /** The signed note. */
  readonly note: string;
  readonly size: number;
  readonly read: NodeReader;
}

export type Answered =
  /** Its signature lines, not yet verified. */
  | { readonly outcome: "signed"; readonly lines: string }
  /** It has seen this size already: more than this log has. */
  | { readonly outcome: "ahead"; readonly size: number }
  /** What it saw is not in what it was shown. */
  | { readonly outcome: "inconsistent" }
  /** It does not know this log, or not the key that signs it. */
  | { readonly outcome: "unknown-log" }
  | { readonly outcome: "not-understood"; readonly status: number };

const timeoutMs = 10_000;
const maxBytes = 16_384;

/** The body of `add-checkpoint`. */
export const addCheckpointBody = (old: number, proof: readonly Buffer[], note: string): string =>
  `old ${old}\n${proof.map((hash) => `${hash.toString("base64")}\n`).join("")}\n${note}`;

/**
 * @param seen what the witness is believed to have seen last; when it says otherwise it is asked once more with that.
 * @throws FetchFailed
 */
export async function askWitness(
  witness: LogWitness & { readonly url: string },
  shown: Shown,
  seen: number,
  signal: AbortSignal,
): Promise<Answered> {
  const first = await ask(witness.url, shown, seen, signal);
  if (first.outcome !== "ahead" || first.size > shown.size) return first;
  const second = first.size === seen ? first : await ask(witness.url, shown, first.size, signal);
  // Twice the size that we said: it is the root that differs.
  return second.outcome === "ahead" && second.size <= shown.size ? { outcome: "inconsistent" } : second;
}

async function ask(url: string, { note, size, read }: Shown, old: number, signal: AbortSignal): Promise<Answered> {
  const body = addCheckpointBody(old, await consistencyProof(read, old, size), note);
  const {
    status,
    contentType,
    body: answer,
  } = await fetchBounded(`${url}/add-checkpoint`, {
    ...{ body, contentType: "text/plain; charset=utf-8", timeoutMs, maxBytes, signal },
  });
  switch (status) {
    case 200:
      return { outcome: "signed", lines: answer.toString("utf8") };
    case 403:
    case 404:
      return { outcome: "unknown-log" };
    case 409: {
      const said = /^(0|[1-9]\d{0,15})\n$/.exec(answer.toString("utf8"))?.[1];
      if (contentType !== "text/x.tlog.size" || said === undefined) return { outcome: "inconsistent" };
      return { outcome: "ahead", size: Number(said) };
    }
    case 422:
      return { outcome: "inconsistent" };
    default:
      return { outcome: "not-understood", status };
  }
}
