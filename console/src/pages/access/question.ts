// One access in full. That it was opened is recorded; it is asked once, and kept for as long as one goes to and fro.
import { queryOptions } from "@tanstack/react-query";
import { ask } from "../../app/gateway.js";
import { storyQuestion, type Story } from "./story.js";

export const storyQuery = (town: string, id: string) =>
  queryOptions({
    queryKey: ["access", town, id],
    queryFn: async ({ signal }): Promise<Story | null> =>
      (await ask(storyQuestion, { town, id }, signal)).town?.access ?? null,
    staleTime: 5 * 60_000,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
