// `passerelle policy rollback`: the way back, in one command, by the same plan and the same applying.
import type { Command } from "commander";
import { versionId } from "../policy/index.js";
import { tenantOption, type TenantOption } from "./options.js";
import { look, requireMessage } from "./policy-apply.js";
import { applyPlan, planOf } from "./policy-planned.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { checkTownFiles, findVersion } from "./versions.js";

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
