// `passerelle consent list`: decisions, the newest first.
import { Option, type Command } from "commander";
import type { ConsentEvent, EventFilter } from "../consent/index.js";
import { recordSources } from "./consent-sources.js";
import { decisions, eventLines } from "./consent-words.js";
import { refuse } from "./failure.js";
import { findSubject, unknownScheme } from "./find-subject.js";
import { parseMoment } from "./moments.js";
import { asName, tenantOption, type TenantOption, wholeNumber } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import type { Subject } from "./subject.js";

interface ListOptions extends TenantOption {
  readonly agreement?: string;
  readonly decision?: ConsentEvent["decision"];
  readonly since?: string;
  readonly subject?: string;
  readonly limit: number;
  readonly after?: string;
  readonly json?: true;
}

export function addConsentList(consent: Command, context: CommandContext): void {
  consent
    .command("list")
    .description("decisions, the newest first; people stand there by what stands for them, never by a key")
    .option("--agreement <ref>", "under one agreement, as application/purpose")
    .addOption(new Option("--decision <kind>", "of one kind").choices(decisions))
    .option("--since <when>", "2h or 7d (ago), a day, or 2026-11-01T08:30 (the town's time)")
    .option("--subject <scheme:key>", "of one person, such as resident:123")
    .option("--limit <number>", "at most, up to 1000", wholeNumber(1, 1_000), 50)
    .option("--after <id>", "older than this one: the next page")
    .option("--json", "one JSON object per line, complete")
    .option(...tenantOption)
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx passerelle consent list --agreement cantine-plus/school-meals --since 7d\n" +
        "  $ npx passerelle consent list --subject resident:123",
    )
    .action((options: ListOptions) => inTown(context, options.tenant, (session) => list(session, options)));
}

async function list(session: Session, options: ListOptions): Promise<void> {
  const { terminal, tenant, context } = session;
  const since = sinceOf(options.since, tenant.timeZone, context.now());
  const subject = options.subject === undefined ? null : await findSubject(session, options.subject);
  const { agreement, decision } = options;
  const filters = { agreement: agreement && asName(agreement), decision, since, subject: subject?.scheme };
  await session.record(
    "consent list",
    Object.fromEntries(
      Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    subject === null ? [] : [{ scheme: subject.scheme, token: subject.token }],
  );
  const found = await find(session, options, since, subject);
  const events = found.slice(0, options.limit);
  const { refOf } = await recordSources(session);
  if (options.json === true) for (const event of events) terminal.out(JSON.stringify({ ...event, ref: refOf(event) }));
  else if (events.length > 0)
    eventLines(events, refOf, tenant.timeZone).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
  const told = options.json === true ? terminal.err : terminal.out;
  if (subject?.unknown) told(unknownScheme(subject), "yellow");
  const more = found.length > options.limit ? ` There are more: repeat it with --after ${events.at(-1)?.id ?? ""}` : "";
  told(events.length === 0 ? "No decision like that is on record." : `${counted(events.length)}.${more}`, "dim");
}

const counted = (number: number): string => `${String(number)} ${number === 1 ? "decision" : "decisions"}`;

function sinceOf(text: string | undefined, timeZone: string, now: Date): string | undefined {
  if (text === undefined) return undefined;
  const since = parseMoment(text, { now, timeZone, edge: "start" });
  if (since === null)
    throw refuse("--since takes 30m, 2h, 7d or 4w (ago), a day such as 2026-11-01, or 2026-11-01T08:30.");
  return since;
}

/** One more than asked for, where there is one. */
async function find(
  session: Session,
  { agreement, decision, limit, after }: ListOptions,
  since: string | undefined,
  subject: Subject | null,
): Promise<ConsentEvent[]> {
  const { town, tenant } = session;
  const id = agreement === undefined ? undefined : (await town.registry.showAgreement(tenant.name, agreement)).id;
  if (subject !== null) {
    const events = await eventsOf(session, subject);
    const fitting = events.filter(
      (event) =>
        (id === undefined || event.agreement === id) &&
        (decision === undefined || event.decision === decision) &&
        (since === undefined || event.at.toISOString() >= since),
    );
    const newest = fitting.toReversed();
    return newest.slice(newest.findIndex((event) => event.id === after) + 1);
  }
  const filter: EventFilter = {
    ...(id !== undefined && { agreement: id }),
    ...(decision !== undefined && { decisions: [decision] }),
    ...(since !== undefined && { from: new Date(since) }),
    ...(after !== undefined && { after }),
  };
  const events = await town.consents.list(tenant.name, { ...filter, limit });
  const last = events.at(-1);
  if (events.length < limit || last === undefined) return events;
  return [...events, ...(await town.consents.list(tenant.name, { ...filter, after: last.id, limit: 1 }))];
}

/** Of one person, the oldest first, under every type that the key may have. */
export async function eventsOf({ town, tenant }: Session, subject: Subject): Promise<ConsentEvent[]> {
  const lists = [];
  for (const key of subject.keys) lists.push(await town.consents.eventsOf(tenant.name, subject.scheme, key));
  return lists.flat();
}
