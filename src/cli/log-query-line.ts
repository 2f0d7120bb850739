// The search line of `passerelle log`: read before anything is opened, then with the town's people and time.
import {
  logFilterOf,
  nearest,
  personHandle,
  readLogQuery,
  readPerson,
  recordedLogQuery,
  type LogCondition,
  type LogTerm,
  type PersonHandle,
  type SoughtPerson,
  type SubjectToken,
} from "../terms/index.js";
import { subjectTokensWith } from "../identity/index.js";
import { refuse } from "./failure.js";
import { findSubject, unknownScheme } from "./find-subject.js";
import type { Session } from "./session.js";

/**
 * @param words of the command line, each of which may hold several terms
 * @param options that there are, for one that was misspelt
 * @throws CommandFailure with each fault under its place
 */
export function readSearchLine(words: readonly string[], options: readonly string[]): readonly LogTerm[] {
  const option = words.find((word) => word.startsWith("--"));
  if (option !== undefined) throw refuse(unknownOption(option, options));
  const [first] = words;
  if (first !== undefined && /^[^:\s-][^:\s]*$/.test(first)) throw refuse(strayWord(first));
  const line = words.join(" ");
  const { terms, faults } = readLogQuery(line);
  if (faults.length === 0) return terms;
  throw refuse(
    faults
      .map(({ from, to, sentence }) => `${line}\n${" ".repeat(from)}${"^".repeat(to - from)}\n${sentence.en}`)
      .join("\n\n"),
  );
}

/** As commander says it of other commands. */
function unknownOption(written: string, options: readonly string[]): string {
  const [name = ""] = written.split("=", 1);
  const meant = nearest(name, options);
  return `npx passerelle log has no option "${name.slice(0, 100)}"${meant === undefined ? "" : ` (Did you mean ${meant}?)`}. See npx passerelle log --help`;
}

const strayWord = (word: string): string =>
  `npx passerelle log has no "${word.slice(0, 100)}" (did you mean "log show ENTRY"?). ` +
  "What to look for is said by options, or as app:cantine-plus -outcome:answered: see npx passerelle log --help";

export interface SearchLine {
  readonly conditions: readonly LogCondition[];
  /** What the record keeps for good: the line without people (law 11). */
  readonly recorded: Readonly<Record<string, string>>;
  /** Whom it is about, for the part of the record that can be erased. */
  readonly people: readonly { readonly scheme: string; readonly token: SubjectToken }[];
  /** To be told beside the result. */
  readonly notes: readonly string[];
}

/** @throws CommandFailure where a person's key cannot be one, without the key */
export async function searchLineOf(session: Session, terms: readonly LogTerm[]): Promise<SearchLine> {
  const { tenant, context } = session;
  const found = new Map<string, SoughtPerson>();
  const people: { scheme: string; token: SubjectToken }[] = [];
  const notes: string[] = [];
  for (const value of terms.flatMap(({ key, values }) => (key === "person" ? values : []))) {
    if (found.has(value)) continue;
    const person = readPerson(value);
    if ("key" in person) {
      const subject = await findSubject(session, value, "person:");
      found.set(value, subject);
      people.push({ scheme: subject.scheme, token: subject.token });
      if (subject.unknown) notes.push(unknownScheme(subject));
    } else {
      found.set(value, allTokens(session, person));
      people.push({ scheme: person.scheme, token: person.token as SubjectToken });
    }
  }
  const { conditions } = logFilterOf(terms, {
    now: context.now(),
    timeZone: tenant.timeZone,
    person: (person) => {
      const value = "key" in person ? `${person.scheme}:${person.key}` : personHandle(person);
      return found.get(value) ?? { scheme: person.scheme, tokens: [] };
    },
  });
  return { conditions, recorded: recordedLogQuery(terms), people, notes };
}

/** A handle names one token; the person behind it has one under each live number of the secret. */
function allTokens({ town, tenant }: Session, { scheme, token }: PersonHandle): SoughtPerson {
  const tokens = subjectTokensWith(town.derived);
  const [key] = tokens.open(tenant.name, scheme, [token as SubjectToken]);
  const others = key === null || key === undefined ? [] : tokens.ofAllSecrets(tenant.name, scheme, key);
  return { scheme, tokens: [...new Set([token as SubjectToken, ...others])] };
}

/** `app:cantine-plus person:resident~…`, to be said again where nothing was found. */
export const lineInWords = (terms: readonly LogTerm[]): string => Object.values(recordedLogQuery(terms)).join(" ");
