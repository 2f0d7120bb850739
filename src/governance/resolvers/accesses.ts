// Searching the log, and one access in full.
import { Arg, Ctx, FieldResolver, ID, Int, Resolver, Root } from "type-graphql";
import { GovernanceError } from "../errors.js";
import { AccessPage, Suggestion } from "../schema/access-page.js";
import { AccessStory } from "../schema/access-story.js";
import { Overview } from "../schema/overview.js";
import { dayScalar } from "../schema/scalars.js";
import { Town } from "../schema/town.js";
import type { Visit } from "../visit.js";

const pageText =
  "A page of a search, newest first. `query` is one line, as in `app:cantine-plus field:Resident.email after:2026-11-01 -outcome:answered`.";

@Resolver(() => Town)
export class AccessResolver {
  @FieldResolver(() => Overview, { description: "One day of accesses; today unless given." })
  overview(
    @Arg("day", () => dayScalar, { nullable: true }) _day: string | null,
    @Root() _town: Town,
    @Ctx() _visit: Visit,
  ): Promise<Overview> {
    throw new GovernanceError("NOT_AVAILABLE");
  }

  @FieldResolver(() => AccessPage, { description: pageText })
  accesses(
    @Arg("query", () => String) _query: string,
    @Arg("first", () => Int, { defaultValue: 100 }) _first: number,
    @Arg("after", () => String, { nullable: true }) _after: string | null,
  ): Promise<AccessPage> {
    throw new GovernanceError("NOT_AVAILABLE");
  }

  @FieldResolver(() => AccessStory, {
    nullable: true,
    description: "One entry's whole story, by its id or its number.",
  })
  access(@Arg("id", () => ID) _id: string): Promise<AccessStory | null> {
    throw new GovernanceError("NOT_AVAILABLE");
  }

  @FieldResolver(() => [Suggestion], {
    description:
      "What a line's last word could become: keys, and values that the town knows (names only, never people).",
  })
  suggestions(
    @Arg("query", () => String) _query: string,
    @Arg("cursor", () => Int) _cursor: number,
  ): Promise<readonly Suggestion[]> {
    throw new GovernanceError("NOT_AVAILABLE");
  }
}
