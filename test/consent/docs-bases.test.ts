// The table of bases in docs/consent.md is the one that the code reads.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { basesTable } from "../../src/consent/index.js";

it("docs/consent.md shows the table of bases as it is (npx vitest run test/consent -u writes it)", async () => {
  const path = fileURLToPath(new URL("../../docs/consent.md", import.meta.url));
  const page = readFileSync(path, "utf8");
  const rows = Object.entries(basesTable).map(
    ([name, { article, rows, mayObject, citizenSees }]) =>
      `| \`${name}\` | ${article === null ? "-" : `art. ${article}`} | ${rows} | ${mayObject} | ${citizenSees} |`,
  );
  const head = "| basis | RGPD | rows that leave | what people can do | what they see on their page |";
  const table = [head, "| --- | --- | --- | --- | --- |", ...rows].join("\n");
  const marked = /(<!-- bases:[^>]*-->\n\n)[^]*?(\n\n<!-- \/bases -->)/;
  expect(page).toMatch(marked);
  const right = page.replace(marked, (_, before: string, after: string) => before + table + after);
  await expect(right).toMatchFileSnapshot(path);
});
