// Law 13: whatever clients do, a service gets so many requests in a second.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NotAsked } from "../../src/sources/index.js";
import { Pace } from "../../src/sources/pace.js";
import { restSource } from "../../src/sources/rest/index.js";
import { failingService, failureOf, list, watched } from "./failing-service.js";

describe("so many calls in a second", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
  afterEach(() => vi.useRealTimers());
  const never = new AbortController().signal;
  const asking = (pace: Pace, times: number, signal = never) => {
    const gone: number[] = [];
    const all = Array.from({ length: times }, async (_, i) => pace.turn(signal).then(() => gone.push(i)));
    return { gone, ended: Promise.allSettled(all) };
  };

  it("lets one second's calls go at once and the others in turn", async () => {
    const { gone } = asking(new Pace("parking", 4, 60_000), 20);
    await vi.advanceTimersByTimeAsync(0);
    expect(gone).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(gone).toHaveLength(8);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(gone).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it("refuses at once whoever would wait too long", async () => {
    const pace = new Pace("parking", 0.5, 4_000);
    const { ended } = asking(pace, 4);
    await vi.advanceTimersByTimeAsync(10_000);
    const refused = (await ended).flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
    expect(refused).toEqual([new NotAsked("parking", "busy")]);
  });

  it("who comes and goes uses up nobody's turn", async () => {
    const pace = new Pace("parking", 1, 5_000);
    await pace.turn(never);
    for (let i = 0; i < 50; i++) {
      const client = new AbortController();
      const turn = failureOf(pace.turn(client.signal));
      client.abort();
      expect((await turn).reason).toBe("cancelled");
    }
    const { gone } = asking(pace, 1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(gone).toEqual([0]);
  });

  it("saves no more than one second's calls", async () => {
    const pace = new Pace("parking", 2, 60_000);
    await vi.advanceTimersByTimeAsync(3_600_000);
    const { gone } = asking(pace, 10);
    await vi.advanceTimersByTimeAsync(0);
    expect(gone).toHaveLength(2);
  });
});

describe("a service behind it", () => {
  const behind = async (settings: { callsPerSecond?: number; concurrency?: number; timeoutMs?: number }) => {
    const service = await failingService();
    const lists = { "/car-parks": {} };
    const { source } = watched(restSource({ name: "parking", url: service.stand.origin, lists, ...settings }));
    return { service, source };
  };

  it("is not asked beyond it, and that is no failure of the service", async () => {
    const { service, source } = await behind({ callsPerSecond: 0.1, timeoutMs: 1_000 });
    expect(await list(source)).toHaveLength(2);
    const others = await Promise.all(Array.from({ length: 10 }, () => failureOf(list(source))));
    expect(new Set(others.map(({ reason, detail }) => `${reason} ${detail}`))).toEqual(new Set(["unavailable busy"]));
    expect(service.asked).toHaveLength(1);
    expect(source.health()).toMatchObject({ state: "up", lastFailure: null, calls: { answered: 1, refused: 10 } });
    await service.stand.close();
  });

  it("gets so many requests at once, the others wait", async () => {
    const { service, source } = await behind({ concurrency: 3 });
    const release = service.stand.stall();
    const asked = Array.from({ length: 9 }, () => list(source));
    await expect.poll(() => service.stand.working()).toBe(3);
    release();
    await Promise.all(asked);
    expect(service.asked).toHaveLength(9);
    await service.stand.close();
  });
});
