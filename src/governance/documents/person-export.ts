// The annex on recipients for the town's answer to one person (GDPR art. 15(1)(c); CJEU C-154/21: who they are, by name).
import type { EntryPlace, StoredEntry } from "../../accesslog/index.js";
import { keyReader, type Catalogue } from "../../catalogue/index.js";
import { dayIn, type LogFilter, type SubjectToken } from "../../terms/index.js";
import { basisTitle, roleTitle } from "../basis-words.js";
import { wordsFor } from "../field-words.js";
import { registerTitle } from "../processing-register.js";
import { dayWords, numberIn, type Language } from "../text.js";
import type { TownFacts } from "../town-facts.js";
import {
  annexTexts,
  keptWords,
  lastSections,
  nobody,
  sourceWords,
  staffWords,
  summary,
  whenWords,
  type AnnexTexts,
} from "./annex-words.js";
import { wholeOf, type DocumentRequest, type DocumentServices, type ExportedDocument } from "./document.js";
import { headWords } from "./ending.js";
import { Paper } from "./paper.js";
import { AnnexGatherer, type AnnexRecipient, type LeftOut, type PersonAnnex } from "./person-annex.js";
import { entriesOf } from "./search-pages.js";

type PersonRequest = Extract<DocumentRequest, { kind: "person" }>;

export interface ExportedAnnex extends ExportedDocument {
  /** What the person is not told of, for the DPO alone: it is in no format but JSON. */
  readonly leftOut: readonly LeftOut[];
}

/** Gathered to the end before the first byte: when the record cannot be read, there is no paper at all. */
export async function exportPerson(
  request: PersonRequest,
  services: DocumentServices,
  town: TownFacts,
  recorded: EntryPlace,
): Promise<ExportedAnnex> {
  const { tenant, person, format, language } = request;
  const { scheme } = person;
  const key = services.tokens.open(tenant, scheme, [person.token])[0] ?? null;
  const [agreements, applications, version] = await Promise.all([
    services.agreements(tenant),
    services.applications(tenant),
    services.inForce(tenant),
  ]);
  const catalogue = version?.catalogue ?? null;
  // The number 123 and the text "123" are one person, whom two services write differently.
  const forms = key === null ? [] : keyReader(catalogue)(scheme, String(key)).keys;
  const events = (await Promise.all(forms.map((form) => services.decisions(tenant, scheme, form)))).flat();
  const sealed = forms.flatMap((form) => services.tokens.ofAllSecrets(tenant, scheme, form));
  const tokens: readonly SubjectToken[] = [...new Set([person.token, ...sealed])];
  const gatherer = new AnnexGatherer({ scheme, agreements, applications, catalogue, events });
  const filter: LogFilter = { conditions: [{ on: "person", anyOf: [{ scheme, tokens }], not: false }] };
  for await (const page of entriesOf(services.log, tenant, filter, recorded)) page.forEach((entry: StoredEntry) => gatherer.add(entry)); // prettier-ignore
  const annex = gatherer.annex();
  const made = services.now();
  const day = dayIn(town.timeZone, made);
  const name = language === "fr" ? "annexe-destinataires" : "annex-recipients";
  const checkpoint = await services.log.checkpoint(tenant);
  const common = { fileName: `${name}-${tenant}-${day}.${format}`, leftOut: annex.leftOut };
  const number = key === null ? null : String(key);
  if (format === "json") {
    const told = { person: { register: scheme, key: number }, made: made.toISOString(), ...annex, checkpoint };
    return { ...common, contentType: "application/json", stream: wholeOf(`${JSON.stringify(told, null, 2)}\n`) };
  }
  const paper = await annexPaper({ annex, town, catalogue, scheme, number, made, language, checkpoint });
  return { ...common, contentType: "application/pdf", stream: wholeOf(paper) };
}

interface AnnexParts {
  readonly annex: PersonAnnex;
  readonly town: TownFacts;
  readonly catalogue: Catalogue | null;
  readonly scheme: string;
  /** As the town's register has it; null: no live secret knows the token. */
  readonly number: string | null;
  readonly made: Date;
  readonly language: Language;
  readonly checkpoint: string | null;
}

/** Bounded by the agreements of a town. */
async function annexPaper(parts: AnnexParts): Promise<Buffer> {
  const { annex, town, language, made } = parts;
  const texts = annexTexts(language, town);
  const foot = `${town.displayName} — ${texts.title}`;
  const paper = await Paper.begun({ title: texts.title, foot, language, layout: "portrait", madeAt: made });
  paper.title(texts.title);
  paper.paragraph(texts.why);
  paper.paragraph(texts.short);
  paper.facts(personFacts(parts));
  const times = annex.recipients.reduce((sum, each) => sum + each.times, 0);
  paper.paragraph(annex.recipients.length === 0 ? nobody[language] : summary(language, annex.recipients.length, times));
  for (const recipient of annex.recipients) tellRecipient(paper, recipient, parts, texts);
  if (annex.recipients.length > 0) paper.paragraph(texts.several, "faint");
  if (annex.staff !== null) tellStaff(paper, annex.staff, parts);
  for (const [heading, items] of lastSections(language, town)) {
    paper.heading(heading);
    paper.list(items);
  }
  paper.paragraph(madeFrom(parts), "faint");
  paper.end();
  return paper.taken();
}

function personFacts({
  town,
  catalogue,
  scheme,
  number,
  made,
  language,
}: AnnexParts): readonly (readonly [string, string])[] {
  const register = registerTitle(scheme, catalogue)[language];
  const day = dayWords(language, dayIn(town.timeZone, made));
  const who = number === null ? "—" : number;
  return language === "fr"
    ? [
        ["Personne concernée", `n°\u00a0${who} — ${register}`],
        ["Établie le", day],
        ["Par", town.displayName],
      ]
    : [
        ["Person", `no. ${who} — ${register}`],
        ["Made on", day],
        ["By", town.displayName],
      ];
}

function tellRecipient(paper: Paper, of: AnnexRecipient, parts: AnnexParts, texts: AnnexTexts): void {
  const { town, catalogue, language } = parts;
  const facts = texts.recipientFacts;
  const purpose = town.purposes.get(of.purpose);
  const day = (moment: string): string => dayIn(town.timeZone, new Date(moment));
  const datasets = [...new Set(of.fields.map(({ coordinate }) => coordinate.split(".")[0] ?? ""))];
  paper.heading(of.recipient.name);
  paper.facts([
    [facts.application, of.application],
    [facts.recipient, `${of.recipient.name} (${roleTitle(of.recipient.role)[language]})`],
    [facts.contact, of.recipient.contact],
    [facts.purpose, purpose === undefined ? of.purpose : `${purpose.title[language]}. ${purpose.text[language]}`],
    [facts.basis, basisTitle(of.basis)[language]],
    [facts.ownBasis, of.recipient.basis],
    [facts.when, whenWords(language, of.times, day(of.first), day(of.last))],
    [facts.kept, keptWords(language, of.retention)],
    ...(datasets.length === 0
      ? []
      : [
          [
            facts.from,
            sourceWords(
              language,
              datasets.map((name) => wordsFor(catalogue, name)[language]),
            ),
          ] as const,
        ]),
    ...(of.keptBack.length === 0
      ? []
      : [[facts.keptBack, of.keptBack.map((words) => words[language]).join(", ")] as const]),
  ]);
  if (of.fields.length === 0) return;
  const [category, data, times, last] = texts.columns;
  const table = paper.table([
    { title: category, share: 3 },
    { title: data, share: 4.4 },
    { title: times, share: 0.8, align: "right" },
    { title: last, share: 1.8 },
  ]);
  for (const field of of.fields)
    table.row([
      field.category[language] + (field.special ? ` (${texts.special})` : ""),
      field.words[language],
      numberIn(language, field.times),
      dayWords(language, day(field.last)),
    ]);
  table.end();
}

function tellStaff(
  paper: Paper,
  { times, first, last }: NonNullable<PersonAnnex["staff"]>,
  { town, language }: AnnexParts,
): void {
  const day = (moment: string): string => dayIn(town.timeZone, new Date(moment));
  paper.heading(language === "fr" ? "Les agents de la ville" : "The town’s own staff");
  paper.paragraph(staffWords(language, times, day(first), day(last)));
}

/** How many entries there were tells of what is left out: it stands in the record, not in the paper. */
function madeFrom({ annex, checkpoint, language }: AnnexParts): string {
  const altered =
    annex.altered === 0
      ? ""
      : language === "fr"
        ? " Des inscriptions du journal sont altérées et n’ont pas été prises en compte."
        : " Entries of the record are altered and were not taken into account.";
  return headWords(checkpoint, language) + altered;
}
