// What was declared beside what was asked, and the register of processing activities.
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { PolicyNotUnderstood, type PolicyVersion } from "../../policy/index.js";
import type { AgreementRef } from "../../terms/index.js";
import type { DeclaredAndUsed } from "../declared-and-used.js";
import { GovernanceError } from "../errors.js";
import { proposeRemoval } from "../policy-proposal.js";
import { processingRegister } from "../processing-register.js";
import { AgreementUse, type PolicyProposal } from "../schema/agreements.js";
import { ProcessingActivity } from "../schema/register.js";
import { Town } from "../schema/town.js";
import type { TownFacts } from "../town-facts.js";
import { readUses } from "../uses.js";
import { may, opened, townOf, type Visit } from "../visit.js";

/** The record keeps its content for three years at most. */
const mostDays = 1_100;

@Resolver(() => Town)
export class AgreementResolver {
  @FieldResolver(() => [AgreementUse], {
    description: "Declared and used: each agreement beside what was asked under it in so many days.",
  })
  async agreementUses(
    @Arg("days", () => Int, { defaultValue: 90 }) days: number,
    @Root() { name }: Town,
    @Ctx() visit: Visit,
  ): Promise<readonly AgreementUse[]> {
    const town = townOf(visit, name);
    if (days < 1 || days > mostDays) throw new GovernanceError("BAD_USER_INPUT", { argument: "days" });
    const filters = { days: String(days) };
    await opened(visit, town.name, { right: "READ_AGREEMENTS", what: "agreements", filters });
    const { services, loaders } = visit;
    const agreements = await loaders.agreements.load(town.name);
    const uses = await readUses(services.log, { town, agreements }, days, services.now());
    const version = may(visit, town.name, "PROPOSE_POLICY") ? await loaders.inForce.load(town.name) : null;
    if (version === null) return uses.map((use) => ({ ...use, proposal: null }));
    const propose = await proposer(visit, town, version);
    return uses.map((use) => ({ ...use, proposal: propose(use) }));
  }

  @FieldResolver(() => [ProcessingActivity], { description: "The register of processing activities (GDPR art. 30)." })
  async processingRegister(@Root() { name }: Town, @Ctx() visit: Visit): Promise<readonly ProcessingActivity[]> {
    const town = townOf(visit, name);
    await opened(visit, town.name, { right: "READ_REGISTER", what: "register" });
    const { loaders } = visit;
    const [agreements, applications, version] = await Promise.all([
      loaders.agreements.load(town.name),
      loaders.applications.load(town.name),
      loaders.inForce.load(town.name),
    ]);
    return processingRegister({ town, agreements, applications, version });
  }
}

/** A patch is for who can plan and apply it. */
async function proposer(
  { services, loaders }: Visit,
  town: TownFacts,
  version: PolicyVersion,
): Promise<(use: DeclaredAndUsed) => PolicyProposal | null> {
  const [agreements, applications, tests] = await Promise.all([
    loaders.agreements.load(town.name),
    loaders.applications.load(town.name),
    services.policyTests(town.name),
  ]);
  const names = {
    sources: services.sources(town.name),
    purposes: new Set(town.purposes.keys()),
    applications: new Set(applications.map(({ name }) => name)),
  };
  return ({ agreement, fields }) => {
    const unused = fields.filter((field) => field.unused).map(({ coordinate }) => coordinate);
    const used = new Set(fields.filter(({ entries }) => entries > 0).map(({ coordinate }) => coordinate));
    try {
      return proposeRemoval({ version, names, agreements, agreement: agreement as AgreementRef, unused, used, tests });
    } catch (error) {
      // Nothing is shared under such a version, and nothing can be proposed for it.
      if (error instanceof PolicyNotUnderstood) return null;
      throw error;
    }
  };
}
