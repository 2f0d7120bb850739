// `passerelle agreement draft`: what a DPO is then asked to approve.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Option, type Command } from "commander";
import { waysOfAsking } from "../identity/index.js";
import { peopleLines } from "./agreement-people.js";
import { refuse } from "./failure.js";
import { asName, tenantOption, type TenantOption, wholeNumber } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { currentCatalogue } from "./versions.js";

interface DraftOptions extends TenantOption {
  readonly app: string;
  readonly purpose: string;
  readonly basis: string;
  readonly recipientName: string;
  readonly recipientContact: string;
  readonly recipientRole: string;
  readonly recipientBasis: string;
  readonly from: string;
  readonly until: string;
  readonly fields?: string;
  readonly fieldsFile?: string;
  readonly volume?: number;
  readonly retention?: string;
  readonly refusal: "null" | "reject";
  readonly note?: string;
  readonly asked?: string;
  readonly informationSociety?: true;
  readonly hiddenByLaw?: string;
  readonly by: string;
}

export function addDraftCommand(agreement: Command, context: CommandContext): void {
  agreement
    .command("draft")
    .description("write what was signed; it counts once a DPO approves it")
    .requiredOption("--app <name>", "the application")
    .requiredOption("--purpose <name>", "a purpose listed in gateway.yaml")
    .requiredOption(
      "--basis <basis>",
      "the town's basis for sharing: consent, public-task, legal-obligation, vital-interest, contract, open",
    )
    .requiredOption("--recipient-name <text>", "who gets the data")
    .requiredOption("--recipient-contact <address>", "whom to write to")
    .requiredOption("--recipient-role <role>", "controller, joint-controller or processor")
    .requiredOption("--recipient-basis <text>", "the recipient's own basis, such as its contract with the person")
    .requiredOption("--from <day>", "first day, such as 2026-09-01")
    .requiredOption("--until <day>", "last day, included")
    .option("--fields <list>", "fields, separated by commas: Type.field, Type.* or @group")
    .option("--fields-file <path>", "a file with one of them per line; # begins a comment")
    .option("--volume <number>", "declared requests a day", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--retention <duration>", "how long the recipient keeps the data, such as P1Y")
    .addOption(new Option("--refusal <kind>", "what a refused field does").choices(["null", "reject"]).default("null"))
    .option(
      "--note <text>",
      "on the basis; needed for consent (why people are free to refuse) and for special categories (art. 9 condition, reference of the DPIA)",
    )
    .addOption(
      new Option(
        "--asked <way>",
        "people decide on each group apart, or on the whole; as before, and at first groups for consent, else whole",
      ).choices(waysOfAsking),
    )
    .option("--information-society", "offered online to people directly: from 15 a child consents alone")
    .option("--hidden-by-law <ground>", "people are not told who reads: the legal ground (RGPD art. 23)")
    .requiredOption("--by <email>", "who drafts")
    .option(...tenantOption)
    .addHelpText("after", examples)
    .action((options: DraftOptions) => inTown(context, options.tenant, (session) => draft(session, options)));
}

const examples = `
Examples:
  $ npx passerelle agreement draft --app cantine-plus --purpose school-meals --basis public-task \\
      --recipient-name "Cantine Plus SAS" --recipient-contact dpo@cantine-plus.example \\
      --recipient-role processor --recipient-basis "contract with the town" \\
      --from 2026-09-01 --until 2027-08-31 --fields "Resident.number,Resident.household,@contact" \\
      --by informatique@rivemont.example
  $ npx passerelle agreement draft --app repas-malin --purpose meal-advice --basis consent \\
      --note "Free advice; the canteen serves everybody alike" --asked groups \\
      --recipient-name "Repas Malin" --recipient-contact dpo@repas-malin.example \\
      --recipient-role controller --recipient-basis "contract with the family" \\
      --from 2026-09-01 --until 2027-08-31 --fields "CanteenAccount.balance,CanteenAccount.resident,@contact" \\
      --by informatique@rivemont.example

Fields are resolved when it is drafted: what a group or Type.* gains later is not in the agreement.`;

async function draft(session: Session, options: DraftOptions): Promise<void> {
  const { terminal, town, tenant } = session;
  const fields = await readFields(session, options);
  await session.record("agreement draft", { agreement: asName(`${options.app}/${options.purpose}`) });
  const catalogue = await currentCatalogue(session);
  const { volume, note, retention, refusal, recipientName, recipientContact, recipientRole, recipientBasis } = options;
  const recipient = { name: recipientName, contact: recipientContact, role: recipientRole, basis: recipientBasis };
  const { app: application, purpose, basis, from, until, by, asked, informationSociety, hiddenByLaw } = options;
  const agreement = await town.registry.draftAgreement(
    {
      ...{ tenant: tenant.name, application, purpose, fields, basis, basisNote: note, recipient, from, until },
      ...{ volumePerDay: volume, retention, refusal, draftedBy: by, asked, informationSociety, hidden: hiddenByLaw },
    },
    catalogue,
  );
  const version = agreement.versions.at(-1);
  if (version === undefined) throw new Error("the draft was not stored");
  terminal.out(
    `Version ${version.number} of ${agreement.ref} is drafted, with ${version.snapshot.fields.length} fields:`,
  );
  for (const field of version.snapshot.fields) terminal.out(`  ${field}`);
  for (const line of peopleLines(version.snapshot)) terminal.out(line);
  const dpo = tenant.people.find(
    ({ roles, email }) => roles.includes("dpo") && email.toLowerCase() !== by.toLowerCase(),
  );
  terminal.out("Nothing changes until a DPO approves it, another person than who drafted it:");
  terminal.out(`  npx passerelle agreement approve ${agreement.ref} --by ${dpo?.email ?? "EMAIL-OF-A-DPO"}`);
  if (dpo === undefined) terminal.out("No other person is listed as dpo: add one to gateway.yaml.", "yellow");
}

async function readFields({ context }: Session, { fields, fieldsFile }: DraftOptions): Promise<string[]> {
  const given = (fields ?? "").split(",");
  const ofFile = fieldsFile === undefined ? [] : await linesOf(resolve(context.folder, fieldsFile));
  // None at all is told by the registry, with whatever else is wrong.
  return [...given, ...ofFile].map((field) => field.trim()).filter((field) => field !== "");
}

async function linesOf(path: string): Promise<string[]> {
  try {
    return (await readFile(path, "utf8")).split("\n").map((line) => line.replace(/#.*$/, ""));
  } catch {
    throw refuse(`The file ${path} cannot be read: check the path after --fields-file.`);
  }
}
