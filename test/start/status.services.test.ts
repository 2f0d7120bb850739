// What the operator sees when a service stops and comes back: a real gateway, real services that are killed and healed.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayStatus, SourceStatus } from "../../src/gateway/index.js";
import { run, startServiceTown, type ServiceTown, type Told } from "./service-town.js";

/** Stands in the services' rows and errors: nothing that the operator is shown may hold it (law 11). */
const secret = "Geheimrat";
const lists = {
  "/districts": [{ number: 1, name: `Centre ${secret}` }],
  "/car-parks": [{ code: `P1-${secret}`, free: 12, district: 1 }],
};
const both = "{ districts { nodes { name carParks { nodes { code free } } } } }";

let town: ServiceTown;
/** Everything that the operator's port and the command have shown. */
const shown: string[] = [];
beforeAll(async () => {
  town = await startServiceTown(lists);
});
afterAll(() => town.close());

async function status(): Promise<Told & { readonly read: GatewayStatus }> {
  const [told, json] = [await town.run("status"), await town.run("status", "--json")];
  shown.push(told.out, told.err, json.out);
  expect(json.code).toBe(told.code);
  return { ...told, read: JSON.parse(json.out) as GatewayStatus };
}
const sourceOf = ({ tenants: [tenant] }: GatewayStatus, name: string): SourceStatus | undefined =>
  tenant?.sources.find((source) => source.name === name);
async function metrics(): Promise<string> {
  const text = await (await fetch(`${town.gateway.operations}/metrics`)).text();
  shown.push(text);
  return text;
}

describe("the operator", () => {
  it("sees that nothing was asked yet, and that this is no trouble", async () => {
    const { code, out, err, read } = await status();
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/territory +rest +not asked yet +- +0 +0 +0 +0 +- +-\n/);
    expect(out).toContain("Access log: no request was recorded yet.");
    expect(out).toContain("Requests: none yet;");
    expect(out).toMatch(/All is well\.\n$/);
    expect(sourceOf(read, "parking")).toMatchObject({ state: "untried", durations: null, outage: null });
    expect(read.tenants[0]?.policyVersion).toMatch(/^[0-9a-f]{64}$/);
  });

  it("sees what was asked", async () => {
    expect((await town.ask("parkeasy", both)).text).toContain(secret);
    const { code, out, read } = await status();
    expect(code).toBe(0);
    expect(out).toMatch(/parking +rest +up +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +1 +0 +0 +0 +[\d.]+ ms +[\d.]+ ms\n/);
    expect(out).toMatch(/Access log: writes; last commit \d{4}-/);
    expect(out).toContain("Requests: 1 answered;");
    expect(read.accessLog).toMatchObject({ state: "writing", committed: 1, waiting: 0, failing: null });
  });

  it("sees a service that changed its shape, without its words, and afterwards what that had cost", async () => {
    town.territory.answer = () => ({ status: 200, body: { error: `${secret} is not here` } });
    expect((await town.ask("parkeasy", both)).text).toContain("SOURCE_UNAVAILABLE");
    const failing = await status();
    expect([failing.code, failing.err]).toEqual([1, "Not all is well: source territory of valmont fails.\n"]);
    expect(failing.out).toContain(
      "territory fails: it answers with something other than what was asked, as after a change of its shape",
    );
    // All that was asked below it is lost with it, though the other service was up.
    expect(sourceOf(failing.read, "territory")?.outage?.agreements[0]?.fields).toEqual([
      "CarPark.code",
      "CarPark.free",
      "District.carParks",
      "District.name",
      "Query.districts",
    ]);
    await town.territory.heal();
    expect((await town.ask("parkeasy", both)).text).not.toContain("SOURCE_UNAVAILABLE");
    const healed = await status();
    expect([healed.code, healed.err]).toEqual([0, ""]);
    expect(healed.out).toMatch(/territory: the last outage cost, from .* to .*: 1 request lacked fields\./);
    expect(sourceOf(healed.read, "territory")).toMatchObject({ state: "up", outage: { requests: 1 } });
    expect(sourceOf(healed.read, "territory")?.outage?.until).not.toBeNull();
  });

  it("sees which service is away, since when, why, and whom it costs what", async () => {
    await town.parking.kill();
    for (const application of ["parkeasy", "parkeasy", "carte-plus"])
      expect((await town.ask(application, both)).text).toContain("SOURCE_UNAVAILABLE");
    const { code, out, err, read } = await status();
    expect(code).toBe(1);
    expect(err).toMatch(/^Not all is well: source parking of valmont (fails|is down)\.\n$/);
    expect(out).toMatch(
      /parking (fails|is down): it cannot be reached, refuses us, or answers with an error \(ECONNREFUSED\)/,
    );
    expect(out).toMatch(/What it costs, since .*: 3 requests lacked fields\./);
    expect(out).toMatch(/parkeasy\/mobility +2 +CarPark\.code, CarPark\.free, District\.carParks\n/);
    expect(out).toMatch(/carte-plus\/mobility +1 +CarPark\.code, CarPark\.free, District\.carParks\n/);
    expect(out).toContain("Look closer: npx passerelle source check parking\n");
    // The other service goes on, and so does the gateway: a source is no part of readiness.
    expect(out).toMatch(/territory +rest +up /);
    expect(read.ready).toBe(true);
    for (const address of [town.gateway.address, town.gateway.operations])
      expect((await fetch(`${address}/health/ready`)).status).toBe(200);
    const failing = sourceOf(read, "parking");
    expect(failing?.lastFailure?.reason).toBe("unavailable");
    expect(failing?.outage).toMatchObject({ until: null, requests: 3 });
    expect(await metrics()).toContain('passerelle_source_lost_requests_total{tenant="valmont",source="parking"} 3\n');
  });

  it("does not count against a service what an application did not ask of it", async () => {
    await town.ask("carte-plus", "{ districts { nodes { name } } }");
    expect(sourceOf((await status()).read, "parking")?.outage?.requests).toBe(3);
  });

  it("sees nothing of a row, a key, or an error's text in all of this (law 11)", async () => {
    await town.ask(`psk_live_${secret}`, both);
    await town.ask("parkeasy", `query ${secret} { ${secret} }`);
    const text = await metrics();
    expect(text).toContain('passerelle_requests_total{tenant="valmont",outcome="not-authenticated"} 1\n');
    expect(text).toContain('passerelle_request_errors_total{tenant="valmont",code="GRAPHQL_VALIDATION_FAILED"} 1\n');
    await status();
    expect(shown.length).toBeGreaterThan(10);
    for (const each of [...shown, ...town.terminal]) {
      expect(each).not.toContain(secret);
      for (const key of Object.values(town.keys)) expect(each).not.toContain(key);
    }
  });
});

describe("saved files with a fault", () => {
  it("are said, and the version before stays", async () => {
    const file = join(town.folder, "policies/valmont/rules.csv");
    const rules = readFileSync(file, "utf8");
    writeFileSync(file, rules.replace("allow", "alow"));
    const told = async (): Promise<string> => (await status()).out;
    await expect.poll(told, { timeout: 30_000 }).toMatch(/The saved files have 1 fault .* npx passerelle policy check/);
    expect(await metrics()).toContain('passerelle_policy_files_refused_total{tenant="valmont"} 1\n');
    writeFileSync(file, rules);
    await expect.poll(told, { timeout: 30_000 }).not.toContain("The saved files");
    writeFileSync(file, `${rules}# another version\n`);
    const changes = 'passerelle_policy_version_changes_total{tenant="valmont"} 1\n';
    await expect.poll(metrics, { timeout: 30_000 }).toContain(changes);
  });
});

describe("the operations port", () => {
  const asked = (host: string): Promise<number | undefined> =>
    new Promise((done, failed) =>
      request(`${town.gateway.operations}/status`, { headers: { host } }, (response) => {
        response.resume();
        done(response.statusCode);
      })
        .on("error", failed)
        .end(),
    );

  it("answers a browser's page under no name but the machine's own", async () => {
    for (const host of ["localhost:9464", "127.0.0.1", "[::1]:9464"])
      expect([host, await asked(host)]).toEqual([host, 200]);
    for (const host of ["town.example", "127.0.0.1.town.example", "localhost.town.example:9464", "2130706433"])
      expect([host, await asked(host)]).toEqual([host, 403]);
  });

  it("has no GraphQL, and the applications' port has no metrics", async () => {
    for (const path of ["/graphql", "/", "/%zz", "/valmont/graphql"])
      expect((await fetch(town.gateway.operations + path, { method: "POST" })).status).toBe(404);
    for (const path of ["/metrics", "/status"]) expect((await fetch(town.gateway.address + path)).status).toBe(404);
  });

  it("gives way where it is taken: the second gateway starts, says where it is, and each is found from its folder", async () => {
    const { port } = new URL(town.gateway.operations);
    const second = await startServiceTown(lists, `operations: { port: ${port} }`);
    try {
      expect(second.gateway.operations).not.toBe(town.gateway.operations);
      expect(second.terminal.join("\n")).toMatch(
        new RegExp(`127\\.0\\.0\\.1:${port} is taken, perhaps by another gateway: .* ${second.gateway.operations} `),
      );
      for (const each of [town, second])
        expect((await each.run("status")).out).toContain(`The gateway at ${each.gateway.address} is ready`);
      await second.stop();
      const { code, err } = await second.run("status");
      expect(code).toBe(1);
      expect(err).toContain(`the one at ${town.gateway.operations} serves another (Ville de Valmont)`);
    } finally {
      await second.close();
    }
  });
});

describe("where no gateway runs", () => {
  it("says so, and what to do", async () => {
    const folder = mkdtempSync(join(tmpdir(), "passerelle-none-"));
    const none = await run(folder, {}, ["status"]);
    expect([none.code, none.out]).toEqual([2, ""]);
    expect(none.err).toContain("there is no gateway.yaml");
    await town.territory.kill();
    const closed = new URL(town.territory.origin).port;
    writeFileSync(
      join(folder, "gateway.yaml"),
      `operations: { port: ${closed} }\ntenants:\n  a: { displayName: A, contact: a@a.example, sources: {} }\n`,
    );
    const { code, out, err } = await run(folder, {}, ["status"]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(
      `No gateway answers at http://127.0.0.1:${closed} (nothing listens there). Start it with: npm start.`,
    );
    // Another program may have taken the port of a gateway that was killed.
    const elsewhere = await run(folder, {}, ["status", "--address", town.gateway.address]);
    expect(elsewhere).toMatchObject({ code: 1, out: "" });
    expect(elsewhere.err).toContain("something else answers there");
    expect((await run(folder, {}, ["status", "--address", town.gateway.operations])).out).toContain("Valmont");
    expect((await run(folder, {}, ["status", "--address", "9464"])).code).toBe(2);
    rmSync(folder, { recursive: true });
  });

  it("leaves no note behind when it is stopped", async () => {
    const note = join(town.folder, ".passerelle/gateway.json");
    expect(existsSync(note)).toBe(true);
    await town.stop();
    expect(existsSync(note)).toBe(false);
    expect((await town.run("status")).code).toBe(1);
  });
});
