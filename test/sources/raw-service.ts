// Services that write bytes of their own, where a real HTTP server would not let them: for tests of our HTTP client.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface RawService {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Connections that were made so far. */
  readonly connections: number;
  /** The heads of the requests that came, in their sequence. */
  readonly heads: readonly string[];
  close(): Promise<void>;
}

/** @param answer Called for each request without a body that has come whole. */
export async function rawService(answer: (socket: Socket, turn: number) => void): Promise<RawService> {
  let connections = 0;
  const heads: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    open.add(socket);
    let held = "";
    socket.on("error", () => undefined).on("close", () => open.delete(socket));
    socket.on("data", (chunk) => {
      held += chunk.toString("latin1");
      for (let end = held.indexOf("\r\n\r\n"); end >= 0; end = held.indexOf("\r\n\r\n")) {
        heads.push(held.slice(0, end));
        held = held.slice(end + 4);
        answer(socket, heads.length);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    heads,
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
}

/** An answer with its length, of status 200 and as JSON unless said otherwise. */
export const written = (body: string, headers: readonly string[] = [], status = "200 OK"): string =>
  [`HTTP/1.1 ${status}`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers, "", body].join("\r\n");
