// `passerelle consent settle`: the DPO's answer to an objection.
import type { Command } from "commander";
import { recordedEvent } from "./consent-show.js";
import { recordSources } from "./consent-sources.js";
import { refuse } from "./failure.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { personWithRole } from "./staff-role.js";

interface SettleOptions extends TenantOption {
  readonly uphold?: true;
  readonly reject?: true;
  readonly reason: string;
  readonly by: string;
}

export function addConsentSettle(consent: Command, context: CommandContext): void {
  consent
    .command("settle <id>")
    .description("as DPO: answer an objection, with the reason that the person reads")
    .option("--uphold", "the person is right: their data stay away")
    .option("--reject", "the task has compelling grounds that weigh more (RGPD art. 21(1)): the data may be read again")
    .requiredOption("--reason <text>", "why; the person reads it")
    .requiredOption("--by <email>", "who decides: a person with the role dpo in gateway.yaml")
    .option(...tenantOption)
    .addHelpText(
      "after",
      "\nExample:\n  $ npx passerelle consent settle 0c8dcf52-8bd4-4b36-8f4c-3d2b1f6a7e01 --uphold \\\n" +
        '      --reason "Your address has to stay secret" --by dpo@rivemont.example',
    )
    .action((id: string, options: SettleOptions) =>
      inTown(context, options.tenant, (session) => settle(session, id, options)),
    );
}

async function settle(session: Session, id: string, options: SettleOptions): Promise<void> {
  const { terminal, town, tenant } = session;
  if ((options.uphold === true) === (options.reject === true))
    throw refuse("Say which: --uphold (the data stay away) or --reject (they may be read again).");
  if (options.reason.trim() === "") throw refuse("--reason must say why: the person reads it.");
  const by = personWithRole(session, options.by, ["dpo"], "--by");
  const outcome = options.uphold === true ? "upheld" : "rejected";
  const objection = await recordedEvent(session, `consent settle ${outcome}`, id);
  const { reason } = options;
  const event = await town.consents.settleObjection({ tenant: tenant.name, event: objection.id, outcome, by, reason });
  const { refOf } = await recordSources(session);
  terminal.out(
    outcome === "upheld"
      ? `The objection is upheld: under ${refOf(event)} this person's data stay away, whatever its terms become.`
      : `The objection is rejected: from the next request on, ${refOf(event)} covers this person's data again.`,
  );
  terminal.out("The person reads the answer and its reason on their page.", "dim");
}
