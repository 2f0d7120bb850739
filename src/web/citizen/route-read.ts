// The pages that are read. None of them changes anything.
import type { FastifyReply, FastifyRequest } from "fastify";
import { accessesOf, applicationsAbout, monthsUntil } from "./accesses-of.js";
import { agreementsOf, readDecided, readTown } from "./agreements-of.js";
import { receiptPage, receiptPageHeaders } from "../receipt-page.js";
import { guarding } from "./headers.js";
import { historyCsv } from "./history-csv.js";
import { dataPage } from "./page-data.js";
import { donePage } from "./page-decision.js";
import { historyPage, queryOf } from "./page-history.js";
import { overviewPage } from "./page-overview.js";
import { welcomePage } from "./page-welcome.js";
import { datasetWords } from "./field-words.js";
import { eventOf } from "./own-event.js";
import { viewOf, viewsOf } from "./person-names.js";
import { personsNow, visitOf } from "./signed-in.js";
import { frameOf, languageOf, sendError, sendPage, type Site } from "./site.js";
import { textsIn } from "./texts.js";
import { decisions, type DecisionName, type HistoryFilter, type PersonView } from "./view.js";

/** The first page: what this is for who is signed out, one's agreements for who is signed in. */
export async function showStart(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { services, tenant, cookies, cookieNames } = site;
  if (cookies.read(request, cookieNames.session) !== null) return showOverview(site, request, reply);
  const language = languageOf(site, request, reply);
  const map = await services.catalogue(tenant);
  const open = [...(map?.datasets.values() ?? [])]
    .filter(({ open: forAll, status }) => forAll && status === "SHARED")
    .map(({ name }) => datasetWords(map, name, language))
    .sort((a, b) => a.localeCompare(b, language));
  const frame = frameOf(site, language, null, "");
  return sendPage(site, reply, frame, welcomePage(frame, { offered: services.signIn.has(tenant), open }));
}

async function showOverview(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const visit = await visitOf(site, request, reply, "");
  if (visit === null) return reply;
  const persons = await personsNow(site, visit, reply);
  if (persons === null) return reply;
  const { services, tenant, town } = site;
  const [now, views] = await Promise.all([readTown(services, tenant, town), viewsOf(site, persons)]);
  const sections = await Promise.all(
    views.map(async (person) => {
      const decided = await readDecided(services, tenant, person);
      return { person, cards: agreementsOf(now, decided, visit.frame.language).map(({ card }) => card) };
    }),
  );
  return sendPage(site, reply, visit.frame, overviewPage(visit.frame, { sections }));
}

const pageLength = 30;
const csvLength = 5_000;

export async function showHistory(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const found = await historyOf(site, request, reply, pageLength);
  if (found === null) return reply;
  const { visit, persons, filter, before, read, now, person } = found;
  const { language } = visit.frame;
  const page = historyPage(visit.frame, {
    persons: await viewsOf(site, persons),
    filter,
    applications: applicationsAbout(now, person.keys, language),
    months: monthsUntil(now.today),
    accesses: read.accesses,
    before: read.before,
    first: before === null,
  });
  return sendPage(site, reply, visit.frame, page);
}

export async function sendHistoryCsv(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const found = await historyOf(site, request, reply, csvLength);
  if (found === null) return reply;
  const { visit, read, now } = found;
  const { language, timeZone } = visit.frame;
  const name = `${textsIn(language).historyPage.file}-${now.today}.csv`;
  return reply
    .headers({
      ...guarding,
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
    })
    .send(historyCsv(read.accesses, language, timeZone));
}

async function historyOf(site: Site, request: FastifyRequest, reply: FastifyReply, limit: number) {
  const { services, tenant, town } = site;
  const query = request.query as Record<string, unknown>;
  const filter = filterOf(query);
  const before =
    typeof query["before"] === "string" && /^\d{1,15}$/.test(query["before"]) ? Number(query["before"]) : null;
  const visit = await visitOf(site, request, reply, `/history${queryOf(filter, before)}`);
  if (visit === null) return null;
  const persons = await personsNow(site, visit, reply);
  if (persons === null) return null;
  const person = persons.find(({ ref }) => ref === filter.person);
  if (person === undefined) {
    void sendError(site, reply, visit.frame, "not-found");
    return null;
  }
  const [now, decided] = await Promise.all([readTown(services, tenant, town), readDecided(services, tenant, person)]);
  const read = await accessesOf(services, now, decided, { filter, before, limit }, visit.frame.language);
  return { visit, persons, person, filter, before, read, now };
}

/** What is not a name or a month filters nothing. */
function filterOf(query: Record<string, unknown>): HistoryFilter {
  const text = (name: string, form: RegExp): string | null => {
    const value = query[name];
    return typeof value === "string" && form.test(value) ? value : null;
  };
  return {
    person: text("person", /^[A-Za-z0-9_-]{1,40}$/) ?? "me",
    application: text("app", /^[a-z][a-z0-9-]{0,62}$/),
    month: text("month", /^\d{4}-(0[1-9]|1[0-2])$/),
  };
}

export async function showData(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const visit = await visitOf(site, request, reply, "/data");
  return visit === null ? reply : sendPage(site, reply, visit.frame, dataPage(visit.frame));
}

export async function showDone(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ids = (request.params as { events: string }).events.split("+");
  const visit = await visitOf(site, request, reply, `/done/${ids.map(encodeURIComponent).join("+")}`);
  if (visit === null) return reply;
  const persons = await personsNow(site, visit, reply);
  if (persons === null) return reply;
  const events = await Promise.all(ids.slice(0, 10).map((id) => eventOf(site, persons, id)));
  const [first] = events;
  const decision = decisions.find((each) => each === first?.event.decision);
  if (first == null || decision === undefined) return sendError(site, reply, visit.frame, "not-found");
  return sendPage(
    site,
    reply,
    visit.frame,
    donePage(
      visit.frame,
      await doneOf(
        site,
        events.flatMap((each) => each ?? []),
        await viewOf(site, persons, first.person),
        decision,
      ),
    ),
  );
}

type Found = NonNullable<Awaited<ReturnType<typeof eventOf>>>;

async function doneOf(
  { services, tenant }: Site,
  events: readonly Found[],
  person: PersonView,
  decision: DecisionName,
) {
  const [agreements, applications] = await Promise.all([services.agreements(tenant), services.applications(tenant)]);
  const name = agreements.find(({ id }) => id === events[0]?.event.agreement)?.application;
  const title = applications.find((application) => application.name === name)?.title ?? name ?? "";
  return { events: events.map(({ event }) => event.id), decision, title, person };
}

/** One file that works without a network, and brings its own rules for what it may load: nothing. */
export function showReceiptCheck(site: Site, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = languageOf(site, request, reply);
  const keys = site.services.receiptKeys(site.tenant);
  const page = receiptPage({ town: site.town.displayName, keys, language });
  return reply.headers({ ...guarding, ...receiptPageHeaders, "content-language": language }).send(page);
}

export async function sendReceipt(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const visit = await visitOf(site, request, reply, "");
  if (visit === null) return reply;
  const persons = await personsNow(site, visit, reply);
  if (persons === null) return reply;
  const found = await eventOf(site, persons, (request.params as { id: string }).id);
  if (found === null) return sendError(site, reply, visit.frame, "not-found");
  const receipt = await site.services.receipt(site.tenant, found.event);
  return reply
    .headers({
      ...guarding,
      "content-type": "application/jose",
      "content-disposition": `attachment; filename="${textsIn(visit.frame.language).done.file}-${found.event.id}.jws"`,
    })
    .send(receipt);
}
