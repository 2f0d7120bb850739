import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSettings } from "../../src/config.js";
import { formatFault } from "../../src/terms/index.js";

function read(retention: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-retention-"));
  try {
    writeFileSync(
      join(folder, "gateway.yaml"),
      `tenants:\n  rivemont:\n    displayName: Rivemont\n    contact: d@rivemont.example\n    sources: {}\n    retention: { ${retention} }\n`,
    );
    const { settings, faults } = loadSettings(folder, {});
    return settings === null ? faults.map(formatFault) : [...settings.tenants.values()][0]?.retention;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the access log is kept for twelve months unless the town says otherwise", () => {
  expect(read("")).toEqual({ accessLogMonths: 12, accessLogReason: null, consentProofs: "P5Y" });
  expect(read("accessLog: P6M")).toMatchObject({ accessLogMonths: 6 });
  expect(read("accessLog: P1Y")).toMatchObject({ accessLogMonths: 12 });
  expect(read('accessLog: P2Y, accessLogReason: "Instruction en cours"')).toMatchObject({
    accessLogMonths: 24,
    accessLogReason: "Instruction en cours",
  });
});

test("less than six months, more than three years, more than twelve months without a reason are faults", () => {
  for (const tooMuch of ["P5M", "P1M", "P37M", "P4Y", "P100M", "P12D", "P0M", "P90D"])
    expect(read(`accessLog: ${tooMuch}`)).toEqual([expect.stringMatching(/^gateway\.yaml:6:\d+ fault: .*P6M to P12M/)]);
  for (const long of ["P13M", "P2Y"])
    expect(read(`accessLog: ${long}`)).toEqual([expect.stringMatching(/needs its reason: write accessLogReason/)]);
});
