// What `gateway.yaml` says about a folder of files, and what it means for one of them.

export type FileFormat = "csv" | "geojson" | "jsonl" | "xlsx";

/** What one file is, where its ending and the folder's dialect do not say it. */
export interface FileSettings {
  readonly format?: FileFormat | undefined;
  /** `fr`: `;` between cells, decimal commas, days also written dd/mm/yyyy, booleans also vrai, faux, oui, non. */
  readonly dialect?: "plain" | "fr" | undefined;
  /** Of CSV: one character. */
  readonly delimiter?: string | undefined;
  /** Of CSV: whether numbers are written 12,5. */
  readonly decimalComma?: boolean | undefined;
  /** Of CSV: a file that begins with UTF-8's byte order mark is UTF-8 whatever stands here. */
  readonly encoding?: "utf-8" | "latin1" | undefined;
  /** Of XLSX: the sheet's name or its number from 1; the first unless set. */
  readonly sheet?: string | number | undefined;
}

export interface FilesSettings {
  readonly kind: "files";
  /** Absolute. */
  readonly townFolder: string;
  /** From the town folder, with `/`. Datasets' `from` names a file in it; nothing outside it is ever read. */
  readonly folder: string;
  readonly dialect?: "plain" | "fr" | undefined;
  /** By name, as datasets' `from` writes it. */
  readonly files?: Readonly<Record<string, FileSettings>> | undefined;
  /** Bytes of one file (for XLSX also unpacked); 20,000,000 unless set. */
  readonly maxBytes?: number | undefined;
  /** Rows of one file; 100,000 unless set. */
  readonly maxRows?: number | undefined;
  /** Milliseconds that a request waits for a file that is new or has changed; 5,000 unless set. */
  readonly timeoutMs?: number | undefined;
}

export interface FileLimits {
  readonly maxBytes: number;
  readonly maxRows: number;
}

/** How values are written. */
export interface Dialect {
  readonly french: boolean;
  readonly decimalComma: boolean;
}

export interface FileForm extends FileLimits {
  readonly format: FileFormat;
  readonly dialect: Dialect;
  readonly delimiter: string;
  readonly encoding: "utf-8" | "latin1";
  readonly sheet: string | number;
}

const endings: Readonly<Record<string, FileFormat>> = {
  csv: "csv",
  geojson: "geojson",
  jsonl: "jsonl",
  ndjson: "jsonl",
  xlsx: "xlsx",
};

/** Null where neither the settings nor the ending say what the file is. */
export function fileForm(from: string, settings: FilesSettings): FileForm | null {
  const { maxBytes = 20_000_000, maxRows = 100_000, files = {} } = settings;
  const own: FileSettings = Object.hasOwn(files, from) ? (files[from] ?? {}) : {};
  const ending = /\.([a-z]+)$/i.exec(from)?.[1]?.toLowerCase() ?? "";
  const format = own.format ?? (Object.hasOwn(endings, ending) ? endings[ending] : undefined);
  if (format === undefined) return null;
  const french = (own.dialect ?? settings.dialect) === "fr";
  return {
    format,
    dialect: { french, decimalComma: format === "csv" && (own.decimalComma ?? french) },
    delimiter: own.delimiter ?? (french ? ";" : ","),
    encoding: own.encoding ?? "utf-8",
    sheet: own.sheet ?? 1,
    maxBytes,
    maxRows,
  };
}
