// What a DPO comes for, driven as a person would, in a real browser against the built gateway of the demo town: the six
// tasks, in both languages. Besides: no key of a person stands in an address or in a line of the server (law 11), and what
// an application calls itself is text, never markup.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passerelle } from "../start/town-process.js";
import { complaints, isAccessible, startStaffTown, type Language, type StaffTown } from "./staff-town.js";

/** Of the made-up town: a mother of two, and her number in the register. */
const khadija = { familyName: "Ferreira", givenName: "Khadija", born: "1976-03-29" };

let staff: StaffTown;
/** Her number, as the town's own register has it. */
let number = "";
const addresses: string[] = [];

beforeAll(async () => {
  staff = await startStaffTown();
  await staff.askAll(3);
  number = await askNumber();
  await askHostile();
}, 240_000);
afterAll(() => staff.stop(), 60_000);

const words = {
  fr: {
    accesses: "Consultations", people: "Personnes", agreements: "Déclaré et utilisé", register: "Registre des traitements",
    intact: /Le journal des accès est intact\u00a0: [\d\s]+ inscriptions? vérifiées?/, line: "Recherche", search: "Rechercher", app: "Application",
    apply: "Appliquer", export: "Exporter", download: "Télécharger", csv: /^Tableur/, jsonl: /^Données complètes/, pdf: /^Document/, evidence: /^Dossier de preuve/,
    proved: /^Prouvé/, left: "Ce qui a été transmis", refused: "Ce qui a été refusé", asked: "Ce qui a été demandé", find: "Chercher", familyName: "Nom d’usage", givenName: "Prénom",
    number: "Numéro d’usager", choose: /Voir qui a consulté/, seen: /Qui a consulté les données de Khadija Ferreira/, annex: "Annexe en français (PDF)", one: "1 personne trouvée",
    fault: /Vouliez-vous dire « outcome »/, back: /Retour à la recherche/, menu: "Ouvrir le menu", filters: /^Filtres/, person: "Personne", inRegister: /Numéro dans ce registre/, nobody: /Personne ne correspond/,
  },
  en: {
    accesses: "Accesses", people: "People", agreements: "Declared and used", register: "Register of processing",
    intact: /The record is intact: [\d,]+ entr(y|ies) checked/, line: "Search", search: "Search", app: "Application",
    apply: "Apply", export: "Export", download: "Download", csv: /^Spreadsheet/, jsonl: /^Complete data/, pdf: /^Document/, evidence: /^Evidence bundle/,
    proved: /^Proved/, left: "What left", refused: "What was refused", asked: "What was asked", find: "Find", familyName: "Family name", givenName: "First name",
    number: "Town’s number of the person", choose: /See who read/, seen: /Who read the data of Khadija Ferreira/, annex: "Annex in English (PDF)", one: "1 person found",
    fault: /Did you mean "outcome"/, back: /Back to the search/, menu: "Open the menu", filters: /^Filters/, person: "Person", inRegister: /Number in this register/, nobody: /Nobody in this register/,
  },
} as const; // prettier-ignore

const at = (path: string): string => `${staff.town.address}/console/rivemont${path}`;
const rows = (page: Page) => page.locator('[role="row"][data-index]:not([aria-busy])');
const lineOf = (page: Page, language: Language) =>
  page.getByRole("combobox", { name: words[language].line, exact: true });

function curlOf(name: string) {
  const curl = staff.town.curls.find(({ title }) => title.startsWith(name));
  if (curl === undefined) throw new Error(`no example of ${name}`);
  return curl;
}

interface Answer {
  readonly data: { readonly residents: { readonly nodes: readonly { readonly number: number }[] } };
}

async function ask(name: string, body: unknown): Promise<Answer> {
  const { url, headers } = curlOf(name);
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json() as Promise<Answer>;
}

async function askNumber(): Promise<string> {
  const where = `familyName: { eq: "${khadija.familyName}" }, givenName: { eq: "${khadija.givenName}" }`;
  const { data } = await ask("cantine-plus", {
    query: `{ residents(first: 5, where: { ${where} }) { nodes { number } } }`,
  });
  return String(data.residents.nodes[0]?.number);
}

const hostile = "x_onload_alert_1";
/** Names that an application can choose: of its operation, of its fields. */
async function askHostile(): Promise<void> {
  const query = `query ${hostile} { "</script><script>alert(1)</script>": residents(first: 1) { nodes { number } } }`;
  await ask("cantine-plus", { query, operationName: '"><img src=x onerror=alert(1)>' });
  await ask("cantine-plus", {
    query: `query ${hostile} { residents(first: 1) { nodes { number email } } }`,
    operationName: hostile,
  });
}

/** A window of the DPO in which each address is written down, and what the browser refuses. */
async function opened(language: Language, width = 1280, dark = false): Promise<{ page: Page; found: string[] }> {
  const page = await staff.signedIn({ language, width, dark });
  page.setDefaultTimeout(20_000);
  // Contrasts are those of a window that is there, not of one that fades in.
  await page.emulateMedia({ reducedMotion: "reduce" });
  const found = complaints(page, staff.town.address);
  page.on("framenavigated", (frame) => addresses.push(frame.url()));
  page.on("request", (request) => addresses.push(request.url()));
  return { page, found };
}

async function searched(page: Page, language: Language, line: string): Promise<void> {
  await lineOf(page, language).fill(line);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await rows(page).first().waitFor();
}

async function saved(page: Page, press: () => Promise<void>): Promise<{ name: string; text: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  const bytes = readFileSync(await download.path());
  return { name: download.suggestedFilename(), text: bytes.toString("utf8"), bytes };
}

/** By the command, in a folder with neither town nor database. */
async function isProof(bytes: Buffer): Promise<void> {
  const key = (await staff.command("log", "keys")).out.trim();
  const folder = mkdtempSync(join(tmpdir(), "passerelle-evidence-"));
  const verify = () => passerelle(folder, "log", "verify", "it.evidence.jsonl", "--key", key);
  try {
    writeFileSync(join(folder, "it.evidence.jsonl"), bytes);
    const { code, out, err } = await verify();
    expect({ code, out, err }).toMatchObject({ code: 0 });
    const altered = bytes.toString("utf8").replaceAll("cantine-plus", "cantine-pluz");
    writeFileSync(join(folder, "it.evidence.jsonl"), altered);
    expect((await verify()).code).toBe(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.each(["fr", "en"] as const)("the DPO, in %s", (language) => {
  const t = words[language];

  it("1: reads at once that the record is intact, and what the day was", async () => {
    const { page, found } = await opened(language);
    await page.goto(at(""));
    // The first look at the whole record takes some time after a start; the page asks again each half minute.
    await page.getByText(t.intact).waitFor({ timeout: 90_000 });
    await page.getByRole("table").first().getByText("cantine-plus").waitFor();
    expect(found).toEqual([]);
    await page.context().close();
  });

  it("2: searches by a line that completes and by filters that write it, opens a row, and comes back to its place", async () => {
    const { page, found } = await opened(language);
    await page.goto(at("/accesses"));
    await rows(page).first().waitFor();
    const line = lineOf(page, language);
    await line.click();
    await line.pressSequentially("app:cantine-p");
    const option = page.getByRole("option", { name: /cantine-plus/ });
    await option.waitFor();
    await page.keyboard.press("ArrowDown");
    expect(await option.getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("Enter");
    expect(await line.inputValue()).toBe("app:cantine-plus ");
    await line.pressSequentially("outcom:partial");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.getByText(t.fault).waitFor();
    expect(new URL(page.url()).search).toBe("");
    expect(await page.locator("[data-fault]").allTextContents()).toEqual(["outcom"]);
    await searched(page, language, "app:cantine-plus outcome:partial");
    await page.waitForURL((url) => url.searchParams.get("q") === "app:cantine-plus outcome:partial");
    // The filter writes the same line.
    await page.getByRole("button", { name: new RegExp(`^${t.app}\\b`) }).first().click(); // prettier-ignore
    await page.getByRole("checkbox", { name: "Biblio Stats" }).check();
    await page.getByRole("button", { name: t.apply }).click();
    await page.waitForURL((url) => url.searchParams.get("q") === "app:cantine-plus,biblio-stats outcome:partial");
    await page.goBack();
    await page.waitForURL((url) => url.searchParams.get("q") === "app:cantine-plus outcome:partial");
    expect(await line.inputValue()).toBe("app:cantine-plus outcome:partial");
    await rows(page).first().focus();
    await page.keyboard.press("ArrowDown");
    await page.locator('[role="row"][data-index="1"]:focus').waitFor();
    await page.keyboard.press("Enter");
    await page.getByText(t.proved).waitFor();
    for (const part of [t.left, t.refused, t.asked]) await page.getByRole("heading", { name: part, exact: true }).waitFor(); // prettier-ignore
    expect(await page.getByText("policies/rivemont/canteen.csv:").count()).toBeGreaterThan(0);
    await isAccessible(page);
    await page.keyboard.press("Escape");
    await page.locator('[role="row"][data-index="1"]:focus').waitFor();
    expect(new URL(page.url()).searchParams.get("q")).toBe("app:cantine-plus outcome:partial");
    // A click on another row than the keyboard's opens it too.
    await page.locator('[role="row"][data-index="2"]').click();
    await page.getByText(t.proved).waitFor();
    expect(found).toEqual([]);
    await page.context().close();
  });

  it("3: finds Khadija Ferreira in the town's register, sees who read her data, and takes the annex along", async () => {
    const { page, found } = await opened(language);
    await page.goto(at("/people"));
    await page.getByRole("textbox", { name: t.familyName }).fill(khadija.familyName);
    await page.getByRole("textbox", { name: t.givenName }).fill(khadija.givenName);
    await page.getByRole("button", { name: t.find, exact: true }).click();
    await page.getByText(t.one).waitFor();
    await page.getByRole("button", { name: t.choose }).first().click();
    await page.getByRole("heading", { level: 1, name: t.seen }).waitFor();
    await rows(page).first().waitFor();
    expect(await rows(page).filter({ hasText: "cantine-plus" }).count()).toBeGreaterThan(0);
    const annex = await saved(page, () => page.getByRole("button", { name: t.annex }).click());
    expect(annex.bytes.subarray(0, 5).toString()).toBe("%PDF-");
    await isAccessible(page);
    expect(found).toEqual([]);
    await page.context().close();
  });

  it("3, by her number: which is in no address, whether it is typed in the line, in the filter or in the form", async () => {
    const { page } = await opened(language);
    await page.goto(at("/accesses"));
    await rows(page).first().waitFor();
    await searched(page, language, `person:resident:${number}`);
    await page.waitForURL(/person%3Aresident%7E|person:resident~/);
    expect(await lineOf(page, language).inputValue()).toMatch(/^person:resident~[\w-]+$/);
    expect(await rows(page).filter({ hasText: "cantine-plus" }).count()).toBeGreaterThan(0);
    await page.goto(at("/accesses"));
    await page.getByRole("button", { name: t.person, exact: true }).click();
    await page.getByRole("textbox", { name: t.inRegister }).fill(number);
    await page.getByRole("button", { name: t.apply }).click();
    await page.waitForURL(/person%3Aresident%7E|person:resident~/);
    await page.goto(at("/people"));
    await page.getByRole("radio", { name: t.number }).check();
    await page.getByRole("textbox", { name: t.number }).fill(number);
    await page.getByRole("button", { name: t.find, exact: true }).click();
    await page.getByText(t.one).waitFor();
    await page.context().close();
  });

  it("4: takes a search along in every form, and the evidence is checked by the command", async () => {
    const { page, found } = await opened(language);
    await page.goto(`${at("/accesses")}?q=${encodeURIComponent("app:cantine-plus -staff:*")}`);
    await rows(page).first().waitFor();
    const count = Number(await page.locator('[role="grid"]').getAttribute("aria-rowcount")) - 1;
    const take = (format: RegExp) =>
      saved(page, async () => {
        await page.getByRole("button", { name: t.export, exact: true }).click();
        await page.getByRole("radio", { name: format }).check();
        await page.getByRole("button", { name: t.download }).click();
      });
    const csv = await take(t.csv);
    expect(csv.name).toMatch(/\.csv$/);
    expect(csv.text.split("cantine-plus/").length - 1, csv.text).toBeGreaterThanOrEqual(count);
    const jsonl = await take(t.jsonl);
    const told = jsonl.text.trimEnd().split("\n").map((each) => JSON.parse(each)); // prettier-ignore
    expect(told.filter(({ body }) => body !== undefined)).toHaveLength(count);
    expect((await take(t.pdf)).bytes.subarray(0, 5).toString()).toBe("%PDF-");
    const evidence = await take(t.evidence);
    expect(evidence.name).toMatch(/\.evidence\.jsonl$/);
    await isProof(evidence.bytes);
    expect(`${csv.text}${jsonl.text}${evidence.text}`).not.toContain(khadija.familyName);
    expect(found).toEqual([]);
    await page.context().close();
  });

  it("5 and 6: sees what is declared and used, and takes the register of processing along", async () => {
    const { page, found } = await opened(language);
    await page.goto(at("/agreements"));
    await page.getByRole("heading", { level: 1, name: t.agreements }).waitFor();
    await page.getByText("cantine-plus").first().waitFor();
    await page.goto(at("/register"));
    await page.getByRole("heading", { level: 1, name: t.register }).waitFor();
    for (const format of ["PDF", "CSV", "JSON"]) {
      const file = await saved(page, () => page.getByRole("button", { name: new RegExp(format) }).click());
      expect(file.name.toLowerCase()).toContain(`.${format.toLowerCase()}`);
    }
    expect(found).toEqual([]);
    await page.context().close();
  });

  it.each([
    [360, false],
    [1280, true],
  ])(
    "%i px wide, dark %s: every page of the record without a violation, and nothing that the browser refuses",
    async (width, dark) => {
      const { page, found } = await opened(language, width, dark);
      await page.goto(at("/accesses"));
      await rows(page).first().waitFor();
      await isAccessible(page);
      await searched(page, language, "-staff:* outcome:partial");
      await lineOf(page, language).click();
      await page.keyboard.type(" ");
      await page.getByRole("option").first().waitFor();
      await isAccessible(page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: t.export, exact: true }).click();
      await page.getByRole("radio", { name: t.csv }).waitFor();
      await isAccessible(page);
      await page.keyboard.press("Escape");
      await rows(page).first().click();
      await page.getByText(t.proved).waitFor();
      for (const fold of await page.locator("summary").all()) await fold.click();
      await isAccessible(page);
      await page.goto(at("/people"));
      await page.getByRole("textbox", { name: t.familyName }).fill("Zzyzx");
      await page.getByRole("textbox", { name: t.givenName }).fill("Nobody");
      await page.getByRole("button", { name: t.find, exact: true }).click();
      await page.getByText(t.nobody).waitFor();
      await isAccessible(page);
      expect(found).toEqual([]);
      await page.context().close();
    },
  );
});

describe("a search of more than one page", () => {
  it("is loaded as one scrolls and walked through by the keyboard, while few of its rows are drawn", async () => {
    for (let asked = 0; asked < 230; asked++) await ask("biblio-stats", { query: "{ libraryBranches(first: 1) { nodes { name } } }" }); // prettier-ignore
    const { page, found } = await opened("en");
    await page.goto(`${at("/accesses")}?q=${encodeURIComponent("app:biblio-stats -staff:*")}`);
    await rows(page).first().waitFor();
    const count = Number(await page.locator('[role="grid"]').getAttribute("aria-rowcount")) - 1;
    expect(count).toBeGreaterThan(200);
    await rows(page).first().focus();
    let last = 0;
    // Each End goes to the last row that is known of, and fetches the next page.
    for (let step = 0; step < 20 && last < count - 1; step++) {
      await page.keyboard.press("End");
      await page.waitForTimeout(300);
      last = Number(await page.locator('[role="row"]:focus').getAttribute("data-index"));
      expect(await page.locator('[role="row"][data-index]').count()).toBeLessThan(80);
    }
    expect(last).toBe(count - 1);
    expect(await page.locator('[role="row"]:focus').getAttribute("aria-rowindex")).toBe(String(count + 1));
    const opening = await page.locator('[role="row"]:focus').innerText();
    await page.keyboard.press("Enter");
    await page.getByText(words.en.proved).waitFor();
    await page.keyboard.press("Escape");
    const back = page.locator(`[role="row"][data-index="${String(last)}"]:focus`);
    await back.waitFor();
    expect(await back.innerText()).toBe(opening);
    expect(await back.evaluate((row) => row.getBoundingClientRect().top >= 0)).toBe(true);
    expect(found).toEqual([]);
    await page.context().close();
  });
});

describe("what applications choose", () => {
  it("is text: a name of an operation that is markup runs nowhere, and changes no page", async () => {
    const { page, found } = await opened("en");
    page.on("dialog", (dialog) => found.push(dialog.message()));
    await page.goto(`${at("/accesses")}?q=${encodeURIComponent("app:cantine-plus -staff:*")}`);
    await rows(page).first().waitFor();
    for (const row of [0, 1]) {
      await page.locator(`[role="row"][data-index="${row}"]`).click();
      await page.getByText(words.en.proved).waitFor();
      expect(await page.locator("main script, main img").count()).toBe(0);
      await page.goBack();
      await rows(page).first().waitFor();
    }
    await page.goto(`${at("/accesses")}?q=${encodeURIComponent('app:"><img/src=x/onerror=alert(1)>')}`);
    await page.locator("[data-fault]").first().waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    expect(found).toEqual([]);
    await page.context().close();
  });
});

it("no key, no name of a person has been in an address or in a line of the server", async () => {
  expect(addresses.length).toBeGreaterThan(50);
  const all = `${addresses.map(decodeURIComponent).join("\n")}\n${staff.town.terminal().split("Ctrl-C stops")[1] ?? ""}`;
  expect(all).toContain("person:resident~");
  for (const value of [number, khadija.familyName, khadija.givenName, khadija.born]) expect(all).not.toContain(value);
});
