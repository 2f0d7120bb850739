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

/**
 * The text of an answer: `errors`, `data`, `extensions`, as far as there are any, and a line feed. Finished data is taken
 * as it is.
 */
export function answerText({ errors, data, extensions }: FormattedExecutionResult): string {
  if (!((data as unknown) instanceof WrittenData)) return `${JSON.stringify({ errors, data, extensions })}\n`;
  const { bytes } = data as unknown as WrittenData;
  const before = errors === undefined ? "" : `"errors":${JSON.stringify(errors)},`;
  const behind = extensions === undefined ? "" : `,"extensions":${JSON.stringify(extensions)}`;
  return `{${before}"data":${bytes.toString("utf8")}${behind}}\n`;
}
