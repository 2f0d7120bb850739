// Tables in files of a folder, French CSV. A file is read whole, whatever is asked: law 2 means there that the file of a
// dataset of which nothing may be read is not even looked at.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkedSource } from "../../../src/sources/index.js";
import { folderOnDisk, type Disk } from "../../../src/sources/files/disk.js";
import { somebody } from "../../sources/hostile-answers.js";
import { FileFolder, frenchCsv } from "../../sources/files-service.js";
import { tableShapes, type SqlType, type Tables } from "../town.js";
import type { ScalarType } from "../../../src/terms/index.js";
import { columnsOf, type TableService, type Touched } from "./served.js";

const scalars: Readonly<Record<SqlType, ScalarType>> = {
  int: "Int",
  text: "String",
  date: "Date",
  timestamptz: "DateTime",
  "double precision": "Float",
  boolean: "Boolean",
};

export interface FileTables extends TableService {
  /** What stands in each file becomes something else. */
  change(change: (text: string) => string | Uint8Array): void;
}

const lines = (text: string): string[] => text.trimEnd().split("\r\n");

/** What may become of an exported file. */
export const fileLies: Readonly<Record<string, (text: string) => string | Uint8Array>> = {
  "half of it": (text) => text.slice(0, Math.floor(text.length / 2)),
  nothing: () => "",
  "rows twice": (text) => [...lines(text), ...lines(text).slice(1)].join("\r\n"),
  "no header": (text) => lines(text).slice(1).join("\r\n"),
  "a column less": (text) => lines(text).map((line) => line.split(";").slice(1).join(";")).join("\r\n"), // prettier-ignore
  "other types": (text) => text.replaceAll(/;(\d[^;\r]*)/g, `;"${somebody}"`),
  "a page of HTML": () => `<html><title>${somebody}</title>`,
  "another encoding": (text) => Buffer.from(`${text.replaceAll("-", "é")}\xe9`, "latin1"),
};

const fileOf = (table: string): string => `${table}.csv`;

export function fileTables(tables: readonly string[], touched: Touched[]): FileTables {
  const folder = new FileFolder();
  const disk = folderOnDisk(folder.folder);
  const seen = (from: string): void =>
    void touched.push({ service: "files", table: from.replace(".csv", ""), columns: [] });
  const watched: Disk = {
    look: (from, signal) => (seen(from), disk.look(from, signal)),
    read: (from, most, signal) => (seen(from), disk.read(from, most, signal)),
  };
  return {
    name: "files",
    change: (change) => {
      for (const table of tables)
        folder.write(fileOf(table), change(readFileSync(join(folder.folder, fileOf(table)), "utf8")));
    },
    from: fileOf,
    open: () => checkedSource(folder.source({ dialect: "fr", disk: watched })),
    fill: (all: Tables) => {
      for (const table of tables) {
        const shape = tableShapes[table]?.columns ?? {};
        const columns = columnsOf(table).map((name) => ({ name, type: scalars[shape[name] ?? "text"] }));
        const rows = (all[table] ?? []).map((row) => columns.map(({ name }) => row[name] ?? null));
        folder.write(fileOf(table), frenchCsv.write(columns, rows));
      }
    },
    close: () => {
      folder.remove();
      return Promise.resolve();
    },
  };
}
