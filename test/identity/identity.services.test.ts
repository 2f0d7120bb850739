import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { makeKey, publicIdOf, sameHash } from "../../src/identity/keys.js";
import type { Identity } from "../../src/identity/index.js";
import { readRevision, RevisionReader } from "../../src/store/index.js";
import { coordinate, type TenantName } from "../../src/terms/index.js";
import { approve, autre, dpo, draft, foundTown, identityOf, noon, rivemont, type Town } from "./town.js";

vi.mock("../../src/identity/keys.js", { spy: true });

let town: Town;
let ref: string;
let key: string;
let publicId: string;

/** As the gateway does: the revision is read first, then the key is looked up under it. */
async function ask(identity: Identity, bearer: string, tenant: TenantName = rivemont) {
  const revision = await RevisionReader.of(town.store.gateway).current(tenant);
  return identity.authenticate(tenant, bearer, revision?.revision ?? 0, noon);
}

beforeAll(async () => {
  town = await foundTown();
});
afterAll(() => town.store.close());
beforeEach(async () => {
  // A fresh agreement for each test: application names are cheap.
  const application = `app-${Math.random()
    .toString(36)
    .slice(2, 10)
    .replace(/[^a-z0-9]/g, "x")}`;
  await town.registry.createApplication({ tenant: rivemont, name: application, title: "App", contact: "a@b.example" });
  ref = await approve(town, { application });
  ({ key, publicId } = await town.registry.createKey(rivemont, ref, "first"));
});

describe("a key in force", () => {
  it("stands for its agreement's newest approved version", async () => {
    const caller = await ask(identityOf(town.store), key);
    expect(caller).toMatchObject({
      key: publicId,
      standing: { inForce: true },
      agreement: { ref, version: 1, secret: 1, suspendedAt: null, tenant: rivemont },
    });
    expect(caller?.agreement.snapshot.fields).toEqual(["Resident.familyName", "Resident.number"]);

    const [application = ""] = ref.split("/");
    const next = draft({ application, fields: ["Resident.number"], until: "2026-11-21" });
    await town.registry.draftAgreement(next, town.catalogue);
    expect((await ask(identityOf(town.store), key))?.agreement.version).toBe(1);
    await town.registry.approveAgreement(rivemont, ref, { by: dpo });
    const later = await ask(identityOf(town.store), key);
    expect(later?.agreement.snapshot.fields).toEqual(["Resident.number"]);
    expect(later?.standing).toEqual({ inForce: false, why: "expired", date: "2026-11-21" });
  });

  it("is read from the database once for each revision", async () => {
    const identity = identityOf(town.store);
    const query = vi.spyOn(town.store.gateway, "query");
    const revision = (await readRevision(town.store.gateway, rivemont))?.revision ?? 0;
    query.mockClear();
    for (let i = 0; i < 5; i += 1) expect(await identity.authenticate(rivemont, key, revision, noon)).not.toBeNull();
    expect(query).toHaveBeenCalledTimes(1);
    // What is remembered is never enough: the secret is compared each time.
    expect(await identity.authenticate(rivemont, otherSecret(), revision, noon)).toBeNull();
    query.mockRestore();
  });

  // Law 13: a town whose rules change held what each key opened under each of its revisions, up to 10,000 agreements.
  it("is remembered once, whatever revisions it was read under", async () => {
    const identity = identityOf(town.store);
    const query = vi.spyOn(town.store.gateway, "query");
    const reads = async (revision: number): Promise<number> => {
      query.mockClear();
      expect(await identity.authenticate(rivemont, otherSecret(), revision, noon)).toBeNull();
      return query.mock.calls.length;
    };
    expect([await reads(1), await reads(1), await reads(2), await reads(2), await reads(1)]).toEqual([1, 0, 1, 0, 1]);
    query.mockRestore();
  });
});

/** A well-formed key with the public part of `key` and another secret, its checksum made as documented. */
function otherSecret(): string {
  const body = `psk_live_${publicId}_${makeKey().key.slice(22, 65)}`;
  return body + checksumOf(body);
}

/** CRC-32 (ISO 3309) in six base62 digits, written independently. */
function checksumOf(body: string): string {
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let crc = 0xffffffff;
  for (const byte of Buffer.from(body)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const number = BigInt((crc ^ 0xffffffff) >>> 0);
  return [5n, 4n, 3n, 2n, 1n, 0n].map((place) => alphabet[Number((number / 62n ** place) % 62n)]).join("");
}

describe("law 6: a change counts at the next request, on every node", () => {
  it("a key revoked on one node is refused on another that had remembered it", async () => {
    const [here, there] = [identityOf(town.store), identityOf(town.store)];
    expect(await ask(here, key)).not.toBeNull();
    expect(await ask(there, key)).not.toBeNull();
    await town.registry.revokeKey(rivemont, publicId);
    expect(await ask(here, key)).toBeNull();
    expect(await ask(there, key)).toBeNull();
  });

  it("a suspended agreement is not in force anywhere, and is again once resumed", async () => {
    const nodes = [identityOf(town.store), identityOf(town.store)];
    for (const node of nodes) expect((await ask(node, key))?.standing.inForce).toBe(true);
    await town.registry.suspendAgreement(rivemont, ref, "incident 12");
    for (const node of nodes) {
      expect((await ask(node, key))?.standing).toEqual({ inForce: false, why: "suspended", date: "2026-11-22" });
    }
    await town.registry.resumeAgreement(rivemont, ref);
    for (const node of nodes) expect((await ask(node, key))?.standing.inForce).toBe(true);
  });
});

describe("what is no key of this tenant", () => {
  it("is refused in one way, whatever is wrong with it", async () => {
    const identity = identityOf(town.store);
    await town.registry.revokeKey(rivemont, publicId);
    const revoked = key;
    ({ key, publicId } = await town.registry.createKey(rivemont, ref, "second"));
    const wrong = [
      revoked,
      "",
      "psk_live_",
      key.slice(0, -1),
      key.replace("psk_live_", "psk_test_"),
      `Bearer ${key}`,
      makeKey().key,
      otherSecret(),
      publicId,
      "\0".repeat(10_000),
      `${key}' OR true --`,
    ];
    expect(publicIdOf(otherSecret())).toBe(publicId);
    for (const bearer of wrong) {
      vi.mocked(sameHash).mockClear();
      expect(await ask(identity, bearer)).toBeNull();
      // One path: whatever is wrong, one comparison of two hashes is made.
      expect(sameHash).toHaveBeenCalledTimes(1);
    }
    // The key is good, and the tenant is not its own.
    expect(await ask(identity, key, autre)).toBeNull();
    expect(await ask(identity, key, "nowhere" as TenantName)).toBeNull();
    expect(await ask(identity, key)).not.toBeNull();
  });

  it("costs no look-up when it has not a key's form", async () => {
    const query = vi.spyOn(town.store.gateway, "query");
    expect(await identityOf(town.store).authenticate(rivemont, "psk_live_typo", 1, noon)).toBeNull();
    expect(query).not.toHaveBeenCalled();
    query.mockRestore();
  });
});

describe("a key that was verified", () => {
  it("is not compared again under the same revision, and is under every other (laws 6, 12)", async () => {
    const identity = identityOf(town.store);
    const { revision } = (await readRevision(town.store.gateway, rivemont)) ?? { revision: 0 };
    const first = await identity.authenticate(rivemont, key, revision, noon);
    vi.mocked(sameHash).mockClear();
    expect(identity.authenticate(rivemont, key, revision, noon)).toBe(first);
    expect(sameHash).not.toHaveBeenCalled();
    for (const other of [revision + 1, revision - 1]) {
      vi.mocked(sameHash).mockClear();
      expect(await identity.authenticate(rivemont, key, other, noon)).toEqual(first);
      expect(sameHash).toHaveBeenCalledTimes(1);
    }
    // Nor for another tenant, whose revisions count apart.
    expect(await identity.authenticate(autre, key, revision, noon)).toBeNull();
  });

  it("stands as its agreement does on the day of the request", async () => {
    const identity = identityOf(town.store);
    const at = async (moment: Date) => (await identity.authenticate(rivemont, key, 1, moment))?.standing;
    expect(await at(noon)).toEqual({ inForce: true });
    expect(await at(new Date("2099-06-01T12:00:00Z"))).toMatchObject({ inForce: false, why: "expired" });
    expect(await at(noon)).toEqual({ inForce: true });
  });
});

describe("the open-data agreement", () => {
  it("is the same at every start, in force, without a key, with the tenant's own id", () => {
    const fields = [coordinate("CarPark", "places"), coordinate("CarPark", "code"), coordinate("CarPark", "code")];
    const caller = identityOf(town.store).openData(rivemont, fields);
    expect(caller).toEqual(identityOf(town.store).openData(rivemont, fields));
    expect(caller).toMatchObject({
      key: null,
      standing: { inForce: true },
      agreement: {
        ref: "open-data/open-data",
        secret: 1,
        snapshot: { basis: "open", fields: ["CarPark.code", "CarPark.places"] },
      },
    });
    expect(caller.agreement.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(identityOf(town.store).openData(autre, fields).agreement.id).not.toBe(caller.agreement.id);
    const identity = identityOf(town.store);
    expect(identity.openData(autre, fields).agreement.id).not.toBe(identity.openData(rivemont, fields).agreement.id);
  });
});
