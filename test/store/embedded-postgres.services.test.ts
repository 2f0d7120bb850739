import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import ts from "typescript";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startEmbedded } from "../../src/store/embedded-postgres.js";
import { createTestDatabase } from "../support/database.js";

/** The embedded server's code as JavaScript, for processes of their own; inside node_modules, where packages resolve. */
const built = join(import.meta.dirname, "../../node_modules/.cache", `passerelle-embedded-${process.pid}`);
const program = `
  import { startEmbedded } from "./embedded-postgres.js";
  const server = await startEmbedded({ dir: process.argv[2], durable: false });
  console.log(JSON.stringify({ url: server.url, started: server.started }));
  process.stdin.once("data", async () => { await server.stop(); process.exit(0); });
`;

let dir: string;
const children = new Set<ChildProcess>();

interface Other {
  readonly url: string;
  readonly started: boolean;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Another Passerelle process that uses the same folder. */
async function other(): Promise<Other> {
  const child = spawn(process.execPath, [join(built, "program.js"), dir], { stdio: ["pipe", "pipe", "inherit"] });
  children.add(child);
  const ended = new Promise<void>((done) => child.once("exit", () => (children.delete(child), done())));
  const line = await new Promise<string>((done, fail) => {
    createInterface(child.stdout).once("line", done);
    child.once("exit", (code) => fail(new Error(`ended with ${code}`)));
  });
  return {
    ...(JSON.parse(line) as { url: string; started: boolean }),
    stop: () => (child.stdin.write("stop\n"), ended),
    kill: () => (child.kill("SIGKILL"), ended),
  };
}

const postmaster = (): number => Number(readFileSync(join(dir, "data", "postmaster.pid"), "utf8").split("\n")[0]);

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

beforeAll(() => {
  mkdirSync(built, { recursive: true });
  const source = join(import.meta.dirname, "../../src/store");
  for (const name of readdirSync(source).filter((file) => /^(embedded-|process-lock|store-error)/.test(file))) {
    const { outputText } = ts.transpileModule(readFileSync(join(source, name), "utf8"), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    writeFileSync(join(built, basename(name, ".ts") + ".js"), outputText);
  }
  writeFileSync(join(built, "package.json"), `{"type":"module"}`);
  writeFileSync(join(built, "program.js"), program);
  dir = mkdtempSync(join(tmpdir(), "passerelle-shared-"));
  chmodSync(dir, 0o755);
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
});
afterAll(async () => {
  // Whatever a failed test left: one that comes last stops it.
  const last = await startEmbedded({ dir, durable: false });
  await last.stop();
  rmSync(dir, { recursive: true, force: true });
  rmSync(built, { recursive: true, force: true });
});

describe("the embedded server", () => {
  it("is shared by processes, and stopped by the last one that leaves", async () => {
    const gateway = await other();
    const command = await other();
    expect([gateway.started, command.started]).toEqual([true, false]);
    expect(command.url).toBe(gateway.url);

    await gateway.stop();
    expect(await answers(command.url)).toBe(true);
    await command.stop();
    expect(await answers(command.url)).toBe(false);
  });

  it("is started once by processes that come at the same time", async () => {
    const all = await Promise.all([other(), other(), other()]);
    expect(all.filter(({ started }) => started)).toHaveLength(1);
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    await Promise.all(all.map((one) => one.stop()));
    expect(await answers(all[0].url)).toBe(false);
  });

  it("left by a killed process is stopped and started anew", async () => {
    const killed = await other();
    const left = postmaster();
    await killed.kill();
    expect(await answers(killed.url)).toBe(true);

    const next = await other();
    expect(next.started).toBe(true);
    expect(postmaster()).not.toBe(left);
    expect(await answers(next.url)).toBe(true);
    await next.stop();
  });

  it("goes on for a process when another one that uses it is killed", async () => {
    const gateway = await other();
    const command = await other();
    await command.kill();
    const third = await other();
    expect(third.started).toBe(false);
    await third.stop();
    expect(await answers(gateway.url)).toBe(true);
    await gateway.stop();
  });

  it("starts beside a pid file whose number belongs to another program, and leaves that one alone", async () => {
    const stranger = spawn("sleep", ["600"]);
    children.add(stranger);
    writeFileSync(join(dir, "data", "postmaster.pid"), `${stranger.pid}\n${join(dir, "data")}\n1\n1\n\n\n\nready   \n`);
    const next = await other();
    expect(next.started).toBe(true);
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
    await next.stop();
  });

  it("keeps its data from start to start", async () => {
    const query = async (statement: string): Promise<unknown[]> => {
      const server = await startEmbedded({ dir, durable: false });
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      const { rows } = await client.query<Record<string, unknown>>(statement);
      await client.end();
      await server.stop();
      return rows;
    };
    await query("CREATE TABLE kept AS SELECT 'here' AS word");
    expect(await query("SELECT word FROM kept")).toEqual([{ word: "here" }]);
  });
});

it("gives each test a database of its own", async () => {
  const one = await createTestDatabase();
  const two = await createTestDatabase();
  expect(one.url).not.toBe(two.url);
  expect(await answers(one.url)).toBe(true);
  await one.drop();
  expect(await answers(one.url)).toBe(false);
  await two.drop();
});

it("says in words that its folder cannot be used", async () => {
  const file = join(dir, "a-file");
  writeFileSync(file, "", { mode: 0o755 });
  await expect(startEmbedded({ dir: file, durable: false })).rejects.toThrow(/cannot use its folder .*DATABASE_URL/);
});
