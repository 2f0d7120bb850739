import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../src/identity/index.js";
import { standingOf } from "../../src/identity/index.js";
import { dayIn } from "../../src/terms/index.js";

const agreement = (from: string, until: string, suspendedAt: string | null = null) => ({
  snapshot: { from, until } as Snapshot,
  suspendedAt,
});
const paris = "Europe/Paris";

describe("an agreement's standing", () => {
  it("follows the town's days, both included, through summer and winter time", () => {
    const summer = agreement("2026-03-29", "2026-10-25");
    // Paris is one hour ahead of UTC until 29 March 2026, two hours until 25 October.
    const at = (moment: string) => standingOf(summer, paris, new Date(moment));
    expect(at("2026-03-28T22:59:59.999Z")).toEqual({ inForce: false, why: "not-yet", date: "2026-03-29" });
    expect(at("2026-03-28T23:00:00.000Z")).toEqual({ inForce: true });
    expect(at("2026-10-25T22:59:59.999Z")).toEqual({ inForce: true });
    expect(at("2026-10-25T23:00:00.000Z")).toEqual({ inForce: false, why: "expired", date: "2026-10-25" });
  });

  it("is that of the town and not of the machine", () => {
    const one = agreement("2026-11-22", "2026-11-22");
    const moment = new Date("2026-11-22T11:00:00Z");
    expect(standingOf(one, "Pacific/Auckland", moment)).toMatchObject({ why: "expired" });
    expect(standingOf(one, "Pacific/Pago_Pago", moment)).toMatchObject({ inForce: true });
    expect(standingOf(agreement("2026-11-23", "2026-11-23"), "Pacific/Auckland", moment)).toEqual({ inForce: true });
  });

  it("is suspended first, whatever the dates", () => {
    const suspended = agreement("2020-01-01", "2020-01-02", "2026-11-21T23:30:00.000Z");
    expect(standingOf(suspended, paris, new Date("2026-11-23T00:00:00Z"))).toEqual({
      inForce: false,
      why: "suspended",
      date: "2026-11-22",
    });
  });

  it("names days as an independent reading of the calendar does", () => {
    const moment = fc.date({ min: new Date("1990-01-01"), max: new Date("2090-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(moment, (date) => {
        expect(dayIn("UTC", date)).toBe(date.toISOString().slice(0, 10));
        expect(dayIn(paris, date)).toBe(date.toLocaleDateString("sv-SE", { timeZone: paris }));
      }),
    );
  });
});
