// What gateway.yaml says of an NGSI-LD context broker (ETSI GS CIM 009).

import type { HttpPaceSettings } from "../resilience-settings.js";

export interface NgsiLdSettings extends HttpPaceSettings {
  readonly kind: "ngsi-ld";
  /** The broker's address, above `/ngsi-ld/v1`: `https://broker.internal`. */
  readonly url: string;
  /** Sent as `NGSILD-Tenant`. */
  readonly tenant?: string | undefined;
  /** Address of the `@context` that the names of types and attributes belong to; sent to the broker, never fetched by us. */
  readonly context?: string | undefined;
  /** Sent with every request; values are secrets. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How the broker is asked to write entities; `normalized` unless set. */
  readonly form?: "normalized" | "keyValues" | undefined;
  /**
   * By type: an attribute that every entity of it has. A broker leaves out entities that have none of the attributes
   * asked for; with this one among them, none is. Without it, the number of entities is asked too, and a list in which
   * some are missing is a failure.
   */
  readonly always?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether the broker is asked by place (GS CIM 009, section 4.10); true unless set. Where it is not, all entities are read
   * and the place is looked at here.
   */
  readonly geoQueries?: boolean | undefined;
  /** By `from` of a dataset: an attribute's values over time, `AirQualityObserved/no2`. */
  readonly temporal?: Readonly<Record<string, TemporalSettings>> | undefined;
  /** Entities of one page; 1,000 (most brokers' bound) unless set. */
  readonly pageSize?: number | undefined;
  /** Milliseconds of one request; 5,000 unless set. */
  readonly timeoutMs?: number | undefined;
  /** Bytes of one answer; 10,000,000 unless set. */
  readonly maxBytes?: number | undefined;
  /** Entities, or values over time, read from the broker, at most, to give one answer; 10,000 unless set. More is a failure. */
  readonly maxRows?: number | undefined;
}

export interface TemporalSettings {
  /** How far back the dataset goes, an ISO 8601 duration in weeks, days, hours and minutes: `P30D`. Nothing older is in it. */
  readonly since: string;
  /**
   * Whether the broker's `lastN` are the latest by `observedAt`, as section 5.7.4 has it: there are brokers whose are not.
   * Not asked for unless true.
   */
  readonly lastN?: boolean | undefined;
}
