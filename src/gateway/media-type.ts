// Content negotiation for answers: GraphQL over HTTP, "Media Types"; RFC 9110, 12.5.1.
import { LRUCache } from "lru-cache";

export type AnswerMediaType = "application/json" | "application/graphql-response+json";

/** In the order of preference where the client has none: plain JSON is what `curl` and older clients read. */
const offered: readonly AnswerMediaType[] = ["application/json", "application/graphql-response+json"];

interface MediaRange {
  readonly type: string;
  readonly quality: number;
  readonly position: number;
}

/**
 * The media type to answer in, for the value of an `Accept` header (null when there was none).
 * @returns null where nothing that we offer is acceptable: 406.
 */
export function chooseMediaType(accept: string | null): AnswerMediaType | null {
  return accept === null ? "application/json" : accepted(accept).type;
}

/** Clients send the same header with every request. Law 13: as many, and as long, as honest ones are. */
const remembered = { max: 100, maxLength: 200 };

function remember<T extends NonNullable<unknown>>(read: (header: string) => T): (header: string) => T {
  const known = new LRUCache<string, T>({ max: remembered.max });
  return (header) => {
    if (header.length > remembered.maxLength) return read(header);
    const before = known.get(header);
    if (before !== undefined) return before;
    const made = read(header);
    known.set(header, made);
    return made;
  };
}

const accepted = remember((accept: string): { readonly type: AnswerMediaType | null } => ({ type: negotiate(accept) }));

function negotiate(accept: string): AnswerMediaType | null {
  if (accept.trim() === "") return "application/json";
  const ranges = accept.split(",").flatMap(readRange);
  let best: { type: AnswerMediaType; quality: number; specific: number; position: number } | null = null;
  for (const type of offered) {
    const match = mostSpecific(ranges, type);
    if (match === null || match.quality === 0) continue;
    const candidate = { type, ...match };
    if (best === null || comesBefore(candidate, best)) best = candidate;
  }
  return best?.type ?? null;
}

interface Match {
  readonly quality: number;
  readonly specific: number;
  readonly position: number;
}

const comesBefore = (a: Match, b: Match): boolean =>
  a.quality !== b.quality
    ? a.quality > b.quality
    : a.specific !== b.specific
      ? a.specific > b.specific
      : a.position < b.position;

function mostSpecific(ranges: readonly MediaRange[], type: AnswerMediaType): Match | null {
  const forms = ["*/*", "application/*", type];
  let best: Match | null = null;
  for (const { type: range, quality, position } of ranges) {
    const specific = forms.indexOf(range);
    if (specific >= 0 && (best === null || specific > best.specific)) best = { quality, specific, position };
  }
  return best;
}

/** One element of `Accept`; none where it is malformed or asks for a charset that is not ours. */
function readRange(text: string, position: number): MediaRange[] {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  let quality = 1;
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.split("=", 2).map((part) => part.trim());
    if (name === "charset" && !isUtf8(value)) return [];
    if (name !== "q") continue;
    if (!/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(value)) return [];
    quality = Number(value);
  }
  return [{ type, quality, position }];
}

/** Whether a `Content-Type` says JSON in UTF-8; parameters other than `charset` have no meaning for JSON. */
export const isJsonInUtf8 = remember(readContentType);

function readContentType(contentType: string): boolean {
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim().toLowerCase());
  if (type !== "application/json") return false;
  return parameters.every((parameter) => {
    const [name = "", value = ""] = parameter.split("=", 2).map((part) => part.trim());
    return name !== "charset" || isUtf8(value);
  });
}

const isUtf8 = (charset: string): boolean => /^("?)utf-?8\1$/.test(charset);
