import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadSettings } from "../../src/config.js";
import { openSources } from "../../src/sources/index.js";
import { formatFault } from "../../src/terms/index.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function load(source: string, env: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-config-"));
  folders.push(folder);
  const head = "tenants: { rivemont: { displayName: R, contact: d@r.example, sources: { broker: ";
  writeFileSync(join(folder, "gateway.yaml"), `${head}${source} } } }\n`);
  const { settings, faults } = loadSettings(folder, env);
  return { sources: [...(settings?.tenants.values() ?? [])][0]?.sources, faults: faults.map(formatFault) };
}

describe("an ngsi-ld source in gateway.yaml", () => {
  test("becomes settings that the connector opens with", async () => {
    const { sources, faults } = load(
      `{ kind: ngsi-ld, url: env:BROKER_URL, tenant: rivemont, context: 'https://town.example/context.jsonld',
         headers: { authorization: env:BROKER_TOKEN }, always: { Streetlight: status },
         temporal: { Air/no2: { since: P30D }, Air/o3: { since: PT12H, lastN: true } } }`,
      { BROKER_URL: "https://broker.example", BROKER_TOKEN: "Bearer secret" },
    );
    expect(faults).toEqual([]);
    expect(sources?.get("broker")).toEqual({
      kind: "ngsi-ld",
      url: "https://broker.example",
      allowLoopback: false,
      tenant: "rivemont",
      context: "https://town.example/context.jsonld",
      headers: { authorization: "Bearer secret" },
      always: { Streetlight: "status" },
      temporal: { "Air/no2": { since: "P30D", lastN: false }, "Air/o3": { since: "PT12H", lastN: true } },
      form: "normalized",
      geoQueries: true,
      ...{ pageSize: 1_000, timeoutMs: 5_000, maxBytes: 10_000_000, maxRows: 10_000 },
      ...{ concurrency: 8, retries: 2, breaker: { failures: 5, openMs: 10_000 } },
    });
    const opened = openSources(sources ?? new Map());
    expect(opened.get("broker")?.kind).toBe("ngsi-ld");
    for (const one of opened.values()) await one.close();
  });

  const url = "url: 'https://broker.example'";
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["its own machine", "url: 'http://127.0.0.1:1026'", /allowLoopback/],
    ["a cloud's metadata service", "url: 'http://169.254.169.254', allowLoopback: true", /never a source/],
    ["a tenant of two lines", `${url}, tenant: "a\\nb"`, /tenant": must be letters/],
    ["a context that is no address", `${url}, context: 'x> ; y'`, /context": must be an http/],
    ["another form", `${url}, form: simplified`, /must be one of normalized, keyValues/],
    ["pages beyond the bound", `${url}, pageSize: 1001`, /pageSize/],
    ["what is no attribute", `${url}, always: { Streetlight: id }`, /must be the name of an attribute/],
    ["what is no type", `${url}, always: { 'Street,Light': status }`, /name of a type of entities/],
    [
      "values over time of no attribute",
      `${url}, temporal: { Air: { since: P1D } }`,
      /must be a type and an attribute/,
    ],
    ["values over time of the id", `${url}, temporal: { Air/id: { since: P1D } }`, /must be a type and an attribute/],
    ["values over time without a bound", `${url}, temporal: { Air/no2: {} }`, /since/],
    ["a time of no length", `${url}, temporal: { Air/no2: { since: P0D } }`, /like P30D/],
    ["a time in months", `${url}, temporal: { Air/no2: { since: P1M } }`, /like P30D/],
    ["a secret in a header", `${url}, headers: { Cookie: secret }`, /a secret is never written here/],
  ];
  test.each(wrong)("with %s is refused", (_, source, sentence) => {
    expect(load(`{ kind: ngsi-ld, ${source} }`).faults.join("\n")).toMatch(sentence);
  });
});
