// REST services that lie, break or mean harm.
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { checkedSource, type Column, type Filter, type Source, SourceFailure } from "../../src/sources/index.js";
import { restSource } from "../../src/sources/rest/index.js";
import type { RestList, RestSettings } from "../../src/sources/rest/settings.js";
import { hostileAnswers, somebody } from "./hostile-answers.js";
import { type HttpStand, httpStand } from "./http-stand.js";
import { unbounded } from "./memory-source.js";

const code: Column = { name: "code", type: "String" };
const district: Column = { name: "district", type: "Int" };
const free: Column = { name: "places.free", type: "Int" };
const columns = [code, district, free];
const from = "/car-parks";
const carPark = (name: string, more: object = {}) => ({ code: name, district: 1, places: { free: 3 }, ...more });

type Reply = (url: URL, request: IncomingMessage, response: ServerResponse) => unknown;

describe("a REST service", () => {
  const stands: HttpStand[] = [];
  afterEach(() => Promise.all(stands.splice(0).map((stand) => stand.close())));

  /** Answers with what `reply` returns as JSON, unless it has answered by itself. */
  async function answering(reply: Reply) {
    const asked: string[] = [];
    const stand = await httpStand((request, response) => {
      asked.push(request.url ?? "");
      const body = reply(new URL(request.url ?? "", "http://service"), request, response);
      if (!response.writableEnded) response.setHeader("content-type", "application/json").end(JSON.stringify(body));
    });
    stands.push(stand);
    return { stand, asked };
  }

  const connect = (stand: HttpStand, list: RestList, more: Partial<RestSettings> = {}): Source =>
    checkedSource(
      restSource({ name: "parking", url: `${stand.origin}/api`, lists: { [from]: list }, maxRows: 50, ...more }),
    );
  const page = (source: Source, filter: Filter | null = null) =>
    source.page(
      { from, columns, filter, order: [{ column: code, direction: "asc" }], after: null, limit: 40 },
      unbounded(),
    );
  const byKeys = (source: Source, match: Column, ...keys: readonly (string | number)[]) => {
    const link = { from, columns, match: [match], filter: null, order: [], after: null, limitPerKey: null };
    return source.byKeys({ ...link, keys: keys.map((key) => [key]) }, unbounded());
  };

  async function failure(promise: Promise<unknown>): Promise<SourceFailure> {
    const outcome: unknown = await promise.then(
      (rows) => `rows: ${JSON.stringify(rows)}`,
      (error: unknown) => error,
    );
    if (!(outcome instanceof SourceFailure)) throw new Error(`expected a SourceFailure, got ${String(outcome)}`);
    expect(`${outcome.message}${outcome.stack ?? ""}`).not.toContain(somebody);
    return outcome;
  }

  it.each(hostileAnswers)("that answers with $title fails as $reason", async ({ title, answer, reason }) => {
    const stand = await httpStand(answer);
    stands.push(stand);
    const source = connect(stand, {}, { timeoutMs: 600, maxBytes: 3_000_000 });
    expect((await failure(page(source))).reason).toBe(reason);
    const described = source.describe(from, unbounded());
    if (title.startsWith("404")) expect(await described).toBeNull();
    else expect((await failure(described)).reason).toBe(reason);
  });

  describe("whose rows are not as they should be", () => {
    it.each([
      ["a text for a number", [carPark("a", { district: "1" })], {}],
      ["a number for a text", [carPark("a", { code: 5 })], {}],
      ["a list for a number", [carPark("a", { places: { free: [somebody] } })], {}],
      ["a text for an object", [carPark("a", { places: somebody })], {}],
      ["a field that is not there", [carPark("a"), { code: "b", district: 1, places: {} }], {}],
      ["a row that is no object", [carPark("a"), somebody], {}],
      ["a row that is null", [null], {}],
      ["a row that comes twice", [carPark("a"), carPark("a")], {}],
      ["an object for the list", { a: carPark("a") }, {}],
      ["a row without its key", [{ district: 1, places: { free: 1 } }], {}],
    ])("fails with %s", async (_, body, list: RestList) => {
      const { stand } = await answering(() => body);
      expect((await failure(page(connect(stand, list)))).reason).toBe("invalid-answer");
    });

    it("has no columns but its own", async () => {
      const { stand } = await answering(() => [carPark("a")]);
      const source = connect(stand, {});
      for (const name of ["constructor", "__proto__", "places.constructor.name", "code.length"]) {
        const strange: Column = { name, type: "String" };
        const { detail } = await failure(page(source, { op: "eq", column: strange, value: "x" }));
        expect(detail).toBe(`a row without ${name}`);
      }
    });

    it("is read without what was not asked, and with nulls where that is declared", async () => {
      const { stand } = await answering(() => [{ code: "a", owner: somebody, places: { free: 2, who: somebody } }]);
      expect(await page(connect(stand, { omitsNull: true }))).toEqual([["a", null, 2]]);
      const { stand: other } = await answering(() => [carPark("a", { places: null })]);
      expect(await page(connect(other, {}))).toEqual([["a", 1, null]]);
    });
  });

  describe("that ignores what it is asked", () => {
    it("widens nothing", async () => {
      const all = [carPark("a"), carPark("b", { district: 2 }), carPark("c", { district: 3 })];
      const { stand, asked } = await answering(() => all);
      const filters: RestList["filters"] = { district: { param: "d", style: "comma", batch: 1 } };
      const source = connect(stand, { filters });
      expect(await page(source, { op: "eq", column: district, value: 2 })).toEqual([["b", 2, 3]]);
      expect(asked).toEqual(["/api/car-parks?d=2"]);
      // Each of the two requests gives every row; none comes twice.
      expect(await byKeys(source, district, 1, 3)).toEqual([
        ["a", 1, 3],
        ["c", 3, 3],
      ]);
      expect(asked).toHaveLength(3);
    });

    it("fails where it gives another row than the one whose address was asked", async () => {
      const { stand } = await answering(() => carPark("other"));
      const source = connect(stand, { byKeys: { code: { path: "/car-parks/{code}" } } });
      expect((await failure(byKeys(source, code, "mine"))).reason).toBe("invalid-answer");
    });
  });

  describe("with pages", () => {
    const total: RestList = { items: "items", page: { style: "page", param: "p", size: 2, total: "total" } };

    it.each<[string, RestList, Reply, string]>([
      ["fewer rows than it said", total, (url) => ({ total: 5, items: url.searchParams.get("p") === "1" ? [carPark("a"), carPark("b")] : [] }), "invalid-answer"],
      ["no total", total, () => ({ items: [] }), "invalid-answer"],
      ["a total that is no number", total, () => ({ items: [], total: "3" }), "invalid-answer"],
      ["pages without end", total, (url) => ({ items: [carPark(`c${url.searchParams.get("p") ?? ""}`)], total: 1e9 }), "too-large"],
      ["the same cursor again", { items: "items", page: { style: "cursor", param: "c", next: "next", size: 2 } }, () => ({ items: [], next: "x" }), "invalid-answer"],
      ["a cursor that is no text", { items: "items", page: { style: "cursor", param: "c", next: "next", size: 2 } }, () => ({ items: [], next: { a: somebody } }), "invalid-answer"],
      ["empty pages without end", { items: "items", page: { style: "cursor", param: "c", next: "next", size: 2 } }, (url) => ({ items: [], next: Number(url.searchParams.get("c") ?? 0) + 1 }), "too-large"],
      ["a page that is gone before the total", total, (url, _, response) => url.searchParams.get("p") === "1" ? { total: 4, items: [carPark("a")] } : response.writeHead(404).end(), "unavailable"],
    ])("fails with %s", async (_, list, reply, reason) => {
      const { stand } = await answering(reply);
      expect((await failure(page(connect(stand, list)))).reason).toBe(reason);
    }); // prettier-ignore

    it("is read to the first empty page where it says no total, however few rows a page has", async () => {
      const pages = [[carPark("a")], [carPark("b"), carPark("c")], []];
      const { stand, asked } = await answering((url) => pages[Number(url.searchParams.get("p")) - 1]);
      const rows = await page(connect(stand, { page: { style: "page", param: "p", size: 100, sizeParam: "n" } }));
      expect(rows.map(([name]) => name)).toEqual(["a", "b", "c"]);
      expect(asked).toEqual([1, 2, 3].map((p) => `/api/car-parks?p=${String(p)}&n=100`));
    });

    it.each([
      ["https://elsewhere.example/api/car-parks?p=2"],
      ["//elsewhere.example/api/car-parks"],
      ["/other-service/car-parks"],
      ["/api/../admin"],
      ["/api/%2e%2e/admin"],
      ["http://u:p@127.0.0.1:1/api/"],
      ["http://[half"],
      ["file:///etc/passwd"],
    ])("is not followed to %s", async (target) => {
      const { stand, asked } = await answering((_, __, response) => {
        response.setHeader("link", `<${target}>; rel="next"`);
        return [carPark("a")];
      });
      expect((await failure(page(connect(stand, { page: { style: "link", size: 10 } })))).reason).toBe(
        "invalid-answer",
      );
      expect(asked).toHaveLength(1);
    });

    it.each([
      [`</api/car-parks?p=2>; rel="prefetch next"; title="a, \\"<b>; rel=next"`, 2],
      [`<x>; rel=prev, <car-parks?p=2>;rel=NEXT`, 2],
      [`<x>; rel="prev"; title="rel=next"`, 1],
      [`<x>; anchor`, 1],
    ])("follows no link but the next page's: %s", async (link, requests) => {
      const { stand, asked } = await answering((url, _, response) => {
        if (!url.searchParams.has("p")) response.setHeader("link", link);
        return [carPark(url.searchParams.get("p") ?? "1")];
      });
      expect(await page(connect(stand, { page: { style: "link", size: 10 } }))).toHaveLength(requests);
      expect(asked).toHaveLength(requests);
    });

    it.each([
      ["it is half one", "</api/car-parks?p=2; rel=next"],
      ["it is longer than any", `</api/car-parks?p=2>; rel${" ".repeat(5_000)}=next`],
    ])("fails where the Link header cannot be read: %s", async (_title, link) => {
      const { stand } = await answering((_, __, response) => {
        response.setHeader("link", link);
        return [carPark("a")];
      });
      const { reason } = await failure(page(connect(stand, { page: { style: "link", size: 10 } })));
      expect(reason).toBe("invalid-answer");
    });
  });

  describe("asked for rows by their keys", () => {
    const byCode: RestList = { byKeys: { code: { path: "/car-parks/{code}", item: "found" } } };

    it("is not led elsewhere by a key", async () => {
      const known = "a/../b?x=1#é%2e";
      const { stand, asked } = await answering((url, _, response) =>
        url.pathname.startsWith("/api/car-parks/")
          ? { found: carPark(decodeURIComponent(url.pathname.slice("/api/car-parks/".length))) }
          : response.writeHead(404).end(),
      );
      expect(await byKeys(connect(stand, byCode), code, known)).toEqual([[known, 1, 3]]);
      expect(asked).toEqual([`/api/car-parks/${encodeURIComponent(known)}`]);
    });

    it("has its list read where a key cannot stand in a path", async () => {
      const { stand, asked } = await answering(() => [carPark(".."), carPark("a")]);
      expect(await byKeys(connect(stand, byCode), code, "..")).toEqual([["..", 1, 3]]);
      expect(asked).toEqual(["/api/car-parks"]);
    });

    it("has its list read where that is fewer requests than are allowed", async () => {
      const { stand, asked } = await answering(() => [carPark("a")]);
      expect(await byKeys(connect(stand, byCode, { maxRequests: 2 }), code, "a", "b", "c")).toHaveLength(1);
      expect(asked).toEqual(["/api/car-parks"]);
    });

    it("gets so many requests at once and no more", async () => {
      let most = 0;
      const stand = await httpStand((request, response) => {
        most = Math.max(most, stand.working());
        // Answered a turn later, so that those sent at once are there at once.
        setTimeout(() => response.end(JSON.stringify({ found: carPark((request.url ?? "").slice(15)) })), 20);
      });
      stands.push(stand);
      const keys = Array.from({ length: 20 }, (_, i) => `k${String(i)}`);
      expect(await byKeys(connect(stand, byCode, { concurrency: 3 }), code, ...keys)).toHaveLength(20);
      expect(most).toBe(3);
    });

    it("is asked nothing more once one request has failed", async () => {
      const held: ServerResponse[] = [];
      const stand = await httpStand((_, response) => {
        held.push(response);
        // The first fails once two are there; the others are never answered.
        if (held.length === 2) held[0]?.writeHead(500).end(somebody);
      });
      stands.push(stand);
      const keys = Array.from({ length: 90 }, (_, i) => `k${String(i)}`);
      const source = connect(stand, byCode, { concurrency: 2, timeoutMs: 60_000 });
      const { reason, detail } = await failure(byKeys(source, code, ...keys));
      expect([reason, detail]).toEqual(["unavailable", "HTTP 500"]);
      await expect.poll(() => stand.working()).toBe(0);
      expect(stand.requests).toBe(2);
    });

    it("gets no address that is too long", async () => {
      const { stand, asked } = await answering(() => []);
      const source = connect(stand, { filters: { code: { param: "c", style: "repeat" } } });
      await byKeys(source, code, ...Array.from({ length: 12 }, (_, i) => `é${String(i)}`.padEnd(400, "é")));
      expect(asked.length).toBeGreaterThan(1);
      expect(Math.max(...asked.map((url) => url.length))).toBeLessThan(5_000);
      const all = asked.flatMap((url) => new URL(url, stand.origin).searchParams.getAll("c"));
      expect(new Set(all).size).toBe(12);
    });

    it("gets no value that it could read as another, and no two meanings of one parameter", async () => {
      const { stand, asked } = await answering(() => []);
      const filters: RestList["filters"] = {
        code: { param: "c", style: "comma" },
        district: { param: "c", style: "single" },
      };
      const source = connect(stand, { filters });
      await byKeys(source, code, "a", "b,c");
      await page(source, { op: "eq", column: code, value: "" });
      await page(source, { op: "eq", column: code, value: " a" });
      await page(source, {
        op: "and",
        filters: [
          { op: "eq", column: code, value: "x" },
          { op: "eq", column: district, value: 2 },
        ],
      });
      await page(source, {
        op: "or",
        filters: [
          { op: "eq", column: code, value: "x" },
          { op: "eq", column: district, value: 2 },
        ],
      });
      await page(source, { op: "not", filter: { op: "eq", column: code, value: "x" } });
      expect(asked).toEqual(["", "", "", "?c=x", "", ""].map((query) => `/api/car-parks${query}`));
    });
  });
});
