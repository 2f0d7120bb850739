import { METHODS } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { answerErrors, type TenantName } from "../../src/terms/index.js";
import { bodyBytes, openTown, rivemont, type Town } from "./town-gateway.js";
import { head, rawConnection, rawExchange } from "./raw-http.js";

// Room for a busy machine; nothing here is timed.
vi.setConfig({ testTimeout: 60_000 });

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());

const jsonHead = ["Content-Type: application/json", "Connection: close"];
const last = (of: Town = town) => of.arrived.at(-1);

describe("the addresses", () => {
  it("answers GraphQL under the tenant's address, and the short one where there is one tenant", async () => {
    for (const path of ["/rivemont/graphql", "/graphql", "/graphql?x=1"]) {
      const response = await fetch(town.address + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"query":"{echo(text:\\"é\\")}"}',
      });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ data: { echo: "é" } });
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
      expect(response.headers.get("server")).toBeNull();
      expect(response.headers.get("x-powered-by")).toBeNull();
      expect(last()).toMatchObject({ tenant: "rivemont", method: "POST", bodyFault: null });
    }
  });

  it("keeps two tenants apart and has no short address then", async () => {
    const two = await openTown({ tenants: [rivemont, "vallon" as TenantName] });
    await fetch(`${two.address}/vallon/graphql`, { method: "POST", body: "{}" });
    expect(last(two)?.tenant).toBe("vallon");
    expect((await fetch(`${two.address}/graphql`, { method: "POST" })).status).toBe(404);
    await two.close();
  });

  it.each([
    "/nowhere",
    "/Rivemont/graphql",
    "/rivemont/graphql/",
    "/vallon/graphql",
    "/%zz",
    "/__proto__",
    "/rivemont/%67raphql/x",
  ])("answers %s with a hint and no echo", async (path) => {
    const before = town.arrived.length;
    for (const type of ["application/json", "\u00e9/;;", "text/xml"]) {
      const response = await fetch(town.address + path, {
        method: "POST",
        headers: { "content-type": type },
        body: "{",
      });
      expect(response.status).toBe(404);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ addresses: ["POST /rivemont/graphql", "POST /graphql"] });
      expect(text).not.toMatch(/nowhere|vallon|zz|proto/);
      expect(response.headers.get("cache-control")).toBe("no-store");
    }
    expect(town.arrived).toHaveLength(before);
  });

  it("lets every method that Node reads reach the gateway, to be recorded", async () => {
    for (const method of METHODS.filter((name) => name !== "CONNECT" && name !== "POST")) {
      const before = town.arrived.length;
      const answer = await rawExchange(town.address, head("/rivemont/graphql", ["Connection: close"], method));
      expect(answer, method).toMatch(/^HTTP\/1\.1 405 .*\r\nallow: POST\r\n/is);
      expect(town.arrived).toHaveLength(before + 1);
      expect(last()?.method).toBe(method);
    }
  });

  it("lets every media type reach the gateway, and answers 415", async () => {
    for (const type of ["", "text/plain", "nonsense", "application/json; charset=utf-16", "a/b; ;;=,"]) {
      const answer = await rawExchange(
        town.address,
        `${head("/rivemont/graphql", [`Content-Type: ${type}`, "Content-Length: 2", "Connection: close"])}{}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 415 /);
      expect(last()?.headers.get("content-type") ?? "").toBe(type);
    }
  });
});

describe("what reaches the gateway", () => {
  it("has headers in lower case, those sent twice joined, Authorization too", async () => {
    const headers = [
      "AUTHORIZATION: Bearer a",
      "Authorization: Bearer b",
      "X-A: 1",
      "x-a: 2",
      "__proto__: z",
      "Content-Length: 2",
    ];
    await rawExchange(town.address, `${head("/rivemont/graphql", [...headers, ...jsonHead])}{}`);
    const got = last()?.headers;
    expect(got?.get("authorization")).toBe("Bearer a, Bearer b");
    expect(got?.get("x-a")).toBe("1, 2");
    expect(got?.get("__proto__")).toBe("z");
  });

  it("has the body byte by byte, an own id, and null for none", async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 195, 40]);
    await rawExchange(
      town.address,
      Buffer.concat([Buffer.from(head("/rivemont/graphql", [...jsonHead, "Content-Length: 6"])), bytes]),
    );
    expect(last()?.body).toEqual(bytes);
    const first = last()?.id;
    expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    await fetch(town.graphql, { method: "POST" });
    expect(last()?.body).toBeNull();
    expect(last()?.id).not.toBe(first);
  });

  it("is a whole body up to the limit exactly, by length and in chunks", async () => {
    const padded = (length: number): string => `{"query":"{echo}"}`.padEnd(length, " ");
    const chunked = (text: string): ReadableStream => new Blob([text]).stream();
    for (const body of [padded(bodyBytes), chunked(padded(bodyBytes))]) {
      const response = await fetch(town.graphql, post(body));
      expect(response.status).toBe(200);
      expect(last()?.body).toHaveLength(bodyBytes);
    }
    for (const body of [
      padded(bodyBytes + 1),
      chunked(padded(bodyBytes + 1)),
      padded(3 * bodyBytes),
      chunked(padded(1_000_000)),
    ]) {
      const response = await fetch(town.graphql, post(body));
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "REQUEST_TOO_LARGE" } }] });
      expect(last()).toMatchObject({ body: null, bodyFault: "too-large" });
    }
  });

  it("is cut off an upload without end, which costs its own connection only", async () => {
    const flood = await rawConnection(town.address);
    flood.socket.write(head("/rivemont/graphql", ["Content-Type: application/json", "Transfer-Encoding: chunked"]));
    const chunk = `10000\r\n${"a".repeat(0x10000)}\r\n`;
    const pump = (): void => {
      while (!flood.socket.destroyed && flood.socket.write(chunk));
      if (!flood.socket.destroyed) flood.socket.once("drain", pump);
    };
    pump();
    expect((await town.ask("{echo}")).status).toBe(200);
    await flood.closed;
    expect(town.arrived.find(({ bodyFault }) => bodyFault === "too-large")).toBeDefined();
  });
});

const post = (body: string | ReadableStream): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body,
  ...(typeof body === "string" ? {} : { duplex: "half" }),
});

describe("our own failures", () => {
  it("answers 500 without detail when the gateway throws, and reports it without its text", async () => {
    const broken = await openTown({}, async () => {
      throw Object.assign(new Error("row of Mme Martin"), { statusCode: 418 });
    });
    const response = await broken.ask("{echo}");
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      errors: [{ message: answerErrors.INTERNAL_SERVER_ERROR.sentence, extensions: { code: "INTERNAL_SERVER_ERROR" } }],
    });
    expect(broken.events).toMatchObject([{ event: "unexpected-error", request: broken.arrived[0]?.id, name: "Error" }]);
    expect(JSON.stringify(broken.events)).not.toContain("Martin");
    await broken.close();
  });

  it("answers 500 where an answer's header cannot be sent", async () => {
    const broken = await openTown({}, async () => ({
      status: 200,
      headers: { "x-a": "a\r\nset-cookie: b" },
      body: "secret",
    }));
    const response = await broken.ask("{echo}");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(response.headers.get("set-cookie")).toBeNull();
    await broken.close();
  });
});

describe("health", () => {
  it("is live while the process is, and ready when told so", async () => {
    let ready: boolean | "throws" = true;
    const town2 = await openTown({
      health: () => {
        if (ready === "throws") throw new Error("Mme Martin");
        return { ready, checks: { "access-log": ready } };
      },
    });
    const read = async (path: string) => {
      const response = await fetch(town2.address + path);
      return [response.status, await response.json(), response.headers.get("cache-control")];
    };
    expect(await read("/health/live")).toEqual([200, { status: "live" }, "no-store"]);
    expect(await read("/health/ready")).toEqual([200, { status: "ready", checks: { "access-log": true } }, "no-store"]);
    ready = false;
    expect(await read("/health/ready")).toEqual([
      503,
      { status: "not ready", checks: { "access-log": false } },
      "no-store",
    ]);
    ready = "throws";
    expect(await read("/health/ready")).toEqual([503, { status: "not ready", checks: {} }, "no-store"]);
    expect(JSON.stringify(town2.events)).not.toContain("Martin");
    await town2.close();
  });
});
