// Laws 2, 5 and 10: whoever decides, masks or records finds a column's cells by the set of what is read. What only passes may
// be no value but a place, and so is found by nobody.
import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import type { AccessView } from "../../src/gateway/access-view.js";
import { chooseOperation } from "../../src/gateway/check-document.js";
import { ColumnSet } from "../../src/gateway/plan.js";
import { planOperation } from "../../src/gateway/plan-operation.js";
import { Seals } from "../../src/gateway/seals.js";
import { DerivedKeys } from "../../src/identity/index.js";
import type { Coordinate } from "../../src/terms/index.js";
import { testCaller, testLimits, testSecrets } from "../support/test-gateway.js";
import { catalogue, schema, view } from "./planning-town.js";

const name = { name: "name", type: "String" } as const;
const born = { name: "born", type: "Date" } as const;

describe("a column that only passes", () => {
  it("is found by nobody, until somebody looks at it", () => {
    const columns = new ColumnSet();
    expect(columns.pass(name)).toBe(0);
    expect(columns.at(name)).toBeUndefined();
    expect(columns.passing).toBe(true);
    expect(columns.add(name)).toBe(0);
    expect(columns.at(name)).toBe(0);
    expect(columns.passing).toBe(false);
    expect(columns.list).toEqual([name]);
  });

  it("is looked at for good by who came first", () => {
    const columns = new ColumnSet();
    expect(columns.addAll([born, name])).toEqual([0, 1]);
    expect(columns.pass(name)).toBe(1);
    expect(columns.at(name)).toBe(1);
    expect(columns.passing).toBe(false);
  });

  it("has the type of who looks at it first, not of who only passes it on or looks at it later", () => {
    const columns = new ColumnSet();
    const asText = { ...born, type: "String" } as const;
    columns.pass(asText);
    columns.add(born);
    columns.add(asText);
    expect(columns.list).toEqual([born]);
  });

  it("is so where it is selected, whatever calls it so", () => {
    const columns = new ColumnSet();
    const asLooked = { ...born, passes: true as const };
    expect(columns.add(asLooked)).toBe(0);
    expect(columns.list).toEqual([born]);
  });
});

describe("of an operation", () => {
  const { agreement } = testCaller("all", { application: "a", purpose: "t", fields: [], basis: "public-task" });
  const seals = new Seals(new DerivedKeys(testSecrets), agreement);

  /** For each batch the columns that only pass. */
  function passing(query: string, masked: Readonly<Record<string, string>> = {}): readonly string[][] {
    const { operation, fragments } = chooseOperation(parse(query), null);
    const decision = (at: Coordinate) => ({ ...view.decision(at), mask: masked[at] ?? "-" });
    const context = { schema, catalogue: catalogue as never, seals, limits: testLimits, contact: "" };
    const seen = { ...view, decision } as unknown as AccessView;
    const plan = planOperation({ ...context, view: seen, collect: { fragments, variables: {} } }, operation);
    const names = plan.batches.map(({ columns }) => columns.list.filter((column) => column.passes === true));
    return names.map((columns) => columns.map((column) => column.name));
  }

  it.each<[string, string, readonly string[][], Readonly<Record<string, string>>?]>([
    ["is what is selected and no more", "{ people { nodes { id number name seen } } }", [["name", "seen"]]],
    [
      "is nothing that has a mask",
      "{ people { nodes { name birthDate } } }",
      [["name"]],
      { "Person.birthDate": "year" },
    ],
    [
      "is nothing that rows are ordered by",
      "{ people(orderBy: [{ field: name }]) { nodes { name email } } }",
      [["email"]],
    ],
    [
      "is nothing that a link begins with",
      "{ houses { nodes { street code people { nodes { name } } } } }",
      [["street"], ["name"]],
    ],
    ["is nothing that a link finds", "{ people { nodes { email house { code street } } } }", [["email"], ["street"]]],
    ["is nothing of open data, which is kept", "{ places { nodes { code label } } }", [[]]],
  ])("%s", (_, query, expected, masked) => {
    expect(passing(query, masked)).toEqual(expected);
  });
});
