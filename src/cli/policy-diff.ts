// `passerelle policy diff`: two versions, or one and the files: what was written otherwise, and what it decides otherwise.
import type { Command } from "commander";
import { loadPolicyVersion, schemaName, versionId, type VersionContent } from "../policy/index.js";
import { formatFault } from "../terms/index.js";
import { refuse } from "./failure.js";
import { showDiff } from "./map/show-diff.js";
import { tenantOption, type TenantOption } from "./options.js";
import { colourOf, countOf } from "./policy-faults.js";
import { changeLines, tellLines } from "./policy-plan-lines.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { changesNothing, compareVersions } from "./version-changes.js";
import { checkTownFiles, findVersion } from "./versions.js";

export function addPolicyDiff(policy: Command, context: CommandContext): void {
  policy
    .command("diff [from] [to]")
    .description("what two versions say and decide otherwise; by default the one in force and the files")
    .option(...tenantOption)
    .addHelpText("after", help)
    .action((from: string | undefined, to: string | undefined, options: TenantOption) =>
      inTown(context, options.tenant, (session) => diff(session, from, to)),
    );
}

const help = `
Examples:
  $ npx passerelle policy diff                              # in force → the files of the town folder
  $ npx passerelle policy diff 3f2a91c07b1e                 # a version → the files
  $ npx passerelle policy diff 3f2a91c07b1e 9c04d2ab61ff    # a version → another

What they decide is said for the agreements that are in force today.`;

async function diff(session: Session, from: string | undefined, to: string | undefined): Promise<void> {
  const { terminal, town, tenant } = session;
  const older = await findVersion(session, from);
  const newer = to === undefined ? null : await findVersion(session, to);
  await session.record("policy diff", { from: older.id, to: newer?.id ?? "files" });
  const [before, after] = [older.content, newer?.content ?? (await files(session))];
  const names = [shortName(older.id), newer === null ? "the files" : shortName(newer.id)] as const;
  if (versionId(before) === versionId(after)) {
    terminal.out(`${names[0]} and ${names[1]} are the same version.`);
    return;
  }
  for (const path of paths(before, after)) {
    const [was, is] = [textOf(before, path), textOf(after, path)];
    if (was !== is) showDiff(terminal, path, was, is, names);
  }
  const sources = new Set(tenant.sources.keys());
  const agreements = await town.registry.listAgreements(tenant.name);
  const loaded = [loadPolicyVersion(before, sources), loadPolicyVersion(after, sources)] as const;
  const changes = compareVersions(agreements, ...loaded);
  terminal.out("\nWhat they decide otherwise, for the agreements in force today", "bold");
  if (changesNothing(changes)) terminal.out("Nothing.");
  tellLines(terminal.out, changeLines(changes));
}

const shortName = (id: string): string => `version ${id.slice(0, 12)}`;

async function files(session: Session): Promise<VersionContent> {
  const { content, faults } = await checkTownFiles(session);
  for (const fault of faults) session.terminal.err(formatFault(fault), colourOf(fault));
  if (content === null) throw refuse(`${countOf(faults)}. What the files decide cannot be said.`);
  return content;
}

const paths = (before: VersionContent, after: VersionContent): string[] => [
  schemaName,
  ...[...new Set([...before.files.keys(), ...after.files.keys()])].sort(),
];

const textOf = ({ schema, files: texts }: VersionContent, path: string): string =>
  path === schemaName ? schema : (texts.get(path) ?? "");
