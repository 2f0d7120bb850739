// Law 13: an answer that its client does not take is not kept for ever.
import { connect } from "node:net";
import { expect, it, vi } from "vitest";
import type { IncomingRequest } from "../../src/gateway/index.js";
import { openTown } from "./town-gateway.js";
import { head } from "./raw-http.js";

/** Far more than the machine's socket buffers take over. */
const large = "x".repeat(40_000_000);
const answer = { status: 200, headers: { "content-type": "application/json" }, body: large };

it("ends a connection whose client does not read, and no other", async () => {
  let cut = (): void => undefined;
  const wasCut = new Promise<void>((resolve) => (cut = resolve));
  const seen: IncomingRequest[] = [];
  const town = await openTown({ times: { send: 300 } }, (request) => {
    seen.push(request);
    request.signal.addEventListener("abort", cut);
    return Promise.resolve(answer);
  });
  const { hostname, port } = new URL(town.address);
  const idle = connect({ host: hostname, port: Number(port) });
  idle.pause();
  idle.write(head("/rivemont/graphql", ["Content-Length: 0"]));
  await wasCut;
  let bytes = 0;
  const ended = new Promise((resolve) => idle.on("error", () => undefined).on("close", resolve));
  idle.on("data", (chunk) => (bytes += chunk.length)).resume();
  await ended;
  expect(bytes).toBeLessThan(large.length);
  expect(seen).toHaveLength(1);
  await town.close();
});

it("leaves alone what is taken in time", async () => {
  const town = await openTown({}, () => Promise.resolve(answer));
  const response = await fetch(town.graphql, { method: "POST" });
  expect(await response.text()).toHaveLength(large.length);
  await town.close();
});

const bytesOf = (letter: string): Buffer =>
  Buffer.from(`{"data":"${letter.repeat(3_000_000)}"}\nof somebody else`, "utf8");
const untilLine = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.indexOf("\n") + 1);

// Law 12, should memory that was freed be another answer's already.
it("sends a long answer that is bytes already as they are, and nothing that lies behind them, however slowly it is read", async () => {
  const letters = ["a", "é", "b", "😀"];
  const given: Buffer[] = [];
  const town = await openTown({}, () => {
    const body = untilLine(bytesOf(letters[given.length % letters.length] ?? ""));
    given.push(body);
    return Promise.resolve({ ...answer, body });
  });
  for (const letter of letters) {
    const response = await fetch(town.graphql, { method: "POST" });
    expect(response.headers.get("content-length")).toBe(String(untilLine(bytesOf(letter)).length));
    // Meanwhile the next answers are made, where its memory would be free.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(untilLine(bytesOf(letter)).equals(await response.bytes())).toBe(true);
  }
  // Law 13: its memory is given back at once.
  await vi.waitFor(() => expect(given.map(({ length }) => length)).toEqual([0, 0, 0, 0]));
  await town.close();
});

it("keeps the memory of an answer that was not taken, of which something may still be on its way", async () => {
  let given = Buffer.alloc(0);
  let cut = (): void => undefined;
  const wasCut = new Promise<void>((resolve) => (cut = resolve));
  const town = await openTown({ times: { send: 200 } }, (request) => {
    request.signal.addEventListener("abort", cut);
    given = Buffer.alloc(40_000_000, "x");
    return Promise.resolve({ ...answer, body: given });
  });
  const { hostname, port } = new URL(town.address);
  const idle = connect({ host: hostname, port: Number(port) }).pause();
  idle.write(head("/rivemont/graphql", ["Content-Length: 0"]));
  await wasCut;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(given).toHaveLength(40_000_000);
  idle.on("error", () => undefined).destroy();
  await town.close();
});
