// Exactly a search, streamed until its end: nothing is cut in silence, and what breaks off says so.
import { setImmediate } from "node:timers/promises";
import type { EntryPlace, StoredEntry } from "../../accesslog/index.js";
import { dayIn, localTime } from "../../terms/index.js";
import { counted, dayWords, type Language } from "../text.js";
import type { TownFacts } from "../town-facts.js";
import {
  DocumentRefused,
  streamOf,
  type DocumentRequest,
  type DocumentServices,
  type Ending,
  type ExportedDocument,
} from "./document.js";
import { endingWords, incompleteWords } from "./ending.js";
import { fieldsLeft, fieldsRefused, outcomeTitle, rowsLeft, staffAct, staffName } from "./entry-words.js";
import type { PaperTable } from "./paper-table.js";
import { Paper } from "./paper.js";
import { entriesOf } from "./search-pages.js";
import { csvForm, jsonForm, type LineForm } from "./search-text.js";

type SearchRequest = Extract<DocumentRequest, { kind: "search" }>;

/**
 * A paper's structure for screen readers is in memory until its end, some 20 KB an entry: beyond, it is refused, never cut.
 * Some hundred pages.
 */
export const mostEntriesOnPaper = 3_000;

/** Entries written between two looks at what else the gateway has to do: each takes a millisecond and more. */
const atOnce = 15;

const contentTypes = {
  csv: "text/csv; charset=utf-8",
  jsonl: "application/jsonl; charset=utf-8",
  pdf: "application/pdf",
} as const;

/** @throws DocumentRefused for a PDF of more entries than anybody reads */
export async function exportSearch(
  request: SearchRequest,
  services: DocumentServices,
  town: TownFacts,
  recorded: EntryPlace,
): Promise<ExportedDocument> {
  const { tenant, format, language, filter } = request;
  const made = services.now();
  const day = dayIn(town.timeZone, made);
  const name = language === "fr" ? "acces" : "accesses";
  const pages = entriesOf(services.log, tenant, filter, recorded);
  const ending = async (entries: number): Promise<Ending> => ({
    entries,
    checkpoint: await services.log.checkpoint(tenant),
  });
  const fileName = `${name}-${tenant}-${day}.${format}`;
  const contentType = contentTypes[format];
  if (format === "pdf") {
    await refuseTooMany(request, services, recorded);
    return { fileName, contentType, stream: streamOf(paperOf(pages, { request, town, made, recorded, ending })) };
  }
  const form = format === "csv" ? csvForm(language, town.timeZone) : jsonForm;
  return { fileName, contentType, stream: streamOf(linesOf(pages, form, ending)) };
}

type Pages = AsyncIterable<readonly StoredEntry[]>;
type EndingOf = (entries: number) => Promise<Ending>;

async function* linesOf(pages: Pages, form: LineForm, ending: EndingOf): AsyncGenerator<string, void, undefined> {
  let entries = 0;
  try {
    if (form.start !== "") yield form.start;
    for await (const page of pages) {
      yield page.map((entry) => form.entry(entry)).join("");
      entries += page.length;
    }
    yield form.end(await ending(entries));
  } catch (error) {
    yield form.incomplete(entries);
    throw error;
  }
}

async function refuseTooMany(
  { tenant, filter }: SearchRequest,
  { log }: DocumentServices,
  recorded: EntryPlace,
): Promise<void> {
  const pinned = { ...filter, before: Math.min(filter.before ?? Infinity, recorded.index) };
  const { count } = await log.total(tenant, pinned, mostEntriesOnPaper + 1);
  if (count > mostEntriesOnPaper) throw tooMany();
}

const tooMany = (): DocumentRefused =>
  new DocumentRefused({
    fr: `Un PDF contient au plus ${counted("fr", mostEntriesOnPaper, "accès", "accès")}. Restreignez la recherche, par exemple à un mois, ou exportez en CSV ou JSON Lines, sans limite.`,
    en: `A PDF holds at most ${counted("en", mostEntriesOnPaper, "access", "accesses")}. Narrow the search, to a month for example, or export as CSV or JSON Lines, which have no limit.`,
  });

interface SearchPaper {
  readonly request: SearchRequest;
  readonly town: TownFacts;
  readonly made: Date;
  readonly recorded: EntryPlace;
  readonly ending: EndingOf;
}

async function* paperOf(pages: Pages, parts: SearchPaper): AsyncGenerator<Buffer, void, undefined> {
  const { language } = parts.request;
  const paper = await begun(parts);
  const table = paper.table(tableColumns[language]);
  let entries = 0;
  try {
    for await (const page of pages) {
      for (const entry of page) {
        // More than were counted: the count was of the moment before.
        if (entries === mostEntriesOnPaper) throw tooMany();
        tell(table, entry, language, parts.town.timeZone);
        entries += 1;
        if (entries % atOnce !== 0) continue;
        const made = paper.taken();
        if (made.length > 0) yield made;
        await setImmediate();
      }
    }
    const last = await parts.ending(entries);
    table.end();
    if (entries === 0)
      paper.paragraph(
        language === "fr" ? "Aucun accès ne correspond à la recherche." : "No access matches the search.",
      );
    paper.paragraph(endingWords(last, language));
    paper.end();
    yield paper.taken();
  } catch (error) {
    table.end();
    paper.paragraph(incompleteWords(entries, language), "alarm");
    paper.end();
    yield paper.taken();
    throw error;
  }
}

const tableColumns = {
  fr: [
    { title: "N°", share: 1.1, align: "right" },
    { title: "Date et heure", share: 2.5 },
    { title: "Qui", share: 3 },
    { title: "Finalité ou action", share: 3.4 },
    { title: "Résultat", share: 1.6 },
    { title: "Lignes", share: 1, align: "right" },
    { title: "Personnes", share: 1.65, align: "right" },
    { title: "Champs transmis, puis refusés", share: 8 },
  ],
  en: [
    { title: "No.", share: 1.1, align: "right" },
    { title: "Date and time", share: 2.5 },
    { title: "Who", share: 3 },
    { title: "Purpose or act", share: 3.4 },
    { title: "Outcome", share: 1.6 },
    { title: "Rows", share: 1, align: "right" },
    { title: "People", share: 1.1, align: "right" },
    { title: "Fields that left, then refused", share: 8 },
  ],
} as const;

async function begun({ request, town, made, recorded }: SearchPaper): Promise<Paper> {
  const { language, canonical } = request;
  const title =
    language === "fr"
      ? `Accès aux données partagées — ${town.displayName}`
      : `Accesses to shared data — ${town.displayName}`;
  const paper = await Paper.begun({ title, foot: title, language, layout: "landscape", madeAt: made });
  paper.title(title);
  const at = `${dayWords(language, dayIn(town.timeZone, made))}, ${localTime(made, town.timeZone).slice(11, 16)}`;
  const everything = language === "fr" ? "tous les accès" : "every access";
  const [search, when, record, zone] =
    language === "fr"
      ? ["Recherche", "Faite le", "Inscrite au journal sous le n°", "Heures"]
      : ["Search", "Made on", "Recorded in the log as no.", "Times"];
  paper.facts([
    [search, canonical === "" ? everything : canonical],
    [when, at],
    [record, String(recorded.index)],
    [zone, town.timeZone],
  ]);
  paper.heading(language === "fr" ? "Accès, du plus récent au plus ancien" : "Accesses, the newest first");
  return paper;
}

function tell(table: PaperTable, entry: StoredEntry, language: Language, timeZone: string): void {
  const { index, intact, body } = entry;
  const isStaff = body.staff !== null;
  const refused = fieldsRefused(entry);
  const refusedWords = refused === "" ? "" : language === "fr" ? `Refusés\u00a0: ${refused}` : `Refused: ${refused}`;
  const altered = intact ? "" : language === "fr" ? "ALTÉRÉ. " : "ALTERED. ";
  table.row(
    [
      String(index),
      localTime(body.at, timeZone),
      isStaff ? staffName(entry, language) : (body.application ?? "—"),
      isStaff ? staffAct(entry) : (body.purpose ?? "—"),
      outcomeTitle(body.outcome)[language],
      isStaff ? "—" : String(rowsLeft(entry)),
      isStaff ? "—" : String(body.subjects),
      altered + [fieldsLeft(entry), refusedWords].filter((text) => text !== "").join("\n"),
    ],
    intact ? "plain" : "alarm",
  );
}
