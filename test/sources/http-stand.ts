// A real HTTP server for tests of connectors: it can be stalled, and knows what it is still working on.
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

export interface HttpStand {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly requests: number;
  /** Requests that have neither been answered nor given up. */
  working(): number;
  stall(): () => void;
  close(): Promise<void>;
}

export async function httpStand(answer: RequestListener): Promise<HttpStand> {
  let requests = 0;
  let working = 0;
  let released: Promise<void> | null = null;
  const server = createServer((request, response) => {
    requests += 1;
    working += 1;
    response.on("close", () => (working -= 1));
    if (released === null) answer(request, response);
    else void released.then(() => (response.destroyed ? undefined : answer(request, response)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    working: () => working,
    stall() {
      let release = (): void => undefined;
      released = new Promise((resolve) => (release = resolve));
      return () => {
        released = null;
        release();
      };
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
