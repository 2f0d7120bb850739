// What leaves of an error: ours as it is, the log's as one of ours, everything else not at all.
import { GraphQLError } from "graphql";
import { AccessLogUnavailable } from "../accesslog/index.js";
import { GovernanceError } from "./errors.js";

/** Null: no error of ours, to be told as a failure without words (law 11). */
export function toldError(error: unknown): GovernanceError | null {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (cause instanceof GovernanceError) return cause;
  return cause instanceof AccessLogUnavailable ? new GovernanceError("ACCESS_LOG_UNAVAILABLE") : null;
}
