import type { OutgoingAnswer } from "../gateway/index.js";
import { answerErrors, type AnswerErrorCode } from "../terms/index.js";

/** An answer that is one error of the catalogue and nothing else, in the shape of a GraphQL response. */
export function faultAnswer(code: AnswerErrorCode): OutgoingAnswer {
  const { status, sentence } = answerErrors[code];
  return {
    status: status ?? 500,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: `${JSON.stringify({ errors: [{ message: sentence, extensions: { code } }] })}\n`,
  };
}
