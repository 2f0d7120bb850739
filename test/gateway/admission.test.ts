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
  in(state: Asked["state"], group?: string): Asked[] {
    return this.asked.filter((asked) => asked.state === state && (group === undefined || asked.group === group));
  }
  /** How many of each group are in a state. */
  groups(state: Asked["state"]): Map<string, number> {
    return new Map(this.in(state).map(({ group }) => [group, this.in(state, group).length]));
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
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { maxLength: 80 }),
        async (inFlight, queued, perGroup, steps) => {
          const crowd = new Crowd(createAdmission({ inFlight, queued, perGroup }));
          for (const one of steps) {
            apply(crowd, one);
            await settle();
            const [inside, waiting] = [crowd.in("in").length, crowd.in("waiting").length];
            expect(crowd.admission.stats()).toMatchObject({ inFlight: inside, waiting });
            expect(inside).toBeLessThanOrEqual(inFlight);
            expect(waiting).toBeLessThanOrEqual(queued);
            const held = crowd.groups("in");
            for (const places of held.values()) expect(places).toBeLessThanOrEqual(perGroup);
            // Who waits beside a free place is at its own bound.
            if (inside < inFlight)
              for (const group of crowd.groups("waiting").keys()) expect(held.get(group)).toBe(perGroup);
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

  it("lets one group hold half of the places unless told otherwise, at least one, also while others are free", async () => {
    for (const [inFlight, most] of [
      [1, 1],
      [2, 1],
      [3, 1],
      [8, 4],
      [32, 16],
    ] as const) {
      const crowd = new Crowd(createAdmission({ inFlight, queued: 100 }));
      for (let i = 0; i < 50; i++) crowd.ask("alone");
      await settle();
      expect(crowd.in("in")).toHaveLength(most);
      expect(crowd.admission.stats()).toEqual({ inFlight: most, waiting: 50 - most, groups: 1 });
    }
    expect(() => createAdmission({ inFlight: 4, queued: 1, perGroup: 0 })).toThrow(RangeError);
    expect(() => createAdmission({ inFlight: 4, queued: 1, perGroup: 1.5 })).toThrow(RangeError);
  });

  it("admits another group's first request at once, whatever one group has done before", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 2, max: 8 })
          .chain((inFlight) =>
            fc.record({ inFlight: fc.constant(inFlight), perGroup: fc.integer({ min: 1, max: inFlight - 1 }) }),
          ),
        fc.integer({ min: 0, max: 6 }),
        fc.array(step, { maxLength: 60 }),
        async ({ inFlight, perGroup }, queued, steps) => {
          const crowd = new Crowd(createAdmission({ inFlight, queued, perGroup }));
          for (let i = 0; i < 20; i++) crowd.ask("group-0");
          for (const one of steps) {
            apply(crowd, one.do === "ask" ? { do: "ask", pick: 0 } : one);
            await settle();
          }
          const other = crowd.ask("other");
          await settle();
          expect(other.state).toBe("in");
        },
      ),
    );
  });

  it("passes over a group at its own bound, which keeps its turn", async () => {
    const crowd = new Crowd(createAdmission({ inFlight: 3, queued: 100, perGroup: 2 }));
    const flood = Array.from({ length: 6 }, () => crowd.ask("flood"));
    const [first, second] = [crowd.ask("other"), crowd.ask("other")];
    await settle();
    const states = (): string => [...flood, first, second].map(({ state }) => state.slice(0, 1)).join("");
    expect(states()).toBe("iiwwwwiw");
    // The flood is first in the row and at its bound: the place goes to the next.
    crowd.leave(first);
    await settle();
    expect(states()).toBe("iiwwwwli");
    const third = crowd.ask("other");
    // Now it is below its bound, and first.
    if (flood[0] !== undefined) crowd.leave(flood[0]);
    await settle();
    expect([states(), third.state]).toEqual(["liiwwwli", "waiting"]);
  });

  it("counts a group's own wait into the delay it is told", async () => {
    let time = 0;
    const admission = createAdmission({ inFlight: 10, queued: 1, perGroup: 1, now: () => time });
    for (let i = 0; i < 100; i++) {
      const leave = await admission.enter("a", never);
      time += 4_000;
      leave();
    }
    await admission.enter("a", never);
    void admission.enter("a", never);
    const refusal = await admission.enter("a", never).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ retryAfterSeconds: 8 });
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
