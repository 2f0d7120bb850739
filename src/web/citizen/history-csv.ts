// The history as a file for a spreadsheet.
import { csvLine, csvStart } from "../../governance/index.js";
import { clock, textsIn } from "./texts.js";
import type { AccessView, Language } from "./view.js";

export function historyCsv(accesses: readonly AccessView[], language: Language, timeZone: string): string {
  const { historyPage } = textsIn(language);
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
  const rows = accesses.map(({ at, by, read, withheld }) => [
    day.format(new Date(at)),
    clock(at, language, timeZone),
    by?.title ?? historyPage.staff,
    by?.recipient ?? "",
    by?.purpose ?? "",
    read.join(" | "),
    withheld.join(" | "),
  ]);
  return csvStart + [historyPage.columns, ...rows].map((cells) => csvLine(cells, language)).join("");
}
