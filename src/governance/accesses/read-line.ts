// A search line as it came from the console: read, its people turned into tokens, and what it means for the log.
import { keyReader, type Catalogue } from "../../catalogue/index.js";
import {
  logFilterOf,
  personHandle,
  readLogQuery,
  readPerson,
  writeLogQuery,
  type LogFilter,
  type LogQueryFault,
  type PersonHandle,
  type PlacedLogTerm,
  type SoughtPerson,
  type SubjectToken,
  type SubjectTokens,
  type TenantName,
  type TypedPerson,
} from "../../terms/index.js";
import type { Text } from "../text.js";

export interface LineReader {
  readonly tenant: TenantName;
  /** IANA name. */
  readonly timeZone: string;
  readonly tokens: SubjectTokens;
  /** In force; null: a key is taken for what it looks like. */
  readonly catalogue: Catalogue | null;
  readonly now: Date;
}

export interface ReadLine {
  /** A person stands in them as a handle. */
  readonly terms: readonly PlacedLogTerm[];
  readonly faults: readonly LogQueryFault[];
  readonly canonical: string;
  /** Null where the line has faults: it is not searched by. */
  readonly filter: LogFilter | null;
  /** Whom it asks about, for the record. */
  readonly subjects: readonly { readonly scheme: string; readonly token: SubjectToken }[];
}

/** Never throws, and repeats no key of a person. */
export function readLine(line: string, reader: LineReader): ReadLine {
  const read = readLogQuery(line);
  const people = new People(reader);
  const faults = [...read.faults];
  const terms = read.terms.map((term): PlacedLogTerm => {
    if (term.key !== "person") return term;
    const values = term.values.map((value) => {
      const handle = people.handleOf(readPerson(value));
      if ("sentence" in handle) faults.push({ from: term.from, to: term.to, sentence: handle.sentence });
      // What is at fault is not repeated: it may be a key.
      return "sentence" in handle ? "?" : personHandle(handle);
    });
    return { ...term, values };
  });
  const sound = faults.length === 0;
  return {
    terms,
    faults: faults.toSorted((a, b) => a.from - b.from),
    canonical: writeLogQuery(terms),
    filter: sound ? logFilterOf(terms, { ...reader, person: (sought) => people.soughtOf(sought) }) : null,
    subjects: people.met,
  };
}

class People {
  readonly #keys: ReturnType<typeof keyReader>;
  readonly #met = new Map<string, PersonHandle>();

  constructor(private readonly reader: LineReader) {
    this.#keys = keyReader(reader.catalogue);
  }

  get met(): ReadLine["subjects"] {
    return [...this.#met.values()].map(({ scheme, token }) => ({ scheme, token: token as SubjectToken }));
  }

  handleOf(person: TypedPerson | PersonHandle): PersonHandle | { readonly sentence: Text } {
    const { scheme } = person;
    const { keys, known } = this.#keys(scheme, "key" in person ? person.key : "0");
    if (!known) return { sentence: noRegister };
    if ("token" in person) return this.#meets(person);
    const [first] = keys;
    const [token] = first === undefined ? [] : this.reader.tokens.seal(this.reader.tenant, scheme, [first]);
    return token === undefined ? { sentence: wholeNumbers } : this.#meets({ scheme, token });
  }

  /** Under every live number of the secret, for every type that the key has in the town's services. */
  soughtOf(person: TypedPerson | PersonHandle): SoughtPerson {
    const { tokens, tenant } = this.reader;
    const { scheme } = person;
    const token = "token" in person ? (person.token as SubjectToken) : null;
    const [opened = null] = token === null ? [] : tokens.open(tenant, scheme, [token]);
    const written = "key" in person ? person.key : opened === null ? null : String(opened);
    const forms = written === null ? [] : this.#keys(scheme, written).keys;
    const found = forms.flatMap((form) => tokens.ofAllSecrets(tenant, scheme, form));
    // One that no live secret has made may still stand in old entries.
    return { scheme, tokens: [...new Set([...(token === null ? [] : [token]), ...found])] };
  }

  #meets(handle: PersonHandle): PersonHandle {
    this.#met.set(personHandle(handle), handle);
    return handle;
  }
}

const noRegister: Text = {
  fr: "La ville n’a pas de registre de ce nom. Cherchez la personne dans la page «\u00a0Personnes\u00a0».",
  en: "The town has no register of that name. Find the person on the page “People”.",
};
const wholeNumbers: Text = {
  fr: "Dans ce registre, les clés sont des nombres entiers.",
  en: "In this register keys are whole numbers.",
};
