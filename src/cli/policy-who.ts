// `passerelle policy who`: every agreement that may read a field, and those that are shut although something opens them.
import type { Command } from "commander";
import { matchingRules } from "../policy/index.js";
import type { Coordinate } from "../terms/index.js";
import { asField, tenantOption, type TenantOption } from "./options.js";
import { answerField, checkField, type FieldAnswer } from "./policy-answer.js";
import { everyAsked, type Asked } from "./policy-asked.js";
import { endedSuspensions, viewpoint, type Viewpoint, type ViewOptions } from "./policy-viewpoint.js";
import { agreementData, obstacleWords, placeOf, viewData, viewWords } from "./policy-words.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { tableLines } from "./table.js";

interface WhoOptions extends TenantOption, ViewOptions {
  readonly field: string;
  readonly json?: true;
}

export function addPolicyWho(policy: Command, context: CommandContext): void {
  policy
    .command("who")
    .description("every agreement that may read a field, by which line and until when")
    .requiredOption("--field <field>", "one field or link, as Type.field")
    .option("--at <moment>", "as it was then: 2026-11-01 (the end of that day), 2026-11-01T08:30, 7d")
    .option("--files", "as the files of the town folder say, instead of what is in force")
    .option(...tenantOption)
    .option("--json", "one JSON object")
    .addHelpText("after", "\nExample:\n  $ npx passerelle policy who --field Resident.birthDate")
    .action((options: WhoOptions) => inTown(context, options.tenant, (session) => who(session, options)));
}

async function who(session: Session, options: WhoOptions): Promise<void> {
  const { terminal, tenant } = session;
  const { field, json, at, files } = options;
  await session.record("policy who", { field: asField(field), ...(files === true ? { files: "yes" } : {}) });
  const view = await viewpoint(session, { ...(at === undefined ? {} : { at }), ...(files === true ? { files } : {}) });
  checkField(field, view);
  const concerned = (await everyAsked(session, view)).filter((asked) => concerns(asked, view, field as Coordinate));
  const answers = concerned.map((asked) => answerField(view, asked, field));
  const [readers, shut] = [answers.filter(({ shared }) => shared), answers.filter(({ shared }) => !shared)];
  if (json === true) {
    const told = { readers: readers.map(answerData), shut: shut.map(answerData) };
    terminal.out(JSON.stringify({ field, ...told, ...viewData(view) }));
    return;
  }
  if (readers.length === 0) terminal.out(`Nobody may read ${field}${view.named ? " at that moment" : ""}.`, "bold");
  else print(session, readerColumns, readers.map(readerRow));
  if (shut.length > 0) {
    terminal.out("");
    terminal.out("Shut, although a rule opens the field to them or their agreement lists it:", "bold");
    print(session, shutColumns, shut.map(shutRow));
  }
  terminal.out("");
  terminal.out(`Version ${viewWords(view, tenant.timeZone)}`, "dim");
  if (view.named) terminal.out(endedSuspensions, "dim");
  const why = `npx passerelle policy explain --app NAME --field ${field}`;
  if (answers.length > 0) terminal.out(`Why, for one of them: ${why}`, "dim");
}

/** Cheap, and true of every agreement that reads it: only then is its whole grant compiled. */
function concerns({ signed, subject }: Asked, { version }: Viewpoint, coordinate: Coordinate): boolean {
  return (
    signed?.snapshot.fields.includes(coordinate) === true ||
    matchingRules(version, subject, coordinate).some(({ effect }) => effect === "allow")
  );
}

const readerColumns = ["application", "purpose", "basis", "rows", "mask", "until", "line"];
const shutColumns = ["application", "purpose", "why", "line"];

function readerRow({ asked, opened }: FieldAnswer): string[] {
  const { basis, until } = asked.signed?.snapshot ?? {};
  const ends = asked.signed?.number === null ? "-" : (until ?? "-");
  const line = opened === null ? "-" : placeOf(opened.rule);
  return [asked.application, asked.purpose, basis ?? "-", opened?.rows ?? "-", opened?.mask ?? "-", ends, line];
}

function shutRow({ asked, obstacles, explanation }: FieldAnswer): string[] {
  const [first] = explanation.lines;
  const why = obstacles.map((obstacle) => obstacleWords[obstacle]).join("; ");
  return [asked.application, asked.purpose, why, first === undefined ? "-" : placeOf(first.rule.ref)];
}

function print({ terminal }: Session, columns: readonly string[], rows: readonly string[][]): void {
  const titles = columns.map((title) => ({ title }));
  tableLines(titles, rows).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
}

const answerData = ({ asked, opened, obstacles, explanation }: FieldAnswer) => ({
  application: asked.application,
  purpose: asked.purpose,
  rows: opened?.rows ?? null,
  mask: opened?.mask ?? null,
  rule: explanation.lines[0]?.rule.ref ?? null,
  reasons: obstacles,
  agreement: agreementData(asked),
});
