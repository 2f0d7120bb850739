// The citizen's way, in a real browser against the built gateway of the demo town and its real OpenID Connect provider.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyTown, startTown, type RunningTown } from "../../start/town-process.js";

const executablePath = "/usr/bin/chromium";
const axe = createRequire(import.meta.url).resolve("axe-core");
const { folder, remove } = copyTown();
let town: RunningTown;
let browser: Browser;

beforeAll(async () => {
  if (!existsSync(executablePath)) throw new Error("Chromium is missing. Install it: apt-get install chromium");
  town = await startTown(folder);
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
}, 180_000);
afterAll(async () => {
  await browser.close();
  await town.stop();
  remove();
}, 60_000);

const words = {
  fr: { signIn: /Se connecter/, give: /^Donner mon accord/, refuse: /^Refuser/, withdraw: /^Retirer mon accord/, object: /^M’opposer/, confirm: /^Confirmer/, out: "Se déconnecter", receipt: "Télécharger le reçu", problem: "Il y a un problème" },
  en: { signIn: /^Sign in/, give: /^Give my consent/, refuse: /^Refuse/, withdraw: /^Withdraw my consent/, object: /^Object/, confirm: /^Confirm/, out: "Sign out", receipt: "Download the receipt", problem: "There is a problem" },
} as const; // prettier-ignore
type Language = keyof typeof words;

const open = (language: Language, width: number, javaScriptEnabled: boolean, dark = false): Promise<BrowserContext> =>
  browser.newContext({
    viewport: { width, height: 800 },
    locale: language === "fr" ? "fr-FR" : "en-GB",
    colorScheme: dark ? "dark" : "light",
    javaScriptEnabled,
  });

async function signIn(page: Page, language: Language, account = "khadija.ferreira"): Promise<void> {
  await page.goto(`${town.address}/citizen`);
  await page.getByRole("button", { name: words[language].signIn }).click();
  await page.locator(`button[value="${account}"]`).click();
  await page.waitForLoadState();
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** By axe's own rules for WCAG 2.2 A and AA, and nothing wider than the screen. */
async function isAccessible(page: Page): Promise<void> {
  // Brought in by the browser's debugger: the page's own policy lets no script in.
  const source = await import("node:fs").then(({ readFileSync }) => readFileSync(axe, "utf8"));
  const session = await page.context().newCDPSession(page);
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result } = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    return result.value;
  };
  await evaluate(source);
  const found = (await evaluate(
    `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((r) => r.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))`,
  )) as readonly Violation[];
  expect(found, page.url()).toEqual([]);
  expect(
    await evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"),
    page.url(),
  ).toBe(true);
  await session.detach();
}

describe.each(["fr", "en"] as const)("in %s", (language) => {
  const t = words[language];
  it.each([
    [360, false, false],
    [360, true, true],
    [1280, true, false],
    [1280, false, true],
  ])("%i px wide, JavaScript %s, dark %s: every page without a violation", async (width, script, dark) => {
    const context = await open(language, width, script, dark);
    // axe needs to run in the page, which has no script of its own either way.
    const page = await context.newPage();
    const check = async (): Promise<void> => {
      if (script) await isAccessible(page);
    };
    await page.goto(`${town.address}/citizen`);
    await check();
    await page.goto(`${town.address}/citizen/nothing`);
    await check();
    await page.goto(`${town.address}/citizen/history`);
    await check();
    await signIn(page, language);
    expect(new URL(page.url()).pathname).toBe("/citizen");
    expect(await page.locator("html").getAttribute("lang")).toBe(language);
    await check();
    await page.getByRole("button", { name: t.give }).first().click();
    await check();
    await page.getByRole("button", { name: t.confirm }).click();
    expect(new URL(page.url()).pathname).toMatch(/^\/citizen\/done\//);
    await check();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: t.receipt }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.jws$/);
    await page.goto(`${town.address}/citizen`);
    await page.getByRole("button", { name: t.withdraw }).first().click();
    await page.getByRole("button", { name: t.confirm }).click();
    await page.goto(`${town.address}/citizen`);
    await page.getByRole("button", { name: t.object }).first().click();
    await check();
    await page.locator("#reason").fill(" ");
    await page
      .locator("form")
      .last()
      .evaluate((form) => ((form as unknown as { noValidate: boolean }).noValidate = true));
    await page.getByRole("button", { name: t.confirm }).click();
    expect(await page.getByText(t.problem).count()).toBe(1);
    await check();
    await page.goto(`${town.address}/citizen/history`);
    await check();
    await page.goto(`${town.address}/citizen/data`);
    await check();
    await page.getByRole("button", { name: t.out }).click();
    await context.close();
  });
});

it("is gone by keyboard alone", async () => {
  const context = await open("en", 1280, false);
  const page = await context.newPage();
  await signIn(page, "en");
  await page.keyboard.press("Tab");
  expect(await page.locator(":focus").getAttribute("class")).toBe("skip");
  await page.keyboard.press("Enter");
  const button = page.getByRole("button", { name: words.en.give }).first();
  for (let step = 0; step < 80 && !(await button.evaluate((each) => each === each.ownerDocument.activeElement)); step++)
    await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: words.en.confirm }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/done\//);
  await context.close();
});

it("tells who is not known, and who cannot be told apart, whom to write to", async () => {
  for (const [account, title] of [
    ["prune.delacourt", "We do not find you in our registers"],
    ["jeanne.thomas", "We cannot tell you apart"],
  ] as const) {
    const context = await open("en", 360, true);
    const page = await context.newPage();
    await signIn(page, "en", account);
    expect(await page.locator("h1").textContent()).toBe(title);
    expect(await page.getByRole("link", { name: "donnees@rivemont.example" }).count()).toBeGreaterThan(0);
    await isAccessible(page);
    await context.close();
  }
});
