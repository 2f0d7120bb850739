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
  const head = "tenants: { rivemont: { displayName: R, contact: d@r.example, sources: { mobility: ";
  writeFileSync(join(folder, "gateway.yaml"), `${head}${source} } } }\n`);
  const { settings, faults } = loadSettings(folder, env);
  const found = [...(settings?.tenants.values() ?? [])][0]?.sources;
  return { source: found?.get("mobility"), sources: found, faults: faults.map(formatFault) };
}

const datasets =
  "{ BikeStation: { key: [code], entities: true, list: { field: bikeStations, keyArgument: 'codes: [ID!]' } } }";

describe("a graphql source in gateway.yaml", () => {
  test("becomes settings that the connector opens with, secrets taken from the environment", async () => {
    const headers = "{ authorization: env:MOBILITY_TOKEN, x-client: passerelle }";
    const { source, sources, faults } = load(
      `{ kind: graphql, url: 'https://mobility.example/graphql', headers: ${headers}, datasets: ${datasets} }`,
      { MOBILITY_TOKEN: "Bearer secret" },
    );
    expect(faults).toEqual([]);
    expect(source).toMatchObject({
      kind: "graphql",
      url: "https://mobility.example/graphql",
      headers: { authorization: "Bearer secret", "x-client": "passerelle" },
      timeoutMs: 5_000,
      datasets: { BikeStation: { key: ["code"], list: { connection: "plain", pageSize: 100 } } },
    });
    const opened = openSources(sources ?? new Map());
    expect(opened.get("mobility")?.kind).toBe("graphql");
    for (const one of opened.values()) await one.close();
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    [
      "a password",
      `url: 'https://u:secret@m.example/', datasets: ${datasets}`,
      /url": must not hold a user or password/,
    ],
    ["another protocol", `url: 'file:///etc/passwd', datasets: ${datasets}`, /must be an http/],
    ["its own machine", `url: 'http://localhost:4000/graphql', datasets: ${datasets}`, /allowLoopback/],
    ["a query", `url: 'https://m.example/?token=secret', datasets: ${datasets}`, /behind "\?"/],
    ["a missing variable", `url: env:NOT_SET, datasets: ${datasets}`, /NOT_SET is not set/],
    [
      "a secret in a header",
      `url: 'https://m.example/', headers: { X-Api-Key: secret }, datasets: ${datasets}`,
      /X-Api-Key": a secret is never written here/,
    ],
    ["a header of ours", `url: 'https://m.example/', headers: { Host: x }, datasets: ${datasets}`, /the gateway's own/],
    [
      "a type that is no name",
      "url: 'https://m.example/', datasets: { 'a b': { key: [id], entities: true } }",
      /object type/,
    ],
    ["no way to find", "url: 'https://m.example/', datasets: { A: { key: [id] } }", /says no way to find objects/],
    [
      "an argument without type",
      "url: 'https://m.example/', datasets: { A: { key: [id], list: { field: as, keyArgument: ids } } }",
      /like "codes: \[ID!\]"/,
    ],
    [
      "an argument for two key fields",
      "url: 'https://m.example/', datasets: { A: { key: [a, b], list: { field: as, keyArgument: 'ids: [ID]' } } }",
      /needs a key of one field/,
    ],
    ["an unknown key", `url: 'https://m.example/', dataset: ${datasets}`, /did you mean "datasets"/],
  ];
  test.each(wrong)("with %s is refused, the secret not repeated", (_, source, sentence) => {
    const { faults } = load(`{ kind: graphql, ${source} }`);
    expect(faults.join("\n")).toMatch(sentence);
    expect(faults.join("\n")).not.toContain("secret@");
    expect(faults.join("\n")).not.toContain("token=secret");
  });
});
