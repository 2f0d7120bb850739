// What files mean, and what is told of those that mean nothing: where, and never what stands there.
import { afterEach, describe, expect, it } from "vitest";
import { checkedSource, type Column, type Source, SourceFailure } from "../../src/sources/index.js";
import type { FileSettings } from "../../src/sources/files/index.js";
import type { FilesSourceOptions } from "../../src/sources/files/files-source.js";
import { formatFault, type ScalarType } from "../../src/terms/index.js";
import { FileFolder } from "./files-service.js";
import { archive, workbook, xlsxFile } from "./xlsx-file.js";

const open: FileFolder[] = [];
afterEach(() => {
  for (const folder of open.splice(0)) folder.remove();
});

const bounds = () => ({ signal: new AbortController().signal, maxRows: 10_000 });

function sourceOf(
  name: string,
  content: string | Uint8Array,
  settings: FileSettings = {},
  more: Partial<FilesSourceOptions> = {},
) {
  const folder = new FileFolder();
  open.push(folder);
  folder.write(name, content);
  return checkedSource(folder.source({ files: { [name]: settings }, ...more }));
}

/** `a:Int b:String` */
const columnsOf = (text: string): readonly Column[] =>
  text.split(" ").map((part) => {
    const at = part.lastIndexOf(":");
    return { name: part.slice(0, at), type: part.slice(at + 1) as ScalarType };
  });

const all = (source: Source, from: string, columns: string) => {
  const asked = columnsOf(columns);
  const match = asked.slice(0, 1);
  // By no key, in no order: the rows as they stand.
  const order = [{ column: match[0] as Column, direction: "asc" as const }];
  return source.page({ from, columns: asked, filter: null, order, after: null, limit: 100 }, bounds());
};

async function refused(source: Source, from: string, columns: string) {
  const outcome: unknown = await all(source, from, columns).then(
    () => "no failure",
    (error: unknown) => error,
  );
  if (!(outcome instanceof SourceFailure)) throw new Error(`expected a SourceFailure, got ${String(outcome)}`);
  return { failure: outcome, told: (source.problems?.() ?? []).map(formatFault) };
}

const latin1 = (text: string) => Buffer.from(text, "latin1");

describe("CSV", () => {
  it.each<[string, string | Uint8Array, FileSettings, string, unknown]>([
    ["plain", "n,t\n1,a\n2,\n3,\"\"\n", {}, "n:Int t:String", [[1, "a"], [2, null], [3, ""]]],
    ["without a line break at its end", "n\n1\n2", {}, "n:Int", [[1], [2]]],
    ["with line breaks in cells, quotes and delimiters", 'n,t\r\n1,"a\r\nb ""c"", d"\r\n', {}, "n:Int t:String", [[1, 'a\r\nb "c", d']]],
    ["with line breaks of three kinds", "n\r\n1\n2\r3\r\n", {}, "n:Int", [[1], [2], [3]]],
    ["with empty lines", "n,t\n\n1,a\n\n\n2,b\n\n", {}, "n:Int t:String", [[1, "a"], [2, "b"]]],
    ["with a delimiter at the end of every line", "n;t;\n1;a;\n", { delimiter: ";" }, "n:Int t:String", [[1, "a"]]],
    ["with only a header", "n,t\n", {}, "n:Int", []],
    ["French, as spreadsheets write it", "\ufeffn;prix;jour;ouvert\r\n1;-1 234,50;14/07/2026;Oui\r\n2;0,5;2026-07-14;faux\r\n", { dialect: "fr" }, "n:Int prix:Float jour:Date ouvert:Boolean",
      [[1, -1234.5, "2026-07-14", true], [2, 0.5, "2026-07-14", false]]],
    ["French, in Latin-1 with a euro sign", Buffer.concat([latin1("n;t\n1;\xc9l\xe8ve "), Buffer.from([0x80, 0x0a])]), { dialect: "fr", encoding: "latin1" }, "n:Int t:String", [[1, "Élève €"]]],
    ["with a byte order mark where Latin-1 was said", "\ufeffn,t\n1,é\n", { encoding: "latin1" }, "n:Int t:String", [[1, "é"]]],
    ["all cells quoted", '"n","x","d"\n"1","","2026-01-02"\n', {}, "n:Int x:Float d:Date", [[1, null, "2026-01-02"]]],
    ["moments, in UTC and cut to the millisecond", "n,m\n1,2026-11-22T10:00:00.1239+01:00\n", {}, "n:Int m:DateTime", [[1, "2026-11-22T09:00:00.123Z"]]],
    ["a column under another type", "n,code\n1,01234\n", {}, "n:Int code:String", [[1, "01234"]]],
  ])("is read: %s", async (_, content, settings, columns, rows) => {
    expect(await all(sourceOf("f.csv", content, settings), "f.csv", columns)).toEqual(rows);
  }); // prettier-ignore

  it("reads one column under two types", async () => {
    const source = sourceOf("f.csv", "n,code\n1,12\n2,7\n");
    expect(await all(source, "f.csv", "code:String n:Int")).toEqual([["12", 1], ["7", 2]]); // prettier-ignore
    expect(await all(source, "f.csv", "code:Int n:Int")).toEqual([[7, 2], [12, 1]]); // prettier-ignore
  });

  const fr = { dialect: "fr" } as const;
  it.each<[string, string | Uint8Array, FileSettings, string, readonly string[]]>([
    ["leading zeros of a number", "n,t\n1,a\n07,secret\n", {}, "n:Int", ["3:1"]],
    ["several of them", "n,t\nsecret,a\n1,b\nsecret,c\n", {}, "n:Int", ["2:1", "4:1"]],
    ["a number beyond 32 bits", "t,n\nsecret,2147483648\n", {}, "n:Int", ["2:8"]],
    ["a point where commas are said", "t;n\n\"secret;\"\"\n\";1.5\n", fr, "n:Float", ["3:3"]],
    ["a comma where points are said", 't,n\nsecret,"1,5"\n', {}, "n:Float", ["2:8"]],
    ["numbers that are none", "n\nNaN\nInfinity\n0x10\n1e999\n +1\n", {}, "n:Float", ["2:1", "3:1", "4:1", "5:1", "6:1"]],
    ["a day that is none", "t;d\nà;31/02/2026\n;14/7/2026\n", fr, "d:Date", ["2:3", "3:2"]],
    ["a French day in another dialect", "d\n14/07/2026\n", {}, "d:Date", ["2:1"]],
    ["a moment without its offset", "d\n2026-07-14T10:00:00\n", {}, "d:DateTime", ["2:1"]],
    ["a truth of another language", "n,o\n1,oui\n", {}, "o:Boolean", ["2:3"]],
    ["a cell too many", "n,t\n1,a\n2,b,secret\n\n3\n", {}, "n:Int", ["3:1", "5:1"]],
    ["a column that is not there", "n,t\n1,secret\n", {}, "n:Int x:Int", ["1:1"]],
    ["a column that is there twice", "n,t,n\n1,secret,2\n", {}, "n:Int", ["1:5"]],
    ["a quote in a cell", 'n,t\n1,a\n2,sec"ret"\n', {}, "n:Int", ["3:3"]],
    ["a letter behind a quote", 'n,t\n1,a\n2,"sec"ret\n', {}, "n:Int", ["3:3"]],
    ["a quote never closed", 'n,t\n1,a\n2,"secret\n3,b\n', {}, "n:Int", ["3:3"]],
    ["nothing at all", "", {}, "n:Int", ["1:1"]],
    ["Latin-1 where UTF-8 is said", latin1("n,t\n1,a\n2,secr\xe8t\n"), {}, "n:Int", ["3:7"]],
    ["UTF-16", Buffer.from("\ufeffn,t\n1,secret\n", "utf16le"), {}, "n:Int", ["1:1"]],
    ["a NUL", "n,t\n1,secret\0\n", {}, "n:Int", ["2:9"]],
  ])("is refused at its place: %s", async (_, content, settings, columns, places) => {
    const { failure, told } = await refused(sourceOf("f.csv", content, settings), "f.csv", columns);
    expect(failure.reason).toBe("unavailable");
    expect(told.map((line) => /^data\/f\.csv:(\d+:\d+) fault: /.exec(line)?.[1])).toEqual(places);
    expect(`${failure.message}${failure.stack ?? ""}${told.join()}`).not.toContain("secr");
  }); // prettier-ignore

  it("is told as the first faults only", async () => {
    const { told } = await refused(sourceOf("f.csv", `n\n${"x\n".repeat(1_000)}`), "f.csv", "n:Int");
    expect(told).toHaveLength(20);
  });
});

describe("JSON Lines", () => {
  it("has the members of objects in objects as columns", async () => {
    const source = sourceOf(
      "f.jsonl",
      '\ufeff{"n":1,"adresse":{"ville":"Rivemont"}}\r\n\r\n{"n":2,"adresse.ville":null,"l":[1]}\n{"n":3}',
    );
    expect(await all(source, "f.jsonl", "n:Int adresse.ville:String")).toEqual([[1, "Rivemont"], [2, null], [3, null]]); // prettier-ignore
    expect(await source.describe("f.jsonl", bounds())).toEqual(
      new Map([
        ["n", "number"],
        ["adresse.ville", "text"],
        ["l", "list"],
      ]),
    );
  });

  it.each<[string, string, string, readonly string[]]>([
    ["a text for a number", '{"n":1}\n{"t":"secret","n":"07"}\n', "n:Int", ["2:19"]],
    ["a number for a text", '{"t":1}', "t:String", ["1:6"]],
    ["a fraction", '{"n": 1.5 }', "n:Int", ["1:7"]],
    ["a number that JSON cannot hold", '{"n":9007199254740993}', "n:SafeInt", ["1:6"]],
    ["a member of a member", '{"a":{"b":1}}\n{"a":{"x":"secret","b":true}}', "a.b:Int", ["2:24"]],
    ["a list", '{"n":[1]}', "n:Int", ["1:6"]],
    ["half a surrogate", '{"n":"\\ud800"}', "n:String", ["1:6"]],
    ["a NUL", '{"n":"a\\u0000"}', "n:String", ["1:6"]],
    ["a line that is no object", '{"n":1}\n["secret"]', "n:Int", ["2:1"]],
    ["half a line", '{"n":1}\n{"n":2,"t":"secr', "n:Int", ["2:17"]],
    ["a comma too many", '{"n":1,}', "n:Int", ["1:8"]],
    ["no comma", '{"n":1 "t":2}', "n:Int", ["1:8"]],
    ["a bare word", '{"n":secret}', "n:Int", ["1:6"]],
    ["two objects in a line", '{"n":1}{"n":2}', "n:Int", ["1:8"]],
    ["one column by two ways", '{"a.b":1,"a":{"b":2}}', "a.b:Int", ["1:1"]],
  ])("is refused at its place: %s", async (_, content, columns, places) => {
    const { failure, told } = await refused(sourceOf("f.jsonl", content), "f.jsonl", columns);
    expect(told.map((line) => /^data\/f\.jsonl:(\d+:\d+) fault: /.exec(line)?.[1])).toEqual(places);
    expect(`${failure.message}${failure.stack ?? ""}${told.join()}`).not.toContain("secr");
  });

  it("does not fall over deep nesting", async () => {
    const deep = `{"n":1,"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}\n{"n":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}\n`;
    const { told } = await refused(sourceOf("f.jsonl", deep), "f.jsonl", "n:Int a:Int");
    expect(told.length).toBeGreaterThan(0);
  });
});

describe("GeoJSON", () => {
  const collection = (features: readonly string[]) =>
    `{\n "type": "FeatureCollection",\n "features": [\n${features.join(",\n")}\n ]\n}\n`;
  const point = (coordinates: string, properties = '{"n": 1}') =>
    `  {"type": "Feature", "id": 7, "geometry": {"type": "Point", "coordinates": ${coordinates}}, "properties": ${properties}}`;

  it("has properties, ids, and the longitude and latitude of points", async () => {
    const line =
      '  {"type":"Feature","geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{"n":2}}';
    const none = '  {"type":"Feature","geometry":null,"properties":null,"id":"x"}';
    const source = sourceOf("f.geojson", collection([point("[2.35, 48.85, 35]"), line]));
    expect(await all(source, "f.geojson", "n:Int geometry.type:String geometry.lon:Float geometry.lat:Float @id:Int")).toEqual([
      [1, "Point", 2.35, 48.85, 7],
      [2, "LineString", null, null, null],
    ]); // prettier-ignore
    expect(await all(sourceOf("g.geojson", collection([none])), "g.geojson", "@id:String")).toEqual([["x"]]);
    expect(await all(sourceOf("h.geojson", collection([])), "h.geojson", "n:Int").catch(() => "no column")).toBe(
      "no column",
    );
  });

  it.each<[string, string, string, readonly string[]]>([
    ["a text for a number", collection([point("[1,2]"), point("[1,2]", '{"t": "secret", "n": "07"}')]), "n:Int", ["5:120"]],
    ["a point nowhere on earth (projected)", collection([point("[652469.02, 6862035.26]")]), "n:Int", ["4:3"]],
    ["a point beyond the edge of the map", collection([point("[200, 48]")]), "n:Int", ["4:3"]],
    ["a point beyond the pole", collection([point("[48, 91]")]), "n:Int", ["4:3"]],
    ["a point without latitude", collection([point("[1,2]"), point("[1]")]), "n:Int", ["5:3"]],
    ["no collection", '{"type":"Point","coordinates":[1,2]}', "n:Int", ["1:1"]],
    ["no feature", collection(['  "secret"']), "n:Int", ["4:3"]],
    ["half a file", collection([point("[1,2]")]).slice(0, -5), "n:Int", ["5:1"]],
  ])("is refused at its place: %s", async (_, content, columns, places) => {
    const { failure, told } = await refused(sourceOf("f.geojson", content), "f.geojson", columns);
    expect(told.map((line) => /^data\/f\.geojson:(\d+:\d+) fault: /.exec(line)?.[1])).toEqual(places);
    expect(`${failure.message}${told.join()}`).not.toContain("secr");
  }); // prettier-ignore
});

describe("XLSX", () => {
  const rows = [
    ["n", "t", "jour", "ouvert", "prix"],
    [1, "Élève <&>", { day: 46217 }, true, 12.5],
    [],
    [2, " b ", null, false, -3],
  ];
  const asked = "n:Int t:String jour:Date ouvert:Boolean prix:Float";

  it("has texts, numbers, truths and days, of the sheet named", async () => {
    const expected = [[1, "Élève <&>", "2026-07-14", true, 12.5], [2, " b ", null, false, -3]]; // prettier-ignore
    const file = xlsxFile({ Notes: [["x"], ["secret"]], Lieux: rows });
    expect(await all(sourceOf("f.xlsx", file, { sheet: "Lieux" }), "f.xlsx", asked)).toEqual(expected);
    expect(await all(sourceOf("f.xlsx", file, { sheet: 2 }), "f.xlsx", asked)).toEqual(expected);
    expect(await all(sourceOf("f.xlsx", file), "f.xlsx", "x:String")).toEqual([["secret"]]);
  });

  it.each<[string, Uint8Array, FileSettings, string, readonly string[]]>([
    ["a text for a number", xlsxFile({ A: [["n", "t"], [1, "a"], [], ["secret", "b"]] }), {}, "n:Int", ["4:1"]],
    ["a number for a text", xlsxFile({ A: [["n", "t"], [1, 7]] }), {}, "t:String", ["2:2"]],
    ["a moment of a day for a day", xlsxFile({ A: [["d"], [{ day: 46217.5 }]] }), {}, "d:Date", ["2:1"]],
    ["a day for a moment", xlsxFile({ A: [["d"], [{ day: 46217 }]] }), {}, "d:DateTime", ["2:1"]],
    ["a formula that failed", xlsxFile({ A: [["n"], [1], [{ error: "#DIV/0!" }]] }), {}, "n:Int", ["3:1"]],
    ["a column that is there twice", xlsxFile({ A: [["n", "n"], [1, 2]] }), {}, "n:Int", ["1:2"]],
    ["a header of numbers", xlsxFile({ A: [[1, 2], [1, 2]] }), {}, "n:Int", ["1:1"]],
    ["an empty sheet", xlsxFile({ A: [] }), {}, "n:Int", ["1:1"]],
    ["another sheet", xlsxFile({ A: rows }), { sheet: "secret" }, "n:Int", ["1:1"]],
    ["another sheet by number", xlsxFile({ A: rows }), { sheet: 3 }, "n:Int", ["1:1"]],
    ["half a file", xlsxFile({ A: rows }).subarray(0, 900), {}, "n:Int", ["1:1"]],
    ["no archive", Buffer.from("n;t\n1;secret\n"), {}, "n:Int", ["1:1"]],
    ["an archive of something else", archive([{ name: "a.txt", content: "secret" }]), {}, "n:Int", ["1:1"]],
  ])("is refused at its place: %s", async (_, content, settings, columns, places) => {
    const { failure, told } = await refused(sourceOf("f.xlsx", content, settings), "f.xlsx", columns);
    expect(told.map((line) => /^data\/f\.xlsx:(\d+:\d+) fault: /.exec(line)?.[1])).toEqual(places);
    expect(`${failure.message}${failure.stack ?? ""}${told.join()}`).not.toContain("secr");
  }); // prettier-ignore
});

describe("a file that is too much", () => {
  const sheet = (cells: string) => `<worksheet><sheetData>${cells}</sheetData></worksheet>`;
  const limits = { maxBytes: 100_000, maxRows: 1_000 };
  it.each<[string, string, Uint8Array | string]>([
    ["bytes", "f.csv", `n\n${"1\n".repeat(60_000)}`],
    ["rows", "f.csv", `n\n${"1\n".repeat(1_001)}`],
    ["columns", "f.csv", `n${",".repeat(1_000)}\n`],
    ["rows of JSON", "f.jsonl", '{"n":1}\n'.repeat(1_001)],
    ["columns of JSON", "f.jsonl", `${Array.from({ length: 1_001 }, (_, i) => `{"c${i}":1}`).join("\n")}`],
    ["an archive that unpacks to much more", "f.xlsx", archive([...workbook({ A: [["n"], [1]] }), { name: "xl/x.xml", content: Buffer.alloc(5_000_000) }])],
    ["the same, lying about it", "f.xlsx", archive([...workbook({ A: [["n"], [1]] }), { name: "xl/x.xml", content: Buffer.alloc(5_000_000), says: 10 }])],
    ["a row far below", "f.xlsx", xlsxFile({ A: sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>') })],
    ["a cell far below in a row without number", "f.xlsx", xlsxFile({ A: sheet('<row><c s="0"r = \'A1048576\'><v>1</v></c></row>') })],
    ["a cell far to the right", "f.xlsx", xlsxFile({ A: sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>') })],
  ])("is refused: %s", async (_, name, content) => {
    const { failure, told } = await refused(sourceOf(name, content, {}, limits), name, "n:Int");
    expect(failure.reason).toBe("too-large");
    expect(told).toHaveLength(1);
  }); // prettier-ignore

  it("is read up to the bound", async () => {
    const source = sourceOf("f.csv", `n\n${"1\n".repeat(1_000)}`, {}, limits);
    expect(await source.count({ from: "f.csv", filter: null }, bounds())).toBe(1_000);
  });

  it("has no part of its archive read that the directory does not name", async () => {
    const parts = workbook({ A: [["n"], [1]] });
    const hidden = archive([{ name: "xl/worksheets/sheet1.xml", content: sheet("") }, ...parts]);
    const end = hidden.length - 22;
    const start = hidden.readUInt32LE(end + 16);
    hidden.writeUInt32LE(start + 46 + hidden.readUInt16LE(start + 28), end + 16);
    hidden.writeUInt16LE(parts.length, end + 10);
    expect(await all(sourceOf("f.xlsx", hidden), "f.xlsx", "n:Int")).toEqual([[1]]);
  });
});
