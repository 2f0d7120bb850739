// The processes of a run, each in its own: started, asked what they use, stopped.
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onePool } from "../src/one-pool.js";
import type { CommitsJob } from "./curves/commits.js";
import type { LoadJob, LoadResult } from "./load.js";
import type { PeerName } from "./peers.js";
import type { CpuProfile } from "./profile.js";
import { type Usage, usageFrom } from "./usage.js";

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const startWithinMs = 120_000;
const stopWithinMs = 30_000;

export interface Running {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  readonly pid: number;
  usage(): Promise<Usage>;
  /** From now on until what it gives is called: a CPU profile of the process, as V8 writes it. */
  profiled(): Promise<() => Promise<CpuProfile>>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where a CPU profile is to be written at the end; null: none. */
  readonly profile?: string | null;
}

/**
 * What stands between `node` and the program in package.json's `start`: a gateway that is measured with other words than
 * a town starts it with says nothing.
 * @throws where `start` is no plain start of the built gateway
 */
export function startWords(packageJson: string): readonly string[] {
  const { scripts } = JSON.parse(packageJson) as { readonly scripts: { readonly start: string } };
  const [node, ...words] = scripts.start.split(" ");
  if (node !== "node" || words.pop() !== "dist/main.js") throw new Error(`no plain start: ${scripts.start}`);
  return words;
}

/**
 * The built gateway, with the words of `npm start`, and in the environment what it begins once more with where nobody asks
 * it by a channel.
 */
export const startPasserelle = ({ env, ...options }: StartOptions): Promise<Running> =>
  startServer([...startWords(readFileSync(fileOf("../package.json"), "utf8")), fileOf("../dist/main.js")], {
    ...options,
    env: { ...env, ...onePool },
  });

export const startPeer = (name: PeerName, options: StartOptions): Promise<Running> =>
  startServer([fileOf(`./peers/${name}.mjs`)], options);

export const startService = (name: "parking" | "mobility", options: StartOptions): Promise<Running> =>
  startServer([fileOf(`./services/${name}.mjs`)], options);

async function startServer(command: readonly string[], { cwd, env, profile }: StartOptions): Promise<Running> {
  const profiling = profile == null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const child = spawned([...profiling, "--import", usageModule, ...command], cwd, env);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => void (said = (said + text).slice(-20_000)));
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(`it ended (${code ?? signal})`));
    child.once("error", (error) => resolve(error.message));
  });
  let over = false;
  void ended.then(() => (over = true));
  const stop = async (): Promise<void> => {
    if (over) return;
    child.kill("SIGINT");
    if ((await within(ended, stopWithinMs)) === null) child.kill("SIGKILL");
    await ended;
  };
  const address = await within(Promise.race([ready(child, () => said), ended]), startWithinMs);
  if (address === null || !address.startsWith("http")) {
    await stop();
    throw new Error(`${command.join(" ")} did not start: ${address ?? "it took too long"}\nIt said:\n${said}`);
  }
  return {
    ...{ address, stop, pid: child.pid ?? 0 },
    usage: () => asked<NodeJS.ResourceUsage>(child, "usage?").then(usageFrom),
    profiled: async () => {
      await asked(child, { profile: "begin" });
      return () => asked<CpuProfile>(child, { profile: "end" });
    },
  };
}

const usageModule = new URL("./answer-usage.mjs", import.meta.url).href;

function spawned(parameters: readonly string[], cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, parameters, { cwd, env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
}

/** Every server prints `Ready … http://…` as soon as they answer. */
function ready(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.on("data", () => {
      const address = /^Ready\b.*?(http:\/\/127\.0\.0\.1:\d+)/m.exec(said())?.[1];
      if (address !== undefined) resolve(address);
    });
  });
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function asked<T>(child: ChildProcess, question: string | object): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error("a process of the bench ended before it answered"));
    child.once("exit", onExit);
    child.once("message", (answer) => {
      child.off("exit", onExit);
      resolve(answer as T);
    });
    child.send(question, (error) => {
      if (error !== null) reject(error);
    });
  });
}

export interface Load {
  run(job: LoadJob): Promise<LoadResult>;
  stop(): unknown;
}

export function startLoad(options: StartOptions): Load {
  const child = spawned([fileOf("./run.mjs"), "load"], options.cwd, options.env);
  child.stderr?.pipe(process.stderr);
  return { run: (job) => asked<LoadResult>(child, job), stop: () => child.connected && child.disconnect() };
}

export interface Commits {
  /** @returns milliseconds of each commit */
  run(job: CommitsJob): Promise<number[]>;
  stop(): unknown;
}

export function startCommits(options: StartOptions): Commits {
  const child = spawned([fileOf("./run.mjs"), "commits"], options.cwd, options.env);
  child.stderr?.pipe(process.stderr);
  return { run: (job) => asked<number[]>(child, job), stop: () => child.connected && child.disconnect() };
}

/** The PostgreSQL server's main process; null where there is no /proc. @param backend one of its processes, while it lives */
export const serverProcessOf = (backend: number): number | null => stat(backend)?.parent ?? null;

/** CPU seconds that the PostgreSQL server has used, those of its ended backends included; null where that is not known. */
export function serverCpuSeconds(server: number | null): number | null {
  const main = server === null ? null : stat(server);
  if (main === null) return null;
  const ticksPerSecond = 100;
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const children = processes.map((pid) => stat(Number(pid))).filter((found) => found?.parent === server);
  const ticks = children.reduce((sum, found) => sum + (found?.ticks ?? 0), main.ticks + main.childTicks);
  return ticks / ticksPerSecond;
}

/** proc_pid_stat(5), the fields after the program's name, which may hold anything. */
function stat(pid: number): { parent: number; ticks: number; childTicks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const at = (place: number): number => Number(fields[place - 3]);
    return { parent: at(4), ticks: at(14) + at(15), childTicks: at(16) + at(17) };
  } catch {
    return null;
  }
}
