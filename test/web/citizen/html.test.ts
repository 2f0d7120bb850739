import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contactHtml, html } from "../../../src/web/citizen/html.js";

describe("html", () => {
  it("escapes what it is given, between tags and in attributes", () => {
    const evil = `"><script>alert('x')</script>&`;
    expect(html`<p title="${evil}">${evil}</p>`.toString()).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</p>',
    );
  });

  it("takes what it made itself as it is, lists one after another, and null and false as nothing", () => {
    const items = ["a", "<b>"].map((each) => html`<li>${each}</li>`);
    expect(html`${items}${null}${false}${7}`.toString()).toBe("<li>a</li><li>&lt;b&gt;</li>7");
  });

  it("does not take an object that pretends to be HTML", () => {
    const forged = { toString: () => "<script>" } as unknown as string;
    expect(() => html`${forged}`).toThrow();
  });

  it("leaves no character that could end a text or an attribute, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        if (/[<>"']|&(?!(amp|lt|gt|quot|#39);)/.test(html`${text}`.toString())) throw new Error("not escaped");
      }),
    );
  });

  it("makes a link of a mail address or an https address alone", () => {
    expect(contactHtml("dpo@rivemont.example").toString()).toContain('href="mailto:dpo@rivemont.example"');
    expect(contactHtml("https://rivemont.example/x").toString()).toContain('href="https://rivemont.example/x"');
    for (const text of ["javascript:alert(1)", "a@b?subject=x", 'https://x" onclick="y', "data:text/html,x"])
      expect(contactHtml(text).toString()).not.toContain("<a");
  });
});
