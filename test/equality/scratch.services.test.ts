import { it } from "vitest";
import { parse } from "graphql";
import { smallDatabases, smallSchema } from "../gateway/small-town.js";
import { openTown, send } from "./same-answers.js";
const cases: [string, Record<string, unknown>][] = [
  [`query($b: Boolean = true) { people { nodes { number @include(if: $b) } } __typename }`, { b: null }],
  [`query($b: Boolean = true) { people @include(if:$b) {nodes {number}} __typename }`, { b: null }],
  [`query($id: ID = "x") { person(id: $id) { number } places {nodes{code}} }`, { id: null }],
  [`query($id: ID = "x") { node(id: $id) { id } places {nodes{code}} }`, { id: null }],
  [`query($n: String = "x") { __type(name: $n) { name } places {nodes{code}} }`, { n: null }],
  [`query($n: Boolean = true) { __schema { queryType { name @skip(if: $n) } } places {nodes{code}} }`, { n: null }],
  [`{ people @skip(if: true) { nodes { number } } }`, {}],
  [
    `query($f: OrderDirection = DESC) { people(orderBy: {field: name, direction: $f}) { nodes { name } } places {nodes{code}} }`,
    { f: null },
  ],
  [
    `query($f: String = "b") { people(where: {name: {in: ["a", $f]}}) { nodes { name } } places {nodes{code}} }`,
    { f: null },
  ],
  [`query($f: String) { people(where: {name: {in: ["a", $f]}}) { nodes { name } } places {nodes{code}} }`, {}],
  [`query($x: Int) { people(where: {number: {eq: $x}}) { nodes { name } } places {nodes{code}} }`, { x: null }],
  [
    `query($f: PersonOrderField = name) { people(orderBy: {field: $f}) { nodes { name } } places {nodes{code}} }`,
    { f: null },
  ],
];
it("x", async () => {
  const town = await openTown(smallSchema, smallDatabases);
  for (const [query, variables] of cases) {
    const operation = { query, variables, operationName: null };
    let oracle: unknown;
    try {
      oracle = await town.oracle.execute(parse(query), operation);
    } catch (e) {
      oracle = String(e);
    }
    console.log(
      query,
      variables,
      "\n  O",
      JSON.stringify(oracle).slice(0, 600),
      "\n  G",
      (await send(town, operation)).text.slice(0, 500),
    );
  }
  await town.gateway.close();
});
