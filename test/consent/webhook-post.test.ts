// What leaves by a webhook goes to one address, once, and its receiver can check who sent it.
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { postWebhook, webhookSignature } from "../../src/consent/webhook-post.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

const secret = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64");
const options = { loopbackAllowed: true, timeoutMs: 2_000, now: () => new Date(1_614_265_330_000) };
const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", secret, body: '{"test": 2432232314}' };

describe("a webhook's message", () => {
  it("is signed as Standard Webhooks' own example is", () => {
    expect(webhookSignature(secret, message.id, 1_614_265_330, message.body)).toBe(
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    );
  });

  it("arrives whole and signed, and is acknowledged by the status alone", async () => {
    const seen: { body: string; headers: IncomingHttpHeaders }[] = [];
    const url = await serve((request, answer) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString("utf8")));
      request.on("end", () => {
        seen.push({ body, headers: request.headers });
        answer.writeHead(204).end();
      });
    });
    expect(await postWebhook({ ...message, url }, options)).toEqual({ acknowledged: true, result: "HTTP 204" });
    expect(seen.map(({ body }) => body)).toEqual([message.body]);
    expect(seen[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "webhook-id": message.id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": webhookSignature(secret, message.id, 1_614_265_330, message.body),
    });
  });

  it("follows no redirect", async () => {
    let asked = 0;
    const inside = await serve((_request, answer) => {
      asked++;
      answer.end();
    });
    const url = await serve((_request, answer) => answer.writeHead(307, { location: inside }).end());
    expect(await postWebhook({ ...message, url }, options)).toEqual({ acknowledged: false, result: "HTTP 307" });
    expect(asked).toBe(0);
  });

  it("is not acknowledged by silence, and no text of the receiver's is kept", async () => {
    const silent = await serve(() => undefined);
    expect(await postWebhook({ ...message, url: silent }, { ...options, timeoutMs: 200 })).toEqual({
      acknowledged: false,
      result: "timeout",
    });
    const rude = await serve((_request, answer) => answer.writeHead(500, "Mme Martin").end("Mme Martin"));
    expect(await postWebhook({ ...message, url: rude }, options)).toEqual({ acknowledged: false, result: "HTTP 500" });
  });

  it("ends with the answer's head: an endless body is not read", async () => {
    const url = await serve((_request, answer) => {
      answer.writeHead(200);
      const more = (): void =>
        void (answer.write("x".repeat(65_536)) ? setImmediate(more) : answer.once("drain", more));
      more();
    });
    expect(await postWebhook({ ...message, url }, options)).toEqual({ acknowledged: true, result: "HTTP 200" });
  });

  it("goes nowhere that is not public outside development", async () => {
    let asked = 0;
    const url = await serve((_request, answer) => {
      asked++;
      answer.end();
    });
    expect(await postWebhook({ ...message, url }, { ...options, loopbackAllowed: false })).toEqual({
      acknowledged: false,
      result: "not-public",
    });
    expect(asked).toBe(0);
  });
});
