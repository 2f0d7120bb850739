import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PolicyNotUnderstood, policyEntities, PolicyStore, RevisionMoved, versionId } from "../../src/policy/index.js";
import { readRevision, type Store } from "../../src/store/index.js";
import type { TenantName } from "../../src/terms/index.js";
import { createTestStore } from "../support/database.js";
import { contentOf, rulesFile, tenant } from "./town.js";

let store: Store & { readonly superuser: string };
let policies: PolicyStore;
beforeAll(async () => {
  store = await createTestStore(policyEntities);
  policies = new PolicyStore(store.gateway);
});
afterAll(() => store.close());

const first = contentOf({
  [rulesFile]: "# première version — « é » \u{1F17F}\np, parkeasy, parking, CarPark.name, all, -, allow",
});
const second = contentOf({
  [rulesFile]: "p, parkeasy, parking, CarPark.*, all, -, allow",
  "policies/common/a.csv": "",
});

describe("PolicyStore, as the gateway's role", () => {
  it("has nothing in force before the first version", async () => {
    expect(await policies.inForce(tenant)).toBeNull();
    expect(await policies.history(tenant)).toEqual([]);
    expect(await policies.read(tenant, versionId(first))).toBeNull();
  });

  it("puts versions in force, keeps their content, and goes back", async () => {
    const one = await policies.apply(first, "lucien", "first rules");
    expect(one).toBe(versionId(first));
    expect(await policies.inForce(tenant)).toEqual({ id: one, content: first });
    expect(await readRevision(store.gateway, tenant)).toEqual({
      revision: 1,
      policyVersion: one,
      shadow: null,
      consent: 0,
    });

    expect(await policies.apply(first, "lucien", "saved again")).toBe(one);
    expect(await readRevision(store.gateway, tenant)).toEqual({
      revision: 1,
      policyVersion: one,
      shadow: null,
      consent: 0,
    });

    const two = await policies.apply(second, "lucien", "all of car parks");
    expect(await policies.read(tenant, one)).toEqual(first);
    await policies.apply(first, "camille", "the way back");
    expect((await policies.inForce(tenant))?.id).toBe(one);
    expect(await policies.history(tenant)).toMatchObject([
      { id: one, revision: 3, author: "camille", message: "the way back", appliedAt: expect.any(Date) },
      { id: two, revision: 2, author: "lucien" },
      { id: one, revision: 1, author: "lucien", message: "first rules" },
    ]);
    expect(await policies.history(tenant, 1)).toHaveLength(1);
  });

  it("keeps tenants apart", async () => {
    const other = { ...second, tenant: "clairval" as TenantName };
    const id = await policies.apply(other, "lucien", "theirs");
    expect(await policies.read("clairval" as TenantName, versionId(first))).toBeNull();
    expect((await policies.inForce("clairval" as TenantName))?.content).toEqual(other);
    expect((await policies.inForce(tenant))?.id).not.toBe(id);
  });

  it("applies whole or not at all", async () => {
    const before = await readRevision(store.gateway, tenant);
    const unstorable = contentOf({ [rulesFile]: "# NUL \0" });
    await expect(policies.apply(unstorable, "lucien", "cannot be stored")).rejects.toThrow();
    expect(await readRevision(store.gateway, tenant)).toEqual(before);
    expect(await policies.read(tenant, versionId(unstorable))).toBeNull();
  });

  it("puts nodes that apply at once one after another", async () => {
    const town = "concurrent" as TenantName;
    const contents = Array.from({ length: 8 }, (_, n) => ({
      ...contentOf({ [rulesFile]: `# ${n % 2}` }),
      tenant: town,
    }));
    await Promise.all(contents.map((content) => policies.apply(content, "node", "start")));
    const [last, ...earlier] = await policies.history(town);
    expect((await policies.inForce(town))?.id).toBe(last?.id);
    expect(last?.revision).toBe(earlier.length + 1);
  });

  it("lets one alone apply, of several who looked at the same revision", async () => {
    const town = "planned" as TenantName;
    const made = (n: number, round: number) => ({ ...contentOf({ [rulesFile]: `# ${n} ${round}` }), tenant: town });
    for (const seen of [0, 1]) {
      expect((await policies.revision(town)).revision).toBe(seen);
      const ends = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) => policies.apply(made(n, seen), `admin ${n} of ${seen}`, "as planned", seen)),
      );
      const won = ends.flatMap((end, n) => (end.status === "fulfilled" ? [`admin ${n} of ${seen}`] : []));
      const lost = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
      expect(won).toEqual([(await policies.history(town))[0]?.author]);
      expect(lost.every((error) => error instanceof RevisionMoved)).toBe(true);
      // Nothing of the losers is left: neither a step of the revision nor a line in the history.
      expect(await policies.history(town)).toHaveLength(seen + 1);
    }
    expect(await policies.revision(town)).toMatchObject({ revision: 2 });
  });

  it("does not apply what was looked at before something else changed", async () => {
    const town = "moved" as TenantName;
    const [one, two] = [first, second].map((content) => ({ ...content, tenant: town }));
    if (one === undefined || two === undefined) throw new Error("two versions");
    await policies.apply(one, "lucien", "first");
    await expect(policies.apply(two, "lucien", "planned too early", 0)).rejects.toThrow(RevisionMoved);
    // In force already, but reached by another way than what was looked at.
    await expect(policies.apply(one, "lucien", "planned too early", 0)).rejects.toThrow(RevisionMoved);
    expect((await policies.inForce(town))?.id).toBe(versionId(one));
    await policies.apply(two, "lucien", "planned in time", 1);
    expect((await policies.inForce(town))?.id).toBe(versionId(two));
  });

  it("bounds and cleans what is said about an applying", async () => {
    const town = "chatty" as TenantName;
    await policies.apply({ ...first, tenant: town }, "a".repeat(500), "line\n\u001B[31m\0" + "b".repeat(5000));
    const [applied] = await policies.history(town);
    expect(applied?.author).toBe(`${"a".repeat(199)}…`);
    expect(applied?.message).toHaveLength(1000);
    expect(applied?.message.startsWith("line  [31m b")).toBe(true);
  });

  it("cannot change or delete what was applied, and sees when somebody else did", async () => {
    for (const statement of ["UPDATE policy_version SET content = '{}'", "DELETE FROM policy_application"]) {
      await expect(store.gateway.query(statement)).rejects.toThrow(/permission denied/);
      await expect(store.keeper.query(statement)).rejects.toThrow(/permission denied/);
    }
    const client = new pg.Client({ connectionString: store.superuser });
    await client.connect();
    await client.query(
      `UPDATE policy_version SET content = jsonb_set(content, ARRAY['files', $2], '"p, *, *, Resident.number, all, -, allow"')
       WHERE tenant = $1`,
      [tenant, rulesFile],
    );
    await client.end();
    await expect(policies.inForce(tenant)).rejects.toThrow(PolicyNotUnderstood);
    await expect(policies.read(tenant, versionId(second))).rejects.toThrow(/was changed/);
  });
});
