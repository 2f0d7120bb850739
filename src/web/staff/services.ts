// What the console's server side is given: each part by the room that owns it.
import type { Rate } from "../../gateway/index.js";
import type { GovernanceServices, StaffLinks } from "../../governance/index.js";
import type { CitizenSignIn } from "../../identity/index.js";
import type { DataSource } from "../../store/index.js";
import type { TenantName } from "../../terms/index.js";

/** How staff sign in with the town's provider. */
export interface StaffProvider {
  /** Under `provider`. */
  readonly signIn: Pick<CitizenSignIn, "begin" | "finish" | "endSession">;
  readonly provider: TenantName;
  /** An address counts although the provider does not say `email_verified`. */
  readonly trustEmail: boolean;
}

export interface StaffServices {
  readonly governance: GovernanceServices;
  /** As the role `gateway`. */
  readonly dataSource: DataSource;
  /** Null: gateway.yaml has no `staff:`. */
  readonly provider: StaffProvider | null;
  /** One-time links; null where there are none: in production. */
  readonly links: StaffLinks | null;
  /** Our own site (`https://data.rivemont.fr`); null: as the browser asked for it, in development alone. */
  readonly publicOrigin: string | null;
  /** Where the built single-page application lies: `dist/console`. */
  readonly consoleFolder: string;
  /** Of sign-ins and links, all together. */
  readonly signInRate: Rate;
  /** Of one person's requests. */
  readonly rate: Rate;
  /** Under which a browser keeps what belongs to a sign-in that was begun; the same on every node. */
  readonly pendingSecret: () => Uint8Array;
  readonly now: () => Date;
  /** One line for the operator: no value of a person in it. */
  readonly report: (line: string) => void;
}
