// `passerelle policy show|history|apply`: what the rules are and were, and their applying.
import type { Command } from "commander";
import { versionId, type AppliedVersion } from "../policy/index.js";
import { formatFault } from "../terms/index.js";
import { couldNot, exitCodes, CommandFailure } from "./failure.js";
import { localTime } from "./moments.js";
import { tenantOption, type TenantOption, wholeNumber } from "./options.js";
import { colourOf, countOf } from "./policy-faults.js";
import { applyShadow } from "./policy-shadow.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { tableLines } from "./table.js";
import { checkTownFiles, findVersion } from "./versions.js";

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
  policy
    .command("apply")
    .description(
      "check the files of the town folder and put them in force; for production, where saving a file does not",
    )
    .requiredOption("-m, --message <why>", "why, for whoever reads the history")
    .option("--shadow", "without effect, beside the version in force: see policy shadow")
    .option(...tenantOption)
    .addHelpText(
      "after",
      '\nExample:\n  $ npx passerelle policy apply -m "convention 2026-014: birth year for Cantine Plus"',
    )
    .action((options: ApplyOptions) =>
      inTown(context, options.tenant, (session) =>
        options.shadow === true ? applyShadow(session, options.message) : apply(session, options),
      ),
    );
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

interface ApplyOptions extends TenantOption {
  readonly message: string;
  readonly shadow?: true;
}

async function apply(session: Session, { message }: ApplyOptions): Promise<void> {
  const { context, terminal, town, tenant } = session;
  if (message.trim() === "") throw new CommandFailure(exitCodes.refused, "Say why after -m: the history shows it.");
  await session.record("policy apply");
  const { content, faults } = await checkTownFiles(session);
  for (const fault of faults) terminal.err(formatFault(fault), colourOf(fault));
  if (content === null)
    throw new CommandFailure(
      exitCodes.refused,
      `${countOf(faults)}. Nothing was applied; what is in force stays in force.`,
    );
  const id = versionId(content);
  const before = (await town.policyStore.inForce(tenant.name).catch(() => null))?.id;
  if (before === id) {
    terminal.out(`version ${id} in force already: the files say nothing new`);
    return;
  }
  await town.policyStore.apply(content, context.who, message);
  // The store decides what is in force, not what we meant to do.
  const now = (await town.policyStore.inForce(tenant.name))?.id;
  if (now !== id)
    throw couldNot(`Version ${id} was applied, but another one came after it. See: npx passerelle policy history`);
  terminal.out(`version ${id} in force`, "bold");
  terminal.out("It counts at the next request, on every node.", "dim");
}
