// What was declared beside what was asked.
import { Field, Float, Int, ObjectType } from "type-graphql";
import { Text, Recipient } from "./texts.js";
import { dateTimeScalar, dayScalar } from "./scalars.js";

@ObjectType("AgreementUse", { simpleResolvers: true })
export class AgreementUse {
  @Field(() => String)
  readonly agreement!: string;

  @Field(() => String)
  readonly application!: string;

  @Field(() => String)
  readonly purpose!: string;

  @Field(() => Text)
  readonly purposeTitle!: Text;

  @Field(() => Recipient)
  readonly recipient!: Recipient;

  @Field(() => String)
  readonly basis!: string;

  @Field(() => dayScalar)
  readonly from!: string;

  @Field(() => dayScalar)
  readonly until!: string;

  @Field(() => String, { description: "`in-force`, `suspended`, `ended`, `not-begun`." })
  readonly standing!: string;

  @Field(() => Int, { nullable: true, description: "Accesses a day as declared; null: not declared." })
  readonly volumeDeclared!: number | null;

  @Field(() => Int, { description: "The most accesses of a day, and the mean of the days with any." })
  readonly volumeMost!: number;

  @Field(() => Float)
  readonly volumeMean!: number;

  @Field(() => [DayVolume])
  readonly days!: readonly DayVolume[];

  @Field(() => [FieldUse])
  readonly fields!: readonly FieldUse[];

  @Field(() => PolicyProposal, {
    nullable: true,
    description:
      "What could be taken out; null where every field is used, or the agreement is younger than the days asked.",
  })
  readonly proposal!: PolicyProposal | null;

  @Field(() => String)
  readonly query!: string;
}

@ObjectType("DayVolume", { simpleResolvers: true })
export class DayVolume {
  @Field(() => dayScalar)
  readonly day!: string;

  @Field(() => Int)
  readonly entries!: number;
}

@ObjectType("FieldUse", { simpleResolvers: true })
export class FieldUse {
  @Field(() => String)
  readonly coordinate!: string;

  @Field(() => Int)
  readonly entries!: number;

  @Field(() => Float)
  readonly cells!: number;

  @Field(() => dateTimeScalar, { nullable: true })
  readonly firstUsed!: Date | null;

  @Field(() => dateTimeScalar, { nullable: true })
  readonly lastUsed!: Date | null;

  @Field(() => Int)
  readonly refused!: number;
}

@ObjectType("PolicyProposal", {
  description: "Fields that nobody used, as a change of the policy files that an admin can plan and apply.",
  simpleResolvers: true,
})
export class PolicyProposal {
  @Field(() => [String])
  readonly fields!: readonly string[];

  @Field(() => String, {
    description:
      "A unified diff for `git apply`, beginning at the town folder; empty where no rule is of this agreement alone.",
  })
  readonly patch!: string;

  @Field(() => [String], { description: "What to type, in order." })
  readonly commands!: readonly string[];

  @Field(() => [Text], { description: "What the files cannot say: e.g. that the agreement still lists the field." })
  readonly notes!: readonly Text[];
}
