// What was declared beside what was asked, and the register of processing activities.
import { Arg, FieldResolver, Int, Resolver } from "type-graphql";
import { GovernanceError } from "../errors.js";
import { AgreementUse } from "../schema/agreements.js";
import { ProcessingActivity } from "../schema/register.js";
import { Town } from "../schema/town.js";

@Resolver(() => Town)
export class AgreementResolver {
  @FieldResolver(() => [AgreementUse], {
    description: "Declared and used: each agreement beside what was asked under it in so many days.",
  })
  agreementUses(@Arg("days", () => Int, { defaultValue: 90 }) _days: number): Promise<readonly AgreementUse[]> {
    throw new GovernanceError("NOT_AVAILABLE");
  }

  @FieldResolver(() => [ProcessingActivity], { description: "The register of processing activities (GDPR art. 30)." })
  processingRegister(): Promise<readonly ProcessingActivity[]> {
    throw new GovernanceError("NOT_AVAILABLE");
  }
}
