// Where a service is, and what is set on each connection to it.
import type { PaceSettings } from "../resilience-settings.js";

export interface ConnectionSettings extends PaceSettings {
  /** As in `gateway.yaml`. */
  readonly name: string;
  /** `postgres://user:password@host:port/database?sslmode=…` */
  readonly url: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  /** False: the server is to keep no statement of ours; true unless set. */
  readonly prepared?: boolean | undefined;
}

/**
 * Set on the connection itself, so that no round trip is spent on it. The last setting of a name wins: an address cannot
 * turn them off.
 */
export function guardedUrl(url: string, statementTimeoutMs: number): string {
  // Node's own error would carry the address, password and all.
  const address = URL.parse(url);
  if (address === null)
    throw new TypeError("the address is not of the form postgres://user:password@host:port/database");
  const settings = {
    default_transaction_read_only: "on",
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: String(statementTimeoutMs),
    TimeZone: "UTC",
    DateStyle: "ISO",
    extra_float_digits: "1",
  };
  const own = address.searchParams.get("options") ?? "";
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  address.searchParams.set("options", [own, ...ours].join(" ").trim());
  return address.toString();
}
