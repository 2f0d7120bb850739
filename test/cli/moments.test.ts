import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localDay, localTime, parseMoment } from "../../src/cli/moments.js";

const now = new Date("2026-11-22T12:00:00.000Z");
const paris = { now, timeZone: "Europe/Paris" };
const start = (text: string): string | null => parseMoment(text, { ...paris, edge: "start" });
const end = (text: string): string | null => parseMoment(text, { ...paris, edge: "end" });

describe("a moment as a person writes it", () => {
  it("is so long ago", () => {
    expect(start("30m")).toBe("2026-11-22T11:30:00.000Z");
    expect(start("2h")).toBe("2026-11-22T10:00:00.000Z");
    expect(start("7d")).toBe("2026-11-15T12:00:00.000Z");
    expect(end("4w")).toBe("2026-10-25T12:00:00.000Z");
  });

  it("is a whole day of the town, in winter and summer time, and where it changes", () => {
    expect([start("2026-11-01"), end("2026-11-01")]).toEqual(["2026-10-31T23:00:00.000Z", "2026-11-01T23:00:00.000Z"]);
    expect([start("2026-07-14"), end("2026-07-14")]).toEqual(["2026-07-13T22:00:00.000Z", "2026-07-14T22:00:00.000Z"]);
    // 23 and 25 hours long.
    expect([start("2026-03-29"), end("2026-03-29")]).toEqual(["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"]);
    expect([start("2026-10-25"), end("2026-10-25")]).toEqual(["2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"]);
  });

  it("is the town's clock, or a zone's that is written", () => {
    expect(start("2026-11-01T08:30")).toBe("2026-11-01T07:30:00.000Z");
    expect(end("2026-11-01 08:30")).toBe("2026-11-01T07:31:00.000Z");
    expect(end("2026-11-01T08:30:15")).toBe("2026-11-01T07:30:15.000Z");
    expect(start("2026-11-01T08:30:00Z")).toBe("2026-11-01T08:30:00.000Z");
    expect(start("2026-11-01T08:30-05:00")).toBe("2026-11-01T13:30:00.000Z");
  });

  it.each([
    "",
    "yesterday",
    "2026-02-30",
    "2026-13-01",
    "2026-11-01T25:00",
    "2026-11-01T08:99",
    "-2h",
    "2 h",
    "1y",
    "99999999d",
  ])("is not %j", (text) => {
    expect([start(text), end(text)]).toEqual([null, null]);
  });

  it("names the day that it is shown as, in any zone of the world", () => {
    const zones = Intl.supportedValuesOf("timeZone");
    const days = fc.date({ min: new Date("2012-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(days, fc.constantFrom(...zones), (date, timeZone) => {
        const day = date.toISOString().slice(0, 10);
        const first = parseMoment(day, { now, timeZone, edge: "start" }) ?? "";
        const after = parseMoment(day, { now, timeZone, edge: "end" }) ?? "";
        expect(localDay(new Date(Date.parse(after) - 1000), timeZone)).toBe(day);
        // Where clocks skip midnight, the day begins an hour later.
        expect(
          [localTime(first, timeZone), localTime(new Date(Date.parse(first) + 3_600_000), timeZone)].some((time) =>
            time.startsWith(day),
          ),
        ).toBe(true);
      }),
    );
  });
});
