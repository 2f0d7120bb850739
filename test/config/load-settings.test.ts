import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { format, resolveConfig } from "prettier";
import { afterEach, describe, expect, test } from "vitest";
import { gatewayJsonSchema, loadSettings, type LoadedSettings } from "../../src/config.js";
import { formatFault, hasFault } from "../../src/terms/index.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderWith(yaml: string | null): string {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-config-"));
  folders.push(folder);
  if (yaml !== null) writeFileSync(join(folder, "gateway.yaml"), yaml);
  return folder;
}

const load = (yaml: string | null, env: NodeJS.ProcessEnv = {}): LoadedSettings => loadSettings(folderWith(yaml), env);
const told = (yaml: string | null, env: NodeJS.ProcessEnv = {}): readonly string[] =>
  load(yaml, env).faults.map(formatFault);

const example = readFileSync(new URL("./example.yaml", import.meta.url), "utf8");
const libraryUrl = "postgres://reader:secret@db.example/library";

const tenant = (rest: string): string =>
  `demo: rivemont\ntenants:\n  rivemont:\n    displayName: Rivemont\n    contact: donnees@rivemont.example\n${rest}`;
const minimal = tenant("    sources: {}\n");

describe("a gateway.yaml without fault", () => {
  test("becomes settings, addresses taken from the environment", () => {
    const folder = folderWith(example);
    const { settings, faults } = loadSettings(folder, { RIVEMONT_LIBRARY_URL: libraryUrl });
    expect(faults).toEqual([]);
    const rivemont = [...(settings?.tenants.values() ?? [])][0];
    expect(settings).toMatchObject({ folder, mode: "development", demo: null });
    expect(settings?.store).toEqual({ kind: "embedded", dir: join(folder, ".passerelle/db"), durable: true });
    expect(settings?.keyFile).toBe(join(folder, ".passerelle/keys.yaml"));
    expect(rivemont?.sources.get("families")).toMatchObject({ url: "postgres://reader@db.example/families" });
    expect(rivemont?.sources.get("library")).toEqual({
      kind: "postgres",
      url: libraryUrl,
      prepared: true,
      poolSize: 8,
      statementTimeoutMs: 2_000,
      retries: 2,
      breaker: { failures: 5, openMs: 10_000 },
    });
    expect(rivemont?.people.map((person) => person.roles)).toEqual([["dpo"], ["admin", "steward"]]);
  });

  test("has the usual limits where it says nothing", () => {
    const { settings } = load(minimal);
    expect(settings?.listen).toEqual({ host: "127.0.0.1", port: 4000 });
    // The operator's port: this machine alone unless somebody decides otherwise.
    expect(settings?.operations).toEqual({ host: "127.0.0.1", port: 9464, maxDatabaseBytes: null });
    expect([...(settings?.tenants.values() ?? [])][0]).toMatchObject({
      timeZone: "Europe/Paris",
      schemaFile: "schema.graphql",
    });
    expect(settings?.limits).toEqual({
      ...{ bodyBytes: 100_000, tokens: 5_000, depth: 12, aliases: 100, pageSize: 1_000, defaultPageSize: 50 },
      ...{
        rows: 100_000,
        cells: 200_000,
        scanRows: 10_000,
        timeMs: 10_000,
        inFlight: 32,
        queued: 256,
        openPerMinute: 600,
        keyPerMinute: 6_000,
        cost: { perOperation: 100_000, maximumAvailable: 200_000, restoreRate: 5_000 },
      },
    });
  });

  test("the one at the repository's root is without fault", () => {
    const root = new URL("../..", import.meta.url).pathname;
    expect(loadSettings(root, {}).faults.map(formatFault)).toEqual([]);
  });
});

describe("the environment", () => {
  const server = "postgres://gateway@db.example/passerelle";

  test("comes before the file", () => {
    const { settings } = load(minimal, {
      PORT: "0",
      HOST: "0.0.0.0",
      PASSERELLE_MODE: "production",
      PASSERELLE_DEMO: "off",
    });
    expect(settings?.listen).toEqual({ host: "0.0.0.0", port: 0 });
    expect(settings?.mode).toBe("production");
  });

  test("DATABASE_URL alone stands for all three roles, and means production", () => {
    const { settings } = load(minimal, { DATABASE_URL: server, PASSERELLE_DEMO: "off" });
    expect(settings?.store).toEqual({ kind: "server", gateway: server, owner: server, keeper: server });
    expect(settings).toMatchObject({ mode: "production", demo: null });
  });

  test("a role has its own address where one is given", () => {
    const owner = "postgres://owner@db.example/passerelle";
    const { settings } = load(minimal, { DATABASE_URL: server, DATABASE_OWNER_URL: owner, PASSERELLE_DEMO: "off" });
    expect(settings?.store).toEqual({ kind: "server", gateway: server, owner, keeper: server });
  });

  test("every mistake in it is told, no address repeated", () => {
    const env = {
      PORT: "x",
      PASSERELLE_OPERATIONS_PORT: "65536",
      PASSERELLE_MODE: "prod",
      PASSERELLE_DEMO: "no",
      DATABASE_OWNER_URL: "mysql://u:secret@h/d",
    };
    expect(told(minimal, env)).toEqual([
      "environment:1:1 fault: PORT must be a number up to 65535",
      "environment:1:1 fault: PASSERELLE_OPERATIONS_PORT must be a number up to 65535",
      "environment:1:1 fault: PASSERELLE_MODE must be development or production",
      "environment:1:1 fault: PASSERELLE_DEMO must be on or off",
      "environment:1:1 fault: DATABASE_OWNER_URL must be a postgres:// address",
      "environment:1:1 fault: DATABASE_OWNER_URL is set, but DATABASE_URL is not",
    ]);
  });
});

describe("a faulty gateway.yaml", () => {
  test("is refused with every mistake at its line and column", () => {
    const yaml = `mode: developement
tenats: {}
limits:
  pageSize: 5000
  defaultPageSze: 10
tenants:
  Rivemont:
    displayName: Rivemont
  log:
    displayName: ""
    contact: nobody
    timeZone: Europe/Pari
    schemaFile: ../elsewhere
    sources:
      families:
        kind: postgres
        url: env:NOT_SET
        poolSize: many
    people:
      - name: A
        email: a@example.org
        roles: [dpo, boss]
      - name: B
        email: A@example.org
        roles: []
`;
    expect(told(yaml)).toEqual([
      'gateway.yaml:1:7 fault: "mode" must be one of development, production (did you mean "development"?)',
      'gateway.yaml:2:1 fault: unknown key "tenats" (did you mean "tenants"?)',
      'gateway.yaml:4:13 fault: "limits.pageSize" must be at most 1000',
      'gateway.yaml:5:3 fault: unknown key "defaultPageSze" (did you mean "defaultPageSize"?)',
      'gateway.yaml:7:3 fault: "tenants.Rivemont.contact" is missing',
      'gateway.yaml:7:3 fault: "tenants.Rivemont.sources" is missing',
      'gateway.yaml:7:3 fault: "Rivemont": a tenant\'s name is small letters, digits and "-", beginning with a letter',
      'gateway.yaml:9:3 fault: "log": this name is one of the gateway\'s own: choose another',
      'gateway.yaml:10:18 fault: "tenants.log.displayName" must not be empty',
      'gateway.yaml:11:14 fault: "tenants.log.contact": must be an e-mail address or a web address',
      'gateway.yaml:12:15 fault: "tenants.log.timeZone": unknown time zone "Europe/Pari" (did you mean "Europe/Paris"?)',
      'gateway.yaml:13:17 fault: "tenants.log.schemaFile": must be a path inside the town folder, with "/" and without ".."',
      'gateway.yaml:17:14 fault: "tenants.log.sources.families.url": the environment variable NOT_SET is not set',
      'gateway.yaml:18:19 fault: "tenants.log.sources.families.poolSize" must be a whole number',
      'gateway.yaml:22:22 fault: "tenants.log.people.0.roles.1" must be one of admin, cdo, dpo, steward',
      'gateway.yaml:24:16 fault: "tenants.log.people.1.email": "A@example.org" is listed twice',
      'gateway.yaml:25:16 fault: "tenants.log.people.1.roles" must not be empty',
    ]);
  });

  test.each([
    [null, /^gateway\.yaml:1:1 fault: there is no gateway\.yaml in .*: run the command in the town folder/],
    [
      "",
      /^gateway\.yaml:1:1 fault: the file is empty: it needs at least "tenants:".*"displayName:", "contact:" and "sources:"/,
    ],
    ["# nothing yet\n", /^gateway\.yaml:1:1 fault: the file is empty/],
    ["- a\n", /the file must be a mapping/],
    ["tenants: {\n", /^gateway\.yaml:\d+:\d+ fault: not readable as YAML: /],
    ["demo: rivemont\ndemo: rivemont\n", /^gateway\.yaml:2:1 fault: not readable as YAML: Map keys must be unique/],
    ["tenants: {}\n", /^gateway\.yaml:1:10 fault: "tenants": at least one tenant is needed/],
  ])("%j is told", (yaml, sentence) => {
    expect(told(yaml)[0]).toMatch(sentence);
  });

  test("a kind of source that does not exist is told, and an unknown key of one that does", () => {
    const sources = "{ a: { kind: postgress }, b: { kind: postgres, url: embedded:b, poolsize: 3 }, c: {} }";
    const [a, b, c] = told(tenant(`    sources: ${sources}\n`));
    expect(a).toMatch(/"tenants\.rivemont\.sources\.a\.kind" must be .*\(did you mean "postgres"\?\)$/);
    expect(b).toMatch(/unknown key "poolsize" \(did you mean "poolSize"\?\)$/);
    expect(c).toMatch(/"tenants\.rivemont\.sources\.c\.kind" /);
  });

  test("a page that is larger by default than at most is told", () => {
    const yaml = `${minimal}limits: { pageSize: 10 }\n`;
    expect(told(yaml)).toEqual([
      'gateway.yaml:7:1 fault: "limits.defaultPageSize": more than pageSize (10): write it too',
    ]);
  });

  test("the same e-mail address twice is told", () => {
    const people = "    people:\n      - { name: A, email: a@b.example, roles: [dpo] }\n";
    const yaml = tenant(`    sources: {}\n${people}      - { name: B, email: A@b.example, roles: [dpo] }\n`);
    expect(told(yaml)).toEqual([
      'gateway.yaml:9:27 fault: "tenants.rivemont.people.1.email": "A@b.example" is listed twice',
    ]);
  });

  test.each(["postgres://u:hunter2@h/d", "postgres://u@h/d?password=hunter2"])(
    "a password in %s is refused, not repeated",
    (url) => {
      const [sentence] = told(tenant(`    sources: { families: { kind: postgres, url: "${url}" } }\n`));
      expect(sentence).toMatch(/^gateway\.yaml:6:49 fault: .* a password is never written here/);
      expect(sentence).not.toContain("hunter2");
    },
  );

  test("an embedded database needs the demo and the embedded server", () => {
    const yaml = tenant("    sources: { families: { kind: postgres, url: embedded:families } }\n");
    expect(told(yaml)).toEqual([]);
    expect(told(yaml, { PASSERELLE_DEMO: "off" })[0]).toContain("PASSERELLE_DEMO=off");
    expect(told(yaml, { DATABASE_URL: "postgres://h/d" })[1]).toContain("not used when DATABASE_URL is set");
    expect(told(yaml.replace("demo: rivemont\n", ""))[0]).toContain("the file has no `demo:`");
  });

  const wayOut = "remove `demo:`, or set PASSERELLE_DEMO=off";
  test.each<[string, NodeJS.ProcessEnv, string]>([
    ["", { PASSERELLE_MODE: "production" }, "PASSERELLE_MODE=production"],
    ["mode: production\n", {}, "mode: production"],
    ["", { DATABASE_URL: "postgres://u:hunter2@h/d" }, "DATABASE_URL is set"],
    ["mode: development\n", { DATABASE_URL: "postgres://h/d", PASSERELLE_MODE: "development" }, "DATABASE_URL is set"],
  ])("the demo, whose keys are printed, is refused in production: %j with %j", (mode, env, why) => {
    const yaml = minimal + mode;
    expect(told(yaml, env)).toEqual([
      `gateway.yaml:1:7 fault: "demo": ${why}, and the demo prints its keys: ${wayOut}`,
    ]);
    expect(told(yaml, { ...env, PASSERELLE_DEMO: "off" })).toEqual([]);
    expect(told(yaml.replace("demo: rivemont", "demo: null"), env)).toEqual([]);
  });

  test("PASSERELLE_MODE=development comes before `mode: production`, also for the demo", () => {
    const { settings } = load(`${minimal}mode: production\n`, { PASSERELLE_MODE: "development" });
    expect(settings).toMatchObject({ mode: "development", demo: "rivemont" });
  });

  test.each(["env:FAMILIES_URL", "postgres://reader@h/families"])(
    "a service at %s beside the demo is refused",
    (url) => {
      const yaml = tenant(`    sources: { families: { kind: postgres, url: "${url}" } }\n`);
      const env = { FAMILIES_URL: "postgres://u:hunter2@h/families" };
      expect(told(yaml, env)).toEqual([
        'gateway.yaml:6:49 fault: "tenants.rivemont.sources.families.url": ' +
          `a service beside the demo, whose keys are printed: ${wayOut}`,
      ]);
      expect(told(yaml, { ...env, PASSERELLE_DEMO: "off" })).toEqual([]);
      expect(told(yaml.replace("demo: rivemont\n", ""), env)).toEqual([]);
    },
  );

  const demoParking = tenant(
    `    sources: { parking: { kind: rest, url: "demo:parking", lists: { /car-parks: {} } } }\n`,
  );
  test("a demo service stands where its own kind of source is, and beside the demo alone", () => {
    expect(told(demoParking)).toEqual([]);
    expect(told(demoParking.replace("demo:parking", "demo:broker"))[0]).toContain(
      "the demo's service of this kind is demo:parking",
    );
    const broker = `    sources: { sensors: { kind: ngsi-ld, url: "demo:broker" }, bikes: { kind: graphql, url: "demo:mobility", datasets: {} } }\n`;
    expect(told(tenant(broker)).filter((line) => line.includes("url"))).toEqual([]);
    expect(told(demoParking, { PASSERELLE_DEMO: "off" })[0]).toContain("PASSERELLE_DEMO=off");
    expect(told(demoParking.replace("demo: rivemont\n", ""))[0]).toContain("the file has no `demo:`");
  });

  test("no variable leads to a demo service, and no service beside it is given a token", () => {
    const byVariable = demoParking.replace("demo:parking", "env:PARKING");
    expect(told(byVariable, { PARKING: "demo:parking" })[0]).toContain('"tenants.rivemont.sources.parking.url"');
    const token = `oauth2: { tokenUrl: "https://login.example/token", clientId: a, clientSecret: env:S }, lists:`;
    expect(told(demoParking.replace("lists:", token), { S: "hunter2" }).join("\n")).toMatch(
      /sources\.parking\.oauth2": a service beside the demo, whose keys are printed/,
    );
  });

  test("a bomb of aliases is refused", () => {
    const levels = Array.from(
      { length: 20 },
      (_, n) => `a${String(n + 1)}: &a${String(n + 1)} [*a${String(n)}, *a${String(n)}]`,
    );
    expect(told(["a0: &a0 x", ...levels].join("\n"))[0]).toContain("its aliases cannot be followed");
  });
});

test("a mangled gateway.yaml is refused with its faults, or read; it never crashes", () => {
  const folder = folderWith(null);
  const words = example.match(/\S+|\s+/g) ?? [];
  const traps = ["&a", "*a", "<<:", "- ", "{", "}", "null", "42:", "__proto__:", "\t", "? ", "!!binary", "---\n", ""];
  const change = fc.tuple(fc.nat(words.length - 1), fc.constantFrom(...traps, ...new Set(words)));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const changed = [...words];
      for (const [index, word] of changes) changed[index] = word;
      writeFileSync(join(folder, "gateway.yaml"), changed.join(""));
      const { settings, faults } = loadSettings(folder, { RIVEMONT_LIBRARY_URL: libraryUrl });
      expect(settings === null).toBe(hasFault(faults));
      expect(faults.map(formatFault).join("\n")).not.toContain("undefined");
    }),
    { numRuns: 100 },
  );
});

test("gateway.schema.json is what the shape in code says (`npx vitest run test/config -u` writes it)", async () => {
  const path = fileURLToPath(new URL("../../gateway.schema.json", import.meta.url));
  const style = { ...(await resolveConfig(path)), parser: "json" };
  await expect(await format(JSON.stringify(gatewayJsonSchema()), style)).toMatchFileSnapshot(path);
});
