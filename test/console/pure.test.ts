import { describe, expect, it } from "vitest";
import { dayAfter, dayIn, formatIn } from "../../console/src/app/moments.js";
import { chooseLanguage } from "../../console/src/app/language.js";
import { backTo } from "../../console/src/app/search-params.js";
import { tokenOf } from "../../console/src/app/link-token.js";

describe("the language", () => {
  it("is the one chosen, else the first of the browser's that we have, else French", () => {
    expect(chooseLanguage("en", ["fr-FR"])).toBe("en");
    expect(chooseLanguage(null, ["de-DE", "en-US", "fr"])).toBe("en");
    expect(chooseLanguage("xx", ["de-DE"])).toBe("fr");
    expect(chooseLanguage(null, [])).toBe("fr");
  });
});

describe("numbers, days and moments", () => {
  const [fr, en] = [formatIn("fr", "Europe/Paris"), formatIn("en", "Europe/Paris")];
  it("are written as each language does, in the town's time zone", () => {
    expect(fr.number(1204331)).toBe("1\u202f204\u202f331");
    expect(en.number(1204331)).toBe("1,204,331");
    expect(fr.fullDay("2026-11-23")).toBe("lundi 23 novembre 2026");
    expect(en.day("2026-10-31T23:30:00Z")).toBe("1 November 2026");
    expect(fr.clock("2026-11-22T23:05:00Z")).toBe("00:05");
    expect(fr.clockSeconds("2026-11-22T23:05:07Z")).toBe("00:05:07");
    expect(fr.shortDay("2026-11-23")).toBe("23/11/2026");
    expect(en.compact(999)).toBe("999");
    expect(en.compact(12345)).toBe("12k");
    expect(fr.mean(3.44)).toBe("3,4");
    expect(formatIn("en", "Indian/Reunion").clock("2026-11-22T23:05:00Z")).toBe("03:05");
    expect(fr.list(["a", "b"])).toBe("a et b");
  });
  it("know the town's day, and the one after, also at the change of clocks and years", () => {
    expect(dayIn("Europe/Paris", new Date("2026-11-22T23:30:00Z"))).toBe("2026-11-23");
    expect(dayAfter("2026-10-25", 1)).toBe("2026-10-26");
    expect(dayAfter("2026-01-01", -1)).toBe("2025-12-31");
  });
});

// What stands in an address can be anybody's: it leads to our own pages alone.
describe("the address to come back to", () => {
  it("is one of the console's", () => {
    expect(backTo("/console/rivemont/accesses?q=app:x")).toBe("/console/rivemont/accesses?q=app:x");
    for (const bad of ["https://evil.example/", "//evil.example", "/console//evil.example", "/console/\\evil", "/citizen", "/console", 7])
      expect(backTo(bad)).toBeUndefined(); // prettier-ignore
  });
});

describe("the one-time link", () => {
  it("is read from behind the # alone, and nothing else there is taken for one", () => {
    expect(tokenOf("#link=abc_DEF-123")).toBe("abc_DEF-123");
    for (const other of ["", "#link=", "#content", "#link=a b", "#x&link=a"]) expect(tokenOf(other)).toBeNull();
  });
});
