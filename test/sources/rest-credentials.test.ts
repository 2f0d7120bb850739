// What a REST service is asked with: tokens, headers, and the name of the answer it gave before.
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { checkedSource, type Column, type FetchBounds, type Source, SourceFailure } from "../../src/sources/index.js";
import { restSource } from "../../src/sources/rest/index.js";
import type { RestSettings } from "../../src/sources/rest/settings.js";
import { type HttpStand, httpStand } from "./http-stand.js";
import { unbounded } from "./memory-source.js";

const code: Column = { name: "code", type: "String" };
const from = "/car-parks";
const stands: HttpStand[] = [];
afterEach(() => Promise.all(stands.splice(0).map((stand) => stand.close())));

type Reply = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function answering(reply: Reply): Promise<HttpStand> {
  const stand = await httpStand((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => reply(request, response, Buffer.concat(chunks).toString()));
  });
  stands.push(stand);
  return stand;
}

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

const page = (source: Source, more: Partial<FetchBounds> = {}) =>
  source.page(
    { from, columns: [code], filter: null, order: [{ column: code, direction: "asc" }], after: null, limit: 9 },
    { ...unbounded(), ...more },
  );
const connect = (stand: HttpStand, more: Partial<RestSettings> = {}): Source =>
  checkedSource(restSource({ name: "parking", url: stand.origin, lists: { [from]: {} }, ...more }));

async function failure(promise: Promise<unknown>): Promise<SourceFailure> {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (!(outcome instanceof SourceFailure)) throw new Error(`expected a SourceFailure, got ${JSON.stringify(outcome)}`);
  expect(`${outcome.message}${outcome.stack ?? ""}`).not.toMatch(/s3cret|tok-/);
  return outcome;
}

describe("a token", () => {
  const oauth2 = (stand: HttpStand) => ({
    tokenUrl: `${stand.origin}/oauth/token?tenant=7`,
    clientId: "pass:erelle",
    clientSecret: "s3cret é",
    scope: "parking.read",
  });

  /** A service that takes the last token given, and where tokens are given. */
  async function town(expiresIn: unknown = 3_600) {
    const tokens: { authorization: string | undefined; url: string | undefined; body: string }[] = [];
    const taken: (string | undefined)[] = [];
    let valid = "";
    const sso = await answering((request, response, body) => {
      tokens.push({ authorization: request.headers.authorization, url: request.url, body });
      valid = `tok-${String(tokens.length)}`;
      send(response, 200, { access_token: valid, token_type: "bearer", expires_in: expiresIn });
    });
    const parking = await answering((request, response) => {
      taken.push(request.headers.authorization);
      if (request.headers.authorization === `Bearer ${valid}`) send(response, 200, [{ code: "a" }]);
      else send(response, 401, "tok-");
    });
    return { sso, parking, tokens, taken, revoke: () => (valid = "none") };
  }

  it("is asked for once, however many wait for it, and used until it ends", async () => {
    const { sso, parking, tokens } = await town();
    const source = connect(parking, { oauth2: oauth2(sso) });
    const release = sso.stall();
    const waiting = Array.from({ length: 6 }, () => page(source));
    await expect.poll(() => sso.working()).toBe(1);
    release();
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 6 }, () => [["a"]]));
    await page(source);
    expect(tokens).toHaveLength(1);
    const basic = Buffer.from("pass%3Aerelle:s3cret+%C3%A9").toString("base64");
    expect(tokens[0]).toEqual({
      authorization: `Basic ${basic}`,
      url: "/oauth/token?tenant=7",
      body: "grant_type=client_credentials&scope=parking.read",
    });
  });

  it("may be asked for with the secret in the body", async () => {
    const { sso, parking, tokens } = await town();
    await page(connect(parking, { oauth2: { ...oauth2(sso), clientAuth: "body" } }));
    expect(tokens[0]?.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(tokens[0]?.body))).toEqual({
      grant_type: "client_credentials",
      scope: "parking.read",
      client_id: "pass:erelle",
      client_secret: "s3cret é",
    });
  });

  it("that is about to end is renewed", async () => {
    const { sso, parking, tokens } = await town(0.001);
    const source = connect(parking, { oauth2: oauth2(sso) });
    await page(source);
    await new Promise((later) => setTimeout(later, 5));
    await page(source);
    expect(tokens).toHaveLength(2);
  });

  it("that the service no longer takes is renewed once", async () => {
    const { sso, parking, tokens, taken, revoke } = await town();
    const source = connect(parking, { oauth2: oauth2(sso) });
    await page(source);
    revoke();
    expect(await page(source)).toEqual([["a"]]);
    expect(taken).toEqual(["Bearer tok-1", "Bearer tok-1", "Bearer tok-2"]);
    const stubborn = await answering((_, response) => send(response, 401, "tok-"));
    expect((await failure(page(connect(stubborn, { oauth2: oauth2(sso) })))).detail).toBe("HTTP 401");
    expect(stubborn.requests).toBe(2);
    expect(tokens).toHaveLength(4);
  });

  it("goes on for the others when the first who waits goes away", async () => {
    const { sso, parking, tokens } = await town();
    const source = connect(parking, { oauth2: oauth2(sso) });
    const release = sso.stall();
    const first = new AbortController();
    const gone = failure(page(source, { signal: first.signal }));
    const patient = page(source);
    await expect.poll(() => sso.working()).toBe(1);
    first.abort();
    expect((await gone).reason).toBe("cancelled");
    release();
    expect(await patient).toEqual([["a"]]);
    expect(tokens).toHaveLength(1);
  });

  it.each<[string, Reply, string]>([
    ["a refusal", (_, response) => send(response, 400, { error: "s3cret" }), "unavailable"],
    ["a redirect", (_, response) => send(response, 307, {}, { location: "http://127.0.0.1:1/" }), "unavailable"],
    ["no token", (_, response) => send(response, 200, { token_type: "bearer" }), "invalid-answer"],
    ["a token of another kind", (_, response) => send(response, 200, { access_token: "tok-", token_type: "mac" }), "invalid-answer"],
    ["a token that would break a header", (_, response) => send(response, 200, { access_token: "tok-\r\nx: y", token_type: "bearer" }), "invalid-answer"],
    ["no JSON", (_, response) => response.end("s3cret"), "invalid-answer"],
  ])("is not had from %s, and nothing is asked of the service", async (_, reply, reason) => {
    const sso = await answering(reply);
    const parking = await answering((_request, response) => send(response, 200, [{ code: "a" }]));
    const refused = await failure(page(connect(parking, { oauth2: oauth2(sso) })));
    expect(refused.reason).toBe(reason);
    expect(refused.detail).toMatch(/^token: /);
    expect(parking.requests).toBe(0);
  }); // prettier-ignore
});

describe("an answer with an ETag", () => {
  async function service(headers: Record<string, string>, body: () => unknown = () => [{ code: "a" }]) {
    const conditions: (string | undefined)[] = [];
    const stand = await answering((request, response) => {
      conditions.push(request.headers["if-none-match"]);
      const etag = headers["etag"];
      if (etag !== undefined && request.headers["if-none-match"] === etag) response.writeHead(304).end();
      else send(response, 200, body(), headers);
    });
    return { stand, conditions };
  }

  it("comes once, is asked about each time, and is read again where it has changed", async () => {
    const headers = { etag: 'W/"1"' };
    let now = "a";
    const { stand, conditions } = await service(headers, () => [{ code: now }]);
    const source = connect(stand);
    expect([await page(source), await page(source)]).toEqual([[["a"]], [["a"]]]);
    now = "b";
    headers.etag = '"2"';
    expect([await page(source), await page(source)]).toEqual([[["b"]], [["b"]]]);
    expect(conditions).toEqual([undefined, 'W/"1"', 'W/"1"', '"2"']);
  });

  // Law 12: what one request has used is emptied, and this is read for the next one too.
  it("stays whole when the request that it came for forgets its own", async () => {
    const { stand, conditions } = await service({ etag: '"1"' });
    const source = connect(stand);
    for (let time = 0; time < 3; time++) {
      const forgetting: (() => void)[] = [];
      expect(await page(source, { afterUse: (forget) => forgetting.push(forget) })).toEqual([["a"]]);
      for (const forget of forgetting) forget();
    }
    expect(conditions).toEqual([undefined, '"1"', '"1"']);
  });

  it("still leads to its next page", async () => {
    const stand = await answering((request, response) => {
      const first = !(request.url ?? "").includes("p=2");
      const etag = first ? '"1"' : '"2"';
      if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
      else send(response, 200, [{ code: first ? "a" : "b" }], { etag, ...(first ? { link: `<?p=2>; rel=next` } : {}) });
    });
    const source = connect(stand, { lists: { [from]: { page: { style: "link", size: 1 } } } });
    expect([await page(source), await page(source)]).toEqual([
      [["a"], ["b"]],
      [["a"], ["b"]],
    ]);
  });

  it.each<[string, Record<string, string>, unknown]>([
    ["that may not be stored", { etag: '"1"', "cache-control": "private, No-Store" }, [{ code: "a" }]],
    ["that is large", { etag: '"1"' }, [{ code: "a", more: "x".repeat(300_000) }]],
    ["whose ETag is long", { etag: `"${"1".repeat(400)}"` }, [{ code: "a" }]],
  ])("%s is not kept", async (_, headers, body) => {
    const { stand, conditions } = await service(headers, () => body);
    const source = connect(stand);
    await page(source);
    expect(await page(source)).toEqual([["a"]]);
    expect(conditions).toEqual([undefined, undefined]);
  });

  it("is not believed to be the same where nothing was asked about it", async () => {
    const stand = await answering((_, response) => response.writeHead(304).end());
    expect((await failure(page(connect(stand)))).reason).toBe("invalid-answer");
  });
});

it("every request carries the headers of the settings, below the settings' address", async () => {
  const seen: unknown[] = [];
  const stand = await answering((request, response) => {
    seen.push([request.method, request.url, request.headers["x-api-key"], request.headers.accept]);
    send(response, 200, [{ code: "a" }]);
  });
  const source = connect(stand, { url: `${stand.origin}/v2`, headers: { "X-Api-Key": "s3cret" } });
  await page(source);
  await source.describe(from, unbounded());
  expect(seen).toEqual([
    ["GET", "/v2/car-parks", "s3cret", "application/json"],
    ["GET", "/v2/car-parks", "s3cret", "application/json"],
  ]);
});
