// The conformance fixture in real files. What a local disk cannot be made to do, hanging, is put between.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Disk, folderOnDisk } from "../../src/sources/files/disk.js";
import { type FilesSourceOptions, filesSource } from "../../src/sources/files/files-source.js";
import type { FileSettings } from "../../src/sources/files/index.js";
import type { Column } from "../../src/sources/index.js";
import type { Value } from "../../src/terms/index.js";
import type { ServiceUnderTest } from "./conformance.js";
import { asJson, byCodePoint, type Fixture } from "./reference.js";

/** A town folder with files in `data`, removed with it. */
export class FileFolder {
  readonly town = mkdtempSync(join(tmpdir(), "passerelle-files-"));
  readonly folder = join(this.town, "data");
  constructor() {
    mkdirSync(this.folder);
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.folder, name), content);
  }

  source(more: Partial<FilesSourceOptions> = {}) {
    return filesSource({ kind: "files", name: "files", townFolder: this.town, folder: "data", settleMs: 0, ...more });
  }

  remove(): void {
    rmSync(this.town, { recursive: true });
  }
}

/** How one format writes the fixture. */
export interface FixtureFormat {
  readonly settings: FileSettings;
  write(columns: readonly Column[], rows: readonly (readonly Value[])[]): string | Uint8Array;
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

const frenchCell = (value: Value, { type }: Column): string => {
  if (value === null) return "";
  if (type === "Float") return String(value).replace(".", ",");
  if (type === "Boolean") return value === true ? "vrai" : "faux";
  if (type === "Date") return String(value).split("-").toReversed().join("/");
  return type === "String" || type === "GeoJSON" ? quoted(String(value)) : String(value);
};

/** As a French spreadsheet writes it: byte order mark, semicolons, decimal commas, CR and LF. */
export const frenchCsv: FixtureFormat = {
  settings: { format: "csv", dialect: "fr" },
  write: (columns, rows) => {
    const lines = [
      columns.map(({ name }) => quoted(name)),
      ...rows.map((row) => columns.map((column, i) => frenchCell(row[i] ?? null, column))),
    ];
    return `\ufeff${lines.map((cells) => cells.join(";")).join("\r\n")}\r\n`;
  },
};

/** Nulls now written, now left out. */
export const jsonLines: FixtureFormat = {
  settings: { format: "jsonl" },
  write: (columns, rows) =>
    rows
      .map((row, r) => {
        const members = columns.map((column, i) => [column.name, asJson(column, row[i] ?? null)] as const);
        return JSON.stringify(Object.fromEntries(members.filter(([, value]) => value !== null || r % 2 === 0)));
      })
      .join("\n"),
};

export const geoJson: FixtureFormat = {
  settings: { format: "geojson" },
  write: (columns, rows) => {
    const features = rows.map((row) => ({
      type: "Feature",
      geometry: null,
      properties: Object.fromEntries(columns.map((column, i) => [column.name, asJson(column, row[i] ?? null)])),
    }));
    return JSON.stringify({ type: "FeatureCollection", features }, null, 1);
  },
};

/** Nothing is answered while the gate is shut. */
class Gate {
  private shut: Promise<void> | null = null;
  waiting = 0;

  close(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.shut = promise;
    return () => {
      this.shut = null;
      resolve();
    };
  }

  async pass(signal: AbortSignal): Promise<void> {
    this.waiting += 1;
    const ended = Promise.withResolvers<never>();
    const onAbort = () => ended.reject(new Error("ended"));
    signal.addEventListener("abort", onAbort);
    try {
      await Promise.race([this.shut, ended.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.waiting -= 1;
    }
  }

  before(disk: Disk): Disk {
    return {
      look: async (from, signal) => (await this.pass(signal), disk.look(from, signal)),
      read: async (from, most, signal) => (await this.pass(signal), disk.read(from, most, signal)),
    };
  }
}

export async function filesService(fixture: Fixture, { settings, write }: FixtureFormat): Promise<ServiceUnderTest> {
  const folders = [new FileFolder()];
  const [folder] = folders as [FileFolder];
  const gate = new Gate();
  const connect = (at: FileFolder, timeoutMs = 5_000) =>
    at.source({ files: { [fixture.from]: settings }, timeoutMs, disk: gate.before(folderOnDisk(at.folder)) });
  folder.write(fixture.from, write(fixture.columns, fixture.rows));
  const [source, hasty, patient] = [connect(folder), connect(folder, 300), connect(folder, 60_000)];
  return {
    source,
    hasty,
    patient,
    compareText: byCodePoint,
    readingOnly(asked) {
      const narrow = new FileFolder();
      folders.push(narrow);
      const places = asked.map(({ name }) => fixture.columns.findIndex((column) => column.name === name));
      narrow.write(fixture.from, write(asked, fixture.rows.map((row) => places.map((at) => row[at] ?? null)))); // prettier-ignore
      return Promise.resolve(connect(narrow));
    },
    stall() {
      const open = gate.close();
      return Promise.resolve(() => Promise.resolve(open()));
    },
    working: () => Promise.resolve(gate.waiting),
    gone: () => filesSource({ kind: "files", name: "gone", townFolder: "/nowhere", folder: "data", files: { [fixture.from]: settings } }), // prettier-ignore
    async stop() {
      await Promise.all([source.close(), hasty.close(), patient.close()]);
      for (const each of folders) each.remove();
    },
  };
}
