// `passerelle subject erase`: what of a person our own tables can let go (RGPD art. 17), and what stays until when.
import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { countPersonal, erasePersonal, logSize } from "../accesslog/index.js";
import {
  eraseConsents,
  eraseEndedGuardianships,
  eraseEvidence,
  eraseOwnWords,
  eraseTraces,
  noteClosed,
  termsOf,
} from "../consent/index.js";
import { couldNot, refuse } from "./failure.js";
import { findSubject, unknownScheme } from "./find-subject.js";
import { localDay } from "./moments.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { personWithRole } from "./staff-role.js";
import { proofLines } from "./subject-proofs.js";
import { holdingsOf, tokensOf, type Holdings } from "./subject-holdings.js";
import type { Subject } from "./subject.js";

interface EraseOptions extends TenantOption {
  readonly by: string;
  readonly early?: true;
  readonly and?: string;
  readonly reason?: string;
  readonly objectionsToo?: true;
}

export function addSubjectErase(subject: Command, context: CommandContext): void {
  subject
    .command("erase <person>")
    .description("as DPO: erase what of one person can go, and say what stays, why and until when (RGPD art. 17)")
    .requiredOption("--by <email>", "who decides: a person with the role dpo in gateway.yaml")
    .option(
      "--early",
      "also the proof of what they decided and their part of the access log, before their time is over",
    )
    .option("--and <email>", "with --early, who agrees: another person, with the role dpo or admin")
    .option("--reason <text>", "with --early, why; kept without the person")
    .option("--objections-too", "with --early, also objections that stand: the data may be read again from then on")
    .option(...tenantOption)
    .addHelpText("after", help)
    .action((person: string, options: EraseOptions) =>
      inTown(context, options.tenant, (session) => erase(session, person, options)),
    );
}

const help = `
Examples:
  $ npx passerelle subject erase resident:123 --by dpo@rivemont.example
  $ npx passerelle subject erase resident:123 --early --by dpo@rivemont.example \\
      --and informatique@rivemont.example --reason "order of the court of 3 November 2026"

What the town's services hold on the person is theirs to erase: it is not kept here.`;

async function erase(session: Session, person: string, options: EraseOptions): Promise<void> {
  const { terminal } = session;
  const by = personWithRole(session, options.by, ["dpo"], "--by");
  const early = options.early === true ? twoPeople(session, options, by) : null;
  const subject = await findSubject(session, person, "The person");
  if (early === null) {
    const whose = [{ scheme: subject.scheme, token: subject.token }];
    await session.record("subject erase", { subject: subject.scheme }, whose);
  }
  // Its own entry does not name the person: it would have to be erased with the others.
  else await session.record("subject erase", { subject: subject.scheme, early: "yes", erasure: early.id });
  if (subject.unknown) terminal.err(unknownScheme(subject), "yellow");
  const held = await holdingsOf(session, subject);
  for (const line of await eraseNow(session, subject, held)) terminal.out(line);
  for (const line of early === null
    ? await keptLines(session, subject, held)
    : await eraseEarly(session, subject, held, early, options.objectionsToo === true))
    terminal.out(line);
}

interface Early {
  readonly id: string;
  readonly askedBy: string;
  readonly agreedBy: string;
  readonly reason: string;
}

/** Four eyes: whoever could erase alone could erase what they did themselves. */
function twoPeople(session: Session, { and, reason }: EraseOptions, by: string): Early {
  if (and === undefined || reason === undefined || reason.trim() === "")
    throw refuse('--early takes two people and a reason: --by EMAIL --and EMAIL --reason "…".');
  const other = personWithRole(session, and, ["dpo", "admin"], "--and");
  if (other.toLowerCase() === by.toLowerCase()) throw refuse("--by and --and must be two different people.");
  return { id: randomUUID(), askedBy: by, agreedBy: other, reason: reason.trim().slice(0, 2_000) };
}

const counted = (number: number, one: string, many = `${one}s`): string =>
  `${String(number)} ${number === 1 ? one : many}`;

/** What has no reason to stay. */
async function eraseNow(session: Session, subject: Subject, { pending }: Holdings): Promise<string[]> {
  const { town, tenant, context } = session;
  const person = tokensOf(session, subject);
  const { keeper } = town.store;
  const words = await eraseOwnWords(keeper, person, pending);
  const evidence = await eraseEvidence(keeper, person);
  const traces = await eraseTraces(keeper, person);
  const today = localDay(context.now(), tenant.timeZone);
  const guardianships = await eraseEndedGuardianships(keeper, person, today);
  return [
    "Erased:",
    `  ${counted(words, "reason")} in the person's own words`,
    `  ${counted(evidence, "note")} on where the proof of an imported decision lies`,
    `  ${counted(traces.sessions, "session")} of the citizen's pages`,
    `  ${counted(guardianships, "guardianship")} that ended`,
    `  ${counted(traces.notices, "message")} to applications that they have acknowledged`,
  ];
}

async function keptLines(session: Session, subject: Subject, held: Holdings): Promise<string[]> {
  const { town, tenant } = session;
  const entries = await countPersonal(
    town.store.keeper,
    tenant.name,
    subject.scheme,
    tokensOf(session, subject).tokens,
  );
  const after = await holdingsOf(session, subject);
  const { pending } = held;
  const waiting = after.traces.notices.length;
  return [
    "Kept:",
    ...proofLines(session, after).map((line) => `  ${line}`),
    ...(pending.length > 0
      ? [
          `  ${counted(pending.length, "reason")} of objections that wait for your answer: settle them, then repeat this command`,
        ]
      : []),
    ...after.guardianships.map(({ as, until, eighteen }) =>
      as === "guardian"
        ? `  a guardianship of another person, to ${until}: it says who decides for them`
        : `  a guardianship over this person, to ${until}${eighteen === null ? "" : ` (18 on ${eighteen})`}: it says who decides`,
    ),
    ...(after.traces.asGuardian.length > 0
      ? [
          `  ${counted(after.traces.asGuardian.length, "decision")} made as guardian: they belong to the other person's record`,
        ]
      : []),
    ...(waiting > 0
      ? [`  ${counted(waiting, "message")} to applications, until they are acknowledged: repeat this command then`]
      : []),
    `  ${counted(entries, "entry", "entries")} of the access log that name the person by what stands for them: they prove what was read ` +
      "(art. 5(2), 17(3)(b)); this version of Passerelle removes none by itself",
    'To erase these too takes two people: --early --by EMAIL --and EMAIL --reason "…"',
  ];
}

async function eraseEarly(
  session: Session,
  subject: Subject,
  held: Holdings,
  early: Early,
  objectionsToo: boolean,
): Promise<string[]> {
  const { town, tenant, log, context } = session;
  const person = tokensOf(session, subject);
  const kept = objectionsToo ? [] : [...held.standing];
  const size = await logSize(town.store.keeper, tenant.name);
  if (!(await log.catchUp()))
    throw couldNot("The search index has not caught up with the access log. Nothing more was erased; try again.");
  const closed = openUnitsOf(held);
  const { events, entries } = await town.store.keeper.transaction(async (db) => {
    // First of all, in the very transaction: applications are told to erase what was open (RGPD art. 19).
    const at = context.now();
    for (const { agreement, units } of closed)
      await noteClosed(db, { tenant: tenant.name, agreement, scheme: subject.scheme, token: subject.token, units, at });
    await eraseOwnWords(db, person, []);
    const gone = await eraseConsents(db, person, { ...early, kept });
    return {
      events: gone,
      entries: (await erasePersonal(db, tenant.name, subject.scheme, person.tokens, size)).entries,
    };
  });
  const standing = held.current.filter(({ terms }) => terms === null).length;
  return [
    `Erased before their time, by ${early.askedBy} and ${early.agreedBy} (number ${early.id}):`,
    `  ${counted(events, "decision")}: no consent is on record, so nothing is open to an agreement on consent`,
    `  the personal part of ${counted(entries, "entry", "entries")} of the access log: the entries stay and prove as before; other people still find theirs, ` +
      "who read and an operation's name are gone from them",
    ...(closed.length > 0
      ? [`  ${counted(closed.length, "message")} to applications wait to be sent: they are told to erase what was open`]
      : []),
    ...(standing === 0
      ? []
      : objectionsToo
        ? [
            `  ${counted(standing, "objection")}: THE DATA MAY BE READ AGAIN under the agreements objected to, from the next request on`,
          ]
        : [
            `Kept: ${counted(standing, "objection")} that stand, by what stands for the person: without them the data would be read again.`,
            "  To erase them too, and have the data read again: --objections-too",
          ]),
    ...(held.traces.asGuardian.length > 0
      ? [
          `Kept: ${counted(held.traces.asGuardian.length, "decision")} made as guardian: they belong to the other person's record.`,
        ]
      : []),
    "A backup of the database made before holds it still, until the backup goes.",
  ];
}

/** What is open by consent today, by agreement and unit. */
function openUnitsOf({ current, agreements }: Holdings) {
  return current.flatMap(({ agreement, terms, fields }) => {
    const snapshot = agreements.get(agreement)?.approved?.snapshot;
    if (snapshot === undefined || terms === null || termsOf(snapshot) !== terms) return [];
    const open = new Set<string>(fields);
    const units = snapshot.units
      .filter((unit) => unit.fields.every((field) => open.has(field)))
      .map(({ name }) => name);
    return units.length === 0 ? [] : [{ agreement, units }];
  });
}
