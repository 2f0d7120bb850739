// What one operation asks of the town's services, counted where it arrives.
import { prepare } from "../answers.js";
import { markdownTable } from "../figures.js";
import { benchQueries } from "../queries.js";
import { openStatementDoor } from "../statement-door.js";
import type { Started } from "../started.js";
import type { BenchTown } from "../town.js";
import { openGateway } from "./stand.js";

export interface SourceRequests {
  readonly query: string;
  /** Statements at both databases. */
  readonly statements: number;
  readonly rest: number;
  readonly graphql: number;
}

/** The fewest that can answer: one for each list or set of keys, service and level. */
const fewest: Readonly<Record<string, Omit<SourceRequests, "query">>> = {
  Q1: { statements: 1, rest: 0, graphql: 0 },
  Q2: { statements: 1, rest: 0, graphql: 0 },
  Q3: { statements: 3, rest: 0, graphql: 0 },
  Q4: { statements: 1, rest: 1, graphql: 1 },
  Q5: { statements: 1, rest: 0, graphql: 0 },
};

/** A gateway of its own, whose databases lie behind doors that note each statement. */
export async function countSourceRequests(
  started: Started,
  town: BenchTown,
  report: (line: string) => void,
): Promise<readonly SourceRequests[]> {
  const names = ["BENCH_CIVIL_URL", "BENCH_EDUCATION_URL"] as const;
  const doors = await Promise.all(
    names.map(async (name) => started.add(await openStatementDoor(town.env[name] ?? ""), (door) => door.close())),
  );
  const { gateway } = await openGateway(
    started,
    town,
    Object.fromEntries(names.map((name, at) => [name, doors[at]?.url])),
  );
  const served = async (address: string): Promise<number> =>
    Number(await (await fetch(`${address}/-/requests`)).text());
  const { parking, mobility } = town.services;
  const counted: SourceRequests[] = [];
  for (const query of benchQueries) {
    // What came before has learnt the tables, and its answers were checked.
    const [one] = await prepare(gateway, query);
    const before = [await served(parking.address), await served(mobility.address)] as const;
    for (const door of doors) door.take();
    await fetch(gateway.url, { method: "POST", headers: gateway.headers, body: one?.body ?? "" }).then((r) => r.text());
    const statements = doors.reduce((sum, door) => sum + door.take().length, 0);
    const rest = (await served(parking.address)) - before[0];
    const graphql = (await served(mobility.address)) - before[1];
    counted.push({ query: query.name, statements, rest, graphql });
    report(`${query.name}: ${statements} statements, ${rest} REST calls, ${graphql} GraphQL calls`);
  }
  await gateway.server.stop();
  return counted;
}

export const requestsTable = (counted: readonly SourceRequests[]): string =>
  markdownTable(
    ["one operation", "statements", "REST calls", "GraphQL calls", "the fewest that can answer"],
    counted.map(({ query, statements, rest, graphql }) => {
      const least = fewest[query];
      const isLeast = least?.statements === statements && least.rest === rest && least.graphql === graphql;
      const told = isLeast ? "yes" : `${least?.statements ?? "?"}, ${least?.rest ?? "?"}, ${least?.graphql ?? "?"}`;
      return [query, `${statements}`, `${rest}`, `${graphql}`, told];
    }),
  );
