// Whether the record is what it was. It tells of nobody's access, and is asked for again and again: it is not recorded.
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { retentionPolicy } from "../../accesslog/index.js";
import type { TenantName } from "../../terms/index.js";
import { recordStateOf } from "../record-state.js";
import { RecordState, RetentionState } from "../schema/record.js";
import { Town } from "../schema/town.js";
import type { Visit } from "../visit.js";

@Resolver(() => Town)
export class RecordResolver {
  @FieldResolver(() => RecordState, { description: "Whether the record is what it was." })
  async record(@Root() { name }: Town, @Ctx() { services }: Visit): Promise<RecordState> {
    const tenant = name as TenantName;
    const { log, watch } = services;
    const [state, { behindMs }, witnesses, dated] = await Promise.all([
      log.state(tenant),
      log.lag(tenant),
      log.witnesses(tenant),
      log.timestamps(tenant),
    ]);
    const timestampedAt = dated.newest?.at ?? null;
    return recordStateOf({ look: watch.last(tenant), state, behindMs, witnesses, timestampedAt });
  }

  @FieldResolver(() => RetentionState, { description: "How long the record is kept, and what was removed." })
  async retention(@Root() { name }: Town, @Ctx() { services }: Visit): Promise<RetentionState> {
    const terms = services.retention(name as TenantName);
    const { oldest, removed, lastRun, nextRun } = await services.log.retentionState(name as TenantName);
    return {
      months: terms.months,
      oldest: dateOf(oldest),
      removed,
      lastRun: dateOf(lastRun),
      nextRun: dateOf(nextRun),
      policy: retentionPolicy(terms),
    };
  }
}

const dateOf = (moment: string | null): Date | null => (moment === null ? null : new Date(moment));
