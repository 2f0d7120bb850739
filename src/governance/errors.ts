// How a question of staff can be refused. One catalogue: code, sentence, and nothing of what was asked.
import { GraphQLError } from "graphql";
import { rolesWith, type StaffRight } from "../policy/index.js";

const governanceErrors = {
  FORBIDDEN: "Your roles in this town do not open this.",
  ACCESS_LOG_UNAVAILABLE:
    "What staff read is recorded first, and the access log does not answer: nothing is told. Try again in a while.",
  BAD_USER_INPUT: "An argument has a value that it cannot have.",
  LIMIT_EXCEEDED: "The question asks for more than the limit given.",
  NOT_AVAILABLE: "This cannot be told now.",
} as const;

export type GovernanceErrorCode = keyof typeof governanceErrors;

/** Leaves as it is: its text and extensions are ours. */
export class GovernanceError extends GraphQLError {
  override readonly name = "GovernanceError";
  constructor(code: GovernanceErrorCode, extensions: Readonly<Record<string, unknown>> = {}, message?: string) {
    super(message ?? governanceErrors[code], { extensions: { ...extensions, code } });
  }
}

/** Names the right, and who has it in this town. */
export const forbiddenIn = (
  right: StaffRight,
  people: readonly { readonly name: string; readonly roles: readonly string[] }[],
): GovernanceError =>
  new GovernanceError("FORBIDDEN", {
    right,
    holders: rolesWith(right).map((role) => ({
      role: role.toUpperCase(),
      people: people.filter(({ roles }) => roles.includes(role)).map(({ name }) => name),
    })),
  });
