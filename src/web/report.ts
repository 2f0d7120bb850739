// What the web room tells the operator. No text of an error, no header, no path: any of them may hold a value of a
// person or of an application (law 11).

export interface WebEvent {
  /** `unexpected-error`: our own failure; `malformed-http`: what Node refused; `graphql-server`: Apollo's own complaint. */
  readonly event: "unexpected-error" | "malformed-http" | "graphql-server";
  /** The request's id, which is also its access entry's; null where there is none. */
  readonly request: string | null;
  /** A class or code: `TypeError`, `HPE_INVALID_METHOD`, `warn`. */
  readonly name: string;
  /** Where in the code: the stack's frames without the error's message. */
  readonly frames: readonly string[];
}

export type Report = (event: WebEvent) => void;

/** Name and place of a failure, without its message. */
export function unexpectedError(error: unknown, request: string | null): WebEvent {
  if (!(error instanceof Error)) return { event: "unexpected-error", request, name: typeof error, frames: [] };
  return { event: "unexpected-error", request, name: plainName(error.name), frames: framesOf(error) };
}

/** Names are made by programs, but nothing guarantees it: what does not look like one is left out. */
export const plainName = (name: unknown): string =>
  typeof name === "string" && /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/.test(name) ? name : "Error";

function framesOf(error: Error): string[] {
  // A message may have several lines, so that only what follows it can be told to be frames.
  const messageAt = error.message === "" ? 0 : (error.stack ?? "").indexOf(error.message);
  if (messageAt < 0) return [];
  const frames = (error.stack ?? "")
    .slice(messageAt + error.message.length)
    .split("\n")
    .slice(1);
  return frames
    .filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line))
    .map((line) => line.trim())
    .slice(0, 10);
}
