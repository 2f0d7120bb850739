// `passerelle consent export`: records as ISO/IEC TS 27560 has them, in JSON-LD that others' programs read.
import type { Command } from "commander";
import { decisionRecord, recordExport, type ConsentEvent, type DecisionRecord } from "../consent/index.js";
import { recordedEvent } from "./consent-show.js";
import { recordSources } from "./consent-sources.js";
import { refuse } from "./failure.js";
import { asName, tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";

interface ExportOptions extends TenantOption {
  readonly agreement?: string;
}

export function addConsentExport(consent: Command, context: CommandContext): void {
  consent
    .command("export [id]")
    .description("one decision, or all under an agreement, as JSON-LD (ISO/IEC TS 27560 in the terms of W3C DPV)")
    .option("--agreement <ref>", "all decisions under one agreement")
    .option(...tenantOption)
    .addHelpText(
      "after",
      "\nExample:\n  $ npx passerelle consent export --agreement cantine-plus/school-meals > consents.jsonld\n\n" +
        "Its form: docs/consent-record.schema.json. People stand in it by what stands for them; nobody's reason does.",
    )
    .action((id: string | undefined, options: ExportOptions) =>
      inTown(context, options.tenant, (session) => exportRecords(session, id, options.agreement)),
    );
}

async function exportRecords(session: Session, id: string | undefined, agreement: string | undefined): Promise<void> {
  if ((id === undefined) === (agreement === undefined))
    throw refuse("Say which one: npx passerelle consent export ID, or npx passerelle consent export --agreement REF.");
  const events =
    id === undefined ? await allUnder(session, agreement ?? "") : [await recordedEvent(session, "consent export", id)];
  const { terminal } = session;
  const records = await recordsOf(session, events);
  terminal.out(JSON.stringify(recordExport(records.made), null, 2));
  terminal.err(`${String(records.made.length)} exported.`, "dim");
  if (records.lost > 0) terminal.err(lostWords(records.lost), "yellow");
}

const lostWords = (lost: number): string =>
  `${String(lost)} left out: gateway.yaml no longer lists the purpose they were decided for. Put it back and repeat the command.`;

async function allUnder(session: Session, ref: string): Promise<ConsentEvent[]> {
  const { town, tenant } = session;
  await session.record("consent export", { agreement: asName(ref) });
  const { id } = await town.registry.showAgreement(tenant.name, ref);
  const found: ConsentEvent[] = [];
  for (;;) {
    const after = found.at(-1)?.id;
    const page = await town.consents.list(tenant.name, { agreement: id, limit: 1_000, ...(after && { after }) });
    found.push(...page);
    if (page.length < 1_000) return found.reverse();
  }
}

/** In their order; those whose agreement or purpose is known no more are counted, never left out in silence. */
async function recordsOf(
  session: Session,
  events: readonly ConsentEvent[],
): Promise<{ readonly made: readonly DecisionRecord[]; readonly lost: number }> {
  const sources = await recordSources(session);
  const made: DecisionRecord[] = [];
  for (const event of events) {
    const source = await sources.sourceOf(event);
    if (source !== null) made.push(decisionRecord(event, source, sources.today));
  }
  return { made, lost: events.length - made.length };
}
