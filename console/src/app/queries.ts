import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Fault } from "./gateway.js";
import { sessionQuery } from "./town.js";

/**
 * What was asked and how it ended. Answers stay in memory alone: nothing that the record tells is kept by the browser.
 * @param signedOut where nobody is signed in any more; it is given the address to come back to
 */
export function createQueries(signedOut: (back: string) => void): QueryClient {
  const onError = (error: unknown): void => {
    if (!(error instanceof Fault) || error.code !== "UNAUTHENTICATED") return;
    client.removeQueries({ queryKey: sessionQuery.queryKey });
    signedOut(`${window.location.pathname}${window.location.search}`);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      mutations: { networkMode: "always" },
      queries: {
        // Without a network a question fails, and says so: it does not wait in silence.
        networkMode: "always",
        // A question is recorded each time: it is not asked again because a window got the focus.
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        staleTime: 60_000,
        retry: (count, error) => count < 1 && error instanceof Fault && error.code === "UNREACHABLE",
      },
    },
  });
  return client;
}
