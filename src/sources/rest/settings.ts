// What a town says of a REST service: where its lists are, and which questions they understand by themselves.

import type { HttpPaceSettings } from "../resilience-settings.js";

export interface RestSettings extends HttpPaceSettings {
  /** `https://parking.internal/api`: nothing outside it is asked. */
  readonly url: string;
  /** Sent with every request; values are secrets. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly oauth2?: OAuth2Settings | undefined;
  /** Milliseconds of one request; 5,000 unless set. */
  readonly timeoutMs?: number | undefined;
  /** Bytes of one answer; 5,000,000 unless set. */
  readonly maxBytes?: number | undefined;
  /** Rows read to answer one question, at most; 10,000 unless set. */
  readonly maxRows?: number | undefined;
  /** Requests sent to answer one question, at most; 100 unless set. */
  readonly maxRequests?: number | undefined;
  /** By the dataset's `from`, which is the path below `url`. */
  readonly lists: Readonly<Record<string, RestList>>;
}

/** Client credentials (RFC 6749, section 4.4). */
export interface OAuth2Settings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  /** How the client says who it is: HTTP Basic unless set. */
  readonly clientAuth?: "basic" | "body" | undefined;
}

export interface RestList {
  /** Field path of the array in the body; absent: the body is the array. */
  readonly items?: string | undefined;
  /** By column: the parameter by which the service keeps only rows with that value. */
  readonly filters?: Readonly<Record<string, RestFilter>> | undefined;
  /** The parameter that names the columns to send; absent: the service sends whole rows. */
  readonly fields?: { readonly param: string; readonly style: "comma" | "repeat" } | undefined;
  /** Absent: one answer holds all. */
  readonly page?: RestPaging | undefined;
  /** By column: the path of one row, `/car-parks/{code}`; 404 is "none". */
  readonly byKeys?: Readonly<Record<string, RestItem>> | undefined;
  /** The service leaves out fields without a value; else a row without a field is a failure. */
  readonly omitsNull?: boolean | undefined;
}

export interface RestFilter {
  readonly param: string;
  /** `single`: one value; `comma`: `a,b`; `repeat`: the parameter once for each value. */
  readonly style: "single" | "comma" | "repeat";
  /** Values in one request at most; 50 unless set. */
  readonly batch?: number | undefined;
}

export interface RestItem {
  readonly path: string;
  /** Field path of the row in the body; absent: the body is the row. */
  readonly item?: string | undefined;
}

interface Sized {
  readonly sizeParam?: string | undefined;
  /** Rows of one page. */
  readonly size: number;
}

/** `total`: field path of the number of rows of the whole list. Without it pages are read until an empty one. */
export type RestPaging =
  | { readonly style: "none" }
  | (Sized & {
      readonly style: "page";
      readonly param: string;
      /** The number of the first page; 1 unless set. */
      readonly first?: number | undefined;
      readonly total?: string | undefined;
    })
  | (Sized & { readonly style: "offset"; readonly param: string; readonly total?: string | undefined })
  /** `next`: field path of the next page's cursor; null or absent at the end. */
  | (Sized & { readonly style: "cursor"; readonly param: string; readonly next: string })
  /** `Link: <…>; rel="next"` (RFC 8288). */
  | (Sized & { readonly style: "link" });
