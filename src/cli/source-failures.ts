// What a source's failure means for who brings it in: what is wrong, and what to do. Only our words and codes come in.
import type { SourceFailure } from "../sources/index.js";

/** How far one came: `unreachable` nobody answers; `refused` our credentials; `wrong` something answers, but not as it should. */
export type FailureKind = "unreachable" | "refused" | "wrong";

export interface ExplainedFailure {
  readonly kind: FailureKind;
  /** A clause, and a sentence. */
  readonly what: string;
  readonly advice: string;
}

type Explanation = readonly [pattern: RegExp, kind: FailureKind, what: string, advice: string];

const checkSecret = "Check the user, the password or the token in the environment, and what the service lets it do.";

const explanations: readonly Explanation[] = [
  [/^SQLSTATE 28/, "refused", "the user or the password is refused", checkSecret],
  [
    /^SQLSTATE 42501/,
    "refused",
    "the role may not read it",
    "Have the service's administrator GRANT USAGE on the schema and SELECT on the table.",
  ],
  [/^(token: )?HTTP 401|UNAUTHENTICATED/, "refused", "the credentials are refused (401)", checkSecret],
  [
    /^(token: )?HTTP 403|FORBIDDEN/,
    "refused",
    "the credentials are accepted, but not for this (403)",
    "Ask the service's administrator for the right to read, or for another token.",
  ],
  [
    /^token: /,
    "refused",
    "no token is given out",
    "Check tokenUrl, clientId and the secret of oauth2 in gateway.yaml.",
  ],
  [/^SQLSTATE 3D000/, "wrong", "the server has no such database", "Check the name behind the last / of the address."],
  [
    /^SQLSTATE (53300|57P0[123])/,
    "unreachable",
    "the server takes no connections now",
    "Try again later; where it stays so, raise max_connections there or lower poolSize here.",
  ],
  [
    /^(ENOTFOUND|EAI_)/,
    "unreachable",
    "the machine's name is not known (DNS)",
    "Check the name in the address, and that this machine can resolve it.",
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO|SSL|TLS|EPROTO/,
    "unreachable",
    "the TLS connection is not trusted or not understood",
    "Check the certificate's name, its dates and its authority; a town's own authority is given to Node with NODE_EXTRA_CA_CERTS.",
  ],
  [
    /^redirect$/,
    "wrong",
    "it answers with a redirect, which is never followed",
    "Write the address to which it leads in gateway.yaml, if that is the service.",
  ],
  [
    /^not JSON$|^an empty body$/,
    "wrong",
    "something answers, but not JSON",
    "The address probably leads to a web page: write the API's own address in gateway.yaml.",
  ],
  [
    /^not a GraphQL answer$|^an answer without data$|^an introspection/,
    "wrong",
    "something answers, but not GraphQL",
    "Check the path of the address; it often ends with /graphql.",
  ],
  [
    /GRAPHQL_VALIDATION_FAILED|GraphQL error/,
    "wrong",
    "the service refuses the question",
    "It may have introspection switched off: ask its makers for a schema that can be read, or to switch it on for this token.",
  ],
  [/^HTTP 404$/, "wrong", "there is nothing at this address (404)", "Check the path of the address in gateway.yaml."],
  [
    /^HTTP 429$/,
    "unreachable",
    "the service takes no more requests for now (429)",
    "Try again later, or ask its administrator for a higher limit.",
  ],
  [
    /^HTTP 5\d\d$/,
    "unreachable",
    "the service answers with an error of its own",
    "Ask the service's administrator; its own log says more.",
  ],
  [
    /^HTTP 20\d$/,
    "wrong",
    "the service answers with a part, or before it is done",
    "Ask its makers for an answer that is whole (200): a part is never taken for it.",
  ],
  [
    /^more values over time/,
    "wrong",
    "there are more values over time than are read at once",
    "Shorten `since` under `temporal` of the source in gateway.yaml, or have the broker's limit raised (or `maxRows` here).",
  ],
  [
    /^two values of one entity/,
    "wrong",
    "an entity has two values at one instant, so that neither is the right one",
    "Have the broker's history put right, or read the attribute without its past.",
  ],
  [
    /^HTTP \d+$/,
    "wrong",
    "the service refuses the request",
    "Check the address, the headers and the lists in gateway.yaml.",
  ],
  [
    /no-folder$/,
    "unreachable",
    "there is no such folder",
    "Check `folder` in gateway.yaml: it is named from the town folder.",
  ],
  [
    /not-readable$/,
    "refused",
    "the gateway's user may not read it",
    "Give that user the right to read the folder and its files.",
  ],
  [
    /address outside/,
    "wrong",
    "the service leads to another address",
    "Write the address that it leads to in gateway.yaml, if that is the service.",
  ],
];

export function explained({ reason, detail }: Pick<SourceFailure, "reason" | "detail">): ExplainedFailure {
  const found = explanations.find(([pattern]) => pattern.test(detail));
  if (found !== undefined) return { kind: found[1], what: `${found[2]} [${detail}]`, advice: found[3] };
  if (reason === "timeout")
    return {
      kind: "unreachable",
      what: `no answer in time [${detail}]`,
      advice:
        "Check that the service runs and that a firewall lets this machine through; where it is slow, raise its time in gateway.yaml.",
    };
  if (reason === "too-large")
    return {
      kind: "wrong",
      what: `more than is taken at once [${detail}]`,
      advice: "Raise the bound in gateway.yaml if that is right, or let the service filter.",
    };
  if (reason === "invalid-answer")
    return {
      kind: "wrong",
      what: `an answer that does not fit [${detail}]`,
      advice: "Compare what the service answers with gateway.yaml and schema.graphql.",
    };
  return {
    kind: "unreachable",
    what: `nobody answers [${detail}]`,
    advice: "Check the address, that the service runs, and that a firewall lets this machine through.",
  };
}
