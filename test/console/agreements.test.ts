import { describe, expect, it } from "vitest";
import { everyDay, patchLines, standingOf } from "../../console/src/pages/agreements/days.js";

describe("volumes by day", () => {
  it("show every day of the time asked, those without an access as none", () => {
    expect(everyDay([{ day: "2026-11-22", entries: 7 }], 3, "2026-11-23")).toEqual([
      { day: "2026-11-21", entries: 0 },
      { day: "2026-11-22", entries: 7 },
      { day: "2026-11-23", entries: 0 },
    ]);
  });

  it("are above what was declared from the first access on, and far above from half as many again", () => {
    expect([0, 100, 101, 150, 151].map((most) => standingOf(100, most))).toEqual([
      ...["none", "within", "above", "above", "far-above"],
    ]);
    expect(standingOf(null, 5)).toBe("undeclared");
  });
});

describe("a patch", () => {
  it("is told line by line: what goes, what comes, where", () => {
    const patch = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n-gone\n+new\n";
    expect(patchLines(patch).map(({ kind }) => kind)).toEqual([
      ...["place", "place", "place", "place", "same", "removed", "added"],
    ]);
    expect(patchLines(patch).map(({ text }) => text).join("\n") + "\n").toBe(patch); // prettier-ignore
  });
});
