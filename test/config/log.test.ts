// `log:` of gateway.yaml: what a town can write wrong is told where it stands.
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

const key = (id = "1a2b3c4d"): string => `dpo.rivemont.example+${id}+BAbcdefg`;

function load(logs: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv = {}): LoadedSettings {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-log-"));
  folders.push(folder);
  const tenants = Object.fromEntries(
    Object.entries(logs).map(([name, log]) => [
      name,
      { displayName: name, contact: "a@rivemont.example", sources: {}, ...(log !== undefined && { log }) },
    ]),
  );
  // JSON is YAML, too.
  writeFileSync(join(folder, "gateway.yaml"), JSON.stringify({ tenants }, null, 2));
  return loadSettings(folder, env);
}
const told = (...about: Parameters<typeof load>): string =>
  load(...about)
    .faults.map(formatFault)
    .join("\n");
const logOf = (loaded: LoadedSettings) => [...(loaded.settings?.tenants.values() ?? [])][0]?.log;

describe("without fault", () => {
  it("has a name, no witness and no timestamps where nothing is written", () => {
    expect(logOf(load({ rivemont: undefined }))).toMatchObject({
      origin: "passerelle/rivemont",
      formerly: [],
      witnesses: [],
      timestamps: null,
    });
  });

  it("becomes settings", () => {
    const loaded = load(
      {
        rivemont: {
          origin: "data.rivemont.example/log/rivemont",
          formerly: ["passerelle/rivemont"],
          witnesses: [
            { name: "Region", url: "env:WITNESS_URL", key: key() },
            { name: "DPO", key: key("00000000") },
          ],
          timestamps: { mode: "required", url: "http://tsa.example/", certificate: "tsa/root.pem", every: "PT30M" },
        },
      },
      { WITNESS_URL: "https://witness.region.example" },
    );
    expect(loaded.faults).toEqual([]);
    expect(logOf(loaded)).toMatchObject({
      origin: "data.rivemont.example/log/rivemont",
      formerly: ["passerelle/rivemont"],
      witnesses: [
        { name: "Region", url: "https://witness.region.example", key: key() },
        { name: "DPO", url: null, key: key("00000000") },
      ],
      timestamps: {
        mode: "required",
        url: "http://tsa.example/",
        certificate: join(loaded.settings?.folder ?? "", "tsa/root.pem"),
        everyMs: 1_800_000,
      },
    });
  });
});

describe("a fault", () => {
  const wrong = [
    [{ origin: "https://data.rivemont.example" }, "without https://"],
    [{ origin: "a name" }, "without https://"],
    [{ origin: "a+b" }, "without https://"],
    [{ witnesses: [{ name: "w", key: "nonsense" }] }, "as it prints it at its start"],
    [{ witnesses: [{ name: "w", key: key() }, { name: "w", key: key("00000000") }] }, "stands here twice"], // prettier-ignore
    [
      {
        witnesses: [
          { name: "w", key: key() },
          { name: "v", key: key() },
        ],
      },
      "stands here twice",
    ],
    [{ witnesses: [{ name: "w", key: key(), url: "env:NOT_SET" }] }, "NOT_SET is not set"],
    [{ witnesses: [{ name: "w", key: key(), url: "ftp://w.example" }] }, "https:// or http://"],
    [{ witnesses: [{ name: "w", key: key(), url: "https://me:secret@w.example" }] }, "must not have a user"],
    [{ witnesses: [{ name: "w", key: key(), url: "http://169.254.169.254/" }] }, "metadata service"],
    [{ timestamps: { mode: "required", certificate: "tsa.pem" } }, "url"],
    [{ timestamps: { mode: "best-effort", url: "http://tsa.example" } }, "certificate"],
    [{ timestamps: { mode: "required", url: "http://tsa.example", certificate: "../tsa.pem" } }, "inside the town"],
    [{ timestamps: { mode: "off", every: "PT0M" } }, "PT1M to P30D"],
    [{ timestamps: { mode: "sometimes" } }, "must be one of off, best-effort, required"],
  ] as const;

  it("is told, whatever else is wrong, and no secret with it", () => {
    // In one file: each becomes a tenant of its own.
    const lines = told(Object.fromEntries(wrong.map(([log], at) => [`t${at}`, log]))).split("\n");
    for (const [at, [log, words]] of wrong.entries())
      expect(lines.filter((line) => line.includes(`tenants.t${at}.`)).join(), JSON.stringify(log)).toContain(words);
    expect(lines.join()).not.toContain("secret@");
  });

  it("is one name for two logs, also where one has it by default", () => {
    expect(told({ rivemont: { origin: "a/log" }, valbourg: { origin: "a/log" } })).toContain("another tenant's log");
    expect(told({ rivemont: undefined, valbourg: { origin: "passerelle/rivemont" } })).toContain(
      "another tenant's log",
    );
  });
});
