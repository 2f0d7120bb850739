// Finding people in the town's registers.
import { Field, InputType, ObjectType } from "type-graphql";
import { type PersonKeyKind, personKeyKinds } from "./enums.js";
import { Text } from "./texts.js";

@ObjectType("PersonRegister", { simpleResolvers: true })
export class PersonRegister {
  @Field(() => String, { description: "The scheme of `@subject`." })
  readonly name!: string;

  @Field(() => Text)
  readonly title!: Text;

  @Field(() => [PersonKey], { description: "What a person can be found by: the key alone, or several together." })
  readonly keys!: readonly PersonKey[];
}

@ObjectType("PersonKey", { simpleResolvers: true })
export class PersonKey {
  @Field(() => String)
  readonly name!: string;

  @Field(() => Text)
  readonly title!: Text;

  @Field(() => personKeyKinds, { description: "A whole number, a text, or a day." })
  readonly kind!: PersonKeyKind;

  @Field(() => Boolean, { description: "Enough by itself." })
  readonly alone!: boolean;
}

@InputType("PersonKeyInput")
export class PersonKeyInput {
  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly value!: string;
}

@ObjectType("PeopleFound", { simpleResolvers: true })
export class PeopleFound {
  @Field(() => [Person])
  readonly people!: readonly Person[];

  @Field(() => Boolean, { description: "There are more than are shown." })
  readonly more!: boolean;

  @Field(() => Text, { nullable: true, description: "Why nobody could be looked for; null where that was possible." })
  readonly fault!: Text | null;
}

@ObjectType("Person", { simpleResolvers: true })
export class Person {
  @Field(() => String, {
    description: "As it stands in a query: `resident~…`. It tells the person to nobody without the town's keys.",
  })
  readonly handle!: string;

  @Field(() => String, { description: "As the register has it, to tell people apart on the screen." })
  readonly label!: string;

  @Field(() => String, { description: "The search for the whole record about them." })
  readonly query!: string;
}
