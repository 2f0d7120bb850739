import { expect, it } from "vitest";
import { createOutages } from "../../src/gateway/outages.js";
import type { SourceHealth } from "../../src/sources/index.js";
import type { AgreementRef, Coordinate, TenantName } from "../../src/terms/index.js";

const tenant = "rivemont" as TenantName;
const seconds = (at: number): Date => new Date(at * 1000);

function stand(bounds: { maxAgreements?: number; maxFields?: number } = {}) {
  let clock = 0;
  const health = { state: "up" as SourceHealth["state"], since: seconds(0), answered: 0 };
  const outages = createOutages({
    health: () => ({
      state: health.state,
      since: health.since,
      lastFailure: null,
      calls: { answered: health.answered, failed: 0, retries: 0, refused: 0, stale: 0 },
      seconds: 0,
    }),
    now: () => seconds(clock),
    ...bounds,
  });
  return {
    outages,
    lose: (at: number, agreement: string, ...fields: string[]) => {
      clock = at;
      const lost = { source: "parking", reasons: ["timeout"], fields: fields as Coordinate[] };
      outages.lost(tenant, agreement as AgreementRef, [lost]);
    },
    becomes: (at: number, state: SourceHealth["state"]) => {
      Object.assign(health, { state, since: seconds(at) });
      if (state === "up") health.answered++;
    },
    answers: () => void health.answered++,
    told: () => outages.of(tenant, "parking"),
  };
}

it("nothing was lost", () => {
  expect(stand().told()).toBeNull();
});

it("goes on until the source is up and has answered; then it is kept as the last one", () => {
  const { lose, becomes, told, outages } = stand();
  becomes(10, "failing");
  lose(11, "a/b", "T.x");
  becomes(15, "open");
  lose(20, "a/b", "T.y");
  lose(21, "c/d", "T.x");
  expect(told()).toEqual({
    since: seconds(11).toISOString(),
    until: null,
    requests: 3,
    agreements: [
      { agreement: "a/b", requests: 2, reasons: ["timeout"], fields: ["T.x", "T.y"], moreFields: false },
      { agreement: "c/d", requests: 1, reasons: ["timeout"], fields: ["T.x"], moreFields: false },
    ],
    otherAgreements: 0,
  });
  becomes(40, "up");
  expect(told()).toMatchObject({ until: seconds(40).toISOString(), requests: 3 });
  lose(500, "e/f", "T.z");
  expect(told()).toMatchObject({ since: seconds(500).toISOString(), until: null, requests: 1 });
  expect(outages.requests(tenant, "parking")).toBe(4);
});

it("a source that answers one call and fails the next has one outage, not many", () => {
  const { lose, answers, told } = stand();
  for (let at = 0; at < 300; at += 30) {
    lose(at, "a/b", "T.x");
    answers();
    expect(told()?.until).toBe(seconds(at).toISOString());
  }
  expect(told()).toMatchObject({ since: seconds(0).toISOString(), requests: 10 });
});

it("is bounded: what is beyond is counted, and said to be cut (law 13)", () => {
  const { lose, becomes, told } = stand({ maxAgreements: 2, maxFields: 3 });
  becomes(1, "failing");
  for (let i = 0; i < 10; i++) lose(i, `a${i % 5}/b`, ...Array.from({ length: 5 }, (_, field) => `T.f${field}`));
  expect(told()).toMatchObject({ requests: 10, otherAgreements: 6 });
  expect(told()?.agreements).toHaveLength(2);
  for (const { fields, moreFields } of told()?.agreements ?? []) {
    expect(fields).toEqual(["T.f0", "T.f1", "T.f2"]);
    expect(moreFields).toBe(true);
  }
});
