// `policy apply --shadow` and `policy shadow`, with the real command on a real PostgreSQL. What a gateway counts is
// written here as its role writes it; that it counts rightly is test/gateway/shadow.services.test.ts.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ShadowStore } from "../../src/policy/index.js";
import type { PolicyVersionId } from "../../src/terms/index.js";
import { createCliTown, tenant, type CliTown } from "./town.js";

let town: CliTown;
let inForce: PolicyVersionId;
let rules: string;
let file: string;
beforeAll(async () => {
  town = await createCliTown();
  await town.run(["application", "create", "biblio-stats", "--title", "B", "--contact", "a@b.example"]);
  expect((await town.run(["policy", "apply", "-m", "first"])).code).toBe(0);
  file = join(town.folder, "policies/rivemont/canteen.csv");
  rules = readFileSync(file, "utf8");
  inForce = await town.withTown(async ({ policyStore }) => (await policyStore.inForce(tenant))?.id ?? ("" as never));
});
afterAll(() => town.close());

const revision = () => town.withTown(({ policyStore }) => policyStore.revision(tenant));

describe("a shadow version", () => {
  it("is none before one was set, and none where the files say nothing new", async () => {
    expect((await town.run(["policy", "shadow"])).out).toContain('policy apply --shadow -m "why"');
    expect(JSON.parse((await town.run(["policy", "shadow", "--json"])).out)).toEqual({ shadow: null });
    const { code, out } = await town.run(["policy", "apply", "--shadow", "-m", "try"]);
    expect([code, out]).toEqual([
      0,
      `These files are version ${inForce}, which is in force: as a shadow it would tell no difference.\n`,
    ]);
    expect(await revision()).toMatchObject({ policyVersion: inForce, shadow: null });
  });

  it("is refused like any version where the files have a fault", async () => {
    appendFileSync(file, "\np, cantine-plus, school-meals, Resident.email, all, -, dney\n");
    const { code, err } = await town.run(["policy", "apply", "--shadow", "-m", "try"]);
    expect([code, err]).toEqual([2, expect.stringMatching(/canteen\.csv:\d+:\d+ .*\n(.*\n)*.*No shadow was set/)]);
    expect(await revision()).toMatchObject({ policyVersion: inForce, shadow: null });
  });

  it("stands beside the one in force, tells what nodes counted, and stops", async () => {
    writeFileSync(file, `${rules}\n# another version\n`);
    const set = await town.run(["policy", "apply", "--shadow", "-m", "would it hurt?"]);
    expect([set.code, set.err]).toEqual([0, expect.not.stringContaining("fault:")]);
    const { shadow, policyVersion } = await revision();
    if (shadow === null) throw new Error("no shadow");
    expect(policyVersion).toBe(inForce);
    expect(set.out).toContain(`version ${shadow} is looked at beside ${inForce.slice(0, 12)}, which stays in force`);
    expect((await town.run(["policy", "apply", "--shadow", "-m", "again"])).out).toContain("is the shadow already");
    expect((await town.run(["policy", "shadow"])).out).toContain("Nothing was looked at yet");

    const place = { tenant, shadow, inForce, agreement: "cantine-plus/school-meals", hour: "2026-11-02T08:00:00.000Z" };
    const seen = { firstSeen: "2026-11-02T08:01:00.000Z", lastSeen: "2026-11-02T08:30:00.000Z" };
    const email = {
      coordinate: "Resident.email",
      kind: "gained",
      before: "denied",
      after: "all -",
      rule: "policies/rivemont/canteen.csv:3",
    } as const;
    const counts = {
      looked: [{ ...place, looked: 5, differing: 2, skipped: 1, failed: 0 }],
      differences: [{ ...place, ...seen, ...email, requests: 2 }],
    };
    // Two nodes, at once.
    await town.withTown(({ store }) => {
      const add = (): Promise<void> => new ShadowStore(store.gateway).add(counts);
      return Promise.all([add(), add()]);
    });
    const told = await town.run(["policy", "shadow"], { columns: 200 });
    expect(told.out).toContain(`Shadow version ${shadow} of Ville de Rivemont, running`);
    expect(told.out).toContain("by camille: would it hurt?");
    expect(told.out).toContain(
      "10 requests looked at, 4 would have been decided otherwise; 2 not looked at for lack of time",
    );
    expect(told.out).toMatch(
      /^cantine-plus\/school-meals +gain +Resident\.email +denied → all - +4 +2026-11-02 09:01:00 +2026-11-02 09:30:00 +policies\/rivemont\/canteen\.csv:3$/m,
    );
    const later = JSON.parse((await town.run(["policy", "shadow", "--since", "2026-11-03", "--json"])).out);
    expect(later).toMatchObject({
      shadow: { version: shadow, running: true },
      comparedWith: inForce,
      looked: [],
      differences: [],
    });

    expect((await town.run(["policy", "shadow", "--stop"])).out).toContain("is stopped");
    expect((await town.run(["policy", "shadow", "--stop"])).out).toContain("nothing to stop");
    expect(await revision()).toMatchObject({ policyVersion: inForce, shadow: null });
    expect((await town.run(["policy", "shadow"])).out).toMatch(/, stopped\n[^]*4 would have been decided otherwise/);
  });

  it("is none any more once it is in force", async () => {
    await town.run(["policy", "apply", "--shadow", "-m", "again"]);
    expect((await revision()).shadow).not.toBeNull();
    // Another shadow: what the one before had counted is gone.
    expect((await town.run(["policy", "shadow"])).out).toContain("Nothing was looked at yet");
    await town.run(["policy", "apply", "-m", "it did not hurt"]);
    const now = await revision();
    expect([now.policyVersion === inForce, now.shadow]).toEqual([false, null]);
    expect((await town.run(["policy", "shadow"])).out).toContain("in force by now");
  });

  it("gives the gateway's role no more than its counts need", async () => {
    await town.withTown(async ({ store }) => {
      for (const statement of [
        "DELETE FROM shadow_difference",
        "DELETE FROM shadow_looked",
        "UPDATE shadow_difference SET coordinate = 'x'",
        "DELETE FROM policy_shadow",
        "INSERT INTO policy_shadow VALUES ('rivemont', 99, NULL, now(), 'x', 'x')",
      ])
        await expect(store.gateway.query(statement)).rejects.toThrow(/permission denied/);
      await expect(store.keeper.query("UPDATE shadow_looked SET looked = 0")).rejects.toThrow(/permission denied/);
    });
  });

  it("is on record with who set, read and stopped it", async () => {
    const { out } = await town.run(["log", "--outcome", "staff", "--json", "--limit", "1000"]);
    const commands = out
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line).body.staff.command);
    for (const command of ["policy apply --shadow", "policy shadow", "policy shadow --stop"])
      expect(commands).toContain(command);
  });
});
