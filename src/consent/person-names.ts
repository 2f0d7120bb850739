// The same human under several of the town's secrets has several tokens: here they are one.
import type { SubjectToken, SubjectTokens, TenantName, Value } from "../terms/index.js";
import type { Decider } from "./who-decides.js";

export interface Person {
  readonly scheme: string;
  /** Under every live secret; the current one's first. Never empty. */
  readonly tokens: readonly SubjectToken[];
}

/** For the time of one transaction or search: what it remembers of keys goes with it. */
export class PersonNames {
  readonly #byKey = new Map<string, Person>();
  readonly #byToken = new Map<string, Person>();

  constructor(
    readonly tokens: SubjectTokens,
    readonly tenant: TenantName,
  ) {}

  /** @throws TypeError for what is no key of a person */
  person(scheme: string, key: NonNullable<Value>): Person {
    if (typeof key === "boolean") throw new TypeError("a person's key is a number or a text");
    const name = `${scheme} ${JSON.stringify(key)}`;
    const known = this.#byKey.get(name);
    if (known !== undefined) return known;
    const person = { scheme, tokens: this.tokens.ofAllSecrets(this.tenant, scheme, key) };
    this.#byKey.set(name, person);
    for (const token of person.tokens) this.#byToken.set(`${scheme} ${token}`, person);
    return person;
  }

  /** Of a token that no live secret has made, the token stands for itself. */
  ofToken(scheme: string, token: SubjectToken): Person {
    const known = this.#byToken.get(`${scheme} ${token}`);
    if (known !== undefined) return known;
    const [key = null] = this.tokens.open(this.tenant, scheme, [token]);
    const person = key === null ? { scheme, tokens: [token] } : this.person(scheme, key);
    this.#byToken.set(`${scheme} ${token}`, person);
    return person;
  }
}

/** Under the current secret. */
export function currentToken({ tokens: [first] }: Person): SubjectToken {
  if (first === undefined) throw new Error("a person has a token under the current secret");
  return first;
}

export const guardianName = (person: Person): Decider => `guardian ${person.scheme} ${currentToken(person)}`;
