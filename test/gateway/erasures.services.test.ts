// What an application is told to erase: exactly the objects about one person, in the ids that it has been given (law 9),
// and of no other application's.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { erasureOf, type Erasure } from "../../src/gateway/index.js";
import type { Agreement } from "../../src/identity/index.js";
import { SourceFailure, type Source } from "../../src/sources/index.js";
import type { Coordinate, Value } from "../../src/terms/index.js";
import { createTestGateway, tenant, type TestGateway } from "../support/test-gateway.js";
import { smallTown } from "./small-town.js";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await createTestGateway(smallTown);
});
afterAll(() => gateway.close());

const bounds = { signal: new AbortController().signal, maxRows: 10_000 };

const agreementOf = (key: string, units?: Agreement["snapshot"]["units"]): Agreement => {
  const found = gateway.callers.get(key)?.agreement;
  if (found === undefined) throw new Error("no such caller");
  return units === undefined ? found : { ...found, snapshot: { ...found.snapshot, units } };
};

async function erasure(
  agreement: Agreement,
  key: NonNullable<Value>,
  units: readonly string[] = ["*"],
  around: (source: Source) => Source = (source) => source,
): Promise<Erasure> {
  const { catalogue } = (await gateway.services.versions.current(tenant)).policy;
  const sources = new Map([...(gateway.services.tenants.get(tenant)?.sources ?? [])].map(([n, s]) => [n, around(s)]));
  const request = { agreement, catalogue, person: { scheme: "resident", key }, units };
  return erasureOf(request, { sources, derived: gateway.services.derived, bounds });
}

const field = (text: string): Coordinate => text as Coordinate;

describe("what is to be erased", () => {
  it("is named by the ids that the application was given, and by nobody else's", async () => {
    const { body } = await gateway.ask("all", "{ people { nodes { id number accounts { nodes { id } } } } }");
    const people = (
      body.data?.["people"] as { nodes: { id: string; number: number; accounts: { nodes: { id: string }[] } }[] }
    ).nodes;
    const aline = people.find(({ number }) => number === 1);
    const expected = [
      { type: "Person", id: aline?.id },
      ...(aline?.accounts.nodes ?? []).map(({ id }) => ({ type: "Account", id })),
    ];
    const own = await erasure(agreementOf("all"), 1);
    expect(own.objects).toEqual(expected);
    expect(own.objects).toHaveLength(4);
    expect(own.complete).toBe(true);
    const others = await erasure(agreementOf("meals"), 1);
    expect(others.objects.map(({ id }) => id).filter((id) => own.objects.some((each) => each.id === id))).toEqual([]);
  });

  it("is of the units that were shut, and of fields about people alone", async () => {
    const units = [
      { name: "Person", fields: [field("Person.name")] },
      { name: "Account", fields: [field("Account.balance")] },
      { name: "House", fields: [field("House.street")] },
    ];
    const told = await erasure(agreementOf("all", units), 1, ["Account", "House"]);
    expect(told.fields).toEqual(["Account.balance"]);
    expect(told.objects.map(({ type }) => type)).toEqual(["Account", "Account", "Account"]);
  });

  it("is nothing of somebody whom the services do not know, or know by a key of another type", async () => {
    expect((await erasure(agreementOf("all"), 4711)).objects).toEqual([]);
    expect((await erasure(agreementOf("all"), "1")).objects).toEqual([]);
  });

  it("waits for a service that fails, rather than name a part", async () => {
    const failing = (source: Source): Source => ({
      ...source,
      name: source.name,
      page: () => Promise.reject(new SourceFailure(source.name, "unavailable", "down")),
    });
    await expect(erasure(agreementOf("all"), 1, ["*"], failing)).rejects.toThrow(SourceFailure);
  });
});
