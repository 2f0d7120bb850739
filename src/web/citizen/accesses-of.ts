// Who has read what of a person: from the access log, by the tokens that stand for the person in it.
import type { EntryFilter, StoredEntry } from "../../accesslog/index.js";
import { isHiddenFromPeople, wasKeptBack } from "../../governance/index.js";
import type { SubjectKey } from "../../terms/index.js";
import type { Decided, TownNow } from "./agreements-of.js";
import { fieldWords, schemesOf } from "./field-words.js";
import type { CitizenServices } from "./services.js";
import type { AccessView, HistoryFilter, Language } from "./view.js";

export interface AccessesWanted {
  readonly filter: HistoryFilter;
  /** Exclusive: the index in the log to go on from; null: from the newest. */
  readonly before: number | null;
  readonly limit: number;
}

export interface Accesses {
  /** Newest first. */
  readonly accesses: readonly AccessView[];
  /** Null: there are no older ones. */
  readonly before: number | null;
}

/** Entries asked of the log at once, and how often for one page (law 13): hidden ones are looked at and left out. */
const batch = 200;
const mostBatches = 30;

export async function accessesOf(
  services: CitizenServices,
  now: TownNow,
  decided: readonly Decided[],
  wanted: AccessesWanted,
  language: Language,
): Promise<Accesses> {
  const found: AccessView[] = [];
  let before = wanted.before;
  for (let round = 0; round < mostBatches; round++) {
    const { entries, more } = await entriesOf(services, now, decided, wanted.filter, before);
    for (const entry of entries) {
      // The page is full, and there is at least one entry more: where it goes on does not tell whether that one is hidden.
      if (found.length === wanted.limit) return { accesses: found, before };
      before = entry.index;
      if (!isHiddenFromPeople(now.agreements, entry.body)) found.push(accessOf(now, entry, decided, language));
    }
    if (!more) return { accesses: found, before: null };
  }
  return { accesses: found, before };
}

/** Newest first, of all registers that the person is in; an entry that is about two of them once. */
async function entriesOf(
  { log, tokens }: CitizenServices,
  { tenant, town }: TownNow,
  decided: readonly Decided[],
  { application, month }: HistoryFilter,
  before: number | null,
): Promise<{ entries: readonly StoredEntry[]; more: boolean }> {
  const common: Omit<EntryFilter, "subject"> = {
    limit: batch,
    ...(before === null ? {} : { before }),
    ...(application === null ? {} : { application }),
    ...(month === null ? {} : monthBounds(month, town.timeZone)),
  };
  const answers = await Promise.all(
    decided.map(({ key: { scheme, key } }) =>
      log.search(tenant, { ...common, subject: { scheme, tokens: tokens.ofAllSecrets(tenant, scheme, key) } }),
    ),
  );
  const byIndex = new Map(answers.flatMap(({ entries }) => entries).map((entry) => [entry.index, entry]));
  const entries = [...byIndex.values()].sort((a, b) => b.index - a.index);
  // Below where one answer was cut, another may be missing entries.
  const cut = Math.max(...answers.map(({ entries: each, more }) => (more ? (each.at(-1)?.index ?? 0) : -1)), -1);
  return { entries: entries.filter(({ index }) => index >= cut), more: answers.some(({ more }) => more) };
}

function accessOf(
  now: TownNow,
  { index, body }: StoredEntry,
  decided: readonly Decided[],
  language: Language,
): AccessView {
  if (body.staff !== null) return { index, at: body.at, by: null, read: [], withheld: [] };
  const agreement = now.agreements.find(({ ref }) => ref === body.agreement);
  const then = agreement?.versions.find(({ number }) => number === body.agreementVersion)?.snapshot;
  const purpose = now.town.purposes.get(body.purpose ?? "");
  const about = (coordinate: string): boolean => isAbout(now, coordinate, decided);
  const events = decided.flatMap((each) => each.events);
  const kept = new Set<string>(
    body.withheld
      .map(({ coordinate }) => coordinate)
      .filter(
        (coordinate) => agreement !== undefined && wasKeptBack(agreement, then?.basis, coordinate, body.at, events),
      ),
  );
  const inOrder = (coordinates: readonly string[]): string[] =>
    [...new Set(coordinates.filter(about).map((coordinate) => fieldWords(now.map, coordinate, language)))].sort(
      (a, b) => a.localeCompare(b, language),
    );
  return {
    index,
    at: body.at,
    by: {
      title: now.applications.get(body.application ?? "")?.title ?? body.application ?? "—",
      recipient: then?.recipient.name ?? null,
      purpose: purpose?.title[language] ?? body.purpose,
    },
    read: inOrder(
      body.fields
        .filter(({ rule, coordinate }) => rule !== "" && !kept.has(coordinate))
        .map(({ coordinate }) => coordinate),
    ),
    withheld: inOrder([...kept]),
  };
}

/** Of a field that there is no more one cannot tell: it is shown. */
function isAbout({ map }: TownNow, coordinate: string, decided: readonly Decided[]): boolean {
  if (map === null || !map.coordinates.has(coordinate)) return true;
  const schemes = schemesOf(map, coordinate);
  return decided.some(({ key }) => schemes.includes(key.scheme));
}

/** Applications that read about the person under an agreement that they are told of, by title. */
export function applicationsAbout(
  now: TownNow,
  keys: readonly SubjectKey[],
  language: Language,
): readonly { readonly name: string; readonly title: string }[] {
  const names = now.agreements
    .filter(({ approved }) => approved !== null && approved.snapshot.hidden === null)
    .filter(({ approved }) =>
      approved?.snapshot.fields.some((field) =>
        schemesOf(now.map, field).some((scheme) => keys.some((key) => key.scheme === scheme)),
      ),
    )
    .map(({ application }) => application);
  return [...new Set(names)]
    .map((name) => ({ name, title: now.applications.get(name)?.title ?? name }))
    .sort((a, b) => a.title.localeCompare(b.title, language));
}

/** Months that can be asked for: `YYYY-MM`, newest first. */
export function monthsUntil(today: string, count = 24): readonly string[] {
  const [year = 0, month = 1] = today.split("-").map(Number);
  return Array.from({ length: count }, (_, ago) =>
    new Date(Date.UTC(year, month - 1 - ago, 1)).toISOString().slice(0, 7),
  );
}

/** A month of the town's days, RFC 3339. */
function monthBounds(month: string, timeZone: string): { since: string; until: string } {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
  return { since: firstMoment(`${month}-01`, timeZone), until: firstMoment(`${next}-01`, timeZone) };
}

function firstMoment(day: string, timeZone: string): string {
  const shown = Date.parse(`${day}T00:00:00Z`);
  // Swedish is the locale that writes ISO 8601.
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const offset = (at: number): number => Date.parse(`${clock.format(at).replace(" ", "T")}Z`) - at;
  // Twice, for the offset may change between the guess and the moment.
  return new Date(shown - offset(shown - offset(shown))).toISOString();
}
