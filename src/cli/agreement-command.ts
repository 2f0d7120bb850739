// `passerelle agreement`: what was signed, drafted by staff and decided by the DPO.
import { Option, type Command } from "commander";
import type { Catalogue } from "../catalogue/index.js";
import { PolicyNotUnderstood } from "../policy/index.js";
import { asName, tenantOption, type TenantOption, wholeNumber } from "./options.js";
import { agreementStory, standingWords, stateWords } from "./agreement-words.js";
import { peopleInShort, shownToPeople } from "./agreement-people.js";
import { addDraftCommand } from "./agreement-draft.js";
import { refuse } from "./failure.js";
import { RegistryError, type AgreementView, type Decision } from "../identity/index.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { TownRefused } from "./open-town.js";
import { tableLines } from "./table.js";
import { currentCatalogue } from "./versions.js";

export function addAgreementCommand(program: Command, context: CommandContext): void {
  const agreement = program
    .command("agreement")
    .description("agreements: draft, list, show, approve, reject, suspend, resume");
  addDraftCommand(agreement, context);
  addReading(agreement, context);
  addDecisions(agreement, context);
  addSuspension(agreement, context);
}

interface ShowOptions extends TenantOption {
  readonly version?: number;
}

/** `--version` belongs to the agreement here, not to the program. */
const versionOption = (what: string): Option =>
  new Option("--version <number>", what).argParser(wholeNumber(1, 1_000_000));

function addReading(agreement: Command, context: CommandContext): void {
  agreement
    .command("list")
    .description("all agreements and where they stand")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle agreement list")
    .action((options: TenantOption) => inTown(context, options.tenant, list));
  agreement
    .command("show <ref>")
    .description("one agreement as signed; the approved version unless another is named")
    .addOption(versionOption("another version"))
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle agreement show cantine-plus/school-meals --version 1")
    .action((ref: string, options: ShowOptions) =>
      inTown(context, options.tenant, (session) => show(session, ref, options.version)),
    );
}

async function list(session: Session): Promise<void> {
  const { terminal, town, tenant } = session;
  await session.record("agreement list");
  const all = await town.registry.listAgreements(tenant.name);
  if (all.length === 0) {
    terminal.out("No agreement yet. Draft one with: npx passerelle agreement draft --help");
    return;
  }
  const rows = all.map((one) => {
    const snapshot = (one.approved ?? one.versions.at(-1))?.snapshot;
    const number = one.approved === null ? "-" : String(one.approved.number);
    const people = snapshot === undefined ? "-" : peopleInShort(snapshot);
    return [one.ref, number, String(snapshot?.fields.length ?? 0), people, standingWords(one)];
  });
  const columns = [
    { title: "agreement" },
    { title: "version", align: "right" as const },
    { title: "fields", align: "right" as const },
    { title: "people" },
    { title: "stands" },
  ];
  tableLines(columns, rows).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
}

async function show(session: Session, ref: string, number: number | undefined): Promise<void> {
  const { terminal, town, tenant } = session;
  await session.record("agreement show", { agreement: asName(ref) });
  const found = await town.registry.showAgreement(tenant.name, ref);
  const version =
    number === undefined
      ? (found.approved ?? found.versions.at(-1))
      : found.versions.find((one) => one.number === number);
  if (version === undefined)
    throw refuse(`${found.ref} has no version ${number ?? 1}; its newest is ${found.versions.at(-1)?.number ?? 0}.`);
  for (const line of agreementStory(found, version, tenant.timeZone)) terminal.out(line);
  const seen = shownToPeople(
    version.snapshot,
    tenant.purposes.get(version.snapshot.purpose) ?? null,
    await map(session),
  );
  if (seen.length > 0) terminal.out("What people read before they decide, in French or English:", "bold");
  for (const line of seen) terminal.out(`  ${line}`);
  const others = found.versions.filter((one) => one !== version);
  for (const one of others) terminal.out(`Version ${one.number}: ${stateWords(one, tenant.timeZone)}`, "dim");
}

/** An agreement can be read whatever state the map of the data is in. */
async function map(session: Session): Promise<Catalogue | null> {
  try {
    return await currentCatalogue(session);
  } catch (error) {
    if (error instanceof TownRefused || error instanceof PolicyNotUnderstood) return null;
    throw error;
  }
}

interface DecideOptions extends TenantOption {
  readonly by: string;
  readonly version?: number;
  readonly note?: string;
}

function addDecisions(agreement: Command, context: CommandContext): void {
  for (const verb of ["approve", "reject"] as const) {
    agreement
      .command(`${verb} <ref>`)
      .description(verb === "approve" ? "as DPO: put a draft in force" : "as DPO: turn a draft down")
      .requiredOption("--by <email>", "who decides: a person with the role dpo in gateway.yaml")
      .addOption(versionOption("the draft; the newest unless named"))
      .option("--note <text>", "what to remember of the decision")
      .option(...tenantOption)
      .addHelpText(
        "after",
        `\nExample:\n  $ npx passerelle agreement ${verb} cantine-plus/school-meals --by dpo@rivemont.example`,
      )
      .action((ref: string, options: DecideOptions) =>
        inTown(context, options.tenant, (session) => decide(session, verb, ref, options)),
      );
  }
}

async function decide(
  session: Session,
  verb: "approve" | "reject",
  ref: string,
  options: DecideOptions,
): Promise<void> {
  const { terminal, town, tenant } = session;
  const { by, version, note } = options;
  await session.record(`agreement ${verb}`, { agreement: asName(ref) });
  const decision: Decision = { by, version, note };
  try {
    if (verb === "reject") {
      await town.registry.rejectAgreement(tenant.name, ref, decision);
      terminal.out(`The draft of ${ref} is rejected. What was in force before stays in force.`);
      return;
    }
    const agreement = await town.registry.approveAgreement(tenant.name, ref, decision);
    await tellApproved(session, agreement);
  } catch (error) {
    if (error instanceof RegistryError && error.code === "not-a-dpo")
      throw refuse(`${error.message} ${listedDpos(session)}`);
    throw error;
  }
}

function listedDpos({ tenant }: Session): string {
  const dpos = tenant.people.filter(({ roles }) => roles.includes("dpo")).map(({ email }) => email);
  return dpos.length === 0 ? "Nobody is listed as dpo: add one to gateway.yaml." : `Listed as dpo: ${dpos.join(", ")}.`;
}

async function tellApproved({ terminal, town, tenant }: Session, agreement: AgreementView): Promise<void> {
  terminal.out(
    `Version ${agreement.approved?.number ?? ""} of ${agreement.ref} is approved: ${standingWords(agreement)}.`,
  );
  terminal.out("It counts at the next request. What it lists still needs a rule under policies/ that opens it.", "dim");
  const keys = await town.registry.listKeys(tenant.name, agreement.ref);
  if (keys.every(({ revokedAt }) => revokedAt !== null))
    terminal.out(`It has no valid key yet. Make one with: npx passerelle key create ${agreement.ref}`, "dim");
}

interface SuspendOptions extends TenantOption {
  readonly reason: string;
}

function addSuspension(agreement: Command, context: CommandContext): void {
  agreement
    .command("suspend <ref>")
    .description("answer nothing more under an agreement, until it is resumed")
    .requiredOption("--reason <text>", "why")
    .option(...tenantOption)
    .addHelpText(
      "after",
      '\nExample:\n  $ npx passerelle agreement suspend cantine-plus/school-meals --reason "leak reported"',
    )
    .action((ref: string, { tenant, reason }: SuspendOptions) =>
      inTown(context, tenant, async (session) => {
        await session.record("agreement suspend", { agreement: asName(ref) });
        const { ref: found } = await session.town.registry.suspendAgreement(session.tenant.name, ref, reason);
        session.terminal.out(`${found} is suspended: from the next request on nothing is answered under it.`);
        session.terminal.out(`To take it up again: npx passerelle agreement resume ${found}`, "dim");
      }),
    );
  agreement
    .command("resume <ref>")
    .description("take up a suspended agreement again")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle agreement resume cantine-plus/school-meals")
    .action((ref: string, { tenant }: TenantOption) =>
      inTown(context, tenant, async (session) => {
        await session.record("agreement resume", { agreement: asName(ref) });
        const found = await session.town.registry.resumeAgreement(session.tenant.name, ref);
        session.terminal.out(`${found.ref} is resumed: ${standingWords(found)}. It counts at the next request.`);
      }),
    );
}
