// A door in front of a PostgreSQL server: what passes through it on its way in is noted, statement by statement, as the
// server receives it (protocol 3.0). A prepared statement is sent once and executed often: executions are what counts.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface PassedStatement {
  readonly text: string;
  /** As text, the only form in which `pg` sends what it is given here; null is SQL's null. */
  readonly values: readonly (string | null)[];
}

export interface StatementDoor {
  /** The same database as the same user, through the door. */
  readonly url: string;
  /** What was executed since the last `take`, in the sequence in which it came. */
  take(): readonly PassedStatement[];
  /** Ends what is still connected. */
  close(): Promise<void>;
}

/** @param databaseUrl without TLS, since messages are read */
export async function openStatementDoor(databaseUrl: string): Promise<StatementDoor> {
  const to = new URL(databaseUrl);
  const [port, host] = [Number(to.port), to.hostname];
  let passed: PassedStatement[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    const pair = [client, upstream];
    const heard = new Heard((statement) => passed.push(statement));
    client.on("data", (part: Buffer) => heard.take(part));
    client.pipe(upstream).pipe(client);
    for (const socket of pair) {
      sockets.add(socket);
      socket.on("error", () => pair.forEach((each) => each.destroy()));
      socket.on("close", () => sockets.delete(socket));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  to.hostname = "127.0.0.1";
  to.port = String((server.address() as AddressInfo).port);
  return {
    url: to.href,
    take: () => {
      const taken = passed;
      passed = [];
      return taken;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** What a client says on one connection. PostgreSQL's documentation, "Message Formats": Query, Parse, Bind, Execute. */
class Heard {
  #waiting: Buffer = Buffer.alloc(0);
  #begun = false;
  readonly #prepared = new Map<string, string>();
  readonly #bound = new Map<string, PassedStatement>();

  readonly #executed: (statement: PassedStatement) => void;

  constructor(executed: (statement: PassedStatement) => void) {
    this.#executed = executed;
  }

  take(part: Buffer): void {
    this.#waiting = Buffer.concat([this.#waiting, part]);
    for (;;) {
      // The first message, alone, has no letter in front of its length.
      const head = this.#begun ? 1 : 0;
      if (this.#waiting.length < head + 4) return;
      const length = head + this.#waiting.readInt32BE(head);
      if (this.#waiting.length < length) return;
      if (this.#begun) this.#message(String.fromCharCode(this.#waiting[0] ?? 0), this.#waiting.subarray(5, length));
      this.#begun = true;
      this.#waiting = this.#waiting.subarray(length);
    }
  }

  #message(letter: string, body: Buffer): void {
    const [first = "", second = ""] = body.toString("latin1").split("\0", 2);
    if (letter === "Q") this.#executed({ text: textAt(body, 0), values: [] });
    if (letter === "P") this.#prepared.set(first, textAt(body, first.length + 1));
    if (letter === "B") {
      const values = boundValues(body.subarray(first.length + second.length + 2));
      this.#bound.set(first, { text: this.#prepared.get(second) ?? "", values });
    }
    const bound = letter === "E" ? this.#bound.get(first) : undefined;
    if (bound !== undefined) this.#executed(bound);
  }
}

const textAt = (body: Buffer, start: number): string => body.subarray(start, body.indexOf(0, start)).toString("utf8");

/** After the two names: the formats of the parameters, then each with its length; -1 is null. */
function boundValues(body: Buffer): (string | null)[] {
  let at = 2 + 2 * body.readInt16BE(0);
  const values: (string | null)[] = [];
  const count = body.readInt16BE(at);
  at += 2;
  for (let place = 0; place < count; place++) {
    const length = body.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? null : body.subarray(at, at + length).toString("utf8"));
    at += Math.max(0, length);
  }
  return values;
}
