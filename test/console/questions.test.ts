import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { home, textOf } from "../house/tracked-files.js";

it("the types of the console's questions are those of console/schema.graphql: else `npm run console:types`", () => {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-console-"));
  try {
    const output = join(folder, "schema.d.ts");
    const command = join(home, "node_modules/gql.tada/bin/cli.js");
    execFileSync(process.execPath, [command, "generate-output", "-c", "console/tsconfig.json", "-o", output], { cwd: home }); // prettier-ignore
    expect(textOf("console/src/app/schema.d.ts")).toBe(readFileSync(output, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
