// The search line of the access log at the command line: `app:cantine-plus field:Resident.email -outcome:answered`.
import {
  logFilterOf,
  readLogQuery,
  readPerson,
  recordedLogQuery,
  withHandles,
  writeLogQuery,
  type LogFilter,
  type SubjectToken,
} from "../terms/index.js";
import { refuse } from "./failure.js";
import { findSubject } from "./find-subject.js";
import type { Session } from "./session.js";
import type { Subject } from "./subject.js";

export interface SearchLine {
  readonly filter: LogFilter;
  /** The canonical line, people by token. */
  readonly line: string;
  /** What the record keeps of it for good: without people (law 11). */
  readonly recorded: Readonly<Record<string, string>>;
  /** Who was looked for: in the part of the record that can be erased. */
  readonly subjects: readonly { readonly scheme: string; readonly token: SubjectToken }[];
}

/** @throws CommandFailure with each fault and its place, never with a person's key */
export async function readSearchLine(session: Session, text: string): Promise<SearchLine> {
  const { terms, faults } = readLogQuery(text);
  if (faults.length > 0)
    throw refuse(
      faults.map(({ from, sentence }) => `The search, at character ${String(from + 1)}: ${sentence.en}`).join("\n"),
    );
  const people = new Map<string, Subject>();
  for (const term of terms)
    if (term.key === "person")
      for (const value of term.values) {
        const person = readPerson(value);
        if ("key" in person && !people.has(value)) people.set(value, await findSubject(session, value, "person:"));
      }
  const typed = (scheme: string, key: string): Subject => {
    const found = people.get(`${scheme}:${key}`);
    if (found === undefined) throw new Error("a person of the search was not read");
    return found;
  };
  const named = withHandles(terms, ({ scheme, key }) => ({ scheme, token: typed(scheme, key).token }));
  const filter = logFilterOf(terms, {
    now: session.context.now(),
    timeZone: session.tenant.timeZone,
    person: (sought) =>
      "key" in sought
        ? { scheme: sought.scheme, tokens: typed(sought.scheme, sought.key).tokens }
        : { scheme: sought.scheme, tokens: [sought.token as SubjectToken] },
  });
  const subjects = named.flatMap(({ key, values }) =>
    key !== "person"
      ? []
      : values
          .map(readPerson)
          .flatMap((person) =>
            "token" in person ? [{ scheme: person.scheme, token: person.token as SubjectToken }] : [],
          ),
  );
  return { filter, line: writeLogQuery(named), recorded: recordedLogQuery(named), subjects };
}
