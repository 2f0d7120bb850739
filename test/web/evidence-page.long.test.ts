// The page that checks evidence, in a browser without a network: it says the same as the command, of whole files and of
// spoilt ones, and shows nothing as markup.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../src/accesslog/canonical-json.js";
import { checkEvidence, linesOf } from "../../src/accesslog/index.js";
import { evidencePage } from "../../src/accesslog/evidence-page/page.js";
import { evidenceLines, type EvidenceOptions } from "../../src/accesslog/evidence/write.js";
import {
  readVerifier,
  signatureLine,
  signerKey,
  verifierText,
  type VerifierKey,
} from "../../src/accesslog/merkle/signed-note.js";
import { versionId } from "../../src/policy/index.js";
import type { TenantName } from "../../src/terms/index.js";
import { cantine, logKey, MemoryLog, optionsFor, rivemont, witnessKey } from "../accesslog/evidence/memory-log.js";

const require = createRequire(import.meta.url);
const key = verifierText(logKey);
const other = verifierText(signerKey(logKey.name, Buffer.alloc(32, 3)));
const hostile = `<img src="https://elsewhere.example/x" onerror="document.title='run'">`;

let browser: Browser;
let page: Page;
let folder = "";
let whole = "";
const requested: string[] = [];

async function made(log: MemoryLog, changes: Partial<EvidenceOptions> = {}): Promise<string> {
  const recorded = log.add({ outcome: "staff", application: null });
  let text = "";
  for await (const line of evidenceLines(log.log, rivemont, cantine, optionsFor(recorded, changes))) text += line;
  return text;
}

const rules = { "policies/model.conf": "[x]\n", "policies/rivemont/canteen.csv": "# first\n\np, cantine-plus, school-meals, Resident.birthDate, all, year, allow\n" }; // prettier-ignore
const schema = "type Query { a: Int }\n";
const version = versionId({ tenant: rivemont, schema, files: new Map(Object.entries(rules)) });

async function wholeFile(): Promise<string> {
  const log = new MemoryLog();
  for (let i = 0; i < 400; i++)
    log.add({
      ...(i % 5 === 0 ? { application: "another" as never } : {}),
      policyVersion: version,
      at: new Date(Date.UTC(2026, 10, 3, 10, 0, i)).toISOString(),
      ...(i === 397 ? { purpose: hostile as never } : {}),
    });
  const note = log.note(300);
  const text = note.slice(0, note.indexOf("\n\n") + 1);
  log.heads.push({ note: `${note}${signatureLine(witnessKey, text, 1_764_000_000)}`, timestamp: null });
  log.heads.push({ note: log.note(250), timestamp: Buffer.from("token") });
  return made(log, {
    query: hostile,
    policy: (named) => Promise.resolve(named === version ? { schema, files: rules } : null),
  });
}

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  folder = mkdtempSync(join(tmpdir(), "passerelle-evidence-page-"));
  whole = await wholeFile();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  page = await open("en");
});
afterEach(async () => {
  // Law 11: what is looked at here goes nowhere, and nothing of it runs.
  expect(requested).toEqual([]);
  await page.context().close();
});

/** As somebody opens the file they saved, with no network at all. */
async function open(locale: "fr" | "en", width = 1200, before = ""): Promise<Page> {
  const file = join(folder, "check.html");
  writeFileSync(file, evidencePage());
  const context = await browser.newContext({ offline: true, locale, viewport: { width, height: 800 } });
  const opened = await context.newPage();
  if (before !== "") await opened.addInitScript(before);
  requested.length = 0;
  opened.setDefaultTimeout(15_000);
  opened.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) requested.push(request.url());
  });
  opened.on("pageerror", (error) => requested.push(`script failed: ${error.message}`));
  await opened.goto(pathToFileURL(file).href);
  return opened;
}

async function verdict(content: string | Buffer, keys: readonly string[] = [key]): Promise<string> {
  await page.fill("#keys", keys.join("\n"));
  const path = join(folder, "given.jsonl");
  writeFileSync(path, content);
  await page.setInputFiles("#file", []);
  await page.setInputFiles("#file", path);
  await page.waitForSelector("#result h2", { timeout: 60_000 });
  return page.innerText("#result");
}

/** What the command's own check says of the same bytes. */
async function command(content: string | Buffer, keys: readonly string[]): Promise<unknown> {
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(content));
  };
  const known: VerifierKey[] = keys.map(readVerifier);
  const versionOf = (content_: { tenant: string; schema: string; files: Readonly<Record<string, string>> }): string =>
    versionId({ ...content_, tenant: content_.tenant as TenantName, files: new Map(Object.entries(content_.files)) });
  const { proved, entries, faults, faultCount, withPeople, stretches, first, last, ownProved } = await checkEvidence(
    linesOf(bytes()),
    { keys: known, versionOf },
  );
  return { proved, entries, faults, faultCount, withPeople, stretches, first, last, ownProved };
}

const reported = (): Promise<unknown> =>
  page.evaluate(
    "(({ proved, entries, faults, faultCount, withPeople, stretches, first, last, ownProved }) => ({ proved, entries, faults, faultCount, withPeople, stretches, first, last, ownProved }))(report)",
  );

const lines = (text: string): string[] => text.trimEnd().split("\n");
const at = (text: string, kind: string, nth = 0): number =>
  lines(text).flatMap((line, i) => (line.includes(`"kind":"${kind}"`) ? [i] : []))[nth] ?? -1;
const spoilt = (text: string, line: number, change: (line: string) => string): string =>
  `${lines(text).map((each, i) => (i === line ? change(each) : each)).join("\n")}\n`; // prettier-ignore
const member = (change: (value: Record<string, Json>) => object) => (line: string) => {
  const value = JSON.parse(line) as Record<string, Json>;
  return canonicalJson({ ...value, ...change(value) });
};

describe("the page", () => {
  it("says what is proved, entry by entry, in words", async () => {
    const said = await verdict(whole, [key, verifierText(witnessKey)]);
    expect(said).toContain("Proved");
    expect(said).toContain("321 accesses stand, as they are here, in the log of rivemont");
    expect(said).toContain("dpo.rivemont.example saw the first 300 accesses");
    expect(said).toContain("That no other access fits the search is not proved");
    expect(await page.innerText("#shown")).toContain("1 to 50 of 321");
    await page.fill("#filter", "399 cantine");
    expect(await page.innerText("#shown")).toContain("1 to 1 of 1");
    await page.click("#rows button");
    const story = await page.innerText("#rows");
    for (const part of [
      "by cantine-plus, for school-meals, under the agreement cantine-plus/school-meals (version 2)",
      "Resident.birthDate: 50 values, in the reduced form year",
      "policies/rivemont/canteen.csv:3   p, cantine-plus, school-meals, Resident.birthDate, all, year, allow",
      "birthDate",
      "this very text is in the log",
    ])
      expect(story).toContain(part);
    await page.fill("#filter", "");
    await page.click("#next");
    expect(await page.innerText("#shown")).toContain("51 to 100 of 321");
  });

  it("does not call proved what only the file itself vouches for", async () => {
    const said = await verdict(whole, []);
    expect(said).toContain("Not proved by the town yet");
    expect(said).toContain("anybody can make one");
    expect(await verdict(whole, [other])).toContain("Not proved");
    await page.fill("#keys", "nonsense");
    await page.click("#check");
    await page.waitForSelector("#result[data-kind=bad-key]");
  });

  it("puts nothing that a file says on the page as markup", async () => {
    expect(await verdict(whole)).toContain("<img src=");
    await page.fill("#filter", "397");
    await page.click("#rows button");
    expect(await page.innerText("#rows")).toContain("<img src=");
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.title()).toBe("Check a file of evidence");
  });

  it("in French, and in the other language at once", async () => {
    await page.context().close();
    page = await open("fr");
    expect(await verdict(whole)).toContain("321 accès figurent, tels qu’ils sont ici, au journal de rivemont");
    expect(await page.innerText("#rows tr:nth-child(2)")).toContain("prouvé");
    await page.click("#other");
    expect(await page.innerText("h1")).toBe("Check a file of evidence");
    expect(await page.innerText("#result")).toContain("321 accesses stand");
  });

  it("says the same as the command, of whole files and of spoilt ones", async () => {
    const entry = at(whole, "entry", 20);
    const zero = Buffer.alloc(32).toString("base64");
    const foreign = new MemoryLog();
    for (let i = 0; i < 400; i++) foreign.add();
    const elsewhere = lines(await made(foreign))[20] ?? "";
    const files: readonly (string | Buffer)[] = [
      whole,
      spoilt(
        whole,
        entry,
        member(({ body }) => ({ body: (body as string).replace("answered", "answerex") })),
      ),
      spoilt(
        whole,
        entry,
        member(({ proof }) => ({ proof: (proof as string[]).map(() => zero) })),
      ),
      spoilt(
        whole,
        entry,
        member(() => ({ leaf: zero })),
      ),
      spoilt(
        whole,
        entry,
        member(() => ({ proof: [] })),
      ),
      spoilt(whole, entry, (line) => line.slice(2)),
      spoilt(whole, entry, (line) => line.replace('"kind"', '"index":1,"kind"')),
      spoilt(whole, entry, (line) => line.replace('"kind":', '"__proto__":{"x":1},"kind":')),
      spoilt(whole, entry, (line) => `${line}\n${line}`),
      spoilt(whole, entry, () => elsewhere),
      spoilt(
        whole,
        at(whole, "operation"),
        member(() => ({ text: "{ other }" })),
      ),
      spoilt(
        whole,
        at(whole, "policy"),
        member(() => ({ schema: "other" })),
      ),
      spoilt(
        whole,
        at(whole, "seen"),
        member(() => ({ proof: [] })),
      ),
      spoilt(whole, at(whole, "checkpoint"), (line) => `${line}\n${line}`),
      spoilt(whole, at(whole, "checkpoint"), (line) => line.replace("\\n401\\n", "\\n400\\n")),
      spoilt(
        whole,
        at(whole, "end"),
        member(() => ({ entries: 5_000 })),
      ),
      lines(whole).slice(0, -1).join("\n"),
      lines(whole).slice(0, 100).join("\n"),
      [...lines(whole).slice(0, 2), ...lines(whole).slice(-1)].join("\n"),
      gzipSync(whole),
      Buffer.concat([
        Buffer.from(whole).subarray(0, 5_000),
        Buffer.from([0xff, 0xfe]),
        Buffer.from(whole).subarray(5_000),
      ]),
      "hello",
      "",
    ];
    for (const [nth, file] of files.entries())
      for (const keys of nth < 2 ? [[key], [other], []] : [[key]]) {
        await verdict(file, keys);
        const plain = Buffer.isBuffer(file) && file[0] === 0x1f ? whole : file;
        expect(await reported(), `file ${String(nth)}`).toEqual(await command(plain, keys));
      }
  });

  it("reads one line of a gigabyte no further than its bound", async () => {
    const report = await page.evaluate<{ faults: { kind: string }[] }>(`(async () => {
      let sent = 0;
      const block = new Uint8Array(1 << 20).fill(120);
      const stream = () => new ReadableStream({ pull: (controller) => { sent += 1; if (sent > 1024) controller.close(); else controller.enqueue(block); } });
      const found = await checkEvidence({ slice: () => ({ arrayBuffer: async () => new ArrayBuffer(2) }), stream }, [], () => true, () => {});
      return { ...found, sent };
    })()`);
    expect(report.faults).toMatchObject([{ kind: "line-too-long" }]);
    expect((report as unknown as { sent: number }).sent).toBeLessThan(32);
  });

  it("says so where the browser knows no Ed25519, and checks the rest", async () => {
    await page.context().close();
    const none = `crypto.subtle.importKey = () => Promise.reject(new DOMException("no", "NotSupportedError"));`;
    page = await open("en", 1200, none);
    expect(await verdict(whole)).toContain("Signature not checked");
    const entry = at(whole, "entry", 20);
    const altered = spoilt(whole, entry, member(({ body }) => ({ body: (body as string).replace("answered", "answerex") }))); // prettier-ignore
    expect(await verdict(altered)).toContain("its text is not what was recorded");
  });

  it("can be read and used by everybody: no violation that axe finds, wide and narrow", async () => {
    const axe = readFileSync(require.resolve("axe-core"), "utf8");
    const run = (): Promise<string[]> =>
      page.evaluate<string[]>(`${axe}; axe.run().then((found) => found.violations.map(({ id }) => id))`);
    for (const width of [1200, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await page.reload();
      expect(await run()).toEqual([]);
      await verdict(whole);
      await page.click("#rows button");
      expect(await run()).toEqual([]);
      expect(await page.evaluate<boolean>(`document.documentElement.scrollWidth <= ${String(width)}`)).toBe(true);
      if (process.env["SCREENSHOTS"] !== undefined)
        await page.screenshot({ path: `${process.env["SCREENSHOTS"]}/evidence-${String(width)}.png`, fullPage: true });
    }
  });

  it("checks 100,000 entries, and stays alive meanwhile", async () => {
    const log = new MemoryLog();
    for (let i = 0; i < 100_000; i++) log.add();
    const text = await made(log);
    await page.evaluate("globalThis.ticks = 0; setInterval(() => { globalThis.ticks += 1; }, 50)");
    const began = Date.now();
    const said = await verdict(text);
    if (process.env["SCREENSHOTS"] !== undefined) console.log(`100,000 entries in ${String(Date.now() - began)} ms`);
    expect(said).toContain("100,001 accesses stand");
    expect(await page.evaluate<number>("globalThis.ticks")).toBeGreaterThan(10);
  });
});
