// Starts Rivemont's services as programs of their own and keeps them running: they are other people's, and fall alone.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const demoServiceNames = ["parking", "mobility", "broker", "sign-in"] as const;
/** As gateway.yaml writes the demo's sign-in service. */
export const demoIssuer = "demo:sign-in";
export type DemoServiceName = (typeof demoServiceNames)[number];

export interface DemoProgramsOptions {
  readonly names: readonly DemoServiceName[];
  /** Progress for a terminal, one line each. */
  readonly report: (line: string) => void;
  /** The built `serve.js`, unless it stands beside this file. */
  readonly program?: string | undefined;
}

export interface DemoPrograms {
  /** Service → its address on the loopback interface: the same for as long as they run. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Service → its process, while there is one. */
  readonly processes: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** So often is one that dies started again, at growing distance; then it stays away and is said to. */
const mostRestarts = 5;
const startWithinMs = 20_000;

/** One of them did not start, or not in time. */
export class DemoProgramFailed extends Error {
  override readonly name = "DemoProgramFailed";
}

/** All of them side by side. @throws DemoProgramFailed when one cannot be started; none is left running then */
export async function startDemoPrograms(options: DemoProgramsOptions): Promise<DemoPrograms> {
  const programs = options.names.map((name) => new Program(name, options));
  const close = async (): Promise<void> => void (await Promise.all(programs.map((program) => program.stop())));
  const started = await Promise.allSettled(
    programs.map(async (program) => [program.name, await program.start()] as const),
  );
  const failed = started.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  const addresses = new Map(started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
  return {
    addresses,
    get processes() {
      return new Map(programs.flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid] as const])));
    },
    close,
  };
}

class Program {
  #child: ChildProcess | null = null;
  #url: string | null = null;
  #restarts = 0;
  readonly #stopped = new AbortController();

  constructor(
    readonly name: DemoServiceName,
    private readonly options: DemoProgramsOptions,
  ) {}

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async start(): Promise<string> {
    const url = await this.#launch();
    this.#url = url;
    this.options.report(`Service ${this.name} runs, a program of its own: ${url}`);
    return url;
  }

  /** Closing the channel is what ends it, as the gateway's own end would. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    const child = this.#child;
    if (child === null) return;
    const ended = once(child, "exit");
    if (child.connected) child.disconnect();
    const stuck = setTimeout(() => void child.kill("SIGKILL"), 2_000);
    await ended;
    clearTimeout(stuck);
  }

  /** Where it listens. A later one takes the address of the first, which the sources were opened with. */
  async #launch(): Promise<string> {
    const file = this.options.program ?? fileURLToPath(new URL("./serve.js", import.meta.url));
    const port = this.#url === null ? "0" : new URL(this.#url).port;
    // Nothing of the gateway's flags or environment, which may hold passwords, is theirs to know.
    const child = fork(file, [this.name, port], {
      env: {},
      execArgv: [],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child = child;
    child.on("error", () => undefined);
    child.once("exit", () => (this.#child = null));
    const late = AbortSignal.timeout(startWithinMs);
    const signal = AbortSignal.any([late, this.#stopped.signal]);
    const ended = once(child, "exit", { signal }).then(() => null);
    const told = await Promise.race([once(child, "message", { signal }), ended]).catch(() => null);
    ended.catch(() => undefined);
    const url = addressOf(told?.[0]);
    if (url === null) {
      child.kill("SIGKILL");
      throw new DemoProgramFailed(`The demo's service "${this.name}" did not start. Try again: npm start`);
    }
    child.once("exit", () => void this.#fallen());
    return url;
  }

  async #fallen(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      if (this.#restarts >= mostRestarts) {
        this.options.report(`Service ${this.name} of the demo ended too often: it stays away until the next start`);
        return;
      }
      this.#restarts += 1;
      this.options.report(`Service ${this.name} of the demo ended: it is started again`);
      const signal = this.#stopped.signal;
      const waited = await delay(200 * 2 ** (this.#restarts - 1), true, { signal }).catch(() => false);
      if (!waited) return;
      const url = await this.#launch().catch(() => null);
      if (url === null) continue;
      this.options.report(`Service ${this.name} runs again`);
      return;
    }
  }
}

function addressOf(message: unknown): string | null {
  if (typeof message !== "object" || message === null || !("url" in message)) return null;
  return typeof message.url === "string" ? message.url : null;
}
