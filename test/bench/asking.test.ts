// What the bench's load reads of an answer: an answer that is counted wrongly would make a server look fast.
import { createServer, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Asking, requestBytes } from "../../bench/asking.js";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function served(answer: (asked: string, response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer((request, response) => {
    let asked = "";
    request.setEncoding("utf8").on("data", (text: string) => (asked += text));
    request.on("end", () => answer(asked, response));
  });
  return listening(server);
}

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

async function open(url: string): Promise<Asking> {
  const asking = await Asking.open(url);
  closing.unshift(() => asking.close());
  return asking;
}

test("a body of a known length, one in chunks and an empty one are counted one after the other", async () => {
  const url = await served((asked, response) => {
    response.statusCode = asked === "none" ? 204 : 200;
    if (asked === "none") response.setHeader("content-length", "0");
    if (asked !== "chunks") response.end(asked === "none" ? "" : `é${asked}`);
    else for (const part of ["12345", "é".repeat(40_000), "x"]) response.write(part);
    response.end();
  });
  const asking = await open(url);
  for (const [body, status, bytes] of [
    ["plain", 200, 7],
    ["chunks", 200, 80_006],
    ["none", 204, 0],
    ["chunks", 200, 80_006],
    ["again", 200, 7],
  ] as const)
    expect(await asking.ask(requestBytes(url, { "content-type": "text/plain" }, body))).toEqual({ status, bytes });
});

test("an answer that comes byte by byte is the same", async () => {
  const text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n";
  const url = await listening(
    createTcpServer((socket) => {
      socket.setNoDelay(true);
      socket.once("data", () => {
        let at = 0;
        const next = (): void => {
          if (at < text.length) socket.write(text.charAt(at++), () => setImmediate(next));
        };
        next();
      });
    }),
  );
  const asking = await open(url);
  expect(await asking.ask(requestBytes(url, {}, "x"))).toEqual({ status: 200, bytes: 19 });
});

test("a connection that ends, and an answer without a length, are errors", async () => {
  const cut = await listening(
    createTcpServer((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")),
    ),
  );
  await expect((await open(cut)).ask(requestBytes(cut, {}, ""))).rejects.toThrow("closed the connection");
  const endless = await listening(
    createTcpServer((socket) => socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\n\r\nab"))),
  );
  await expect((await open(endless)).ask(requestBytes(endless, {}, ""))).rejects.toThrow("without a length");
});
