// Whether the record is what it was, and how long it is kept.
import { Field, Float, Int, ObjectType } from "type-graphql";
import { type RecordStanding, recordStandings } from "./enums.js";
import { Text } from "./texts.js";
import { dateTimeScalar } from "./scalars.js";

@ObjectType("RecordState", { simpleResolvers: true })
export class RecordState {
  @Field(() => recordStandings)
  readonly standing!: RecordStanding;

  @Field(() => Float, { description: "Entries of the log in all." })
  readonly entries!: number;

  @Field(() => Float, { description: "Entries that were checked, those without content by their hash." })
  readonly checked!: number;

  @Field(() => dateTimeScalar, { nullable: true })
  readonly checkedAt!: Date | null;

  @Field(() => CheckpointState, { nullable: true, description: "The newest signed checkpoint; null before the first." })
  readonly checkpoint!: CheckpointState | null;

  @Field(() => [WitnessState], { description: "Witnesses that have countersigned, the newest first." })
  readonly witnesses!: readonly WitnessState[];

  @Field(() => [RecordFault], {
    description: "What a full check found, in words that name the smallest range of entries.",
  })
  readonly faults!: readonly RecordFault[];
}

@ObjectType("CheckpointState", { simpleResolvers: true })
export class CheckpointState {
  @Field(() => Float)
  readonly size!: number;

  @Field(() => dateTimeScalar)
  readonly at!: Date;

  @Field(() => dateTimeScalar, {
    nullable: true,
    description: "RFC 3161, where the town asks a timestamping authority.",
  })
  readonly timestampedAt!: Date | null;
}

@ObjectType("WitnessState", { simpleResolvers: true })
export class WitnessState {
  @Field(() => String)
  readonly name!: string;

  @Field(() => Float, { description: "Size of the log that it has seen last." })
  readonly size!: number;

  @Field(() => dateTimeScalar)
  readonly at!: Date;
}

@ObjectType("RecordFault", { simpleResolvers: true })
export class RecordFault {
  @Field(() => Float)
  readonly from!: number;

  @Field(() => Float)
  readonly to!: number;

  @Field(() => Text)
  readonly sentence!: Text;
}

@ObjectType("RetentionState", { simpleResolvers: true })
export class RetentionState {
  @Field(() => Int, { description: "Months that the content of entries is kept." })
  readonly months!: number;

  @Field(() => dateTimeScalar, { nullable: true, description: "The oldest entry that still has its content." })
  readonly oldest!: Date | null;

  @Field(() => Float, { description: "Entries whose content was removed at the end of their time." })
  readonly removed!: number;

  @Field(() => dateTimeScalar, { nullable: true })
  readonly lastRun!: Date | null;

  @Field(() => dateTimeScalar, { nullable: true })
  readonly nextRun!: Date | null;

  @Field(() => Text, { description: "The written policy, in Markdown." })
  readonly policy!: Text;
}
