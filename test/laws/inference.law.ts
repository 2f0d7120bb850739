// Laws 2, 9, 10, 15: nothing of what is refused can be inferred from order, count, page, cursor, id or error. Two towns that
// differ only in what an agreement is refused give it the same answers, byte for byte.
import { expect } from "vitest";
import type { Value } from "../../src/terms/index.js";
import { harvest, resolve, type LawsGateway } from "./laws-gateway.js";
import { map, type Policy, type Reference } from "./policy.js";
import { chooser, writeRequest, type RandomRequest } from "./request.js";
import { explained, keysOf } from "./shared.law.js";
import { lawsTables, tableShapes, uniqueCell, type TableRow, type Tables } from "./town.js";

type Reply = Awaited<ReturnType<LawsGateway["ask"]>>;

/** Tables whose rows an agreement can come to by a list or an opened link. */
function reachable(reference: Reference): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const dataset = map.get(name);
    if (dataset === undefined || found.has(dataset.table)) return;
    found.add(dataset.table);
    for (const member of dataset.members.values())
      if (member.kind === "link" && reference.answers(member)) visit(member.target);
  };
  for (const dataset of map.values()) if (reference.listable(dataset)) visit(dataset.name);
  return found;
}

/** Columns whose cells decide the answer: keys, both ends of opened links, opened fields; by the mask that they leave by. */
function opened(reference: Reference): ReadonlyMap<string, string> {
  const masks = new Map<string, string>();
  const add = (table: string, column: string, mask: string): void => {
    const at = `${table}.${column}`;
    // A column that two fields show is as open as the more open of them.
    if (masks.get(at) !== "-") masks.set(at, masks.has(at) && masks.get(at) !== mask ? "-" : mask);
  };
  for (const dataset of map.values())
    for (const member of dataset.members.values()) {
      for (const field of dataset.key) add(dataset.table, field.column, "-");
      if (member.kind === "field") {
        const mask = reference.mask(member.coordinate);
        if (mask !== null) add(dataset.table, member.column, mask);
      } else if (reference.answers(member)) {
        for (const column of member.from) add(dataset.table, column, "-");
        for (const column of member.to) add(map.get(member.target)?.table ?? "", column, "-");
      }
    }
  return masks;
}

/** Another value that leaves by the same mask as the same text. */
function masked(value: Value, mask: string, other: Value): Value {
  if (mask === "-" || value === null) return value;
  if (mask === "redact") return typeof other === "string" ? other : "another text";
  // The year stays, the day goes.
  return typeof value === "string" ? value.replace(/^(\d{4})-\d\d-\d\d/, "$1-12-30") : value;
}

/** The same town to this agreement: everything else is another's, empty where it was full, gone or new. */
function otherTown(reference: Reference, drawn: readonly number[]): Tables {
  const choose = chooser(drawn);
  const reached = reachable(reference);
  const masks = opened(reference);
  const changed = (table: string, row: TableRow, n: number): TableRow =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => {
        const mask = masks.get(`${table}.${column}`);
        const other = choose(4) === 0 ? null : uniqueCell(table, column, choose(60) + n, 1);
        return [column, mask === undefined ? other : masked(value, mask, other)];
      }),
    );
  return Object.fromEntries(
    Object.entries(lawsTables).map(([table, rows]) => {
      if (reached.has(table)) return [table, rows.map((row, n) => changed(table, row, n))];
      const columns = Object.keys(tableShapes[table]?.columns ?? {});
      const made = Array.from({ length: choose(20) }, (_, n) =>
        Object.fromEntries(columns.map((column) => [column, uniqueCell(table, column, n + 30, 1)])),
      );
      return [table, made];
    }),
  );
}

/** An answer without what differs from request to request: the entry's own id. What it did cost is in it. */
const comparable = (reply: Reply): string => {
  const entry = reply.headers["passerelle-access"] ?? "";
  return `${reply.status}\n${JSON.stringify(reply.headers)}\n${reply.text}`.replaceAll(entry, "ENTRY");
};

interface Told {
  readonly request: RandomRequest;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly answer: string;
}

export async function inferenceLaw(
  town: LawsGateway,
  policy: Policy,
  drawn: readonly (readonly number[])[],
  difference: readonly number[],
): Promise<number> {
  await town.govern(policy);
  let compared = 0;
  for (const key of keysOf(policy)) {
    const reference = town.reference(key);
    // Fields that are open but masked among them: a filter on one must not work.
    const inputs = (at: string): boolean => reference.opened(at);
    const requests = drawn.map((each) => writeRequest(each, { introspection: true, textRanges: true, inputs }));
    const told: Told[] = [];
    const ids = await town.ids(key);
    for (const request of requests) {
      const first = resolve(request, ids);
      const reply = await town.ask(key, request.query, first.variables);
      told.push({ request, variables: first.variables, answer: comparable(reply) });
      const cursors = harvest(request.query, reply.body.data);
      if (cursors.size === 0) continue;
      const { variables } = resolve(request, ids, cursors);
      told.push({ request, variables, answer: comparable(await town.ask(key, request.query, variables)) });
    }
    const other = otherTown(reference, difference);
    await town.fill(other);
    try {
      for (const { request, variables, answer } of told) {
        const reply = await town.ask(key, request.query, variables);
        await explained({ key, query: request.query, variables, ...policy.rules }, async () => {
          expect(comparable(reply)).toBe(answer);
        });
        compared++;
      }
      expect(await town.ids(key)).toEqual(ids);
    } finally {
      await town.fill(lawsTables);
    }
  }
  return compared;
}

/** Law 9: what one agreement was given means nothing to another, and looks like nothing that another was given. */
export async function pairwiseLaw(town: LawsGateway, policy: Policy): Promise<void> {
  await town.govern(policy);
  const given = new Map<string | null, Map<string, string[]>>();
  for (const key of keysOf(policy)) given.set(key, await town.ids(key));
  const all = [...given.values()].flatMap((ids) => [...ids.values()].flat());
  expect(new Set(all).size).toBe(all.length);
  for (const [key, ids] of given)
    for (const [dataset, own] of ids) {
      const { one, many } = map.get(dataset) ?? { one: "", many: "" };
      const query = `query ($id: ID!, $c: String) { node(id: $id) { id } ${one}(id: $id) { id } ${many}(first: 1, after: $c) { nodes { id } } }`;
      const mine = own[0] ?? "";
      const forged = [`${mine.slice(0, -3)}AAA`, mine.slice(0, 12), "AQ", ""];
      const page = await town.ask(key, `{ ${many}(first: 1) { pageInfo { endCursor } } }`, {});
      const ownCursor = JSON.stringify(page.body.data).match(/"endCursor":"([^"]+)"/)?.[1] ?? "";
      const answers = new Set<string>();
      for (const [other, theirs] of given) {
        if (other === key) continue;
        const id = theirs.get(dataset)?.[0];
        const theirPage = await town.ask(other, `{ ${many}(first: 1) { pageInfo { endCursor } } }`, {});
        const cursor = JSON.stringify(theirPage.body.data ?? {}).match(/"endCursor":"([^"]+)"/)?.[1] ?? "x";
        expect(cursor).not.toBe(ownCursor);
        for (const each of [id, ...forged])
          if (each !== undefined && each !== mine)
            answers.add(comparable(await town.ask(key, query, { id: each, c: cursor })));
      }
      answers.add(comparable(await town.ask(key, query, { id: "x", c: "x" })));
      expect([...answers]).toHaveLength(1);
      expect([...answers][0]).toContain("INVALID_CURSOR");
    }
}

/** Law 15: rows that are hidden are as good as gone. */
export async function hiddenRowsLaw(
  town: LawsGateway,
  policy: Policy,
  drawn: readonly (readonly number[])[],
  hiding: readonly number[],
): Promise<void> {
  await town.govern(policy);
  const requests = drawn.map((each) => writeRequest(each, { textRanges: true }));
  const choose = chooser(hiding);
  const gone = new Map(
    [...map.values()].map((dataset) => [
      dataset.table,
      new Set((lawsTables[dataset.table] ?? []).filter(() => choose(3) === 0).map((row) => keyOf(dataset.table, row))),
    ]),
  );
  const isGone = (table: string, row: Readonly<Record<string, unknown>>): boolean =>
    gone.get(table)?.has(keyOf(table, row)) === true;
  const less = Object.fromEntries(
    Object.entries(lawsTables).map(([table, rows]) => [table, rows.filter((row) => !isGone(table, row))]),
  );
  for (const key of keysOf(policy)) {
    // Ids and cursors were given while all was visible.
    const ids = await town.ids(key);
    for (const request of requests) {
      const whole = await town.ask(key, request.query, resolve(request, ids).variables);
      const { variables } = resolve(request, ids, harvest(request.query, whole.body.data));
      try {
        town.hidden = isGone;
        const hidden = await town.ask(key, request.query, variables);
        await town.fill(less);
        // A guard that hides nothing: then there is no `totalCount` either.
        town.hidden = () => false;
        const removed = await town.ask(key, request.query, variables);
        await explained({ key, query: request.query, variables, ...policy.rules }, async () => {
          expect(comparable(hidden)).toBe(comparable(removed));
          expect(await recorded(town, hidden)).toEqual(await recorded(town, removed));
        });
      } finally {
        town.hidden = null;
        await town.fill(lawsTables);
      }
    }
  }
}

/** What an entry says, less what is another for every request. */
async function recorded(town: LawsGateway, reply: Reply): Promise<object> {
  const entry = await town.entryOf(reply);
  const { fields, rows, refused, errors, outcome, subjects, operation } = entry?.body ?? {};
  expect(fields).toBeDefined();
  return { fields, rows, refused, errors, outcome, subjects, operation, people: entry?.personal?.subjects };
}

function keyOf(table: string, row: Readonly<Record<string, unknown>>): string {
  const dataset = [...map.values()].find((each) => each.table === table);
  const key = (dataset?.key ?? []).map((field) => row[field.column]);
  if (key.includes(undefined)) throw new Error(`a row of ${table} without its key`);
  return JSON.stringify(key);
}
