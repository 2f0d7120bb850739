// `passerelle policy show|history`: what the rules are and were.
import type { Command } from "commander";
import type { AppliedVersion } from "../policy/index.js";
import { localTime } from "./moments.js";
import { tenantOption, type TenantOption, wholeNumber } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { tableLines } from "./table.js";
import { findVersion } from "./versions.js";

export function addPolicyVersions(policy: Command, context: CommandContext): void {
  policy
    .command("show [version]")
    .description("print the files of a version as they were applied; without a name, of the one in force")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle policy show 3f2a91c07b1e")
    .action((start: string | undefined, options: TenantOption) =>
      inTown(context, options.tenant, (session) => show(session, start)),
    );
  policy
    .command("history")
    .description("which versions were applied, when, by whom and why")
    .option(...tenantOption)
    .option("--limit <number>", "versions at most", wholeNumber(1, 100_000), 50)
    .addHelpText("after", "\nExample:\n  $ npx passerelle policy history --limit 10")
    .action((options: HistoryOptions) => inTown(context, options.tenant, (session) => history(session, options)));
}

async function show(session: Session, start: string | undefined): Promise<void> {
  const { terminal, tenant } = session;
  // What was asked for is found first: its whole name is what the record should hold.
  const { id, content, applied, inForce } = await findVersion(session, start);
  await session.record("policy show", { version: id });
  terminal.out(`Policy version ${id} of ${tenant.displayName}${inForce ? ", in force" : ""}`, "bold");
  for (const one of applied) terminal.out(appliedLine(one, tenant.timeZone));
  const files = [["schema.graphql", content.schema] as const, ...content.files];
  for (const [path, text] of files) {
    terminal.out(`\n==> ${path} <==`, "bold");
    terminal.out(text.replace(/\r\n/g, "\n").replace(/\n$/, ""));
  }
}

const appliedLine = ({ appliedAt, author, message }: AppliedVersion, timeZone: string): string =>
  `Applied ${localTime(appliedAt, timeZone)} (${timeZone}) by ${author}: ${message}`;

interface HistoryOptions extends TenantOption {
  readonly limit: number;
}

async function history(session: Session, { limit }: HistoryOptions): Promise<void> {
  const { terminal, town, tenant } = session;
  await session.record("policy history");
  const found = await town.policyStore.history(tenant.name, limit + 1);
  if (found.length === 0) {
    terminal.out('No version has been applied yet. Apply the files with: npx passerelle policy apply -m "why"');
    return;
  }
  const rows = found
    .slice(0, limit)
    .map(({ id, appliedAt, author, message }, at) => [
      id.slice(0, 12),
      localTime(appliedAt, tenant.timeZone),
      author,
      `${at === 0 ? "(in force) " : ""}${message}`,
    ]);
  const columns = [
    { title: "version" },
    { title: "applied" },
    { title: "by", max: 16 },
    { title: "why", max: terminal.columns - 56 },
  ];
  tableLines(columns, rows).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
  const cut = found.length > limit ? ` There are more: --limit ${limit * 2}.` : "";
  terminal.out(`Times in ${tenant.timeZone}.${cut} To print one: npx passerelle policy show VERSION`, "dim");
}
