// Files that staff take along: what is asked for by a form, on record before anything of it is read (law 4), and then made
// while it is read.
import { Readable } from "node:stream";
import { evidenceLines, type EvidenceLog } from "../accesslog/index.js";
import { readPerson, recordedLogQuery, type LogFilter, type SubjectToken, type TenantName } from "../terms/index.js";
import { readLine, type ReadLine } from "./accesses/read-line.js";
import { DocumentRefused, type DocumentRequest, type ExportedDocument } from "./documents/document.js";
import { documentRights, exportDocument } from "./documents/export-document.js";
import { GovernanceError } from "./errors.js";
import { opened, townOf, type Visit } from "./visit.js";

/** As the console's forms send it: `town`, `format`, `language`, and `query`, `id` or `person`. */
export type ExportForm = ReadonlyMap<string, string>;

/**
 * @throws GovernanceError: no town of theirs, no right, no such export, or it cannot be recorded
 * @throws DocumentRefused with a sentence for who asked
 */
export async function exportFor(visit: Visit, form: ExportForm): Promise<ExportedDocument> {
  const tenant = townOf(visit, form.get("town") ?? "").name;
  const format = form.get("format") ?? "";
  const language = form.get("language") === "en" ? "en" : "fr";
  const [, ofRegister] = /^register-(pdf|csv|json)$/.exec(format) ?? [];
  if (ofRegister !== undefined)
    return paper(visit, { kind: "register", tenant, language, format: ofRegister as "pdf" | "csv" | "json" });
  if (format === "article-15") {
    const person = handleOf(form.get("person") ?? "");
    return paper(visit, { kind: "person", tenant, language, format: "pdf", person });
  }
  const id = form.get("id");
  if (id !== undefined && format === "evidence") return entryEvidence(visit, tenant, id);
  const line = await lineOf(visit, tenant, form.get("query") ?? "");
  if (line.filter === null) throw new DocumentRefused(faulty);
  if (format === "evidence") return searchEvidence(visit, tenant, line, line.filter);
  if (format !== "csv" && format !== "jsonl" && format !== "pdf") throw notSuch("format");
  const { canonical, filter } = line;
  return paper(visit, { kind: "search", tenant, language, format, canonical, filter }, line);
}

const faulty = {
  fr: "Cette recherche comporte des fautes\u00a0: corrigez-la avant de l’exporter.",
  en: "This search has faults: mend it before you export it.",
};

const notSuch = (argument: string): GovernanceError => new GovernanceError("BAD_USER_INPUT", { argument });

function handleOf(text: string): { readonly scheme: string; readonly token: SubjectToken } {
  const person = /^[A-Za-z][A-Za-z0-9_-]{0,62}~[A-Za-z0-9_-]{1,1000}$/.test(text) ? readPerson(text) : null;
  if (person === null || "key" in person) throw notSuch("person");
  return { scheme: person.scheme, token: person.token as SubjectToken };
}

async function lineOf(visit: Visit, tenant: TenantName, query: string): Promise<ReadLine> {
  const version = await visit.loaders.inForce.load(tenant);
  const { tokens, now } = visit.services;
  const { timeZone } = townOf(visit, tenant);
  return readLine(query, { tenant, timeZone, tokens, catalogue: version?.catalogue ?? null, now: now() });
}

async function paper(visit: Visit, request: DocumentRequest, line?: ReadLine): Promise<ExportedDocument> {
  const { services } = visit;
  const subjects = request.kind === "person" ? [request.person] : (line?.subjects ?? []);
  const recorded = await openedExport(visit, request.tenant, request.kind, request.format, subjects, line);
  return exportDocument(request, services, recorded);
}

/** What is exported of people needs the right to find them besides. */
async function openedExport(
  visit: Visit,
  tenant: TenantName,
  kind: DocumentRequest["kind"],
  format: string,
  subjects: ReadLine["subjects"],
  line?: ReadLine,
) {
  const filters = { format, ...(line === undefined ? {} : recordedLogQuery(line.terms)) };
  const asked = { what: `export ${kind}`, filters, subjects };
  if (subjects.length > 0 && !(visit.towns.get(tenant)?.rights.has("FIND_PEOPLE") ?? false))
    return opened(visit, tenant, { ...asked, right: "FIND_PEOPLE" });
  return opened(visit, tenant, { ...asked, right: documentRights[kind] });
}

async function searchEvidence(
  visit: Visit,
  tenant: TenantName,
  line: ReadLine,
  filter: LogFilter,
): Promise<ExportedDocument> {
  const recorded = await openedExport(visit, tenant, "search", "evidence", line.subjects, line);
  const told = Object.values(recordedLogQuery(line.terms)).join(" ");
  return evidence(visit, tenant, visit.services.log, filter, { recorded, query: told });
}

/** One entry, with the export's own beside it. */
async function entryEvidence(visit: Visit, tenant: TenantName, id: string): Promise<ExportedDocument> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw notSuch("id");
  const filters = { format: "evidence", entry: id };
  const recorded = await opened(visit, tenant, { right: "EXPORT_LOG", what: "export search", filters });
  const { log } = visit.services;
  const entry = await log.read(tenant, id);
  if (entry === null) throw new DocumentRefused(gone);
  const found = await log.searchSummaries(tenant, { conditions: [] }, { limit: 1, before: entry.index + 1 });
  // Where the search has lost it, the one before it is no answer.
  const rows = found.rows.filter(({ index }) => index === entry.index);
  if (rows.length === 0) throw new DocumentRefused(gone);
  const one: EvidenceLog = {
    evidence: (of) => log.evidence(of),
    operationText: (hash) => log.operationText(hash),
    searchSummaries: () => Promise.resolve({ ...found, rows, more: false }),
  };
  return evidence(visit, tenant, one, { conditions: [] }, { recorded, query: `entry:${id}` });
}

const gone = {
  fr: "Cette entrée n’est plus dans le journal, ou son contenu en a été retiré.",
  en: "This entry is in the record no more, or its content was removed.",
};

function evidence(
  { services, towns }: Visit,
  tenant: TenantName,
  log: EvidenceLog,
  filter: LogFilter,
  made: { readonly recorded: Parameters<typeof exportDocument>[2]; readonly query: string },
): ExportedDocument {
  const lines = evidenceLines(log, tenant, filter, {
    ...made,
    by: towns.get(tenant)?.roles.join(" ") ?? "",
    people: false,
    keys: services.evidenceKeys(tenant),
    policy: async (version) => {
      const content = await services
        .version(tenant, version as Parameters<typeof services.version>[1])
        .catch(() => null);
      return content === null ? null : { schema: content.schema, files: Object.fromEntries(content.files) };
    },
    now: services.now(),
  });
  return {
    fileName: `passerelle-${tenant}-${services.now().toISOString().slice(0, 10)}.evidence.jsonl`,
    contentType: "application/jsonl; charset=utf-8",
    stream: Readable.from(lines, { objectMode: false }),
  };
}
