// Who is signed in.
import { Field, ObjectType } from "type-graphql";
import { type Right, rights, type Role, roles } from "./enums.js";

@ObjectType("Me", { simpleResolvers: true })
export class Me {
  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly email!: string;

  @Field(() => Boolean, { description: "Signed in by the one-time link of the demo, not by the town's provider." })
  readonly demo!: boolean;

  @Field(() => [MyTown])
  readonly towns!: readonly MyTown[];
}

@ObjectType("MyTown", { simpleResolvers: true })
export class MyTown {
  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly displayName!: string;

  @Field(() => [roles])
  readonly roles!: readonly Role[];

  @Field(() => [rights])
  readonly rights!: readonly Right[];
}
