// Staff's way with webhooks, with the real command, a real PostgreSQL and a real receiver.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCliTown, draftArguments, type CliTown } from "./town.js";

const ref = "cantine-plus/school-meals";
const by = "informatique@rivemont.example";
let town: CliTown;
let server: Server;
let url: string;
let status = 204;
const arrived: string[] = [];

beforeAll(async () => {
  town = await createCliTown();
  server = createServer((request, answer) => {
    request.on("data", (part: Buffer) => arrived.push(part.toString("utf8")));
    request.on("end", () => answer.writeHead(status).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  for (const name of ["biblio-stats", "cantine-plus"])
    await town.run(["application", "create", name, "--title", name, "--contact", "a@b.example"]);
  expect((await town.run(["policy", "apply", "-m", "first"])).code).toBe(0);
  expect((await town.run([...draftArguments, "--fields", "Resident.number"])).code).toBe(0);
});
afterAll(async () => {
  server.close();
  await town.close();
});

describe("webhooks", () => {
  it("are registered once the address has acknowledged a test, the secret shown once", async () => {
    expect((await town.run(["webhook", "list"])).out).toContain("webhook set");
    status = 500;
    const refused = await town.run(["webhook", "set", ref, "--url", url, "--by", by]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("(HTTP 500), so it was not registered")]);
    status = 204;
    const done = await town.run(["webhook", "set", ref, "--url", url, "--by", by]);
    expect([done.code, done.out]).toEqual([0, expect.stringMatching(/whsec_[A-Za-z0-9+/]{43}=/)]);
    expect(JSON.parse(arrived.at(-1) ?? "")).toMatchObject({ type: "test", data: { agreement: ref } });
    const { out } = await town.run(["webhook", "list"]);
    expect(out).toContain(url);
    expect(out).not.toContain("whsec_");
  });

  it.each([
    [["--url", "https://10.0.0.1/", "--by", by], /address that is not public/],
    [["--url", "http://93.184.215.14/", "--by", by], /must begin with https/],
    [["--url", "somewhere", "--by", by], /takes an address/],
    [["--url", "https://93.184.215.14/", "--by", "nobody@rivemont.example"], /not listed under people/],
  ])("are refused with %j", async (options, words) => {
    const { code, err } = await town.run(["webhook", "set", ref, ...options]);
    expect([code, err]).toEqual([2, expect.stringMatching(words)]);
  });

  it("say what waits, and end", async () => {
    expect((await town.run(["webhook", "messages", "--waiting"])).out).toContain("Nothing waits");
    expect((await town.run(["webhook", "remove", ref])).code).toBe(0);
    expect((await town.run(["webhook", "remove", ref])).code).toBe(2);
  });

  it("are on record, without the address", async () => {
    const { out } = await town.run(["log", "--outcome", "staff", "--json", "--limit", "100"]);
    expect(out).toContain("webhook set");
    expect(out).not.toContain("127.0.0.1");
  });
});
