// `policy check` with a store: rules beside agreements.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createCliTown, draftArguments, type CliTown } from "./town.js";

let town: CliTown;
beforeAll(async () => {
  town = await createCliTown();
  const own = join(town.folder, "policies/rivemont");
  for (const name of readdirSync(own).filter((name) => name.endsWith(".csv"))) rmSync(join(own, name));
  await done("application", "create", "cantine-plus", "--title", "C", "--contact", "a@b.example");
  await done(...draftArguments, "--fields", "Resident.number,Resident.email,Resident.socialNumber");
});
afterAll(() => town.close());

async function done(...args: string[]): Promise<void> {
  expect(await town.run(args)).toMatchObject({ code: 0 });
}

/** Codes with their places. */
async function warnings(): Promise<string[]> {
  const { out } = await town.run(["policy", "check", "--json"]);
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`);
}

/** Its one rule was in the lines that the test writes over. */
const filterOfNobody = "unused-filter policies/rivemont/filters.yaml:4:1";

it("tells rules that open nothing and agreements that get less than they list, and is on record", async () => {
  const rules = "policies/rivemont/canteen.csv";
  writeFileSync(
    join(town.folder, rules),
    `p, cantine-plus, school-meals, Resident.number, all, -, allow
p, cantine-plus, school-meals, Resident.socialNumber, all, -, allow
p, cantine-plus, school-meals, Resident.phone, all, -, allow
p, cantine-plus, district-survey, District.name, all, -, allow
`,
  );
  // Nobody has approved it.
  expect(await warnings()).toEqual([
    `agreement-not-approved ${rules}:1:4`,
    `shadowed-by-deny ${rules}:2:32`,
    `outside-agreements ${rules}:3:32`,
    `no-agreement ${rules}:4:4`,
    filterOfNobody,
  ]);
  await done("agreement", "approve", "cantine-plus/school-meals", "--by", "dpo@rivemont.example");
  expect(await warnings()).toEqual([
    `agreement-not-opened ${rules}:1:4`,
    `shadowed-by-deny ${rules}:2:32`,
    `outside-agreements ${rules}:3:32`,
    `no-agreement ${rules}:4:4`,
    filterOfNobody,
  ]);
  const { code, out } = await town.run(["policy", "check"]);
  expect(code).toBe(0);
  expect(out).toContain("no rule opens Resident.email (the line would be");
  expect(out).toContain("Resident.socialNumber (policies/common/never.csv:2)");
  expect(out).toMatch(/^No faults, 5 warnings\. These files are version [0-9a-f]{64}, not in force yet\.$/m);
  expect(await town.run(["policy", "check", "--strict"])).toMatchObject({ code: 1 });
  // Staff read what agreements list (law 4).
  const log = await town.run(["log", "--outcome", "staff", "--json"]);
  expect(log.out).toContain('"command":"policy check"');
});
