// What the filter bar shows of a search, and the search that a choice in it makes.
import { anyStaff, withLogValues, type LogKey, type LogTerm } from "../../../../src/terms/log-query/index.js";
import { dayAfter } from "../../app/moments.js";

/** `negated`: everything but these. */
export interface Chosen {
  readonly values: readonly string[];
  readonly negated: boolean;
}

export const nothing: Chosen = { values: [], negated: false };

/** What is said by a key: what must hold where something must, else what must not. */
export function chosenOf(terms: readonly LogTerm[], key: LogKey): Chosen {
  const said = terms.filter((term) => term.key === key);
  const negated = said.length > 0 && said.every((term) => term.negated);
  return { values: said.filter((term) => term.negated === negated).flatMap(({ values }) => values), negated };
}

export const withChosen = (terms: readonly LogTerm[], key: LogKey, { values, negated }: Chosen): readonly LogTerm[] =>
  withLogValues(withLogValues(terms, key, values, negated), key, [], !negated);

const withoutKeys = (terms: readonly LogTerm[], keys: readonly LogKey[]): readonly LogTerm[] =>
  terms.filter(({ key }) => !keys.includes(key));

export type StaffChoice = "both" | "without" | "only";

export function staffChoiceOf(terms: readonly LogTerm[]): StaffChoice {
  const { values, negated } = chosenOf(terms, "staff");
  if (values.length === 0) return "both";
  return negated ? "without" : "only";
}

export const withStaffChoice = (terms: readonly LogTerm[], choice: StaffChoice): readonly LogTerm[] =>
  withChosen(terms, "staff", choice === "both" ? nothing : { values: [anyStaff], negated: choice === "without" });

/** Days as people mean them: both included. Empty: open on that side. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

const timeKeys = ["after", "before", "on"] as const satisfies readonly LogKey[];
const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** Of a search of whole days; null where it has other limits of time (`after:7d`, moments, several days). */
export function daysOf(terms: readonly LogTerm[]): Days | null {
  const said = terms.filter(({ key }) => timeKeys.some((each) => each === key));
  const one = (key: LogKey): string | null => {
    const of = said.filter((term) => term.key === key);
    if (of.length === 0) return "";
    const [value = ""] = of.flatMap(({ values }) => values);
    return of.length === 1 && of[0]?.values.length === 1 && !of[0].negated && isDay(value) ? value : null;
  };
  const [on, after, before] = [one("on"), one("after"), one("before")];
  if (on === null || after === null || before === null) return null;
  if (on !== "") return after === "" && before === "" ? { from: on, to: on } : null;
  return { from: after, to: before === "" ? "" : dayAfter(before, -1) };
}

/** `after:` is from its day on, `before:` is without its day. */
export function withDays(terms: readonly LogTerm[], { from, to }: Days): readonly LogTerm[] {
  const rest = withoutKeys(terms, timeKeys);
  if (from !== "" && from === to) return withLogValues(rest, "on", [from]);
  const begun = from === "" ? rest : withLogValues(rest, "after", [from]);
  return to === "" ? begun : withLogValues(begun, "before", [dayAfter(to, 1)]);
}

/** `7d`: from so long ago on, whenever the search is asked. */
export const withLast = (terms: readonly LogTerm[], ago: string): readonly LogTerm[] =>
  withLogValues(withoutKeys(terms, timeKeys), "after", [ago]);

export const lastOf = (terms: readonly LogTerm[]): string | null => {
  const said = terms.filter(({ key }) => timeKeys.some((each) => each === key));
  const [only] = said;
  const [value] = only?.values ?? [];
  return said.length === 1 && only?.key === "after" && value !== undefined && /^\d+[mhdw]$/.test(value) ? value : null;
};

/** The time of a search, taken away: whether it has any. */
export const hasTime = (terms: readonly LogTerm[]): boolean =>
  terms.some(({ key }) => timeKeys.some((each) => each === key));

export const withoutTime = (terms: readonly LogTerm[]): readonly LogTerm[] => withoutKeys(terms, timeKeys);

/** The search of everything before a moment: what a list that has grown too long goes on with. */
export const goingOnBefore = (terms: readonly LogTerm[], moment: string): readonly LogTerm[] =>
  withLogValues(
    terms.filter(({ key }) => key !== "before"),
    "before",
    [moment],
  );
