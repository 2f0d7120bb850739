// What the citizen's pages are given: each part by the room that owns it.
import type { AccessLogReader } from "../../accesslog/index.js";
import type { Catalogue } from "../../catalogue/index.js";
import type { ConsentEvent, ConsentRegister } from "../../consent/index.js";
import type { Citizens, Rate } from "../../gateway/index.js";
import type { AgreementView, ApplicationView, CitizenSignIn, PublicReceiptKey } from "../../identity/index.js";
import type { SubjectTokens, TenantName } from "../../terms/index.js";
import type { Sessions } from "./sessions.js";
import type { Language } from "./view.js";

export interface CitizenTown {
  readonly displayName: string;
  readonly contact: string;
  /** E-mail address of the data protection officer. */
  readonly dpo: string | null;
  /** IANA name. */
  readonly timeZone: string;
  readonly purposes: ReadonlyMap<string, Readonly<Record<"title" | "text", Readonly<Record<Language, string>>>>>;
  /** Where a form may lead besides us: the origin of the sign-in service. */
  readonly formOrigins: readonly string[];
  /** Our own site (`https://data.rivemont.fr`); null: as the browser asked for it, in the demo alone. */
  readonly publicOrigin: string | null;
}

export interface CitizenServices {
  readonly towns: ReadonlyMap<TenantName, CitizenTown>;
  readonly signIn: Pick<CitizenSignIn, "has" | "begin" | "finish" | "endSession">;
  readonly citizens: Citizens;
  readonly register: Pick<ConsentRegister, "decide" | "eventsOf" | "event" | "current" | "modeOf">;
  readonly log: Pick<AccessLogReader, "search">;
  readonly tokens: SubjectTokens;
  readonly sessions: Sessions;
  /** Of beginnings and returns of signing in, by tenant. */
  readonly rate: Rate;
  agreements(tenant: TenantName): Promise<readonly AgreementView[]>;
  applications(tenant: TenantName): Promise<readonly ApplicationView[]>;
  /** The map of the data in force; null where none is. */
  catalogue(tenant: TenantName): Promise<Catalogue | null>;
  /** Signed by the town (JWS, compact). */
  receipt(tenant: TenantName, event: ConsentEvent): Promise<string>;
  /** The public keys that receipts are checked with, the newest first. */
  receiptKeys(tenant: TenantName): readonly PublicReceiptKey[];
  /** Under which a browser keeps what belongs to a sign-in that was begun; the same on every node. */
  pendingSecret(tenant: TenantName): Uint8Array;
  readonly now: () => Date;
  /** One line for the operator: no value of a person in it. */
  readonly report: (line: string) => void;
}
