// The fields of a form that was sent, or why there are none.
import type { IncomingMessage } from "node:http";
import { readBody } from "./read-body.js";

/** A reason of 2,000 characters, each written as nine (`%E2%82%AC`), and the rest of the form. */
const maxForm = 24_000;

export type ReadForm =
  | { readonly form: ReadonlyMap<string, string>; readonly fault: null }
  | { readonly form: null; readonly fault: "too-large" | "forged" };

/** Never rejects. A field that is there twice is taken for a forgery: our forms have each once. */
export async function readForm(request: IncomingMessage): Promise<ReadForm> {
  const { body, fault, drained } = await readBody(request, maxForm);
  await drained;
  if (fault === "too-large") return { form: null, fault };
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (fault !== null || (body !== null && type !== "application/x-www-form-urlencoded"))
    return { form: null, fault: "forged" };
  const pairs = [...new URLSearchParams(body?.toString("utf8") ?? "")];
  const form = new Map(pairs);
  return form.size === pairs.length ? { form, fault: null } : { form: null, fault: "forged" };
}
