// What is asked of one access, and what comes: types alone, for those who tell it.
import { graphql, type ResultOf } from "../../app/graphql.js";

export const storyQuestion = graphql(`
  query Access($town: String!, $id: ID!) {
    town(name: $town) {
      access(id: $id) {
        row {
          id
          index
          at
          outcome
          application
          purpose
          agreement
          basis
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
        status
        durationMs
        operation
        operationName
        key
        purposeTitle {
          fr
          en
        }
        recipient {
          name
          role
          basis
        }
        agreementVersion {
          number
          approvedBy
          approvedAt
          from
          until
        }
        policyVersion
        left {
          coordinate
          cells
          mask
          rule {
            place
            text
          }
        }
        rowsLeft {
          dataset
          rows
        }
        withheld {
          coordinate
          cells
        }
        refused {
          coordinate
          input
          reason
          sentence {
            fr
            en
          }
          rule {
            place
            text
          }
        }
        refusedCut
        errors {
          code
          sentence {
            fr
            en
          }
        }
        sources {
          source
          reason
        }
        people {
          register
          count
        }
        erased
        onBehalfOf
        intact
        proof {
          standing
          leafHash
          size
          checkpoint
          hashes
        }
      }
    }
  }
`);

export type Story = NonNullable<NonNullable<ResultOf<typeof storyQuestion>["town"]>["access"]>;
