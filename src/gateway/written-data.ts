// An answer's `data`, finished as JSON text: Apollo Server carries it without looking into it.
import type { GraphQLFormattedError } from "graphql";
import type { JsonBytes } from "./json-bytes.js";

/** Below it node sends a head and a text as one; above it a text is bytes again anyway, and dear to read from them. */
const SENT_AS_TEXT = 4_096;
const HEAD = Buffer.from('{"data":', "utf8");
/** For what follows the data: the entry's id, what it cost, what was withheld. */
const BEHIND = 1_024;

export class WrittenData {
  /** @param whole JSON as UTF-8 from `from` to `to`; around it what the answer's other members are written into */
  private constructor(
    private readonly whole: Buffer,
    private readonly from: number,
    private readonly to: number,
  ) {}

  static of(json: JsonBytes): WrittenData {
    const { length } = json;
    if (length < SENT_AS_TEXT) return new WrittenData(json.take(), 0, length);
    return new WrittenData(json.take(HEAD.length, BEHIND), HEAD.length, HEAD.length + length);
  }

  /** The answer's body, once. Where there are no errors, a long text is not copied again. */
  body(errors: string | undefined, extensions: string | undefined): string | Buffer {
    const { whole, from, to } = this;
    const before = errors === undefined ? HEAD.toString("latin1") : `{"errors":${errors},"data":`;
    const behind = extensions === undefined ? "}\n" : `,"extensions":${extensions}}\n`;
    if (from === 0) return `${before}${whole.toString("utf8")}${behind}`;
    if (errors !== undefined || behind.length * 3 > BEHIND)
      return Buffer.concat([Buffer.from(before, "utf8"), whole.subarray(from, to), Buffer.from(behind, "utf8")]);
    HEAD.copy(whole);
    // What lies behind the end of it was never written, and does not leave.
    return whole.subarray(0, to + whole.write(behind, to, "utf8"));
  }

  /** For whoever looks at a result as at any other. */
  toJSON(): unknown {
    return JSON.parse(this.whole.toString("utf8", this.from, this.to));
  }
}

const textOf = (value: unknown): string | undefined => (value === undefined ? undefined : JSON.stringify(value));

interface Result {
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  /** `WrittenData`, or anything that JSON can hold. */
  readonly data?: unknown;
  readonly extensions?: unknown;
}

/**
 * The body of an answer: `errors`, `data`, `extensions`, as far as there are any, and a line feed. Finished data is taken
 * as it is.
 */
export function answerBody({ errors, data, extensions }: Result): string | Buffer {
  if (data instanceof WrittenData) return data.body(textOf(errors), textOf(extensions));
  return `${JSON.stringify({ errors, data, extensions })}\n`;
}
