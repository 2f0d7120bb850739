// Who is signed in, the town that is looked at, what one may do there, and how its record stands.
import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ask } from "./gateway.js";
import { graphql, type ResultOf } from "./graphql.js";
import { readSession } from "./session.js";

const meQuestion = graphql(`
  query Me {
    me {
      name
      email
      demo
      towns {
        name
        displayName
        roles
        rights
      }
    }
  }
`);

const townQuestion = graphql(`
  query Town($town: String!) {
    town(name: $town) {
      displayName
      contact
      timeZone
      record {
        standing
        entries
        checked
        checkedAt
        checkpoint {
          size
          at
          timestampedAt
        }
        witnesses {
          name
          size
          at
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
    }
  }
`);

export type Me = ResultOf<typeof meQuestion>["me"];
export type MyTown = Me["towns"][number];
export type Right = MyTown["rights"][number];
export type Role = MyTown["roles"][number];
export type TownNow = NonNullable<ResultOf<typeof townQuestion>["town"]>;
export type RecordNow = TownNow["record"];

/** How often the record's state is asked again. Neither it nor `me` is recorded: nobody's data is in them. */
const again = 30_000;
/** After a start the record is being looked at: that it is sound is told soon. */
const soon = 3_000;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => readSession(signal),
  staleTime: 5 * 60_000,
});

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }) => (await ask(meQuestion, {}, signal)).me,
  staleTime: 60_000,
});

export const townQuery = (town: string) =>
  queryOptions({
    queryKey: ["town", town],
    queryFn: async ({ signal }) => (await ask(townQuestion, { town }, signal)).town,
    refetchInterval: ({ state }) => (state.data?.record.standing === "UNCHECKED" ? soon : again),
    staleTime: again,
  });

/** The town of the address. Only below `/$town`. */
export function useTown(): MyTown {
  const { town } = useParams({ strict: false });
  const { data } = useSuspenseQuery(meQuery);
  const mine = data.towns.find(({ name }) => name === town);
  if (mine === undefined) throw new Error("A page of a town stands below a town in which one has a role.");
  return mine;
}

export const useRight = (right: Right): boolean => useTown().rights.includes(right);

/** The town's contact, time zone and record; undefined until they have come. */
export function useTownNow(): TownNow | undefined {
  const { name } = useTown();
  return useQuery(townQuery(name)).data ?? undefined;
}
