// `passerelle subject export`: what our own tables hold on one person (RGPD art. 15, 20), to be given to them.
import type { Command } from "commander";
import { decisionRecord, signReceipt, type ConsentEvent } from "../consent/index.js";
import type { StoredEntry } from "../accesslog/index.js";
import { receiptKeys } from "../identity/index.js";
import { recordSources } from "./consent-sources.js";
import { deciderWords } from "./consent-words.js";
import { findSubject, unknownScheme } from "./find-subject.js";
import { localTime } from "./moments.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { entriesAbout, holdingsOf, type Holdings } from "./subject-holdings.js";

interface ExportOptions extends TenantOption {
  readonly json?: true;
}

export function addSubjectExport(subject: Command, context: CommandContext): void {
  subject
    .command("export <person>")
    .description("what our own tables hold on one person, given as SCHEME:KEY, to be handed to them (RGPD art. 15, 20)")
    .option("--json", "for another program to read, with the signed receipts")
    .option(...tenantOption)
    .addHelpText(
      "after",
      "\nExample:\n  $ npx passerelle subject export resident:123 --json > person.json\n\n" +
        "What the town's services hold on the person is theirs to give: it is not kept here.",
    )
    .action((person: string, options: ExportOptions) =>
      inTown(context, options.tenant, (session) => exportPerson(session, person, options.json === true)),
    );
}

async function exportPerson(session: Session, person: string, json: boolean): Promise<void> {
  const { terminal } = session;
  const subject = await findSubject(session, person, "The person");
  await session.record("subject export", { subject: subject.scheme }, [
    { scheme: subject.scheme, token: subject.token },
  ]);
  const held = await holdingsOf(session, subject);
  const [reads, hidden] = await readsOf(session, subject, held);
  const decisions = await decisionsOf(session, held);
  if (subject.unknown) terminal.err(unknownScheme(subject), "yellow");
  if (json) terminal.out(JSON.stringify(asJson(held, decisions, reads), null, 2));
  else for (const line of asText(session, held, decisions, reads)) terminal.out(line);
  if (hidden > 0)
    terminal.err(
      `${String(hidden)} entries are left out: their agreements are hidden by law (RGPD art. 23). npx passerelle log --subject shows them to you.`,
      "yellow",
    );
}

/** One reading, without who of the staff it was: the person is entitled to recipients, not to employees (CJEU C-579/21). */
interface Read {
  readonly at: string;
  readonly by: string;
  readonly purpose: string | null;
  readonly agreement: string | null;
  readonly basis: string | null;
  readonly fields: readonly string[];
}

async function readsOf(
  session: Session,
  subject: Parameters<typeof entriesAbout>[1],
  held: Holdings,
): Promise<readonly [readonly Read[], number]> {
  const hiddenRefs = new Set<string | null>(
    [...held.agreements.values()]
      .filter(({ versions }) => versions.some(({ snapshot }) => snapshot.hidden !== null))
      .map(({ ref }) => ref),
  );
  const reads: Read[] = [];
  let hidden = 0;
  for await (const { body } of entriesAbout(session, subject)) {
    if (body.agreement !== null && hiddenRefs.has(body.agreement)) hidden += 1;
    else reads.push(readOf(body));
  }
  return [reads, hidden];
}

const readOf = (body: StoredEntry["body"]): Read => ({
  at: body.at,
  by: body.staff === null ? (body.application ?? "somebody without a key") : `the town's staff (${body.staff.command})`,
  purpose: body.purpose,
  agreement: body.agreement,
  basis: body.basis,
  fields: body.fields.map(({ coordinate }) => coordinate),
});

interface ExportedDecision {
  readonly event: ConsentEvent;
  readonly ref: string;
  readonly record: unknown;
  readonly receipt: string | null;
}

async function decisionsOf(session: Session, { events }: Holdings): Promise<ExportedDecision[]> {
  const { town, tenant, context } = session;
  const sources = await recordSources(session);
  const [key] = receiptKeys(town.secrets, tenant.name);
  const found: ExportedDecision[] = [];
  for (const event of events) {
    const source = await sources.sourceOf(event);
    const record = source === null ? null : decisionRecord(event, source, sources.today);
    const receipt = record === null || key === undefined ? null : await signReceipt(record, tenant, key, context.now());
    found.push({ event, ref: sources.refOf(event), record, receipt });
  }
  return found;
}

function asJson(held: Holdings, decisions: readonly ExportedDecision[], reads: readonly Read[]): unknown {
  const ref = (agreement: string): string => held.agreements.get(agreement)?.ref ?? agreement;
  return {
    decisions: decisions.map(({ event, ref: agreement, record, receipt }) => ({
      ...{ id: event.id, agreement, at: event.at, decision: event.decision, units: event.units, reason: event.reason },
      ...{ evidence: event.elsewhere?.evidence ?? null, record, receipt },
    })),
    holdsToday: held.current.map(({ agreement, terms, fields, until }) => ({
      agreement: ref(agreement),
      state: terms === null ? "shut by objection" : "open by consent",
      fields,
      until,
    })),
    guardianships: held.guardianships.map(({ as, from, until, source }) => ({ as, from, until, knownFrom: source })),
    decidedForOthers: held.traces.asGuardian,
    sessions: held.traces.sessions,
    messagesToApplications: held.traces.notices.map((notice) => ({ ...notice, agreement: ref(notice.agreement) })),
    reads,
  };
}

/** Without the name of a member of staff. */
function deciderOf(event: ConsentEvent): string {
  if (event.by.kind !== "staff") return deciderWords(event);
  return event.shown === null ? "the town" : "the person, recorded by the town's staff";
}

function asText(
  { tenant }: Session,
  held: Holdings,
  decisions: readonly ExportedDecision[],
  reads: readonly Read[],
): string[] {
  const time = (at: string | Date): string => localTime(at, tenant.timeZone).slice(0, 16);
  const { guardianships, traces, agreements } = held;
  const section = (title: string, lines: readonly string[]): string[] => [
    `${title}: ${lines.length === 0 ? "none" : String(lines.length)}`,
    ...lines.map((line) => `  ${line}`),
  ];
  return [
    ...section(
      "Decisions",
      decisions.map(
        ({ event, ref }) =>
          `${time(event.at)}  ${event.decision} on ${event.units.join(", ")} of ${ref}, by ${deciderOf(event)}` +
          (event.reason === null ? "" : ` — “${event.reason}”`),
      ),
    ),
    ...section(
      "Guardianships",
      guardianships.map(({ as, from, until }) =>
        until < from ? `as ${as}, ended on the day it began, ${from}` : `as ${as}, from ${from} to ${until}`,
      ),
    ),
    ...section(
      "Decisions made as guardian of another",
      traces.asGuardian.map(({ at, decision }) => `${time(at)}  ${decision}`),
    ),
    ...section(
      "Sessions of the citizen's pages",
      traces.sessions.map(({ createdAt, seenAt }) => `${time(createdAt)}, last seen ${time(seenAt)}`),
    ),
    ...section(
      "Messages that told applications to erase",
      traces.notices.map(
        ({ at, agreement, acknowledgedAt }) =>
          `${time(at)}  ${agreements.get(agreement)?.ref ?? agreement}, ${acknowledgedAt === null ? "not acknowledged yet" : `acknowledged ${time(acknowledgedAt)}`}`,
      ),
    ),
    ...section(
      "Readings of the person's data, and of what is kept here about them",
      reads.map(
        ({ at, by, purpose, fields }) =>
          `${time(at)}  ${by}${purpose === null ? "" : `, for ${purpose}`}${fields.length === 0 ? "" : `: ${fields.join(", ")}`}`,
      ),
    ),
  ];
}
