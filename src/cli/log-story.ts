// One entry of the access log in words: who, under what, asked what, got what, by which rules (law 8).
import type { EntryBody, FieldRefused, Outcome, StoredEntry } from "../accesslog/index.js";
import type { TenantSettings } from "../config.js";
import type { VersionView } from "../identity/index.js";
import type { VersionContent } from "../policy/index.js";
import { answerErrors } from "../terms/index.js";
import { staffCommand } from "./log-lines.js";
import { localDay, localTime } from "./moments.js";
import { labelled, tableLines } from "./table.js";

export interface StoryParts {
  readonly entry: StoredEntry;
  readonly tenant: TenantSettings;
  /** The stripped operation; null when there was none, or its text is gone. */
  readonly operation: string | null;
  /** The version's content, for the text of its rules; null when it cannot be read. */
  readonly policy: VersionContent | null;
  /** What was signed; null for open data and where nothing of it is stored. */
  readonly agreement: VersionView | null;
}

const outcomeWords: Readonly<Record<Outcome, string>> = {
  answered: "answered: everything asked for left",
  partial: "partial: answered, but for what was refused or whose source failed",
  refused: "refused: nothing left",
  invalid: "invalid: the request could not be understood or asked for too much; nothing left",
  failed: "failed: nothing left",
  staff: "staff: someone of the town used the command line",
};

const reasonWords: Readonly<Record<FieldRefused["reason"], string>> = {
  denied: "a rule denies it",
  "no-rule": "no rule opens it",
  "not-in-agreement": "a rule opens it, but the agreement does not list it",
  "no-citizen": "open for a signed-in citizen's own data, and nobody was signed in",
  "not-visible": "no row of it is open to this application, or not every row that it was to choose by",
  "statistics-only": "it is open to statistics alone: no single value of it leaves",
  masked: "it is shared masked, and cannot be filtered or sorted on so",
};

/** Lines for a terminal, in order. */
export function entryStory(parts: StoryParts): string[] {
  const { entry } = parts;
  const told = entry.body.staff === null ? requestStory(parts) : staffStory(entry, entry.body.staff);
  return [
    `Entry ${entry.body.id}, no. ${entry.index} in the access log of ${parts.tenant.displayName}`,
    "",
    ...labelled([
      ["When", whenIn(entry.body, parts.tenant.timeZone)],
      ["Outcome", outcomeWords[entry.body.outcome]],
      ...told.who,
    ]),
    ...told.what,
    "",
    ...recordLines(entry),
  ];
}

interface Told {
  readonly who: readonly (readonly [string, string])[];
  readonly what: readonly string[];
}

function whenIn({ at, durationMs, status, staff }: EntryBody, timeZone: string): string {
  const when = `${localTime(at, timeZone)} (${timeZone})`;
  return staff === null ? `${when}, after ${durationMs} ms, HTTP status ${status}` : when;
}

function staffStory({ body, personal }: StoredEntry, staff: NonNullable<EntryBody["staff"]>): Told {
  const about = body.subjects > 0 ? `${people(body, personal)}, searched for` : "none";
  return {
    who: [
      ["Who", personal === null ? "erased" : (personal.staff ?? "not known")],
      ["Command", `passerelle ${staffCommand(staff)}`],
      ["People", about],
    ],
    what: [],
  };
}

function requestStory(parts: StoryParts): Told {
  const { entry, operation } = parts;
  const { body } = entry;
  const asked =
    operation === null ? ["  (no operation could be read in it)"] : operation.split("\n").map((line) => `  ${line}`);
  return {
    who: whoLines(parts),
    what: [
      ...section("What was asked (values and chosen names are never kept)", asked),
      ...section("What left", leftLines(parts)),
      ...section("What was refused", body.refused.length === 0 ? wholeRefused(parts) : refusedLines(parts)),
      ...(body.sources.length === 0
        ? []
        : section(
            "Sources that failed",
            body.sources.map(({ source, reason }) => `  ${source}: ${reason}`),
          )),
      ...(body.errors.length === 0 ? [] : section("Errors in the answer", [`  ${body.errors.join(", ")}`])),
      ...section("People whose rows left", peopleLines(entry)),
      ...policyLines(parts),
    ],
  };
}

function whoLines({ entry: { body, personal }, tenant, agreement }: StoryParts): Told["who"] {
  const purpose = [...tenant.purposes].find(([name]) => name === body.purpose)?.[1];
  const recipient = agreement?.snapshot.recipient;
  return [
    [
      "Who",
      `application ${body.application ?? "not known"}, ${body.key === null ? "without a key" : `with the key ${body.key}`}`,
    ],
    ...(recipient === undefined
      ? []
      : [["Recipient", `${recipient.name} (${recipient.role}; its own basis: ${recipient.basis})`] as const]),
    ["Purpose", `${body.purpose ?? "none"}${purpose === undefined ? "" : ` (${purpose.title.en})`}`],
    [
      "Agreement",
      `${body.agreement ?? "none"}, version ${body.agreementVersion ?? "-"}, basis ${body.basis ?? "none"}`,
    ],
    ...(personal?.endUser ? [["For", `a signed-in citizen (${personal.endUser.scheme})`] as const] : []),
    ...(personal?.operationName
      ? [["Operation", `named "${personal.operationName}" by the application`] as const]
      : []),
    ...(typeof personal?.traceparent === "string" ? [["Trace", personal.traceparent] as const] : []),
  ];
}

function leftLines({ entry: { body }, policy }: StoryParts): string[] {
  if (body.fields.length === 0) return ["  nothing"];
  const rows = body.rows.map(({ dataset, rows }) => `${rows} of ${dataset}`).join(", ");
  const fields = tableLines(
    [{ title: "field" }, { title: "cells", align: "right" }, { title: "mask" }, { title: "rule" }],
    body.fields.map(({ coordinate, cells, mask, rule }) => [
      coordinate,
      String(cells),
      mask,
      rule === "" ? "comes with every visible row" : rule,
    ]),
  );
  const rules = [...new Set(body.fields.map(({ rule }) => rule))].filter((rule) => rule !== "").sort(byFileAndLine);
  return [
    `  Rows: ${rows === "" ? "none" : rows}`,
    ...fields.map((line) => `  ${line}`),
    "  Those rules read:",
    ...rules.map((rule) => `    ${rule}  ${ruleText(rule, policy)}`),
    ...body.withheld.map(({ coordinate, cells }) => `  Withheld: ${cells} cells of ${coordinate}`),
  ];
}

function refusedLines({ entry: { body }, policy }: StoryParts): string[] {
  const more = body.truncated.refused ?? 0;
  return [
    ...body.refused.flatMap(({ coordinate, reason, rule, use }) => [
      `  ${coordinate}, ${use === "selection" ? "asked for" : "to filter or sort by"}: ${reasonWords[reason]}`,
      ...(rule === null ? [] : [`    ${rule}  ${ruleText(rule, policy)}`]),
    ]),
    ...(more === 0 ? [] : [`  and ${more} more, of which the record keeps only the number`]),
  ];
}

const refusedWhole: ReadonlySet<Outcome> = new Set(["refused", "invalid", "failed"]);

/** Where no field was refused: the request as a whole, for a reason that the answer's code says. */
function wholeRefused(parts: StoryParts): string[] {
  const { outcome, errors } = parts.entry.body;
  if (!refusedWhole.has(outcome) || errors.length === 0) return ["  nothing"];
  return errors.map(
    (code) => `  the whole request: ${code === "AGREEMENT_NOT_IN_FORCE" ? notInForce(parts) : meaning(code)}`,
  );
}

const meaning = (code: string): string =>
  Object.entries(answerErrors).find(([known]) => known === code)?.[1].sentence ?? code;

/** The days are those of the version that was asked under; within them, only a suspension stops it. */
function notInForce({ entry: { body }, tenant, agreement }: StoryParts): string {
  const name = `the agreement ${body.agreement ?? ""} was not in force`;
  if (agreement === null) return name;
  const { from, until } = agreement.snapshot;
  const day = localDay(new Date(body.at), tenant.timeZone);
  if (day > until) return `${name}: it had ended on ${until}`;
  return day < from ? `${name}: it was to begin on ${from}` : `${name}: it was suspended`;
}

/** `file:9` before `file:10`. */
const ruleOrder = new Intl.Collator("en", { numeric: true });
const byFileAndLine = (a: string, b: string): number => ruleOrder.compare(a, b);

/** The line of the stored version: what decided, whatever the file says today. */
function ruleText(rule: string, policy: VersionContent | null): string {
  const colon = rule.lastIndexOf(":");
  const line = policy?.files.get(rule.slice(0, colon))?.split("\n")[Number(rule.slice(colon + 1)) - 1];
  return line === undefined ? "(its text is not stored)" : line.trim().replace(/\s+/g, " ");
}

function peopleLines({ body, personal }: StoredEntry): string[] {
  if (body.subjects === 0) return ["  nobody"];
  if (personal === null) return [`  ${body.subjects}; who they were has been erased from the record`];
  return [`  ${people(body, personal)}`];
}

/** `6 (register "resident")`: the scheme of `@subject` is the town's register whose numbers are meant. */
function people({ subjects }: EntryBody, personal: StoredEntry["personal"]): string {
  const registers = Object.entries(personal?.subjects ?? {});
  if (registers.length === 0) return `${subjects} (register erased)`;
  const [only, another] = registers;
  if (only !== undefined && another === undefined) return `${subjects} (register "${only[0]}")`;
  return `${subjects} (${registers.map(([name, tokens]) => `${tokens.length} of the register "${name}"`).join(", ")})`;
}

function policyLines({ entry: { body } }: StoryParts): string[] {
  if (body.policyVersion === null) return [];
  const print = `npx passerelle policy show ${body.policyVersion.slice(0, 12)}`;
  return ["", `Decided by policy version ${body.policyVersion}.`, `To print it: ${print}`];
}

const recordLines = ({ intact, leafHash, personal }: StoredEntry): string[] => [
  intact
    ? `The record is intact: its bytes have the hash ${leafHash} that the log keeps for them.`
    : `ALTERED: this is not what was recorded here, for the log keeps the hash ${leafHash}. Tell the operator.`,
  ...(personal === null ? ["Its personal part has been erased, as it may be; the rest proves itself without it."] : []),
];

const section = (title: string, lines: readonly string[]): string[] => ["", `${title}:`, ...lines];
