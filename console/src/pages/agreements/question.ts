import { queryOptions } from "@tanstack/react-query";
import { ask } from "../../app/gateway.js";
import { graphql, type ResultOf } from "../../app/graphql.js";

const usesQuestion = graphql(`
  query AgreementUses($town: String!, $days: Int!) {
    town(name: $town) {
      agreementUses(days: $days) {
        agreement
        application
        purpose
        purposeTitle {
          fr
          en
        }
        recipient {
          name
          role
          basis
        }
        basis
        from
        until
        standing
        volumeDeclared
        volumeMost
        volumeMean
        days {
          day
          entries
        }
        fields {
          coordinate
          entries
          cells
          firstUsed
          lastUsed
          refused
        }
        proposal {
          fields
          patch
          commands
          notes {
            fr
            en
          }
        }
        query
      }
    }
  }
`);

export type AgreementUse = NonNullable<ResultOf<typeof usesQuestion>["town"]>["agreementUses"][number];

export const usesQuery = (town: string, days: number) =>
  queryOptions({
    queryKey: ["agreement-uses", town, days],
    queryFn: async ({ signal }) => (await ask(usesQuestion, { town, days }, signal)).town?.agreementUses ?? [],
  });
