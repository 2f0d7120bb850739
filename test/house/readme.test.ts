import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { errorsTable, withTable } from "../../scripts/errors-table.mjs";
import { answerErrors } from "../../src/terms/index.js";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");

it("README's table of errors is the catalogue's (npm run docs:errors)", () => {
  expect(readme).toContain("<!-- errors:");
  expect(withTable(readme, errorsTable(answerErrors))).toBe(readme);
});
