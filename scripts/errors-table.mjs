// Prints the catalogue of answer errors into README, between its markers. Needs `npm run build`.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const home = join(dirname(fileURLToPath(import.meta.url)), "..");

/** @param {Record<string, { status: number | null, acts: string, retry: boolean, sentence: string }>} errors */
export function errorsTable(errors) {
  const rows = Object.entries(errors).map(
    ([code, { status, acts, retry, sentence }]) =>
      `| \`${code}\` | ${status ?? "–"} | ${sentence} | ${acts} | ${retry ? "yes" : "no"} |`,
  );
  return ["| code | status | what it means | who acts | try again? |", "|---|---|---|---|---|", ...rows].join("\n");
}

/** @param {string} readme @param {string} table */
export const withTable = (readme, table) =>
  readme.replace(
    /(<!-- errors:.*?-->\n)[\s\S]*?(<!-- \/errors -->)/,
    (_, begin, end) => `${begin}\n${table}\n\n${end}`,
  );

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { answerErrors } = await import(pathToFileURL(join(home, "dist", "terms", "index.js")).href);
  const path = join(home, "README.md");
  writeFileSync(path, withTable(readFileSync(path, "utf8"), errorsTable(answerErrors)));
}
