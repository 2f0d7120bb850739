// The town's days: what retention is counted in.
import fc from "fast-check";
import { expect, test } from "vitest";
import { dayIn, monthsBefore, startOfDay } from "../../src/terms/index.js";

const day = fc
  .integer({ min: Date.UTC(2020, 0, 1) / 86_400_000, max: Date.UTC(2040, 0, 1) / 86_400_000 })
  .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));

test("so many months before a day is the same day, or the month's last one", () => {
  expect(monthsBefore("2026-11-23", 12)).toBe("2025-11-23");
  expect(monthsBefore("2026-08-31", 6)).toBe("2026-02-28");
  expect(monthsBefore("2028-08-31", 6)).toBe("2028-02-29");
  expect(monthsBefore("2026-03-15", 6)).toBe("2025-09-15");
  expect(monthsBefore("2028-02-29", 12)).toBe("2027-02-28");
});

test("a day begins at its first moment, also where clocks change or the zone lies far from UTC", () => {
  expect(startOfDay("Europe/Paris", "2026-03-29").toISOString()).toBe("2026-03-28T23:00:00.000Z");
  expect(startOfDay("Europe/Paris", "2026-03-30").toISOString()).toBe("2026-03-29T22:00:00.000Z");
  expect(startOfDay("Pacific/Kiritimati", "2026-01-01").toISOString()).toBe("2025-12-31T10:00:00.000Z");
  // Midnight does not exist there on that day: clocks go from 24:00 to 01:00.
  expect(startOfDay("America/Asuncion", "2023-10-01").toISOString()).toBe("2023-10-01T04:00:00.000Z");
  fc.assert(
    fc.property(day, fc.constantFrom("Europe/Paris", "Pacific/Apia", "America/Noronha", "Etc/GMT+12"), (each, zone) => {
      const start = startOfDay(zone, each).getTime();
      expect([dayIn(zone, new Date(start - 1)) < each, dayIn(zone, new Date(start))]).toEqual([true, each]);
    }),
    { numRuns: 50 },
  );
});

test("which day it is does not stick: a day later, in another zone, or before clocks kept whole minutes", () => {
  const midnight = Date.UTC(2026, 10, 23, 23);
  const days = [-1, 0, -1, 86_399_999, 86_400_000].map((ms) => dayIn("Europe/Paris", new Date(midnight + ms)));
  expect(days).toEqual(["2026-11-23", "2026-11-24", "2026-11-23", "2026-11-24", "2026-11-25"]);
  expect(dayIn("Pacific/Kiritimati", new Date(midnight - 1))).toBe("2026-11-24");
  // Monrovia lay 44 minutes and 30 seconds from UTC until 1972: its day began within a minute.
  const start = startOfDay("Africa/Monrovia", "1960-01-15").getTime();
  expect(Math.abs(start % 60_000)).toBe(30_000);
  expect([start - 1, start].map((ms) => dayIn("Africa/Monrovia", new Date(ms)))).toEqual(["1960-01-14", "1960-01-15"]);
});
