// Searching the log, and one access in full.
import { Arg, Ctx, FieldResolver, ID, Int, Resolver, Root } from "type-graphql";
import type { StoredEntry } from "../../accesslog/index.js";
import { dayIn, readLogQuery, recordedLogQuery, type PolicyVersionId, type TenantName } from "../../terms/index.js";
import { readLine, type ReadLine } from "../accesses/read-line.js";
import { rowOf } from "../accesses/row.js";
import { proofOf, storyOf } from "../accesses/story.js";
import { suggestionsAt } from "../accesses/suggest.js";
import { GovernanceError } from "../errors.js";
import { wordsFor } from "../field-words.js";
import { overviewOf } from "../overview.js";
import { AccessPage, Suggestion, Word, type ReadQuery } from "../schema/access-page.js";
import { AccessStory } from "../schema/access-story.js";
import { Overview } from "../schema/overview.js";
import { dayScalar } from "../schema/scalars.js";
import { Town } from "../schema/town.js";
import { may, opened, refused, townOf, type Visit } from "../visit.js";

const pageText =
  "A page of a search, newest first. `query` is one line, as in `app:cantine-plus field:Resident.email after:2026-11-01 -outcome:answered`.";

/** Rows of one page, at most (law 13). */
const mostRows = 500;
/** Of a whole search, counted up to here. */
const countedUpTo = 10_000;
const longestLine = 4_000;

@Resolver(() => Town)
export class AccessResolver {
  @FieldResolver(() => Overview, { description: "One day of accesses; today unless given." })
  async overview(
    @Arg("day", () => dayScalar, { nullable: true }) asked: string | null | undefined,
    @Root() { name }: Town,
    @Ctx() visit: Visit,
  ): Promise<Overview> {
    const town = townOf(visit, name);
    const now = visit.services.now();
    const day = asked ?? dayIn(town.timeZone, now);
    await opened(visit, town.name, { right: "READ_LOG", what: "overview", filters: { day } });
    const agreements = await visit.loaders.agreements.load(town.name);
    return overviewOf({ town, day, log: visit.services.log, agreements });
  }

  @FieldResolver(() => AccessPage, { description: pageText })
  async accesses(
    @Arg("query", () => String) query: string,
    @Arg("first", () => Int, { defaultValue: 100 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Root() { name }: Town,
    @Ctx() visit: Visit,
  ): Promise<AccessPage> {
    const tenant = townOf(visit, name).name;
    const cursor = cursorOf(after);
    const line = await lineOf(visit, tenant, query, cursor?.now ?? visit.services.now());
    const read: ReadQuery = {
      canonical: line.canonical,
      terms: line.terms.flatMap(({ key, values, negated }) => values.map((value) => ({ key, value, negated }))),
      faults: line.faults,
    };
    if (line.filter === null) return { query: read, rows: [], more: false, end: null, total: null };
    const entry = await openedSearch(visit, tenant, line, cursor === null ? "accesses" : "accesses, next page");
    const { log } = visit.services;
    // A search does not find itself: what is found was there before it was asked for.
    const before = cursor?.before ?? entry.index;
    const page = { limit: Math.min(Math.max(1, first), mostRows), before };
    const [found, total] = await Promise.all([
      log.searchSummaries(tenant, line.filter, page),
      cursor === null ? log.total(tenant, { ...line.filter, before }, countedUpTo) : null,
    ]);
    const last = found.rows.at(-1)?.index;
    const now = cursor?.now ?? visit.services.now();
    return {
      query: read,
      rows: found.rows.map(rowOf),
      more: found.more,
      end: found.more && last !== undefined ? `${last}.${now.getTime()}` : null,
      total,
    };
  }

  @FieldResolver(() => AccessStory, {
    nullable: true,
    description: "One entry's whole story, by its id or its number.",
  })
  async access(
    @Arg("id", () => ID) id: string,
    @Root() { name }: Town,
    @Ctx() visit: Visit,
  ): Promise<AccessStory | null> {
    const town = townOf(visit, name);
    const wanted = wantedEntry(id);
    const filters = { entry: wanted === null ? "(not an entry)" : id };
    await opened(visit, town.name, { right: "READ_LOG", what: "access", filters });
    const entry = wanted === null ? null : await entryOf(visit, town.name, wanted);
    if (entry === null) return null;
    const { services, loaders } = visit;
    const { operation, policyVersion, purpose } = entry.body;
    const [text, policy, agreements, proof] = await Promise.all([
      operation === null ? null : loaders.operationText.load(operation),
      policyVersion === null ? null : versionOf(visit, town.name, policyVersion),
      loaders.agreements.load(town.name),
      services.log.proof(town.name, entry.body.id),
    ]);
    return storyOf({
      entry,
      operation: text,
      purposeTitle: purpose === null ? null : (town.purposes.get(purpose)?.title ?? null),
      agreements,
      policy,
      proof: proofOf(entry, proof, services.logKeys(town.name)),
    });
  }

  /** Names of the map of the data, of no entry: not recorded. */
  @FieldResolver(() => [Word], { description: "Datasets and fields in words, by the names that stand in accesses." })
  async words(@Root() { name }: Town, @Ctx() visit: Visit): Promise<readonly Word[]> {
    const tenant = townOf(visit, name).name;
    if (!may(visit, tenant, "READ_LOG")) throw refused(visit, tenant, "READ_LOG");
    const catalogue = (await visit.loaders.inForce.load(tenant))?.catalogue ?? null;
    const names = [...(catalogue?.datasets.keys() ?? []), ...(catalogue?.coordinates.keys() ?? [])];
    return names.map((each) => ({ name: each, title: wordsFor(catalogue, each) }));
  }

  /** Names that complete what is being typed: of no entry, and asked at every key that is pressed. It is not recorded. */
  @FieldResolver(() => [Suggestion], {
    description:
      "What a line's last word could become: keys, and values that the town knows (names only, never people).",
  })
  async suggestions(
    @Arg("query", () => String) query: string,
    @Arg("cursor", () => Int) cursor: number,
    @Root() { name }: Town,
    @Ctx() visit: Visit,
  ): Promise<readonly Suggestion[]> {
    const town = townOf(visit, name);
    if (!may(visit, town.name, "READ_LOG")) throw refused(visit, town.name, "READ_LOG");
    const { loaders } = visit;
    const [applications, agreements, version] = await Promise.all([
      loaders.applications.load(town.name),
      loaders.agreements.load(town.name),
      loaders.inForce.load(town.name),
    ]);
    const known = { town, applications, agreements, catalogue: version?.catalogue ?? null };
    return suggestionsAt(query.slice(0, longestLine), cursor, known);
  }
}

/** Whoever may not search for people is refused before a key that they typed is looked at. */
async function lineOf(visit: Visit, tenant: TenantName, query: string, now: Date): Promise<ReadLine> {
  const { terms } = readLogQuery(query);
  const right = terms.some(({ key }) => key === "person") ? "FIND_PEOPLE" : "READ_LOG";
  if (!may(visit, tenant, right))
    await opened(visit, tenant, { right, what: "accesses", filters: recordedLogQuery(terms) });
  const version = await visit.loaders.inForce.load(tenant);
  const { timeZone } = townOf(visit, tenant);
  const { tokens } = visit.services;
  return readLine(query, { tenant, timeZone, tokens, catalogue: version?.catalogue ?? null, now });
}

function openedSearch(visit: Visit, tenant: TenantName, { terms, subjects }: ReadLine, what: string) {
  const right = terms.some(({ key }) => key === "person") ? "FIND_PEOPLE" : "READ_LOG";
  return opened(visit, tenant, { right, what, filters: recordedLogQuery(terms), subjects });
}

/** `1204330.1795420800000`: the last row's number, and when the first page was asked for: `after:7d` stays where it was. */
function cursorOf(after: string | null | undefined): { readonly before: number; readonly now: Date } | null {
  if (after === null || after === undefined) return null;
  const [, before, now] = /^(\d{1,15})\.(\d{1,15})$/.exec(after) ?? [];
  if (before === undefined || now === undefined) throw new GovernanceError("BAD_USER_INPUT", { argument: "after" });
  return { before: Number(before), now: new Date(Number(now)) };
}

type Wanted = { readonly id: string } | { readonly index: number };

function wantedEntry(text: string): Wanted | null {
  if (/^\d{1,15}$/.test(text)) return { index: Number(text) };
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? { id: text } : null;
}

async function entryOf({ services: { log } }: Visit, tenant: TenantName, wanted: Wanted): Promise<StoredEntry | null> {
  if ("id" in wanted) return log.read(tenant, wanted.id);
  const { entries } = await log.search(tenant, { limit: 1, before: wanted.index + 1 });
  return entries.find(({ index }) => index === wanted.index) ?? null;
}

/** A version whose content was changed behind our back gives no texts; the entry is told all the same. */
const versionOf = (visit: Visit, tenant: TenantName, id: PolicyVersionId) =>
  visit.loaders.version.load({ tenant, id }).catch(() => null);
