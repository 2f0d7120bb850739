// The register of processing activities (GDPR art. 30).
import { Field, ObjectType } from "type-graphql";
import { Text, Recipient } from "./texts.js";
import { dayScalar } from "./scalars.js";

@ObjectType("ProcessingActivity", { simpleResolvers: true })
export class ProcessingActivity {
  @Field(() => String, { description: "`cantine-plus/school-meals`, or `open-data`." })
  readonly agreement!: string;

  @Field(() => Text)
  readonly title!: Text;

  @Field(() => Text)
  readonly purpose!: Text;

  @Field(() => String)
  readonly controller!: string;

  @Field(() => String)
  readonly contact!: string;

  @Field(() => String, { nullable: true })
  readonly dpo!: string | null;

  @Field(() => Text)
  readonly basis!: Text;

  @Field(() => Recipient)
  readonly recipient!: Recipient;

  @Field(() => [Text])
  readonly subjects!: readonly Text[];

  @Field(() => [PersonalCategory])
  readonly categories!: readonly PersonalCategory[];

  @Field(() => [String])
  readonly sources!: readonly string[];

  @Field(() => Text)
  readonly retention!: Text;

  @Field(() => [Text])
  readonly security!: readonly Text[];

  @Field(() => dayScalar)
  readonly from!: string;

  @Field(() => dayScalar)
  readonly until!: string;

  @Field(() => String)
  readonly standing!: string;
}

@ObjectType("PersonalCategory", { simpleResolvers: true })
export class PersonalCategory {
  @Field(() => String, { description: "Of the W3C Data Privacy Vocabulary." })
  readonly term!: string;

  @Field(() => Text)
  readonly title!: Text;

  @Field(() => [String])
  readonly fields!: readonly string[];

  @Field(() => Boolean)
  readonly special!: boolean;
}
