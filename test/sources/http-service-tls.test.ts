// Services that are asked by https (law 14): who cannot show who it is, is told nothing.
import { once } from "node:events";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext, getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, expect, it } from "vitest";
import { HttpService } from "../../src/sources/http-service.js";
import { unbounded } from "./memory-source.js";
import { ownCertificate } from "./own-certificate.js";

const usual = getCACertificates("default");
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  setDefaultCACertificates(usual);
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** @returns where it is, and what it was asked */
async function service(options: ServerOptions) {
  const asked: (string | undefined)[] = [];
  const server = createServer(options, (request, response) => {
    asked.push(request.url);
    response.end("1");
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  closing.push(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  return { server, origin: `https://localhost:${(server.address() as AddressInfo).port}`, asked };
}

const asking = (baseUrl: string) =>
  new HttpService({ source: "parking", baseUrl, maxBytes: 1_000, timeoutMs: 5_000, pace: { concurrency: 1 } });
const outcome = (client: HttpService, path: string, signal = unbounded().signal) =>
  client.ask({ path }, { ...unbounded(), signal }).then(
    ({ json }) => json,
    (error: unknown) => (error instanceof Error ? error.message : error),
  );

it("a service is asked whose certificate the system vouches for, under its name", async () => {
  const own = await ownCertificate("localhost");
  setDefaultCACertificates([own.cert]);
  const { origin, asked } = await service(own);
  expect(await outcome(asking(origin), "/x")).toBe(1);
  expect(asked).toEqual(["/x"]);
});

it.each([
  ["that nobody vouches for", "localhost", false, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["of another", "parking.example", true, "ERR_TLS_CERT_ALTNAME_INVALID"],
])("a service with a certificate %s is told nothing", async (_, name, trusted, code) => {
  const own = await ownCertificate(name);
  if (trusted) setDefaultCACertificates([own.cert]);
  const { origin, asked } = await service(own);
  expect(await outcome(asking(origin), "/x")).toBe(`source parking: unavailable (${code})`);
  expect(asked).toEqual([]);
});

it("a request that ended before the connection was there is not sent any more", async () => {
  const own = await ownCertificate("localhost");
  setDefaultCACertificates([own.cert]);
  const waiting: (() => void)[] = [];
  let isOpen = false;
  const { origin, asked } = await service({
    ...own,
    SNICallback(_, found) {
      const letIn = () => found(null, createSecureContext(own));
      if (isOpen) letIn();
      else waiting.push(letIn);
    },
  });
  const client = asking(origin);
  const request = new AbortController();
  const first = outcome(client, "/first", request.signal);
  await expect.poll(() => waiting.length).toBe(1);
  request.abort();
  expect(await first).toBe("source parking: cancelled (the request ended)");
  isOpen = true;
  for (const letIn of waiting) letIn();
  expect(await outcome(client, "/second")).toBe(1);
  expect(asked).toEqual(["/second"]);
});
