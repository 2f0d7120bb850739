// `passerelle consent objections`: those that wait for the town's answer (RGPD art. 21(1)), the oldest first.
import type { Command } from "commander";
import { recordSources } from "./consent-sources.js";
import { shortToken } from "./consent-words.js";
import { localTime } from "./moments.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";

/** Shown at once. The rest follows once these are settled. */
const most = 200;

export function addConsentObjections(consent: Command, context: CommandContext): void {
  consent
    .command("objections")
    .description("objections that wait for an answer, the oldest first, with the reasons that people gave")
    .option(...tenantOption)
    .addHelpText(
      "after",
      "\nExample:\n  $ npx passerelle consent objections\n\n" +
        "Until it is answered the data stay away. A person has a right to the answer within a month (RGPD art. 12(3)).",
    )
    .action((options: TenantOption) => inTown(context, options.tenant, objections));
}

async function objections(session: Session): Promise<void> {
  const { terminal, town, tenant, context } = session;
  const all = [];
  for (;;) {
    const after = all.at(-1)?.id;
    const page = await town.consents.list(tenant.name, { pending: true, limit: 1_000, ...(after && { after }) });
    all.push(...page);
    if (page.length < 1_000) break;
  }
  const shown = all.reverse().slice(0, most);
  // Whose reasons are read is put on record before they are shown.
  const subjects = shown.map(({ scheme, token }) => ({ scheme, token }));
  await session.record("consent objections", {}, subjects);
  if (shown.length === 0) {
    terminal.out("No objection waits for an answer.");
    return;
  }
  const { refOf } = await recordSources(session);
  const monthAgo = context.now().getTime() - 30 * 86_400_000;
  for (const event of shown) {
    const late = event.at.getTime() < monthAgo;
    const when = `${localTime(event.at, tenant.timeZone).slice(0, 16)}${late ? ", more than 30 days ago" : ""}`;
    terminal.out(`${event.id}  ${when}`, late ? "red" : "bold");
    terminal.out(`  ${refOf(event)}: ${event.units.join(", ")} (${shortToken(event.scheme, event.token)})`);
    terminal.out(`  ${(event.reason ?? "(no reason given, or it was erased)").replaceAll("\n", "\n  ")}`);
  }
  const rest = all.length > shown.length ? `, the oldest of ${String(all.length)}` : "";
  terminal.out(`${String(shown.length)} waiting${rest}.`, "dim");
  terminal.out('To answer one: npx passerelle consent settle ID --uphold|--reject --reason "…" --by EMAIL', "dim");
}
