// Whose rows may leave, read from the store: held in memory with their consent revision, or asked for page by page.
import type { DataSource } from "../store/index.js";
import type { SubjectTokens, TenantName } from "../terms/index.js";
import type { ConsentReader } from "./people-set.js";

export interface ConsentReaderOptions {
  /** As the role `gateway`. */
  readonly dataSource: DataSource;
  readonly tokens: SubjectTokens;
  /** IANA name of a tenant's time zone: a decision ends with its last day there. */
  readonly timeZone: (tenant: TenantName) => string;
  /** How many people's decisions are kept in memory, over all agreements; 2,000,000 unless given. */
  readonly heldPeople?: number;
  readonly now?: () => Date;
}

export function openConsentReader(_options: ConsentReaderOptions): ConsentReader {
  throw new Error("the consent reader is being built");
}
