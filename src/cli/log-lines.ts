// The access log as a DPO reads it: one entry a line, two where the screen is narrow.
import type { EntryBody, StoredEntry } from "../accesslog/index.js";
import { localTime } from "./moments.js";
import { cut, firstFew, tableLines, widthOf, type Column } from "./table.js";

export interface LogLine {
  readonly text: string;
  /** The entry is not what its place in the log says it was. */
  readonly altered: boolean;
}

/** From here on, the fields have a place in the entry's own line. */
const oneLineFrom = 120;
const indent = "      ";

const columns: readonly Column[] = [
  { title: "no.", align: "right" },
  { title: "time" },
  { title: "application", max: 18 },
  { title: "purpose", max: 18 },
  { title: "outcome" },
  { title: "rows", align: "right" },
  { title: "people", align: "right" },
];

/** The header, then the entries in the order given. No line is wider than `width` columns. */
export function logLines(entries: readonly StoredEntry[], timeZone: string, width: number): LogLine[] {
  const narrow = width < oneLineFrom;
  const rows = entries.map(({ index, body }) => [
    String(index),
    localTime(body.at, timeZone).slice(0, narrow ? 16 : 19),
    body.application ?? "-",
    body.purpose ?? "-",
    body.outcome,
    // Of whom staff searched for, no row left.
    ...(body.staff === null
      ? [String(body.rows.reduce((sum, { rows }) => sum + rows, 0)), String(body.subjects)]
      : ["-", "-"]),
  ]);
  const fitting = narrow ? columns.map((column) => ({ ...column, ...(column.max && { max: 16 }) })) : columns;
  const [header = "", ...lines] = tableLines(fitting, rows);
  const longest = Math.max(widthOf(header), ...lines.map(widthOf));
  const left = narrow ? width - indent.length : width - longest - 2;
  const withFields = (line: string, fields: string): string =>
    narrow ? `${cut(line, width)}\n${indent}${fields}` : `${line.padEnd(longest)}  ${fields}`;
  return [
    { text: withFields(header, "fields"), altered: false },
    ...entries.map((entry, at) => ({
      text:
        withFields(lines[at] ?? "", firstFew(whatHappened(entry), left)) +
        (entry.intact ? "" : `\n${indent}ALTERED: this entry is not the one that was recorded here`),
      altered: !entry.intact,
    })),
  ];
}

/** What left, then what was refused; where neither is, why nothing was answered. */
function whatHappened({ body, personal }: StoredEntry): readonly string[] {
  if (body.staff !== null) return [`${personal?.staff ?? "(erased)"}: ${staffCommand(body.staff)}`];
  const read = [...body.fields]
    .sort(byRule)
    .map(({ coordinate, mask }) => (mask === "-" ? coordinate : `${coordinate} (${mask})`));
  const refused = [...new Set(body.refused.map(({ coordinate }) => `${coordinate} refused`))];
  const failed = body.sources.map(({ source, reason }) => `${source} ${reason}`);
  const all = [...read, ...refused, ...failed];
  if (all.length > 0) return all;
  return body.errors.length > 0 ? body.errors : ["-"];
}

/** `id` and counts, which no rule names, come last: they say the least. */
const byRule = (one: { readonly rule: string }, other: { readonly rule: string }): number =>
  Number(one.rule === "") - Number(other.rule === "");

export const staffCommand = ({ command, filters }: NonNullable<EntryBody["staff"]>): string =>
  [command, ...Object.entries(filters).map(([name, value]) => `${name}=${value}`)].join(" ");

/** Everything that the log holds of an entry, on one line. */
export const jsonLine = ({ index, leafHash, intact, body, personal }: StoredEntry): string =>
  JSON.stringify({ index, leafHash, intact, body, personal });
