// Who refused cannot be learned (laws 2, 14, 15): to an application a person who withdrew is as one who was never there, in
// every answer and in every call that reaches a service. With the protection off the same attack learns it.
import { expect } from "vitest";
import type { ConsentTown, Mode } from "./consent/consent-town.js";
import { today } from "./consent/deeds.js";
import type { DecisionDeed } from "./consent/decided.js";
import type { Governed, Version } from "./consent/governed.js";
import type { PeopleRow, Person, Population } from "./consent/population.js";
import { coordinates } from "./consent/structure.js";
import { learned, observe, probes, type Knowledge, type Observed, type Send } from "./who-refused.js";

const residents = 40;
/** Whom the application knew; somebody beside them; and a number that nobody has. */
const [target, nobody] = [17, 77];
/** They have refused from the start. */
const others = [3, 18, 31];

const population: Population = new Map<string, readonly PeopleRow[]>([
  ["Household", Array.from({ length: 9 }, (_, n) => ({ code: n, street: "Rue Haute", size: 2 }))],
  [
    "Resident",
    Array.from({ length: residents }, (_, n) => ({
      ...{ id: n, name: `Name ${n}`, born: "1980-01-01", email: `p${String(n).padStart(3, "0")}@example.org` },
      ...{ phone: `0${n}`, score: n % 3, status: "Ada", active: true, card: `K${n}` },
      ...{ doctor_id: (n * 7) % residents, household_id: n % 9 },
    })),
  ],
  [
    "Account",
    Array.from({ length: residents }, (_, n) => ({
      ...{ number: `N${String(n).padStart(3, "0")}`, balance: n, label: "x", opened: "2020-01-01", person_id: n },
    })),
  ],
  [
    "Loan",
    Array.from({ length: residents }, (_, n) => ({
      ...{ code: n, title: "T", due: "2026-01-01", borrower_id: n, guarantor_id: (n + 1) % residents, card: `K${n}` },
    })),
  ],
  [
    "Payment",
    Array.from({ length: residents }, (_, n) => ({
      code: n,
      amount: 1,
      note: "",
      account_no: `N${String(n).padStart(3, "0")}`,
    })),
  ],
]);

const names = (dataset: string, row: PeopleRow, person: number): boolean =>
  (dataset === "Resident" && row["id"] === person) ||
  (dataset === "Account" && row["person_id"] === person) ||
  (dataset === "Loan" && (row["borrower_id"] === person || row["guarantor_id"] === person));

/** The town in which they never were. */
const without: Population = new Map(
  [...population].map(([dataset, rows]) => [dataset, rows.filter((row) => !names(dataset, row, target))]),
);

const terms = { purpose: "p1", recipient: { name: "Test", role: "controller", basis: "contract" } };

function governed(basis: string): Governed {
  const units = [{ name: "*", fields: coordinates }] as unknown as Version["units"];
  return {
    openings: new Map(coordinates.map((at) => [at, { rows: "all", mask: "-" }])),
    informationSociety: false,
    versions: [{ number: 1, fields: coordinates, units, terms: { ...terms, basis } }],
  };
}

const sendTo =
  (town: ConsentTown): Send =>
  async (query, variables) => {
    const reply = await town.ask(town.real, query, variables);
    return { reply, calls: [...town.real.calls] };
  };

type Decision = DecisionDeed["decision"];

async function decide(town: ConsentTown, made: Governed, people: readonly Person[], decision: Decision): Promise<void> {
  const [version] = made.versions;
  if (version === undefined) throw new Error("no version");
  const { number, fields } = version;
  const deeds = people.map((about): DecisionDeed => ({
    ...{ kind: "decision", day: today, until: "2030-01-01", about, by: about, decision },
    ...{ version: number, terms: version.terms, units: ["*"], fields },
  }));
  await town.registry.decideAll(deeds, made, town.agreement);
}

/** What an application keeps while the person's rows are open to it. */
async function remember(town: ConsentTown): Promise<Knowledge> {
  const household = target % 9;
  const members = `household(id: $h) { members(first: 100) { edges { cursor node { number } } } }`;
  const ids = town.ids(population);
  const [residentId = "", householdId = "", accountId = "", loanId = ""] = [
    ids.get("Resident")?.[target],
    ids.get("Household")?.[household],
    ids.get("Account")?.[target],
    ids.get("Loan")?.[target],
  ];
  const { reply } = await sendTo(town)(
    `query ($h: ID!) { residents(first: 100) { edges { cursor node { id number } } }
       accounts(first: 100) { edges { cursor node { id number } } } ${members} }`,
    { h: householdId },
  );
  type Edges<T> = { readonly edges: readonly { readonly cursor: string; readonly node: T }[] };
  const data = reply.body.data as unknown as {
    residents: Edges<{ id: string; number: number }>;
    accounts: Edges<{ id: string; number: string }>;
    household: { members: Edges<{ number: number }> };
  };
  const place = data.residents.edges.findIndex(({ node }) => node.number === target);
  expect(data.residents.edges[place]?.node.id).toBe(residentId);
  const cursor = <T>({ edges }: Edges<T>, of: (node: T) => boolean): string => {
    const found = edges.find(({ node }) => of(node))?.cursor;
    if (found === undefined) throw new Error("the person cannot be seen yet");
    return found;
  };
  return {
    ...{ number: target, email: `p0${target}@example.org`, household, residentId, householdId, accountId, loanId },
    accountNumber: `N0${target}`,
    residentCursor: cursor(data.residents, ({ number }) => number === target),
    accountCursor: cursor(data.accounts, ({ number }) => number === `N0${target}`),
    memberCursor: cursor(data.household.members, ({ number }) => number === target),
    earlierCursor: data.residents.edges[place - 1]?.cursor ?? null,
  };
}

/** Somebody who never was, known in the same ways: what names them is made the same as what names the other. */
const neverThere = (known: Knowledge): Knowledge => ({
  ...known,
  number: nobody,
  email: `p0${nobody}@example.org`,
  accountNumber: `N0${nobody}`,
});
const alike = (text: string): string =>
  text.replaceAll(/\b(p0|N0)(17|77)\b/g, "$1WHO").replaceAll(/("(?:value|n)":|"values":\[)(1[678]|7[678])\b/g, "$1WHO");

interface Worlds {
  readonly refused: ReadonlyMap<string, Observed>;
  readonly gone: ReadonlyMap<string, Observed>;
  readonly stranger: ReadonlyMap<string, Observed>;
}

async function worlds(town: ConsentTown, known: Knowledge): Promise<Worlds> {
  const send = sendTo(town);
  await town.fillTown(population);
  const refused = await observe(send, known);
  const stranger = await observe(send, neverThere(known));
  await town.fillTown(without);
  const gone = await observe(send, known);
  await town.fillTown(population);
  return { refused, gone, stranger };
}

const named = new Set(
  probes.filter(([, query]) => /number: \{ (eq|in|gt)|borrower: \{|guarantor: \{/.test(query)).map(([name]) => name),
);
const byName = (all: Worlds["refused"]): Worlds["refused"] => new Map([...all].filter(([name]) => named.has(name)));

export async function whoRefusedLaw(
  town: ConsentTown,
  basis: "consent" | "public-task",
  modes: readonly Mode[],
): Promise<void> {
  const made = governed(basis);
  await town.govern(made);
  await town.fillTown(population);
  town.signIn(null);
  town.setMode({ held: true, told: true });
  const everybody = Array.from({ length: residents }, (_, n) => n);
  const resident = (key: number): Person => ({ scheme: "resident", key });
  if (basis === "consent") {
    const agreeing = everybody.filter((n) => !others.includes(n)).map(resident);
    const cards = everybody.map((n) => ({ scheme: "card", key: `K${n}` }));
    await decide(town, made, [...agreeing, ...cards], "given");
  } else await decide(town, made, others.map(resident), "objected");
  const known = await remember(town);
  await decide(town, made, [resident(target)], basis === "consent" ? "withdrawn" : "objected");
  for (const mode of modes) {
    town.setMode(mode);
    const { refused, gone, stranger } = await worlds(town, known);
    expect([...refused].filter(([, { status }]) => status !== 200)).toEqual([]);
    expect({ mode, learned: learned(refused, gone) }).toEqual({ mode, learned: [] });
    expect({ mode, learned: learned(byName(refused), byName(stranger), alike) }).toEqual({ mode, learned: [] });
  }
  // The protection is off: the same probes tell, or they could not have told anything.
  town.openEverything();
  const open = await worlds(town, known);
  expect(learned(open.refused, open.gone).length).toBeGreaterThan(probes.length / 2);
  expect(learned(byName(open.refused), byName(open.stranger), alike).length).toBeGreaterThan(named.size * 0.8);
}
