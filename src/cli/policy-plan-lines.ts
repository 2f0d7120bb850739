// A plan for people: what changes, in words or as a table, and whose real requests it concerns.
import { directionWords, form, lineOf, schemaWords, type Direction } from "../policy/index.js";
import { localTime } from "./moments.js";
import type { PolicyPlan } from "./policy-planned.js";
import type { Replay, ReplayedOperation } from "./policy-replay.js";
import { cut, firstFew, tableLines } from "./table.js";
import type { Style, Terminal } from "./terminal.js";
import { changesNothing, wordsOf, type VersionChanges } from "./version-changes.js";

export interface Line {
  readonly text: string;
  readonly style: Style;
}

const plain = (text: string): Line => ({ text, style: "plain" });
const dim = (text: string): Line => ({ text, style: "dim" });

/** More would be read by nobody; what is cut is said (law 13). */
const mostLines = 200;
const mostOperations = 20;

const styleOf = (directions: readonly Direction[]): Style =>
  directions.length === 0 ? "plain" : directions.includes("opening") ? "yellow" : "green";

/** `opening    cantine-plus gains Resident.email for …`: a line each. What opens more is what wants a second look. */
export function changeLines(changes: VersionChanges, most = mostLines): Line[] {
  const all = [
    ...changes.schema.map((change) => ({
      directions: change.directions,
      words: `schema.graphql: ${schemaWords(change)}`,
    })),
    ...changes.agreements.flatMap((of) =>
      of.changes.map((change) => ({ directions: change.directions, words: wordsOf(of, change) })),
    ),
  ];
  const width = Math.max(0, ...all.map(({ directions }) => directionWords(directions).length));
  const lines = all.slice(0, most).map(({ directions, words }): Line => {
    return { text: `${directionWords(directions).padEnd(width)}  ${words}`.trimStart(), style: styleOf(directions) };
  });
  return all.length <= most ? lines : [...lines, dim(`… and ${all.length - most} more changes`)];
}

/** The same changes, a row for each field. */
function changeTable({ agreements }: VersionChanges, columns: number): Line[] {
  const rows = agreements.flatMap(({ ref, changes }) =>
    changes.map(({ directions, coordinate, before, after }) => [
      directionWords(directions),
      ref,
      coordinate,
      form(before),
      form(after),
      lineOf(after),
    ]),
  );
  const max = Math.max(20, Math.floor(columns / 4));
  const titles = ["", "agreement", "field", "before", "after", "by"];
  const [head, ...lines] = tableLines(
    titles.map((title) => ({ title, max })),
    rows.slice(0, mostLines),
  );
  const more = rows.length > mostLines ? [dim(`… and ${rows.length - mostLines} more changes: see --json`)] : [];
  return rows.length === 0 ? [] : [{ text: head ?? "", style: "bold" }, ...lines.map(plain), ...more];
}

/** What changes, whom it leaves as they are, and who was not looked at. */
export function changesSection(plan: PolicyPlan, columns: number, table: boolean): Line[] {
  const { changes } = plan;
  const as = changes.agreements.filter((each) => each.changes.length === 0).map(({ ref }) => ref);
  const schema = { ...changes, agreements: [] };
  const told = table ? [...changeLines(schema), ...changeTable(changes, columns)] : changeLines(changes);
  const width = columns - 30;
  return [
    ...(plan.unreadable === null
      ? []
      : [
          {
            text: `The version in force cannot be read (${plan.unreadable}): nothing is shared now.`,
            style: "red" as const,
          },
        ]),
    ...(changesNothing(changes) ? [plain("Nothing that anybody may read changes.")] : told),
    ...(as.length === 0 || changesNothing(changes) ? [] : [dim(`As before: ${firstFew(as, width)}.`)]),
    ...(changes.ended.length === 0 ? [] : [dim(`Ended, so not compared: ${firstFew(changes.ended, width)}.`)]),
  ];
}

/** Law 11: figures and the schema's own names; a person is counted, never shown. */
export function replaySection(replay: Replay, plan: PolicyPlan, timeZone: string, columns: number): Line[] {
  const { looked, requests, concerned } = replay;
  const since = localTime(replay.since, timeZone);
  const counted = `${count(requests, "request")} of ${count(looked, "operation")}`;
  const verdict =
    concerned.length === 0 ? "none would be answered otherwise." : `${concerned.length} would be answered otherwise:`;
  return [
    { text: `Asked since ${since} (${timeZone})`, style: "bold" },
    ...(requests === 0 ? [plain("Nothing was asked.")] : [plain(`${counted}; ${verdict}`)]),
    ...concerned.slice(0, mostOperations).flatMap((each) => operationLines(each, plan, columns)),
    ...(concerned.length > mostOperations ? [dim(`… and ${concerned.length - mostOperations} more: see --json`)] : []),
    ...cutLines(replay, timeZone),
  ];
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

function operationLines(each: ReplayedOperation, { changes }: PolicyPlan, columns: number): Line[] {
  const { agreement, operation, requests, people, text } = each;
  const of = changes.agreements.find(({ ref }) => ref === agreement);
  const asked = `${count(requests, "request")} about ${people === 1 ? "1 person" : `${people} people`}`;
  const invalid = each.invalid.map((sentence) => `    is no longer valid: ${sentence}`);
  return [
    plain(`  ${agreement}, operation ${operation.slice(0, 12)}: ${asked}`),
    ...(["gains", "loses", "changes"] as const).flatMap((kind) => {
      const fields = each.changes.filter((change) => change.kind === kind).map(({ coordinate }) => coordinate);
      const words = kind === "changes" ? "gets in another form" : kind;
      return fields.length === 0 ? [] : [plain(`    ${words} ${fields.join(", ")}`)];
    }),
    ...(each.opened.length === 0 ? [] : [plain(`    is no longer refused ${each.opened.join(", ")}`)]),
    ...(each.refusedWhole && of !== undefined ? [plain("    and is refused whole, as its agreement says")] : []),
    ...invalid.map(plain),
    ...(text === null ? [] : [dim(`    ${cut(text.replace(/\s+/g, " "), columns - 4)}`)]),
  ];
}

/** Law 13: what is cut is said to be cut. */
function cutLines({ cut: by, reached, altered }: Replay, timeZone: string): Line[] {
  const bound = { entries: "100,000 entries", operations: "1,000 operations", time: "20 seconds" };
  const from = localTime(reached, timeZone);
  return [
    ...(by === null
      ? []
      : [{ text: `Cut after ${bound[by]}: what came before ${from} was not looked at.`, style: "yellow" as const }]),
    ...(altered === 0
      ? []
      : [
          {
            text: `${count(altered, "entry")} altered: nothing is concluded from them.`.replace("entrys", "entries"),
            style: "red" as const,
          },
        ]),
  ];
}

/** `2 opening, 1 narrowing` */
export function balance({ agreements, schema }: VersionChanges): string {
  const all = [...schema, ...agreements.flatMap(({ changes }) => changes)].map(({ directions }) => directions);
  const of = (direction: Direction): number => all.filter((each) => each.includes(direction)).length;
  return `${of("opening")} opening, ${of("narrowing")} narrowing`;
}

export function tellLines(out: Terminal["out"], lines: readonly Line[]): void {
  for (const { text, style } of lines) out(text, style);
}
