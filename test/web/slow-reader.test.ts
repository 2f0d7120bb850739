// Law 13: an answer that its client does not take is not kept for ever.
import { connect } from "node:net";
import { expect, it } from "vitest";
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

it("sends a long answer that is bytes already as they are, and nothing that lies behind them", async () => {
  const whole = Buffer.from(`{"data":"${"é".repeat(200_000)}"}\nof somebody else`, "utf8");
  const body = whole.subarray(0, whole.indexOf("\n") + 1);
  const town = await openTown({}, () => Promise.resolve({ ...answer, body }));
  const response = await fetch(town.graphql, { method: "POST" });
  expect(response.headers.get("content-length")).toBe(String(body.length));
  expect(await response.text()).toBe(body.toString("utf8"));
  await town.close();
});
