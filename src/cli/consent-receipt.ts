// `passerelle consent receipt`: a decision's record, signed by the town, for the person to keep.
import type { Command } from "commander";
import { decisionRecord, signReceipt, type ConsentEvent } from "../consent/index.js";
import { receiptKeys } from "../identity/index.js";
import { recordedEvent } from "./consent-show.js";
import { recordSources } from "./consent-sources.js";
import { couldNot } from "./failure.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";

export function addConsentReceipt(consent: Command, context: CommandContext): void {
  consent
    .command("receipt <id>")
    .description("the signed receipt of a decision: one line, to be kept in a file")
    .option(...tenantOption)
    .addHelpText(
      "after",
      "\nExample:\n  $ npx passerelle consent receipt 7f1c5c44-5b0e-4a43-9a5d-0d6a0b1f8f10 > receipt.jws\n" +
        "  $ npx passerelle consent verify receipt.jws",
    )
    .action((id: string, options: TenantOption) =>
      inTown(context, options.tenant, async (session) => {
        const event = await recordedEvent(session, "consent receipt", id);
        session.terminal.out(await receiptOf(session, event));
      }),
    );
}

/** @throws CommandFailure where what was agreed is known no more */
async function receiptOf(session: Session, event: ConsentEvent): Promise<string> {
  const { town, tenant, context } = session;
  const sources = await recordSources(session);
  const source = await sources.sourceOf(event);
  const [key] = receiptKeys(town.secrets, tenant.name);
  if (source === null)
    throw couldNot("gateway.yaml no longer lists the purpose it was decided for. Put it back and repeat the command.");
  if (key === undefined) throw couldNot("The key file has no key for receipts: npx passerelle keyfile create");
  return signReceipt(decisionRecord(event, source, sources.today), tenant, key, context.now());
}
