import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  hasMore,
  learnPage,
  noPages,
  pageOf,
  pagesFor,
  pagesRead,
  rowsRead,
  type KnownPages,
} from "../../../console/src/pages/accesses/known-pages.js";
import { cameFrom, forgetPlace, keepPlace, placeIn } from "../../../console/src/pages/accesses/places.js";
import { stepOf } from "../../../console/src/pages/accesses/row-keys.js";

const read = (sizes: readonly number[], more: boolean): KnownPages =>
  sizes.reduce(
    (known, rows, page) =>
      learnPage(known, page, { rows, end: more || page < sizes.length - 1 ? `end ${page}` : null }),
    noPages,
  );

describe("the pages of a search", () => {
  it("are asked for one after the other, each from where the one before ended", () => {
    expect(pagesFor(noPages, 0, 0)).toEqual([0]);
    const one = read([100], true);
    expect(one.starts).toEqual([null, "end 0"]);
    expect([rowsRead(one), pagesRead(one), hasMore(one)]).toEqual([100, 1, true]);
    expect(pagesFor(one, 0, 20)).toEqual([0]);
    // Before the last row is on the screen, the next page is on its way.
    expect(pagesFor(one, 30, 60)).toEqual([0, 1]);
    expect(pagesFor(one, 80, 100)).toEqual([0, 1]);
  });

  it("end where the last one says so", () => {
    const all = read([100, 40], false);
    expect(hasMore(all)).toBe(false);
    expect(pagesFor(all, 120, 139)).toEqual([1]);
  });

  it("are learnt once: one that is read again later moves nothing", () => {
    const two = read([100, 100], true);
    expect(learnPage(two, 0, { rows: 3, end: null })).toBe(two);
    expect(learnPage(two, 5, { rows: 3, end: null })).toBe(two);
  });

  it("hold each row on the page that it came with, however many rows the pages have", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const known = read(sizes, true);
        const pages = sizes.flatMap((rows, page) => Array.from({ length: rows }, () => page));
        expect(pages.map((_, row) => pageOf(known, row))).toEqual(pages);
        expect(pageOf(known, pages.length)).toBe(sizes.length);
      }),
    );
  });
});

describe("the place in a list", () => {
  it("is kept for the way back from an entry, of the last twenty searches, in memory alone", () => {
    keepPlace("rivemont", "app:a", { known: noPages, row: 7, returns: true });
    expect(placeIn("rivemont", "app:a").row).toBe(7);
    expect(cameFrom("rivemont", "app:a")).toBe(true);
    expect([placeIn("other", "app:a").row, cameFrom("other", "app:a")]).toEqual([0, false]);
    for (let at = 0; at < 20; at++) keepPlace("rivemont", `app:x${at}`, { known: noPages, row: at, returns: false });
    expect(placeIn("rivemont", "app:a").row).toBe(0);
    forgetPlace("rivemont", "app:x19");
    expect(placeIn("rivemont", "app:x19").row).toBe(0);
  });

  it("is moved by the keys of a list, within its ends", () => {
    expect(["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"].map((key) => stepOf(key, 5, 99))).toEqual([
      6, 4, 15, 0, 0, 99,
    ]);
    expect([stepOf("ArrowDown", 99, 99), stepOf("ArrowUp", 0, 99), stepOf("End", 0, -1)]).toEqual([99, 0, 0]);
    expect([stepOf("Enter", 5, 99), stepOf("a", 5, 99)]).toEqual([null, null]);
  });
});
