// A file that the browser itself asks for by a form, and writes as it comes. A form can send no header of ours: what says
// that it is ours is the session's token in it, and the browser's own word.
import type { FastifyReply, FastifyRequest } from "fastify";
import { DocumentRefused, exportFor, toldError } from "../../governance/index.js";
import { guarding } from "../citizen/headers.js";
import { readForm } from "../read-form.js";
import { fromOurPage } from "../same-site.js";
import { isToken } from "../sealed-sessions.js";
import { presentOf, sendRefusal, type Desk } from "./desk.js";

export async function sendExport(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { form, fault } = await readForm(request.raw);
  if (fault === "too-large") return sendRefusal(reply, "TOO_LARGE");
  if (form === null || !fromOurPage(request.headers, desk.services.publicOrigin)) return sendRefusal(reply, "FORGED");
  const present = await presentOf(desk, request);
  if (present === null) return sendRefusal(reply, "UNAUTHENTICATED");
  if (!isToken(present.session, form.get("csrf") ?? "")) return sendRefusal(reply, "FORGED");
  if (!desk.services.rate.take(present.visit.email).allowed) return sendRefusal(reply, "TOO_MANY");
  try {
    const { fileName, contentType, stream } = await exportFor(present.visit, form);
    return await reply
      .headers({ ...guarding, vary: "Cookie" })
      .header("content-type", contentType)
      .header("content-disposition", `attachment; filename="${fileName}"`)
      .send(stream);
  } catch (error) {
    return sendFault(reply, error);
  }
}

const statuses: Readonly<Record<string, number>> = { FORBIDDEN: 403, ACCESS_LOG_UNAVAILABLE: 503 };

/** Read by the person in the place of the file: plain words, in both languages where there are any. */
function sendFault(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof DocumentRefused) return sendWords(reply, 422, `${error.sentence.fr}\n\n${error.sentence.en}\n`);
  const told = toldError(error);
  if (told === null) throw error;
  return sendWords(reply, statuses[String(told.extensions["code"])] ?? 400, `${told.message}\n`);
}

const sendWords = (reply: FastifyReply, status: number, words: string): FastifyReply =>
  reply
    .code(status)
    .headers({ ...guarding, "content-type": "text/plain; charset=utf-8", vary: "Cookie" })
    .send(words);
