import { describe, expect, it } from "vitest";
import { clock, durationWords, fullDay, longDay, monthWords, textsIn } from "../../../src/web/citizen/texts.js";

/** Every text by its path; functions called with words that cannot be missed. */
function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") return [[path, String((value as (...words: unknown[]) => string)("Aa", "Bb", 3))]];
  return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
}

describe("the dictionary", () => {
  it("holds every text in both languages, none empty, none the same but for names", () => {
    const fr = new Map(texts(textsIn("fr"), ""));
    const en = new Map(texts(textsIn("en"), ""));
    expect([...en.keys()]).toEqual([...fr.keys()]);
    expect([...fr, ...en].filter(([, text]) => text.trim() === "")).toEqual([]);
    const same = [...fr].filter(([path, text]) => en.get(path) === text).map(([path]) => path);
    expect(same.sort()).toEqual([".contactLabel", ".historyPage.application", ".historyPage.columns.0", ".historyPage.columns.2"].sort()); // prettier-ignore
  });

  it("tells the signed-in French reader with the spaces that French has", () => {
    for (const [path, text] of texts(textsIn("fr"), ""))
      expect(/[^\u00a0\s:/][:;!?»](?!\/\/)/.test(text.replaceAll(/https?:\S+/g, "")), `${path}: ${text}`).toBe(false);
  });
});

describe("moments and durations", () => {
  it("are told in the town's days and the reader's words", () => {
    expect(longDay("2026-11-01", "fr", "Europe/Paris")).toBe("1 novembre 2026");
    expect(longDay("2026-10-31T23:30:00Z", "en", "Europe/Paris")).toBe("1 November 2026");
    expect(fullDay("2026-11-23T10:00:00Z", "fr", "Europe/Paris")).toBe("lundi 23 novembre 2026");
    expect(clock("2026-11-23T10:05:00Z", "fr", "Europe/Paris")).toBe("11:05");
    expect(clock("2026-11-22T23:05:00Z", "en", "Europe/Paris")).toBe("00:05");
    expect(monthWords("2026-11", "fr")).toBe("novembre 2026");
    expect(durationWords("P1Y6M", "fr")).toBe("1 an et 6 mois");
    expect(durationWords("P30D", "en")).toBe("30 days");
    expect(durationWords("P", "en")).toBe("P");
    expect(durationWords("as long as <needed>", "en")).toBe("as long as <needed>");
  });
});
