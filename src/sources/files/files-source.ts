// The connector for files that a service exports into a folder: read whole, kept in memory, asked there.
import { join } from "node:path";
import type { FileFault, Row } from "../../terms/index.js";
import { abilitiesAtHand, checkAskable } from "../at-hand-source.js";
import {
  type ByKeysRequest,
  type CountRequest,
  type FetchBounds,
  type PageRequest,
  type Source,
  SourceFailure,
} from "../source.js";
import { type Disk, folderOnDisk, isFileName, oneAtATime } from "./disk.js";
import { KeptFile } from "./kept-file.js";
import { fileForm, type FilesSettings } from "./settings.js";
import type { Fault } from "./table.js";

export interface FilesSourceOptions extends FilesSettings {
  readonly name: string;
  /** Told what is wrong with a file whenever that is something else; nothing: all is well again. */
  readonly report?: ((file: string, faults: readonly FileFault[]) => void) | undefined;
  /** Milliseconds for which a file must have been left alone before it is taken; 300 unless set. */
  readonly settleMs?: number | undefined;
  readonly disk?: Disk | undefined;
}

/** Nothing is read before it is asked for. To be used through `checkedSource`. */
export function filesSource(options: FilesSourceOptions): Source {
  return new FilesSource(options);
}

class FilesSource implements Source {
  readonly kind = "files";
  readonly name: string;
  readonly abilities = { ...abilitiesAtHand, valuesIn: 1_000_000 };
  private readonly disk: Disk;
  private readonly files = new Map<string, KeptFile>();
  private readonly faults = new Map<string, readonly FileFault[]>();

  constructor(private readonly options: FilesSourceOptions) {
    this.name = options.name;
    this.disk = oneAtATime(options.disk ?? folderOnDisk(join(options.townFolder, options.folder)));
  }

  async page(request: PageRequest, bounds: FetchBounds): Promise<readonly Row[]> {
    checkAskable(this.name, request.filter);
    const limit = Math.min(request.limit, bounds.maxRows + 1);
    const file = this.file(request.from);
    return this.bounded(await file.use(bounds.signal, (content) => content.page({ ...request, limit })), bounds);
  }

  async byKeys(request: ByKeysRequest, bounds: FetchBounds): Promise<readonly Row[]> {
    checkAskable(this.name, request.filter);
    const file = this.file(request.from);
    return this.bounded(await file.use(bounds.signal, (content) => content.byKeys(request)), bounds);
  }

  async count(request: CountRequest, bounds: FetchBounds): Promise<number> {
    checkAskable(this.name, request.filter);
    return this.file(request.from).use(bounds.signal, (content) => content.count(request));
  }

  async describe(from: string, bounds: FetchBounds): Promise<ReadonlyMap<string, string> | null> {
    if (!isFileName(from) || fileForm(from, this.options) === null) return null;
    const file = this.file(from);
    try {
      return await file.use(bounds.signal, (content) => content.describe());
    } catch (error) {
      if (file.absence === "no-file") return null;
      throw error;
    }
  }

  problems(): readonly FileFault[] {
    return [...this.faults.values()].flat();
  }

  close(): Promise<void> {
    for (const file of this.files.values()) file.close();
    this.files.clear();
    return Promise.resolve();
  }

  /** @throws SourceFailure */
  private file(from: string): KeptFile {
    const known = this.files.get(from);
    if (known !== undefined) return known;
    const form = fileForm(from, this.options);
    if (!isFileName(from)) throw new SourceFailure(this.name, "unavailable", "not a file's name");
    if (form === null) throw new SourceFailure(this.name, "unavailable", `${from}: unknown-format`);
    const { timeoutMs = 5_000, settleMs = 300 } = this.options;
    const onFaults = (faults: readonly Fault[]) => this.tell(from, faults);
    const file = new KeptFile({ source: this.name, from, form, disk: this.disk, timeoutMs, settleMs, onFaults });
    this.files.set(from, file);
    return file;
  }

  private tell(from: string, faults: readonly Fault[]): void {
    const file = `${this.options.folder}/${from}`;
    const told = faults.map((fault): FileFault => ({ severity: "fault", file, ...fault }));
    this.faults.set(from, told);
    this.options.report?.(file, told);
  }

  private bounded(rows: readonly Row[], { maxRows }: FetchBounds): readonly Row[] {
    if (rows.length <= maxRows) return rows;
    throw new SourceFailure(this.name, "too-large", `more than ${maxRows} rows`);
  }
}
