// How people are found in the town's registers: handed in, for what reads the town's services is no room of ours.
import type { TenantName, Value } from "../terms/index.js";

export interface RegisterView {
  /** The scheme of `@subject`. */
  readonly scheme: string;
  readonly keys: readonly {
    readonly name: string;
    readonly kind: "number" | "text" | "day";
    readonly alone: boolean;
    /** Of the field that holds it. */
    readonly coordinate: string;
  }[];
}

/** Why nobody could be looked for. */
export type FindFault = "no-register" | "not-enough" | "no-number" | "no-day" | "too-many" | "unavailable";

export type PeopleSearch =
  | {
      readonly people: readonly { readonly key: NonNullable<Value>; readonly label: string }[];
      readonly more: boolean;
    }
  | { readonly fault: FindFault };

export interface PeopleFinder {
  registers(tenant: TenantName): Promise<readonly RegisterView[]>;
  /** @param by what is known of them, by the name of the key. Never throws for what a service does not answer. */
  find(tenant: TenantName, register: string, by: ReadonlyMap<string, string>): Promise<PeopleSearch>;
}
