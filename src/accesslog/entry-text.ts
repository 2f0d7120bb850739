// The canonical text (RFC 8785) of an entry, written directly: names stand in the order of their UTF-16 units, texts and
// numbers as JSON.stringify writes them. Nothing is built in between. The tests hold it equal, byte for byte, to what a
// general library makes of the same entry.
import type { SubjectToken } from "../terms/index.js";
import { boundedText } from "./bounded-text.js";
import type { EntryDraft } from "./entry.js";
import type { CutList } from "./stored-entry.js";
import { distinctSorted } from "./distinct-sorted.js";
import { numberText, quoted, quotedAll } from "./json-text.js";

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

/** Of names that are the same once they are bounded, the last one's value stands. */
/** What was sought is not kept in memory: it may name a person. */
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

/** @throws TypeError for what JSON cannot hold */
export function personalText(draft: EntryDraft): { readonly text: string; readonly subjects: number } {
  const { subjects, endUser, operationName, traceparent } = draft.personal;
  const people = subjectsText(subjects);
  // Written only where somebody was: entries without are as they were before citizens signed in.
  const signedIn = endUser ? `"endUser":{"scheme":${quoted(endUser.scheme)},"token":${quoted(endUser.token)}},` : "";
  return {
    subjects: people.count,
    text:
      `{${signedIn}"operationName":${chosen(operationName, 200)},` +
      `"staff":${draft.staff === null ? "null" : chosen(draft.staff.who, 200)},"subjects":${people.text},` +
      `"traceparent":${chosen(traceparent ?? null, 55)},"v":1}`,
  };
}

/** Not kept in memory: an application chooses it, or it names a person. */
const chosen = (value: string | null, limit: number): string =>
  value === null ? "null" : quoted(boundedText(value, limit));

type Subjects = EntryDraft["personal"]["subjects"];

function subjectsText(subjects: Subjects): { readonly text: string; readonly count: number } {
  const first = subjects[0];
  if (first === undefined) return { text: "{}", count: 0 };
  if (subjects.length === 1) return { text: `{${quoted(first.scheme)}:[${quoted(first.token)}]}`, count: 1 };
  const tokens = new Map<string, SubjectToken[]>();
  let [scheme, list] = [first.scheme, [] as SubjectToken[]];
  tokens.set(scheme, list);
  for (const subject of subjects) {
    if (subject.scheme !== scheme) {
      scheme = subject.scheme;
      list = tokens.get(scheme) ?? [];
      tokens.set(scheme, list);
    }
    list.push(subject.token);
  }
  let count = 0;
  const named = [...tokens.keys()].sort().map((name) => {
    const sorted = distinctSorted(tokens.get(name) ?? []);
    count += sorted.length;
    return `${quoted(name)}:${quotedAll(sorted)}`;
  });
  return { text: `{${named.join(",")}}`, count };
}
