// The examples of docs/sources.md are gateway.yaml as it is read.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, validate } from "graphql";
import { expect, it } from "vitest";
import { deriveApiSchema } from "../../src/catalogue/index.js";
import { loadSettings } from "../../src/config.js";
import { fullAbilities, read } from "../catalogue/reading.js";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/sources.md"), "utf8");
const typesShown = [...page.matchAll(/```graphql schema\n([\s\S]*?)```/g)].map(([, types = ""]) => types);
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = ""]) => yaml);

it("every example of docs/sources.md is one source that gateway.yaml takes", () => {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-docs-"));
  const sources = examples.map((yaml) => `${yaml.trimEnd().replace(/^/gm, "      ")}\n`).join("");
  writeFileSync(
    join(folder, "gateway.yaml"),
    `tenants:\n  rivemont:\n    displayName: R\n    contact: d@r.example\n    sources:\n${sources}`,
  );
  const env = { FAMILIES_URL: "postgres://reader@db.example/families", PARKING_KEY: "k" };
  const { settings, faults } = loadSettings(folder, env);
  rmSync(folder, { recursive: true });
  expect(faults).toEqual([]);
  // What the page's types name, its example declares.
  const [, from] = /from: "(\w+\/\w+)"/.exec(typesShown.join()) ?? [];
  expect(examples.join()).toContain(`${from ?? "nothing"}: { since:`);
  const [tenant] = [...(settings?.tenants.values() ?? [])];
  expect([...(tenant?.sources.values() ?? [])].map(({ kind }) => kind)).toEqual([
    "postgres",
    "rest",
    "graphql",
    "ngsi-ld",
    "files",
    "rest",
  ]);
});

it("every query of docs/sources.md fits an API that has such fields", () => {
  const catalogue = read(`
    type Streetlight @dataset(source: "families", from: "Streetlight", status: SHARED) @key(fields: "code") {
      code: String
      location: GeoJSON
    }
    type Toilet @dataset(source: "families", from: "toilets.geojson", status: SHARED) @key(fields: "code") {
      code: String
      geometry: GeoJSON
    }
    ${typesShown.join("\n").replaceAll('"broker"', '"families"')}`);
  const api = deriveApiSchema(catalogue, () => fullAbilities);
  const queries = [...page.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, query = ""]) => query);
  expect([typesShown.length, queries.length]).toEqual([1, 2]);
  for (const query of queries) expect(validate(api, parse(query))).toEqual([]);
});
