// docs/images/console-*.png: the DPO's pages of the console on the demo town. Called by screenshots.mjs.
import { join } from "node:path";
import { makeSmall } from "./small-png.mjs";

const words = {
  fr: {
    locale: "fr-FR",
    proved: /^Prouvé/,
    intact: /Le journal des accès est intact/,
    export: "Exporter",
    find: "Chercher",
    family: "Nom d’usage",
    given: "Prénom",
    choose: /Voir qui a consulté/,
  },
  en: {
    locale: "en-GB",
    proved: /^Proved/,
    intact: /The record is intact/,
    export: "Export",
    find: "Find",
    family: "Family name",
    given: "First name",
    choose: /See who read/,
  },
};

/**
 * @param {import("playwright-core").Browser} browser
 * @param {{ address: string, link: string }} town `link`: the one-time link that the gateway printed
 * @param {string} images the folder
 */
export async function shootConsole(browser, { address, link }, images) {
  const first = await browser.newContext();
  const page = await first.newPage();
  await page.goto(link);
  await page.waitForURL(/\/console\/rivemont/);
  const storageState = await first.storageState();
  await first.close();
  for (const language of ["fr", "en"])
    for (const width of [1280, 360]) await shootIn(browser, { address, images, storageState, language, width });
}

async function shootIn(browser, { address, images, storageState, language, width }) {
  const t = words[language];
  const viewport = { width, height: width < 600 ? 780 : 860 };
  const context = await browser.newContext({ viewport, locale: t.locale, colorScheme: "light", storageState });
  const page = await context.newPage();
  const go = (path) => page.goto(`${address}/console/rivemont${path}`);
  const rows = page.locator('[role="row"][data-index]:not([aria-busy])');
  const save = async (name) => {
    // Bars that slide in, letters that load.
    await page.waitForTimeout(600);
    const file = join(images, `console-${name}-${language}-${width}.png`);
    await page.screenshot({ path: file });
    makeSmall(file);
  };
  await go("");
  await page.getByText(t.intact).first().waitFor({ timeout: 120_000 });
  await save("overview");
  await go(`/accesses?q=${encodeURIComponent("-staff:*")}`);
  await rows.first().waitFor();
  await save("accesses");
  await rows.filter({ hasText: "cantine-plus" }).first().click();
  await page.getByText(t.proved).waitFor();
  await save("access");
  await page.goBack();
  await rows.first().waitFor();
  if (width > 600) {
    await page.getByRole("button", { name: t.export, exact: true }).click();
    await save("export");
  }
  await go("/people");
  await page.getByRole("textbox", { name: t.family }).fill("Ferreira");
  await page.getByRole("textbox", { name: t.given }).fill("Khadija");
  await page.getByRole("button", { name: t.find, exact: true }).click();
  await page.getByRole("button", { name: t.choose }).first().waitFor();
  await save("people");
  await page.getByRole("button", { name: t.choose }).first().click();
  await rows.first().waitFor();
  await save("person");
  if (width > 600)
    for (const name of ["agreements", "register", "record"]) {
      await go(`/${name}`);
      await page.locator("main table, main h2").first().waitFor();
      await save(name);
    }
  await context.close();
}
