// The demo's families have answered at the first start, and are not asked to answer again at the second.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCatalogue } from "../../src/catalogue/index.js";
import { demoFamilies } from "../../src/demo/index.js";
import { seedConsents } from "../../src/start/demo-consents.js";
import { seedDemo } from "../../src/start/demo-town.js";
import { createCliTown, tenant, type CliTown } from "../cli/town.js";

let town: CliTown;
beforeAll(async () => {
  town = await createCliTown();
});
afterAll(() => town.close());

const kinds = ["all", "part", "none"] as const;

it("families answer once: most to everything, some to a part, some to nothing", async () => {
  const { answers, guardians } = demoFamilies();
  const parents = answers.filter(({ guardian }) => guardian === null);
  const [all = 0, part = 0, none = 0] = kinds.map((kind) => parents.filter(({ answer }) => answer === kind).length);
  expect([all / parents.length, part / parents.length, none / parents.length].map((share) => Math.round(share * 85))).toEqual([60, 15, 10]); // prettier-ignore
  await town.withTown(async (opened) => {
    const settings = opened.settings.tenants.get(tenant);
    const schema = readFileSync(join(town.folder, "schema.graphql"), "utf8");
    if (settings === undefined) throw new Error("no tenant");
    const sources = new Set(settings.sources.keys());
    const { catalogue } = readCatalogue(schema, { file: "schema.graphql", sources });
    if (catalogue === null) throw new Error("schema.graphql is faulty");
    const purposes = new Set<string>(settings.purposes.keys());
    await seedDemo({ stateFolder: town.folder, tenant, registry: opened.registry, catalogue, purposes, today: "2026-11-22" }); // prettier-ignore
    const lines: string[] = [];
    for (let start = 0; start < 2; start += 1) await seedConsents(opened, settings, (line) => lines.push(line));
    expect(lines).toEqual([expect.stringContaining(`${answers.length.toLocaleString("en")} decisions`)]);

    const open = async (person: number) =>
      (await opened.consents.current(tenant, "resident", person)).flatMap(({ fields }) => fields);
    for (const kind of kinds) {
      const child = answers.find(({ answer, guardian }) => answer === kind && guardian !== null);
      const fields = await open(child?.person ?? 0);
      expect([fields.includes("CanteenAccount.balance" as never), fields.includes("Resident.email" as never)]).toEqual([
        kind !== "none",
        kind === "all",
      ]);
    }
    const [first] = guardians;
    expect(await opened.consents.guardiansOf(tenant, "resident", first?.ward ?? 0)).toMatchObject([
      { key: first?.guardian, source: "dataset" },
    ]);
  });
});
