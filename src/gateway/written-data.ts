// An answer's `data`, finished as JSON text: Apollo Server carries it without looking into it.
import type { FormattedExecutionResult } from "graphql";

export class WrittenData {
  /** @param bytes JSON, as UTF-8 */
  constructor(readonly bytes: Buffer) {}

  /** For whoever looks at a result as at any other. */
  toJSON(): unknown {
    return JSON.parse(this.bytes.toString("utf8"));
  }
}

/** Below it node sends a head and a text as one; above it a text is bytes again anyway, and dear to read from them. */
const SENT_AS_TEXT = 4_096;

/**
 * The body of an answer: `errors`, `data`, `extensions`, as far as there are any, and a line feed. Finished data is taken
 * as it is.
 */
export function answerBody({ errors, data, extensions }: FormattedExecutionResult): string | Buffer {
  if (!((data as unknown) instanceof WrittenData)) return `${JSON.stringify({ errors, data, extensions })}\n`;
  const { bytes } = data as unknown as WrittenData;
  const before = `{${errors === undefined ? "" : `"errors":${JSON.stringify(errors)},`}"data":`;
  const behind = `${extensions === undefined ? "" : `,"extensions":${JSON.stringify(extensions)}`}}\n`;
  if (bytes.length < SENT_AS_TEXT) return `${before}${bytes.toString("utf8")}${behind}`;
  return Buffer.concat([Buffer.from(before, "utf8"), bytes, Buffer.from(behind, "utf8")]);
}
