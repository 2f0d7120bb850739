// A service that is away long enough to be left alone, and heals by itself: longer than `npm test` should take.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { GatewayStatus } from "../../src/gateway/index.js";
import { startServiceTown, type ServiceTown } from "./service-town.js";

const lists = { "/districts": [{ number: 1, name: "Centre" }], "/car-parks": [{ code: "P1", free: 12, district: 1 }] };
const carParks = "{ carParks { nodes { free } } }";
let town: ServiceTown;
beforeAll(async () => {
  town = await startServiceTown(lists);
});
afterAll(() => town.close());

const outage = async () => {
  const { out } = await town.run("status", "--json");
  return (JSON.parse(out) as GatewayStatus).tenants[0]?.sources.find(({ name }) => name === "parking");
};

it("a service that is killed is left alone, comes back by itself, and the cost of the whole outage is told", async () => {
  await town.parking.kill();
  for (let i = 0; i < 8; i++) expect((await town.ask("parkeasy", carParks)).text).toContain("SOURCE_UNAVAILABLE");
  const down = await town.run("status");
  expect([down.code, down.err]).toEqual([1, "Not all is well: source parking of valmont is down.\n"]);
  expect(down.out).toMatch(
    /parking is down: .* Calls are refused at once; one is let through now and then to try it\./,
  );
  expect((await outage())?.calls.refused).toBeGreaterThan(0);

  await town.parking.heal();
  let lost = 8;
  await expect
    .poll(
      async () => {
        const { text } = await town.ask("carte-plus", carParks);
        if (text.includes("SOURCE_UNAVAILABLE")) lost++;
        return text;
      },
      { timeout: 60_000, interval: 500 },
    )
    .toContain('"free":12');
  const healed = await town.run("status");
  expect(healed.code).toBe(0);
  expect(healed.out).toContain(`: ${lost} requests lacked fields.`);
  const { state, outage: told } = (await outage()) ?? {};
  expect(state).toBe("up");
  expect(told?.requests).toBe(lost);
  expect(told?.agreements.map(({ agreement, requests }) => [agreement, requests])).toContainEqual([
    "parkeasy/mobility",
    8,
  ]);
});
