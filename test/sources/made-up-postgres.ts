// A server that speaks PostgreSQL's protocol and says what a test wants it to say, however it comes in pieces.
import net from "node:net";
import type { AddressInfo } from "node:net";

export interface Heard {
  /** Letters of the messages of one question, to its Sync: P, B, E, S, and C for Close. */
  readonly letters: string;
  /** Of the Parse, else of the Bind: the statement's name. */
  readonly name: string;
  readonly text: string | null;
  /** Of the Bind, as texts. */
  readonly values: readonly string[];
}

export interface MadeUpPostgres {
  readonly url: string;
  readonly heard: Heard[];
  /** Every question in its sequence, those for the catalog among them. */
  readonly sequence: ("columns" | "statistics" | "statement")[];
  /** Made so far. */
  connections: number;
  /** Rows of a group, as the statistics have it; null: that question is never answered. */
  rowsOfGroup: number | null;
  /** How each question is answered. */
  answer: (heard: Heard, socket: net.Socket) => void;
  close(): Promise<void>;
}

export function message(letter: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(letter), size, body]);
}

export function row(cells: readonly (string | null)[]): Buffer {
  const int = (bytes: 2 | 4, value: number) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeIntBE(value, 0, bytes);
    return buffer;
  };
  const parts = cells.flatMap((cell) =>
    cell === null ? [int(4, -1)] : [int(4, Buffer.byteLength(cell)), Buffer.from(cell)],
  );
  return message("D", Buffer.concat([int(2, cells.length), ...parts]));
}

export const refusal = (code: string): Buffer =>
  message("E", Buffer.from(`SERROR\0C${code}\0MDupont is not to be told\0\0`));
export const ready = message("Z", Buffer.from("I"));
export const complete = message("C", Buffer.from("SELECT 1\0"));

/** The columns of `public.people`: id, an integer and unique, and texts that have indexes: a group has five people, a club six. */
const catalog = [
  row(["id", "int4", "integer", "t", "-1", "t", "t", "one"]),
  row(["label", "text", "text", "t", "-1", "t", "t", "some"]),
  row(["group", "text", "text", "t", "-1", "t", "t", "some"]),
  row(["club", "text", "text", "t", "-1", "t", "t", "some"]),
];
const statistics = (rowsOfGroup: number) => [row(["group", String(rowsOfGroup)]), row(["club", "6"])];

/** Of a Bind: portal, statement, no formats; how many values, then of each its length and its text. */
function valuesOf(body: Buffer): string[] {
  let at = body.indexOf(0, body.indexOf(0) + 1) + 3;
  const values = new Array<string>(body.readUInt16BE(at));
  at += 2;
  for (let place = 0; place < values.length; place++) {
    const from = at + 4;
    at = from + body.readInt32BE(at);
    values[place] = body.toString("utf8", from, at);
  }
  return values;
}

function kindOf({ text }: Heard): MadeUpPostgres["sequence"][number] {
  if (text?.includes("pg_stats") === true) return "statistics";
  return text?.includes("pg_class") === true ? "columns" : "statement";
}

export async function madeUpPostgres(): Promise<MadeUpPostgres> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    made.connections++;
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    let rest: Buffer = Buffer.alloc(0);
    let begun = false;
    let [letters, name, text, values]: [string, string, string | null, string[]] = ["", "", null, []];
    socket.on("data", (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (;;) {
        const from = begun ? 1 : 0;
        if (rest.length < from + 4 || rest.length < from + rest.readInt32BE(from)) return;
        const end = from + rest.readInt32BE(from);
        const [letter, body] = [rest.toString("latin1", 0, 1), rest.subarray(from + 4, end)];
        rest = rest.subarray(end);
        if (!begun) {
          begun = true;
          const key = message("K", Buffer.from([0, 0, 0, 7, 0, 0, 0, 9]));
          socket.write(Buffer.concat([message("R", Buffer.alloc(4)), key, ready]));
          continue;
        }
        letters += letter;
        if (letter === "P") [name = "", text = ""] = body.toString("utf8").split("\0");
        if (letter === "B") [[, name = ""], values] = [body.toString("utf8").split("\0"), valuesOf(body)];
        if (letter !== "S") continue;
        const heard = { letters, name, text, values };
        [letters, name, text, values] = ["", "", null, []];
        const kind = kindOf(heard);
        made.sequence.push(kind);
        if (kind === "statement") {
          made.heard.push(heard);
          made.answer(heard, socket);
        } else if (kind === "columns") socket.write(Buffer.concat([...catalog, complete, ready]));
        else if (made.rowsOfGroup !== null)
          socket.write(Buffer.concat([...statistics(made.rowsOfGroup), complete, ready]));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const made: MadeUpPostgres = {
    url: `postgres://reader:secret@127.0.0.1:${port}/people`,
    heard: [],
    sequence: [],
    connections: 0,
    rowsOfGroup: 5,
    answer: (_, socket) => socket.write(Buffer.concat([row(["1", "é"]), complete, ready])),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;
}
