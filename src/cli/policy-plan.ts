// `passerelle policy plan`: what the files would change, and whose real requests, before it counts.
import type { Command } from "commander";
import { schemaWords, type Decision } from "../policy/index.js";
import { refuse } from "./failure.js";
import { parseMoment } from "./moments.js";
import { tenantOption, type TenantOption } from "./options.js";
import { plannedFiles, type PolicyPlan } from "./policy-planned.js";
import { balance, changesSection, replaySection, tellLines } from "./policy-plan-lines.js";
import { replay, type Replay } from "./policy-replay.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { wordsOf, type AgreementChanges } from "./version-changes.js";

export function addPolicyPlan(policy: Command, context: CommandContext): void {
  policy
    .command("plan")
    .description("what the files of the town folder would change, and whose real requests of the last days")
    .option("--since <when>", "requests since then: 14d (ago), a day, or 2026-11-01T08:30", "14d")
    .option("--table", "a row for each field")
    .option("--json", "the whole plan as one JSON object")
    .option(...tenantOption)
    .addHelpText("after", help)
    .action((options: PlanOptions) => inTown(context, options.tenant, (session) => plan(session, options)));
}

const help = `
Examples:
  $ npx passerelle policy plan
  $ npx passerelle policy plan --since 30d --json > plan.json

Nothing is applied. "opening" means that more leaves than before, "narrowing" that less does.
Reading what was asked is recorded in the access log; people are counted, never shown.
Exit code 2 when the files have faults or a test of them fails (npx passerelle policy test).`;

interface PlanOptions extends TenantOption {
  readonly since: string;
  readonly table?: true;
  readonly json?: true;
}

async function plan(session: Session, { since, table, json }: PlanOptions): Promise<void> {
  const { terminal } = session;
  const from = sinceMoment(session, since);
  // Law 4 for staff: who looked at what was asked, before anything is read.
  const recorded = await session.record("policy plan", { since: from });
  const planned = await plannedFiles(session);
  const asked = await replay(session, planned, from, recorded.index);
  if (json === true) {
    terminal.out(JSON.stringify(planJson(session, planned, asked)));
    return;
  }
  tellPlan(session, planned, asked, table === true);
  if (planned.inForce === planned.version.id) return;
  terminal.out(`\nTo apply exactly this: npx passerelle policy apply --plan-id ${planned.id} -m "why"`, "bold");
}

/** @throws CommandFailure for what is no moment */
export function sinceMoment({ context, tenant }: Session, text: string): string {
  const from = parseMoment(text, { now: context.now(), timeZone: tenant.timeZone, edge: "start" });
  if (from === null)
    throw refuse("--since takes 30m, 2h, 14d or 4w (ago), a day such as 2026-11-01, or 2026-11-01T08:30.");
  return from;
}

export function tellPlan({ terminal, tenant }: Session, planned: PolicyPlan, asked: Replay, table: boolean): void {
  const { id, inForce, revision, version, changes } = planned;
  terminal.out(`Plan ${id} for ${tenant.displayName}`, "bold");
  terminal.out(`In force: ${inForce === null ? "nothing" : `version ${inForce.slice(0, 12)}`} (revision ${revision})`);
  terminal.out(`Planned:  version ${version.id.slice(0, 12)}${inForce === version.id ? ", in force already" : ""}\n`);
  tellLines(terminal.out, changesSection(planned, terminal.columns, table));
  terminal.out("");
  tellLines(terminal.out, replaySection(asked, planned, tenant.timeZone, terminal.columns));
  terminal.out(`\n${balance(changes)}.`);
}

/** For programs: names stay as they are, what is added is added at the end. */
function planJson({ tenant }: Session, planned: PolicyPlan, asked: Replay): object {
  const { id, revision, inForce, unreadable, version, changes } = planned;
  return {
    plan: id,
    tenant: tenant.name,
    revision,
    inForce,
    unreadable,
    version: version.id,
    schema: changes.schema.map((change) => ({ ...change, words: schemaWords(change) })),
    changes: changes.agreements.flatMap((of) =>
      of.changes.map((change) => ({
        agreement: of.ref,
        agreementVersion: of.version,
        basis: of.basis,
        coordinate: change.coordinate,
        kind: change.kind,
        directions: change.directions,
        before: decisionJson(change.before),
        after: decisionJson(change.after),
        words: wordsOf(of, change),
      })),
    ),
    unchanged: changes.agreements.filter((of) => of.changes.length === 0).map((of: AgreementChanges) => of.ref),
    ended: changes.ended,
    asked: { ...asked, concerned: asked.concerned.map((each) => ({ ...each, changes: each.changes.map(named) })) },
  };
}

const named = ({ coordinate, kind }: AgreementChanges["changes"][number]): object => ({ coordinate, kind });

/** Null: the version does not share the dataset, or has no such field. */
function decisionJson(decision: Decision | null): object | null {
  if (decision === null) return null;
  const { coordinate: _, ...rest } = decision;
  return rest;
}
