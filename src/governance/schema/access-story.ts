// One access in full.
import { Field, Float, Int, ObjectType } from "type-graphql";
import { type ProofStanding, proofStandings } from "./enums.js";
import { AccessRow } from "./access-page.js";
import { Text, Recipient, RuleRef } from "./texts.js";
import { dateTimeScalar, dayScalar } from "./scalars.js";

@ObjectType("AccessStory", { simpleResolvers: true })
export class AccessStory {
  @Field(() => AccessRow)
  readonly row!: AccessRow;

  @Field(() => Int, { description: "HTTP." })
  readonly status!: number;

  @Field(() => Int)
  readonly durationMs!: number;

  @Field(() => String, {
    nullable: true,
    description: "Stripped of values and chosen names; null where none could be read.",
  })
  readonly operation!: string | null;

  @Field(() => String, { nullable: true, description: "As the application named it; null also where erased." })
  readonly operationName!: string | null;

  @Field(() => String, { nullable: true })
  readonly key!: string | null;

  @Field(() => Text, { nullable: true })
  readonly purposeTitle!: Text | null;

  @Field(() => Recipient, { nullable: true })
  readonly recipient!: Recipient | null;

  @Field(() => AgreementVersionRef, { nullable: true })
  readonly agreementVersion!: AgreementVersionRef | null;

  @Field(() => String, { nullable: true })
  readonly policyVersion!: string | null;

  @Field(() => [FieldLeft])
  readonly left!: readonly FieldLeft[];

  @Field(() => [RowsLeft])
  readonly rowsLeft!: readonly RowsLeft[];

  @Field(() => [FieldWithheld])
  readonly withheld!: readonly FieldWithheld[];

  @Field(() => [FieldRefused])
  readonly refused!: readonly FieldRefused[];

  @Field(() => Int, { description: "Refused ones that the record keeps only the number of." })
  readonly refusedCut!: number;

  @Field(() => [ErrorTold])
  readonly errors!: readonly ErrorTold[];

  @Field(() => [SourceFailed])
  readonly sources!: readonly SourceFailed[];

  @Field(() => [PeopleOf], { description: "By register; empty where nobody's data left, or who they were is erased." })
  readonly people!: readonly PeopleOf[];

  @Field(() => Boolean, { description: "Who they were has been erased from the record." })
  readonly erased!: boolean;

  @Field(() => String, {
    nullable: true,
    description: "The citizen for whom the application acted: the register, no more.",
  })
  readonly onBehalfOf!: string | null;

  @Field(() => Boolean, { description: "Its bytes have the hash that the log keeps." })
  readonly intact!: boolean;

  @Field(() => EntryProof)
  readonly proof!: EntryProof;
}

@ObjectType("AgreementVersionRef", { simpleResolvers: true })
export class AgreementVersionRef {
  @Field(() => Int)
  readonly number!: number;

  @Field(() => String, { nullable: true })
  readonly approvedBy!: string | null;

  @Field(() => dateTimeScalar, { nullable: true })
  readonly approvedAt!: Date | null;

  @Field(() => dayScalar)
  readonly from!: string;

  @Field(() => dayScalar)
  readonly until!: string;
}

@ObjectType("FieldLeft", { simpleResolvers: true })
export class FieldLeft {
  @Field(() => String)
  readonly coordinate!: string;

  @Field(() => Int)
  readonly cells!: number;

  @Field(() => String)
  readonly mask!: string;

  @Field(() => RuleRef, { nullable: true, description: "Null: comes with every visible row." })
  readonly rule!: RuleRef | null;
}

@ObjectType("RowsLeft", { simpleResolvers: true })
export class RowsLeft {
  @Field(() => String)
  readonly dataset!: string;

  @Field(() => Int)
  readonly rows!: number;
}

@ObjectType("FieldWithheld", { simpleResolvers: true })
export class FieldWithheld {
  @Field(() => String)
  readonly coordinate!: string;

  @Field(() => Int)
  readonly cells!: number;
}

@ObjectType("FieldRefused", { simpleResolvers: true })
export class FieldRefused {
  @Field(() => String)
  readonly coordinate!: string;

  @Field(() => Boolean, { description: "Asked for, or to filter or sort by." })
  readonly input!: boolean;

  @Field(() => String)
  readonly reason!: string;

  @Field(() => Text)
  readonly sentence!: Text;

  @Field(() => RuleRef, { nullable: true })
  readonly rule!: RuleRef | null;
}

@ObjectType("ErrorTold", { simpleResolvers: true })
export class ErrorTold {
  @Field(() => String)
  readonly code!: string;

  @Field(() => Text)
  readonly sentence!: Text;
}

@ObjectType("SourceFailed", { simpleResolvers: true })
export class SourceFailed {
  @Field(() => String)
  readonly source!: string;

  @Field(() => String)
  readonly reason!: string;
}

@ObjectType("PeopleOf", { simpleResolvers: true })
export class PeopleOf {
  @Field(() => String)
  readonly register!: string;

  @Field(() => Int)
  readonly count!: number;
}

@ObjectType("EntryProof", { simpleResolvers: true })
export class EntryProof {
  @Field(() => proofStandings)
  readonly standing!: ProofStanding;

  @Field(() => String, { description: "Hex." })
  readonly leafHash!: string;

  @Field(() => Float, { nullable: true, description: "Of the checkpoint that holds it." })
  readonly size!: number | null;

  @Field(() => String, { nullable: true })
  readonly checkpoint!: string | null;

  @Field(() => [String], { description: "Hex, from the leaf up." })
  readonly hashes!: readonly string[];
}
