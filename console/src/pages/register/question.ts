import { queryOptions } from "@tanstack/react-query";
import { ask } from "../../app/gateway.js";
import { graphql, type ResultOf } from "../../app/graphql.js";

const registerQuestion = graphql(`
  query Register($town: String!) {
    town(name: $town) {
      processingRegister {
        agreement
        title {
          fr
          en
        }
        purpose {
          fr
          en
        }
        controller
        contact
        dpo
        basis {
          fr
          en
        }
        recipient {
          name
          role
          basis
        }
        subjects {
          fr
          en
        }
        categories {
          term
          title {
            fr
            en
          }
          fields
          special
        }
        sources
        retention {
          fr
          en
        }
        security {
          fr
          en
        }
        from
        until
        standing
      }
    }
  }
`);

export type Activity = NonNullable<ResultOf<typeof registerQuestion>["town"]>["processingRegister"][number];

export const registerQuery = (town: string) =>
  queryOptions({
    queryKey: ["register", town],
    queryFn: async ({ signal }) => (await ask(registerQuestion, { town }, signal)).town?.processingRegister ?? [],
  });
