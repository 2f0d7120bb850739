import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseLanguage, landingPage } from "../../src/web/landing-page.js";
import { openTown, type Town } from "./town-gateway.js";

let town: Town;
beforeAll(async () => {
  town = await openTown({
    about: {
      name: "Ville de <Rivemont>",
      contact: "data@rivemont.example",
      example: "{ communes(first: 1) { nodes { name } } } #'\"",
    },
  });
});
afterAll(() => town.close());

const page = async (
  path = "/",
  headers: Record<string, string> = {},
): Promise<{ response: Response; html: string }> => {
  const response = await fetch(town.address + path, { headers });
  return { response, html: await response.text() };
};

describe("the page at /", () => {
  it("says in French or English what this is, where, and whom to ask", async () => {
    const { response, html } = await page();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-language")).toBe("fr");
    expect(html).toContain('<html lang="fr">');
    expect(html).toContain("champ par champ");
    expect(html).toContain(`<code>POST ${town.address}/rivemont/graphql</code>`);
    expect(html).toContain('<a href="mailto:data@rivemont.example">');
    const english = await page("/", { "accept-language": "en-GB,en;q=0.9,fr;q=0.1" });
    expect(english.html).toContain('<html lang="en">');
    expect(english.html).toContain("field by field");
    expect((await page("/?lang=fr", { "accept-language": "en" })).html).toContain('<html lang="fr">');
    expect((await fetch(town.address, { method: "HEAD" })).status).toBe(200);
  });

  it("allows no script and only its own style, named by hash", async () => {
    const { response, html } = await page();
    const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    expect(policy).not.toMatch(/unsafe|script-src/);
    expect(html).not.toMatch(/<script|<img|<link|\son\w+=|style="/i);
  });

  it("repeats nothing that the request chose, and escapes what the town wrote", async () => {
    const { html } = await page("/?lang=%3Cscript%3E&lang=x&x=evil", {
      "accept-language": "<evil>",
      "x-forwarded-host": "evil.example",
    });
    expect(html).not.toMatch(/evil|<script/);
    expect(html).toContain("Ville de &lt;Rivemont&gt;");
  });

  it("shows a curl that does what it says, quotes and all", async () => {
    const { html } = await page();
    const shown = (/<pre[^>]*><code>(.*)<\/code><\/pre>/s.exec(html)?.[1] ?? "")
      .replaceAll("&#39;", "'")
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&");
    const [, data = ""] = /-d '(.*)'$/s.exec(shown) ?? [];
    expect(JSON.parse(data.replaceAll("'\\''", "'"))).toEqual({
      query: "{ communes(first: 1) { nodes { name } } } #'\"",
    });
    expect(shown).toContain(`curl ${town.graphql} `);
    expect(shown).not.toContain("Authorization");
  });

  it("shows a query of several lines as it is written, and a curl without escapes of line breaks", () => {
    const about = { name: null, contact: null, publicUrl: null };
    const shown = (example: string): string[] =>
      [
        ...landingPage({ ...about, example }, "https://a.example", ["/graphql"], "en").matchAll(
          /<pre><code>(.*?)<\/code>/gs,
        ),
      ].map(([, text]) => (text ?? "").replaceAll("&#39;", "'").replaceAll("&quot;", '"'));
    const query = "{\n  communes(first: 3) {\n    nodes { name }\n  }\n}";
    const [written, command] = shown(`${query}\n`);
    expect(written).toBe(query);
    expect(command).toContain(`-d '{"query":"{ communes(first: 3) { nodes { name } } }"}'`);
    // There a line break means something.
    expect(shown("{ a # x\n  b }").at(-1)).toContain("{ a # x\\n  b }");
    expect(shown('{ a(x: """y\n  z""") }').at(-1)).toContain("y\\n  z");
  });

  it("lets long addresses break, so that a narrow screen shows all of it", async () => {
    const { html } = await page();
    expect(html).toMatch(/<style>[^<]*\bcode\b[^{}]*\{overflow-wrap:anywhere\}/);
    expect(html).toMatch(/<style>[^<]*pre\{[^}]*white-space:pre-wrap/);
  });

  it.each([
    [undefined, undefined, "fr"],
    [undefined, "de, en;q=0.5", "en"],
    [undefined, "en;q=0", "fr"],
    [undefined, "EN-us", "en"],
    [undefined, "fr;q=0.4,en;q=0.3", "fr"],
    [undefined, "français", "fr"],
    ["en", "fr", "en"],
    [["en"], "fr", "fr"],
  ])("chooses for ?lang=%j and Accept-Language %j: %s", (asked, accepted, language) => {
    expect(chooseLanguage(asked, accepted)).toBe(language);
  });
});
