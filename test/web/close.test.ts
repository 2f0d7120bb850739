import { describe, expect, it, vi } from "vitest";
import { openTown } from "./town-gateway.js";
import { head, rawConnection } from "./raw-http.js";

// Room for a busy machine; nothing here is timed.
vi.setConfig({ testTimeout: 60_000 });

const refused = async (address: string): Promise<boolean> =>
  fetch(`${address}/health/live`).then(
    () => false,
    () => true,
  );

describe("closing", () => {
  it("accepts nothing new, ends what is under way, and cuts idle and silent connections", async () => {
    let release: (() => void) | undefined;
    const town = await openTown({}, async (request, usual) => {
      await new Promise<void>((resolve) => (release = resolve));
      return usual(request);
    });
    const idle = await rawConnection(town.address);
    idle.socket.write(head("/health/live", [], "GET"));
    await idle.until(/"live"/);
    const silent = await rawConnection(town.address);
    const underWay = town.ask('{ echo(text: "still") }');
    await expect.poll(() => release).toBeDefined();

    let closed = false;
    const closing = town.close().then(() => (closed = true));
    await expect.poll(() => refused(town.address)).toBe(true);
    expect(closed).toBe(false);
    release?.();
    const response = await underWay;
    expect(await response.json()).toEqual({ data: { echo: "still" } });
    await closing;
    await Promise.all([idle.closed, silent.closed]);
  });

  it("waits no longer than the time set for an answer that does not come, and tells the gateway", async () => {
    const town = await openTown(
      { times: { drain: 50 } },
      ({ signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("gone")))),
    );
    const underWay = town.ask("{echo}").catch(() => "cut");
    await expect.poll(() => town.arrived.length).toBe(1);
    await town.close();
    expect(await underWay).toBe("cut");
    expect(town.arrived[0]?.signal.aborted).toBe(true);
  });

  it("answers a whole burst that arrived before it", async () => {
    const town = await openTown();
    const burst = Array.from({ length: 50 }, (_, i) => town.ask(`{ echo(text: "${i}") }`));
    await expect.poll(() => town.arrived.length, { timeout: 20_000 }).toBe(50);
    const [answers] = await Promise.all([Promise.all(burst.map(async (one) => (await one).status)), town.close()]);
    expect(answers).toEqual(Array.from({ length: 50 }, () => 200));
  });

  it("says that an address is taken", async () => {
    const town = await openTown();
    await expect(openTown({ port: Number(new URL(town.address).port) })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await town.close();
  });
});
