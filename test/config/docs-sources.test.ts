// The examples of docs/sources.md are gateway.yaml as it is read.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { loadSettings } from "../../src/config.js";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/sources.md"), "utf8");
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
  const [tenant] = [...(settings?.tenants.values() ?? [])];
  expect([...(tenant?.sources.values() ?? [])].map(({ kind }) => kind)).toEqual([
    "postgres",
    "rest",
    "graphql",
    "ngsi-ld",
    "files",
  ]);
});
