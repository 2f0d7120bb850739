// Tables in a PostgreSQL database of their own. The statements that reach it are read on the wire, as the server would.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import pg from "pg";
import { openSources } from "../../../src/sources/index.js";
import { createTestDatabase } from "../../support/database.js";
import { createSql, fillSql, type Tables } from "../town.js";
import type { TableService, Touched } from "./served.js";

export async function sqlTables(tables: readonly string[], touched: Touched[]): Promise<TableService> {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(createSql(tables));
  const sockets = new Set<Socket>();
  const target = new URL(database.url);
  const listener = createServer((incoming) => {
    const outgoing = connect(Number(target.port), target.hostname);
    const texts = new StatementReader((text) => note(text, touched));
    incoming.on("data", (chunk) => texts.read(chunk));
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true).pipe(to);
      from.on("error", () => undefined).on("close", () => (sockets.delete(from), to.destroy()));
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const url = new URL(database.url);
  url.hostname = "127.0.0.1";
  url.port = String((listener.address() as AddressInfo).port);
  return {
    name: "postgres",
    from: (table) => `public.${table}`,
    open: () => {
      const settings = { kind: "postgres" as const, url: url.href };
      const source = openSources(new Map([["postgres", settings]])).get("postgres");
      if (source === undefined) throw new Error("not opened");
      return source;
    },
    fill: async (all: Tables) => void (await client.query(fillSql(tables, all))),
    close: async () => {
      await client.end();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
      await database.drop();
    },
  };
}

/** What a statement of the connector names: `FROM "public"."person" AS t`, `t."name"`. */
function note(text: string, touched: Touched[]): void {
  for (const [, table = ""] of text.matchAll(/FROM "public"\."(\w+)" AS t/g))
    touched.push({
      service: "postgres",
      table,
      columns: [...text.matchAll(/\bt\."(\w+)"/g)].map(([, column = ""]) => column),
    });
}

/** The texts of Query and Parse (PostgreSQL documentation, "Message Formats") in what a client sends. */
class StatementReader {
  #held = Buffer.alloc(0);
  #started = false;
  constructor(private readonly told: (text: string) => void) {}

  read(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    for (;;) {
      // The first message has no type.
      const head = this.#started ? 1 : 0;
      if (this.#held.length < head + 4) return;
      const size = head + this.#held.readInt32BE(head);
      if (this.#held.length < size) return;
      const type = head === 0 ? "" : String.fromCharCode(this.#held[0] ?? 0);
      const body = this.#held.subarray(head + 4, size);
      this.#held = this.#held.subarray(size);
      this.#started = true;
      if (type === "Q" || type === "P") this.told(body.toString("utf8"));
    }
  }
}
