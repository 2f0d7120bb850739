import { expect, it } from "vitest";
import { tellUnknownBudgets } from "../../src/start/unknown-budgets.js";
import { agreementRef, type TenantName } from "../../src/terms/index.js";

it("says which budgets bound nobody, and which agreement may be meant", async () => {
  const lines: string[] = [];
  const budget = { perOperation: 1, maximumAvailable: 1, restoreRate: 1 };
  const refs = ["cantine-plus/school-meals", "cantine-plus/school-meal", "open-data/open-data", "x/y"];
  const listed = [{ ref: agreementRef("cantine-plus", "school-meals") }];
  const registry = { listAgreements: () => Promise.resolve(listed) };
  await tellUnknownBudgets(
    { registry } as unknown as Parameters<typeof tellUnknownBudgets>[0],
    {
      name: "rivemont" as TenantName,
      budgets: new Map(refs.map((ref) => [agreementRef(...(ref.split("/") as [string, string])), budget])),
    },
    (line) => void lines.push(line),
  );
  expect(lines).toEqual([
    'gateway.yaml: rivemont has a budget for cantine-plus/school-meal, which is no agreement: it bounds nobody (did you mean "cantine-plus/school-meals"?)',
    "gateway.yaml: rivemont has a budget for x/y, which is no agreement: it bounds nobody",
  ]);
});
