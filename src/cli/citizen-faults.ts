import type { Catalogue } from "../catalogue/index.js";
import type { TenantSettings } from "../config.js";
import { bindSchemes } from "../gateway/index.js";
import type { FileFault } from "../terms/index.js";

/** Names below `citizens` of gateway.yaml that the map of the data does not have: nobody would be found by them. */
export function citizenFaults({ citizens }: Pick<TenantSettings, "citizens">, catalogue: Catalogue): FileFault[] {
  if (citizens === null) return [];
  return bindSchemes(citizens.schemes, catalogue).problems.map(({ path, message, suggestion }) => ({
    ...{ severity: "fault", code: "citizens", file: "gateway.yaml", message },
    ...citizens.placeOf(path),
    ...(suggestion === undefined ? {} : { suggestion }),
  }));
}
