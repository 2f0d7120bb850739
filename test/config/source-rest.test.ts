import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadSettings } from "../../src/config.js";
import { formatFault } from "../../src/terms/index.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function load(source: unknown, env: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-rest-"));
  folders.push(folder);
  // JSON is YAML.
  const tenant = { displayName: "R", contact: "a@b.example", sources: { parking: source } };
  writeFileSync(join(folder, "gateway.yaml"), JSON.stringify({ tenants: { r: tenant } }));
  const { settings, faults } = loadSettings(folder, env);
  const parking = [...(settings?.tenants.values() ?? [])][0]?.sources.get("parking");
  return {
    parking,
    faults: faults.map((fault) => formatFault(fault).replace(/^.*?"tenants\.r\.sources\.parking/, "")),
  };
}

const lists = { "/car-parks": {} };
const minimal = { kind: "rest", url: "https://parking.internal/api", lists };
const oauth2 = {
  tokenUrl: "https://sso.internal/token",
  clientId: "passerelle",
  clientSecret: "env:PARKING_SECRET",
};

describe("a source of kind rest", () => {
  test("needs an address and its lists", () => {
    const { parking, faults } = load(minimal);
    expect(faults).toEqual([]);
    expect(parking).toMatchObject({
      concurrency: 8,
      timeoutMs: 5_000,
      lists: { "/car-parks": { page: { style: "none" } } },
    });
  });

  test("has what the environment holds in the place of env:NAME", () => {
    const { parking, faults } = load(
      { ...minimal, url: "env:PARKING_URL", headers: { "X-Api-Key": "env:PARKING_KEY" }, oauth2 },
      { PARKING_URL: "https://parking.example/", PARKING_KEY: "k-1", PARKING_SECRET: "s-1" },
    );
    expect(faults).toEqual([]);
    expect(parking).toMatchObject({
      url: "https://parking.example/",
      headers: { "X-Api-Key": "k-1" },
      oauth2: { clientSecret: "s-1", clientAuth: "basic" },
    });
  });

  test("may say all that its lists can do", () => {
    const list = {
      items: "data.items",
      filters: {
        district: { param: "district", style: "comma", batch: 20 },
        "location.kind": { param: "k", style: "single" },
      },
      fields: { param: "fields", style: "comma" },
      page: { style: "page", param: "page", sizeParam: "size", size: 50, total: "meta.total" },
      byKeys: { code: { path: "/car-parks/{code}", item: "data" } },
      omitsNull: true,
    };
    const { parking, faults } = load({ ...minimal, lists: { "/car-parks?open=true": list } });
    expect(faults).toEqual([]);
    expect(parking).toMatchObject({ lists: { "/car-parks?open=true": list } });
  });

  test.each([
    [{ url: "http://localhost:8080/" }, /^\.url": is the gateway's own machine: write allowLoopback: true/],
    [{ url: "http://169.254.169.254/", allowLoopback: true }, /^\.url": is a link-local address or a cloud's/],
    [{ url: "env:LOCAL" }, /^\.url": is the gateway's own machine/],
    [{ url: "https://u:hunter2@h/" }, /^\.url": must not hold a user or password/],
    [{ url: "ftp://h/" }, /^\.url": must be an http/],
    [{ headers: { Authorization: "hunter2" } }, /^\.headers\.Authorization": a secret is never written here/],
    [{ oauth2: { ...oauth2, clientSecret: "hunter2" } }, /^\.oauth2\.clientSecret": a secret is never written here/],
    [
      { oauth2: { ...oauth2, clientSecret: "env:NONE" } },
      /^\.oauth2\.clientSecret": the environment variable NONE is not set/,
    ],
    [{ oauth2: { ...oauth2, tokenUrl: "http://[::1]/t" } }, /^\.oauth2\.tokenUrl": is the gateway's own machine/],
    [
      { oauth2, headers: { authorization: "env:SECRET" } },
      /^\.headers\.authorization": oauth2 gives this header already/,
    ],
    [{ lists: { "/a": { byKeys: { code: { path: "/car-parks" } } } } }, /path": must hold the key's place once/],
    [{ lists: { "/a": { page: { style: "pages" } } } }, /style" must be one of none, page.*did you mean "page"/],
    [{ lists: { "/a": { page: { style: "page", size: 1 } } } }, /page\.param" is missing/],
    [{ lists: { "/a": { page: { style: "link", sise: 1 } } } }, /unknown key "sise" \(did you mean "size"\?\)/],
    [{ lists: { "../admin": {} } }, /must be a path below the source's address/],
    [{ lists: { "//elsewhere.example/": {} } }, /must be a path below the source's address/],
    [{ lists: undefined }, /lists" is missing/],
  ])("with %j is refused, no secret repeated", (change, sentence) => {
    const { faults } = load(
      { ...minimal, ...change },
      { PARKING_SECRET: "s-1", SECRET: "s-2", LOCAL: "http://127.0.0.1/" },
    );
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(sentence);
    expect(faults[0]).not.toMatch(/hunter2|s-1/);
  });
});
