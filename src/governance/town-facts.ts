// What gateway.yaml says of a town, as far as papers need it.
import type { TenantName } from "../terms/index.js";
import type { Text } from "./text.js";

export interface TownFacts {
  readonly name: TenantName;
  readonly displayName: string;
  /** An e-mail address or a URL. */
  readonly contact: string;
  /** IANA name. */
  readonly timeZone: string;
  /** By name. */
  readonly purposes: ReadonlyMap<string, { readonly title: Text; readonly text: Text; readonly dpv: string }>;
  /** `accessLogMonths`: how long the record of accesses keeps its content. */
  readonly retention: { readonly accessLogMonths: number };
  readonly people: readonly { readonly name: string; readonly email: string; readonly roles: readonly string[] }[];
}

/** The data protection officer as art. 30(1)(a) wants them named; null: gateway.yaml names none. */
export function officerOf({ people }: Pick<TownFacts, "people">): string | null {
  const officer = people.find(({ roles }) => roles.includes("dpo"));
  return officer === undefined ? null : `${officer.name}, ${officer.email}`;
}
