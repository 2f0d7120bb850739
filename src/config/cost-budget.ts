// What agreements may spend: `limits.cost` for all, `budgets` of a tenant for some of them.
import * as z from "zod";
import { agreementRef, type AgreementRef } from "../terms/index.js";
import { alwaysWhen, count, isRecord } from "./shapes.js";

const most = 1_000_000_000;
const usual = { perOperation: 100_000, maximumAvailable: 200_000, restoreRate: 5_000 } as const;
const said = {
  perOperation: "Estimated cost of one operation, at most.",
  maximumAvailable: "Cost that one agreement can spend at once, on each node.",
  restoreRate: "Cost that comes back to it each second.",
} as const;

export const costBudget = z
  .strictObject({
    perOperation: count(said.perOperation, usual.perOperation, most),
    maximumAvailable: count(said.maximumAvailable, usual.maximumAvailable, most),
    restoreRate: count(said.restoreRate, usual.restoreRate, most),
  })
  .superRefine(({ perOperation, maximumAvailable }, issues) => {
    const message = neverThere(perOperation, maximumAvailable);
    if (message !== null) issues.addIssue({ code: "custom", path: ["perOperation"], message });
  }, alwaysWhen(isRecord));

/** Operations as dear as one may be must be there to spend, or they would be told to come again for ever. */
const neverThere = (perOperation: number, maximumAvailable: number): string | null =>
  perOperation > maximumAvailable
    ? `${String(perOperation)} is more than maximumAvailable (${String(maximumAvailable)}) and could never be spent: write both`
    : null;

export type CostBudgetSettings = z.output<typeof costBudget>;

const part = (what: string) =>
  z.int().min(1).max(most).optional().describe(`${what} Unless said, that of \`limits.cost\`.`);

const name = "[a-z][a-z0-9-]{0,62}";
const refPattern = new RegExp(`^(open-data|${name}/${name})$`);

export const budgets = z
  .record(
    z.string(),
    z.strictObject({
      perOperation: part(said.perOperation),
      maximumAvailable: part(said.maximumAvailable),
      restoreRate: part(said.restoreRate),
    }),
  )
  .superRefine((entries, issues) => {
    const message = "an agreement is written application/purpose, like cantine-plus/school-meals; or open-data";
    for (const key of Object.keys(entries))
      if (!refPattern.test(key)) issues.addIssue({ code: "custom", path: [key], message, params: { onKey: true } });
  }, alwaysWhen(isRecord))
  .default({})
  .meta({ propertyNames: { pattern: refPattern.source } })
  .describe("What some agreements may spend, by their name; the others follow `limits.cost`.");

type Budgets = z.output<typeof budgets>;

/** Where what is said of one agreement does not fit together with what is said of all. */
export function refuseBudgets(
  tenants: Readonly<Record<string, { readonly budgets: Budgets }>>,
  all: CostBudgetSettings,
  issues: z.core.$RefinementCtx,
): void {
  for (const [tenant, settings] of Object.entries(tenants))
    for (const [ref, given] of Object.entries(settings.budgets)) {
      const { perOperation, maximumAvailable } = merged(given, all);
      const message = neverThere(perOperation, maximumAvailable);
      const path = ["tenants", tenant, "budgets", ref, "perOperation"];
      if (message !== null) issues.addIssue({ code: "custom", path, message });
    }
}

const merged = (given: Budgets[string], all: CostBudgetSettings): CostBudgetSettings => ({
  perOperation: given.perOperation ?? all.perOperation,
  maximumAvailable: given.maximumAvailable ?? all.maximumAvailable,
  restoreRate: given.restoreRate ?? all.restoreRate,
});

/** By the agreement's name as requests have it; `open-data` is short for the built-in one. */
export const budgetsOf = (given: Budgets, all: CostBudgetSettings): ReadonlyMap<AgreementRef, CostBudgetSettings> =>
  new Map(
    Object.entries(given).map(([ref, budget]) => {
      const [application = "", purpose = application] = ref.split("/");
      return [agreementRef(application, purpose), merged(budget, all)];
    }),
  );
