import { answerErrors, type AnswerErrorCode } from "../terms/index.js";
import type { OutgoingAnswer } from "./request.js";

export interface FaultDetails {
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** An answer that is one error of the catalogue and nothing else, in the shape of a GraphQL response. */
export function faultAnswer(code: AnswerErrorCode, details: FaultDetails = {}): OutgoingAnswer {
  const { status, sentence } = answerErrors[code];
  const error = { message: details.message ?? sentence, extensions: { code, ...details.extensions } };
  return {
    status: status ?? 500,
    headers: { "content-type": "application/json; charset=utf-8", ...details.headers },
    fault: code,
    body: `${JSON.stringify({ errors: [error] })}\n`,
  };
}

export const retryAfter = (seconds: number): FaultDetails => ({ headers: { "retry-after": String(seconds) } });
