// `passerelle policy shadow` and `policy apply --shadow`: a version beside the one in force, and what it would change.
import type { Command } from "commander";
import { loadPolicyVersion, versionId, type DifferenceKind } from "../policy/index.js";
import { formatFault, type PolicyVersionId } from "../terms/index.js";
import { couldNot, exitCodes, CommandFailure, refuse } from "./failure.js";
import { localTime, parseMoment } from "./moments.js";
import { tenantOption, type TenantOption } from "./options.js";
import { colourOf, countOf } from "./policy-faults.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { tableLines } from "./table.js";
import { checkTownFiles, noneInForce } from "./versions.js";

export function addPolicyShadow(policy: Command, context: CommandContext): void {
  policy
    .command("shadow")
    .description("what the version set by `policy apply --shadow` would have decided otherwise on live requests")
    .option("--since <moment>", "2h, 7d, 2026-11-01 or 2026-11-01T08:30; whole hours are counted")
    .option("--json", "one JSON object")
    .option("--stop", "end it: no version is looked at beside the one in force any more")
    .option("-m, --message <why>", "with --stop: why", "stopped")
    .option(...tenantOption)
    .addHelpText(
      "after",
      '\nExamples:\n  $ npx passerelle policy apply --shadow -m "birth year for Cantine Plus?"\n' +
        "  $ npx passerelle policy shadow --since 2d\n  $ npx passerelle policy shadow --stop",
    )
    .action((options: ShadowOptions) =>
      inTown(context, options.tenant, (session) =>
        options.stop === true ? stop(session, options) : shadow(session, options),
      ),
    );
}

interface ShadowOptions extends TenantOption {
  readonly since?: string;
  readonly json?: true;
  readonly stop?: true;
  readonly message: string;
}

/** Like an applying, but without effect. A version that could not be applied is refused here too. */
export async function applyShadow(session: Session, message: string): Promise<void> {
  const { context, terminal, town, tenant } = session;
  if (message.trim() === "") throw new CommandFailure(exitCodes.refused, "Say why after -m: the report shows it.");
  await session.record("policy apply --shadow");
  const { content, faults } = await checkTownFiles(session);
  for (const fault of faults) terminal.err(formatFault(fault), colourOf(fault));
  if (content === null)
    throw new CommandFailure(exitCodes.refused, `${countOf(faults)}. No shadow was set; nothing changed.`);
  // As the gateway will load it: what it would not understand is refused here.
  loadPolicyVersion(content, new Set(tenant.sources.keys()));
  const id = versionId(content);
  const { policyVersion: inForce } = await town.policyStore.revision(tenant.name);
  if (inForce === null) throw noneInForce();
  if (inForce === id) {
    terminal.out(`These files are version ${id}, which is in force: as a shadow it would tell no difference.`);
    return;
  }
  if ((await town.shadowStore.now(tenant.name)) === id) {
    terminal.out(`version ${id} is the shadow already: the files say nothing new`);
    return;
  }
  await town.shadowStore.begin(content, context.who, message);
  if ((await town.shadowStore.now(tenant.name)) !== id)
    throw couldNot(
      `Version ${id} was set as shadow, but another change came after it. See: npx passerelle policy shadow`,
    );
  terminal.out(`version ${id} is looked at beside ${inForce.slice(0, 12)}, which stays in force`, "bold");
  terminal.out("No answer changes. What it would decide otherwise: npx passerelle policy shadow", "dim");
}

async function stop(session: Session, { message }: ShadowOptions): Promise<void> {
  const { context, terminal, town, tenant } = session;
  await session.record("policy shadow --stop");
  const stopped = await town.shadowStore.stop(tenant.name, context.who, message);
  terminal.out(
    stopped ? "The shadow is stopped. What it told can still be read." : "No shadow was set: nothing to stop.",
  );
}

async function shadow(session: Session, options: ShadowOptions): Promise<void> {
  const { context, terminal, town, tenant } = session;
  const since = sinceOf(options.since, context.now(), tenant.timeZone);
  await session.record("policy shadow", since === null ? {} : { since });
  const set = await town.shadowStore.last(tenant.name);
  if (set === null) {
    if (options.json === true) terminal.out(JSON.stringify({ shadow: null }));
    else terminal.out('No shadow was ever set. Set the files: npx passerelle policy apply --shadow -m "why"');
    return;
  }
  const revision = await town.policyStore.revision(tenant.name);
  const report = await town.shadowStore.report(tenant.name, set.version, since);
  const running = revision.shadow === set.version;
  const inForce = revision.policyVersion === set.version;
  if (options.json === true) {
    const { version, setAt, author, message } = set;
    const about = { version, setAt: setAt.toISOString(), author, message, running, inForce };
    terminal.out(JSON.stringify({ shadow: about, comparedWith: revision.policyVersion, since, ...report }));
    return;
  }
  const state = inForce ? "in force by now" : running ? "running" : "stopped";
  terminal.out(`Shadow version ${set.version} of ${tenant.displayName}, ${state}`, "bold");
  terminal.out(`Set ${localTime(set.setAt, tenant.timeZone)} (${tenant.timeZone}) by ${set.author}: ${set.message}`);
  tell(session, report, revision.policyVersion);
}

type Report = Awaited<ReturnType<Session["town"]["shadowStore"]["report"]>>;

function tell({ terminal, tenant }: Session, { looked, differences }: Report, inForce: PolicyVersionId | null): void {
  const sum = (figure: "looked" | "differing" | "skipped" | "failed"): number =>
    looked.reduce((total, row) => total + row[figure], 0);
  terminal.out(
    `${sum("looked")} requests looked at, ${sum("differing")} would have been decided otherwise` +
      `; ${sum("skipped")} not looked at for lack of time, ${sum("failed")} where it failed.`,
  );
  if (differences.length === 0) {
    terminal.out(
      sum("looked") === 0
        ? "Nothing was looked at yet: counts come some seconds after the requests."
        : sum("differing") > 0
          ? "Which fields is not known: more differences came than are kept."
          : "No request would have been decided otherwise.",
    );
    return;
  }
  const rows = differences.map(
    ({ agreement, coordinate, kind, before, after, rule, requests, firstSeen, lastSeen, ...d }) => [
      agreement,
      kindWords[kind],
      coordinate,
      `${before} → ${after}`,
      String(requests),
      localTime(firstSeen, tenant.timeZone),
      localTime(lastSeen, tenant.timeZone),
      `${rule ?? "no line"}${d.inForce === inForce ? "" : ` (against ${d.inForce.slice(0, 12)})`}`,
    ],
  );
  const titles = ["agreement", "would", "field", "rows and mask", "requests", "first", "last", "by"];
  const columns = titles.map((title) => (title === "requests" ? { title, align: "right" as const } : { title }));
  tableLines(columns, rows).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
  terminal.out(`Times in ${tenant.timeZone}. To put the files in force: npx passerelle policy apply -m "why"`, "dim");
}

const kindWords = {
  gained: "gain",
  lost: "lose",
  mask: "change mask of",
  "filter-gained": "filter or sort by",
  "filter-lost": "be refused for filtering by",
  valid: "be able to ask for",
  invalid: "be invalid by",
} as const satisfies Record<DifferenceKind, string>;

function sinceOf(text: string | undefined, now: Date, timeZone: string): string | null {
  if (text === undefined) return null;
  const moment = parseMoment(text, { now, timeZone, edge: "start" });
  if (moment === null) throw refuse(`--since takes 2h, 7d, 2026-11-01 or 2026-11-01T08:30, not "${text}".`);
  return moment;
}
