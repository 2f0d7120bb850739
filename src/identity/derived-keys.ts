import { hkdfSync } from "node:crypto";
import { LRUCache } from "lru-cache";
import { createSiv, type Siv } from "./siv.js";

/** What a sealed value is for. One key each, so that nothing sealed for one use opens in another. */
export type SealingUse = "id" | "cursor" | "subject" | "webhook" | "pseudonym";

/** The tenants' numbered secrets, 32 bytes each (the key file). */
export interface SecretReader {
  current(tenant: string): number;
  secret(tenant: string, number: number): Uint8Array;
  numbers(tenant: string): readonly number[];
}

/** AES-SIV keys derived from a tenant's secret by HKDF-SHA-256 (RFC 5869). Bounded: the least used is made anew. */
export class DerivedKeys {
  readonly #made = new LRUCache<string, Siv>({ max: 1_000 });
  constructor(readonly secrets: SecretReader) {}

  /** @param holder the agreement's id for ids, cursors and pseudonyms (law 9: pairwise), the scheme for subject tokens. */
  siv(tenant: string, number: number, use: SealingUse, holder: string): Siv {
    // The holder alone may hold a space, and stands last: no two have one name.
    const name = `${tenant} ${number} ${use} ${holder}`;
    const known = this.#made.get(name);
    if (known) return known;
    const key = hkdfSync("sha256", this.secrets.secret(tenant, number), `passerelle ${tenant}`, `${use} ${holder}`, 64);
    const siv = createSiv(new Uint8Array(key));
    this.#made.set(name, siv);
    return siv;
  }
}
