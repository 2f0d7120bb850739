// Law 1 over several tenants: what one town's rules open, another's do not see; what common denies is denied to all.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { newEnforcer, newModelFromString, StringAdapter, type Enforcer } from "casbin";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  checkVersion,
  loadPolicyVersion,
  modelText,
  readPolicyFolder,
  type PolicyVersion,
  type VersionContent,
} from "../../src/policy/index.js";
import {
  agreementRef,
  type ApplicationName,
  type Coordinate,
  type PurposeName,
  type TenantName,
} from "../../src/terms/index.js";
import { names, schema, sources } from "./town.js";

const tenants = ["rivemont", "valclair", "les-essarts"] as const;
const applications = [...names.applications];
const purposes = [...names.purposes];
const known = { sources, purposes: names.purposes, applications: names.applications };

const application = fc.constantFrom("*", ...applications, "group:a", "group:b");
const purpose = fc.constantFrom("*", ...purposes);
const coordinates = [...names.catalogue.coordinates.keys()];
const field = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...coordinates) },
  { weight: 1, arbitrary: fc.constantFrom("CarPark.*", "Aid.*", "@reading", "@contact") },
);
const deniedField = fc.oneof(
  { weight: 20, arbitrary: field },
  { weight: 1, arbitrary: fc.constantFrom("*", "Resident.*", "@sensitive") },
);
const allow = fc.tuple(application, purpose, field).map((cells) => `p, ${cells.join(", ")}, all, -, allow`);
const deny = fc.tuple(application, purpose, deniedField).map((cells) => `p, ${cells.join(", ")}, -, -, deny`);
const member = fc
  .tuple(fc.constantFrom(...applications), fc.constantFrom("group:a", "group:b"))
  .map((cells) => `g, ${cells.join(", ")}`);
const line = fc.oneof(
  { weight: 10, arbitrary: allow },
  { weight: 2, arbitrary: deny },
  { weight: 3, arbitrary: member },
);
const lines = fc.array(line, { minLength: 4, maxLength: 25, size: "max" });
/** Both groups have members everywhere: common may deny to a group, whoever is in it. */
const filled = lines.map((all) => ["g, parkeasy, group:a", "g, biblio-stats, group:b", ...all]);
const towns = fc.record({
  common: fc
    .tuple(fc.constantFrom(...coordinates.filter((name) => !name.startsWith("Aid."))), deny)
    .map(([name, other]) => [`p, *, *, ${name}, -, -, deny`, other]),
  own: fc.tuple(filled, filled, filled),
});

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "passerelle-tenants-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/** As the gateway loads it from the town folder; its faulty lines are taken out first. */
async function load(tenant: string): Promise<PolicyVersion> {
  for (;;) {
    const { content, faults } = await readPolicyFolder(folder, tenant as TenantName, "schema.graphql", tenants);
    if (content === null) throw new Error(JSON.stringify(faults));
    const found = checkVersion(content, known).faults.filter(({ severity }) => severity === "fault");
    if (found.length === 0) return loadPolicyVersion(content, sources);
    for (const { file, line: at } of found) {
      const kept = (content.files.get(file) ?? "").split("\n").with(at - 1, "# taken out");
      (content.files as Map<string, string>).set(file, kept.join("\n"));
      await write(file, kept.join("\n"));
    }
  }
}

/** Casbin by its own reader over the files of this tenant and common, nothing else. */
async function casbinOf(content: VersionContent): Promise<Enforcer> {
  const text = [...content.files].flatMap(([path, file]) => (path.endsWith(".csv") ? [file] : [])).join("\n");
  const enforcer = await newEnforcer(newModelFromString(modelText), new StringAdapter(text));
  for (const [group, all] of names.catalogue.groups)
    for (const coordinate of all) await enforcer.addNamedGroupingPolicy("g2", coordinate, `@${group}`);
  return enforcer;
}

/** What a grant opens whose agreement lists everything. */
function opened(version: PolicyVersion, app: string, why: string): Map<string, boolean> {
  const grant = version.grant({
    agreement: agreementRef(app, why),
    application: app as ApplicationName,
    purpose: why as PurposeName,
    fields: new Set(coordinates as Coordinate[]),
  });
  return new Map(coordinates.map((name) => [name, grant.decisions.get(name as Coordinate)?.shared === true]));
}

const isShared = (coordinate: string): boolean =>
  names.catalogue.datasets.get(coordinate.split(".")[0] ?? "")?.status === "SHARED";

it("a compiled grant is enforceSync over common's and the tenant's own rules, for every field and tenant", async () => {
  const seen = { open: 0, closed: 0, differ: 0, deniedByCommon: 0 };
  await fc.assert(
    fc.asyncProperty(towns, async ({ common, own }) => {
      await write("schema.graphql", schema);
      await write("policies/model.conf", modelText);
      await write("policies/common/never.csv", common.join("\n"));
      for (const [at, tenant] of tenants.entries())
        await write(`policies/${tenant}/rules.csv`, (own[at] ?? []).join("\n"));
      // A line of common that one tenant's names refuse is taken out for all, before any is compared.
      for (const tenant of tenants) await load(tenant);
      const versions = [];
      for (const tenant of tenants) versions.push(await load(tenant));
      const casbins = await Promise.all(versions.map((version) => casbinOf(version.content)));
      for (const app of [...applications, "nobody"]) {
        for (const why of [...purposes, "nothing"]) {
          const all = versions.map((version) => opened(version, app, why));
          for (const [at, casbin] of casbins.entries()) {
            for (const coordinate of coordinates) {
              const shared = all[at]?.get(coordinate) === true;
              expect(shared, `${tenants[at]} ${app}/${why} ${coordinate}`).toBe(
                isShared(coordinate) && casbin.enforceSync(app, why, coordinate),
              );
              seen[shared ? "open" : "closed"] += 1;
              if (shared !== all[0]?.get(coordinate)) seen.differ += 1;
            }
          }
        }
      }
      for (const version of versions)
        for (const app of applications)
          for (const rule of version.rules.rules)
            if (rule.ref.file.startsWith("policies/common/") && rule.application === "*" && rule.purpose === "*") {
              expect(opened(version, app, "parking").get(rule.field) ?? false).toBe(false);
              seen.deniedByCommon += 1;
            }
    }),
    { numRuns: 12 },
  );
  // A generator of one kind of town would prove nothing.
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(30);
}, 60_000);
