// `passerelle policy apply`: the files of the town folder in force, exactly as they were looked at.
import { Option, type Command } from "commander";
import { refuse } from "./failure.js";
import { tenantOption, type TenantOption } from "./options.js";
import { sinceMoment, tellPlan } from "./policy-plan.js";
import { balance, changesSection, tellLines } from "./policy-plan-lines.js";
import { applyPlan, plannedFiles, type PolicyPlan } from "./policy-planned.js";
import { replay } from "./policy-replay.js";
import { applyShadow } from "./policy-shadow.js";
import { inTown, type CommandContext, type Session } from "./session.js";

export function addPolicyApply(policy: Command, context: CommandContext): void {
  policy
    .command("apply")
    .description("put the files of the town folder in force; for production, where saving a file does not")
    .requiredOption("-m, --message <why>", "why, for whoever reads the history")
    .option("--plan-id <id>", "apply exactly what this plan showed, or nothing")
    .option("--yes", "do not ask")
    .addOption(
      new Option("--shadow", "without effect, beside the version in force: see policy shadow").conflicts([
        "planId",
        "yes",
      ]),
    )
    .option(...tenantOption)
    .addHelpText("after", help)
    .action((options: ApplyOptions) =>
      inTown(context, options.tenant, (session) =>
        options.shadow === true ? applyShadow(session, options.message) : apply(session, options),
      ),
    );
}

const help = `
Examples:
  $ npx passerelle policy apply -m "convention 2026-014: birth year for Cantine Plus"
  $ npx passerelle policy apply --plan-id 5d0c1f6a9be24c37 -m "as shown to the DPO"

At a terminal the plan is shown and you are asked; --yes, --plan-id and a script apply at once.
With --plan-id nothing is applied when the files, what is in force, an agreement or a key changed since.`;

export interface ApplyOptions extends TenantOption {
  readonly message: string;
  readonly planId?: string;
  readonly yes?: true;
  readonly shadow?: true;
}

async function apply(session: Session, options: ApplyOptions): Promise<void> {
  const { terminal } = session;
  const { message, planId } = options;
  requireMessage(message);
  const id = planId === undefined ? null : readPlanId(planId);
  await session.record("policy apply", id === null ? {} : { plan: id });
  const plan = await plannedFiles(session);
  // First: files that were applied as another plan are no longer what this one showed, whatever they hold.
  if (id !== null && plan.id !== id) throw refuse(otherPlan(id));
  if (plan.inForce === plan.version.id) {
    terminal.out(`version ${plan.version.id} in force already: the files say nothing new`);
    return;
  }
  await look(session, plan, "policy apply", id !== null || options.yes === true);
  await applyPlan(session, plan, message);
}

export function requireMessage(message: string): void {
  if (message.trim() === "") throw refuse("Say why after -m: the history shows it.");
}

function readPlanId(text: string): string {
  const id = text.trim().toLowerCase();
  if (!/^[0-9a-f]{16}$/.test(id))
    throw refuse("A plan is named by 16 hexadecimal digits: npx passerelle policy plan prints them.");
  return id;
}

const otherPlan = (asked: string): string =>
  `Plan ${asked} is no more: the files, the version in force, an agreement or a key changed since it was made. ` +
  "Nothing was applied. Look again: npx passerelle policy plan";

/**
 * What a person at a terminal sees and answers before anything counts; a script is told what changes.
 * @throws CommandFailure when the answer is no
 */
export async function look(session: Session, plan: PolicyPlan, command: string, sure: boolean): Promise<void> {
  const { context, terminal } = session;
  if (sure || context.confirm === undefined) {
    tellLines(terminal.out, changesSection(plan, terminal.columns, false));
    terminal.out(`${balance(plan.changes)}.`);
    return;
  }
  const since = sinceMoment(session, "14d");
  const recorded = await session.record(`${command}, plan`, { since });
  tellPlan(session, plan, await replay(session, plan, since, recorded.index), false);
  if (!(await context.confirm("Apply this?"))) throw refuse("Nothing was applied.");
}
