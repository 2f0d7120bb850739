import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { watchPolicies, type PolicyWatch } from "../../src/policy/index.js";
import { tenant } from "./town.js";

let folder: string;
let watching: PolicyWatch;
let seen: number;
let told: (() => void) | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "passerelle-watch-"));
  for (const name of ["common", "rivemont", "other"]) await mkdir(join(folder, "policies", name), { recursive: true });
  await writeFile(join(folder, "schema.graphql"), "type A { b: Int }");
  await writeFile(join(folder, "policies/rivemont/a.csv"), "# a");
  seen = 0;
  told = null;
  watching = watchPolicies(folder, tenant, "schema.graphql", () => {
    seen += 1;
    told?.();
  });
  await watching.ready;
});
afterEach(async () => {
  await watching.close();
  await rm(folder, { recursive: true });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves at the first call of `onChange` after `change`; late calls for an earlier change are waited out before. */
async function isSeen(change: () => Promise<void>): Promise<void> {
  for (let before = -1; before !== seen;) {
    before = seen;
    await pause(300);
  }
  const next = new Promise<void>((resolve) => {
    told = resolve;
  });
  await change();
  await next;
}

describe("watchPolicies", () => {
  it("sees a file written, added, deleted, and saved by rename again and again", async () => {
    const file = join(folder, "policies/rivemont/a.csv");
    await isSeen(() => writeFile(file, "# changed"));
    await isSeen(() => writeFile(join(folder, "policies/common/never.csv"), "# new"));
    for (const text of ["# one", "# two"]) {
      await isSeen(async () => {
        await writeFile(join(folder, "policies/rivemont/.a.csv.new"), text);
        await rename(join(folder, "policies/rivemont/.a.csv.new"), file);
      });
    }
    for (const text of ["type B { c: Int }", "type C { d: Int }"]) {
      await isSeen(async () => {
        await writeFile(join(folder, "schema.graphql.tmp"), text);
        await rename(join(folder, "schema.graphql.tmp"), join(folder, "schema.graphql"));
      });
    }
    await isSeen(() => rm(file));
    await isSeen(() => rm(join(folder, "policies/common"), { recursive: true }));
    await isSeen(() => mkdir(join(folder, "policies/common")));
    await isSeen(() => writeFile(join(folder, "policies/common/never.csv"), "# again"));
  }, 30_000);

  it("sees what is put into policies/ itself, or taken away", async () => {
    const stray = join(folder, "policies/never.csv");
    await isSeen(() => writeFile(stray, "p, *, *, *, -, -, deny"));
    await isSeen(() => writeFile(stray, "# mended"));
    await isSeen(() => rm(stray));
    await isSeen(() => mkdir(join(folder, "policies/all")));
    await isSeen(() => rm(join(folder, "policies/all"), { recursive: true }));
    await isSeen(() => rename(join(folder, "policies/common"), join(folder, "policies/commun")));
    await isSeen(() => rename(join(folder, "policies/commun"), join(folder, "policies/common")));
    await isSeen(() => writeFile(join(folder, "policies/common/never.csv"), "# again"));
  }, 30_000);

  it("leaves another tenant's files to the watch of that tenant", async () => {
    await isSeen(() => writeFile(join(folder, "policies/rivemont/b.csv"), "# b"));
    await pause(300);
    const before = seen;
    await writeFile(join(folder, "policies/other/c.csv"), "# c");
    await pause(600);
    expect(seen).toBe(before);
  }, 30_000);

  it("tells of changes that lie together once", async () => {
    await isSeen(async () => {
      for (let n = 0; n < 20; n += 1) await writeFile(join(folder, `policies/rivemont/${n}.csv`), "# n");
    });
    expect(seen).toBeLessThan(20);
  }, 30_000);

  it("calls nobody once it is closed, at whatever moment after a change", async () => {
    const file = join(folder, "policies/rivemont/a.csv");
    for (const delay of [0, 100, 150, 200, 250, 300]) {
      let calls = 0;
      const late = watchPolicies(folder, tenant, "schema.graphql", () => (calls += 1));
      await late.ready;
      await writeFile(file, `# ${delay}`);
      await pause(delay);
      await late.close();
      const before = calls;
      await pause(300);
      expect(calls).toBe(before);
    }
  }, 30_000);
});
