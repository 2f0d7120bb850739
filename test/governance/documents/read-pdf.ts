// What a PDF says and how it is tagged, read from its bytes: enough for files that we make, and no library of ours.
import { inflateSync } from "node:zlib";

export interface ReadPdf {
  /** Page by page, runs of text parted by spaces as they stand in the page. */
  readonly pages: readonly string[];
  /** Everything that is no stream: dictionaries, the structure tree among them. */
  readonly objects: string;
  /** How many elements of each kind the structure tree has: `TR`, `TH`. */
  readonly tags: Readonly<Record<string, number>>;
}

interface PdfObject {
  readonly dictionary: string;
  readonly stream: Buffer | null;
}

export function readPdf(file: Buffer): ReadPdf {
  const objects = readObjects(file);
  const all = [...objects.values()];
  const fonts = new Map<string, ReadonlyMap<number, string>>();
  for (const [id, { dictionary }] of objects) {
    const map = objects.get(/\/ToUnicode (\d+) 0 R/.exec(dictionary)?.[1] ?? "");
    if (map?.stream != null) fonts.set(id, toUnicode(map.stream.toString("latin1")));
  }
  const pages = all
    .filter(({ dictionary }) => /\/Type \/Page\b(?!s)/.test(dictionary))
    .map(({ dictionary }) => {
      const resources = objects.get(/\/Resources (\d+) 0 R/.exec(dictionary)?.[1] ?? "")?.dictionary ?? dictionary;
      const content = objects.get(/\/Contents (\d+) 0 R/.exec(dictionary)?.[1] ?? "")?.stream?.toString("latin1") ?? "";
      const named = new Map([...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = "", id = ""]) => [name, id]));
      return textOf(content, (name) => fonts.get(named.get(name) ?? "") ?? new Map());
    });
  const tags: Record<string, number> = {};
  for (const { dictionary } of all)
    for (const [, tag = ""] of dictionary.matchAll(/^\/S \/(\w+)$/gm)) tags[tag] = (tags[tag] ?? 0) + 1;
  return { pages, objects: all.map(({ dictionary }) => dictionary).join("\n"), tags };
}

function readObjects(file: Buffer): Map<string, PdfObject> {
  const text = file.toString("latin1");
  const found = new Map<string, PdfObject>();
  for (const match of text.matchAll(/(?:^|\n)(\d+) 0 obj\n/g)) {
    const start = match.index + match[0].length;
    const end = text.indexOf("\nendobj", start);
    const body = text.slice(start, end);
    const at = body.indexOf("\nstream\n");
    const dictionary = at < 0 ? body : body.slice(0, at);
    const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1] ?? 0);
    const bytes = at < 0 ? null : file.subarray(start + at + 8, start + at + 8 + length);
    const stream = bytes !== null && dictionary.includes("/FlateDecode") ? inflateSync(bytes) : bytes;
    found.set(match[1] ?? "", { dictionary, stream });
  }
  return found;
}

function toUnicode(cmap: string): ReadonlyMap<number, string> {
  const map = new Map<number, string>();
  const chars = (hex: string): string => Buffer.from(hex.replaceAll(" ", ""), "hex").swap16().toString("utf16le");
  for (const [, from = "", list = ""] of cmap.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi))
    [...list.matchAll(/<([0-9a-f ]+)>/gi)].forEach(([, hex = ""], at) => map.set(parseInt(from, 16) + at, chars(hex)));
  return map;
}

/** Each `TJ` is a run; runs of one line of a paragraph follow each other. */
function textOf(content: string, font: (name: string) => ReadonlyMap<number, string>): string {
  let current: ReadonlyMap<number, string> = new Map();
  const runs: string[] = [];
  for (const [, name, array] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[((?:<[0-9a-f]*>|[\s\d.-])*)\] TJ/gi)) {
    if (name !== undefined) current = font(name);
    else
      runs.push(
        [...(array ?? "").matchAll(/<([0-9a-f]*)>/gi)]
          .map(([, hex = ""]) =>
            (hex.match(/.{4}/g) ?? []).map((code) => current.get(parseInt(code, 16)) ?? "\ufffd").join(""),
          )
          .join(""),
      );
  }
  return runs
    .join(" ")
    .replaceAll(/[\u00a0\u202f]/g, " ")
    .replaceAll(/ +/g, " ");
}
