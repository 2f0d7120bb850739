// What we say to PostgreSQL on a connection that stands (documentation, "Message Formats"): a statement with everything
// that belongs to it in one piece, so that it is one write.

/** A parameter as text: what it means is the cast's matter, in the statement. */
export type Parameter = string;

export interface Request {
  /** The server keeps the statement under this name; empty: for this once. */
  readonly name: string;
  /** Null: the server has it already, under its name. */
  readonly text: string | null;
  readonly parameters: readonly Parameter[];
  /** Statements that the server is to forget first; of those that it does not know it says nothing. */
  readonly forget: readonly string[];
}

/** Beyond so many characters bytes are counted, instead of making room for the longest that they could be. */
const short = 1_024;

const roomFor = (text: string): number => (text.length > short ? Buffer.byteLength(text) : text.length * 3);

/** Short texts without accents are written quicker by hand. @returns where it ends */
function write(to: Buffer, text: string, at: number): number {
  if (text.length > 40) return at + to.write(text, at);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return at + to.write(text, at);
    to[at + i] = code;
  }
  return at + text.length;
}

function writeEnded(to: Buffer, text: string, at: number): number {
  const end = write(to, text, at);
  to[end] = 0;
  return end + 1;
}

/** One after the other, each with a Sync of its own: what becomes of one is not the next one's matter. */
export function encoded(requests: readonly Request[]): Buffer {
  let room = 0;
  for (const request of requests) room += roomOf(request);
  const to = Buffer.allocUnsafe(room);
  let at = 0;
  for (const request of requests) at = whole(to, request, at);
  return to.subarray(0, at);
}

function roomOf({ name, text, parameters, forget }: Request): number {
  let room = 64 + name.length * 2 + (text === null ? 0 : roomFor(text));
  for (const old of forget) room += 7 + old.length;
  for (const parameter of parameters) room += 4 + roomFor(parameter);
  return room;
}

/** Parse, Bind, Execute, Sync; before them a Close. No Describe: how cells are read follows from what was asked. */
function whole(to: Buffer, { name, text, parameters, forget }: Request, start: number): number {
  let at = start;
  for (const old of forget) at = close(to, old, at);
  if (text !== null) at = parse(to, name, text, at);
  at = bind(to, name, parameters, at);
  // Execute: the portal without a name, all rows.
  at = head(to, 0x45, at);
  to[at] = 0;
  at = sized(to, to.writeInt32BE(0, at + 1));
  return sized(to, head(to, 0x53, at));
}

let sizeAt = 0;

/** A message's letter, and room for its size. */
function head(to: Buffer, letter: number, at: number): number {
  to[at] = letter;
  sizeAt = at + 1;
  return at + 5;
}

function sized(to: Buffer, end: number): number {
  to.writeInt32BE(end - sizeAt, sizeAt);
  return end;
}

function close(to: Buffer, name: string, at: number): number {
  const from = head(to, 0x43, at);
  to[from] = 0x53;
  return sized(to, writeEnded(to, name, from + 1));
}

/** So many parameters a Bind can hold: how many there are is said in two bytes. */
export const mostParameters = 65_535;

/** The types of its parameters are in the text. */
function parse(to: Buffer, name: string, text: string, at: number): number {
  const end = writeEnded(to, text, writeEnded(to, name, head(to, 0x50, at)));
  return sized(to, to.writeInt16BE(0, end));
}

/** Parameters and cells are texts, all of them. */
function bind(to: Buffer, name: string, parameters: readonly Parameter[], at: number): number {
  let end = head(to, 0x42, at);
  to[end] = 0;
  end = to.writeInt16BE(0, writeEnded(to, name, end + 1));
  end = to.writeUInt16BE(parameters.length, end);
  for (const parameter of parameters) {
    const from = end + 4;
    end = write(to, parameter, from);
    to.writeInt32BE(end - from, from - 4);
  }
  return sized(to, to.writeInt16BE(0, end));
}
