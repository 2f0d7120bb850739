import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { JWK } from "jose";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { checkReceipt, decisionRecord, signReceipt } from "../../src/consent/index.js";
import { receiptPage, type ReceiptPage } from "../../src/web/receipt-page.js";
import { given, objection, source } from "../consent/decided.js";

const require = createRequire(import.meta.url);

interface Pair {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly jwk: JWK & { readonly created: string };
}
function pair(name: string, created: string): Pair {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { name, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid: name, created } };
}
const older = pair("rivemont-receipts-1", "2025-01-02");
const newest = pair("rivemont-receipts-2", "2026-09-01");
const keys = [newest.jwk, older.jwk];
const at = new Date("2026-11-20T08:31:00Z");
const record = decisionRecord(given, source, "2026-11-20");
const receipt = (by: Pair, what = record): Promise<string> => signReceipt(what, source.tenant, by, at);

let browser: Browser;
let page: Page;
let folder = "";
const requested: string[] = [];
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  folder = mkdtempSync(join(tmpdir(), "passerelle-receipt-page-"));
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  page = await open("en");
});
afterEach(async () => {
  // Law 11: what is pasted here goes nowhere.
  expect(requested).toEqual([]);
  await page.context().close();
});

/** As somebody opens the file they saved, with no network at all. */
async function open(language: "fr" | "en", javaScriptEnabled = true, hostile?: Partial<ReceiptPage>): Promise<Page> {
  const file = join(folder, `verify-${language}.html`);
  writeFileSync(file, receiptPage({ town: "Ville de Rivemont", keys, language, ...hostile }));
  const context = await browser.newContext({ offline: true, javaScriptEnabled, viewport: { width: 360, height: 740 } });
  const opened = await context.newPage();
  requested.length = 0;
  opened.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) requested.push(request.url());
  });
  opened.on("pageerror", (error) => requested.push(`script failed: ${error.message}`));
  await opened.goto(pathToFileURL(file).href);
  return opened;
}

async function verdict(text: string): Promise<string> {
  await page.fill("#text", text);
  await page.click("#check");
  await page.waitForSelector("#result h2");
  return page.innerText("#result");
}

it("says what was decided, for what, when, and by which key it is signed", async () => {
  const said = await verdict(await receipt(newest));
  for (const part of [
    "This receipt is genuine.",
    "Signed by Ville de Rivemont, with the key rivemont-receipts-2 (2026-09-01).",
    "consent given",
    "School meals",
    "Cantine Plus SAS",
    "CanteenAccount.balance",
    "July 31, 2027",
    "Cantine Plus demande à lire votre adresse.",
  ])
    expect(said).toContain(part);
  expect(said).not.toContain("replaced by a newer one");
  expect(await verdict(await receipt(older))).toContain("replaced by a newer one");
  expect(await verdict(await receipt(newest, decisionRecord(objection, source, "2026-11-20")))).toContain("objection");
});

it("in French, and in the other language at once", async () => {
  await page.context().close();
  page = await open("fr");
  expect(await verdict(await receipt(newest))).toContain("Restauration scolaire");
  await page.click("#other");
  expect(await page.innerText("h1")).toBe("Check a receipt");
  expect(await page.innerText("#result")).toContain("School meals");
  expect(await page.getAttribute("html", "lang")).toBe("en");
});

it("says of an altered one that it is not genuine, and shows nothing of it", async () => {
  const [header = "", payload = "", signature = ""] = (await receipt(newest)).split(".");
  const altered = Buffer.from(payload, "base64url").toString().replace("Cantine Plus SAS", "Somebody Else");
  const said = await verdict([header, Buffer.from(altered).toString("base64url"), signature].join("."));
  expect(said).toContain("This receipt is not genuine.");
  expect(said).not.toContain("Somebody Else");
});

it("says the same as the command does", async () => {
  const good = await receipt(newest);
  const impostor = pair("rivemont-receipts-2", "2026-09-01");
  const stranger = pair("elsewhere-receipts-1", "2026-09-01");
  const cases = [good, await receipt(older), await receipt(impostor), await receipt(stranger), "hello", `${good}x`];
  const words = {
    good: "This receipt is genuine.",
    tampered: "This receipt is not genuine.",
    "unknown-key": "Nobody can say here whether this receipt is genuine.",
    "not-a-receipt": "This is no receipt.",
  };
  for (const one of cases) {
    const checked = await checkReceipt(one, keys);
    expect(await verdict(one)).toContain(words[checked.good ? "good" : checked.why]);
  }
});

it("takes a file, and puts nothing that a receipt says on the page as markup", async () => {
  const hostile = { ...source, text: `<img src="https://elsewhere.example/x" onerror="document.title='run'">` };
  const text = await receipt(newest, decisionRecord(given, hostile, "2026-11-20"));
  const buffer = Buffer.from(`${text}\n`);
  await page.setInputFiles("#file", { name: "receipt.jws", mimeType: "text/plain", buffer });
  await page.waitForSelector("#result h2");
  expect(await page.innerText("#result")).toContain("<img src=");
  expect(await page.locator("#result img").count()).toBe(0);
  expect(await page.title()).toBe("Check a receipt");
});

it("says the same of a file when the button is pressed after it was chosen", async () => {
  const text = await receipt(newest, decisionRecord(given, source, "2026-11-20"));
  await page.setInputFiles("#file", { name: "receipt.jws", mimeType: "text/plain", buffer: Buffer.from(`${text}\n`) });
  await page.waitForSelector("#result h2");
  const told = await page.innerText("#result");
  await page.click("#check");
  await page.waitForSelector("#result:focus");
  expect(await page.innerText("#result")).toBe(told);
});

it("has keys and a town's name that cannot end the script they stand in", async () => {
  await page.context().close();
  const kid = "</script><script>alert(1)</script>";
  page = await open("en", true, { town: "</script><b>x", keys: [{ kid }] });
  expect(await page.locator("b").count()).toBe(0);
  expect(await page.locator("script").count()).toBe(3);
});

it("can be read and used by everybody: no violation that axe finds, before and after a check", async () => {
  const axe = require.resolve("axe-core");
  // The page allows no script but its own: the tester's comes from outside it.
  const source = `${(await import("node:fs")).readFileSync(axe, "utf8")}; axe.run().then((found) => found.violations.map(({ id }) => id))`;
  const run = () => page.evaluate<string[]>(source);
  expect(await run()).toEqual([]);
  await verdict(await receipt(newest));
  expect(await run()).toEqual([]);
  expect(await page.evaluate<boolean>("document.documentElement.scrollWidth <= 360")).toBe(true);
});

it("says what to do where there is no JavaScript", async () => {
  await page.context().close();
  page = await open("en", false);
  expect(await page.innerText("main")).toContain("This page needs JavaScript.");
  expect(await page.isVisible("#form")).toBe(false);
});
