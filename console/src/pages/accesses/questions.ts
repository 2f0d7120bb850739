// What the pages of accesses ask the governance API. Every answer of these is itself recorded, so nothing is asked twice
// without a person's wish: no refetch on focus, none in the background.
import { queryOptions } from "@tanstack/react-query";
import { ask } from "../../app/gateway.js";
import { graphql, type ResultOf } from "../../app/graphql.js";

const pageSize = 100;

const rowFragment = graphql(`
  fragment Row on AccessRow {
    id
    index
    at
    outcome
    application
    purpose
    agreement
    basis
    fields
    fieldCount
    refusedCount
    rows
    people
    withheld
    staff {
      who
      command
      filters {
        name
        value
      }
    }
  }
`);

const accessesQuestion = graphql(
  `
    query Accesses($town: String!, $query: String!, $first: Int!, $after: String) {
      town(name: $town) {
        accesses(query: $query, first: $first, after: $after) {
          query {
            canonical
            terms {
              key
              value
              negated
            }
            faults {
              from
              to
              sentence {
                fr
                en
              }
            }
          }
          rows {
            ...Row
          }
          more
          end
          total {
            count
            exact
          }
        }
      }
    }
  `,
  [rowFragment],
);

const suggestionsQuestion = graphql(`
  query Suggestions($town: String!, $query: String!, $cursor: Int!) {
    town(name: $town) {
      suggestions(query: $query, cursor: $cursor) {
        query
        label
        hint {
          fr
          en
        }
      }
    }
  }
`);

export type Accesses = NonNullable<ResultOf<typeof accessesQuestion>["town"]>["accesses"];
export type Row = Accesses["rows"][number];
export type LineFault = Accesses["query"]["faults"][number];
export type Suggestion = NonNullable<ResultOf<typeof suggestionsQuestion>["town"]>["suggestions"][number];

/** A page is kept so long after it was last on the screen. */
const keptMs = 10 * 60_000;

/** One page of a search. A failed one is not asked again by itself: each attempt would stand in the record. */
export const pageQuery = (town: string, line: string, after: string | null) =>
  queryOptions({
    queryKey: ["accesses", town, line, after],
    queryFn: async ({ signal }): Promise<Accesses> => {
      const answer = await ask(accessesQuestion, { town, query: line, first: pageSize, after }, signal);
      if (answer.town === null) throw new Error("A town in which one has a role answers.");
      return answer.town.accesses;
    },
    staleTime: Infinity,
    gcTime: keptMs,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

/** Names only, which tell of no access: these are not recorded. */
export const suggestionsQuery = (town: string, line: string, cursor: number) =>
  queryOptions({
    queryKey: ["suggestions", town, line, cursor],
    queryFn: async ({ signal }): Promise<readonly Suggestion[]> =>
      (await ask(suggestionsQuestion, { town, query: line, cursor }, signal)).town?.suggestions ?? [],
    staleTime: 60_000,
    retry: false,
  });
