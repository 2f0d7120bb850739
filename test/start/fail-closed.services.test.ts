// Law 4 has no way round: with a log that cannot be written nothing of a town leaves by any door, the gateway says that it
// is not ready, does not start, and comes back by itself.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AccessLogUnavailable } from "../../src/accesslog/index.js";
import { LogLiveness } from "../../src/start/log-liveness.js";
import { roomStatus, seeRecord } from "../../src/start/record-status.js";
import type { TenantName } from "../../src/terms/index.js";
import { run } from "../accesslog/record.js";
import { startServiceTown, type ServiceTown } from "./service-town.js";

const lists = { "/districts": [{ number: 1, name: "Centre" }], "/car-parks": [{ code: "P1", free: 12, district: 1 }] };
let town: ServiceTown;
beforeAll(async () => {
  town = await startServiceTown(lists);
});
afterAll(() => town.close());

const ready = async (): Promise<[number, unknown]> => {
  const response = await fetch(`${town.gateway.address}/health/ready`);
  return [response.status, await response.json()];
};
const asSuper = (sql: string): Promise<void> => run(town.env["DATABASE_URL"] ?? "", sql);

/** Whatever of the town's policy, agreements, log or people the command line can print. */
const readings = [
  ["log"],
  ["log", "show", "0"],
  ["log", "verify"],
  ["log", "keys"],
  ["log", "retention"],
  ["policy", "show"],
  ["policy", "history"],
  ["policy", "grants", "--app", "parkeasy"],
  ["agreement", "list"],
  ["agreement", "show", "parkeasy/mobility"],
  ["application", "list"],
  ["key", "list", "parkeasy/mobility"],
];

describe("a log that cannot be written", () => {
  it("shuts every door, is told as not ready, and opens again without anybody's help", async () => {
    const carParks = "{ carParks { nodes { free } } }";
    expect((await town.ask("parkeasy", carParks)).status).toBe(200);
    expect(await ready()).toEqual([200, { status: "ready", checks: { valmont: true, "access-log": true } }]);
    await asSuper("REVOKE INSERT ON access_leaf FROM passerelle_gateway");
    const refused = await town.ask("parkeasy", carParks);
    expect([refused.status, refused.text.includes("free")]).toEqual([503, false]);
    expect((await town.ask("parkeasy", "{ __schema { types { name } } }")).text).not.toContain("CarPark");
    const { gateway } = town;
    for (const path of ["/graphql?query={carParks{nodes{free}}}", "/log/valmont/proof/x", "/valmont/graphql"]) {
      const response = await fetch(gateway.address + path, { headers: { authorization: `Bearer ${town.keys["parkeasy"] ?? ""}` } }); // prettier-ignore
      expect([path, response.ok, await response.text()]).toEqual([path, false, expect.not.stringContaining("P1")]);
    }
    for (const command of readings) {
      const { code, out } = await town.run(...command);
      expect([command, code, out]).toEqual([command, 1, ""]);
    }
    await expect.poll(ready).toEqual([503, { status: "not ready", checks: { valmont: true, "access-log": false } }]);
    expect(await (await fetch(`${gateway.operations}/metrics`)).text()).toContain("\npasserelle_ready 0\n");
    await asSuper("GRANT INSERT ON access_leaf TO passerelle_gateway");
    await expect.poll(ready, { timeout: 20_000 }).toEqual([200, expect.anything()]);
    expect((await town.ask("parkeasy", carParks)).status).toBe(200);
  });

  it("is known before the gateway listens: it does not start", async () => {
    const asked: string[] = [];
    const broken = new LogLiveness({
      log: { probe: (tenant) => (asked.push(tenant), Promise.reject(new AccessLogUnavailable("Full."))) },
      tenants: ["a" as TenantName],
      status: () => ({ state: "untried", lastCommit: null }),
      beginMs: 0,
    });
    await expect(broken.begin()).rejects.toMatchObject({ code: "log-unwritable", message: expect.stringMatching(/^Full\. Without a record/) as unknown }); // prettier-ignore
    expect([await broken.ok(), await broken.ok(), asked]).toEqual([false, false, ["a"]]);
  });

  it("is tried by one at a time, however many ask", async () => {
    let [trying, most] = [0, 0];
    const probe = async (): Promise<void> => {
      most = Math.max(most, ++trying);
      await new Promise((done) => setTimeout(done, 20));
      trying--;
    };
    const tenants = ["a" as TenantName];
    const one = new LogLiveness({ log: { probe }, tenants, status: () => ({ state: "failing", lastCommit: null }) });
    expect(await Promise.all(Array.from({ length: 50 }, () => one.ok()))).toEqual(Array(50).fill(true));
    expect(most).toBe(1);
  });
});

describe("what the operator should see before anybody misses it", () => {
  const moment = new Date("2026-11-23T10:00:00Z");
  const health = {
    size: 10,
    integrated: 10,
    behindMs: 0,
    indexed: 10,
    indexBehindMs: 0,
    timestampedAt: null,
    databaseBytes: 5,
  };
  const kept = { oldest: null, removed: 0, lastRun: null, nextRun: null, hindered: null };
  const troubles = async (change: object, seenDaysAgo = 0, hindered: string | null = null): Promise<unknown> => {
    const at = new Date(moment.getTime() - seenDaysAgo * 86_400_000);
    const seen = await seeRecord(
      {
        health: () => Promise.resolve({ ...health, ...change }),
        witnesses: () => Promise.resolve([{ name: "dpo", size: 9, at }]),
        retentionState: () => Promise.resolve({ ...kept, hindered }),
      },
      "a" as TenantName,
      moment,
    );
    return seen?.record.troubles;
  };

  it("a tree, a search index, a witness or a retention that is behind", async () => {
    expect(await troubles({})).toEqual([]);
    expect(await troubles({ behindMs: 300_000 })).toEqual(["entries wait for their signature for 5 min"]);
    expect(await troubles({ indexBehindMs: 600_000 })).toEqual(["searches are 10 min behind"]);
    expect(await troubles({}, 5)).toEqual(["the witness dpo has seen nothing for days"]);
    expect(await troubles({ integrated: 9 }, 5)).toEqual([]);
    expect(await troubles({}, 0, "clock")).toEqual(["the retention of the access log is held up"]);
  });

  it("a disk that fills up, or a database that nears its bound", async () => {
    expect((await roomStatus("/tmp", 5, null)).disk).toMatchObject({ free: expect.any(Number) as unknown });
    expect(await roomStatus(null, 81, 100)).toMatchObject({
      disk: null,
      trouble: expect.stringMatching(/81 %/) as unknown,
    });
    expect(await roomStatus(null, 79, 100)).toMatchObject({ trouble: null });
    expect(await roomStatus("/no/such/folder", null, null)).toMatchObject({ disk: null, trouble: null });
  });
});
