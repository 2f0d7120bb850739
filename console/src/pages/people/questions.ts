// What the page of people asks. Who is looked for is recorded before anything is answered: nothing is asked by itself.
import { queryOptions } from "@tanstack/react-query";
import { ask } from "../../app/gateway.js";
import { findQuestion, registersQuestion, type Found, type KeyGiven, type Register } from "./registers.js";

/** How people can be found: of the map of the data, of nobody. */
export const registersQuery = (town: string) =>
  queryOptions({
    queryKey: ["registers", town],
    queryFn: async ({ signal }): Promise<readonly Register[]> =>
      (await ask(registersQuestion, { town }, signal)).town?.registers ?? [],
    staleTime: 10 * 60_000,
  });

/** Asked once, on a person's word, and kept nowhere but on the screen. */
export async function findPeople(town: string, register: string, by: readonly KeyGiven[]): Promise<Found> {
  const answer = await ask(findQuestion, { town, register, by: [...by] });
  if (answer.town === null) throw new Error("A town in which one has a role answers.");
  return answer.town.findPeople;
}
