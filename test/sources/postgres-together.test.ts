// Brief statements share a connection. What could go wrong by that is that one request's rows meet another's (laws 1, 14),
// that one that ends, fails or waits takes others with it (law 13), or that what was given up is answered all the same.
import type net from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CellsInPlace, checkedSource, SourceFailure, type FetchBounds, type Source } from "../../src/sources/index.js";
import { postgresSource } from "../../src/sources/postgres/index.js";
import { complete, madeUpPostgres, ready, refusal, row, type Heard, type MadeUpPostgres } from "./made-up-postgres.js";

const id = { name: "id", type: "Int" } as const;
const label = { name: "label", type: "String" } as const;
const group = { name: "group", type: "String" } as const;
const club = { name: "club", type: "String" } as const;

let server: MadeUpPostgres;
let source: Source;
const open = (more: { poolSize?: number; statementTimeoutMs?: number; prepared?: boolean } = {}) =>
  checkedSource(postgresSource({ name: "people", url: server.url, poolSize: 1, statementTimeoutMs: 5_000, ...more }));
/** As a database that has everybody answers. */
const answerTo = ({ values }: Heard): Buffer =>
  Buffer.concat([...values.map((value) => row([value, `of ${value}`])), complete, ready]);
const right = (heard: Heard, socket: net.Socket): unknown => socket.write(answerTo(heard));
beforeEach(async () => {
  server = await madeUpPostgres();
  server.answer = right;
  source = open();
});
afterEach(async () => {
  await source.close();
  await server.close();
});

const bounds = (more: Partial<FetchBounds> = {}): FetchBounds => ({
  signal: new AbortController().signal,
  maxRows: 1_000,
  ...more,
});
const ask = (
  keys: number | readonly number[],
  more: Partial<FetchBounds> = {},
  match: readonly (typeof id)[] = [id],
) => {
  const wanted = (typeof keys === "number" ? [keys] : keys).map((key) => [key]);
  const request = { from: "public.people", columns: [id, label], match, keys: wanted };
  return source.byKeys({ ...request, filter: null, order: [], after: null, limitPerKey: null }, bounds(more));
};
const outcome = (asked: Promise<readonly (readonly unknown[])[]>): Promise<unknown> =>
  asked.then(
    (rows) => rows.map(([, text]) => text).join(),
    (error: unknown) => (error instanceof SourceFailure ? error.reason : error),
  );
/** The first of some groups, or clubs. */
const askGroups = (groups: readonly string[], of: typeof group | typeof club = group) => {
  const request = { from: "public.people", columns: [of, id], match: [of], keys: groups.map((name) => [name]) };
  const order = [{ column: id, direction: "asc" }] as const;
  return source.byKeys({ ...request, filter: null, order, after: null, limitPerKey: 2 }, bounds());
};
/** Asked twice, so that the server knows the statement; the third time it is sent with others. */
async function known(): Promise<void> {
  for (let i = 0; i < 2; i++) await ask(1);
  server.heard.length = 0;
}
/** Answers nothing until so many were heard; then what `answers` makes of them, in their sequence. */
function once(count: number, answers: (heard: readonly Heard[], socket: net.Socket) => void): void {
  const heard: Heard[] = [];
  server.answer = (each, socket) => {
    heard.push(each);
    if (heard.length === count) answers(heard, socket);
  };
}
const range = (count: number, from = 1): number[] => Array.from({ length: count }, (_, place) => from + place);

describe("statements that find rows by a unique key", () => {
  it("go together on one connection when they are asked in one turn, and each gets its own", async () => {
    await known();
    // One at a time would wait forever: the first is answered once all were heard.
    once(8, (heard, socket) => heard.forEach((each) => right(each, socket)));
    expect(await Promise.all(range(8).map((key) => outcome(ask(key))))).toEqual(range(8).map((key) => `of ${key}`));
    expect(server.connections).toBe(1);
  });

  it("are eight at most in one write; the others come after them", async () => {
    await known();
    const asked = Promise.all(range(20).map((key) => outcome(ask(key))));
    let answered = 0;
    server.answer = (heard, socket) => {
      answered++;
      expect(server.heard.length - answered).toBeLessThan(8);
      right(heard, socket);
    };
    expect(await asked).toEqual(range(20).map((key) => `of ${key}`));
  });

  it("get each its own however the answers are cut into pieces, and where texts stay in place", async () => {
    await known();
    const asked = async (key: number) => {
      const cells = new CellsInPlace();
      const columns = [id, { ...label, passes: true as const }];
      const request = { from: "public.people", columns, match: [id], keys: [[key]], filter: null, order: [] };
      const [found] = await source.byKeys({ ...request, after: null, limitPerKey: null, cells }, bounds());
      const place = found?.[1];
      if (typeof place !== "number") throw new Error(`no place: ${String(place)}`);
      cells.find(place);
      const { view, from, to } = cells;
      return Buffer.from(view.buffer, view.byteOffset + from, to - from).toString();
    };
    for (let i = 0; i < 2; i++) await asked(1);
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 8 }), cuts, async (count, sizes) => {
        once(count, (heard, socket) => {
          const all = Buffer.concat(heard.map(answerTo));
          let at = 0;
          const next = (turn: number): void => {
            if (at >= all.length) return;
            socket.write(all.subarray(at, (at += sizes[turn % sizes.length] ?? 1)));
            setImmediate(next, turn + 1);
          };
          next(0);
        });
        const keys = range(count, 10);
        expect(await Promise.all(keys.map(asked))).toEqual(keys.map((key) => `of ${key}`));
      }),
      { numRuns: 30 },
    );
  });

  it("do not share what one of them is refused for", async () => {
    await known();
    once(3, ([one, , three], socket) => {
      const refused = Buffer.concat([refusal("22012"), ready]);
      socket.write(Buffer.concat([answerTo(one as Heard), refused, answerTo(three as Heard)]));
    });
    expect(await Promise.all([1, 2, 3].map((key) => outcome(ask(key))))).toEqual(["of 1", "unavailable", "of 3"]);
    server.answer = right;
    expect(await outcome(ask(4))).toBe("of 4");
    expect(server.connections).toBe(1);
  });

  it("wait for no one who has gone, and answer nobody in his place", async () => {
    await known();
    const client = new AbortController();
    let answer = (): void => undefined;
    once(3, (heard, socket) => (answer = () => heard.forEach((each) => right(each, socket))));
    const asked = [ask(1), ask(2, { signal: client.signal }), ask(3)].map(outcome);
    await expect.poll(() => server.heard.length).toBe(3);
    client.abort();
    expect(await asked[1]).toBe("cancelled");
    answer();
    expect(await Promise.all(asked)).toEqual(["of 1", "cancelled", "of 3"]);
    server.answer = right;
    expect(await outcome(ask(4))).toBe("of 4");
    expect(server.connections).toBe(1);
  });

  it("are given up with their connection once all have gone", async () => {
    await known();
    const client = new AbortController();
    let late = (): void => undefined;
    once(2, (heard, socket) => (late = () => heard.forEach((each) => right(each, socket))));
    const asked = [7, 8].map((key) => outcome(ask(key, { signal: client.signal })));
    await expect.poll(() => server.heard.length).toBe(2);
    client.abort();
    expect(await Promise.all(asked)).toEqual(["cancelled", "cancelled"]);
    late();
    server.answer = right;
    expect(await outcome(ask(9))).toBe("of 9");
    expect(server.heard).toHaveLength(3);
  });

  it("that are not answered in their time all end, and their connection with them", async () => {
    await source.close();
    source = open({ statementTimeoutMs: 50 });
    await known();
    once(2, () => undefined);
    expect(await Promise.all([1, 2].map((key) => outcome(ask(key))))).toEqual(["timeout", "timeout"]);
    server.answer = right;
    expect(await outcome(ask(3))).toBe("of 3");
  });

  it("are asked again behind the one at whose turn the connection breaks", async () => {
    await known();
    once(3, ([one], socket) => {
      server.answer = right;
      socket.end(answerTo(one as Heard));
    });
    expect(await Promise.all([1, 2, 3].map((key) => outcome(ask(key))))).toEqual(["of 1", "unavailable", "of 3"]);
    expect(server.heard.map(({ values }) => values)).toEqual([["1"], ["2"], ["3"], ["3"]]);
    expect(await outcome(ask(4))).toBe("of 4");
  });

  it("are asked again one by one where a pooler does not know what was prepared", async () => {
    await known();
    server.answer = (heard, socket) =>
      heard.name === "" ? right(heard, socket) : socket.write(Buffer.concat([refusal("26000"), ready]));
    expect(await Promise.all([1, 2, 3].map((key) => outcome(ask(key))))).toEqual(["of 1", "of 2", "of 3"]);
    expect(server.heard.map(({ letters }) => letters)).toEqual(["BES", "BES", "BES", "PBES", "PBES", "PBES"]);
  });
});

// Laws 1 and 14: whatever the server says, nobody gets what he did not ask for.
describe("answers that are not in their places", () => {
  const shifted = async (answers: (heard: readonly Heard[]) => readonly Buffer[]): Promise<unknown[]> => {
    await known();
    once(3, (heard, socket) => socket.write(Buffer.concat(answers(heard))));
    const outcomes = await Promise.all([1, 2, 3].map((key) => outcome(ask(key))));
    server.answer = right;
    expect(await outcome(ask(4))).toBe("of 4");
    return outcomes;
  };

  it("are refused where two have changed places", async () => {
    const swapped = ([one, two, three]: readonly Heard[]) => [two, one, three].map((each) => answerTo(each as Heard));
    expect(await shifted(swapped)).toEqual(["invalid-answer", "invalid-answer", "of 3"]);
  });

  it("are refused, all of them, where there is one too many", async () => {
    const more = (heard: readonly Heard[]) => [
      answerTo({ ...(heard[0] as Heard), values: ["9"] }),
      ...heard.map(answerTo),
    ];
    expect(await shifted(more)).toEqual(["unavailable", "unavailable", "unavailable"]);
  });

  it("are refused where one ends before it is whole", async () => {
    const broken = ([one, two, three]: readonly Heard[]) => [
      answerTo(one as Heard),
      Buffer.concat([row(["2", "of 2"]), ready]),
      answerTo(two as Heard),
      answerTo(three as Heard),
    ];
    expect(await shifted(broken)).toEqual(["unavailable", "unavailable", "unavailable"]);
  });
});

// Whose rows they are is proven by the keys, as it is for those that find rows by a unique one.
describe("lists of a few rows of a few keys, as the service's statistics have it", () => {
  const listed = (names: readonly string[]) =>
    names.flatMap((name) => [name.length, 50 + name.length].map((n) => [name, n]));
  const answerOf = ({ values }: Heard): Buffer => {
    const names = [...(values[0] ?? "").matchAll(/\w+/g)].map(([name]) => name);
    return Buffer.concat([...listed(names).map((cells) => row(cells.map(String))), complete, ready]);
  };
  const wanted = range(8).map((length) => ["x".repeat(length), "y".repeat(length)]);
  beforeEach(async () => {
    server.answer = (heard, socket) => socket.write(answerOf(heard));
    for (let i = 0; i < 3; i++) await askGroups(["a", "b"]);
  });

  it("go together, and each gets its own", async () => {
    once(8, (heard, socket) => socket.write(Buffer.concat(heard.map(answerOf))));
    expect(await Promise.all(wanted.map((names) => askGroups(names)))).toEqual(wanted.map(listed));
    expect(server.connections).toBe(1);
  });

  it("are refused where two have changed places", async () => {
    once(3, ([one, two, three], socket) =>
      socket.write(Buffer.concat([two, one, three].map((each) => answerOf(each as Heard)))),
    );
    const outcomes = wanted.slice(0, 3).map((names) => outcome(askGroups(names)));
    expect(await Promise.all(outcomes)).toEqual(["invalid-answer", "invalid-answer", "3,53,3,53"]);
  });
});

describe("statements go alone", () => {
  /** How many of two are heard before the first is answered. */
  const heardTogether = async (first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<number> => {
    let answer: (() => void) | null = null;
    server.heard.length = 0;
    server.answer = (heard, socket) => {
      answer ??= () => right(heard, socket);
      if (server.heard.length > 1) right(heard, socket);
    };
    const asked = Promise.allSettled([first(), second()]);
    await expect.poll(() => answer).not.toBeNull();
    for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next));
    const together = server.heard.length;
    (answer as (() => void) | null)?.();
    await asked;
    server.answer = right;
    return together;
  };
  const page = () =>
    source.page({ from: "public.people", columns: [id], filter: null, order: [], after: null, limit: 1 }, bounds());
  const byLabel = () => {
    const request = { from: "public.people", columns: [id, label], match: [label], keys: [["of 1"]], filter: null };
    return source.byKeys({ ...request, order: [], after: null, limitPerKey: null }, bounds());
  };

  it("unless they find rows by a unique key, of the same text, a hundred at most", async () => {
    await known();
    const many = () => ask(range(101));
    for (const each of [() => ask([1, 2]), page, byLabel, many]) for (let i = 0; i < 2; i++) await outcome(each());
    expect(
      await heardTogether(
        () => ask(1),
        () => ask(2),
      ),
    ).toBe(2);
    expect(
      await heardTogether(
        () => ask(1),
        () => ask([1, 2]),
      ),
    ).toBe(1);
    expect(await heardTogether(page, page)).toBe(1);
    expect(await heardTogether(byLabel, byLabel)).toBe(1);
    expect(await heardTogether(many, many)).toBe(1);
  });

  it("unless the statistics say that the keys have few rows", async () => {
    const names = range(100).map((place) => `g${place}`);
    const [groups, clubs] = [() => askGroups(names), () => askGroups(names, club)];
    server.answer = (_, socket) => socket.write(Buffer.concat([complete, ready]));
    for (const each of [groups, clubs]) for (let i = 0; i < 3; i++) await outcome(each());
    expect(await heardTogether(groups, groups)).toBe(2);
    expect(await heardTogether(clubs, clubs)).toBe(1);
  });

  it("until the connection knows them, and where nothing is prepared", async () => {
    expect(
      await heardTogether(
        () => ask(1),
        () => ask(2),
      ),
    ).toBe(1);
    await source.close();
    source = open({ prepared: false });
    await known();
    expect(
      await heardTogether(
        () => ask(1),
        () => ask(2),
      ),
    ).toBe(1);
  });
});
