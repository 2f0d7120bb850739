// What is asked of registers and people, and what comes: types alone, for those who prepare it.
import { graphql, type ResultOf } from "../../app/graphql.js";

export const registersQuestion = graphql(`
  query Registers($town: String!) {
    town(name: $town) {
      registers {
        name
        title {
          fr
          en
        }
        keys {
          name
          title {
            fr
            en
          }
          kind
          alone
        }
      }
    }
  }
`);

export const findQuestion = graphql(`
  query FindPeople($town: String!, $register: String!, $by: [PersonKeyInput!]!) {
    town(name: $town) {
      findPeople(register: $register, by: $by) {
        people {
          handle
          label
          query
        }
        more
        fault {
          fr
          en
        }
      }
    }
  }
`);

export type Register = NonNullable<ResultOf<typeof registersQuestion>["town"]>["registers"][number];
export type Found = NonNullable<ResultOf<typeof findQuestion>["town"]>["findPeople"];
export type Person = Found["people"][number];

export interface KeyGiven {
  readonly name: string;
  readonly value: string;
}
