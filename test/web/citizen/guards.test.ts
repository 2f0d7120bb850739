import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { historyCsv } from "../../../src/web/citizen/history-csv.js";
import { readForm } from "../../../src/web/read-form.js";
import { fromOurPage } from "../../../src/web/same-site.js";
import { openText, sealText } from "../../../src/web/sealed-box.js";

describe("whether a form was sent by a page of ours", () => {
  const site = "https://data.rivemont.example";
  it("is what the browser says of where it came from", () => {
    expect(fromOurPage({ "sec-fetch-site": "same-origin" }, site)).toBe(true);
    for (const from of ["same-site", "cross-site", "none"])
      expect(fromOurPage({ "sec-fetch-site": from, origin: site }, site)).toBe(false);
  });

  it("is the origin where the browser says no more, and not where it says nothing", () => {
    expect(fromOurPage({ origin: site }, site)).toBe(true);
    for (const origin of ["https://evil.example", "null", "https://data.rivemont.example.evil.example"])
      expect(fromOurPage({ origin }, site)).toBe(false);
    expect(fromOurPage({}, site)).toBe(false);
    expect(fromOurPage({ origin: "http://127.0.0.1:4000", host: "127.0.0.1:4000" }, null)).toBe(true);
    expect(fromOurPage({ origin: "http://evil.example", host: "127.0.0.1:4000" }, null)).toBe(false);
  });
});

function sent(body: string, headers: Record<string, string> = {}): IncomingMessage {
  const usual = {
    "content-type": "application/x-www-form-urlencoded",
    "content-length": String(Buffer.byteLength(body)),
  };
  return Object.assign(Readable.from([Buffer.from(body)]), {
    headers: { ...usual, ...headers },
  }) as unknown as IncomingMessage;
}

describe("a form that was sent", () => {
  it("is read by its fields", async () => {
    const { form } = await readForm(sent("a=1&reason=%C3%A9t%C3%A9+%26"));
    expect(Object.fromEntries(form ?? [])).toEqual({ a: "1", reason: "été &" });
  });

  it("is refused when it is too long, of another kind, or has a field twice", async () => {
    expect((await readForm(sent(`a=${"x".repeat(30_000)}`))).fault).toBe("too-large");
    expect((await readForm(sent("{}", { "content-type": "application/json" }))).fault).toBe("forged");
    expect((await readForm(sent("a=1&a=2"))).fault).toBe("forged");
  });
});

describe("a sealed text", () => {
  const secret = randomBytes(32);
  it("opens with its secret, for its use, and unchanged alone", () => {
    const sealed = sealText(secret, "session rivemont", "text");
    expect(openText(secret, "session rivemont", sealed)).toBe("text");
    expect(openText(secret, "session valmont", sealed)).toBeNull();
    expect(openText(randomBytes(32), "session rivemont", sealed)).toBeNull();
    expect(openText(secret, "session rivemont", sealed.subarray(0, 20))).toBeNull();
    sealed[30] = (sealed[30] ?? 0) ^ 1;
    expect(openText(secret, "session rivemont", sealed)).toBeNull();
    expect(sealText(secret, "u", "text")).not.toEqual(sealText(secret, "u", "text"));
  });
});

describe("the history as a file", () => {
  it("runs no formula in a spreadsheet and keeps its cells apart", () => {
    const by = { title: '=HYPERLINK("x")', recipient: "a;b", purpose: "@sum" };
    const csv = historyCsv(
      [{ index: 1, at: "2026-11-23T09:00:00Z", by, read: ["+1", "x"], withheld: [] }],
      "fr",
      "Europe/Paris",
    );
    expect(csv.split("\r\n")[1]).toBe(`2026-11-23;10:00;"'=HYPERLINK(""x"")";"a;b";'@sum;'+1 | x;`);
    expect(csv.startsWith("\ufeffdate;")).toBe(true);
  });
});
