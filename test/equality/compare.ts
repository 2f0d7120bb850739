// Whether two answers are the same: data to the order of its keys, errors by code and place.
import type { ExecutionResult } from "graphql";
import type { Reply } from "../support/test-gateway.js";

/**
 * The gateway says an error once for each place of the operation, cut at the first list from the root
 * (`extensions.selection` holds the rest); graphql-js once for each row.
 */
interface PlacedError {
  readonly code: string;
  readonly path: readonly string[];
  readonly selection: string | null;
  /** Where the field stands first in the document. */
  readonly line: number;
  readonly column: number;
}

export function difference(expected: ExecutionResult, reply: Reply): string | null {
  const { data } = reply.body;
  const [wanted, got] = [JSON.stringify(expected.data), JSON.stringify(data)];
  if (wanted !== got)
    return `data: graphql-js ${near(wanted, got)}\n      gateway    ${near(got, wanted)} (${reply.status})`;
  const errors = new Set((expected.errors ?? []).map((error) => JSON.stringify(placed(error.toJSON()))));
  const answered = (reply.body.errors ?? []).map((error) => placed(error));
  const texts = answered.map((error) => JSON.stringify(error));
  const missing = [...errors].filter((error) => !texts.includes(error));
  if (missing.length > 0) return `errors: graphql-js has ${missing.join(", ")}; the gateway has ${texts.join(", ")}`;
  if (new Set(texts).size !== texts.length) return `errors: twice the same in ${texts.join(", ")}`;
  // An error of a place that no row came to: graphql-js never got there.
  const more = answered.filter((error, i) => !errors.has(texts[i] ?? "") && isReached(data, error));
  return more.length > 0 ? `errors: only the gateway has ${JSON.stringify(more)}` : null;
}

interface WireError {
  readonly path?: readonly (string | number)[] | undefined;
  readonly locations?: readonly { readonly line: number; readonly column: number }[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

function placed({ path = [], locations, extensions = {} }: WireError): PlacedError {
  const cut = path.findIndex((part) => typeof part === "number");
  const names = (parts: typeof path): string[] => parts.filter((part) => typeof part === "string");
  const [{ line, column } = { line: 0, column: 0 }] = locations ?? [];
  const selection = extensions["selection"];
  return {
    code: typeof extensions["code"] === "string" ? extensions["code"] : "none",
    path: names(cut < 0 ? path : path.slice(0, cut)),
    selection: cut >= 0 ? names(path.slice(cut)).join(".") : typeof selection === "string" ? selection : null,
    line,
    column,
  };
}

function isReached(data: unknown, { path, selection }: PlacedError): boolean {
  const steps = [...path, ...(selection === null ? [] : selection.split("."))];
  const follow = (value: unknown, at: number): boolean => {
    if (Array.isArray(value)) return value.some((each) => follow(each, at));
    const step = steps[at];
    if (step === undefined) return true;
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return false;
    return follow((value as Record<string, unknown>)[step], at + 1);
  };
  return follow(data, 0);
}

/** The text from a little before where the two part. */
function near(text: string | undefined, other: string | undefined): string {
  if (text === undefined || other === undefined) return (text ?? "none").slice(0, 300);
  let at = 0;
  while (at < text.length && text[at] === other[at]) at++;
  return `…${text.slice(Math.max(0, at - 80), at + 120)}`;
}
