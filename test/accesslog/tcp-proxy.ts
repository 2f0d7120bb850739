// A network between the log and PostgreSQL that a test can break on purpose.
import { createServer, connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export class TcpProxy {
  private readonly pairs = new Set<{ client: Socket; server: Socket }>();
  private readonly listener = createServer((client) => this.accept(client));
  private trap: { pattern: string; spring: "cut" | "lose-reply" | "stall"; sprung: () => void } | null = null;
  private stalled = false;
  private refusing = false;
  /** Milliseconds that every reply is held back. */
  delayMs = 0;

  private constructor(private target: URL) {}

  static async open(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url));
    await new Promise<void>((resolve) => proxy.listener.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** The target's address, through the proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = "127.0.0.1";
    url.port = String((this.listener.address() as AddressInfo).port);
    return url.href;
  }

  retarget(url: string): void {
    this.target = new URL(url);
  }

  /**
   * Springs once, when the client next sends `pattern`: `cut` closes both sides before the server sees it; `lose-reply`
   * lets the server do it, and closes when its answer comes; `stall` lets the server do it and then says nothing.
   */
  trapOn(pattern: string, spring: "cut" | "lose-reply" | "stall"): Promise<void> {
    return new Promise((resolve) => {
      this.trap = { pattern, spring, sprung: resolve };
    });
  }

  /** Neither side hears of the other, and no connection ends. */
  stall(): void {
    this.stalled = true;
  }

  refuse(): void {
    this.refusing = true;
    this.cutAll();
  }

  /** As good as new, for connections made from now on; those that were stalled stay silent. */
  heal(): void {
    this.stalled = false;
    this.refusing = false;
    this.delayMs = 0;
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  private cutAll(): void {
    for (const { client, server } of this.pairs) {
      client.destroy();
      server.destroy();
    }
  }

  private accept(client: Socket): void {
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = connect(Number(this.target.port || 5432), this.target.hostname);
    const pair = { client, server };
    this.pairs.add(pair);
    let silent = false;
    let losing = false;
    const end = (): void => {
      // One side of it may wait for ever: only `close` ends it.
      if (silent) return;
      this.pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.on("close", end);
    }
    client.on("data", (chunk) => {
      silent ||= this.stalled;
      if (silent) return;
      const trap = this.trap;
      if (trap && chunk.includes(trap.pattern)) {
        this.trap = null;
        if (trap.spring === "stall") silent = true;
        if (trap.spring === "lose-reply") losing = true;
        trap.sprung();
        if (trap.spring === "cut") return end();
      }
      server.write(chunk);
    });
    server.on("data", (chunk) => {
      silent ||= this.stalled;
      if (losing) return end();
      if (silent) return;
      if (this.delayMs === 0) client.write(chunk);
      else setTimeout(() => client.write(chunk), this.delayMs);
    });
  }
}
