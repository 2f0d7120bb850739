import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadSettings } from "../../src/config.js";
import { formatFault } from "../../src/terms/index.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function load(source: string) {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-config-"));
  folders.push(folder);
  const tenant = `displayName: Rivemont\n    contact: donnees@rivemont.example\n    sources:\n      open: ${source}\n`;
  writeFileSync(join(folder, "gateway.yaml"), `tenants:\n  rivemont:\n    ${tenant}`);
  const { settings, faults } = loadSettings(folder, {});
  const [rivemont] = settings?.tenants.values() ?? [];
  return { folder, source: rivemont?.sources.get("open"), told: faults.map(formatFault) };
}

describe("a source of kind files", () => {
  test("lies in a folder of the town folder", () => {
    const { folder, source, told } = load(
      `{ kind: files, folder: data, dialect: fr, files: { "2026/lieux.txt": { format: csv, encoding: latin1 } } }`,
    );
    expect(told).toEqual([]);
    expect(source).toEqual({
      kind: "files",
      townFolder: folder,
      folder: "data",
      dialect: "fr",
      files: { "2026/lieux.txt": { format: "csv", encoding: "latin1" } },
      maxBytes: 20_000_000,
      maxRows: 100_000,
      timeoutMs: 5_000,
    });
  });

  test.each([
    ["{ kind: files, folder: ../elsewhere }", /folder": must be a path inside the town folder/],
    ["{ kind: files, folder: /etc }", /folder": must be a path inside the town folder/],
    ["{ kind: files }", /folder" is missing/],
    ["{ kind: files, folder: data, dialects: fr }", /unknown key "dialects" \(did you mean "dialect"\?\)/],
    [
      "{ kind: files, folder: data, files: { a.csv: { formt: csv } } }",
      /unknown key "formt" \(did you mean "format"\?\)/,
    ],
    ["{ kind: files, folder: data, files: { ../a.csv: {} } }", /"\.\.\/a\.csv": a file's name inside the folder/],
    ["{ kind: files, folder: data, files: { a/.b.csv: {} } }", /"a\/\.b\.csv": a file's name inside the folder/],
    ["{ kind: files, folder: data, files: { a.csv: { delimiter: '||' } } }", /must be one character/],
    ["{ kind: files, folder: data, files: { a.csv: { encoding: latin2 } } }", /must be one of utf-8, latin1/],
    ["{ kind: files, folder: data, files: { a.xlsx: { sheet: 0 } } }", /sheet/],
    ["{ kind: files, folder: data, maxBytes: 0 }", /maxBytes" must be at least 1/],
  ])("%s is refused", (source, sentence) => {
    expect(load(source).told).toEqual([expect.stringMatching(sentence)]);
  });
});
