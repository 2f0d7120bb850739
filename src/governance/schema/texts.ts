// Texts in both languages, and who receives data.
import { Field, ObjectType } from "type-graphql";

@ObjectType("Text", { description: "A text in both languages of the console.", simpleResolvers: true })
export class Text {
  @Field(() => String)
  readonly fr!: string;

  @Field(() => String)
  readonly en!: string;
}

@ObjectType("Recipient", { simpleResolvers: true })
export class Recipient {
  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly role!: string;

  @Field(() => String)
  readonly basis!: string;
}

@ObjectType("RuleRef", {
  description: "A line of a policy file, with its text in the version that decided.",
  simpleResolvers: true,
})
export class RuleRef {
  @Field(() => String, { description: "`policies/rivemont/canteen.csv:3`" })
  readonly place!: string;

  @Field(() => String, { nullable: true, description: "Null: not stored any more." })
  readonly text!: string | null;
}
