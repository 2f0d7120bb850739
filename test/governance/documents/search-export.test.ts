// An export leaves the house. Law 13: nothing of it is cut in silence, and what breaks off never looks whole; law 4: it is
// of what was committed before its own entry; a text that an application or an agent chose runs in no spreadsheet.
import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { AccessLogUnavailable, signerKey, type StoredEntry } from "../../../src/accesslog/index.js";
import { checkpointText } from "../../../src/accesslog/merkle/checkpoint.js";
import { signNote } from "../../../src/accesslog/merkle/signed-note.js";
import { mostEntriesOnPaper } from "../../../src/governance/documents/search-export.js";
import {
  DocumentRefused,
  exportDocument,
  type DocumentRequest,
  type ExportedDocument,
} from "../../../src/governance/index.js";
import { tenant } from "../rivemont.js";
import { readPdf } from "./read-pdf.js";
import { entryAt, ownEntry, servicesOf, type Recorded } from "./recorded.js";

type SearchRequest = Extract<DocumentRequest, { kind: "search" }>;
type Format = SearchRequest["format"];

const request = (format: Format, changes: Partial<SearchRequest> = {}): SearchRequest => ({
  ...{ tenant, kind: "search", language: "fr", canonical: "app:cantine-plus", filter: { conditions: [] }, format },
  ...changes,
});

const many = (count: number): StoredEntry[] => Array.from({ length: count }, (_, index) => entryAt(index));

const made = async (asked: SearchRequest, recorded: Recorded): Promise<ExportedDocument> =>
  exportDocument(asked, await servicesOf(recorded), ownEntry);

const bytesOf = async (stream: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks);
};

const plain = (told: string): string => told.replaceAll(/[\u00a0\u202f]/g, " ");

describe("a search as CSV", () => {
  it("holds every entry, the newest first, and says at its end how many and under which head", async () => {
    const entries = many(250);
    const { fileName, contentType, stream } = await made(request("csv"), { entries, checkpoint: signed(251) });
    const lines = (await text(stream)).split("\r\n");
    expect({ fileName, contentType }).toEqual({
      fileName: "acces-rivemont-2026-11-23.csv",
      contentType: "text/csv; charset=utf-8",
    });
    expect(lines[0]).toMatch(/^N°;Jour;Heure;Résultat;Application;/);
    expect(lines.slice(1, 251).map((line) => Number(line.split(";")[0]))).toEqual(
      entries.map(({ index }) => index).toReversed(),
    );
    expect(lines[1]).toMatch(
      /^249;2026-11-01;09:04:09;répondu;cantine-plus;school-meals;cantine-plus\/school-meals;1;/,
    );
    expect(plain(lines[251] ?? "")).toMatch(
      /^"FIN : 250 accès, au complet. Point de contrôle signé du journal : example.org\/log, 251 inscriptions \(jusqu’au n° 250\), empreinte [A-Za-z0-9+/=]{44}\."$/,
    );
    expect(lines.slice(252)).toEqual([""]);
  });

  it("begins with the mark without which Excel misreads accents", async () => {
    const { stream } = await made(request("csv"), {});
    expect((await bytesOf(stream)).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  });

  it("leaves out what came after its own entry", async () => {
    const services = await servicesOf({ entries: many(10) });
    const { stream } = await exportDocument(request("csv"), services, { ...ownEntry, index: 4 });
    const lines = (await text(stream)).split("\r\n");
    expect(lines.slice(1, 5).map((line) => line.split(";")[0])).toEqual(["3", "2", "1", "0"]);
  });

  it("runs no formula, and parts no cell, whatever an agent has typed", async () => {
    const staff = { command: '=HYPERLINK("http://evil.example";"x")', filters: { note: 'a;b\r\n"c"' } };
    const hostile = entryAt(1, {
      outcome: "staff",
      agreement: null,
      staff,
      who: "@dpo",
      fields: [],
      key: "+1" as never,
    });
    const { stream } = await made(request("csv", { language: "en" }), { entries: [hostile] });
    const [, line = ""] = (await text(stream)).split(/\r\n(?=\d|END)/);
    expect(line).toContain("'@dpo");
    expect(line).toContain(`"'=HYPERLINK(""http://evil.example"";""x"") note=a;b\r\n""c"""`);
    expect(line).toContain(",'+1,");
  });

  it("says of an entry that it was altered, and of one with nothing that there is nothing", async () => {
    const { stream } = await made(request("csv"), { entries: [entryAt(1, { intact: false })] });
    expect(await text(stream)).toContain("NON, ALTÉRÉ");
    const empty = await made(request("csv"), {});
    expect(plain(await text(empty.stream))).toMatch(
      /Intact\r\n"FIN : 0 accès, au complet. Le journal n’a pas encore de point/,
    );
  });
});

describe("a search as JSON Lines", () => {
  it("holds whole entries, and a last line that says the end", async () => {
    const { stream, fileName } = await made(request("jsonl"), { entries: many(3), checkpoint: signed(9) });
    const lines = (await text(stream))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(fileName).toBe("acces-rivemont-2026-11-23.jsonl");
    expect(lines.map((line) => line["index"])).toEqual([2, 1, 0, undefined]);
    expect(lines[0]).toMatchObject({ intact: true, body: { v: 1, fields: [{ coordinate: "Resident.familyName" }] } });
    expect(lines[3]).toEqual({ end: { entries: 3, complete: true, checkpoint: signed(9) } });
  });
});

describe("a search as PDF", () => {
  it("is tagged, in its language, with bookmarks and page numbers; headings stand on each page and are read out once", async () => {
    const { stream } = await made(request("pdf"), { entries: many(90), checkpoint: signed(100) });
    const { pages, objects, tags } = readPdf(await bytesOf(stream));
    expect(pages.length).toBeGreaterThan(2);
    pages.forEach((page, at) => expect(page).toContain(`page ${at + 1}`));
    expect(pages.every((page) => page.includes("Champs transmis, puis refusés"))).toBe(true);
    const rows = pages.join(" ");
    for (const index of [0, 45, 89]) expect(rows).toContain(`${index} 2026-11-01 `);
    expect(pages[0]).toContain("Accès aux données partagées — Ville de Rivemont");
    expect(pages[0]).toContain("app:cantine-plus");
    expect(pages.at(-1)).toContain("FIN : 90 accès, au complet.");
    // 8 columns and 4 facts; each row of 90 has 8 cells.
    expect(tags).toMatchObject({ Document: 1, H1: 1, H2: 1, Table: 2, TH: 8 + 4, TD: 90 * 8 + 4, TR: 90 + 1 + 4 });
    for (const said of ["/Lang (fr)", "/Marked true", "/DisplayDocTitle true", "/Outlines", "/Scope /Column"])
      expect(objects).toContain(said);
    expect(objects).toMatch(/\/StructTreeRoot/);
  });

  it("tells a row that is longer than a page to its end", async () => {
    const fields = Array.from({ length: 700 }, (_, at) => `Resident.field${at}`);
    const { stream } = await made(request("pdf", { language: "en" }), { entries: [entryAt(5, { fields })] });
    const told = readPdf(await bytesOf(stream)).pages.join(" ");
    for (const at of [0, 350, 699]) expect(told).toContain(`field${at}${at === 699 ? "" : ","}`);
    expect(told).toContain("END: 1 access, complete.");
  });

  it("of more than anybody reads is refused before anything is read, with a way out", async () => {
    const entries = many(mostEntriesOnPaper + 1);
    const services = await servicesOf({ entries });
    await expect(exportDocument(request("pdf"), services, ownEntry)).rejects.toThrow(DocumentRefused);
    expect(services.pages()).toBe(0);
    const { stream } = await exportDocument(request("csv"), services, ownEntry);
    expect((await text(stream)).split("\r\n")).toHaveLength(entries.length + 3);
  });
});

describe("a database that fails midway", () => {
  const broken: Recorded = {
    entries: many(250),
    reading: (page) => {
      if (page === 3) throw new AccessLogUnavailable("The access log cannot be read (gone).");
    },
  };
  const said: Readonly<Record<Format, (bytes: Buffer) => string>> = {
    csv: (bytes) => plain(bytes.toString("utf8")),
    jsonl: (bytes) => bytes.toString("utf8"),
    pdf: (bytes) => readPdf(bytes).pages.join(" "),
  };

  it.each(["csv", "jsonl", "pdf"] as const)(
    "leaves a %s that ends in INCOMPLETE, on a connection that is broken",
    async (format) => {
      const { stream } = await made(request(format), broken);
      const { bytes, complete } = await overHttp(stream);
      const told = said[format](bytes);
      expect(told).toContain("INCOMPLETE");
      expect(told).not.toMatch(/FIN :|"complete":true/);
      expect(told).toMatch(/200 accès|after 200/);
      expect(complete).toBe(false);
    },
  );

  it("is whole over HTTP where it does not fail", async () => {
    const { stream } = await made(request("csv"), { entries: many(250) });
    const { bytes, complete } = await overHttp(stream);
    expect(complete).toBe(true);
    expect(bytes.toString("utf8")).not.toContain("INCOMPLETE");
  });
});

describe("a reader", () => {
  it.each(["csv", "pdf"] as const)(
    "of %s that is slow is waited for, and one that goes away stops the reading",
    async (format) => {
      const services = await servicesOf({ entries: many(2_500) });
      const { stream } = await exportDocument(request(format), services, ownEntry);
      stream.read();
      for (let turn = 0; turn < 200; turn++) await setImmediate();
      const read = services.pages();
      expect(read).toBeLessThan(4);
      stream.destroy();
      await once(stream, "close");
      for (let turn = 0; turn < 200; turn++) await setImmediate();
      expect(services.pages()).toBeLessThan(read + 2);
    },
  );
});

function signed(size: number): string {
  const key = signerKey("example.org/log", Buffer.alloc(32, 7));
  return signNote(checkpointText({ origin: key.name, size, root: Buffer.alloc(32, 1) }), [key]);
}

/** As a browser gets it: the bytes, and whether the answer came to its proper end. */
async function overHttp(stream: Readable): Promise<{ bytes: Buffer; complete: boolean }> {
  const server = createServer((_request, response) => {
    pipeline(stream, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const chunks: Buffer[] = [];
  try {
    const [answer] = (await once(get({ host: "127.0.0.1", port }), "response")) as [IncomingMessage];
    try {
      for await (const chunk of answer) chunks.push(Buffer.from(chunk as Buffer));
    } catch {
      // The connection was broken off.
    }
    return { bytes: Buffer.concat(chunks), complete: answer.complete };
  } finally {
    server.close();
  }
}
