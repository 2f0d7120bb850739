import type { Town } from "../cli/index.js";
import type { GatewayServices } from "../gateway/index.js";
import type { Health } from "../web/index.js";

/** Ready: what is current can be read for every tenant, and the access log can be written. */
export async function readiness(town: Town, services: GatewayServices, live: () => Promise<boolean>): Promise<Health> {
  const checks: Record<string, boolean> = {};
  for (const tenant of town.settings.tenants.keys())
    checks[tenant] = await services.versions.current(tenant).then(
      () => true,
      () => false,
    );
  checks["access-log"] = await live();
  return { ready: Object.values(checks).every(Boolean), checks };
}
