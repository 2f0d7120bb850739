// A source of kind `files` in gateway.yaml.
import * as z from "zod";
import { keyed } from "./http-shapes.js";
import { count, inside } from "./shapes.js";

const dialect = z
  .enum(["plain", "fr"])
  .optional()
  .describe(
    "fr: cells are separated by semicolons, decimals written with a comma, days also dd/mm/yyyy, booleans also vrai, faux, oui, non. Default: plain.",
  );

const file = z.strictObject({
  format: z.enum(["csv", "geojson", "jsonl", "xlsx"]).optional().describe("Default: what the file's ending says."),
  dialect,
  delimiter: z
    .string()
    .regex(/^[^"\r\n]$/, { error: "must be one character" })
    .optional()
    .describe('CSV: what stands between two cells. Default: ",", in the dialect fr ";".'),
  decimalComma: z.boolean().optional().describe("CSV: numbers are written 12,5. Default: only in the dialect fr."),
  encoding: z
    .enum(["utf-8", "latin1"])
    .optional()
    .describe("CSV: how its letters are encoded; latin1 with the euro sign, as spreadsheets write it. Default: utf-8."),
  sheet: z
    .union([z.string().min(1), z.int().min(1)], { error: "must be a sheet's name or its number, from 1" })
    .optional()
    .describe("XLSX: the sheet's name, or its number from 1. Default: 1."),
});

export const filesKind = () =>
  z.strictObject({
    kind: z.literal("files").describe("What the service is."),
    folder: inside.describe("Where the files lie, inside the town folder; a dataset's `from` names one of them."),
    dialect,
    files: keyed(/^(?![./])(?!.*\/[./])[^\\\0]+(?<!\/)$/, 'a file\'s name inside the folder, with "/"', file)
      .optional()
      .describe("What a file is, where its ending and the dialect do not say it; by name."),
    maxBytes: count("Bytes of one file, unpacked.", 20_000_000, 200_000_000),
    maxRows: count("Rows of one file.", 100_000, 1_000_000),
    timeoutMs: count("Milliseconds that a request waits for a file that is new or has changed.", 5_000, 600_000),
  });
