// PostgreSQL's CancelRequest (documentation, "Message Formats"), on a connection of its own: without it the server would
// work on for nobody until the statement's time is over. Best effort; statement_timeout stands behind it.
import net from "node:net";
import type pg from "pg";

/** What pg knows of a connection and does not declare: the server's name for it. */
interface Reached {
  readonly host?: string;
  readonly port?: number;
  readonly processID?: number | null;
  readonly secretKey?: number | null;
}

export function askToCancel(client: pg.Client, timeoutMs: number): void {
  const { host, port, processID, secretKey } = client as Reached;
  if (host === undefined || port === undefined || typeof processID !== "number" || typeof secretKey !== "number")
    return;
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(80877102, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);
  const socket = host.startsWith("/") ? net.connect(`${host}/.s.PGSQL.${port}`) : net.connect(port, host);
  socket.setTimeout(timeoutMs, () => socket.destroy());
  socket.on("error", () => undefined);
  socket.on("connect", () => socket.end(message));
  socket.unref();
}
