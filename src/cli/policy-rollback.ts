// `passerelle policy rollback`: the way back, in one command, by the same plan and the same applying.
import type { Command } from "commander";
import { commonFolder, versionId, type VersionContent } from "../policy/index.js";
import { formatFault, hasFault } from "../terms/index.js";
import { refuse } from "./failure.js";
import { tenantOption, type TenantOption } from "./options.js";
import { look, requireMessage } from "./policy-apply.js";
import { colourOf } from "./policy-faults.js";
import { applyPlan, planOf, type PolicyPlan } from "./policy-planned.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { checkContent, checkTownFiles, findVersion } from "./versions.js";

export function addPolicyRollback(policy: Command, context: CommandContext): void {
  policy
    .command("rollback <version>")
    .description("put a version that was in force before in force again")
    .requiredOption("-m, --message <why>", "why, for whoever reads the history")
    .option("--yes", "do not ask")
    .option(...tenantOption)
    .addHelpText("after", help)
    .action((version: string, options: RollbackOptions) =>
      inTown(context, options.tenant, (session) => rollback(session, version, options)),
    );
}

const help = `
Example:
  $ npx passerelle policy history
  $ npx passerelle policy rollback 3f2a91c07b1e -m "balances were shown to the wrong application"

The version is read again with today's gateway.yaml, and refused where it no longer loads. Tests are not asked: the
way back must not depend on them. The files of the town folder stay as they are.`;

interface RollbackOptions extends TenantOption {
  readonly message: string;
  readonly yes?: true;
}

async function rollback(session: Session, start: string, { message, yes }: RollbackOptions): Promise<void> {
  const { terminal, town } = session;
  requireMessage(message);
  const { id, content } = await findVersion(session, start);
  await session.record("policy rollback", { version: id });
  const plan = await planOf(session, content);
  if (plan.inForce === id) {
    terminal.out(`version ${id} in force already`);
    return;
  }
  tellOtherCommon(session, plan, content);
  await holdNames(session, content, yes === true);
  await look(session, plan, "policy rollback", yes === true);
  await applyPlan(session, plan, message);
  const files = (await checkTownFiles(session)).content;
  if (files !== null && versionId(files) === id) return;
  const next =
    town.settings.mode === "development"
      ? "In development they are applied again at the next saved file or start of the gateway"
      : "The next policy apply would apply them again";
  terminal.out(`The files of the town folder say something else. ${next}: mend them.`, "yellow");
  terminal.out(`What differs: npx passerelle policy diff ${id.slice(0, 12)}`, "dim");
}

/** A deny that was put there for every tenant since that version goes with it: that is said before anything else. */
function tellOtherCommon({ terminal }: Session, { before }: PolicyPlan, content: VersionContent): void {
  const common = ({ files }: VersionContent): string =>
    JSON.stringify(
      [...files].filter(([path]) => path.startsWith(commonFolder)).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  if (before === null || common(before.content) === common(content)) return;
  terminal.out(`${commonFolder} was another in that version: its denies are put back to what they were then.`, "red");
}

/**
 * Law 7: a purpose or an application that was renamed since is in no request any more, so a deny that names it would
 * hold for nobody. Told, and refused where nobody was asked; `--yes` says that it is meant, since the way back stays open.
 */
async function holdNames(session: Session, content: VersionContent, yes: boolean): Promise<void> {
  const faults = (await checkContent(session, content)).filter(({ severity }) => severity === "fault");
  for (const fault of faults) session.terminal.err(formatFault(fault), colourOf(fault));
  if (hasFault(faults) && !yes)
    throw refuse(
      "That version names what is no longer known: a deny among these lines would hold for nobody. Nothing was applied. To apply it all the same: --yes",
    );
}
