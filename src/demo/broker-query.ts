// The broker's side of `q` (ETSI GS CIM 009, section 4.9): conditions on attributes, `;` for and, `|` for or.

export type Holds = (valueOf: (attribute: string) => unknown) => boolean;

/** A query that cannot be read. */
export class BadQuery extends Error {
  override readonly name = "BadQuery";
}

const token = /\s*(?:([;|()])|(==|!=|<=|>=|<|>)|("(?:[^"\\]|\\.)*")|([^\s;|()=!<>"]+))/y;

interface Token {
  readonly kind: "mark" | "operator" | "text" | "word";
  readonly text: string;
}

function tokens(q: string): readonly Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < q.length) {
    const match = token.exec(q);
    if (match === null) throw new BadQuery("this query cannot be read");
    const [, mark, operator, text, word = ""] = match;
    if (mark !== undefined) found.push({ kind: "mark", text: mark });
    else if (operator !== undefined) found.push({ kind: "operator", text: operator });
    else if (text !== undefined) found.push({ kind: "text", text });
    else found.push({ kind: "word", text: word });
  }
  return found;
}

/** @throws BadQuery */
export function readQuery(q: string): Holds {
  const reader = new Reader(tokens(q));
  const holds = reader.either();
  reader.end();
  return holds;
}

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  /** `;` binds closer than `|`. */
  either(): Holds {
    const parts = [this.all()];
    while (this.take("mark", "|")) parts.push(this.all());
    return (valueOf) => parts.some((part) => part(valueOf));
  }

  end(): void {
    if (this.at < this.tokens.length) throw new BadQuery("something follows the query");
  }

  private all(): Holds {
    const parts = [this.one()];
    while (this.take("mark", ";")) parts.push(this.one());
    return (valueOf) => parts.every((part) => part(valueOf));
  }

  private one(): Holds {
    if (this.take("mark", "(")) {
      const inner = this.either();
      if (!this.take("mark", ")")) throw new BadQuery("a parenthesis is not closed");
      return inner;
    }
    const attribute = this.take("word");
    if (attribute === null) throw new BadQuery("an attribute is missing");
    const operator = this.take("operator");
    if (operator === null) return (valueOf) => valueOf(attribute) !== undefined;
    const value = this.value();
    return (valueOf) => compared(operator, valueOf(attribute), value);
  }

  private value(): unknown {
    const text = this.take("text");
    if (text !== null) return JSON.parse(text) as unknown;
    const word = this.take("word");
    if (word === null) throw new BadQuery("a value is missing");
    if (word === "true" || word === "false") return word === "true";
    return /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : word;
  }

  private take(kind: Token["kind"], text?: string): string | null {
    const next = this.tokens[this.at];
    if (next?.kind !== kind || (text !== undefined && next.text !== text)) return null;
    this.at += 1;
    return next.text;
  }
}

/** An attribute that is missing, or of another type than the value, satisfies no comparison. */
function compared(operator: string, cell: unknown, value: unknown): boolean {
  if (operator === "==") return cell === value;
  if (cell === undefined || typeof cell !== typeof value) return false;
  if (operator === "!=") return cell !== value;
  const sign = order(cell, value);
  if (operator === "<") return sign < 0;
  if (operator === "<=") return sign <= 0;
  return operator === ">" ? sign > 0 : sign >= 0;
}

function order(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== "string" || typeof b !== "string") return NaN;
  return a === b ? 0 : a < b ? -1 : 1;
}
