// What the demo's families have answered, recorded like anyone's decisions, once.
import { createHash } from "node:crypto";
import type { Town } from "../cli/index.js";
import type { TenantSettings } from "../config.js";
import { termsOf, type Deciding } from "../consent/index.js";
import { demoFamilies, type DemoAnswer } from "../demo/index.js";
import type { AgreementView, Snapshot } from "../identity/index.js";
import { birthday, dayBefore } from "../terms/index.js";

const ref = "repas-malin/meal-advice";
const scheme = "resident";

/** Nothing where the agreement is not there, or anybody has decided on it already. */
export async function seedConsents(town: Town, tenant: TenantSettings, report: (line: string) => void): Promise<void> {
  const agreement = (await town.registry.listAgreements(tenant.name)).find((each) => each.ref === ref);
  if (agreement?.approved?.snapshot.basis !== "consent") return;
  const register = town.consents;
  if ((await register.list(tenant.name, { agreement: agreement.id, limit: 1 })).length > 0) return;
  const { guardians, answers } = demoFamilies();
  await register.addGuardianships(
    tenant.name,
    guardians.map(({ guardian, ward, wardBorn, since }) => ({
      ...{ tenant: tenant.name, guardian: { scheme, key: guardian }, ward: { scheme, key: ward }, wardBorn },
      ...{ from: since, until: dayBefore(birthday(wardBorn, 18)), source: "dataset", by: "Guardianship" },
    })),
  );
  const { snapshot, number } = agreement.approved;
  const decide = decisionsOn(agreement, snapshot, number, tenant);
  const count = await register.decideAll(tenant.name, answers.map(decide));
  report(`  ${count.toLocaleString("en")} decisions of made-up families on ${ref}`);
}

function decisionsOn(
  { id }: AgreementView,
  snapshot: Snapshot,
  version: number,
  tenant: TenantSettings,
): (answer: DemoAnswer) => Deciding {
  const { purpose, recipient, basis, informationSociety, units, until } = snapshot;
  const text = `${tenant.purposes.get(purpose)?.text.fr ?? purpose} Destinataire : ${recipient.name}. Jusqu'au ${until}.`;
  const shown: Deciding["shown"] = {
    ...{ language: "fr", text, textVersion: createHash("sha256").update(text, "utf8").digest("hex") },
    channel: "web",
  };
  const terms = termsOf({ purpose, recipient, basis });
  const part = units.filter(({ name }) => !name.startsWith("@contact"));
  return ({ person, guardian, answer }) => ({
    ...{ tenant: tenant.name, agreement: id, version, terms, basis, informationSociety, asked: units, scheme },
    ...{ key: person, by: guardian === null ? { kind: "self" } : { kind: "guardian", scheme, key: guardian } },
    ...{ units: answer === "part" ? part : units, decision: answer === "none" ? "refused" : "given", shown, until },
  });
}
