// What gateway.yaml says of a GraphQL service.

import type { HttpPaceSettings } from "../resilience-settings.js";

export interface GraphqlSettings extends HttpPaceSettings {
  readonly kind: "graphql";
  /** The address that operations are posted to: `https://mobility.internal/graphql`. */
  readonly url: string;
  /** Sent with every request; values are secrets. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds of one request; 5,000 unless set. */
  readonly timeoutMs?: number | undefined;
  /** Bytes of one answer; 10,000,000 unless set. */
  readonly maxBytes?: number | undefined;
  /** Rows read from the service, at most, to give one answer; 10,000 unless set. More is a failure. */
  readonly maxRows?: number | undefined;
  /** By the name of the service's object type, which is `from` in schema.graphql. */
  readonly datasets: Readonly<Record<string, GraphqlDataset>>;
}

export interface GraphqlDataset {
  /** Fields (paths like `owner.code`) that tell one object from another. */
  readonly key: readonly string[];
  /** Whether the service is a Federation subgraph with `@key` of these fields: objects are then found by `_entities`. */
  readonly entities?: boolean | undefined;
  /** The query field that gives all objects; without it they can only be found by key. */
  readonly list?: GraphqlList | undefined;
}

/** Arguments are written as in the service's own schema, `codes: [ID!]`: their values travel as variables of that type. */
export interface GraphqlList {
  readonly field: string;
  /** Takes the values of the key, which is then one field. */
  readonly keyArgument?: string | undefined;
  /** By column: the argument that keeps the rows whose cell equals its value, or one of its values. */
  readonly filters?: Readonly<Record<string, string>> | undefined;
  /** `plain`: everything in one answer. `relay`: page after page by cursor. */
  readonly connection?: "plain" | "relay" | undefined;
  /** Where the objects lie below the field; `edges.node` for relay, nothing for plain, unless set. */
  readonly rows?: string | undefined;
  /** Where `hasNextPage` and `endCursor` lie below the field; `pageInfo` unless set. */
  readonly pageInfo?: string | undefined;
  /** `first: Int` unless set. */
  readonly first?: string | undefined;
  /** `after: String` unless set. */
  readonly after?: string | undefined;
  /** Rows of one page, and keys of one request; 100 unless set. */
  readonly pageSize?: number | undefined;
}
