// How a service is treated when it fails, and how fast it is asked: the same settings for every kind but files.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadSettings } from "../../src/config.js";
import { formatFault } from "../../src/terms/index.js";

function load(source: string) {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-config-"));
  const head = "tenants: { rivemont: { displayName: R, contact: d@r.example, sources: { one: ";
  writeFileSync(join(folder, "gateway.yaml"), `${head}${source} } } }\n`);
  const { settings, faults } = loadSettings(folder, {});
  rmSync(folder, { recursive: true });
  return { source: [...(settings?.tenants.values() ?? [])][0]?.sources.get("one"), told: faults.map(formatFault) };
}

const kinds = {
  postgres: "kind: postgres, url: 'postgres://reader@db.example/one'",
  rest: "kind: rest, url: 'https://one.example', lists: {}",
  graphql: "kind: graphql, url: 'https://one.example/graphql', datasets: {}",
  "ngsi-ld": "kind: ngsi-ld, url: 'https://one.example'",
};

describe.each(Object.entries(kinds))("a source of kind %s", (_, kind) => {
  it("may say how it is treated", () => {
    const { source, told } = load(
      `{ ${kind}, retries: 0, breaker: { failures: 3, openMs: 1000 }, callsPerSecond: 0.5, staleFor: P1DT2H30M }`,
    );
    expect(told).toEqual([]);
    expect(source).toMatchObject({
      retries: 0,
      breaker: { failures: 3, openMs: 1_000 },
      callsPerSecond: 0.5,
      staleFor: 95_400_000,
    });
  });

  it.each([
    ["retries: 6", /retries/],
    ["breaker: { failures: 0 }", /failures/],
    ["breaker: { openms: 5 }", /did you mean "openMs"/],
    ["callsPerSecond: 0", /callsPerSecond/],
    ["staleFor: P1Y", /must be a duration like PT30M, PT1H or P1D/],
    ["staleFor: PT0H", /must be a duration/],
    ["staleFor: 3600", /staleFor/],
    ["staleFor: P8D", /at most P7D/],
  ])("and not so: %s", (setting, sentence) => {
    expect(load(`{ ${kind}, ${setting} }`).told).toEqual([expect.stringMatching(sentence)]);
  });
});

it("files are at hand: nobody is to be spared", () => {
  expect(load("{ kind: files, folder: data, retries: 1 }").told).toEqual([expect.stringMatching(/unknown key/)]);
});
