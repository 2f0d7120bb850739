// Where something stands in a JSON text: JSON.parse does not say, and its messages repeat the text.

interface Frame {
  readonly close: "}" | "]";
  /** Name or index of the value that is being read. */
  step: string | number;
}

/** Offset at which the text stops being JSON; null where it is. */
export const jsonErrorAt = (text: string): number | null => new JsonWalk(text).run(() => false);

/** Names and indexes that lead to a value, the outermost first. */
export type JsonSteps = readonly (string | number)[];

/** Offsets of the values whose steps are `wanted`, of a text that is JSON; `enough` of them end the search. */
export function jsonOffsets(text: string, wanted: (steps: JsonSteps) => boolean, enough = Infinity): readonly number[] {
  const found: number[] = [];
  new JsonWalk(text).run((stack, at) => {
    if (wanted(stack.map(({ step }) => step))) found.push(at);
    return found.length >= enough;
  });
  return found;
}

const blanks = /[ \t\n\r]*/y;
const scalars = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const escapes = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Without recursion: a text may nest deeper than the stack. */
class JsonWalk {
  private at = 0;
  private readonly stack: Frame[] = [];
  constructor(private readonly text: string) {}

  /** `onValue` says true to stop. @returns where it stopped being JSON, or null */
  run(onValue: (stack: readonly Frame[], at: number) => boolean): number | null {
    for (;;) {
      this.skip(blanks);
      if (onValue(this.stack, this.at)) return null;
      const opened = this.open();
      if (opened === null) return this.at;
      if (opened) continue;
      const more = this.next();
      if (more !== true) return more;
    }
  }

  /** True where another value follows at once (the first of a list or object), null where there is none. */
  private open(): boolean | null {
    const close = this.take("{") ? "}" : this.take("[") ? "]" : null;
    if (close === null) return this.string() !== null || this.skip(scalars) ? false : null;
    this.skip(blanks);
    if (this.take(close)) return false;
    this.stack.push({ close, step: 0 });
    return close === "]" || this.key() ? true : null;
  }

  /** After a value: true where another one follows; else where the text ended, null at its right end. */
  private next(): number | null | true {
    for (;;) {
      this.skip(blanks);
      const frame = this.stack.at(-1);
      if (frame === undefined) return this.at === this.text.length ? null : this.at;
      if (this.take(frame.close)) {
        this.stack.pop();
        continue;
      }
      if (!this.take(",")) return this.at;
      if (typeof frame.step === "number" && frame.close === "]") frame.step += 1;
      else if (!this.key()) return this.at;
      return true;
    }
  }

  private key(): boolean {
    this.skip(blanks);
    const start = this.at;
    const frame = this.stack.at(-1);
    const end = this.string();
    if (end === null || frame === undefined) return false;
    frame.step = JSON.parse(this.text.slice(start, end)) as string;
    this.skip(blanks);
    return this.take(":");
  }

  /** @returns its end; null, where it stopped being one if it began as one */
  private string(): number | null {
    if (!this.take('"')) return null;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) return (this.at += 1);
      if (code === 0x5c ? !this.skip(escapes) : Number.isNaN(code) || code < 0x20) return null;
      if (code !== 0x5c) this.at += 1;
    }
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const length = pattern.exec(this.text)?.[0].length ?? 0;
    this.at += length;
    return length > 0;
  }
}
