// Options that commands share, and what of them the record keeps.
import { InvalidArgumentError } from "commander";

// What the record keeps for good are names, and nothing that only might be one (law 11).

/** Names of applications, agreements (`application/purpose`) and versions; anything else is not repeated. */
export const asName = (text: string): string => (/^[a-z0-9][a-z0-9/-]{0,126}$/.test(text) ? text : "(not a name)");

/** A field as schema.graphql names it, `Type.field`; anything else is not repeated. */
export const asField = (text: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]{0,62}\.[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(text) ? text : "(not a field)";

/** The public part of a key, also where the whole key was given. */
export const asKeyId = (text: string): string =>
  /^(?:psk_live_)?([0-9A-Za-z]{12})(?:_[0-9A-Za-z]+)?$/.exec(text)?.[1] ?? "(not a key)";

export const tenantOption = ["--tenant <name>", "where gateway.yaml has several"] as const;

export interface TenantOption {
  readonly tenant?: string;
}

/** Reads an option's argument. Its error is said by commander, with the option's name. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,16}$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
