// What people of a test have decided, in memory: a consent reader that keeps its contract, without a store behind it.
import type { AskedAgreement, ConsentReader, PeopleSet } from "../../src/consent/index.js";
import type { AgreementId, Value } from "../../src/terms/index.js";

type Key = NonNullable<Value>;

export class Consents implements ConsentReader {
  /** By agreement and register: units that are open under consent, or shut under a public task. */
  readonly #decided = new Map<string, Map<Key, Set<string>>>();
  /** False: who has decided what can only be asked key by key, as where there are too many to hold. */
  held = true;
  /** Thrown by every question: a store that does not answer. */
  failure: Error | null = null;
  /** Sets handed out, and keys asked for. */
  reads = 0;
  asked: Key[][] = [];

  /** Gives consent to units, or objects to them: by the agreement's basis. */
  decide(agreement: AgreementId, scheme: string, keys: readonly Key[], units: readonly string[] = ["*"]): void {
    const people = this.#of(agreement, scheme);
    for (const key of keys) people.set(key, new Set([...(people.get(key) ?? []), ...units]));
  }

  /** Withdraws a consent, or an objection. */
  withdraw(agreement: AgreementId, scheme: string, keys: readonly Key[], units: readonly string[] = ["*"]): void {
    const people = this.#of(agreement, scheme);
    for (const key of keys) for (const unit of units) people.get(key)?.delete(unit);
  }

  clear(): void {
    this.#decided.clear();
    this.held = true;
    this.failure = null;
    this.reads = 0;
    this.asked = [];
  }

  /** Everybody waits, so that a store that does not answer is felt. */
  peopleNow(): undefined {
    return undefined;
  }

  people(agreement: AskedAgreement): Promise<PeopleSet | null> {
    this.reads += 1;
    if (this.failure !== null) return Promise.reject(this.failure);
    const { basis, units } = agreement;
    if (basis !== "consent" && basis !== "public-task") return Promise.resolve(null);
    const all = units.reduce((bits, _, i) => bits | (1 << i), 0);
    const usual = basis === "consent" ? 0 : all;
    const bitsOf = (scheme: string, key: Value): number => {
      if (key === null) return usual;
      const decided = this.#of(agreement.id, scheme).get(key);
      return units.reduce((bits, { name }, i) => (decided?.has(name) === true ? bits ^ (1 << i) : bits), usual);
    };
    return Promise.resolve({
      usual,
      held: (scheme) => (this.held ? { of: (key) => bitsOf(scheme, key) } : null),
      openUnits: (scheme, keys) => {
        this.asked.push(keys.filter((key) => key !== null));
        if (this.failure !== null) return Promise.reject(this.failure);
        return Promise.resolve(keys.map((key) => bitsOf(scheme, key)));
      },
      unusual: (scheme, wanted, max) => {
        const keys = [...this.#of(agreement.id, scheme).keys()].filter(
          (key) => ((bitsOf(scheme, key) ^ usual) & wanted) !== 0,
        );
        return !this.held || keys.length > max ? null : keys.sort((a, b) => (a < b ? -1 : 1));
      },
    });
  }

  #of(agreement: AgreementId, scheme: string): Map<Key, Set<string>> {
    const name = `${agreement} ${scheme}`;
    const known = this.#decided.get(name) ?? new Map<Key, Set<string>>();
    this.#decided.set(name, known);
    return known;
  }
}
