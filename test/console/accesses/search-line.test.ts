import { describe, expect, it } from "vitest";
import { readLogQuery, writeLogQuery } from "../../../src/terms/log-query/index.js";
import {
  chosenOf,
  daysOf,
  goingOnBefore,
  hasTime,
  lastOf,
  staffChoiceOf,
  withChosen,
  withDays,
  withLast,
  withoutTime,
  withStaffChoice,
} from "../../../console/src/pages/accesses/filters.js";
import { marksOf } from "../../../console/src/pages/accesses/marks.js";
import { pressKey, shut } from "../../../console/src/pages/accesses/suggestion-keys.js";

const terms = (line: string) => {
  const { terms: read, faults } = readLogQuery(line);
  expect(faults, line).toEqual([]);
  return read;
};

describe("the filters, which edit the line", () => {
  it("show what must hold, or what must not where nothing else is said", () => {
    expect(chosenOf(terms("app:a,b -outcome:answered"), "app")).toEqual({ values: ["a", "b"], negated: false });
    expect(chosenOf(terms("app:a -outcome:answered"), "outcome")).toEqual({ values: ["answered"], negated: true });
    expect(chosenOf(terms("field:A.b -field:C.d"), "field")).toEqual({ values: ["A.b"], negated: false });
    expect(chosenOf([], "app")).toEqual({ values: [], negated: false });
  });

  it("take the place of what was said by their key, and leave the rest as it was", () => {
    const line = terms("purpose:x app:a -app:b after:7d");
    const made = (chosen: { values: string[]; negated: boolean }) => writeLogQuery(withChosen(line, "app", chosen));
    expect(made({ values: ["c", "d"], negated: false })).toBe("purpose:x app:c,d after:7d");
    expect(made({ values: ["c"], negated: true })).toBe("purpose:x -app:c after:7d");
    expect(made({ values: [], negated: false })).toBe("purpose:x after:7d");
  });

  it("tell staff's readings from the applications'", () => {
    for (const choice of ["both", "without", "only"] as const) {
      const made = withStaffChoice(terms("app:a -staff:*"), choice);
      expect(staffChoiceOf(made)).toBe(choice);
      expect(chosenOf(made, "app").values).toEqual(["a"]);
    }
    expect(writeLogQuery(withStaffChoice([], "without"))).toBe("-staff:*");
  });

  it.each([
    ["on:2026-11-23", { from: "2026-11-23", to: "2026-11-23" }],
    ["after:2026-11-01 before:2026-12-01", { from: "2026-11-01", to: "2026-11-30" }],
    ["after:2026-11-01", { from: "2026-11-01", to: "" }],
    ["before:2026-03-01", { from: "", to: "2026-02-28" }],
    ["", { from: "", to: "" }],
  ])("read %j as days, both included, and write it so", (line, days) => {
    expect(daysOf(terms(line))).toEqual(days);
    expect(writeLogQuery(withDays([], days))).toBe(line);
  });

  it.each(["after:7d", "after:2026-11-01T08:00", "on:2026-11-01,2026-11-03", "-on:2026-11-01"])(
    "leave %j to be shown as it stands: it is not two days",
    (line) => {
      expect(daysOf(terms(line))).toBeNull();
      expect(hasTime(terms(line))).toBe(true);
      expect(withoutTime(terms(`${line} app:a`)).map(({ key }) => key)).toEqual(["app"]);
    },
  );

  it("keep a search of the last days relative, so that a saved one stays one", () => {
    expect(writeLogQuery(withLast(terms("on:2026-11-23 app:a"), "7d"))).toBe("app:a after:7d");
    expect(lastOf(terms("app:a after:7d"))).toBe("7d");
    expect(lastOf(terms("after:2026-11-01"))).toBeNull();
    expect(lastOf(terms("after:7d before:2d"))).toBeNull();
  });

  it("go on before a moment where a list has grown too long", () => {
    const moment = "2026-11-01T08:30:00.000Z";
    const made = writeLogQuery(goingOnBefore(terms("app:a before:2026-12-01"), moment));
    expect(chosenOf(terms(made), "before").values).toEqual([moment]);
    expect(chosenOf(terms(made), "app").values).toEqual(["a"]);
  });
});

describe("the line as it is drawn", () => {
  const drawn = (line: string, faults: readonly { from: number; to: number }[] = []) =>
    marksOf(line, faults).map(({ text, kind, fault }) => [text, kind, ...(fault === null ? [] : [fault])]);

  it("tells keys from values, and what is turned round", () => {
    expect(drawn("-app:a  on:2026-11-23")).toEqual([
      ["-", "not"],
      ["app:", "key"],
      ["a", "value"],
      ["  ", "space"],
      ["on:", "key"],
      ["2026-11-23", "value"],
    ]);
    expect(drawn('person:"resident:a b" x')).toEqual([
      ["person:", "key"],
      ['"resident:a b"', "value"],
      [" ", "space"],
      ["x", "value"],
    ]);
  });

  it("underlines a fault from its first letter to its last", () => {
    expect(drawn("app:A, on:x", [{ from: 4, to: 5 }, { from: 10, to: 11 }])).toEqual([
      ["app:", "key"],
      ["A", "value", 0],
      [",", "value"],
      [" ", "space"],
      ["on:", "key"],
      ["x", "value", 1],
    ]); // prettier-ignore
  });

  it("draws every letter once, whatever is typed: it lies letter on letter over the field", () => {
    for (const line of [
      "",
      " ",
      "-",
      ":",
      '"',
      'app:"',
      "--a::b",
      "a:b:c",
      "été:é 🍎:🍎",
      '-"x y":z',
      "a\u00a0b",
      "\\",
    ]) {
      const faults = readLogQuery(line).faults;
      expect(marksOf(line, faults).map(({ text }) => text).join(""), line).toBe(line); // prettier-ignore
      for (const { from, to } of faults)
        expect(marksOf(line, faults).some(({ fault }) => fault !== null), `${line} ${from} ${to}`).toBe(true); // prettier-ignore
    }
  });
});

describe("the keys of the line", () => {
  const at = (lit: number) => ({ open: true, lit });
  it("walk round the suggestions", () => {
    expect(pressKey("ArrowDown", shut, 3)?.next).toEqual(at(0));
    expect(pressKey("ArrowDown", at(2), 3)?.next).toEqual(at(0));
    expect(pressKey("ArrowUp", at(0), 3)?.next).toEqual(at(2));
    expect(pressKey("ArrowUp", shut, 3)?.next).toEqual(at(2));
  });
  it("take what is lit, and search where nothing is", () => {
    expect(pressKey("Enter", at(1), 3)).toEqual({ next: at(-1), take: 1 });
    expect(pressKey("Enter", at(-1), 3)).toEqual({ next: shut, search: true });
    expect(pressKey("Enter", at(1), 0)).toEqual({ next: shut, search: true });
    expect(pressKey("Tab", at(1), 3)).toEqual({ next: at(-1), take: 1 });
  });
  it("leave the rest to the field: Tab goes on, Escape shuts what is open and nothing else", () => {
    expect(pressKey("Tab", at(-1), 3)).toBeNull();
    expect(pressKey("Escape", at(0), 3)).toEqual({ next: shut });
    expect(pressKey("Escape", shut, 3)).toBeNull();
    expect(pressKey("a", at(0), 3)).toBeNull();
  });
});
