#!/usr/bin/env node
// Starts what was built, with the words of `npm start`, asks it one question, and stops it with Ctrl-C. Some faults
// (entities that import each other) show only in dist/: the test runner loads modules in another way.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const home = resolve(fileURLToPath(import.meta.url), "..", "..");
const startWithin = 120_000;
const stopWithin = 30_000;

let said = "";
// Without npm in between, which ends by the signal itself and hides how the gateway ended. A process group of its own,
// for Ctrl-C at a terminal reaches every process of it.
const [, ...parameters] = JSON.parse(readFileSync(join(home, "package.json"), "utf8")).scripts.start.split(" ");
const gateway = spawn(process.execPath, parameters, { cwd: home, detached: true, stdio: ["ignore", "pipe", "pipe"] });
for (const stream of [gateway.stdout, gateway.stderr]) {
  stream.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
}
const ended = new Promise((settle) => {
  gateway.on("error", (error) => settle({ code: null, signal: error.message }));
  gateway.on("close", (code, signal) => settle({ code, signal }));
});

/** The gateway's own address, once it answers there: those of the demo's services and the operator's port are printed too. */
async function address() {
  const found = /^Ready .*?(https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+)/m.exec(said)?.[1];
  if (found === undefined) return null;
  const live = await fetch(`${found}/health/live`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
  return live?.ok === true ? found : null;
}

async function started() {
  const until = performance.now() + startWithin;
  while (performance.now() < until) {
    const found = await address();
    if (found !== null) return found;
    const end = await Promise.race([ended, delay(250, null, { ref: false })]);
    if (end !== null) throw new Error(`it ended before it answered (${end.code ?? end.signal})`);
  }
  throw new Error(`it did not answer on /health/live within ${startWithin / 1000} s`);
}

async function ask(at) {
  const answer = await fetch(`${at}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ __typename }" }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  if (answer.status !== 200 || JSON.parse(text).data?.__typename !== "Query") {
    throw new Error(`it answered ${answer.status} to { __typename }: ${text.slice(0, 300)}`);
  }
}

/** Tests run what follows the log's appends without a thread: only here is it seen that what was built has one. */
async function hasThread() {
  const threads = `/proc/${gateway.pid}/task`;
  // Only Linux tells threads by their names.
  if (!existsSync(threads)) return;
  for (const until = performance.now() + 10_000; performance.now() < until; await delay(100)) {
    const names = readdirSync(threads).map((thread) => readFileSync(join(threads, thread, "comm"), "utf8").trim());
    if (names.includes("access-log")) return;
  }
  throw new Error("what follows the access log has no thread of its own");
}

/** Of a process that began once more, its environment tells (`src/one-pool.ts`). */
function hasOnePool() {
  const environment = `/proc/${gateway.pid}/environ`;
  if (!existsSync(environment) || process.env.MALLOC_ARENA_MAX !== undefined) return;
  if (!readFileSync(environment, "utf8").split("\0").includes("MALLOC_ARENA_MAX=1"))
    throw new Error("its threads have pools of memory of their own");
}

async function stopped() {
  process.kill(-gateway.pid, "SIGINT");
  const end = await Promise.race([ended, delay(stopWithin, null, { ref: false })]);
  if (end === null) throw new Error(`it did not stop within ${stopWithin / 1000} s of Ctrl-C`);
  if (end.code !== 0) throw new Error(`it ended with ${end.code ?? end.signal} after Ctrl-C, not with 0`);
}

try {
  const at = await started();
  await ask(at);
  await hasThread();
  hasOnePool();
  await stopped();
  console.log(`Started, answered on ${at}, and stopped with exit code 0.`);
} catch (error) {
  console.error(`The built gateway: ${error.message}\nIt said:\n${said}`);
  // First as politely as a user would: the embedded PostgreSQL would outlive a gateway that is killed.
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"]) {
    try {
      process.kill(-gateway.pid, signal);
    } catch {
      break; // Already gone.
    }
    if ((await Promise.race([ended, delay(10_000, null, { ref: false })])) !== null) break;
  }
  process.exitCode = 1;
}
