// A search of the log: how its line was understood, and a page of rows.
import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import { type Outcome, outcomes } from "./enums.js";
import { Text } from "./texts.js";
import { dateTimeScalar } from "./scalars.js";

@ObjectType("AccessPage", { simpleResolvers: true })
export class AccessPage {
  @Field(() => ReadQuery)
  readonly query!: ReadQuery;

  @Field(() => [AccessRow], { description: "Empty where the query has faults." })
  readonly rows!: readonly AccessRow[];

  @Field(() => Boolean)
  readonly more!: boolean;

  @Field(() => String, { nullable: true, description: "For `after`. Null: this was the last page." })
  readonly end!: string | null;

  @Field(() => AccessTotal, {
    nullable: true,
    description: "Of the whole search, of its first page alone; null afterwards.",
  })
  readonly total!: AccessTotal | null;
}

@ObjectType("ReadQuery", { description: "How a line was understood.", simpleResolvers: true })
export class ReadQuery {
  @Field(() => String, { description: "The line as it is to be shown and kept: a person stands in it as a token." })
  readonly canonical!: string;

  @Field(() => [QueryTerm])
  readonly terms!: readonly QueryTerm[];

  @Field(() => [QueryFault])
  readonly faults!: readonly QueryFault[];
}

@ObjectType("QueryTerm", { simpleResolvers: true })
export class QueryTerm {
  @Field(() => String)
  readonly key!: string;

  @Field(() => String)
  readonly value!: string;

  @Field(() => Boolean)
  readonly negated!: boolean;
}

@ObjectType("QueryFault", { simpleResolvers: true })
export class QueryFault {
  @Field(() => Int, { description: "Offsets in UTF-16 units." })
  readonly from!: number;

  @Field(() => Int)
  readonly to!: number;

  @Field(() => Text)
  readonly sentence!: Text;
}

@ObjectType("AccessTotal", { simpleResolvers: true })
export class AccessTotal {
  @Field(() => Int)
  readonly count!: number;

  @Field(() => Boolean, { description: "False: at least so many." })
  readonly exact!: boolean;
}

@ObjectType("AccessRow", { simpleResolvers: true })
export class AccessRow {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => Float, { description: "Its number in the log." })
  readonly index!: number;

  @Field(() => dateTimeScalar)
  readonly at!: Date;

  @Field(() => outcomes, { nullable: true, description: "Null: the entry was altered beyond reading." })
  readonly outcome!: Outcome | null;

  @Field(() => String, { nullable: true })
  readonly application!: string | null;

  @Field(() => String, { nullable: true })
  readonly purpose!: string | null;

  @Field(() => String, { nullable: true })
  readonly agreement!: string | null;

  @Field(() => String, { nullable: true })
  readonly basis!: string | null;

  @Field(() => [String], { description: "Coordinates that left, the first ten." })
  readonly fields!: readonly string[];

  @Field(() => Int)
  readonly fieldCount!: number;

  @Field(() => Int)
  readonly refusedCount!: number;

  @Field(() => Int, { description: "Rows that left." })
  readonly rows!: number;

  @Field(() => Int, { description: "Distinct people." })
  readonly people!: number;

  @Field(() => Int, { description: "Cells that were withheld." })
  readonly withheld!: number;

  @Field(() => StaffAct, {
    nullable: true,
    description: "Of an entry of staff: what they did, and who, where that is not erased.",
  })
  readonly staff!: StaffAct | null;
}

@ObjectType("StaffAct", { simpleResolvers: true })
export class StaffAct {
  @Field(() => String, { nullable: true })
  readonly who!: string | null;

  @Field(() => String)
  readonly command!: string;

  @Field(() => [StaffFilter])
  readonly filters!: readonly StaffFilter[];
}

@ObjectType("StaffFilter", { simpleResolvers: true })
export class StaffFilter {
  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly value!: string;
}

@ObjectType("Suggestion", { simpleResolvers: true })
export class Suggestion {
  @Field(() => String, { description: "What the whole line becomes." })
  readonly query!: string;

  @Field(() => String, { description: "What is shown of it." })
  readonly label!: string;

  @Field(() => Text, { nullable: true })
  readonly hint!: Text | null;
}

@ObjectType("Word", { simpleResolvers: true })
export class Word {
  @Field(() => String, { description: "`Resident`, or `Resident.email`." })
  readonly name!: string;

  @Field(() => Text)
  readonly title!: Text;
}
