// `passerelle consent guardians`: who decides for whom, where no dataset of the town says it.
import type { Command } from "commander";
import type { SubjectKey } from "../terms/index.js";
import { refuse } from "./failure.js";
import { findSubject } from "./find-subject.js";
import { localDay } from "./moments.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { personWithRole } from "./staff-role.js";
import type { Subject } from "./subject.js";
import { tableLines } from "./table.js";
import { shortToken } from "./consent-words.js";
import { subjectTokens } from "../identity/index.js";

interface PairOptions extends TenantOption {
  readonly guardian: string;
  readonly ward: string;
  readonly by: string;
}
interface AddOptions extends PairOptions {
  readonly from?: string;
  readonly until: string;
  readonly wardBorn?: string;
}
interface EndOptions extends PairOptions {
  readonly mistaken?: true;
}

const deciders = ["steward", "dpo"] as const;

export function addConsentGuardians(consent: Command, context: CommandContext): void {
  const guardians = consent.command("guardians").description("who decides for whom: add, end, list");
  guardians
    .command("add")
    .description("as steward or DPO: record that somebody is guardian of a child (or of an adult under protection)")
    .requiredOption("--guardian <scheme:key>", "who decides, such as resident:123")
    .requiredOption("--ward <scheme:key>", "for whom")
    .option(
      "--ward-born <day>",
      "the ward's date of birth: it ends with the 18th birthday. Only the days they turn 15 and 18 are kept",
    )
    .option("--from <day>", "the first day; today unless given")
    .requiredOption("--until <day>", "the last day")
    .requiredOption("--by <email>", "who records it: a person with the role steward or dpo in gateway.yaml")
    .option(...tenantOption)
    .addHelpText("after", addExample)
    .action((options: AddOptions) => inTown(context, options.tenant, (session) => add(session, options)));
  guardians
    .command("end")
    .description("as steward or DPO: from now on the guardian's decisions for the ward count no more")
    .requiredOption("--guardian <scheme:key>", "who decided")
    .requiredOption("--ward <scheme:key>", "for whom")
    .option("--mistaken", "it never was so: nothing is concluded from it about the ward's age either")
    .requiredOption("--by <email>", "who ends it: a person with the role steward or dpo in gateway.yaml")
    .option(...tenantOption)
    .addHelpText("after", endExample)
    .action((options: EndOptions) => inTown(context, options.tenant, (session) => end(session, options)));
  guardians
    .command("list <person>")
    .description("a person's guardians and wards today, the person as SCHEME:KEY")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle consent guardians list resident:123")
    .action((person: string, options: TenantOption) =>
      inTown(context, options.tenant, (session) => list(session, person)),
    );
}

const addExample = `
Example:
  $ npx passerelle consent guardians add --guardian resident:123 --ward resident:456 --ward-born 2015-04-09 \\
      --until 2033-04-08 --by accueil@rivemont.example`;
const endExample = `
Example:
  $ npx passerelle consent guardians end --guardian resident:123 --ward resident:456 --by accueil@rivemont.example`;

/** Of several types that a key may have, the first: a scheme has one type, where a map of the data is in force. */
const keyOf = ({ scheme, keys }: Subject): SubjectKey => {
  const [key] = keys;
  if (key === undefined) throw new Error("a subject has a key");
  return { scheme, key };
};

async function pairOf(
  session: Session,
  command: string,
  options: PairOptions,
): Promise<{ readonly guardian: SubjectKey; readonly ward: SubjectKey; readonly by: string }> {
  const by = personWithRole(session, options.by, deciders, "--by");
  const guardian = await findSubject(session, options.guardian, "--guardian");
  const ward = await findSubject(session, options.ward, "--ward");
  const kept = [guardian, ward].map(({ scheme, token }) => ({ scheme, token }));
  await session.record(command, {}, kept);
  return { guardian: keyOf(guardian), ward: keyOf(ward), by };
}

async function add(session: Session, options: AddOptions): Promise<void> {
  const { terminal, town, tenant, context } = session;
  const { guardian, ward, by } = await pairOf(session, "consent guardians add", options);
  if (guardian.scheme === ward.scheme && guardian.key === ward.key) throw refuse("Nobody is their own guardian.");
  const { until, wardBorn } = options;
  const from = options.from ?? localDay(context.now(), tenant.timeZone);
  await town.consents.addGuardianship({
    tenant: tenant.name,
    guardian,
    ward,
    from,
    until,
    source: "record",
    by,
    ...(wardBorn !== undefined && { wardBorn }),
  });
  terminal.out(
    `Recorded, from ${from} to ${until}${wardBorn === undefined ? "" : ", or to the 18th birthday if that comes first"}.`,
  );
  terminal.out("It counts at the next request. A refusal of any guardian weighs more than another's consent.", "dim");
}

async function end(session: Session, options: EndOptions): Promise<void> {
  const { guardian, ward, by } = await pairOf(session, "consent guardians end", options);
  const { town, tenant, terminal } = session;
  await town.consents.endGuardianship({ tenant: tenant.name, guardian, ward, by, mistaken: options.mistaken === true });
  terminal.out("Ended: from the next request on, what this guardian consented to for the ward counts no more.");
  terminal.out("Objections stand until somebody who decides for the ward withdraws them.", "dim");
}

async function list(session: Session, person: string): Promise<void> {
  const { terminal, town, tenant } = session;
  const subject = await findSubject(session, person, "The person");
  await session.record("consent guardians list", { subject: subject.scheme }, [
    { scheme: subject.scheme, token: subject.token },
  ]);
  const rows: string[][] = [];
  for (const key of subject.keys) {
    const guardians = await town.consents.guardiansOf(tenant.name, subject.scheme, key);
    const wards = await town.consents.wardsOf(tenant.name, subject.scheme, key);
    for (const [what, kin] of [["guardian", guardians] as const, ["ward", wards] as const])
      for (const one of kin) {
        const [token = ""] = subjectTokens(town.derived, tenant.name, one.scheme, [one.key]);
        rows.push([what, shortToken(one.scheme, token), one.from, one.until, one.source]);
      }
  }
  if (rows.length === 0) {
    terminal.out("Nobody is recorded as this person's guardian or ward today.");
    return;
  }
  const columns = ["is their", "person", "from", "until", "known from"].map((title) => ({ title }));
  tableLines(columns, rows).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
}
