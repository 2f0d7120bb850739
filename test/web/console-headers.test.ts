import { expect, it } from "vitest";
import { textOf } from "../house/tracked-files.js";
import { consoleHeaders, noncePlaceholder } from "../../src/web/console-headers.js";

it("the console's page runs our own scripts alone, and lets in only style sheets that carry its nonce", () => {
  const policy = consoleHeaders("bm9uY2U=", false)["content-security-policy"] ?? "";
  const rules = Object.fromEntries(policy.split("; ").map((rule) => [rule.split(" ")[0], rule.split(" ").slice(1)]));
  expect(rules["default-src"]).toEqual(["'none'"]);
  expect(rules["script-src"]).toEqual(["'self'"]);
  expect(rules["style-src"]).toEqual(["'self'", "'nonce-bm9uY2U='"]);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(consoleHeaders("x", true)["strict-transport-security"]).toBeDefined();
});

it("the page has one place for the nonce, no script and no style of its own", () => {
  const page = textOf("console/index.html");
  expect(page.split(noncePlaceholder)).toHaveLength(2);
  // An icon needs the name of its own language, which looks like an address.
  expect(page.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/<style|style=|<script|\son\w+=|https?:/);
});
