// HTTP by hand, for what no client would send.
import { connect, type Socket } from "node:net";

export interface RawConnection {
  readonly socket: Socket;
  /** All that has come so far. */
  received(): string;
  /** Resolves with all that came once the other side has closed. */
  readonly closed: Promise<string>;
  /** Resolves once what came matches. */
  until(pattern: RegExp): Promise<string>;
}

export async function rawConnection(address: string): Promise<RawConnection> {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  let text = "";
  const closed = new Promise<string>((resolve) => {
    const end = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("end", end).on("close", end);
    // A reset is an end like any other here.
    socket.on("error", end);
  });
  const until = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(text)) resolve(text);
      };
      look();
      socket.on("data", look);
      void closed.then(() => reject(new Error(`closed before ${String(pattern)}: ${text.slice(0, 300)}`)));
    });
  return { socket, received: () => text, closed, until };
}

/** Sends bytes as they are and waits for the other side to close. */
export async function rawExchange(address: string, bytes: string | Buffer): Promise<string> {
  const connection = await rawConnection(address);
  connection.socket.write(bytes);
  return connection.closed;
}

export const head = (path: string, headers: readonly string[], method = "POST"): string =>
  [`${method} ${path} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n");
