// Whether the record is what it was. It tells of nobody's access, and is asked for again and again: it is not recorded.
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { TenantName } from "../../terms/index.js";
import { RecordState, RetentionState } from "../schema/record.js";
import { Town } from "../schema/town.js";
import { GovernanceError } from "../errors.js";
import type { Visit } from "../visit.js";

@Resolver(() => Town)
export class RecordResolver {
  @FieldResolver(() => RecordState, { description: "Whether the record is what it was." })
  async record(@Root() { name }: Town, @Ctx() { services }: Visit): Promise<RecordState> {
    const { entries, checkpoint } = await services.log.state(name as TenantName);
    return {
      standing: "UNCHECKED",
      entries,
      checked: 0,
      checkedAt: null,
      checkpoint: checkpoint === null ? null : { ...checkpoint, timestampedAt: null },
      witnesses: [],
      faults: [],
    };
  }

  @FieldResolver(() => RetentionState, { description: "How long the record is kept, and what was removed." })
  retention(): RetentionState {
    throw new GovernanceError("NOT_AVAILABLE");
  }
}
