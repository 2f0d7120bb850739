// What a search line can be completed with: keys and outcomes, which are the same in every town, and the town's names.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import {
  fixedLogValues,
  offeredLogKeys,
  readLogQuery,
  writeLogTerm,
  type BothLanguages,
  type LogCompletion,
  type LogKey,
} from "../../../../src/terms/log-query/index.js";
import { useSaid } from "../../app/language.js";
import { suggestionsQuery, type Suggestion } from "./questions.js";

export interface Offer {
  /** A key, or a value without quotes. */
  readonly choice: string;
  readonly label: string;
  readonly hint: string | null;
}

const none: readonly Offer[] = [];

/**
 * The town's names of a key that begin with a text. The gateway is sent this one term alone: what else stands in the line,
 * a person's key among it, is nothing that it needs.
 */
export function useNames(town: string, key: LogKey | null, prefix: string): readonly Offer[] {
  const say = useSaid();
  const asked = key !== null && key !== "person" && fixedLogValues(key) === null;
  const term = asked ? writeLogTerm({ key, values: prefix === "" ? [] : [prefix], negated: false }) : "";
  const { data } = useQuery({ ...suggestionsQuery(town, term, term.length), enabled: asked });
  return useMemo(
    () => (asked && data !== undefined ? data.flatMap((each) => offerOf(each, say)) : none),
    [asked, data, say],
  );
}

function offerOf({ query, label, hint }: Suggestion, say: (text: BothLanguages) => string): Offer[] {
  const choice = readLogQuery(query).terms.at(-1)?.values.at(-1);
  return choice === undefined ? [] : [{ choice, label, hint: hint === null ? null : say(hint) }];
}

/** What can stand at the cursor. Of a person nothing is offered: nobody is named by the gateway. */
export function useOffers(town: string, completion: LogCompletion | null): readonly Offer[] {
  const say = useSaid();
  const valued = completion?.kind === "value" ? completion : null;
  const names = useNames(town, valued?.key ?? null, valued?.prefix ?? "");
  if (completion === null) return none;
  if (completion.kind === "key")
    return offeredLogKeys(completion.prefix).map(({ key, title, example }) => ({
      choice: key,
      label: `${key}:`,
      hint: `${say(title)} — ${example}`,
    }));
  const fixed = fixedLogValues(completion.key);
  const offers =
    fixed === null
      ? names
      : fixed
          .filter((value) => value.startsWith(completion.prefix))
          .map((value) => ({ choice: value, label: value, hint: null }));
  return offers.filter(({ choice }) => !completion.chosen.includes(choice) && choice !== completion.prefix);
}
