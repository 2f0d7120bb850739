// Which statements a server is to keep, and under which names.
import { createHash } from "node:crypto";

/** Texts that are remembered; of those beyond it the one that came first is forgotten. */
const mostTexts = 1_000;

/** Characters of base64url: 132 bits. */
const hashLength = 22;

/**
 * A name is its text's hash, so that wherever it is used, behind whatever pooler and by whichever node, it cannot mean
 * another statement: a wrong name is not known there, it never answers a question that was not asked.
 */
export class PreparedNames {
  /** Empty: seen once. What is asked once only is not worth keeping. */
  readonly #names = new Map<string, string>();
  #givenUp = false;

  /** Empty: it is not to be kept. */
  of(text: string): string {
    if (this.#givenUp) return "";
    const known = this.#names.get(text);
    if (known === undefined) this.#see(text);
    if (known !== "") return known ?? "";
    const name = createHash("sha256").update(text).digest("base64url").slice(0, hashLength);
    this.#names.set(text, name);
    return name;
  }

  /** Nothing is kept from now on. */
  giveUp(): void {
    this.#givenUp = true;
    this.#names.clear();
  }

  #see(text: string): void {
    const [first] = this.#names.keys();
    if (this.#names.size >= mostTexts && first !== undefined) this.#names.delete(first);
    this.#names.set(text, "");
  }
}
