// `citizens:` of gateway.yaml: what a town can write wrong is told where it stands. Law 11: no secret is repeated.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { loadSettings, type LoadedSettings } from "../../src/config.js";
import { formatFault } from "../../src/terms/index.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const written = {
  issuer: "https://sso.rivemont.example/realms/town",
  clientId: "passerelle",
  clientSecret: "env:SIGN_IN_SECRET",
  publicUrl: "https://data.rivemont.example",
  schemes: {
    resident: {
      dataset: "Resident",
      match: { family_name: ["birthName", "familyName"], given_name: "givenName", birthdate: "birthDate" },
      guardians: { dataset: "Guardianship", guardian: "guardian", ward: "child", until: "until", born: "birthDate" },
    },
  },
};
type Citizens = Readonly<Record<string, unknown>>;

function load(
  citizens: Citizens,
  more: Citizens = {},
  env: NodeJS.ProcessEnv = { SIGN_IN_SECRET: "s3cret" },
): LoadedSettings {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-citizens-"));
  folders.push(folder);
  const tenant = { displayName: "Rivemont", contact: "a@rivemont.example", sources: {}, citizens };
  // JSON is YAML, too.
  writeFileSync(join(folder, "gateway.yaml"), JSON.stringify({ tenants: { rivemont: tenant }, ...more }, null, 2));
  return loadSettings(folder, env);
}
const told = (...about: Parameters<typeof load>): string =>
  load(...about)
    .faults.map(formatFault)
    .join("\n");
const scheme = (more: Citizens): Citizens => ({
  ...written,
  schemes: { resident: { ...written.schemes.resident, ...more } },
});

describe("without fault", () => {
  it("becomes settings", () => {
    const { settings, faults } = load(written);
    expect(faults).toEqual([]);
    const citizens = [...(settings?.tenants.values() ?? [])][0]?.citizens;
    expect(citizens).toMatchObject({
      issuer: "https://sso.rivemont.example/realms/town",
      clientSecret: "s3cret",
      scopes: ["openid", "profile"],
      acrValues: [],
      publicUrl: "https://data.rivemont.example",
      tokens: { audiences: ["passerelle"], scopes: ["openid"] },
    });
    expect(citizens?.schemes.get("resident")?.match.get("family_name")).toEqual(["birthName", "familyName"]);
    expect(citizens?.schemes.get("resident")?.guardians).toMatchObject({ from: null, until: "until" });
    expect(citizens?.placeOf(["schemes", "resident", "match", "birthdate"]).line).toBeGreaterThan(10);
  });

  it("may be on this machine, in development", () => {
    const local = { ...written, issuer: "http://127.0.0.1:8080/realms/town", publicUrl: "http://localhost:4000" };
    expect(told(local)).toBe("");
    expect(told(local, { mode: "production" })).toMatch(/issuer.*https[\s\S]*publicUrl.*https/);
  });

  it("may be absent: nobody signs in", () => {
    const { settings } = load(undefined as unknown as Citizens);
    expect([...(settings?.tenants.values() ?? [])][0]?.citizens).toBeNull();
  });
});

describe("with a fault", () => {
  it.each<[string, Citizens, RegExp]>([
    ["http elsewhere", { ...written, issuer: "http://sso.rivemont.example" }, /issuer.*https/],
    ["no address", { ...written, issuer: "sso" }, /issuer.*https/],
    ["a site with a path", { ...written, publicUrl: "https://rivemont.example/data" }, /publicUrl.*without a path/],
    ["no site", { ...written, publicUrl: undefined }, /publicUrl.*missing/],
    ["no secret", { ...written, clientSecret: undefined }, /clientSecret.*missing/],
    ["a secret in the file", { ...written, clientSecret: "hunter2hunter2" }, /clientSecret.*env:NAME/],
    ["the demo's service without the demo", { ...written, issuer: "demo:sign-in" }, /issuer.*demo/],
    ["no openid", { ...written, scopes: ["profile"] }, /scopes.*openid/],
    ["an unknown key", { ...written, redirectUrl: "x" }, /unknown key "redirectUrl"/],
    ["no scheme", { ...written, schemes: {} }, /schemes.*at least one/],
    ["no date of birth", scheme({ match: { family_name: "a", given_name: "b" } }), /match.*birthdate/],
    ["a date of birth alone", scheme({ match: { birthdate: "a" } }), /match.*family_name/],
    [
      "an e-mail address as proof",
      scheme({ match: { ...written.schemes.resident.match, email: "email" } }),
      /email.*no proof/,
    ],
  ])("%s is told at its line, no secret in it", (_, citizens, fault) => {
    const faults = told(citizens);
    expect(faults).toMatch(fault);
    expect(faults).toMatch(/^gateway\.yaml:\d+:\d+ fault: /);
    expect(faults).not.toMatch(/hunter2|s3cret/);
  });

  it("a variable that is not set is named", () => {
    expect(told(written, {}, {})).toContain("the environment variable SIGN_IN_SECRET is not set");
  });
});
