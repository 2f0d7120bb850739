// A budget for an agreement that there is not bounds nobody: said at the start, since only the store knows agreements.
import type { Town } from "../cli/index.js";
import type { TenantSettings } from "../config.js";
import { agreementRef, nearest } from "../terms/index.js";

/** A warning and no fault: an agreement may be signed after the gateway was started. */
export async function tellUnknownBudgets(
  { registry }: Pick<Town, "registry">,
  { name, budgets }: Pick<TenantSettings, "name" | "budgets">,
  report: (line: string) => void,
): Promise<void> {
  if (budgets.size === 0) return;
  const agreements = await registry.listAgreements(name);
  const known = [agreementRef("open-data", "open-data"), ...agreements.map((agreement) => agreement.ref)];
  for (const ref of budgets.keys()) {
    if (known.includes(ref)) continue;
    const meant = nearest(ref, known);
    report(
      `gateway.yaml: ${name} has a budget for ${ref}, which is no agreement: it bounds nobody${meant === undefined ? "" : ` (did you mean "${meant}"?)`}`,
    );
  }
}
