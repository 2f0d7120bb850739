import { queryOptions } from "@tanstack/react-query";
import { ask } from "../../app/gateway.js";
import { graphql, type ResultOf } from "../../app/graphql.js";

const retentionQuestion = graphql(`
  query Retention($town: String!) {
    town(name: $town) {
      retention {
        months
        oldest
        removed
        lastRun
        nextRun
        policy {
          fr
          en
        }
      }
    }
  }
`);

export type Retention = NonNullable<ResultOf<typeof retentionQuestion>["town"]>["retention"];

export const retentionQuery = (town: string) =>
  queryOptions({
    queryKey: ["retention", town],
    queryFn: async ({ signal }) => (await ask(retentionQuestion, { town }, signal)).town?.retention ?? null,
  });
