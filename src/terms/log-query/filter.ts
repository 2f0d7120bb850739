// What a line means for the access log: conditions on an entry, days turned into moments, people into tokens.
import { parseMoment } from "../moments.js";
import type { SubjectToken } from "../names.js";
import { anyStaff, type LogTerm } from "./query.js";
import { readPerson, type PersonHandle, type TypedPerson } from "./write.js";

/** What is compared by name; `field` and `dataset` hold where one was read, withheld or refused. */
export type NamedInEntry =
  "app" | "agreement" | "purpose" | "outcome" | "basis" | "key" | "policy" | "dataset" | "field";

/** One person, under every live number of the tenant's secret and every type of their key. */
export interface SoughtPerson {
  readonly scheme: string;
  readonly tokens: readonly SubjectToken[];
}

/** RFC 3339, compared with the entry's `at`; `since` is included, `until` is not. */
export interface LogPeriod {
  readonly since?: string;
  readonly until?: string;
}

interface AnyOf<On, T> {
  readonly on: On;
  /** It holds where the entry has one of these. An empty list holds nowhere. */
  readonly anyOf: readonly T[];
  /** Turned round: it holds where the entry has none of them. */
  readonly not: boolean;
}

export type LogCondition =
  /** `policy`: the beginning of a version's hash is enough. */
  | AnyOf<NamedInEntry, string>
  /** Narrows to what left, or to what was refused. */
  | AnyOf<"read" | "refused", string>
  | AnyOf<"person", SoughtPerson>
  /** Entries of staff by who it was; `*` is anybody. Who is erased is nobody, but still of staff. */
  | AnyOf<"staff", string>
  | AnyOf<"time", LogPeriod>;

export interface LogFilter {
  /** All of them hold. */
  readonly conditions: readonly LogCondition[];
  /** Exclusive: entries with a lower index. A search pins its own entry's, so that it does not find itself. */
  readonly before?: number;
}

export interface LogFilterOptions {
  readonly now: Date;
  /** IANA: days are the town's. */
  readonly timeZone: string;
  /** Who is meant, with every token that stands for them; one that nobody has: no tokens. */
  readonly person: (sought: TypedPerson | PersonHandle) => SoughtPerson;
}

/** @param terms of a line without faults */
export const logFilterOf = (terms: readonly LogTerm[], options: LogFilterOptions): LogFilter => ({
  conditions: terms.map((term) => conditionOf(term, options)),
});

function conditionOf({ key, values, negated: not }: LogTerm, options: LogFilterOptions): LogCondition {
  switch (key) {
    case "person":
      return { on: key, anyOf: values.map((value) => options.person(readPerson(value))), not };
    case "after":
      return { on: "time", anyOf: values.map((value) => ({ since: moment(value, "start", options) })), not };
    case "before":
      return { on: "time", anyOf: values.map((value) => ({ until: moment(value, "start", options) })), not };
    case "on": {
      const day = (value: string): LogPeriod => ({
        since: moment(value, "start", options),
        until: moment(value, "end", options),
      });
      return { on: "time", anyOf: values.map(day), not };
    }
    case "staff":
      return { on: key, anyOf: values.includes(anyStaff) ? [anyStaff] : values, not };
    default:
      return { on: key, anyOf: values, not };
  }
}

function moment(text: string, edge: "start" | "end", { now, timeZone }: LogFilterOptions): string {
  const found = parseMoment(text, { now, timeZone, edge });
  if (found === null) throw new RangeError("a search line with faults is not searched by");
  return found;
}
