// What identity answers: who stands behind a key, under what was signed.
import type {
  AgreementId,
  AgreementRef,
  ApplicationName,
  ConsentUnit,
  Coordinate,
  KeyId,
  PurposeName,
  TenantName,
} from "../terms/index.js";

/** The town's basis for sharing (RGPD art. 6(1)); `open` is for open data alone. Legitimate interest is not among them: art. 6(1), last sentence. */
export const bases = ["consent", "public-task", "legal-obligation", "vital-interest", "contract", "open"] as const;
export type Basis = (typeof bases)[number];

export interface Recipient {
  readonly name: string;
  readonly contact: string;
  /** RGPD art. 4(7), 4(8), 26. */
  readonly role: "controller" | "joint-controller" | "processor";
  /** The recipient's own basis, recorded beside the town's. */
  readonly basis: string;
}

/** What a DPO approved: immutable, coordinates resolved (never groups or `Type.*`). */
export interface Snapshot {
  /** Sorted, distinct. */
  readonly fields: readonly Coordinate[];
  /**
   * What each of them was bound to when it was drafted (catalogue's `bindingsOf`). A field bound to something else since
   * is not in the agreement until it is approved again. null: the built-in agreement, which follows the catalogue.
   */
  readonly bindings: Readonly<Record<string, string>> | null;
  readonly purpose: PurposeName;
  readonly basis: Basis;
  readonly basisNote: string | null;
  readonly recipient: Recipient;
  /** Dates `YYYY-MM-DD`, both days included, in the tenant's time zone (Europe/Paris unless set). */
  readonly from: string;
  readonly until: string;
  /** Declared requests per day. */
  readonly volumePerDay: number | null;
  /** How long the recipient keeps what it gets: ISO 8601 duration. */
  readonly retention: string | null;
  /** What a refused selection does: null with an error, or the whole query refused. */
  readonly refusal: "null" | "reject";
  /**
   * What the people concerned decide on, each at once; one unit `*`: the whole. Together they hold every field that is about
   * a person (its dataset or the field has a `@subject`), each once, and no other: what is about nobody asks nobody, also
   * when it is added later. Empty where no field is about a person. Versions from before people were asked hold all their
   * fields in `*`. A field about people that is in no unit is shut.
   */
  readonly units: readonly ConsentUnit[];
  /** Offered directly to the person as an information-society service: from 15 a child decides alone (RGPD art. 8, loi 78-17 art. 45). */
  readonly informationSociety: boolean;
  /** People are not told who reads under it: the legal ground (RGPD art. 23); null: they are told. */
  readonly hidden: string | null;
}

/** An agreement as a request meets it: its newest approved version. */
export interface Agreement {
  /** The built-in `open-data` agreement has no row; its id is made from the tenant's name. */
  readonly id: AgreementId;
  readonly ref: AgreementRef;
  readonly tenant: TenantName;
  readonly application: ApplicationName;
  readonly purpose: PurposeName;
  readonly version: number;
  readonly snapshot: Snapshot;
  /** Number of the tenant's secret from which its ids are derived. */
  readonly secret: number;
  /** When it was suspended (RFC 3339), else null. */
  readonly suspendedAt: string | null;
}

/** Whether requests under it are answered at a given day. */
export type Standing =
  | { readonly inForce: true }
  | { readonly inForce: false; readonly why: "expired" | "not-yet" | "suspended"; readonly date: string };

export interface Caller {
  readonly key: KeyId | null;
  readonly agreement: Agreement;
  readonly standing: Standing;
}
