// Law 15, and laws 2, 5, 6, 12, 14 where people decide: an answer over the town's data, with consent, objections, row rules
// and masks at work, is the answer over a copy of the data from which the cells not open were removed beforehand.
import { expect } from "vitest";
import type { Value } from "../../src/terms/index.js";
import type { Reply } from "../support/test-gateway.js";
import { Answer, tick, type ConsentCase, type Tally } from "./consent/answers.js";
import type { ConsentTown, Mode } from "./consent/consent-town.js";
import { Decided } from "./consent/decided.js";
import { randomDecision, randomLife, today } from "./consent/deeds.js";
import { inForce, randomGoverned, type GovernedOptions } from "./consent/governed.js";
import { peopleOf, randomPopulation, type Population } from "./consent/population.js";
import { ConsentReference, type SignedIn } from "./consent/reference.js";
import { consentMap, datasetNamed, structure, type TownDataset, type TownLink } from "./consent/structure.js";
import { harvest, resolve } from "./laws-gateway.js";
import { writeRequest, type Choose, type RandomRequest } from "./request.js";
import { explained } from "./shared.law.js";

/** A town takes more draws than fast-check likes to make: they follow from one number (mulberry32). */
function chooseBy(start: number): Choose {
  let state = start | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

let cases = 0;

export async function consentLaw(
  town: ConsentTown,
  start: number,
  drawnRequests: readonly (readonly number[])[],
  options: GovernedOptions & { readonly mode?: Mode },
  tally: Tally,
): Promise<void> {
  const choose = chooseBy(start);
  const made = await makeCase(town, choose, options);
  town.setMode(options.mode ?? { held: choose(2) === 0, told: choose(2) === 0 });
  town.signIn(made.reference.citizen);
  await town.fillCopy(made.population, made.reference);
  for (const drawn of drawnRequests) await compareOne(town, made, drawn, tally);
  await oneMore(town, made, choose, tally);
}

async function makeCase(town: ConsentTown, choose: Choose, options: GovernedOptions): Promise<ConsentCase> {
  const governed = randomGoverned(choose, options);
  const population = randomPopulation(choose, 1_000 * ++cases);
  const people = peopleOf(population);
  const agreement = await town.govern(governed);
  await town.fillTown(population);
  const lived = await town.registry.live(randomLife(choose, people, governed), governed, agreement);
  const decided = new Decided(lived.deeds, lived.guardianships, governed, today);
  return { population, people, governed, decided, reference: new ConsentReference(governed, decided, signedIn()) };

  function signedIn(): SignedIn | null {
    const self = people.filter(() => choose(6) === 0).slice(0, 2);
    if (self.length === 0 || choose(3) === 0) return null;
    const wards = lived.guardianships.filter(({ guardian }) => self.includes(guardian)).map(({ ward }) => ward);
    return { self, wards };
  }
}

/** Metamorphic: taking back never adds a row or a value anywhere, giving never removes one. */
async function oneMore(town: ConsentTown, made: ConsentCase, choose: Choose, tally: Tally): Promise<void> {
  const { governed, people, decided } = made;
  const about = people[choose(Math.max(1, people.length))];
  if (about === undefined) return;
  const speakers = [about, ...decided.guardiansOf(about, today)].filter((by) => decided.maySpeak(by, about, today));
  const by = speakers[choose(Math.max(1, speakers.length))];
  if (by === undefined) return;
  const { basis } = inForce(governed).terms;
  if (basis !== "consent" && basis !== "public-task") return;
  const objects = basis === "public-task";
  const gives = choose(2) === 0;
  const kinds = objects ? (["objection-withdrawn", "objected"] as const) : (["given", "withdrawn"] as const);
  const version = inForce(governed);
  const deed = randomDecision(choose, { about, by, day: today, version }, [gives ? kinds[0] : kinds[1]]);
  const before = await everything(town, made);
  if ((await town.registry.decide(deed, governed, town.agreement)) === null) return;
  const after = await everything(town, made);
  const [less, more] = gives ? [before, after] : [after, before];
  tick(tally, less.size < more.size ? `changed by ${gives ? "giving" : "taking back"}` : "changed nothing");
  expect([...less].filter((each) => !more.has(each))).toEqual([]);
  const deeds = [...decided.deeds, deed];
  const then = new Decided(deeds, decided.guardianships, governed, today);
  const reference = new ConsentReference(governed, then, made.reference.citizen);
  expect([...after].filter((each) => each.startsWith("row")).sort()).toEqual(rowsOf(town, made, reference));
}

/** Every row and value that the agreement can have, by the row's id. */
async function everything(town: ConsentTown, { reference }: ConsentCase): Promise<Set<string>> {
  const lists = structure.filter((dataset) => reference.listable(dataset));
  const selection = (dataset: TownDataset): string =>
    dataset.members
      .filter(({ name }) => reference.opening(`${dataset.name}.${name}`) !== null)
      .map((member) => (member.kind === "field" ? member.name : linked(member)))
      .join(" ");
  const linked = ({ name, target, many }: TownLink): string => {
    const there = datasetNamed(target);
    if (many && !reference.listable(there)) return "";
    if (!many && there.members.every((member) => reference.opening(`${target}.${member.name}`) === null)) return "";
    return `${name} ${many ? "{ nodes { zid: id } }" : "{ zid: id }"}`;
  };
  const query = `{ __typename ${lists.map((dataset) => `${dataset.many} { nodes { zid: id ${selection(dataset)} } }`).join(" ")} }`;
  const { body } = await town.ask(town.real, query, {});
  return explained({ query, errors: body.errors ?? [] }, async () => {
    expect(body.errors ?? []).toEqual([]);
    const found = new Set<string>();
    for (const dataset of lists)
      for (const node of (body.data?.[dataset.many] as { nodes: Data[] }).nodes) {
        found.add(`row ${dataset.name} ${String(node["zid"])}`);
        for (const [name, value] of Object.entries(node)) {
          if (value === null) continue;
          const ids = typeof value === "object" ? ((value as { nodes?: Data[] }).nodes ?? [value]) : null;
          if (ids === null) found.add(`value ${dataset.name}.${name} ${String(node["zid"])} ${JSON.stringify(value)}`);
          else
            for (const each of ids)
              found.add(`link ${dataset.name}.${name} ${String(node["zid"])} ${JSON.stringify(each)}`);
        }
      }
    return found;
  });
}

function rowsOf(
  town: ConsentTown,
  { population, reference: before }: ConsentCase,
  reference: ConsentReference,
): string[] {
  return [...town.ids(population)]
    .flatMap(([name, ids]) => {
      const dataset = datasetNamed(name);
      const rows = population.get(name) ?? [];
      if (!before.listable(dataset)) return [];
      return ids.filter((_, at) => reference.visible(dataset, rows[at] ?? {})).map((id) => `row ${name} ${id}`);
    })
    .sort();
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
    seen.checkFollowed(calls);
    await seen.checkRecord(real, tally);
    tick(tally, codes(real).length > 0 ? "partial" : "answered");
    return [real, copy] as const;
  });
}

const shown = ({ governed, decided: { deeds, guardianships }, reference: { citizen } }: ConsentCase): string =>
  JSON.stringify(
    { ...governed, openings: Object.fromEntries(governed.openings), deeds, guardianships, citizen },
    null,
    1,
  );
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
