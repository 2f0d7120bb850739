// Law 12: what is kept under one agreement's question tells no other what was asked. A place is where somebody stands.
import { describe, expect, it } from "vitest";
import { keepScope } from "../../src/gateway/keep-open.js";
import { ColumnSet, type Batch } from "../../src/gateway/plan.js";
import type { Filter } from "../../src/sources/index.js";
import type { PolicyVersionId, TenantName } from "../../src/terms/index.js";

const at = { name: "at", type: "GeoJSON" } as const;
const code = { name: "code", type: "String" } as const;
const near: Filter = { op: "near", column: at, position: [3.1, 48.1], maxDistance: 50 };
const named: Filter = { op: "eq", column: code, value: "p1" };

/** Open data asked with this condition, below what is asked with that one. */
function batch(filter: Filter | null, above?: Batch, byId = false): Batch {
  const members = new Map([at, code].map((column) => [column.name, { kind: "field", column }]));
  const parent = above === undefined ? null : { batch: above, columns: [] };
  const made = { dataset: { name: "Place", open: true, members }, columns: new ColumnSet(), match: [], filter };
  return { ...made, members: [{ parent, byId }] } as unknown as Batch;
}

const scope = (asked: Batch, id: string) =>
  keepScope(asked, { tenant: "rivemont" as TenantName, id }, "v1" as PolicyVersionId);

describe("what is kept of open data", () => {
  it("serves every agreement where nobody has put a condition to it", () => {
    for (const asked of [batch(null), batch(null, batch(null))]) {
      expect(scope(asked, "one")).not.toBeNull();
      expect(scope(asked, "one")).toBe(scope(asked, "other"));
    }
  });

  it.each([
    ["a condition", batch(named)],
    ["a condition above", batch(null, batch(named))],
    ["an id", batch(null, undefined, true)],
  ])("serves the agreement alone whose question had %s", (_, asked) => {
    expect(scope(asked, "one")).not.toBeNull();
    expect(scope(asked, "one")).not.toBe(scope(asked, "other"));
  });

  it.each([
    ["asked for", batch(near)],
    ["among others", batch({ op: "or", filters: [named, { op: "not", filter: near }] })],
    ["above", batch(null, batch(near))],
  ])("is nothing where a place was %s", (_, asked) => {
    expect(scope(asked, "one")).toBeNull();
  });
});
