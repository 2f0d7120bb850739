// What a search line's last word could become: names that the town has given, never a person's.
import {
  completedLogQuery,
  fixedLogValues,
  logCompletionAt,
  offeredLogKeys,
  type LogCompletion,
  type LogKey,
} from "../../terms/index.js";
import type { Catalogue } from "../../catalogue/index.js";
import type { AgreementView, ApplicationView } from "../../identity/index.js";
import { basisTitle } from "../basis-words.js";
import { wordsFor } from "../field-words.js";
import type { Suggestion } from "../schema/access-page.js";
import type { Text } from "../text.js";
import type { TownFacts } from "../town-facts.js";

export interface KnownNames {
  readonly town: TownFacts;
  readonly applications: readonly ApplicationView[];
  readonly agreements: readonly AgreementView[];
  readonly catalogue: Catalogue | null;
}

interface Offer {
  readonly value: string;
  readonly hint: Text | null;
}

const most = 20;

/** @param cursor UTF-16 units */
export function suggestionsAt(line: string, cursor: number, known: KnownNames): Suggestion[] {
  const completion = logCompletionAt(line, cursor);
  if (completion === null) return [];
  return offersFor(completion, known)
    .slice(0, most)
    .map(({ value, hint }) => ({
      query: completedLogQuery(line, completion, value).line,
      label: completion.kind === "key" ? `${completion.negated ? "-" : ""}${value}:` : value,
      hint,
    }));
}

function offersFor(completion: LogCompletion, known: KnownNames): Offer[] {
  if (completion.kind === "key")
    return offeredLogKeys(completion.prefix).map(({ key, title }) => ({ value: key, hint: title }));
  const prefix = completion.prefix.toLowerCase();
  return (
    valuesOf(completion.key, known)
      .filter(({ value }) => !completion.chosen.includes(value))
      .filter(({ value, hint }) => value.toLowerCase().includes(prefix) || begins(hint, prefix))
      // What begins so comes before what only holds it.
      .toSorted(
        (a, b) => Number(b.value.toLowerCase().startsWith(prefix)) - Number(a.value.toLowerCase().startsWith(prefix)),
      )
  );
}

const begins = (hint: Text | null, prefix: string): boolean =>
  hint !== null && [hint.fr, hint.en].some((text) => text.toLowerCase().startsWith(prefix));

const plain = (text: string): Text => ({ fr: text, en: text });

function valuesOf(key: LogKey, { town, applications, agreements, catalogue }: KnownNames): Offer[] {
  const fixed = fixedLogValues(key);
  if (fixed !== null) return fixed.map((value) => ({ value, hint: null }));
  switch (key) {
    case "app":
      return applications.map(({ name, title }) => ({ value: name, hint: plain(title) }));
    case "agreement":
      return agreements.map(({ ref, approved }) => ({
        value: ref,
        hint: approved === null ? null : plain(approved.snapshot.recipient.name),
      }));
    case "purpose":
      return [...town.purposes].map(([value, { title }]) => ({ value, hint: title }));
    case "basis":
      return [...new Set(agreements.flatMap(({ versions }) => versions.map(({ snapshot }) => snapshot.basis)))]
        .sort()
        .map((value) => ({ value, hint: basisTitle(value) }));
    case "dataset":
      return [...(catalogue?.datasets.keys() ?? [])].map((value) => ({ value, hint: wordsFor(catalogue, value) }));
    case "field":
      return [...(catalogue?.coordinates ?? [])]
        .filter(([, member]) => member.kind !== "link")
        .map(([value]) => ({ value, hint: wordsFor(catalogue, value) }));
    default:
      // People are found on their own page, moments are typed, keys and versions copied.
      return [];
  }
}
