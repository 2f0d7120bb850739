// Who is taken for one of the town's people.
import { describe, expect, it } from "vitest";
import { visitOf, type GovernanceServices } from "../../src/governance/index.js";
import { tenant } from "./rivemont.js";

const services = {
  towns: new Map([[tenant, {}]]),
  people: () =>
    Promise.resolve(new Map([[tenant, [{ name: "K. Kone", email: "Kone@rivemont.example", roles: ["dpo"] }]]])),
} as unknown as GovernanceServices;

const nameOf = async (email: string): Promise<string | null> =>
  (await visitOf(services, { email, demo: false }))?.name ?? null;

describe("a member of staff", () => {
  it("is known by their address, however its letters are written", async () => {
    expect(await nameOf("kone@rivemont.example")).toBe("K. Kone");
    expect(await nameOf("KONE@RIVEMONT.EXAMPLE")).toBe("K. Kone");
  });

  it("is not whoever has another mailbox that Unicode's rules would write alike", async () => {
    expect(await nameOf("\u212Aone@rivemont.example")).toBeNull();
  });

  it("is nobody whom gateway.yaml does not name", async () => {
    expect(await nameOf("other@rivemont.example")).toBeNull();
    expect(await nameOf("")).toBeNull();
  });
});
