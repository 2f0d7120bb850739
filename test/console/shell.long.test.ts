// The console's frame and its pages overview, declared and used, register, record: in a real browser, against the built
// gateway of the demo town.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaints, isAccessible, startStaffTown, steward, type Language, type StaffTown } from "./staff-town.js";

let staff: StaffTown;
beforeAll(async () => {
  staff = await startStaffTown();
  await staff.askAll(2);
}, 240_000);
afterAll(() => staff.stop(), 60_000);

const words = {
  fr: {
    overview: "Vue d’ensemble",
    agreements: "Déclaré et utilisé",
    register: "Registre des traitements",
    record: "Journal et conservation",
    intact: /Le journal des accès est intact\u00a0: \d+ inscriptions vérifiées à \d\d:\d\d\./,
    empty: "Aucune consultation ce jour-là",
    retry: "Réessayer",
    unreachable: /La passerelle ne répond pas/,
    noRight: "Vous n’avez pas accès à cette page",
    usedLink: /Ce lien ne vaut plus/,
    signIn: "Se connecter à la console",
    signOut: "Se déconnecter",
    menu: "Ouvrir le menu",
    policy: "Politique de conservation",
    other: "English",
  },
  en: {
    overview: "Overview",
    agreements: "Declared and used",
    register: "Register of processing",
    record: "Record and retention",
    intact: /The record is intact: \d+ entries checked at \d\d:\d\d\./,
    empty: "No access on this day",
    retry: "Try again",
    unreachable: /The gateway does not answer/,
    noRight: "You have no access to this page",
    usedLink: /This link is no longer good/,
    signIn: "Sign in to the console",
    signOut: "Sign out",
    menu: "Open the menu",
    policy: "Retention policy",
    other: "Français",
  },
} as const;

const at = (path: string): string => `${staff.town.address}/console/rivemont${path}`;
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

/** Gone to, and all there. */
async function goTo(page: Page, path: string, title: string): Promise<void> {
  await page.goto(at(path));
  await heading(page, title).waitFor();
  const waits = page.getByRole("status").filter({ hasText: /Chargement|Loading/ });
  await expect.poll(() => waits.count(), { timeout: 30_000 }).toBe(0);
}

describe.each(["fr", "en"] as const)("in %s", (language: Language) => {
  const t = words[language];

  it.each([
    [360, false],
    [360, true],
    [1280, false],
    [1280, true],
  ])(
    "%i px wide, dark %s: each page without a violation, and nothing that the browser refuses",
    async (width, dark) => {
      const page = await staff.signedIn({ language, width, dark });
      const found = complaints(page, staff.town.address);
      await goTo(page, "", t.overview);
      expect(await page.locator("html").getAttribute("lang")).toBe(language);
      expect(await page.title()).toContain(t.overview);
      await page.getByText(t.intact).waitFor();
      await page.getByRole("table").getByRole("link").first().waitFor();
      await isAccessible(page);

      await goTo(page, "?day=2020-01-01", t.overview);
      await page.getByText(t.empty).waitFor();
      await isAccessible(page);

      await goTo(page, "/agreements", t.agreements);
      const agreement = page.getByRole("link", { name: "cantine-plus/school-meals" });
      await agreement.waitFor();
      await isAccessible(page);
      await agreement.click();
      await heading(page, "cantine-plus/school-meals").waitFor();
      await page.getByRole("rowheader", { name: "Resident.birthDate" }).waitFor();
      await page.locator("summary").click();
      await isAccessible(page);

      await goTo(page, "/register", t.register);
      await page.getByRole("rowheader").first().waitFor();
      await isAccessible(page);
      await page.getByRole("rowheader").first().getByRole("link").click();
      await page.waitForURL(/activity=/);
      await isAccessible(page);

      await goTo(page, "/record", t.record);
      await page.getByText(t.intact).waitFor();
      await page.getByRole("heading", { name: t.policy }).waitFor();
      await isAccessible(page);
      expect(found).toEqual([]);
      await page.context().close();
    },
  );

  it("fails so that one can try again, and is empty-handed without a right", async () => {
    const page = await staff.signedIn({ language, width: 1280 });
    await goTo(page, "/agreements", t.agreements);
    await page.context().setOffline(true);
    await page.locator("label", { hasText: /^30/ }).click();
    await page.getByText(t.unreachable).waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: t.retry }).click();
    await page.getByRole("rowheader").first().waitFor();
    await page.context().close();

    const other = await staff.signedIn({ language, width: 360 }, steward);
    // No closed door is anybody's first page.
    await heading(other, t.agreements).waitFor();
    await other.goto(at("/accesses"));
    await other.getByRole("heading", { name: t.noRight }).waitFor();
    await isAccessible(other);
    await other.context().close();
  });

  it("signs in by a link once, out, and leads back to where one was", async () => {
    const address = await staff.link();
    const context = await staff.open({ language, width: 360 });
    const page = await context.newPage();
    await page.goto(at("/register"));
    await heading(page, t.signIn).waitFor();
    expect(new URL(page.url()).searchParams.get("back")).toBe("/console/rivemont/register");
    await isAccessible(page);
    // In a second window of the same browser: the first one finds the session when it is looked at again.
    const second = await context.newPage();
    await second.goto(address);
    await heading(second, t.overview).waitFor();
    expect(second.url()).not.toContain("link=");
    await page.bringToFront();
    await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
    await heading(page, t.register).waitFor();
    await page.goto(at(""));
    await page.getByRole("button", { name: t.menu }).click();
    await page.getByRole("button", { name: t.signOut }).filter({ visible: true }).click();
    await heading(page, t.signIn).waitFor();
    await page.goto(address);
    await page.getByText(t.usedLink).waitFor();
    await isAccessible(page);
    await context.close();
  });
});

it("is walked by keyboard alone: past the menu, to a page's heading, over the day's hours to a search", async () => {
  const page = await staff.signedIn({ language: "en", width: 1280 });
  await goTo(page, "", "Overview");
  const focused = page.locator(":focus");
  await page.keyboard.press("Tab");
  expect(await focused.textContent()).toBe("Go to the content");
  await page.keyboard.press("Enter");
  expect(await focused.getAttribute("id")).toBe("content");
  const cell = page.locator("td a[data-place]");
  await cell.first().waitFor();
  const inTable = (): Promise<unknown> => page.evaluate("'place' in (document.activeElement?.dataset ?? {})");
  for (let step = 0; step < 40 && (await inTable()) !== true; step++) await page.keyboard.press("Tab");
  expect(await focused.getAttribute("data-place")).toBe("0-" + ((await cell.first().getAttribute("data-place")) ?? "").split("-")[1]); // prettier-ignore
  await page.keyboard.press("ArrowDown");
  expect(await focused.getAttribute("data-place")).toMatch(/^1-/);
  // One stop of Tab for the whole table: the next one is no cell.
  expect(await page.locator('td a[data-place][tabindex="0"]').count()).toBe(1);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/accesses\?q=/);
  expect(new URL(page.url()).searchParams.get("q")).toMatch(/^app:\S+ after:\S+T\d\d:00 before:\S+$/);
  await expect.poll(() => page.evaluate("document.activeElement?.id"), { timeout: 30_000 }).toBe("page-heading");
  await page.context().close();
});

it("changes its language at once and keeps it", async () => {
  const page = await staff.signedIn({ language: "fr", width: 1280 });
  await goTo(page, "/record", words.fr.record);
  await page.getByRole("button", { name: words.fr.other }).click();
  await heading(page, words.en.record).waitFor();
  await page.reload();
  await heading(page, words.en.record).waitFor();
  await page.context().close();
});

it("asks the gateway for files by a form that carries the session's token", async () => {
  const page = await staff.signedIn({ language: "en", width: 1280 });
  await goTo(page, "/register", words.en.register);
  for (const name of ["PDF", "CSV", "JSON"]) {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name, exact: true }).click(),
    ]);
    expect(download.suggestedFilename().toLowerCase()).toMatch(new RegExp(`\\.${name.toLowerCase()}$`));
  }
  await page.context().close();
});
