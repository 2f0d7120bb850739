// Datasets and fields in the town's own words: `Resident.email` is “E-mail address”.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { ask } from "../../app/gateway.js";
import { graphql, type ResultOf } from "../../app/graphql.js";
import { useSaid } from "../../app/language.js";

const wordsQuestion = graphql(`
  query Words($town: String!) {
    town(name: $town) {
      words {
        name
        title {
          fr
          en
        }
      }
    }
  }
`);

type Word = NonNullable<ResultOf<typeof wordsQuestion>["town"]>["words"][number];

/** Of the map of the data alone: not recorded. */
const wordsQuery = (town: string) =>
  queryOptions({
    queryKey: ["words", town],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Word["title"]>> => {
      const answer = await ask(wordsQuestion, { town }, signal);
      return new Map((answer.town?.words ?? []).map(({ name, title }) => [name, title]));
    },
    staleTime: 10 * 60_000,
  });

/** The name itself where the town has no word for it, or it was taken off the map. */
export function useWords(town: string): (name: string) => string {
  const say = useSaid();
  const { data } = useQuery(wordsQuery(town));
  return useCallback(
    (name: string) => {
      const title = data?.get(name);
      return title === undefined ? name : say(title);
    },
    [data, say],
  );
}
