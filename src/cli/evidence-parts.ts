import { verifierText, type EvidenceOptions } from "../accesslog/index.js";
import { policyPathKind, type PolicyStore } from "../policy/index.js";
import type { PolicyVersionId, TenantName } from "../terms/index.js";
import { datedLogKeys, type LogNames } from "./town-log.js";

/** What an evidence file says of a town besides its entries: its public keys, and the rules by which was decided. */
export const evidenceParts = (
  town: LogNames & { readonly policyStore: PolicyStore },
  tenant: TenantName,
  now: Date,
): Pick<EvidenceOptions, "keys" | "policy" | "now"> => ({
  now,
  keys: datedLogKeys(town, tenant, now).map(({ key, from }) => ({ key: verifierText(key), since: from })),
  policy: async (version) => {
    const content = await town.policyStore.read(tenant, version as PolicyVersionId);
    if (content === null) return null;
    // A version's name does not depend on its tests.
    const files = [...content.files].filter(([path]) => policyPathKind(path, tenant) !== "tests");
    return { schema: content.schema, files: Object.fromEntries(files) };
  },
});
