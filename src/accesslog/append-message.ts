// A batch as PostgreSQL gets it (documentation, "Message Formats"): one piece of memory of the right size, written once and
// given back by hand. `pg` copies each parameter twice into memory that grows as it goes, some 100 KB for a batch of 30 KB,
// which V8 frees when it looks at everything, and because of which it does so each second.
import pg from "pg";
import { freeBytes, ownBytes } from "../terms/index.js";
import type { WrittenBytes } from "./binary-columns.js";

/** A statement that the server parses and plans once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Texts are parameters in their form as texts; then those in their binary form. */
export interface Parameters {
  readonly texts: readonly string[];
  readonly columns: readonly WrittenBytes[];
}

/** What `pg` has and does not declare: texts of the statements that the server has for this connection, by name. */
interface Parsing {
  readonly parsedStatements: Readonly<Record<string, string>>;
}

/** To be handed to a client's `query`: `pg` reads the answer. @throws as the database does */
export function appendQuery<Row extends object>(
  statement: Statement,
  parameters: Parameters,
): { readonly query: pg.Query; readonly rows: Promise<readonly Row[]> } {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Row[]>();
  let message: Buffer | null = null;
  const query = new pg.Query<Row>({ ...statement }, [], (error: Error | null | undefined, result) => {
    if (error) {
      reject(error);
      return;
    }
    // The server has answered, so it has read all of it: nobody reads these bytes any more.
    if (message !== null) freeBytes(message);
    resolve(result.rows);
  });
  // By a name of its own: put in as it is written, it would hold all of this in the old heap (decision 0025).
  const submit: typeof query.submit = (connection) => {
    const known = (connection as unknown as Parsing).parsedStatements[statement.name] !== undefined;
    message = messageOf(statement, known, parameters);
    connection.stream.write(message);
  };
  query.submit = submit;
  return { query, rows: promise };
}

/** Parse where the server does not know it, Bind, Describe, Execute, Sync. */
export function messageOf({ name, text }: Statement, known: boolean, { texts, columns }: Parameters): Buffer {
  const parts: Part[] = [
    ...(known ? [] : [message("P", [ended(name), ended(text), int16(0)])]),
    message("B", [
      ...[ended(""), ended(name)],
      ...[int16(texts.length + columns.length), ...texts.map(() => int16(0)), ...columns.map(() => int16(1))],
      ...[int16(texts.length + columns.length), ...texts.map(textOf).map(sized), ...columns.map(sized)],
      int16(0),
    ]),
    message("D", [letter("P"), ended("")]),
    message("E", [ended(""), int32(0)]),
    message("S", []),
  ];
  const to = ownBytes(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => part.write(to, at), 0);
  return to;
}

type Part = WrittenBytes;

const int16 = (value: number): Part => ({ length: 2, write: (to, at) => to.writeInt16BE(value, at) });
const int32 = (value: number): Part => ({ length: 4, write: (to, at) => to.writeInt32BE(value, at) });
const letter = (one: string): Part => ({ length: 1, write: (to, at) => at + to.write(one, at, "latin1") });
const textOf = (text: string): Part => ({
  length: Buffer.byteLength(text),
  write: (to, at) => at + to.write(text, at),
});
const ended = (text: string): Part => together([textOf(text), letter("\0")]);
const sized = (part: Part): Part => together([int32(part.length), part]);
/** A message's length counts itself and not its letter. */
const message = (kind: string, parts: readonly Part[]): Part => {
  const body = together(parts);
  return together([letter(kind), int32(body.length + 4), body]);
};

const together = (parts: readonly Part[]): Part => ({
  length: parts.reduce((sum, { length }) => sum + length, 0),
  write: (to, start) => parts.reduce((at, part) => part.write(to, at), start),
});
