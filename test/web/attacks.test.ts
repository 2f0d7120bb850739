// What hostile clients do, while an honest one asks: its answers must all be right.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { IncomingRequest } from "../../src/gateway/index.js";
import { bodyBytes, openTown, type Town } from "./town-gateway.js";
import { head, rawConnection, rawExchange } from "./raw-http.js";

// Room for a busy machine; nothing here is timed.
vi.setConfig({ testTimeout: 60_000 });

let town: Town;
beforeAll(async () => {
  town = await openTown({ times: { headers: 3_000, request: 5_000 } });
});
afterAll(() => town.close());

let asking = true;
let honest: Promise<number>;
beforeEach(() => {
  asking = true;
  honest = (async () => {
    let answered = 0;
    do {
      const response = await town.ask('{ places(names: ["Bibliothèque"]) { name } }');
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ data: { places: [{ name: "Bibliothèque" }] } });
      answered++;
    } while (asking);
    return answered;
  })();
});
afterEach(async () => {
  asking = false;
  expect(await honest).toBeGreaterThan(0);
});

const json = ["Content-Type: application/json", "Connection: close"];
const send = (body: string | Buffer, headers: readonly string[] = json): Promise<string> => {
  const bytes = Buffer.from(body);
  const top = head("/rivemont/graphql", [...headers, `Content-Length: ${bytes.length}`]);
  return rawExchange(town.address, Buffer.concat([Buffer.from(top, "latin1"), bytes]));
};
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);

describe("hostile requests, while an honest client asks", () => {
  it("answers 200 bodies of 1 MB sent at once", async () => {
    const big = JSON.stringify({ query: "{echo}", operationName: "\u0000".repeat(170_000) });
    const answers = await Promise.all(Array.from({ length: 200 }, () => send(big)));
    for (const answer of answers) expect(statusOf(answer)).toBe(413);
  });

  it("answers 200 parallel connections, each with its own answer", async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => send(JSON.stringify({ query: `{ echo(text: "n${i}") }` }))),
    );
    for (const [i, answer] of answers.entries()) {
      expect(statusOf(answer)).toBe(200);
      expect(answer).toContain(`{"data":{"echo":"n${i}"}}`);
    }
  });

  it("answers operation names, variables and queries full of control characters", async () => {
    const odd = "\u0000\u001b[2J\r\nSet-Cookie: a=b\u202e\ud800";
    const bodies = [
      { query: "query A { echo }", operationName: odd.repeat(1000) },
      { query: "query ($t: String) { echo(text: $t) }", variables: { t: odd, [odd]: odd, __proto__: { t: odd } } },
      { query: `{ ${odd} }` },
      { query: "{ echo }", extensions: { [odd]: odd } },
    ].map((body) => JSON.stringify(body));
    for (const answer of await Promise.all(bodies.map((body) => send(body)))) {
      expect([200, 400]).toContain(statusOf(answer));
      expect(answer).not.toMatch(/\r\nSet-Cookie/i);
      const body = Buffer.from(answer, "latin1").toString().split("\r\n\r\n")[1];
      expect(body?.trimEnd()).not.toMatch(/\p{Cc}/u);
    }
  });

  it("answers invalid UTF-8 and what is no JSON with 400", async () => {
    const broken = [
      Buffer.from([0x7b, 0x22, 0xff, 0xfe]),
      Buffer.from('{"query":"{echo(text:\\"\u00e9\\")}"}', "latin1"),
      Buffer.from('{"query":"{echo}"}', "utf16le"),
      Buffer.from("\0".repeat(1000)),
      Buffer.from(`{"query":"{echo}","variables":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`),
    ];
    for (const answer of await Promise.all(broken.map((bytes) => send(bytes)))) expect(statusOf(answer)).toBe(400);
  });

  it("leaves malformed HTTP to Node, which repeats nothing of it", async () => {
    const secret = "S3cretName";
    const framing = (...headers: string[]): string => `${head("/rivemont/graphql", headers)}0\r\n\r\n`;
    for (const bytes of [
      `${secret} nonsense\r\n\r\n`,
      `GET / HTTP/9.9\r\n${secret}: 1\r\n\r\n`,
      `GET / HTTP/1.1\r\n${secret}: 1\r\n\r\n`,
      head("/rivemont/graphql", [`${secret}\0: 1`]),
      head("/rivemont/graphql", [`X: ${secret}\0`]),
      head("/rivemont/graphql", [`X: ${secret.repeat(10_000)}`]),
      framing("Transfer-Encoding: chunked", "Content-Length: 5"),
      framing("Content-Length: 5", "Content-Length: 6"),
      framing("Content-Length: -1"),
      framing("Transfer-Encoding: chunked, identity", `X: ${secret}`),
      `${head("/rivemont/graphql", ["Transfer-Encoding: chunked"])}${secret}\r\n`,
      head(`/rivemont/graphql ${secret}`, []),
    ]) {
      const answer = await rawExchange(town.address, bytes);
      expect([400, 431], bytes.slice(0, 80)).toContain(statusOf(answer));
      expect(answer).not.toContain(secret);
    }
    expect(JSON.stringify(town.events)).not.toContain(secret);
    expect(town.events).toContainEqual(expect.objectContaining({ event: "malformed-http" }));
  });

  it("cuts 50 uploads that trickle, once their time is over, and has them seen by the gateway", async () => {
    const before = town.arrived.filter(({ bodyFault }) => bodyFault === "unreadable").length;
    const slow = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const connection = await rawConnection(town.address);
        connection.socket.write(`${head("/rivemont/graphql", [...json, "Content-Length: 1000"])}{`);
        return connection;
      }),
    );
    const silent = await Promise.all(Array.from({ length: 50 }, () => rawConnection(town.address)));
    for (const { closed } of [...slow, ...silent])
      expect(["", "408"]).toContain(/ (\d{3}) /.exec(await closed)?.[1] ?? "");
    expect(town.arrived.filter(({ bodyFault }) => bodyFault === "unreadable")).toHaveLength(before + 50);
  });

  it("gives up an upload that breaks off, as unreadable", async () => {
    const before = town.arrived.length;
    const connection = await rawConnection(town.address);
    connection.socket.write(`${head("/rivemont/graphql", [...json, "X-Mine: 1", "Content-Length: 1000"])}{"query":`);
    await town.ask("{echo}");
    connection.socket.destroy();
    const mine = (): IncomingRequest | undefined =>
      town.arrived.slice(before).find(({ headers }) => headers.get("x-mine") === "1");
    await expect.poll(() => mine()?.bodyFault).toBe("unreadable");
    expect(mine()?.body).toBeNull();
    await expect.poll(() => mine()?.signal.aborted).toBe(true);
  });

  it("takes no bytes of a refused upload for a second request", async () => {
    const smuggled = head("/rivemont/graphql", ["X-Smuggled: 1", "Content-Length: 0"]);
    const length = smuggled.length + 5 * bodyBytes;
    const connection = await rawConnection(town.address);
    connection.socket.write(head("/rivemont/graphql", ["Content-Type: application/json", `Content-Length: ${length}`]));
    connection.socket.write(" ".repeat(5 * bodyBytes));
    connection.socket.write(smuggled);
    expect(statusOf(await connection.closed)).toBe(413);
    expect(town.arrived.filter(({ headers }) => headers.has("x-smuggled"))).toEqual([]);
  });

  it("answers pipelined requests in their order", async () => {
    const one = (text: string, headers: readonly string[]): string => {
      const body = JSON.stringify({ query: `{ echo(text: "${text}") }` });
      return head("/rivemont/graphql", [...headers, `Content-Length: ${body.length}`]) + body;
    };
    const keep = ["Content-Type: application/json"];
    const answer = await rawExchange(town.address, one("first", keep) + one("second", keep) + one("third", json));
    expect([...answer.matchAll(/"echo":"(\w+)"/g)].map(([, text]) => text)).toEqual(["first", "second", "third"]);
  });
});

describe("a client that goes away", () => {
  const waits = async (request: IncomingRequest): Promise<void> => {
    if (request.headers.get("x-wait") !== "1") return;
    await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
  };

  it.each(["destroys its socket", "closes its half"])("aborts its request's signal when it %s", async (how) => {
    const waiting = await openTown({}, async (request, usual) => {
      await waits(request);
      return usual(request);
    });
    const connection = await rawConnection(waiting.address);
    connection.socket.write(`${head("/rivemont/graphql", [...json, "X-Wait: 1", "Content-Length: 2"])}{}`);
    await expect.poll(() => waiting.arrived.length).toBe(1);
    expect(waiting.arrived[0]?.signal.aborted).toBe(false);
    if (how.startsWith("destroys")) connection.socket.destroy();
    else connection.socket.end();
    await expect.poll(() => waiting.arrived[0]?.signal.aborted).toBe(true);
    expect((await waiting.ask("{echo}")).status).toBe(200);
    expect(waiting.arrived[1]?.signal.aborted).toBe(false);
    await waiting.close();
  });
});
