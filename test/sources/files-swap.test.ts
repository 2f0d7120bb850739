// A folder that people and programs write to while requests read from it.
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Disk, folderOnDisk } from "../../src/sources/files/disk.js";
import type { FilesSourceOptions } from "../../src/sources/files/files-source.js";
import { checkedSource, type Column, type Source, SourceFailure } from "../../src/sources/index.js";
import { type FileFault, formatFault } from "../../src/terms/index.js";
import { FileFolder } from "./files-service.js";

let folder: FileFolder;
beforeEach(() => {
  folder = new FileFolder();
});
afterEach(() => folder.remove());

const n: Column = { name: "n", type: "Int" };
const t: Column = { name: "t", type: "String" };
const bounds = (signal = new AbortController().signal) => ({ signal, maxRows: 10_000 });

const read = (source: Source, from = "f.csv", columns: readonly Column[] = [n], signal?: AbortSignal) =>
  source.page(
    { from, columns, filter: null, order: [{ column: columns[0] ?? n, direction: "asc" }], after: null, limit: 100 },
    bounds(signal),
  );

async function failure(promise: Promise<unknown>): Promise<string> {
  const outcome: unknown = await promise.then(
    () => "no failure",
    (error: unknown) => error,
  );
  return outcome instanceof SourceFailure ? `${outcome.reason} (${outcome.detail})` : String(outcome);
}

const source = (more: Partial<FilesSourceOptions> = {}) => checkedSource(folder.source(more));

describe("a file that changes", () => {
  it("is swapped in whole at the next request, however it was written", async () => {
    const files = source();
    folder.write("f.csv", "n\n1\n");
    expect(await read(files)).toEqual([[1]]);
    folder.write("f.csv", "n\n2\n");
    expect(await read(files)).toEqual([[2]]);
    appendFileSync(join(folder.folder, "f.csv"), "3\n");
    expect(await read(files)).toEqual([[2], [3]]);
    folder.write("g.csv", "n\n7\n");
    renameSync(join(folder.folder, "g.csv"), join(folder.folder, "f.csv"));
    expect(await read(files)).toEqual([[7]]);
  });

  it("is not swapped in while it has faults, which are told once, and again when they are gone", async () => {
    const told: string[][] = [];
    const files = source({ report: (file, faults) => void told.push([file, ...faults.map(formatFault)]) });
    folder.write("f.csv", "n,t\n1,a\n");
    expect(await read(files)).toEqual([[1]]);
    folder.write("f.csv", "n,t\n1,a\nsecret,b\n");
    expect(await read(files)).toEqual([[1]]);
    expect(await read(files)).toEqual([[1]]);
    const fault = `data/f.csv:3:1 fault: column "n" must be Int: a whole number of at most 32 bits, without leading zeros`;
    expect(files.problems?.().map(formatFault)).toEqual([fault]);
    folder.write("f.csv", "n,t\n1,a\n2,b\n");
    expect(await read(files)).toEqual([[1], [2]]);
    expect(files.problems?.()).toEqual([]);
    expect(told).toEqual([["data/f.csv", fault], ["data/f.csv"]]);
  });

  it("is not swapped in when a column is gone that was asked for, nor when it has become too large", async () => {
    const files = source({ maxRows: 3 });
    folder.write("f.csv", "n,t\n1,a\n");
    expect(await read(files, "f.csv", [t])).toEqual([["a"]]);
    folder.write("f.csv", "n\n1\n2\n");
    expect(await read(files, "f.csv", [t])).toEqual([["a"]]);
    expect(files.problems?.().map(({ code }) => code)).toEqual(["no-column"]);
    folder.write("f.csv", "n,t\n1,a\n2,b\n3,c\n4,d\n");
    expect(await read(files, "f.csv", [t])).toEqual([["a"]]);
    expect(files.problems?.().map(({ code }) => code)).toEqual(["too-large"]);
    // Nobody asks for it any more after a start: what matters is what is asked.
    folder.write("f.csv", "n\n1\n2\n");
    expect(await read(source())).toEqual([[1], [2]]);
  });

  it("answers nothing at the first load with faults, and heals by itself", async () => {
    const files = source();
    folder.write("f.csv", "n\nx\n");
    expect(await failure(read(files))).toBe("unavailable (f.csv: 2:1 cell)");
    folder.write("f.csv", "n\n1\n");
    expect(await read(files)).toEqual([[1]]);
  });

  it("keeps answering for other columns when a new one has faults", async () => {
    const files = source();
    folder.write("f.csv", "n,t,x\n1,a,secret\n");
    expect(await read(files)).toEqual([[1]]);
    const x: Column = { name: "x", type: "Int" };
    expect(await failure(read(files, "f.csv", [n, x]))).toBe("unavailable (f.csv: 2:5 cell)");
    expect(await failure(read(files, "f.csv", [n, x]))).toBe("unavailable (f.csv: 2:5 cell)");
    expect(await read(files, "f.csv", [n, t])).toEqual([[1, "a"]]);
    expect(files.problems?.().map(({ line, column }) => [line, column])).toEqual([[2, 5]]);
  });

  it("is shared no more once it is taken away", async () => {
    const files = source();
    folder.write("f.csv", "n\n1\n");
    expect(await read(files)).toEqual([[1]]);
    rmSync(join(folder.folder, "f.csv"));
    expect(await failure(read(files))).toBe("unavailable (f.csv: no-file)");
    expect(await files.describe("f.csv", bounds())).toBeNull();
    folder.write("f.csv", "n\n2\n");
    expect(await read(files)).toEqual([[2]]);
  });

  it("is taken only when it has been left alone for a while", async () => {
    // So long that a busy machine cannot let it pass by.
    const settleMs = 60_000;
    folder.write("f.csv", "n\n1\n");
    expect(await failure(read(source({ settleMs, timeoutMs: 200 })))).toBe("timeout (f.csv: not read within 200 ms)");
    const young = { age: 0 };
    const disk = folderOnDisk(folder.folder);
    const files = source({
      settleMs,
      disk: { ...disk, look: async (...asked) => ({ ...(await disk.look(...asked)), ...young }) },
    });
    young.age = settleMs;
    expect(await read(files)).toEqual([[1]]);
    young.age = 0;
    // An export that is half written is a file without fault.
    truncateSync(join(folder.folder, "f.csv"), 2);
    expect(await read(files)).toEqual([[1]]);
    folder.write("f.csv", "n\n1\n2\n");
    expect(await read(files)).toEqual([[1]]);
    expect(files.problems?.()).toEqual([]);
    young.age = settleMs;
    expect(await read(files)).toEqual([[1], [2]]);
  });

  it("is read again when it changes while it is read", async () => {
    const disk = folderOnDisk(folder.folder);
    folder.write("f.csv", "n\n1\n");
    let reads = 0;
    const read_: Disk["read"] = async (...asked) => {
      reads += 1;
      const found = await disk.read(...asked);
      if (reads > 1) return found;
      folder.write("f.csv", "n\n1\n2\n");
      return { ...found, fingerprint: null };
    };
    expect(await read(source({ disk: { ...disk, read: read_ } }))).toEqual([[1], [2]]);
    expect(reads).toBe(2);
  });

  it("is read once for many requests, and not again while it is the same", async () => {
    const disk = folderOnDisk(folder.folder);
    let reads = 0;
    const files = source({ disk: { ...disk, read: (...asked) => ((reads += 1), disk.read(...asked)) } });
    folder.write("f.csv", "n\n1\n");
    const found = await Promise.all(Array.from({ length: 20 }, () => read(files)));
    expect(found).toEqual(Array.from({ length: 20 }, () => [[1]]));
    await read(files);
    expect(reads).toBe(1);
    // The same bytes, another time: whoever wrote them may have meant something else.
    utimesSync(join(folder.folder, "f.csv"), 1, 1);
    await read(files);
    expect(reads).toBe(2);
  });
});

describe("what is no file of the folder", () => {
  beforeEach(() => {
    writeFileSync(join(folder.town, "outside.csv"), "n\n1\n");
    folder.write("inside.csv", "n\n2\n");
  });

  it.each(["../outside.csv", "/etc/passwd", "a/../../outside.csv", "./inside.csv", "a//inside.csv", ".hidden.csv", "inside.csv\0", "inside.csv/", "", "..", "\\..\\outside.csv"])(
    "is not looked for: %j",
    async (from) => {
      const files = source({ files: { [from]: { format: "csv" } } });
      expect(await failure(read(files, from))).toBe("unavailable (not a file's name)");
      expect(await files.describe(from, bounds())).toBeNull();
    },
  ); // prettier-ignore

  it("is refused where a link leads out of it, also when it takes the place of a file", async () => {
    symlinkSync(join(folder.town, "outside.csv"), join(folder.folder, "link.csv"));
    symlinkSync(folder.town, join(folder.folder, "up"));
    symlinkSync("inside.csv", join(folder.folder, "latest.csv"));
    const files = source();
    expect(await failure(read(files, "link.csv"))).toBe("unavailable (link.csv: outside-folder)");
    expect(await failure(read(files, "up/outside.csv"))).toBe("unavailable (up/outside.csv: outside-folder)");
    expect(await read(files, "latest.csv")).toEqual([[2]]);
    expect(await read(files, "inside.csv")).toEqual([[2]]);
    rmSync(join(folder.folder, "inside.csv"));
    symlinkSync(join(folder.town, "outside.csv"), join(folder.folder, "inside.csv"));
    expect(await failure(read(files, "inside.csv"))).toBe("unavailable (inside.csv: outside-folder)");
    expect(await failure(read(files, "latest.csv"))).toBe("unavailable (latest.csv: outside-folder)");
  });

  it("is refused where a folder's name begins like ours", async () => {
    mkdirSync(`${folder.folder}-private`);
    writeFileSync(`${folder.folder}-private/x.csv`, "n\n1\n");
    symlinkSync(`${folder.folder}-private/x.csv`, join(folder.folder, "x.csv"));
    expect(await failure(read(source(), "x.csv"))).toBe("unavailable (x.csv: outside-folder)");
  });

  it("is refused where it is a pipe or a folder, without waiting for it", async () => {
    execFileSync("mkfifo", [join(folder.folder, "pipe.csv")]);
    mkdirSync(join(folder.folder, "folder.csv"));
    const files = source();
    expect(await failure(read(files, "pipe.csv"))).toBe("unavailable (pipe.csv: not-a-file)");
    expect(await failure(read(files, "folder.csv"))).toBe("unavailable (folder.csv: not-a-file)");
  });

  it("is refused at the opening too, if a pipe takes the file's place in between", async () => {
    const disk = folderOnDisk(folder.folder);
    const swap = { ...disk, read: disk.read };
    swap.read = (...asked) => {
      rmSync(join(folder.folder, "inside.csv"));
      execFileSync("mkfifo", [join(folder.folder, "inside.csv")]);
      return disk.read(...asked);
    };
    expect(await failure(read(source({ disk: swap }), "inside.csv"))).toBe("unavailable (inside.csv: not-a-file)");
  });

  it("is refused where the system does not let us at it", async () => {
    symlinkSync("two.csv", join(folder.folder, "one.csv"));
    symlinkSync("one.csv", join(folder.folder, "two.csv"));
    expect(await failure(read(source(), "one.csv"))).toBe("unavailable (one.csv: not-readable)");
  });

  it("is of a kind that nobody said", async () => {
    folder.write("notes.txt", "n\n1\n");
    expect(await failure(read(source(), "notes.txt"))).toBe("unavailable (notes.txt: unknown-format)");
    expect(await read(source({ files: { "notes.txt": { format: "csv" } } }), "notes.txt")).toEqual([[1]]);
  });

  it("is not even opened where it is larger than the bound", async () => {
    folder.write("huge.csv", "n\n");
    // A hole: 5 GB that take no room.
    truncateSync(join(folder.folder, "huge.csv"), 5_000_000_000);
    expect(await failure(read(source(), "huge.csv"))).toBe("too-large (huge.csv: 1:1 too-large)");
  });
});

it("fails where more rows come than the request may have", async () => {
  folder.write("f.csv", "n\n1\n2\n3\n");
  const bare = folder.source();
  const narrow = { ...bounds(), maxRows: 2 };
  const order = [{ column: n, direction: "asc" as const }];
  const list = { from: "f.csv", columns: [n], filter: null, order, after: null };
  expect(await failure(bare.page({ ...list, limit: 3 }, narrow))).toBe("too-large (more than 2 rows)");
  expect(await bare.page({ ...list, limit: 2 }, narrow)).toEqual([[1], [2]]);
  const keys = { ...list, match: [n], limitPerKey: null };
  expect(await failure(bare.byKeys({ ...keys, keys: [[1], [2], [3]] }, narrow))).toBe("too-large (more than 2 rows)");
});

describe("a disk that hangs", () => {
  /** Where not even the abort is heard, it is a system call, which cannot be taken back. */
  function hanging(abortHeard = false) {
    const disk = folderOnDisk(folder.folder);
    const state = { hung: Promise.withResolvers<void>(), asked: 0 };
    const wait = async (signal: AbortSignal) => {
      state.asked += 1;
      const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
      await Promise.race(abortHeard ? [state.hung.promise, aborted] : [state.hung.promise]);
    };
    const slow: Disk = {
      look: async (from, signal) => (await wait(signal), disk.look(from, signal)),
      read: async (from, most, signal) => (await wait(signal), disk.read(from, most, signal)),
    };
    return { state, slow };
  }

  it.each([true, false])(
    "has requests answered from the last content, only the first late (%s)",
    async (abortHeard) => {
      folder.write("f.csv", "n\n1\n");
      const { state, slow } = hanging(abortHeard);
      state.hung.resolve();
      const told: (readonly FileFault[])[] = [];
      const files = source({ disk: slow, timeoutMs: 100, report: (_, faults) => void told.push(faults) });
      expect(await read(files)).toEqual([[1]]);
      state.hung = Promise.withResolvers();
      expect(await read(files)).toEqual([[1]]);
      const asked = state.asked;
      for (let i = 0; i < 20; i += 1) expect(await read(files)).toEqual([[1]]);
      expect(state.asked).toBe(asked);
      expect(told.map((faults) => faults.map(({ code }) => code))).toEqual([["timeout"]]);
      state.hung.resolve();
    },
  );

  it("is asked one thing at a time, and heals", async () => {
    folder.write("f.csv", "n\n1\n");
    folder.write("g.csv", "n\n2\n");
    const { state, slow } = hanging();
    const files = source({ disk: slow, timeoutMs: 100 });
    const outcomes = await Promise.all([read(files), read(files), read(files, "g.csv")].map(failure));
    expect(outcomes.map((text) => text.split(" ")[0])).toEqual(["timeout", "timeout", "timeout"]);
    expect(await failure(read(files))).toMatch(/^timeout/);
    expect(state.asked).toBe(1);
    state.hung.resolve();
    const patient = () => read(files).then((rows) => rows.length, () => 0); // prettier-ignore
    await expect.poll(patient).toBe(1);
    expect(await read(files, "g.csv")).toEqual([[2]]);
  });

  it("does not make a request wait that has ended", async () => {
    folder.write("f.csv", "n\n1\n");
    const { state, slow } = hanging();
    const bare = folder.source({ disk: slow, timeoutMs: 60_000 });
    const controller = new AbortController();
    const [ended, waiting] = [failure(read(bare, "f.csv", [n], controller.signal)), read(bare)];
    controller.abort();
    expect(await ended).toBe("cancelled (f.csv: the request has ended)");
    state.hung.resolve();
    expect(await waiting).toEqual([[1]]);
  });
});
