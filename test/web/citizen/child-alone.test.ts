// Law 1: the record of consent knows of an age from guardianships alone. A child whom nobody is on record for has none there,
// and must not count as grown for that: its consent would open its data.
import { describe, expect, it } from "vitest";
import type { TenantName } from "../../../src/terms/index.js";
import { readDecided } from "../../../src/web/citizen/agreements-of.js";
import { personsOf } from "../../../src/web/citizen/persons.js";
import type { CitizenServices } from "../../../src/web/citizen/services.js";

const rivemont = "rivemont" as TenantName;

/** Who decides, of agreements offline and online, for somebody of this birth date. */
async function modes(birthdate: unknown, recorded: "self" | "joint" | "guardians" = "self") {
  const services = {
    towns: new Map([[rivemont, { timeZone: "Europe/Paris" }]]),
    now: () => new Date("2026-11-22T23:30:00Z"),
    register: {
      eventsOf: () => Promise.resolve([]),
      current: () => Promise.resolve([]),
      modeOf: () => Promise.resolve(recorded),
    },
  } as unknown as CitizenServices;
  const claims = { issuer: "https://sign-in.example", subject: "s", claims: { birthdate } };
  const session = { id: "i", token: "t", idToken: "j", claims };
  const [me] = personsOf(session, { self: [{ scheme: "resident", key: 1 }], wards: [] });
  if (me === undefined) throw new Error("nobody");
  const decided = await readDecided(services, rivemont, me);
  return decided.map(({ mode }) => [mode(false), mode(true)]);
}

describe("a child whom nobody is on record for", () => {
  it("decides nothing below 15, and below 18 what is offered online alone", async () => {
    expect(await modes("2012-01-01")).toEqual([["guardians", "guardians"]]);
    expect(await modes("2010-01-01")).toEqual([["guardians", "self"]]);
  });

  it("is grown on the birthday where the town is", async () => {
    expect(await modes("2008-11-24")).toEqual([["guardians", "self"]]);
    expect(await modes("2008-11-23")).toEqual([["self", "self"]]);
  });

  it("is decided for as the record says where it knows more", async () => {
    expect(await modes("2012-01-01", "joint")).toEqual([["joint", "joint"]]);
    expect(await modes(undefined)).toEqual([["self", "self"]]);
  });
});
