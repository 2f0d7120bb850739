// docs/images/{citizen,console}-*.png: the pages of citizens and of the DPO on the demo town, as a browser shows them. `npm run docs:screenshots`.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { shootConsole } from "./console-screenshots.mjs";

const root = resolve(import.meta.dirname, "..");
const images = join(root, "docs/images");
const executablePath = "/usr/bin/chromium";

if (!existsSync(executablePath)) {
  process.stderr.write("Chromium is missing. Install it: apt-get install chromium\n");
  process.exit(2);
}

function copyTown() {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-images-"));
  for (const name of ["gateway.yaml", "schema.graphql", "policies", "data"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  return folder;
}

/** The gateway in a copy of the town folder, and the keys that it shows. */
async function startTown(folder) {
  const env = { ...process.env, PORT: "0", PASSERELLE_OPERATIONS_PORT: "0", NO_COLOR: "1" };
  delete env.DATABASE_URL;
  delete env.PASSERELLE_MODE;
  const child = spawn(process.execPath, [join(root, "dist/main.js")], { cwd: folder, env });
  let shown = "";
  await new Promise((ready, failed) => {
    const look = (text) => {
      shown += text;
      if (shown.includes("Ctrl-C stops")) ready();
    };
    child.stdout.setEncoding("utf8").on("data", look);
    child.stderr.setEncoding("utf8").on("data", look);
    child.once("exit", () => failed(new Error(shown)));
  });
  const address = /Ready after .*? (http:\/\/[^/]+)\//.exec(shown)?.[1];
  const [link] = /http:\S+#link=\S+/.exec(shown) ?? [];
  const curls = [...shown.matchAll(/^# .*\n(curl -s (\S+)[^#]*?-d '([^']*)')/gm)].map(([, whole, url, body]) => ({
    ...{ url, body },
    headers: Object.fromEntries([...whole.matchAll(/-H '([^:]+): ([^']*)'/g)].map(([, name, value]) => [name, value])),
  }));
  const [, key] = /^# cantine-plus:[^#]*?Bearer (\S+?)'/m.exec(shown) ?? [];
  const stop = () =>
    new Promise((ended) => {
      child.removeAllListeners("exit").once("exit", ended);
      child.kill("SIGINT");
    });
  return { address, key, link, curls, stop };
}

/** So that there is something to read in the history. */
async function ask({ address, key }, query) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  const response = await fetch(`${address}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
  if (!response.ok) throw new Error(`the demo's request was answered ${response.status}`);
}

/** So that there is something to read in the record: every example that the gateway prints. */
async function askAll({ curls }, times) {
  for (let time = 0; time < times; time++)
    for (const { url, headers, body } of curls) await (await fetch(url, { method: "POST", headers, body })).text();
}

const account = "khadija.ferreira";
const words = {
  fr: { signIn: /Se connecter/, give: /^Donner mon accord/, confirm: /^Confirmer/, object: /^M’opposer/ },
  en: { signIn: /^Sign in/, give: /^Give my consent/, confirm: /^Confirm/, object: /^Object/ },
};

async function shoot(browser, town, language, width) {
  const t = words[language];
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    locale: language === "fr" ? "fr-FR" : "en-GB",
    colorScheme: "light",
    javaScriptEnabled: false,
  });
  const page = await context.newPage();
  const save = (name, fullPage = false) =>
    page.screenshot({ path: join(images, `citizen-${name}-${language}-${width}.png`), fullPage });
  await page.goto(`${town.address}/citizen`);
  await save("start", true);
  await page.getByRole("button", { name: t.signIn }).click();
  await page.locator(`button[value="${account}"]`).click();
  await page.waitForURL(/\/citizen$/);
  await save("overview");
  await page.getByRole("button", { name: t.give }).first().click();
  await save("decision", true);
  await page.getByRole("button", { name: t.confirm }).click();
  await save("done", true);
  await page.goto(`${town.address}/citizen`);
  await page.getByRole("button", { name: t.object }).first().click();
  await save("objection", true);
  await page.goto(`${town.address}/citizen/history`);
  await save("history");
  await context.close();
}

mkdirSync(images, { recursive: true });
const folder = copyTown();
const town = await startTown(folder);
try {
  await ask(
    town,
    "{ residents(first: 1000) { nodes { givenName familyName canteenAccounts { nodes { balance } } } } }",
  );
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const wanted = process.argv[2] ?? "all";
    if (wanted !== "console")
      for (const language of ["fr", "en"]) for (const width of [360, 1280]) await shoot(browser, town, language, width);
    if (wanted !== "citizen") {
      await askAll(town, 4);
      await shootConsole(browser, town, images);
    }
  } finally {
    await browser.close();
  }
} finally {
  await town.stop();
  rmSync(folder, { recursive: true, force: true });
}
