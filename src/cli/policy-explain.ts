// `passerelle policy explain`: whether a field is shared with an application, by which line, and if not, why not and
// what would be needed.
import type { Command } from "commander";
import { commentOn, maskWords, rowsWords, type MatchingLine, type RowRule, type RuleRef } from "../policy/index.js";
import { asField, asName, tenantOption, type TenantOption } from "./options.js";
import { answerField, checkField, type FieldAnswer } from "./policy-answer.js";
import { askedOf } from "./policy-asked.js";
import { hindrancesOf, type Hindrance } from "./policy-hindrances.js";
import { endedSuspensions, viewpoint, type Viewpoint, type ViewOptions } from "./policy-viewpoint.js";
import { agreementData, agreementWords, placeOf, viewData, viewWords } from "./policy-words.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { labelled } from "./table.js";
import type { Terminal } from "./terminal.js";

interface ExplainOptions extends TenantOption, ViewOptions {
  readonly app: string;
  readonly field: string;
  readonly purpose?: string;
  readonly json?: true;
}

export function addPolicyExplain(policy: Command, context: CommandContext): void {
  policy
    .command("explain")
    .description("why an application may read a field, or may not: by which line, and what would be needed")
    .requiredOption("--app <name>", "the application; open-data for requests without a key")
    .requiredOption("--field <field>", "one field or link, as Type.field")
    .option("--purpose <name>", "one of its agreements; all of them unless given")
    .option("--at <moment>", "as it was then: 2026-11-01 (the end of that day), 2026-11-01T08:30, 7d")
    .option("--files", "as the files of the town folder say, instead of what is in force")
    .option(...tenantOption)
    .option("--json", "one JSON object for each agreement and line")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx passerelle policy explain --app cantine-plus --field Resident.birthDate\n" +
        "  $ npx passerelle policy explain --app cantine-plus --field Resident.email --at 2026-11-01",
    )
    .action((options: ExplainOptions) => inTown(context, options.tenant, (session) => explain(session, options)));
}

async function explain(session: Session, options: ExplainOptions): Promise<void> {
  const { terminal } = session;
  const { app, field, purpose, at, files, json } = options;
  await session.record("policy explain", {
    application: asName(app),
    field: asField(field),
    ...(purpose === undefined ? {} : { purpose: asName(purpose) }),
    ...(files === true ? { files: "yes" } : {}),
  });
  const view = await viewpoint(session, { ...(at === undefined ? {} : { at }), ...(files === true ? { files } : {}) });
  checkField(field, view);
  for (const [index, asked] of (await askedOf(session, view, app, purpose)).entries()) {
    const answer = answerField(view, asked, field);
    const hindrances = await hindrancesOf(answer, view, session);
    if (json === true) terminal.out(JSON.stringify(explanationData(answer, hindrances, view)));
    else {
      if (index > 0) terminal.out("");
      tell(terminal, answer, hindrances, view, session.tenant.timeZone);
    }
  }
}

function tell(
  terminal: Terminal,
  answer: FieldAnswer,
  hindrances: readonly Hindrance[],
  view: Viewpoint,
  timeZone: string,
): void {
  const { asked, shared, member } = answer;
  const then = view.named ? " at that moment" : "";
  const verdict = `${shared ? "Shared" : "Not shared"}${then}`;
  terminal.out(
    `${verdict}: ${member.coordinate}, with ${asked.application} for ${asked.purpose}.`,
    shared ? "green" : "red",
  );
  for (const line of labelled(storyOf(answer, hindrances, view, timeZone))) terminal.out(line);
  for (const hindrance of hindrances) tellHindrance(terminal, hindrance);
  if (view.named) terminal.out(endedSuspensions, "dim");
}

function storyOf(
  answer: FieldAnswer,
  hindrances: readonly Hindrance[],
  view: Viewpoint,
  timeZone: string,
): [string, string][] {
  const { asked, opened, explanation } = answer;
  const { signed } = asked;
  const [decides, ...others] = explanation.lines;
  const rows: [string, string][] = [["Field", fieldWords(answer)]];
  if (hindrances.length > 0) rows.push(["Why not", hindrances.map(({ why }) => why).join("\n")]);
  if (signed !== null) rows.push(["Basis", basisWords(signed.snapshot)]);
  rows.push(["Agreement", agreementWords(asked)]);
  if (opened !== null) {
    rows.push(
      ["Rows", rowsStory(opened.rows, view)],
      ["Mask", `${opened.mask}: ${maskWords(opened.mask)}`],
      ["Filter", filterWords(answer)],
    );
  }
  if (decides !== undefined) rows.push(["Line", lineWords(decides, view)]);
  if (others.length > 0) rows.push(["Also", others.map((line) => lineWords(line, null)).join("\n")]);
  if (decides === undefined) rows.push(["Line", "none matches this application, purpose and field"]);
  return [...rows, ["Version", viewWords(view, timeZone)]];
}

/** Of a filter also what it says, and where. */
function rowsStory(rows: RowRule, { version }: Viewpoint): string {
  const filter = rows === "all" || rows === "own" ? undefined : version.rules.filters.get(rows);
  const told = filter === undefined ? [] : [`${placeOf(filter.ref)}  ${filter.ref.text}`];
  return [rowsWords(rows), ...told].join("\n");
}

const basisWords = ({ basis, basisNote }: { readonly basis: string; readonly basisNote: string | null }): string =>
  basisNote === null ? basis : `${basis}: ${basisNote}`;

function fieldWords({ member, dataset, explanation }: FieldAnswer): string {
  const about =
    member.kind === "link"
      ? `a link to ${member.target}`
      : member.personal === null
        ? "not marked @personal"
        : `personal: ${member.personal.category}${member.personal.special ? ", special category (RGPD art. 9)" : ""}`;
  return `${about}; its dataset ${dataset.name} is ${explanation.status}`;
}

/** Law 2. */
function filterWords({ filterable, member, opened }: FieldAnswer): string {
  if (filterable) return "it may stand in `where` and `orderBy`, as far as its source can";
  if (member.kind === "link") return "a link is followed, not filtered on";
  if (member.kind === "derived") return "it may not stand in `where` or `orderBy`: it is made of another field's value";
  return opened?.mask === "-"
    ? "it may not stand in `where` or `orderBy`: it is open on some visible rows only"
    : "it may not stand in `where` or `orderBy`: a filter would tell what the mask hides";
}

function lineWords({ rule, role, membership, fieldGroup }: MatchingLine, view: Viewpoint | null): string {
  const ways = [membership, fieldGroup].filter((ref): ref is RuleRef => ref !== null);
  const comment = view === null ? null : commentOn(view.version, rule.ref);
  return [
    `${placeOf(rule.ref)}${role === "overruled" ? " (overruled by the deny)" : ""}  ${rule.ref.text}`,
    ...ways.map((ref) => `  by ${placeOf(ref)}  ${ref.text}`),
    ...(comment === null ? [] : [`  # ${comment}`]),
  ].join("\n");
}

function tellHindrance(terminal: Terminal, { needed, paste, hints, why }: Hindrance): void {
  terminal.out("");
  terminal.out(needed === null ? `${capital(why)}.` : `Needed, because ${why}: ${needed}${paste === null ? "." : ":"}`, "bold"); // prettier-ignore
  if (paste !== null) for (const line of paste.text.split("\n")) terminal.out(`  ${line}`);
  for (const hint of hints) terminal.out(`- ${hint}`);
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const refData = (ref: RuleRef | null) => ref && { file: ref.file, line: ref.line, text: ref.text };

function filterData(rows: RowRule | undefined, { version }: Viewpoint): object | null {
  const filter = rows === undefined || rows === "all" || rows === "own" ? undefined : version.rules.filters.get(rows);
  return filter === undefined ? null : { name: filter.name, ...refData(filter.ref) };
}

function explanationData(answer: FieldAnswer, hindrances: readonly Hindrance[], view: Viewpoint): object {
  const { asked, member, opened, explanation } = answer;
  return {
    field: member.coordinate,
    application: asked.application,
    purpose: asked.purpose,
    shared: answer.shared,
    rows: opened?.rows ?? null,
    filter: filterData(opened?.rows, view),
    mask: opened?.mask ?? null,
    filterable: answer.filterable,
    rule: refData(explanation.decision.rule),
    lines: explanation.lines.map(({ rule, role, membership, fieldGroup }) => {
      const by = { membership: refData(membership), fieldGroup: refData(fieldGroup) };
      return { ...refData(rule.ref), effect: rule.effect, role, ...by };
    }),
    obstacles: hindrances.map(({ obstacle, ...told }) => ({ reason: obstacle, ...told })),
    personal: member.kind === "link" ? null : member.personal,
    datasetStatus: explanation.status,
    agreement: agreementData(asked),
    ...viewData(view),
  };
}
