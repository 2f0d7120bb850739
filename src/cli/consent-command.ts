// `passerelle consent`: what people decided; each word in a file of its own.
import type { Command } from "commander";
import { addConsentExport } from "./consent-export.js";
import { addConsentImport } from "./consent-import.js";
import { addConsentList } from "./consent-list.js";
import { addConsentObjections } from "./consent-objections.js";
import { addConsentReceipt } from "./consent-receipt.js";
import { addConsentSettle } from "./consent-settle.js";
import { addConsentShow } from "./consent-show.js";
import { addConsentVerify } from "./consent-verify.js";
import { addConsentGuardians } from "./consent-guardians.js";
import type { CommandContext } from "./session.js";

export function addConsentCommand(program: Command, context: CommandContext): void {
  const consent = program
    .command("consent")
    .description("what people decided: list, show, export, receipt, verify, import, objections, settle, guardians");
  addConsentList(consent, context);
  addConsentShow(consent, context);
  addConsentExport(consent, context);
  addConsentReceipt(consent, context);
  addConsentVerify(consent, context);
  addConsentImport(consent, context);
  addConsentObjections(consent, context);
  addConsentSettle(consent, context);
  addConsentGuardians(consent, context);
}
