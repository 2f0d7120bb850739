// The canonical text (RFC 8785) of an entry, written directly: names stand in the order of their UTF-16 units, texts and
// numbers as JSON.stringify writes them. Nothing is built in between. The tests hold it equal, byte for byte, to what a
// general library makes of the same entry.
import { boundedText } from "./bounded-text.js";
import type { EntryDraft } from "./entry.js";
import type { CutList } from "./stored-entry.js";
import { numberText, quoted } from "./json-text.js";
import { SortedTokens } from "./sorted-tokens.js";

const maxText = 300;
const maxMemo = 4096;

/** Texts of the town's own that stand in entry after entry: coordinates, rules, names. */
const memo = new Map<string, string>();

/** Bounded, escaped and quoted. */
function text(value: string): string {
  const known = memo.get(value);
  if (known !== undefined) return known;
  const made = quoted(boundedText(value, maxText));
  if (value.length <= maxText) {
    if (memo.size >= maxMemo) memo.clear();
    memo.set(value, made);
  }
  return made;
}

const orNull = (value: string | null): string => (value === null ? "null" : text(value));

/**
 * @param keep of each list that describes what did NOT leave, so many items at most; the cut is said
 * @param subjects how many distinct people
 * @throws TypeError for what JSON cannot hold
 */
export function bodyText(draft: EntryDraft, personal: string, subjects: number, keep: number): string {
  const cut = new Cut(keep);
  const errors = cut.list("errors", draft.errors, text);
  const staff = draft.staff === null ? "null" : staffText(draft.staff, cut);
  const refused = cut.list("refused", draft.refused, refusedText);
  const sources = cut.list("sources", draft.sources, sourceText);
  const withheld = cut.list("withheld", draft.withheld, withheldText);
  return (
    `{"agreement":${orNull(draft.agreement)},"agreementVersion":${numberOrNull(draft.agreementVersion)},` +
    `"application":${orNull(draft.application)},"at":${quoted(draft.at)},"basis":${orNull(draft.basis)},` +
    `"durationMs":${numberText(Math.round(draft.durationMs))},"errors":${errors},"fields":${fieldsText(draft)},` +
    `"id":${quoted(draft.id)},"key":${orNull(draft.key)},` +
    `"operation":${draft.operation === null ? "null" : quoted(draft.operation.hash)},` +
    `"outcome":${quoted(draft.outcome)},"personal":${quoted(personal)},"policyVersion":${orNull(draft.policyVersion)},` +
    `"purpose":${orNull(draft.purpose)},"refused":${refused},"rows":${rowsText(draft)},"sources":${sources},` +
    `"staff":${staff},"status":${numberText(draft.status)},"subjects":${numberText(subjects)},` +
    `"tenant":${quoted(draft.tenant)},"truncated":${cut.told()},"v":1,"withheld":${withheld}}`
  );
}

const numberOrNull = (value: number | null): string => (value === null ? "null" : numberText(value));

/** What left is never cut. */
function fieldsText({ fields }: EntryDraft): string {
  let all = "[";
  for (const { cells, coordinate, mask, rule } of fields)
    all += `${all.length === 1 ? "" : ","}{"cells":${numberText(cells)},"coordinate":${text(coordinate)},"mask":${text(mask)},"rule":${text(rule)}}`;
  return `${all}]`;
}

function rowsText({ rows: each }: EntryDraft): string {
  let all = "[";
  for (const { dataset, rows } of each)
    all += `${all.length === 1 ? "" : ","}{"dataset":${text(dataset)},"rows":${numberText(rows)}}`;
  return `${all}]`;
}

const refusedText = ({ coordinate, reason, rule, use }: EntryDraft["refused"][number]): string =>
  `{"coordinate":${text(coordinate)},"reason":${quoted(reason)},"rule":${orNull(rule)},"use":${quoted(use)}}`;

const withheldText = ({ coordinate, cells }: EntryDraft["withheld"][number]): string =>
  `{"cells":${numberText(cells)},"coordinate":${text(coordinate)}}`;

const sourceText = ({ source, reason }: EntryDraft["sources"][number]): string =>
  `{"reason":${text(reason)},"source":${text(source)}}`;

/**
 * Of names that are the same once they are bounded, the last one's value stands. What was sought is not kept in memory: it
 * may name a person.
 */
function staffText({ command, filters }: NonNullable<EntryDraft["staff"]>, cut: Cut): string {
  const kept = new Map<string, string>();
  for (const [name, value] of cut.kept("filters", Object.entries(filters)))
    kept.set(boundedText(name, maxText), quoted(boundedText(value, maxText)));
  const named = [...kept.keys()].sort().map((name) => `${quoted(name)}:${kept.get(name) ?? ""}`);
  return `{"command":${text(command)},"filters":{${named.join(",")}}}`;
}

class Cut {
  private readonly lists: Partial<Record<CutList, number>> = {};

  constructor(private readonly keep: number) {}

  kept<T>(name: CutList, list: readonly T[]): readonly T[] {
    if (list.length <= this.keep) return list;
    this.lists[name] = list.length - this.keep;
    return list.slice(0, this.keep);
  }

  list<T>(name: CutList, list: readonly T[], write: (item: T) => string): string {
    return list.length === 0 ? "[]" : `[${this.kept(name, list).map(write).join(",")}]`;
  }

  /** How many items were cut from a list. */
  told(): string {
    const names = Object.keys(this.lists) as CutList[];
    if (names.length === 0) return "{}";
    return `{${names
      .sort()
      .map((name) => `"${name}":${this.lists[name] ?? 0}`)
      .join(",")}}`;
  }
}

/** The personal part in pieces: texts, and lists of tokens that no string is made of. */
export interface PersonalText {
  readonly pieces: readonly (string | SortedTokens)[];
  /** How many distinct people. */
  readonly subjects: number;
}

/** @throws TypeError for what JSON cannot hold */
export function personalText(draft: EntryDraft): PersonalText {
  const { endUser, operationName, traceparent } = draft.personal;
  const people = subjectsText(draft.personal);
  // Written only where somebody was: entries without are as they were before citizens signed in.
  const signedIn = endUser ? `"endUser":{"scheme":${quoted(endUser.scheme)},"token":${quoted(endUser.token)}},` : "";
  const staff = draft.staff === null ? "null" : chosen(draft.staff.who, 200);
  return {
    subjects: people.subjects,
    pieces: [
      `{${signedIn}"operationName":${chosen(operationName, 200)},"staff":${staff},"subjects":{`,
      ...people.pieces,
      `},"traceparent":${chosen(traceparent ?? null, 55)},"v":1}`,
    ],
  };
}

/** Not kept in memory: an application chooses it, or it names a person. */
const chosen = (value: string | null, limit: number): string =>
  value === null ? "null" : quoted(boundedText(value, limit));

/** By scheme, each person once. */
function subjectsText(personal: EntryDraft["personal"]): PersonalText {
  const lists = listsOf(personal);
  const pieces: (string | SortedTokens)[] = [];
  let subjects = 0;
  for (const scheme of lists.size > 1 ? [...lists.keys()].sort() : lists.keys()) {
    const list = lists.get(scheme) ?? [];
    pieces.push(`${subjects === 0 ? "" : ","}${quoted(scheme)}:`);
    if (list instanceof SortedTokens) {
      pieces.push(list);
      subjects += list.count;
    } else {
      const once = list.length > 1 ? [...new Set(list)].sort() : list;
      pieces.push(`[${once.map(quoted).join(",")}]`);
      subjects += once.length;
    }
  }
  return { pieces, subjects };
}

/** Lists that came sealed stay so, unless others of their scheme came too. */
function listsOf({ subjects, ...personal }: EntryDraft["personal"]): Map<string, string[] | SortedTokens> {
  const sealed = (personal.sealed ?? []).filter(({ tokens }) => tokens.count > 0);
  const lists = new Map<string, string[] | SortedTokens>();
  const [only] = sealed;
  if (subjects.length === 0 && sealed.length === 1 && only !== undefined) {
    // One alone is written faster as the string that it is.
    const { scheme, tokens } = only;
    return lists.set(scheme, tokens.count > 1 ? new SortedTokens(tokens) : tokens.strings());
  }
  const named = [...subjects, ...sealed].map(({ scheme }) => scheme);
  const strings = new Map<string, string[]>(named.map((scheme) => [scheme, []]));
  for (const { scheme, token } of subjects) strings.get(scheme)?.push(token);
  for (const { scheme, tokens } of sealed) {
    const alone = named.indexOf(scheme) === named.lastIndexOf(scheme);
    if (alone) lists.set(scheme, new SortedTokens(tokens));
    else for (const token of tokens.strings()) strings.get(scheme)?.push(token);
  }
  return new Map([...strings, ...lists]);
}
