// `passerelle log`: who read what, why, by which rule. Every reading of the record is on record before it is shown.
import { Option, type Command } from "commander";
import type { EntryFilter, StoredEntry } from "../accesslog/index.js";
import { nearest, offeredLogKeys, type LogKey, type LogTerm } from "../terms/index.js";
import { refuse } from "./failure.js";
import { catalogueInForce, findSubject, unknownScheme } from "./find-subject.js";
import { inWords, outcomes, readLogSearch, type LogOptions } from "./log-filter.js";
import { jsonLine, logLines } from "./log-lines.js";
import { tenantOption, wholeNumber } from "./options.js";
import { lineInWords, readSearchLine, searchLineOf } from "./log-query-line.js";
import { entryStory } from "./log-story.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { addExportCommand } from "./log-export.js";
import { addRetentionCommand } from "./log-retention.js";
import { addVerifyCommands } from "./log-verify.js";

export function addLogCommand(program: Command, context: CommandContext): void {
  const log = program
    .command("log")
    .description("who read which fields of how many people, for which purpose, by which rule")
    .argument("[search...]", "a search line, such as app:cantine-plus -outcome:answered; its keys stand below")
    .option(...tenantOption)
    .option("--app <name>", "an application")
    .option("--agreement <ref>", "an agreement, as application/purpose")
    .option("--purpose <name>", "a purpose")
    .option("--dataset <name>", "entries in which a field of it was read, withheld or refused")
    .option("--field <coordinate>", "entries in which this field was read, withheld or refused")
    .addOption(new Option("--outcome <kind>", "how the request ended").choices(outcomes))
    .option("--no-staff", "without what the town's own people read and did (only that: --outcome staff)")
    .option("--since <when>", "2h or 7d (ago), a day, or 2026-11-01T08:30 (the town's time)")
    .option("--until <when>", "likewise; a day is taken whole")
    .option("--subject <scheme:key>", "entries about one person, such as resident:123")
    .option("--limit <number>", "entries at most, up to 1000", wholeNumber(1, 1000), 50)
    .option("--before <number>", "entries before this one: the next page", wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .addOption(new Option("--all", "every entry, however many: an export, with --json").conflicts("limit"))
    .option("--json", "one JSON object per line, complete")
    .addHelpText("after", logExamples)
    // `-outcome:answered` looks like an option; a misspelt one is told by whoever reads the line.
    .allowUnknownOption()
    .action((words: readonly string[], options: LogOptions) => {
      const terms = readSearchLine(
        words,
        log.options.map(({ long }) => long ?? ""),
      );
      return inTown(context, options.tenant, (session) => search(session, options, terms));
    });
  log
    .command("show <entry>")
    .description("the whole story of one entry: its number in the list, or its id")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle log show 1234")
    .action((entry: string, options: { readonly tenant?: string }) =>
      // An option before `show` is read as one of `log`.
      inTown(context, options.tenant ?? log.opts<LogOptions>().tenant, (session) => show(session, entry)),
    );
  addRetentionCommand(log, context, ({ tenant }) => tenant ?? log.opts<LogOptions>().tenant);
  addExportCommand(log, context, ({ tenant }) => tenant ?? log.opts<LogOptions>().tenant);
  addVerifyCommands(log, context, ({ tenant }) => tenant ?? log.opts<LogOptions>().tenant);
}

const keyLines = offeredLogKeys("")
  .map(({ key, title, example }) => `  ${`${key}:`.padEnd(11)} ${title.en}, such as ${example}`)
  .join("\n");

const logExamples = `
The keys of a search line, in any number and order; all of them must hold:
${keyLines}
-key:value is without; key:a,b is either of them. after: and before: take what --since takes, in the town's time.

Examples:
  $ npx passerelle log app:cantine-plus field:Resident.email after:2026-11-01 -outcome:answered
  $ npx passerelle log person:resident:123 --json > person.jsonl
  $ npx passerelle log --app cantine-plus --since 7d
  $ npx passerelle log --field Resident.birthDate --outcome refused
  $ npx passerelle log --since 2026-01-01 --no-staff --all --json > year.jsonl

Reading the log is recorded in the log. A person's key is not kept, only the token that stands for them.`;

async function search(session: Session, options: LogOptions, terms: readonly LogTerm[]): Promise<void> {
  const { context, tenant, terminal } = session;
  const subject = options.subject === undefined ? null : await findSubject(session, options.subject);
  const line = await searchLineOf(session, terms);
  const { filter: optional, filters } = readLogSearch(options, subject, tenant, context.now());
  const filter = { ...optional, also: line.conditions };
  const kept = subject === null ? [] : [{ scheme: subject.scheme, token: subject.token }];
  const recorded = await session.record("log", { ...filters, ...line.recorded }, [...kept, ...line.people]);
  // The reading's own entry is not part of what it reads.
  const before = Math.min(filter.before ?? recorded.index, recorded.index);
  const print = options.json === true ? jsonPrinter(session) : tablePrinter(session);
  const found = options.all
    ? await printAll(session, { ...filter, before }, print)
    : await printPage(session, { ...filter, before }, print);
  const told = options.json === true ? terminal.err : terminal.out;
  if (subject?.unknown) told(unknownScheme(subject), "yellow");
  for (const note of line.notes) told(note, "yellow");
  for (const words of await closing(session, options, terms, found)) told(words, "dim");
}

type Print = (entries: readonly StoredEntry[]) => void;

const jsonPrinter =
  ({ terminal }: Session): Print =>
  (entries) => {
    for (const entry of entries) terminal.out(jsonLine(entry));
  };

const tablePrinter =
  ({ terminal, tenant }: Session): Print =>
  (entries) => {
    if (entries.length === 0) return;
    logLines(entries, tenant.timeZone, terminal.columns).forEach(({ text, altered }, at) =>
      terminal.out(text, altered ? "red" : at === 0 ? "bold" : "plain"),
    );
  };

interface Printed {
  readonly count: number;
  /** Index of the oldest one. */
  readonly last: number | undefined;
  readonly more: boolean;
}

async function printPage({ log, tenant }: Session, filter: EntryFilter, print: Print): Promise<Printed> {
  const { entries, more } = await log.search(tenant.name, filter);
  print(entries);
  return { count: entries.length, last: entries.at(-1)?.index, more };
}

/** An entry has at most 64 KiB: what is in memory at once stays under some 20 MB, however long the record is. */
const exportPage = 200;

async function printAll(session: Session, filter: EntryFilter, print: Print): Promise<Printed> {
  let [count, before] = [0, filter.before];
  for (;;) {
    const page = await printPage(
      session,
      { ...filter, ...(before !== undefined && { before }), limit: exportPage },
      print,
    );
    count += page.count;
    before = page.last ?? before;
    const more = page.more && page.last !== undefined;
    // A reader that went away (`| head`) wants no more of it.
    if (!more || !(await session.terminal.taken())) return { count, last: count === 0 ? undefined : before, more };
  }
}

/** Law 13: what is cut is said to be cut; and nothing found is said with what was looked for. */
async function closing(
  session: Session,
  options: LogOptions,
  terms: readonly LogTerm[],
  { count, last, more }: Printed,
): Promise<string[]> {
  const words = [lineInWords(terms), inWords(options)].filter((text) => text !== "").join(" ");
  if (last === undefined) {
    const meant = await meantNames(session, options, terms);
    return [`No entry${words === "" ? " yet" : ` with ${words}`}.`, ...meant];
  }
  const counted = `${count} ${count === 1 ? "entry" : "entries"}`;
  const zone = options.json === true ? "" : `, newest first, times in ${session.tenant.timeZone}`;
  const rest = more
    ? `There are more: repeat the command with --before ${last}`
    : `There are no ${options.before === undefined ? "others" : "earlier ones"}`;
  const known = options.json === true ? "" : "The story of one: npx passerelle log show NO.";
  return [`${counted}${zone}. ${rest}${words === "" || more ? "" : ` with ${words}`}.`, known].filter(
    (line) => line !== "",
  );
}

/** A name that nobody has finds nothing: say so, for "nobody read it" would be the wrong thing to learn. */
async function meantNames(session: Session, options: LogOptions, terms: readonly LogTerm[]): Promise<string[]> {
  const { town, tenant } = session;
  const catalogue = await catalogueInForce(session);
  const applications = await town.registry.listApplications(tenant.name);
  const asked = (option: string | undefined, key: LogKey): readonly string[] => [
    ...(option === undefined ? [] : [option]),
    ...terms.flatMap((term) => (term.key === key && !term.negated ? term.values : [])),
  ];
  const known: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["application", asked(options.app, "app"), [...applications.map(({ name }) => name), "open-data"]],
    ["purpose", asked(options.purpose, "purpose"), [...tenant.purposes.keys(), "open-data"]],
    ["dataset", asked(options.dataset, "dataset"), [...(catalogue?.datasets.keys() ?? [])]],
    ["field", asked(options.field, "field"), [...(catalogue?.coordinates.keys() ?? [])]],
  ];
  return known.flatMap(([what, given, names]) =>
    given.flatMap((name) => {
      if (names.length === 0 || names.includes(name)) return [];
      const meant = nearest(name, names);
      return [`There is no ${what} "${name}" today${meant === undefined ? "" : ` (did you mean "${meant}"?)`}.`];
    }),
  );
}

async function show(session: Session, asked: string): Promise<void> {
  const number = /^\d{1,15}$/.test(asked) ? Number(asked) : null;
  const id = asked.toLowerCase();
  if (number === null && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    throw refuse("An entry is named by its number in `npx passerelle log`, or by its id (a UUID).");
  const { log, tenant, terminal } = session;
  await session.record("log show", { entry: number === null ? id : String(number) });
  const entry = number === null ? await log.read(tenant.name, id) : await atIndex(session, number);
  if (entry === null)
    throw refuse(`The access log of ${tenant.name} has no entry ${asked}, or its time of retention is over.`);
  terminal.out((await story(session, entry)).join("\n"), "plain");
}

async function atIndex({ log, tenant }: Session, index: number): Promise<StoredEntry | null> {
  const only: EntryFilter = { limit: 1, before: index + 1 };
  const [entry] = (await log.search(tenant.name, only)).entries;
  return entry?.index === index ? entry : null;
}

async function story({ log, tenant, town }: Session, entry: StoredEntry): Promise<string[]> {
  const { body } = entry;
  const versions =
    body.agreement === null
      ? []
      : (await town.registry.listAgreements(tenant.name)).find(({ ref }) => ref === body.agreement)?.versions;
  return entryStory({
    entry,
    tenant,
    operation: body.operation === null ? null : await log.operationText(body.operation),
    policy: body.policyVersion === null ? null : await town.policyStore.read(tenant.name, body.policyVersion),
    agreement: versions?.find(({ number }) => number === body.agreementVersion) ?? null,
  });
}
