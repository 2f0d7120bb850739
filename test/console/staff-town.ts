// The demo town as it is built and started, with a browser in which its people open the console.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";
import { copyTown, passerelle, startTown, type Ran, type RunningTown } from "../start/town-process.js";

const executablePath = "/usr/bin/chromium";
const axe = createRequire(import.meta.url).resolve("axe-core");

export type Language = "fr" | "en";

export interface View {
  readonly language: Language;
  readonly width: number;
  readonly dark?: boolean;
}

export interface StaffTown {
  readonly town: RunningTown;
  readonly browser: Browser;
  /** A window without anybody signed in. */
  open(view: View): Promise<BrowserContext>;
  /** A window in which somebody of the town came by a one-time link. */
  signedIn(view: View, email?: string): Promise<Page>;
  /** A fresh one-time link, as an address. */
  link(email?: string): Promise<string>;
  /** What every printed example answers, some times: the record then has something to tell. */
  askAll(times: number): Promise<void>;
  /** `npx passerelle …` in the town's folder. */
  command(...args: string[]): Promise<Ran>;
  stop(): Promise<void>;
}

const dpo = "dpo@rivemont.example";
/** Not in the shipped town: somebody who may not read the record. */
export const steward = "referente@rivemont.example";

export async function startStaffTown(): Promise<StaffTown> {
  if (!existsSync(executablePath)) throw new Error("Chromium is missing. Install it: apt-get install chromium");
  const { folder, remove } = copyTown();
  const settings = join(folder, "gateway.yaml");
  const people = "        roles: [admin]\n";
  const withSteward = `${people}      - name: Inès Roche\n        email: ${steward}\n        roles: [steward]\n`;
  writeFileSync(settings, readFileSync(settings, "utf8").replace(people, withSteward));
  const town = await startTown(folder);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const link = async (email = dpo): Promise<string> => {
    const { out, err } = await passerelle(folder, "console", "link", "--as", email, "--tenant", "rivemont");
    const [, token] = /#link=([\w-]+)/.exec(out) ?? [];
    if (token === undefined) throw new Error(`no link: ${out}${err}`);
    return `${town.address}/console/#link=${token}`;
  };
  const open = ({ language, width, dark = false }: View): Promise<BrowserContext> =>
    browser.newContext({
      viewport: { width, height: 800 },
      locale: language === "fr" ? "fr-FR" : "en-GB",
      colorScheme: dark ? "dark" : "light",
    });
  return {
    ...{ town, browser, link, open },
    command: (...args) => passerelle(folder, ...args),
    signedIn: async (view, email) => {
      const page = await (await open(view)).newPage();
      await page.goto(await link(email));
      await page.waitForURL(/\/console\/rivemont/);
      return page;
    },
    askAll: async (times) => {
      for (let time = 0; time < times; time++)
        for (const { url, headers, body } of town.curls)
          await (await fetch(url, { method: "POST", headers, body })).text();
    },
    stop: async () => {
      await browser.close();
      await town.stop();
      remove();
    },
  };
}

/** By axe's rules for WCAG 2.2 A and AA and its best practice, and nothing wider than the screen. */
export async function isAccessible(page: Page): Promise<void> {
  // Brought in by the browser's debugger: the page's own policy lets no script in.
  const session = await page.context().newCDPSession(page);
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result } = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    return result.value;
  };
  await evaluate(readFileSync(axe, "utf8"));
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await evaluate(
    `axe.run({ runOnly: ${JSON.stringify(rules)} }).then((r) => r.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })))`,
  );
  expect(found, page.url()).toEqual([]);
  const fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
  expect(await evaluate(fits), `${page.url()} is wider than its window`).toBe(true);
  await session.detach();
}

/** What the browser itself complains of: a refused style, a script, a request elsewhere. Empty at the end of a test. */
export function complaints(page: Page, address: string): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || /content security/i.test(message.text())) found.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url())) found.push(request.url());
  });
  return found;
}
