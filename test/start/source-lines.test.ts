import { describe, expect, it } from "vitest";
import { sourceReports } from "../../src/start/source-lines.js";
import type { TenantName } from "../../src/terms/index.js";

describe("the operator's terminal", () => {
  const lines: string[] = [];
  const { circuit } = sourceReports("rivemont" as TenantName, (line) => lines.push(line));
  const told = (change: Partial<Parameters<NonNullable<typeof circuit>>[0]>) => {
    circuit?.({ source: "parking", from: null, open: true, failure: null, openMs: 0, ...change });
    return lines.at(-1);
  };

  it("says which source fails, since when and why", () => {
    expect(told({ failure: { reason: "unavailable", detail: "ECONNREFUSED" } })).toMatch(
      /^rivemont: source parking: fails since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(unavailable: ECONNREFUSED\); it is left alone, and tried again now and then$/,
    );
    expect(told({ from: "/car-parks" })).toContain("source parking, /car-parks: fails since");
  });

  it("says that it answers again", () => {
    expect(told({ open: false, openMs: 34_600 })).toBe("rivemont: source parking: answers again, after 35 s");
  });
});
