// Papers at the terminal, with the real command on a real PostgreSQL: on record before they are made, and a proposal that
// an admin takes from the patch to the plan.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { proposeRemoval } from "../../src/governance/index.js";
import { subjectTokensWith } from "../../src/identity/index.js";
import { loadPolicyVersion, readTestFiles } from "../../src/policy/index.js";
import type { AgreementRef, Coordinate } from "../../src/terms/index.js";
import { readPdf } from "../governance/documents/read-pdf.js";
import { createConsentTown, meals } from "./consent-town.js";
import { entryDraft, tenant, type CliTown } from "./town.js";

let town: CliTown;
const person = 700_123;
beforeAll(async () => {
  town = await createConsentTown();
  await town.withTown(async (opened) => {
    const [token] = subjectTokensWith(opened.derived).seal(tenant, "resident", [person]);
    if (token === undefined) throw new Error("no token");
    const personal = { subjects: [{ scheme: "resident", token }], operationName: null };
    const fields = [{ rule: "r:1", mask: "-", cells: 1, coordinate: "Resident.familyName" as Coordinate }];
    const log = await opened.openLog();
    await log.append(entryDraft({ fields, personal }));
    const audit = "controle-fiscal/tax-audit" as AgreementRef;
    await log.append(entryDraft({ fields, personal, agreement: audit }));
    await log.close();
  });
});
afterAll(() => town.close());

it("a person's annex is a file; what the law hides is told at the terminal alone, their key in no record", async () => {
  const { code, out, err } = await town.run(["subject", "report", `resident:${person}`, "--out", "annexe.pdf"]);
  expect({ code, out }).toEqual({ code: 0, out: `The annex is in ${join(town.folder, "annexe.pdf")}.\n` });
  expect(err).toContain("controle-fiscal/tax-audit, 1 access: ");
  const told = readPdf(readFileSync(join(town.folder, "annexe.pdf"))).pages.join(" ");
  expect(told).toContain("Cantine Plus SAS");
  expect(told).toContain(`n° ${person}`);
  expect(told).not.toMatch(/fiscal/i);
  const again = await town.run(["subject", "report", `resident:${person}`, "--out", "annexe.pdf"]);
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining("--force replaces it") as string });
  const log = await town.run(["log", "--outcome", "staff", "--all", "--json"]);
  const acts = log.out.split("\n").filter((line) => line.includes('"subject report"'));
  expect(acts).toHaveLength(1);
  expect(acts[0]).toContain('"subject":"resident"');
  expect(log.out).not.toContain(String(person));
});

it("the register is printed or written, and made only once that is on record", async () => {
  const { code, out } = await town.run(["register", "--format", "json"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ controller: { name: "Ville de Rivemont" } });
  const csv = await town.run(["register", "--format", "csv", "--lang", "en"]);
  expect(csv.out).toMatch(/^Processing activity,Agreement,/);
  const pdf = await town.run(["register", "--format", "pdf"]);
  expect(pdf).toMatchObject({ code: 2, err: expect.stringContaining("--out") as string });
  const unrecorded = await town.run(["register", "--format", "json", "--lang", "de"]);
  expect(unrecorded).toMatchObject({ code: 2, out: "" });
  expect(existsSync(join(town.folder, "registre.pdf"))).toBe(false);
  expect((await town.run(["register", "--format", "pdf", "--out", "registre.pdf"])).code).toBe(0);
  expect(readPdf(readFileSync(join(town.folder, "registre.pdf"))).pages[0]).toContain("Registre des activités");
  const acts = (await town.run(["log", "--outcome", "staff", "--all", "--json"])).out.match(/"command":"register"/g);
  expect(acts).toHaveLength(3);
});

it("unused fields go from the version in force to a patch, to git, to a plan that applies", async () => {
  const unused = ["CanteenAccount.openedOn", "School.servesMeals"];
  const proposal = await town.withTown(async ({ policyStore, registry, settings }) => {
    const own = settings.tenants.get(tenant);
    const inForce = await policyStore.inForce(tenant);
    if (own === undefined || inForce === null) throw new Error("nothing in force");
    const sources = new Set(own.sources.keys());
    const applications = new Set((await registry.listApplications(tenant)).map(({ name }) => name));
    return proposeRemoval({
      version: loadPolicyVersion(inForce.content, sources),
      names: { sources, purposes: new Set(own.purposes.keys()), applications },
      agreements: await registry.listAgreements(tenant),
      ...{ agreement: meals as AgreementRef, unused, used: new Set<string>() },
      tests: (await readTestFiles(town.folder, tenant)).files,
    });
  });
  writeFileSync(join(town.folder, "unused-fields.patch"), proposal?.patch ?? "");
  execFileSync("git", ["apply", "unused-fields.patch"], { cwd: town.folder });
  const plan = await town.run(["policy", "plan"]);
  expect(plan).toMatchObject({ code: 0, err: "" });
  expect(plan.out).toContain("0 opening, 2 narrowing.");
  for (const field of unused) expect(plan.out).toContain(`cantine-plus loses ${field} for school-meals`);
  expect((await town.run(["policy", "apply", "-m", "unused fields taken out"])).code).toBe(0);
});
