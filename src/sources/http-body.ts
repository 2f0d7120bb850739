// The bytes of an HTTP answer → JSON.
import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** What is asked for: the one coding that every server knows. */
export const acceptedCoding = "gzip";

export type Decoded = Buffer | "too-large" | "broken" | "unknown";

const unzip = promisify(gunzip);

/** By what codings the body is written; null: as it is. A service that names another than was asked for is not read. */
export function codingOf(headers: IncomingHttpHeaders): "gzip" | "unknown" | null {
  const written = headerText(headers, "content-encoding")?.trim().toLowerCase() ?? "";
  if (written === "" || written === "identity") return null;
  // RFC 9110, section 8.4.1.3: the two are the same.
  return written === "gzip" || written === "x-gzip" ? "gzip" : "unknown";
}

/** Law 13: so many bytes at most, however few they were made of. Half of a body is none. */
export async function unzipped(body: Buffer, maxBytes: number): Promise<Buffer | "too-large" | "broken"> {
  try {
    return await unzip(body, { maxOutputLength: maxBytes });
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : "broken";
  }
}

/** Of what is no UTF-8 nothing is read. @returns undefined where it is none */
export function textOf(body: Buffer): string | undefined {
  if (!isUtf8(body)) return undefined;
  // Some servers write a byte order mark before JSON; RFC 8259, section 8.1, allows to pass over it.
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  return body.toString("utf8", start);
}

/** As `Headers` would join them; null where there is none. */
export function headerText(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return value === undefined ? null : typeof value === "string" ? value : value.join(", ");
}
