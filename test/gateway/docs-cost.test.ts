// The examples of docs/cost.md: the operation costs what the page says, and gateway.yaml is read as it says.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Kind, parse } from "graphql";
import { expect, it } from "vitest";
import { deriveApiSchema, readCatalogue } from "../../src/catalogue/index.js";
import { loadSettings } from "../../src/config.js";
import type { AccessView } from "../../src/gateway/access-view.js";
import { estimatedCost } from "../../src/gateway/cost.js";
import { planOperation } from "../../src/gateway/plan-operation.js";
import type { Seals } from "../../src/gateway/seals.js";
import type { Coordinate } from "../../src/terms/index.js";
import { fullAbilities } from "../catalogue/reading.js";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/cost.md"), "utf8");
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp("```" + language + "\\n([\\s\\S]*?)```", "g"))].map(([, text = ""]) => text);
const [query = "", sdl = ""] = blocks("graphql");
const [yaml = ""] = blocks("yaml");

function settingsOf(text: string): ReturnType<typeof loadSettings> {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-cost-"));
  writeFileSync(join(folder, "gateway.yaml"), text);
  const read = loadSettings(folder, {});
  rmSync(folder, { recursive: true });
  return read;
}

it("the operation of docs/cost.md is estimated as the page reckons it", () => {
  const sources = new Set(["families", "library"]);
  const { catalogue, faults } = readCatalogue(sdl, { file: "schema.graphql", sources });
  expect(faults).toEqual([]);
  const limits = settingsOf(yaml).settings?.limits;
  const [operation] = parse(query).definitions;
  if (catalogue === null || limits === undefined || operation?.kind !== Kind.OPERATION_DEFINITION)
    throw new Error("the page's examples cannot be read");
  const everything = (): boolean => true;
  const view = {
    ...{ opened: everything, usable: everything, visible: everything, listable: everything },
    decision: (coordinate: Coordinate) => ({
      coordinate,
      shared: true,
      rows: "all",
      mask: "-",
      rule: { file: "", line: 1, text: "" },
    }),
    conditions: () => null,
    relation: () => null,
    condition: () => -1,
  } as unknown as AccessView;
  const plan = planOperation(
    {
      schema: deriveApiSchema(catalogue, () => fullAbilities),
      ...{ catalogue, view, limits, contact: "data@testville.example" },
      // No id and no cursor is given.
      seals: null as unknown as Seals,
      collect: { fragments: new Map(), variables: {} },
    },
    operation,
  );
  const cost = estimatedCost(plan.costs);
  expect(page).toContain(`estimated at ${cost}:`);
  const answer = JSON.parse(blocks("json")[0] ?? "{}") as Record<string, number> & {
    throttleStatus: Record<string, number>;
  };
  expect(answer["requestedQueryCost"]).toBe(cost);
  const { maximumAvailable = 0, currentlyAvailable = 0, restoreRate } = answer.throttleStatus;
  expect(limits.cost).toMatchObject({ maximumAvailable, restoreRate });
  expect(maximumAvailable - currentlyAvailable).toBe(answer["actualQueryCost"]);
});

it("the gateway.yaml of docs/cost.md says what is so unless said, and budgets as they are merged", () => {
  const { settings, faults } = settingsOf(yaml);
  expect(faults).toEqual([]);
  const usual = settingsOf(yaml.replace(/limits:[\s\S]*?(?=tenants:)/, ""));
  expect(usual.faults).toEqual([]);
  expect(settings?.limits).toEqual(usual.settings?.limits);
  const [tenant] = [...(settings?.tenants.values() ?? [])];
  expect(tenant?.budgets).toEqual(
    new Map([
      ["cantine-plus/school-meals", { perOperation: 2_000, maximumAvailable: 10_000, restoreRate: 100 }],
      ["open-data/open-data", { perOperation: 100_000, maximumAvailable: 200_000, restoreRate: 500 }],
    ]),
  );
});

it.each([
  ["budgets: { 'cantine plus': {} }", 'fault: "cantine plus": an agreement is written application/purpose'],
  ["budgets: { a/b: { maximumAvailable: 10 } }", 'perOperation": 100000 is more than maximumAvailable (10)'],
  ["budgets: { a/b: { perOperation: 300000 } }", 'perOperation": 300000 is more than maximumAvailable (200000)'],
  ["budgets: { a/b: { restoreRate: 0 } }", 'restoreRate" must be at least 1'],
  ["budgets: { a/b: { restoreRat: 10 } }", 'unknown key "restoreRat"'],
])("%s is a fault at its place", (budgets, fault) => {
  const text = `tenants:\n  rivemont:\n    displayName: R\n    contact: d@r.example\n    sources: {}\n    ${budgets}\n`;
  const { settings, faults } = settingsOf(text);
  expect(settings).toBeNull();
  expect(faults.map(({ line, message }) => ({ line, message: `fault: ${message}` }))).toEqual([
    { line: 6, message: expect.stringContaining(fault) as string },
  ]);
});

it("a limit of one operation that could never be spent is a fault at its place", () => {
  const text = "tenants: {}\nlimits: { cost: { perOperation: 10, maximumAvailable: 5 } }\n";
  expect(settingsOf(text).faults.map(({ line, message }) => `${line} ${message}`)).toContain(
    '2 "limits.cost.perOperation": 10 is more than maximumAvailable (5) and could never be spent: write both',
  );
});
