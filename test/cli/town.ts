// The repository's own town folder, copied, on a database of its own; and the real command run in it.
import { randomUUID } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { EntryDraft } from "../../src/accesslog/index.js";
import { openTown, type Town } from "../../src/cli/index.js";
import { runCommand } from "../../src/cli/program.js";
import { createTerminal } from "../../src/cli/terminal.js";
import type { AgreementRef, ApplicationName, KeyId, PurposeName, TenantName } from "../../src/terms/index.js";
import { createTestDatabase } from "../support/database.js";
import { withoutDemo } from "../support/without-demo.js";

export const tenant = "rivemont" as TenantName;
const root = resolve(import.meta.dirname, "..", "..");

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliTown {
  readonly folder: string;
  readonly env: Record<string, string>;
  /** Superuser. */
  readonly databaseUrl: string;
  readonly run: (
    args: readonly string[],
    overrides?: {
      env?: Record<string, string>;
      columns?: number;
      now?: Date;
      /** What the person at the terminal answers; nobody is there unless given. */
      confirm?: (question: string) => Promise<boolean>;
    },
  ) => Promise<Ran>;
  readonly withTown: <T>(work: (town: Town) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

export async function createCliTown(): Promise<CliTown> {
  const database = await createTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), "passerelle-cli-"));
  for (const name of ["schema.graphql", "policies", "data"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  const settings = readFileSync(join(root, "gateway.yaml"), "utf8");
  // Without the demo: its databases live in the embedded server alone.
  writeFileSync(join(folder, "gateway.yaml"), withoutDemo(settings, "env:SERVICES_URL", "env:OTHER_SERVICES_URL"));
  const env = {
    DATABASE_URL: database.url,
    SERVICES_URL: "postgres://reader@127.0.0.1:1/none",
    OTHER_SERVICES_URL: "http://services.rivemont.example/",
    SIGN_IN_SECRET: "of the test",
    PASSERELLE_MODE: "development",
  };
  const withTown: CliTown["withTown"] = async (work) => {
    const town = await openTown({ folder, env, report: () => undefined });
    try {
      return await work(town);
    } finally {
      await town.close();
    }
  };
  return {
    folder,
    env,
    databaseUrl: database.url,
    withTown,
    run: (args, overrides = {}) =>
      run(args, folder, { ...env, ...overrides.env }, overrides.columns, overrides.now, overrides.confirm),
    close: async () => {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(
  args: readonly string[],
  folder: string,
  env: Record<string, string>,
  columns = 120,
  now?: Date,
  confirm?: (question: string) => Promise<boolean>,
): Promise<Ran> {
  let [out, err] = ["", ""];
  const terminal = createTerminal({
    out: (text) => (out += text),
    err: (text) => (err += text),
    columns,
    outColours: false,
    errColours: false,
  });
  const code = await runCommand(args, {
    terminal,
    folder,
    env,
    who: "camille",
    now: () => now ?? new Date(),
    ...(confirm && { confirm }),
  });
  return { code, out, err };
}

/** An entry of a request that was answered in part. */
export const entryDraft = (changes: Partial<EntryDraft> = {}): EntryDraft => ({
  id: randomUUID(),
  tenant,
  at: "2026-11-02T08:15:00.000Z",
  durationMs: 34,
  outcome: "partial",
  status: 200,
  application: "cantine-plus" as ApplicationName,
  purpose: "school-meals" as PurposeName,
  agreement: "cantine-plus/school-meals" as AgreementRef,
  agreementVersion: 1,
  basis: "public-task",
  key: "Ab3dEf6hIj9k" as KeyId,
  policyVersion: null,
  operation: null,
  fields: [],
  refused: [],
  withheld: [],
  rows: [],
  errors: [],
  sources: [],
  staff: null,
  personal: { subjects: [], operationName: null },
  ...changes,
});

export const draftArguments = [
  ...["agreement", "draft", "--app", "cantine-plus", "--purpose", "school-meals", "--basis", "public-task"],
  ...["--recipient-name", "Cantine Plus SAS", "--recipient-contact", "dpo@cantine-plus.example"],
  ...["--recipient-role", "processor", "--recipient-basis", "contract with the town"],
  ...["--from", "2026-01-01", "--until", "2099-12-31", "--by", "informatique@rivemont.example"],
];
