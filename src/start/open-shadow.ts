// What the shadow version, where there is one, would decide otherwise: of versions held for it alone (law 12), counted by
// the gateway's own role.
import type { Town } from "../cli/index.js";
import { createShadow, CurrentVersions, type CurrentOptions, type Shadow } from "../gateway/index.js";
import { ShadowStore } from "../policy/index.js";

export function openShadow(town: Town, options: CurrentOptions, report: (event: string) => void): Shadow {
  const versions = new CurrentVersions(options);
  const counts = new ShadowStore(town.store.gateway);
  return createShadow({
    version: (tenant, id) => versions.version(tenant, id),
    write: (found) => counts.add(found),
    derived: town.derived,
    limits: town.settings.limits,
    report,
  });
}
