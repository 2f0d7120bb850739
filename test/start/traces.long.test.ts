// Traces leave the machine: a path by which data could (law 11). A real collector reads what it is sent, byte for byte; and
// another one hangs, which costs no answer anything (law 13).
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startServiceTown, type ServiceTown } from "./service-town.js";

const lists = {
  "/districts": [{ number: 4711, name: "Jeanne Dupont-Secret" }],
  "/car-parks": [{ code: "P-SECRET", free: 31337, district: 4711 }],
};
const query = `query ChosenByTheApplication { districts(where: { name: { eq: "Jeanne Dupont-Secret" } }) {
  nodes { chosenAlias: name carParks { nodes { code free } } } } }`;
const traceId = "0af7651916cd43dd8448eb211c80319c";

interface Collector {
  readonly url: string;
  readonly bodies: Buffer[];
  close(): Promise<void>;
}

/** @param answers false: it takes what it is sent and says nothing */
async function collector(answers: boolean): Promise<Collector> {
  const bodies: Buffer[] = [];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      bodies.push(Buffer.from(`${request.url ?? ""}\n${JSON.stringify(request.rawHeaders)}\n`), ...parts);
      if (answers) response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function townWith(telemetry: string): Promise<ServiceTown> {
  const town = await startServiceTown(lists, `operations: { port: 0 }\ntelemetry: ${telemetry}`);
  opened.push(() => town.close());
  return town;
}

async function ask(town: ServiceTown, traceparent?: string): Promise<{ status: number; entry: string }> {
  const response = await fetch(`${town.gateway.address}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${town.keys["parkeasy"] ?? ""}`,
      ...(traceparent === undefined ? {} : { traceparent, tracestate: "vendor=tracestate-secret" }),
    },
    body: JSON.stringify({ query, operationName: "ChosenByTheApplication" }),
  });
  await response.arrayBuffer();
  return { status: response.status, entry: response.headers.get("passerelle-access") ?? "no entry" };
}

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly attributes: { readonly key: string; readonly value: object }[];
}

describe("a collector", () => {
  it("is sent each step of a request, under the application's own trace, and nothing of what was asked or answered", async () => {
    const at = await collector(true);
    opened.push(() => at.close());
    const town = await townWith(`{ otlp: "${at.url}", share: 1 }`);
    const { status, entry } = await ask(town, `00-${traceId}-b7ad6b7169203331-01`);
    expect(status).toBe(200);
    await ask(town, "00-ffffffffffffffffffffffffffffffff-b7ad6b7169203331-00");
    await town.ask("parkeasy", '{ districts { nodes { secretMisspelt(x: "literal-secret") } } }');
    await town.ask("no-such-key-secret", "{ districts { nodes { name } } }");
    await town.stop();
    const sent = Buffer.concat(at.bodies).toString("utf8");
    const spans = spansOf(at.bodies);
    const own = spans.filter((span) => span.traceId === traceId);
    expect(own.map(({ name }) => name).sort()).toEqual(["append", "fetch", "fetch", "plan", "request", "shape"]);
    expect(own.find(({ name }) => name === "request")?.parentSpanId).toBe("b7ad6b7169203331");
    expect(sent).toContain('"CarPark"');
    const keys = new Set(spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
    expect([...keys].sort()).toEqual([
      ...["http.response.status_code", "passerelle.codes", "passerelle.dataset", "passerelle.outcome"],
      ...["passerelle.rows", "passerelle.tenant"],
    ]);
    // The caller said of the second that it is not traced.
    expect(sent).not.toContain("ffffffffffffffffffffffffffffffff");
    const secret = town.keys["parkeasy"] ?? "";
    for (const hidden of [
      "Jeanne",
      "Dupont",
      "4711",
      "31337",
      "P-SECRET",
      "ChosenByTheApplication",
      "chosenAlias",
      "secret",
      "parkeasy",
      "mobility",
      "eq:",
      entry,
      secret,
      secret.split("_")[2] ?? secret,
    ])
      // prettier-ignore
      expect([hidden, sent.toLowerCase().includes(hidden.toLowerCase())]).toEqual([hidden, false]);
  });

  it("that hangs, or is away, costs no answer, and the gateway ends all the same", async () => {
    const hanging = await collector(false);
    opened.push(() => hanging.close());
    for (const url of [hanging.url, "http://127.0.0.1:1"]) {
      const town = await townWith(`{ otlp: "${url}", share: 1 }`);
      const answered = await Promise.all(Array.from({ length: 40 }, () => ask(town)));
      expect(answered.map(({ status }) => status)).toEqual(Array(40).fill(200));
      await town.stop();
    }
    expect(hanging.bodies.length).toBeGreaterThan(0);
  });

  it("is sent so many traces of a minute at most, whatever applications ask for; and none without being asked for", async () => {
    const at = await collector(true);
    opened.push(() => at.close());
    const town = await townWith(`{ otlp: "${at.url}", share: 0, perMinute: 3 }`);
    for (let i = 0; i < 4; i++) await ask(town);
    for (let i = 0; i < 10; i++) await ask(town, `00-${traceId}-b7ad6b7169203331-01`);
    await town.stop();
    const roots = spansOf(at.bodies).filter(({ name }) => name === "request");
    expect(roots.length).toBeGreaterThanOrEqual(3);
    // The minute may have turned between them.
    expect(roots.length).toBeLessThanOrEqual(6);
  });
});

function spansOf(bodies: readonly Buffer[]): Span[] {
  const sent = Buffer.concat([...bodies]).toString("utf8");
  return sent
    .split("\n")
    .flatMap((line) => line.match(/\{"resourceSpans".*?\}(?=\/v1|$)/g) ?? [])
    .flatMap((json) => (JSON.parse(json) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
