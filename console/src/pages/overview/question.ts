import { queryOptions } from "@tanstack/react-query";
import { ask } from "../../app/gateway.js";
import { graphql, type ResultOf } from "../../app/graphql.js";

const overviewQuestion = graphql(`
  query Overview($town: String!, $day: Day) {
    town(name: $town) {
      overview(day: $day) {
        day
        entries
        rows
        refusedEntries
        staffEntries
        counted {
          event
          count
        }
        hours {
          application
          hour
          entries
          rows
          refused
        }
        unusual {
          kind
          agreement
          field
          query
          sentence {
            fr
            en
          }
        }
      }
    }
  }
`);

export type OverviewOfDay = NonNullable<ResultOf<typeof overviewQuestion>["town"]>["overview"];

/** @param day null: today, as the town counts it */
export const overviewQuery = (town: string, day: string | null) =>
  queryOptions({
    queryKey: ["overview", town, day],
    queryFn: async ({ signal }) => (await ask(overviewQuestion, { town, day }, signal)).town?.overview ?? null,
  });
