// `passerelle policy check`: whether the files are in order, as the gateway would see them.
import type { Command } from "commander";
import { versionId } from "../policy/index.js";
import { formatFault } from "../terms/index.js";
import { exitCodes, CommandFailure } from "./failure.js";
import { tenantOption, type TenantOption } from "./options.js";
import { colourOf, countOf } from "./policy-faults.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { checkTownFiles } from "./versions.js";

export function addPolicyCheck(policy: Command, context: CommandContext): void {
  policy
    .command("check")
    .description("check schema.graphql and the rule files of the town folder, as the gateway would")
    .option(...tenantOption)
    .option("--json", "one JSON object per fault and line")
    .addHelpText(
      "after",
      "\nExample:\n  $ npx passerelle policy check && git commit -a\n\nWarnings alone exit with 0, faults with 2.",
    )
    .action((options: CheckOptions) => inTown(context, options.tenant, (session) => check(session, options)));
}

interface CheckOptions extends TenantOption {
  readonly json?: true;
}

async function check(session: Session, { json }: CheckOptions): Promise<void> {
  const { terminal, town, tenant } = session;
  const { content, faults } = await checkTownFiles(session);
  for (const fault of faults)
    if (json === true) terminal.out(JSON.stringify(fault));
    else terminal.out(formatFault(fault), colourOf(fault));
  const counted = countOf(faults);
  if (content === null) throw new CommandFailure(exitCodes.refused, `${counted}. What is in force stays in force.`);
  const id = versionId(content);
  const inForce = (await town.policyStore.inForce(tenant.name))?.id === id;
  const told = json === true ? terminal.err : terminal.out;
  told(`${counted}. These files are version ${id}, ${inForce ? "which is in force" : "not in force yet"}.`);
}
