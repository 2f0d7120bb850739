// `passerelle log retention`: how long the record is kept, what goes next, and the written policy.
import { Option, type Command } from "commander";
import {
  openRetention,
  retentionPolicy,
  staffEntry,
  type Retention,
  type RetentionDue,
  type RetentionState,
  type RetentionTerms,
} from "../accesslog/index.js";
import type { TenantSettings } from "../config.js";
import { couldNot, refuse } from "./failure.js";
import { localTime } from "./moments.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";

interface RetentionCommand extends TenantOption {
  readonly run?: true;
  readonly yes?: true;
  readonly policy?: "both" | "fr" | "en";
}

/** @param tenantOf an option before the word is read as one of `log` */
export function addRetentionCommand(
  log: Command,
  context: CommandContext,
  tenantOf: (own: TenantOption) => string | undefined,
): void {
  log
    .command("retention")
    .description("how long entries keep their content, what the next run removes, and the written policy")
    .addOption(new Option("--run", "remove now what is over, as the gateway does once a day").conflicts("policy"))
    .option("--yes", "with --run: do not ask")
    .addOption(
      new Option("--policy [language]", "print the written policy, in Markdown: fr, en, or both")
        .choices(["fr", "en", "both"])
        .preset("both"),
    )
    .option(...tenantOption)
    .addHelpText("after", help)
    .action((options: RetentionCommand) =>
      inTown(context, tenantOf(options), (session) =>
        options.policy === undefined ? retention(session, options) : Promise.resolve(policy(session, options.policy)),
      ),
    );
}

const help = `
Examples:
  $ npx passerelle log retention
  $ npx passerelle log retention --policy fr > conservation.md
  $ npx passerelle log retention --run

How long: gateway.yaml, retention: { accessLog: P12M } of the tenant (docs/retention.md).`;

function policy({ terminal, tenant }: Session, language: "both" | "fr" | "en"): void {
  const written = writtenPolicy(tenant);
  terminal.out(language === "both" ? `${written.fr}\n---\n\n${written.en}` : written[language]);
}

/** What the written policy is made of. */
export const retentionTerms = ({ displayName, contact, retention: kept }: TenantSettings): RetentionTerms => ({
  town: displayName,
  contact,
  months: kept.accessLogMonths,
  reason: kept.accessLogReason,
  consentProofYears: Number(/\d+/.exec(kept.consentProofs)?.[0] ?? 5),
});

const writtenPolicy = (tenant: TenantSettings): ReturnType<typeof retentionPolicy> =>
  retentionPolicy(retentionTerms(tenant));

async function retention(session: Session, { run, yes }: RetentionCommand): Promise<void> {
  const { town, tenant, log, terminal, context } = session;
  const opened = openRetention({ connectionString: town.store.addresses.keeper, now: context.now });
  const time = { months: tenant.retention.accessLogMonths, timeZone: tenant.timeZone };
  try {
    await session.record("log retention", run ? { run: "yes" } : {});
    const due = await opened.due(tenant.name, time);
    for (const line of lines(session, await log.retentionState(tenant.name), due)) terminal.out(line);
    if (run) await runNow(session, opened, due, yes === true);
  } finally {
    await opened.close();
  }
}

function lines({ tenant }: Session, state: RetentionState, { entries, beforeDay, hindrance }: RetentionDue): string[] {
  const at = (moment: string): string => localTime(moment, tenant.timeZone);
  const { oldest, removed, lastRun, nextRun } = state;
  return [
    `${tenant.displayName} keeps the content of access entries for ${String(tenant.retention.accessLogMonths)} months.`,
    oldest === null ? "No entry has its content now." : `The oldest entry with its content is of ${at(oldest)}.`,
    `${counted(removed)} lost their content at the end of that time. The last look was ${lastRun === null ? "never" : at(lastRun)}; the next comes ${nextRun === null ? "within a minute or two of the gateway's start" : `after ${at(nextRun)}`}.`,
    entries === 0
      ? `Nothing is over: what is from before ${beforeDay} is gone already, or there is none.`
      : `${counted(entries)} of days before ${beforeDay} ${entries === 1 ? "is" : "are"} over.`,
    ...(hindrance === null ? [] : [`By itself the gateway removes nothing now: ${hindrance}.`]),
  ];
}

const counted = (entries: number): string => `${String(entries)} ${entries === 1 ? "entry" : "entries"}`;

async function runNow(session: Session, retention: Retention, due: RetentionDue, yes: boolean): Promise<void> {
  const { context, terminal, tenant, log } = session;
  if (due.hindrance !== null && !due.confirmable) throw couldNot(`Nothing was removed: ${due.hindrance}.`);
  if (due.entries > 0 && !yes) await ask(session, due);
  const time = { months: tenant.retention.accessLogMonths, timeZone: tenant.timeZone };
  const { who, now } = context;
  const result = await retention.run({
    tenant: tenant.name,
    time,
    confirmed: true,
    record: (filters) =>
      log.append(staffEntry({ tenant: tenant.name, at: now(), who, command: "retention", filters, subjects: [] })),
  });
  if (result.outcome === "busy") throw couldNot("A gateway is removing entries just now. Repeat the command later.");
  if (result.outcome === "hindered") throw couldNot(`Nothing was removed: ${result.hindrance}.`);
  terminal.out(
    result.due.entries === 0
      ? "Nothing had to be removed."
      : `The content of ${counted(result.due.entries)} was removed. It is on record, and the proofs of the others hold: npx passerelle log verify`,
  );
}

async function ask({ context }: Session, { entries, beforeDay }: RetentionDue): Promise<void> {
  const question = `Remove the content of ${counted(entries)} of days before ${beforeDay} for good?`;
  if (context.confirm === undefined) throw refuse("Nobody is there to be asked: say it with --yes.");
  if (!(await context.confirm(question))) throw refuse("Nothing was removed.");
}
