// Law 15, and laws 2, 5, 6, 12, 14 where people decide: an answer over the town's data, with consent, objections, row rules
// and masks at work, is the answer over a copy of the data from which the cells not open were removed beforehand.
import { expect } from "vitest";
import type { Value } from "../../src/terms/index.js";
import { subjectTokens } from "../../src/identity/index.js";
import { tenant, type Reply } from "../support/test-gateway.js";
import { walkAnswer, type SeenObject } from "./consent/answer-walk.js";
import type { ConsentTown } from "./consent/consent-town.js";
import { Decided, type Deed } from "./consent/decided.js";
import { randomGoverned, type Governed, type GovernedOptions } from "./consent/governed.js";
import { randomPopulation, type PeopleRow, type Population } from "./consent/population.js";
import { ConsentReference } from "./consent/reference.js";
import { consentMap, structure, type TownDataset } from "./consent/structure.js";
import { harvest, resolve } from "./laws-gateway.js";
import { chooser, writeRequest, type RandomRequest } from "./request.js";
import { explained } from "./shared.law.js";

export type Tally = Map<string, number>;
const tick = (tally: Tally, kind: string, by = 1): void => void tally.set(kind, (tally.get(kind) ?? 0) + by);

let cases = 0;

export interface ConsentCase {
  readonly population: Population;
  readonly governed: Governed;
  readonly deeds: readonly Deed[];
  readonly reference: ConsentReference;
}

export async function consentLaw(
  town: ConsentTown,
  drawnCase: readonly number[],
  drawnRequests: readonly (readonly number[])[],
  options: GovernedOptions,
  tally: Tally,
): Promise<void> {
  const choose = chooser(drawnCase);
  const base = 1_000 * ++cases;
  const governed = randomGoverned(choose, options);
  const population = randomPopulation(choose, base);
  const reference = new ConsentReference(governed, new Decided([], [], governed, "2026-01-01"), null);
  await town.govern(governed);
  await town.fillTown(population);
  await town.fillCopy(population, reference);
  for (const drawn of drawnRequests)
    await compareOne(town, { population, governed, deeds: [], reference }, drawn, tally);
}

async function compareOne(town: ConsentTown, made: ConsentCase, drawn: readonly number[], tally: Tally): Promise<void> {
  const { population, reference } = made;
  const ids = town.ids(population);
  const sometimes = drawn[0] ?? 0;
  const request = writeRequest(drawn.slice(1), {
    identify: true,
    inputs: (at) => reference.usable(at) || (sometimes % 12 === 0 && reference.opening(at) !== null),
    town: { map: consentMap, value: (table, column, pick) => valueIn(population, table, column, pick) },
  });
  const first = resolve(request, ids).variables;
  const replies = await bothAnswer(town, made, request, first, first, tally);
  if (replies === null) return;
  const [one, other] = replies.map((reply) => harvest(request.query, reply.body.data)) as [Cursors, Cursors];
  if (one.size === 0) return;
  expect([...one].map(([name, list]) => [name, list.length])).toEqual(
    [...other].map(([name, list]) => [name, list.length]),
  );
  tick(tally, "resumed");
  await bothAnswer(
    town,
    made,
    request,
    resolve(request, ids, one).variables,
    resolve(request, ids, other).variables,
    tally,
  );
}
type Cursors = ReturnType<typeof harvest>;

/** Null where the operation is refused as a whole. */
async function bothAnswer(
  town: ConsentTown,
  made: ConsentCase,
  request: RandomRequest,
  variables: Readonly<Record<string, unknown>>,
  copyVariables: Readonly<Record<string, unknown>>,
  tally: Tally,
): Promise<readonly [Reply, Reply] | null> {
  const real = await town.ask(town.real, request.query, variables);
  const calls = [...town.real.calls];
  return explained({ query: request.query, variables, answer: real.text, governed: shown(made) }, async () => {
    const copy = await town.ask(town.copy, request.query, copyVariables);
    if (real.status === 400) {
      expect(codes(real)).toContain("FILTER_NOT_SHARED");
      expect(calls).toEqual([]);
      for (const coordinate of refusedInputs(real))
        expect([coordinate, made.reference.usable(coordinate)]).toEqual([coordinate, false]);
      tick(tally, "input refused");
      return null;
    }
    expect([real.status, copy.status]).toEqual([200, 200]);
    const seen = new Answer(town, made, request.query, variables);
    const told = seen.expected(copy.body.data ?? {}, real.body.data ?? {});
    expect(JSON.stringify(seen.comparable(real.body.data ?? {}, tally))).toBe(JSON.stringify(told));
    expect(errorsOf(real)).toEqual(errorsOf(copy));
    await seen.checkRecord(real, tally);
    tick(tally, codes(real).length > 0 ? "partial" : "answered");
    return [real, copy] as const;
  });
}

const shown = ({ governed, deeds }: ConsentCase): string =>
  JSON.stringify({ ...governed, openings: Object.fromEntries(governed.openings), deeds }, null, 1);
const codes = (reply: Reply): string[] => (reply.body.errors ?? []).map(({ extensions }) => String(extensions["code"]));
const refusedInputs = (reply: Reply): string[] =>
  (reply.body.errors ?? []).map(({ extensions }) => String(extensions["coordinate"]));

/** Code and place; the sentence may name a header to send. */
const errorsOf = (reply: Reply): string[] =>
  (reply.body.errors ?? [])
    .map(({ path, extensions: { code, coordinate, selection } }) =>
      JSON.stringify({ code, coordinate, selection, path }),
    )
    .sort();

function valueIn(population: Population, table: string, column: string, pick: number): NonNullable<Value> {
  const dataset = structure.find((each) => each.table === table);
  const values = (population.get(dataset?.name ?? "") ?? [])
    .map((row) => row[column] ?? null)
    .filter((v) => v !== null);
  const usual = { Int: 1, Float: 1.5, String: "Bea", Date: "2010-01-05", Boolean: true } as const;
  return values[pick % Math.max(1, values.length)] ?? usual[dataset?.columns[column] ?? "Int"];
}

type Data = Record<string, unknown>;

class Answer {
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

  /** Law 5: whose rows left, and what was withheld of them. */
  async checkRecord(reply: Reply, tally: Tally): Promise<void> {
    const { reference } = this.made;
    const people = new Map<string, { scheme: string; key: NonNullable<Value> }>();
    const withheld = new Map<string, number>();
    let toldOfMore = false;
    this.#walk(reply.body.data ?? {}, {
      object: ({ dataset, id, selected }: SeenObject) => {
        const { row } = this.#rows.get(id) ?? {};
        expect([id, row !== undefined]).toEqual([id, true]);
        if (row === undefined) return;
        expect([id, reference.visible(dataset, row)]).toEqual([id, true]);
        const opened = selected.filter(({ member }) => reference.opening(`${dataset.name}.${member.name}`) !== null);
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
    expect(new Map(Object.entries(access.withheld ?? {}))).toEqual(withheld);
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
