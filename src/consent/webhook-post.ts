// One signed message to a webhook, in the form of Standard Webhooks (https://www.standardwebhooks.com): the receiver
// checks `webhook-signature` over `id.timestamp.body` with its secret, and knows a repeated message by `webhook-id`.
import { createHmac } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { AddressRefused, judgeAddress, type AddressRules } from "./webhook-address.js";

export interface WebhookMessage {
  readonly id: string;
  readonly url: string;
  readonly secret: Uint8Array;
  /** JSON text. */
  readonly body: string;
}

/** `v1,` and the HMAC-SHA-256 in base64. @param seconds of the Unix clock */
export const webhookSignature = (secret: Uint8Array, id: string, seconds: number, body: string): string =>
  `v1,${createHmac("sha256", secret).update(`${id}.${seconds}.${body}`, "utf8").digest("base64")}`;

export interface PostOptions extends AddressRules {
  /** Milliseconds from looking up the name to the answer's head. */
  readonly timeoutMs: number;
  readonly now: () => Date;
}

/** How it ended, in our words: `HTTP 204`, `timeout`, `not-public`… Never the receiver's text. */
export interface PostResult {
  readonly acknowledged: boolean;
  readonly result: string;
}

/** Follows no redirect and reads no body: a status of 200 to 299 is the acknowledgement, whatever else is said. */
export async function postWebhook(message: WebhookMessage, options: PostOptions): Promise<PostResult> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  try {
    const { url, lookup } = await Promise.race([judgeAddress(message.url, options), ended(timeout)]);
    const seconds = Math.floor(options.now().getTime() / 1000);
    const status = await new Promise<number>((resolve, reject) => {
      const send = url.protocol === "https:" ? httpsRequest : httpRequest;
      const sent = send(
        url,
        {
          method: "POST",
          lookup,
          signal: timeout,
          // One message, one connection: it goes to the address that was judged for it.
          agent: false,
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(message.body, "utf8"),
            "user-agent": "Passerelle",
            "webhook-id": message.id,
            "webhook-timestamp": String(seconds),
            "webhook-signature": webhookSignature(message.secret, message.id, seconds, message.body),
          },
        },
        (answer: IncomingMessage) => {
          answer.destroy();
          resolve(answer.statusCode ?? 0);
        },
      );
      sent.on("error", reject);
      sent.end(message.body);
    });
    return { acknowledged: status >= 200 && status < 300, result: `HTTP ${status}` };
  } catch (error) {
    return { acknowledged: false, result: timeout.aborted ? "timeout" : failureName(error) };
  }
}

const ended = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("timeout")), { once: true });
  });

/** A name of Node's (ECONNREFUSED, CERT_HAS_EXPIRED), never a text. */
function failureName(error: unknown): string {
  if (error instanceof AddressRefused) return error.reason;
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" && /^[A-Z_0-9]{2,60}$/.test(code) ? code : "no answer";
}
