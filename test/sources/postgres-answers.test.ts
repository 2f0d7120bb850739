// What a server that is not to be trusted can say on a connection (law 14), and what is kept prepared on which.
import type net from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CellsInPlace, SourceFailure, type FetchBounds, type Source } from "../../src/sources/index.js";
import { postgresSource } from "../../src/sources/postgres/index.js";
import { complete, madeUpPostgres, message, ready, refusal, row, type MadeUpPostgres } from "./made-up-postgres.js";

const columns = [
  { name: "id", type: "Int" },
  { name: "label", type: "String" },
] as const;

let server: MadeUpPostgres;
let source: Source;
const open = (more: { prepared?: boolean; poolSize?: number } = {}) =>
  postgresSource({ name: "people", url: server.url, poolSize: 1, statementTimeoutMs: 5_000, ...more });
beforeEach(async () => {
  server = await madeUpPostgres();
  source = open();
});
afterEach(async () => {
  await source.close();
  await server.close();
});

const bounds = (more: Partial<FetchBounds> = {}) => ({
  signal: new AbortController().signal,
  maxRows: 100,
  ...more,
});
const ask = (limit = 10, more: Partial<FetchBounds> = {}) =>
  source.page({ from: "public.people", columns, filter: null, order: [], after: null, limit }, bounds(more));
/** The second column only passes. */
const askedInPlace = async () => {
  const cells = new CellsInPlace();
  const passing = [columns[0], { ...columns[1], passes: true as const }];
  const page = { from: "public.people", columns: passing, filter: null, order: [], after: null, limit: 10, cells };
  const rows = await source.page(page, bounds());
  return { cells, labels: rows.map((each) => each[1]) };
};
const textAt = (cells: CellsInPlace, place: number): string => {
  cells.find(place);
  const { view, from, to } = cells;
  return Buffer.from(view.buffer, view.byteOffset + from, to - from).toString();
};
const failureOf = async (asked: Promise<unknown>): Promise<SourceFailure> => {
  const outcome: unknown = await asked.then(
    () => "no failure",
    (error: unknown) => error,
  );
  if (!(outcome instanceof SourceFailure)) throw new Error(`no failure: ${String(outcome)}`);
  expect(outcome.message).not.toContain("Dupont");
  return outcome;
};

describe("an answer", () => {
  const long = "é".repeat(40_000);
  const answer = Buffer.concat([row(["1", "é"]), row(["2", null]), row(["3", long]), complete, ready]);
  const expected = [
    [1, "é"],
    [2, null],
    [3, long],
  ];

  it.each([1, 3, 7, 1_000, 65_536])("may come in pieces of %i bytes", async (size) => {
    server.answer = (_, socket) => {
      // The first bytes one by one, whatever stands there.
      const pieces: Buffer[] = [];
      for (let at = 0; at < answer.length; at += at < 60 ? size : Math.max(size, 900))
        pieces.push(answer.subarray(at, at + (at < 60 ? size : Math.max(size, 900))));
      const next = (): void => {
        const piece = pieces.shift();
        if (piece === undefined) return;
        socket.write(piece);
        setImmediate(next);
      };
      next();
    };
    expect(await ask()).toEqual(expected);
    const { cells, labels } = await askedInPlace();
    expect(labels[0]).toEqual(expect.any(Number));
    expect(labels.map((label) => (typeof label === "number" ? textAt(cells, label) : label))).toEqual([
      "é",
      null,
      long,
    ]);
  });

  // Law 14.
  it("whose cell is none of its type is refused, also where cells stay", async () => {
    const broken = message("D", Buffer.from([0, 2, 0, 0, 0, 1, 49, 0, 0, 0, 2, 0x41, 0xe9]));
    server.answer = (_, socket) => socket.write(Buffer.concat([row(["1", "a"]), broken, complete, ready]));
    expect((await failureOf(askedInPlace())).reason).toBe("invalid-answer");
  });

  // Law 13: promises that waited for it hold it for long.
  it("is emptied once nothing reads it any more, unless it may be kept", async () => {
    const forgetting: (() => void)[] = [];
    const afterUse = (forget: () => void): unknown => forgetting.push(forget);
    const rows = await ask(10, { afterUse });
    expect(rows).toEqual([[1, "é"]]);
    for (const forget of forgetting) forget();
    expect(rows).toEqual([[]]);
    const kept = await ask(10, { afterUse, keep: { scope: "open", stale: () => undefined } });
    for (const forget of forgetting) forget();
    expect(kept).toEqual([[1, "é"]]);
  });

  it("may be among what tells us nothing", async () => {
    const notice = message("N", Buffer.from("SNOTICE\0C00000\0MDupont\0\0"));
    const setting = message("S", Buffer.from("TimeZone\0UTC\0"));
    server.answer = (_, socket) => socket.write(Buffer.concat([notice, row(["1", "a"]), setting, complete, ready]));
    expect(await ask()).toEqual([[1, "a"]]);
  });

  it.each<[string, Buffer, string]>([
    ["a cell less", row(["1"]), "unavailable"],
    ["a cell more", row(["1", "a", "secret"]), "unavailable"],
    ["a text for a number", row(["Dupont", "a"]), "invalid-answer"],
    ["a number beyond 32 bits", row(["2147483648", "a"]), "invalid-answer"],
    ["a cell longer than its row", message("D", Buffer.from([0, 2, 0, 0, 0, 1, 49, 0, 0, 9, 9, 65])), "unavailable"],
    [
      "a cell of negative length",
      message("D", Buffer.from([0, 2, 0, 0, 0, 1, 49, 255, 255, 255, 250, 65])),
      "unavailable",
    ],
    ["bytes after the last cell", message("D", Buffer.from([0, 2, 0, 0, 0, 1, 49, 0, 0, 0, 1, 65, 65])), "unavailable"],
    ["a message that nobody knows", message("?"), "unavailable"],
    ["a row without its count of cells", message("D"), "unavailable"],
    ["a row with half of its count", message("D", Buffer.from([0])), "unavailable"],
    ["a row behind the end of the answer", Buffer.concat([complete, row(["1", "a"])]), "unavailable"],
    ["a part of the rows, the rest to be asked for", Buffer.concat([row(["1", "a"]), message("s")]), "unavailable"],
    ["readiness for the next before the end of the answer", Buffer.concat([row(["1", "a"]), ready]), "unavailable"],
    ["a message without an end", Buffer.from([0x44, 0x7f, 255, 255, 255]), "unavailable"],
    ["a message of negative size", Buffer.from([0x44, 255, 255, 255, 255]), "unavailable"],
    ["a copy, which was not asked for", message("G", Buffer.alloc(3)), "unavailable"],
  ])("is refused with %s, and the next is sound", async (_, said, reason) => {
    const usual = server.answer;
    server.answer = (_heard, socket) => socket.write(Buffer.concat([said, complete, ready]));
    expect((await failureOf(ask())).reason).toBe(reason);
    server.answer = usual;
    expect(await ask()).toEqual([[1, "é"]]);
  });

  // The process would end by it: nobody stands behind a socket to catch what reading throws.
  it.each<[string, Buffer]>([
    ["no count of its cells", message("D")],
    ["half a count", message("D", Buffer.from([0]))],
  ])("whose last bytes are a row with %s is a failure", async (_, said) => {
    server.answer = (_heard, socket) => socket.write(said);
    expect((await failureOf(ask())).reason).toBe("unavailable");
  });

  it("that comes twice is none, and the second is nobody else's", async () => {
    const answer = Buffer.concat([row(["1", "of one"]), complete, ready]);
    server.answer = (_, socket) => socket.write(Buffer.concat([answer, answer]));
    const [one, other] = [failureOf(ask()), failureOf(ask())];
    expect((await one).reason).toBe("unavailable");
    expect((await other).reason).toBe("unavailable");
    server.answer = (_, socket) => socket.write(Buffer.concat([answer, ready]));
    expect((await failureOf(ask())).reason).toBe("unavailable");
    server.answer = (_, socket) => socket.write(answer);
    expect(await ask()).toEqual([[1, "of one"]]);
  });

  it("may have settings and notices behind it, and goes on after them", async () => {
    const setting = message("S", Buffer.from("TimeZone\0UTC\0"));
    server.answer = (_, socket) => socket.write(Buffer.concat([row(["1", "a"]), complete, ready, setting]));
    for (let i = 0; i < 3; i++) expect(await ask()).toEqual([[1, "a"]]);
    expect(server.connections).toBe(1);
  });

  it("that says more while nothing is asked ends the connection, not the next question", async () => {
    const lines: net.Socket[] = [];
    server.answer = (_, socket) => {
      lines.push(socket);
      socket.write(Buffer.concat([row(["1", "a"]), complete, ready]));
    };
    expect(await ask()).toEqual([[1, "a"]]);
    const gone = new Promise((resolve) => lines[0]?.once("close", resolve));
    lines[0]?.write(Buffer.concat([row(["666", "late"]), complete, ready]));
    await gone;
    expect(await ask()).toEqual([[1, "a"]]);
    expect(server.connections).toBe(2);
  });

  it("larger than any that is asked for is left, in one cell or in many, and no fault of the service's", async () => {
    const piece = Buffer.alloc(1 << 20, 0x61);
    const cell = message("D", Buffer.concat([Buffer.from([0, 2, 0, 0, 0, 1, 0x31, 0x05, 0xf5, 0xe1, 0x00]), piece]));
    cell.writeInt32BE(0x05f5e100 + 15, 1);
    server.answer = (_, socket) => {
      socket.write(cell);
      for (let i = 0; i < 80; i++) socket.write(piece);
    };
    expect(await failureOf(ask())).toMatchObject({ reason: "too-large", bearing: { reach: "question" } });
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => row(["1", "a".repeat(2_000)])));
    server.answer = (_, socket) => {
      for (let i = 0; i < 40; i++) socket.write(many);
    };
    expect(await failureOf(ask())).toMatchObject({ reason: "too-large", bearing: { reach: "question" } });
  });

  it("that a connection breaks off after a refusal is not asked again on it", async () => {
    for (let i = 0; i < 2; i++) await ask();
    server.answer = (_, socket) => socket.end(refusal("0A000"));
    expect((await failureOf(ask())).detail).toBe("SQLSTATE 0A000");
  });

  it("that breaks off is a failure, never fewer rows", async () => {
    server.answer = (_, socket) => socket.end(Buffer.concat([row(["1", "a"]), complete]));
    expect(await failureOf(ask())).toMatchObject({ reason: "unavailable", bearing: { outlook: "again" } });
    server.answer = (_, socket) => socket.end(Buffer.concat([row(["1", "a"]), refusal("57P01")]));
    expect(await failureOf(ask())).toMatchObject({ detail: "SQLSTATE 57P01", bearing: { reach: "service" } });
  });

  it("after which the server says that it failed, is none", async () => {
    server.answer = (_, socket) => socket.write(Buffer.concat([row(["1", "a"]), refusal("22012"), ready]));
    expect((await failureOf(ask())).detail).toBe("SQLSTATE 22012");
  });

  it("to a request that has ended meets no other", async () => {
    const client = new AbortController();
    let late: (() => void) | null = null;
    server.answer = (_, socket) => {
      late = () => socket.write(Buffer.concat([row(["666", "of another"]), complete, ready]));
    };
    const asked = failureOf(ask(10, { signal: client.signal }));
    await expect.poll(() => late).not.toBeNull();
    client.abort();
    expect((await asked).reason).toBe("cancelled");
    (late as (() => void) | null)?.();
    server.answer = (_, socket) => socket.write(Buffer.concat([row(["1", "a"]), complete, ready]));
    expect(await ask()).toEqual([[1, "a"]]);
  });
});

describe("calls", () => {
  it("wait for each other where there is one connection, and who goes leaves its place", async () => {
    const client = new AbortController();
    let release: (() => void) | null = null;
    server.answer = (_, socket) => {
      release = () => socket.write(Buffer.concat([row(["1", "a"]), complete, ready]));
    };
    const first = ask();
    await expect.poll(() => release).not.toBeNull();
    const second = failureOf(ask(10, { signal: client.signal }));
    const third = ask();
    client.abort();
    expect((await second).reason).toBe("cancelled");
    expect(server.heard).toHaveLength(1);
    server.answer = (_, socket) => socket.write(Buffer.concat([row(["2", "b"]), complete, ready]));
    (release as (() => void) | null)?.();
    expect([await first, await third]).toEqual([[[1, "a"]], [[2, "b"]]]);
  });

  it("are refused once the source is closed, those that wait too", async () => {
    let release: (() => void) | null = null;
    server.answer = (_, socket) => {
      release = () => socket.write(Buffer.concat([row(["1", "a"]), complete, ready]));
    };
    const first = ask();
    await expect.poll(() => release).not.toBeNull();
    const second = failureOf(ask());
    const closed = source.close();
    expect((await second).reason).toBe("unavailable");
    expect((await failureOf(ask())).reason).toBe("unavailable");
    (release as (() => void) | null)?.();
    expect(await first).toEqual([[1, "a"]]);
    await closed;
  });

  it("fail each by itself where no connection can be made", async () => {
    await server.close();
    const outcomes = await Promise.all([ask(), ask(), ask()].map(failureOf));
    expect(new Set(outcomes.map(({ reason, bearing }) => `${reason} ${bearing.reach}`))).toEqual(
      new Set(["unavailable service"]),
    );
  });
});

describe("statements", () => {
  const said = () => server.heard.map(({ letters, name }) => `${letters}${name === "" ? "" : " named"}`);

  it("that come again are kept by the server, each under a name that only its text has", async () => {
    for (let i = 0; i < 4; i++) await ask(10);
    for (let i = 0; i < 2; i++) await ask(20);
    expect(said()).toEqual(["PBES", "CPBES named", "BES named", "BES named", "PBES", "CPBES named"]);
    expect(new Set(server.heard.map(({ name }) => name)).size).toBe(3);
  });

  it("are so many at most on one connection: the oldest makes room", async () => {
    for (let limit = 1; limit <= 102; limit++) for (let i = 0; i < 2; i++) await ask(limit, { maxRows: 1_000 });
    expect(said().filter((letters) => letters === "CCPBES named")).toHaveLength(2);
  });

  it.each(["26000", "42P05"])(
    "are kept no more once a pooler answers %s, and that answer is asked for again",
    async (code) => {
      const usual = server.answer;
      server.answer = (heard, socket) =>
        heard.name === "" ? usual(heard, socket) : socket.write(Buffer.concat([refusal(code), ready]));
      for (let i = 0; i < 4; i++) expect(await ask()).toEqual([[1, "é"]]);
      expect(said()).toEqual(["PBES", "CPBES named", "PBES", "PBES", "PBES"]);
    },
  );

  it("of a table that has changed are asked once more, and kept anew", async () => {
    for (let i = 0; i < 2; i++) await ask();
    const usual = server.answer;
    server.answer = (heard, socket) => {
      server.answer = usual;
      socket.write(Buffer.concat([refusal(heard.name === "" ? "22012" : "0A000"), ready]));
    };
    for (let i = 0; i < 3; i++) expect(await ask()).toEqual([[1, "é"]]);
    expect(said()).toEqual(["PBES", "CPBES named", "BES named", "PBES", "CPBES named", "BES named"]);
  });

  it("are not kept where the settings say so", async () => {
    await source.close();
    source = open({ prepared: false });
    for (let i = 0; i < 3; i++) await ask();
    expect(said()).toEqual(["PBES", "PBES", "PBES"]);
  });
});
