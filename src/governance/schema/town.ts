// One town, as far as it costs nothing to tell; the rest of its fields are resolved (resolve-town*.ts).
import { Field, ObjectType } from "type-graphql";

@ObjectType("Town", { simpleResolvers: true })
export class Town {
  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly displayName!: string;

  @Field(() => String)
  readonly contact!: string;

  @Field(() => String, { description: "IANA." })
  readonly timeZone!: string;
}
