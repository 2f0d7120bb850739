// `passerelle policy grants`: everything that one application may read, and what it may not.
import type { Command } from "commander";
import { explainDecisions, type ExplainedDecision } from "../policy/index.js";
import { asName, tenantOption, type TenantOption } from "./options.js";
import { askedOf, type Asked } from "./policy-asked.js";
import { endedSuspensions, viewpoint, type Viewpoint, type ViewOptions } from "./policy-viewpoint.js";
import { agreementData, agreementWords, placeOf, viewData, viewWords } from "./policy-words.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { tableLines } from "./table.js";

interface GrantsOptions extends TenantOption, ViewOptions {
  readonly app: string;
  readonly purpose?: string;
  readonly json?: true;
}

export function addPolicyGrants(policy: Command, context: CommandContext): void {
  policy
    .command("grants")
    .description("every field of the town with what an application gets of it, and by which line")
    .requiredOption("--app <name>", "the application; open-data for requests without a key")
    .option("--purpose <name>", "one of its agreements; all of them unless given")
    .option("--at <moment>", "as it was then: 2026-11-01 (the end of that day), 2026-11-01T08:30, 7d")
    .option("--files", "as the files of the town folder say, instead of what is in force")
    .option(...tenantOption)
    .option("--json", "one JSON object for each agreement and line")
    .addHelpText("after", "\nExample:\n  $ npx passerelle policy grants --app cantine-plus")
    .action((options: GrantsOptions) => inTown(context, options.tenant, (session) => grants(session, options)));
}

async function grants(session: Session, options: GrantsOptions): Promise<void> {
  const { terminal } = session;
  const { app, purpose, json, at, files } = options;
  await session.record("policy grants", {
    application: asName(app),
    ...(purpose === undefined ? {} : { purpose: asName(purpose) }),
    ...(files === true ? { files: "yes" } : {}),
  });
  const view = await viewpoint(session, { ...(at === undefined ? {} : { at }), ...(files === true ? { files } : {}) });
  for (const [index, asked] of (await askedOf(session, view, app, purpose)).entries()) {
    if (json === true) terminal.out(JSON.stringify(grantData(asked, view)));
    else {
      if (index > 0) terminal.out("");
      tell(session, asked, view);
    }
  }
}

function tell({ terminal, tenant }: Session, asked: Asked, view: Viewpoint): void {
  const decisions = explainDecisions(view.version, asked.subject);
  const shared = decisions.filter((decision) => decision.shared).length;
  terminal.out(`${asked.ref}: ${shared} of ${decisions.length} fields and links are open to it.`, "bold");
  terminal.out(`Agreement: ${agreementWords(asked)}`);
  if (asked.signed?.standing.inForce !== true)
    terminal.out("It is not in force: whatever is open, nothing is answered under it.", "yellow");
  terminal.out(`Version:   ${viewWords(view, tenant.timeZone)}`);
  if (view.named) terminal.out(endedSuspensions, "dim");
  terminal.out("");
  const columns = ["field", "shared", "rows", "mask", "line or reason"].map((title) => ({ title }));
  tableLines(columns, decisions.map(rowOf)).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
}

const reasonWords = {
  denied: "denied by",
  "no-rule": "no rule opens it",
  "statistics-only": "in statistics only, by",
  "not-in-agreement": "not in the agreement; opened by",
  "dataset-not-shared": "its dataset is not SHARED",
} as const;

function rowOf(decision: ExplainedDecision): string[] {
  const place = decision.rule === null ? "" : placeOf(decision.rule);
  if (decision.shared) return [decision.coordinate, "yes", decision.rows, decision.mask, place];
  return [decision.coordinate, "no", "", "", `${reasonWords[decision.reason]} ${place}`.trim()];
}

const grantData = (asked: Asked, view: Viewpoint) => ({
  application: asked.application,
  purpose: asked.purpose,
  agreement: agreementData(asked),
  ...viewData(view),
  decisions: explainDecisions(view.version, asked.subject),
});
