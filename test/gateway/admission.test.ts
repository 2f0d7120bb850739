import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAdmission, Overloaded, type Admission, type Leave } from "../../src/gateway/admission.js";

const never = new AbortController().signal;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Asked {
  readonly group: string;
  readonly controller: AbortController;
  state: "waiting" | "in" | "left" | "overloaded" | "aborted";
  leave: Leave | null;
  order: number;
}

class Crowd {
  readonly asked: Asked[] = [];
  #order = 0;
  constructor(readonly admission: Admission) {}

  ask(group: string): Asked {
    const asked: Asked = { group, controller: new AbortController(), state: "waiting", leave: null, order: -1 };
    this.asked.push(asked);
    this.admission.enter(group, asked.controller.signal).then(
      (leave) => Object.assign(asked, { state: "in", leave, order: this.#order++ }),
      (reason: unknown) => (asked.state = reason instanceof Overloaded ? "overloaded" : "aborted"),
    );
    return asked;
  }
  in(state: Asked["state"]): Asked[] {
    return this.asked.filter((asked) => asked.state === state);
  }
  leave(asked: Asked): void {
    asked.leave?.();
    asked.state = "left";
  }
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("ask" as const), pick: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("leave" as const), pick: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave-twice" as const), pick: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("abort" as const), pick: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("time-over" as const), pick: fc.nat(1000) }) },
);

function apply(crowd: Crowd, { do: what, pick }: { do: string; pick: number }): void {
  const of = (state: Asked["state"]): Asked | undefined => crowd.in(state)[pick % Math.max(1, crowd.in(state).length)];
  if (what === "ask") crowd.ask(`group-${pick}`);
  const inside = of("in");
  if (what.startsWith("leave") && inside !== undefined) crowd.leave(inside);
  if (what === "leave-twice") inside?.leave?.();
  const waiting = of("waiting");
  if (what === "abort") waiting?.controller.abort();
  if (what === "time-over") waiting?.controller.abort(new DOMException("over", "TimeoutError"));
}

describe("admission", () => {
  it("holds its bounds, loses no place and leaves none idle while someone waits, whatever comes and goes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 6 }),
        fc.array(step, { maxLength: 80 }),
        async (inFlight, queued, steps) => {
          const crowd = new Crowd(createAdmission({ inFlight, queued }));
          for (const one of steps) {
            apply(crowd, one);
            await settle();
            const [inside, waiting] = [crowd.in("in").length, crowd.in("waiting").length];
            expect(crowd.admission.stats()).toMatchObject({ inFlight: inside, waiting });
            expect(inside).toBeLessThanOrEqual(inFlight);
            expect(waiting).toBeLessThanOrEqual(queued);
            if (waiting > 0) expect(inside).toBe(inFlight);
          }
          for (let left = crowd.in("in"); left.length > 0; left = crowd.in("in")) {
            for (const asked of left) crowd.leave(asked);
            await settle();
          }
          expect(crowd.in("waiting")).toEqual([]);
          expect(crowd.admission.stats()).toEqual({ inFlight: 0, waiting: 0, groups: 0 });
        },
      ),
    );
  });

  it("gives each of k waiting groups its turn within k releases, first come first served inside a group", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { minLength: 1, maxLength: 40 }), async (groups) => {
        const admission = createAdmission({ inFlight: 1, queued: 1000 });
        const crowd = new Crowd(admission);
        let inside = crowd.ask("first");
        for (const group of groups) crowd.ask(`group-${group}`);
        await settle();
        while (crowd.in("waiting").length > 0) {
          const waitingGroups = new Set(crowd.in("waiting").map(({ group }) => group));
          const served = new Set<string>();
          for (let k = waitingGroups.size; k > 0; k--) {
            crowd.leave(inside);
            await settle();
            inside = crowd.in("in")[0] ?? inside;
            served.add(inside.group);
          }
          expect(served).toEqual(waitingGroups);
        }
        for (const group of new Set(groups)) {
          const orders = crowd.asked.filter((asked) => asked.group === `group-${group}`).map(({ order }) => order);
          expect(orders).toEqual(orders.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("lets one application's thousand requests neither fill the waiting room nor come first", async () => {
    const crowd = new Crowd(createAdmission({ inFlight: 1, queued: 100 }));
    const inside = crowd.ask("crowd");
    for (let i = 0; i < 1000; i++) crowd.ask("crowd");
    const other = crowd.ask("other");
    await settle();
    expect(crowd.in("overloaded")).toHaveLength(901);
    expect(other.state).toBe("waiting");
    crowd.leave(inside);
    await settle();
    const second = crowd.in("in")[0];
    if (second !== undefined) crowd.leave(second);
    await settle();
    expect(other.state).toBe("in");
  });

  it("refuses at once with a delay in whole seconds when full", async () => {
    let time = 0;
    const admission = createAdmission({ inFlight: 1, queued: 0, now: () => time });
    for (let i = 0; i < 50; i++) {
      const leave = await admission.enter("a", never);
      time += 10_000;
      leave();
    }
    await admission.enter("a", never);
    const refusal = await admission.enter("b", never).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Overloaded);
    expect(refusal).toMatchObject({ retryAfterSeconds: 10 });
  });

  it("tells time over from a client that went away", async () => {
    const crowd = new Crowd(createAdmission({ inFlight: 1, queued: 5 }));
    crowd.ask("a");
    const late = crowd.ask("a");
    const gone = crowd.ask("a");
    late.controller.abort(new DOMException("over", "TimeoutError"));
    gone.controller.abort();
    await settle();
    expect([late.state, gone.state]).toEqual(["overloaded", "aborted"]);
    const dead = AbortSignal.abort();
    await expect(crowd.admission.enter("a", dead)).rejects.toMatchObject({ name: "AbortError" });
  });
});
