// Finding the person whose accesses are asked about, by the town's own registers.
import { Arg, FieldResolver, Resolver } from "type-graphql";
import { GovernanceError } from "../errors.js";
import { PeopleFound, PersonKeyInput, PersonRegister } from "../schema/people.js";
import { Town } from "../schema/town.js";

@Resolver(() => Town)
export class PeopleResolver {
  @FieldResolver(() => [PersonRegister], { description: "How people of this town's registers can be found." })
  registers(): Promise<readonly PersonRegister[]> {
    throw new GovernanceError("NOT_AVAILABLE");
  }

  @FieldResolver(() => PeopleFound, { description: "People of a register whose data is the one given. At most 20." })
  findPeople(
    @Arg("register", () => String) _register: string,
    @Arg("by", () => [PersonKeyInput]) _by: readonly PersonKeyInput[],
  ): Promise<PeopleFound> {
    throw new GovernanceError("NOT_AVAILABLE");
  }
}
