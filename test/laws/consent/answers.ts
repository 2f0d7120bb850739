// What an answer must be and hold, beside what the copy's answer is.
import { expect } from "vitest";
import { subjectTokens } from "../../../src/identity/index.js";
import type { Value } from "../../../src/terms/index.js";
import { tenant, type Reply } from "../../support/test-gateway.js";
import { walkAnswer, type SeenObject } from "./answer-walk.js";
import type { ConsentTown, SourceCall } from "./consent-town.js";
import type { Decided } from "./decided.js";
import type { Governed } from "./governed.js";
import type { PeopleRow, Person, Population } from "./population.js";
import type { ConsentReference } from "./reference.js";
import { datasetNamed, structure, type TownDataset } from "./structure.js";

export type Tally = Map<string, number>;
export const tick = (tally: Tally, kind: string, by = 1): void => void tally.set(kind, (tally.get(kind) ?? 0) + by);

export interface ConsentCase {
  readonly population: Population;
  readonly people: readonly Person[];
  readonly governed: Governed;
  readonly decided: Decided;
  readonly reference: ConsentReference;
}

type Data = Record<string, unknown>;

export class Answer {
  readonly #rows = new Map<string, { readonly dataset: TownDataset; readonly row: PeopleRow }>();

  constructor(
    readonly town: ConsentTown,
    readonly made: ConsentCase,
    readonly query: string,
    readonly variables: Readonly<Record<string, unknown>>,
  ) {
    for (const [name, ids] of town.ids(made.population)) {
      const dataset = structure.find((each) => each.name === name);
      const rows = made.population.get(name) ?? [];
      if (dataset) ids.forEach((id, at) => this.#rows.set(id, { dataset, row: rows[at] ?? {} }));
    }
  }

  #walk(data: Data, visitor: Parameters<typeof walkAnswer>[4]): void {
    walkAnswer(this.query, this.variables, data, (id) => this.#rows.get(id)?.dataset ?? null, visitor);
  }

  /** The copy's answer, but that a link of which the cell is closed is null, where the copy has an empty list. */
  expected(copy: Data, real: Data): unknown {
    const data = structuredClone(copy);
    this.#walk(data, {
      object: ({ dataset, id, value, selected }) => {
        const { row } = this.#rows.get(id) ?? {};
        for (const { key, member } of selected)
          if (row !== undefined && member.kind === "link" && member.many && value[key] !== null)
            if (!this.made.reference.cell(dataset, member.name, row)) value[key] = null;
      },
    });
    return withoutCursors(data, real);
  }

  /** Counts that are not pushed down are null, in both then. */
  comparable(real: Data, tally: Tally): unknown {
    this.#walk(real, {
      list: ({ value, counts }) => {
        for (const name of counts) tick(tally, value[name] === null ? "not counted" : "counted");
      },
    });
    return withoutCursors(real, real);
  }

  /** Rows are looked up by ids that were sent, and by links whose cell is open on a visible row: by no other keys. */
  checkFollowed(calls: readonly SourceCall[]): void {
    const allowed = new Set<string>();
    const name = (table: string, match: readonly string[], values: readonly Value[]): string =>
      JSON.stringify([table, match, values]);
    for (const value of Object.values(this.variables)) {
      const { dataset, row } = this.#rows.get(String(value)) ?? {};
      if (!dataset || !row) continue;
      const column = dataset.members.find((member) => member.name === dataset.key);
      if (column?.kind === "field") allowed.add(name(dataset.table, [column.column], [row[column.column] ?? null]));
    }
    for (const { dataset, row } of this.#rows.values())
      for (const member of dataset.members)
        if (member.kind === "link" && this.made.reference.cell(dataset, member.name, row))
          allowed.add(
            name(
              datasetNamed(member.target).table,
              member.to,
              member.from.map((column) => row[column] ?? null),
            ),
          );
    for (const { table, match, keys } of calls)
      for (const key of keys)
        expect([name(table, match, key), allowed.has(name(table, match, key))]).toEqual([
          name(table, match, key),
          true,
        ]);
  }

  /** Law 5: whose rows left, and what was withheld of them. */
  async checkRecord(reply: Reply, tally: Tally): Promise<void> {
    const { reference } = this.made;
    const people = new Map<string, { scheme: string; key: NonNullable<Value> }>();
    const withheld = new Map<string, number>();
    // A link whose target nobody may see is refused as a whole: of it no cell is withheld.
    const refused = new Set((reply.body.errors ?? []).map(({ extensions }) => extensions["coordinate"]));
    let toldOfMore = false;
    let rows = 0;
    this.#walk(reply.body.data ?? {}, {
      object: ({ dataset, id, selected }: SeenObject) => {
        const { row } = this.#rows.get(id) ?? {};
        expect([id, row !== undefined]).toEqual([id, true]);
        if (row === undefined) return;
        rows++;
        expect([id, reference.visible(dataset, row)]).toEqual([id, true]);
        const opened = selected.filter(({ member }) => {
          const at = `${dataset.name}.${member.name}`;
          return reference.opening(at) !== null && !refused.has(at);
        });
        for (const { member } of opened) {
          const at = `${dataset.name}.${member.name}`;
          if (!reference.cell(dataset, member.name, row)) withheld.set(at, (withheld.get(at) ?? 0) + 1);
        }
        for (const person of reference.peopleOf(
          dataset,
          row,
          opened.map(({ member }) => member.name),
        ))
          people.set(JSON.stringify(person), person);
      },
      list: ({ counts, paged }) => (toldOfMore ||= paged || counts.length > 0),
    });
    const access = (reply.body.extensions?.["access"] ?? {}) as { withheld?: Record<string, number> };
    const total = [...withheld.values()].reduce((sum, count) => sum + count, 0);
    tick(tally, "withheld", total);
    tick(tally, "rows", rows);
    // A link asked for from a cursor that is nobody's is not read, and so not withheld: which ones, the answer does not say.
    const unread = (reply.body.errors ?? []).some(({ extensions }) => extensions["code"] === "INVALID_CURSOR");
    const links = unread ? linkCoordinates() : new Set<string>();
    const compared = (counts: Iterable<readonly [string, number]>): Map<string, number> =>
      new Map([...counts].filter(([at]) => !links.has(at)));
    expect(compared(Object.entries(access.withheld ?? {}))).toEqual(compared(withheld));
    await this.#checkPeople(reply, [...people.values()], toldOfMore);
  }

  async #checkPeople(
    reply: Reply,
    people: readonly { scheme: string; key: NonNullable<Value> }[],
    toldOfMore: boolean,
  ): Promise<void> {
    const { gateway } = this.town.real;
    const entry = await gateway.log.read(tenant, reply.headers["passerelle-access"] ?? "");
    expect(entry).not.toBeNull();
    const recorded = entry?.personal?.subjects ?? {};
    for (const scheme of ["resident", "card"]) {
      const keys = people.filter((person) => person.scheme === scheme).map((person) => person.key);
      const tokens = subjectTokens(gateway.services.derived, tenant, scheme, keys).sort();
      // A count or a page's end tells of more people than rows left; without either it is exactly those.
      if (toldOfMore) expect(recorded[scheme] ?? []).toEqual(expect.arrayContaining(tokens));
      else expect({ scheme, people: recorded[scheme] ?? [] }).toEqual({ scheme, people: tokens });
    }
  }
}

const linkCoordinates = (): Set<string> =>
  new Set(
    structure.flatMap((dataset) =>
      dataset.members.filter(({ kind }) => kind === "link").map(({ name }) => `${dataset.name}.${name}`),
    ),
  );

const cursorKeys = new Set(["cursor", "startCursor", "endCursor"]);

/** Positions are compared by the pages that they lead to. @param counted where a count is null there, it is null here */
function withoutCursors(value: unknown, counted: unknown): unknown {
  if (Array.isArray(value))
    return value.map((each, at) => withoutCursors(each, (counted as unknown[] | undefined)?.[at]));
  if (typeof value !== "object" || value === null) return value;
  const beside = (typeof counted === "object" && counted !== null ? counted : {}) as Data;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (cursorKeys.has(name)) return [name, each === null ? null : "…"];
      if (name === "totalCount" && beside[name] === null) return [name, null];
      return [name, withoutCursors(each, beside[name])];
    }),
  );
}
