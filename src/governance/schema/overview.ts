// One day of accesses.
import { Field, Float, Int, ObjectType } from "type-graphql";
import { type UnusualKind, unusualKinds } from "./enums.js";
import { Text } from "./texts.js";
import { dayScalar } from "./scalars.js";

@ObjectType("Overview", { simpleResolvers: true })
export class Overview {
  @Field(() => dayScalar)
  readonly day!: string;

  @Field(() => Int, { description: "Of requests of applications; what staff read is counted in `staffEntries`." })
  readonly entries!: number;

  @Field(() => Float)
  readonly rows!: number;

  @Field(() => Int)
  readonly refusedEntries!: number;

  @Field(() => Int)
  readonly staffEntries!: number;

  @Field(() => [CountedRequests], {
    description: "Requests without a valid key, and shed load: counted, not recorded.",
  })
  readonly counted!: readonly CountedRequests[];

  @Field(() => [HourCell], {
    description: "By application and hour of the day (0 to 23, the town's time). Hours without accesses are left out.",
  })
  readonly hours!: readonly HourCell[];

  @Field(() => [Unusual], { description: "The most pressing first." })
  readonly unusual!: readonly Unusual[];
}

@ObjectType("CountedRequests", { simpleResolvers: true })
export class CountedRequests {
  @Field(() => String, { description: "`not-authenticated`, `overloaded`, `rate-limited`, `unreadable`." })
  readonly event!: string;

  @Field(() => Int)
  readonly count!: number;
}

@ObjectType("HourCell", { simpleResolvers: true })
export class HourCell {
  @Field(() => String, { nullable: true, description: "Null: without a key (open data)." })
  readonly application!: string | null;

  @Field(() => Int)
  readonly hour!: number;

  @Field(() => Int)
  readonly entries!: number;

  @Field(() => Float)
  readonly rows!: number;

  @Field(() => Int)
  readonly refused!: number;
}

@ObjectType("Unusual", { simpleResolvers: true })
export class Unusual {
  @Field(() => unusualKinds)
  readonly kind!: UnusualKind;

  @Field(() => String, { nullable: true })
  readonly agreement!: string | null;

  @Field(() => String, { nullable: true, description: "Coordinate, of a first use." })
  readonly field!: string | null;

  @Field(() => Text, { description: "One sentence that says what, how much and since when." })
  readonly sentence!: Text;

  @Field(() => String, { nullable: true, description: "The search that shows the entries; null where there are none." })
  readonly query!: string | null;
}
