// From bytes to lines, bounded: whoever made the file may have left out every line feed (law 13).
import { maxLineBytes } from "./format.js";

/** A line is longer than any that this program writes. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
}

/** Lines without their line feed; null for one that is not UTF-8. @throws LineTooLong */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  most = maxLineBytes,
): AsyncGenerator<string | null, void, undefined> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const take = (part: Uint8Array): void => {
    bytes += part.length;
    if (bytes > most) throw new LineTooLong(`a line is longer than ${String(most)} bytes`);
    parts.push(part);
  };
  const line = (): string | null => {
    const text = decoded(parts);
    [parts, bytes] = [[], 0];
    return text;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, end));
      yield line();
      from = end + 1;
    }
    if (from < chunk.length) take(chunk.subarray(from));
  }
  if (bytes > 0) yield line();
}

function decoded(parts: readonly Uint8Array[]): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    return null;
  }
}
