// Law 11: a structure that is learnt from a sample holds names and types, never what stands in a row. And laws 13, 14: what
// a service says of itself is untrusted.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SourceSettings, structureOf } from "../../src/sources/index.js";
import { httpStand, type HttpStand } from "./http-stand.js";

const bounds = { signal: new AbortController().signal, maxRows: 1_000 };
const read = (settings: SourceSettings, document?: unknown) => structureOf("one", settings, bounds, { document });

let stand: HttpStand;
let answer: (url: URL) => unknown;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "passerelle-values-"));
  stand = await httpStand((request, response) => {
    const body = answer(new URL(request.url ?? "/", "http://stand.invalid"));
    const headers = {
      "content-type": "application/json",
      "ngsild-results-count": Array.isArray(body) ? body.length : 0,
    };
    response.writeHead(body === undefined ? 404 : 200, headers).end(JSON.stringify(body ?? {}));
  });
});
afterAll(async () => {
  await stand.close();
  rmSync(folder, { recursive: true });
});

/** Long enough to occur nowhere by chance. */
const digits = fc.stringMatching(/^[1-9]\d{9}$/);
const secretText = fc.oneof(
  digits.map((text) => `zq${text}`),
  digits.map((text) => `${text}@people.example`),
);
const cell = fc.oneof(
  secretText,
  digits.map(Number),
  fc.constant(null),
  fc.array(secretText, { minLength: 1, maxLength: 2 }),
);
/** Some objects are tables, whose keys are data. */
const table = fc.dictionary(
  digits.map((text) => `${text}@people.example`),
  fc.integer(),
  { minKeys: 1, maxKeys: 3 },
);
const row = fc.record({ name: cell, count: cell, inner: fc.record({ deep: cell }), byPerson: table });
const rows = fc.array(row, { minLength: 1, maxLength: 4 });

/** Every text, number and key of data. */
function valuesOf(json: unknown): readonly string[] {
  if (typeof json === "string" || typeof json === "number") return [String(json)];
  if (typeof json !== "object" || json === null) return [];
  const keys = Array.isArray(json) ? [] : Object.keys(json).filter((key) => key.includes("@"));
  return [...keys, ...Object.values(json as Record<string, unknown>).flatMap(valuesOf)].filter(
    (text) => text.length > 5,
  );
}

async function holdsNone(settings: SourceSettings, data: unknown): Promise<void> {
  const structure = JSON.stringify(await read(settings));
  for (const value of valuesOf(data)) expect(structure).not.toContain(value);
  // Something was learnt: else the property would hold of nothing.
  expect(structure).toContain("name");
}

describe("no cell's text occurs in a structure", () => {
  test("rest", () =>
    fc.assert(
      fc.asyncProperty(rows, async (data) => {
        answer = () => data;
        await holdsNone({ kind: "rest", url: stand.origin, lists: { "/people": {} } }, data);
      }),
      { numRuns: 30 },
    ));

  test("ngsi-ld", () =>
    fc.assert(
      fc.asyncProperty(rows, async (data) => {
        const entities = data.map((one, i) => ({
          id: `urn:ngsi-ld:Person:zq00000${String(i)}`,
          type: "Person",
          ...Object.fromEntries(Object.entries(one).map(([name, value]) => [name, { type: "Property", value }])),
        }));
        answer = ({ pathname, searchParams }) => {
          if (pathname.endsWith("/types")) return [{ id: "Person", type: "EntityType", typeName: "Person" }];
          return pathname.endsWith("/entities") ? (searchParams.get("limit") === "0" ? [] : entities) : undefined;
        };
        await holdsNone({ kind: "ngsi-ld", url: stand.origin }, data);
      }),
      { numRuns: 30 },
    ));

  test("files, with a header and without", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(secretText, digits), { minLength: 1, maxLength: 4 }), async (data) => {
        const lines = data.map((cells) => cells.join(","));
        writeFileSync(join(folder, "headed.csv"), ["name,number", ...lines].join("\n"));
        writeFileSync(join(folder, "bare.csv"), lines.join("\n"));
        await holdsNone({ kind: "files", townFolder: folder, folder: "." }, data);
      }),
      { numRuns: 30 },
    ));
});

describe("a hostile description", () => {
  const openApi = (schemas: unknown, row: unknown) => ({
    openapi: "3.0.3",
    paths: {
      "/things": {
        get: { responses: { 200: { content: { "application/json": { schema: { type: "array", items: row } } } } } },
      },
    },
    components: { schemas },
  });
  const rest = { kind: "rest", url: "https://things.example", lists: {} } as const;
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

  test("schemas that hold themselves end", async () => {
    const node = { type: "object", properties: { id: { type: "integer" }, parent: ref("Node") } };
    const { tables } = await read(rest, openApi({ Node: node }, ref("Node")));
    expect(tables[0]?.columns.map(({ name }) => name)).toEqual(["id", "parent"]);
    const parts = Array.from({ length: 20 }, () => ref("Bomb"));
    await expect(read(rest, openApi({ Bomb: { allOf: parts } }, ref("Bomb")))).rejects.toThrow(/without an end/);
  });

  test("references out of the document are not followed", async () => {
    const row = {
      type: "object",
      properties: { id: { type: "string" }, other: { $ref: "https://elsewhere.example/a" } },
    };
    const { tables, notes } = await read(rest, openApi({}, row));
    expect(tables[0]?.columns.map(({ name, scalar }) => [name, scalar])).toEqual([
      ["id", "String"],
      ["other", null],
    ]);
    expect(notes).toEqual([expect.stringContaining("are not followed")]);
  });

  test("names and texts with characters that act on a terminal do not come through; long ones are cut", async () => {
    const properties = { ok: { type: "string", description: `\u001b[2Jred${"x".repeat(5_000)}` }, "\u001b[31mbad": {} };
    const { tables, notes } = await read(rest, openApi({}, { type: "object", properties }));
    expect(tables[0]?.columns.map(({ name }) => name)).toEqual(["ok"]);
    expect(tables[0]?.columns[0]?.description).toHaveLength(1_000);
    expect(JSON.stringify([tables, notes])).not.toContain("u001b");
  });

  test.each([
    ["another format", "swagger: '2.0'", /OpenAPI 2/],
    ["no document", "{ not json", /neither JSON nor YAML/],
    [
      "aliases that multiply",
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`,
      /neither JSON nor YAML/,
    ],
  ])("%s is refused in our words", async (_, document, words) => {
    await expect(read(rest, document)).rejects.toThrow(words);
  });
});
