// Our HTTP client against servers that break, lie or mean harm. What follows from it for rows stands in the tests of the
// kinds; here: laws 13 (bytes, time, connections), 14 (nothing elsewhere, no answer taken for another) and 11.
import { getEventListeners } from "node:events";
import type { RequestListener } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as later } from "node:timers/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { HttpService, type HttpServiceOptions } from "../../src/sources/http-service.js";
import { SourceFailure } from "../../src/sources/index.js";
import { somebody } from "./hostile-answers.js";
import { httpStand } from "./http-stand.js";
import { unbounded } from "./memory-source.js";
import { rawService, written } from "./raw-service.js";

const closing: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

async function standing(answer: RequestListener) {
  const stand = await httpStand(answer);
  closing.push(stand.close);
  return stand;
}

async function raw(answer: (socket: Socket, turn: number) => void) {
  const service = await rawService(answer);
  closing.push(service.close);
  return service;
}

const asking = ({ origin }: { readonly origin: string }, more: Partial<HttpServiceOptions> = {}) =>
  new HttpService({ source: "parking", baseUrl: origin, maxBytes: 10_000, timeoutMs: 5_000, pace: {}, ...more });
const ask = (service: HttpService, signal = unbounded().signal, path = "/x") =>
  service.ask({ path }, { ...unbounded(), signal });

/** In short: `reason: detail`. */
async function failureOf(answer: Promise<unknown>): Promise<string> {
  const outcome: unknown = await answer.then(
    (value) => `answered: ${JSON.stringify(value)}`,
    (error: unknown) => error,
  );
  if (!(outcome instanceof SourceFailure)) throw new Error(`expected a SourceFailure, got ${String(outcome)}`);
  expect(`${outcome.message}${outcome.stack ?? ""}`).not.toMatch(/Dupont|s3cret/);
  return `${outcome.reason}: ${outcome.detail}`;
}

const oneConnection = { pace: { concurrency: 1 } };
const twice = async (service: HttpService) => [(await ask(service)).json, (await ask(service)).json];

describe("an answer", () => {
  it("is read whole, in pieces, with a byte order mark and after early hints", async () => {
    const text = JSON.stringify({ name: "Forêt — 森" });
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
    const stand = await standing((_, response) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.end();
    });
    const answer = await ask(asking(stand));
    expect([answer.status, answer.json, answer.bytes]).toEqual([200, { name: "Forêt — 森" }, bytes.length]);
    expect(answer.header("link")).toBeNull();
  });

  it("that is no UTF-8 is not read", async () => {
    const stand = await standing((_, response) => response.end(Buffer.from('"Forêt"', "latin1")));
    expect(await failureOf(ask(asking(stand)))).toBe("invalid-answer: not UTF-8");
  });

  it("may be as long as the bound, and not a byte longer", async () => {
    let length = 10_000;
    const stand = await standing((_, response) => response.end(`"${"x".repeat(length - 2)}"`));
    const service = asking(stand);
    expect((await ask(service)).bytes).toBe(10_000);
    length += 1;
    expect(await failureOf(ask(service))).toBe("too-large: more than 10000 bytes");
  });

  it("in pieces without end is cut off, and its connection with it", async () => {
    const stand = await standing((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(somebody));
      };
      response.on("drain", more).on("error", () => undefined);
      more();
    });
    expect(await failureOf(ask(asking(stand)))).toBe("too-large: more than 10000 bytes");
    await expect.poll(() => stand.working()).toBe(0);
  });

  it("that nobody reads is not waited for: its connection is closed", async () => {
    const stand = await standing((_, response) => response.writeHead(500).write(somebody));
    expect(await failureOf(ask(asking(stand)))).toBe("unavailable: HTTP 500");
    await expect.poll(() => stand.working()).toBe(0);
  });

  it("that leads elsewhere is not followed, not even to the same service", async () => {
    const stand = await standing((_, response) => response.writeHead(302, { location: "/y" }).end());
    expect(await failureOf(ask(asking(stand)))).toBe("unavailable: redirect");
    expect(stand.requests).toBe(1);
  });

  it.each([
    [204, "", undefined],
    [304, "", undefined],
    [404, somebody, undefined],
    [200, "", undefined],
    [200, "[1]", [1]],
  ])("of status %i with %j leaves the connection to the next", async (status, body, json) => {
    const text = status === 204 || status === 304 ? `HTTP/1.1 ${status} x\r\n\r\n` : written(body, [], `${status} x`);
    const service = await raw((socket) => socket.write(text));
    expect(await twice(asking(service, oneConnection))).toEqual([json, json]);
    expect(service.connections).toBe(1);
  });
});

describe("a content coding", () => {
  const coded = (coding: string, body: Buffer) =>
    standing((_, response) => response.writeHead(200, { "content-encoding": coding }).end(body));

  it.each([["gzip"], ["X-GZIP"], [" gzip "]])("that was asked for is read: %j", async (coding) => {
    const { json, bytes } = await ask(asking(await coded(coding, gzipSync('["a"]'))));
    expect([json, bytes]).toEqual([["a"], 5]);
  });

  it.each<[string, string, Buffer, string]>([
    ["another", "br", brotliCompressSync("[]"), "a content coding that was not asked for"],
    ["several", "gzip, gzip", gzipSync(gzipSync("[]")), "a content coding that was not asked for"],
    ["half of one", "gzip", gzipSync("[]").subarray(0, -6), "not the content coding that it names"],
    ["none where one is named", "gzip", Buffer.from("[]"), "not the content coding that it names"],
    ["one that is not named", "identity", gzipSync("[]"), "not UTF-8"],
  ])("fails that is %s", async (_, coding, body, detail) => {
    expect(await failureOf(ask(asking(await coded(coding, body))))).toBe(`invalid-answer: ${detail}`);
  });

  it("makes no more bytes than the bound", async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, " "));
    expect(bomb.length).toBeLessThan(10_000);
    expect(await failureOf(ask(asking(await coded("gzip", bomb))))).toBe("too-large: more than 10000 bytes");
  });
});

describe("a connection", () => {
  it.each<[string, (socket: Socket) => void]>([
    ["says that it closes", (socket) => socket.end(written("1", ["Connection: close"]))],
    ["is closed without a word", (socket) => socket.end(written("1"))],
    ["is reset", (socket) => socket.write(written("1"), () => setImmediate(() => socket.resetAndDestroy()))],
  ])("that %s between two requests is made anew", async (_, answer) => {
    const service = await raw(answer);
    const client = asking(service);
    expect((await ask(client)).json).toBe(1);
    await later(50);
    expect((await ask(client)).json).toBe(1);
    expect(service.connections).toBe(2);
  });

  it("that breaks under a request is told, and the request not sent twice: whether to ask again is decided elsewhere", async () => {
    const service = await raw((socket, turn) => (turn === 2 ? socket.resetAndDestroy() : socket.write(written("1"))));
    const client = asking(service);
    await ask(client);
    expect(await failureOf(ask(client))).toMatch(/^unavailable: (ECONNRESET|UND_ERR_SOCKET)$/);
    expect(service.heads).toHaveLength(2);
    expect((await ask(client)).json).toBe(1);
  });

  it.each([
    ["two lengths", "Content-Length: 3\r\nContent-Length: 1\r\n\r\n[1]"],
    ["a length and pieces", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n0\r\n\r\n"],
    ["a length that is none", "Content-Length: +3\r\n\r\n[1]"],
    ["a length in pieces that is none", "Transfer-Encoding: chunked\r\n\r\n0x3\r\n[1]\r\n0\r\n\r\n"],
    ["a header over two lines", "X: a\r\n  b\r\nContent-Length: 3\r\n\r\n[1]"],
    ["headers without end", `X-Long: ${"x".repeat(20_000)}\r\nContent-Length: 3\r\n\r\n[1]`],
    ["less than it said", "Content-Length: 30\r\n\r\n[1]"],
  ])("with %s is not read", async (title, rest) => {
    const service = await raw((socket) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    const outcome = await failureOf(ask(asking(service)));
    expect(outcome, title).toMatch(/^unavailable: (no answer|UND_ERR_[A-Z_]+|ECONNRESET)$/);
  });

  it.each([
    ["101 Switching Protocols", ["Connection: upgrade", "Upgrade: x"]],
    ["100 Continue", []],
  ])("is not left to what nobody asked for: %s", async (status, headers) => {
    const service = await raw((socket) => socket.write([`HTTP/1.1 ${status}`, ...headers, "", ""].join("\r\n")));
    expect(await failureOf(ask(asking(service)))).toBe("unavailable: UND_ERR_SOCKET");
  });

  it.each([
    ["together with the first", (socket: Socket) => socket.write(`${written('"mine"')}${written(`"${somebody}"`)}`)],
    ["after an answer without a body", (socket: Socket) => socket.write(`HTTP/1.1 304 x\r\n\r\n${written(`"${somebody}"`)}`)],
    [
      "a moment after the first",
      (socket: Socket) => socket.write(written('"mine"'), () => setTimeout(() => socket.write(written(`"${somebody}"`)), 20)),
    ],
  ])("gives nobody an answer that was not asked for: %s", async (_, first) => {
    // Law 14: it would be one person's answer to another's question.
    const service = await raw((socket, turn) => (turn === 1 ? first(socket) : socket.write(written('"second"'))));
    const client = asking(service, oneConnection);
    const [mine, next] = [ask(client), ask(client)];
    await mine;
    const second = await next.then(({ json }) => json, failureOfError);
    expect(second).toMatch(/^(second|unavailable)$/);
    await later(50);
    expect((await ask(client)).json).toBe("second");
  }); // prettier-ignore

  it("is one of so many at once", async () => {
    let open = 0;
    const stand = await standing((_, response) => {
      open = Math.max(open, stand.working());
      setTimeout(() => response.end("1"), 5);
    });
    const client = asking(stand, { pace: { concurrency: 3 } });
    await Promise.all(Array.from({ length: 20 }, () => ask(client)));
    expect(open).toBe(3);
  });
});

const failureOfError = (error: unknown): string => (error instanceof SourceFailure ? error.reason : String(error));

describe("the end of a request", () => {
  it.each([
    ["before the head is there", ""],
    ["within the head", "HTTP/1.1 200 OK\r\nX: "],
    ["within the body", "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n[1,"],
  ])("ends it at once %s, and closes its connection", async (_, begin) => {
    let closed = 0;
    const service = await raw((socket) => void socket.on("close", () => (closed += 1)).write(begin));
    const request = new AbortController();
    const asked = ask(asking(service), request.signal);
    await expect.poll(() => service.heads.length).toBe(1);
    request.abort();
    expect(await failureOf(asked)).toBe("cancelled: the request ended");
    await expect.poll(() => closed).toBe(1);
  });

  it("that came before it began: nothing is sent", async () => {
    const stand = await standing((_, response) => response.end("1"));
    expect(await failureOf(ask(asking(stand), AbortSignal.abort()))).toMatch(/^cancelled/);
    expect(stand.requests).toBe(0);
  });

  it("leaves nothing behind: no listener of the request's, no clock", async () => {
    const stand = await standing((_, response) => response.end("1"));
    const clocks = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = clocks();
    const request = new AbortController();
    await ask(asking(stand, { timeoutMs: 60_000 }), request.signal);
    expect(getEventListeners(request.signal, "abort")).toHaveLength(0);
    expect(clocks()).toBeLessThanOrEqual(before);
  });

  it.each([
    ["by the clock", 200, "timeout: no answer within 200 ms"],
    ["with the request", 5_000, "cancelled: the request ended"],
  ])("comes %s also where no connection is had, and nothing is sent then", async (title, timeoutMs, expected) => {
    // A server that never says anything to who begins with TLS.
    const service = await raw(() => undefined);
    const client = asking({ origin: service.origin.replace("http:", "https:") }, { timeoutMs });
    const request = new AbortController();
    const asked = ask(client, request.signal);
    await expect.poll(() => service.connections).toBe(1);
    if (title === "with the request") request.abort();
    expect(await failureOf(asked)).toBe(expected);
    expect(service.heads).toHaveLength(0);
  });
});

describe("a request", () => {
  it("is told what it needs and nothing else", async () => {
    const service = await raw((socket) => socket.write(written("1")));
    await ask(asking(service, { headers: { "X-Api-Key": "s3cret" } }));
    expect(service.heads[0]?.split("\r\n").toSorted()).toEqual([
      "GET /x HTTP/1.1",
      "accept-encoding: gzip",
      "accept: application/json",
      "connection: keep-alive",
      `host: ${new URL(service.origin).host}`,
      "user-agent: Passerelle",
      "x-api-key: s3cret",
    ]);
  });

  it("has no header within a header: nothing is sent", async () => {
    const stand = await standing((_, response) => response.end("1"));
    for (const name of ["authorization", "x\r\nx"]) {
      const asked = asking(stand).ask({ path: "/", headers: { [name]: "s3cret\r\nx: y" } }, unbounded());
      expect(await failureOf(asked)).toBe("unavailable: UND_ERR_INVALID_ARG");
    }
    expect(stand.requests).toBe(0);
  });
});
