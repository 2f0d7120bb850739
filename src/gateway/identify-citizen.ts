// Who a signed-in person is in the town's registers, and whose guardian: found by what the provider vouches for.
import type { VerifiedClaims } from "../identity/index.js";
import type { Citizen, SubjectKey, TenantName } from "../terms/index.js";
import type { Current } from "./current.js";

/** The registers know nobody, or several people, by these claims: then it is nobody (deny by default). */
export class NotIdentified extends Error {
  override readonly name = "NotIdentified";
  constructor(readonly reason: "unknown" | "ambiguous") {
    super(`the person is ${reason}`);
  }
}

export interface Citizens {
  /**
   * @param current what is current, where the caller has read it; else it is read
   * @throws NotIdentified; SourceFailure where a register does not answer: then nobody is identified
   */
  identify(tenant: TenantName, claims: VerifiedClaims, current?: Current): Promise<Citizen>;
  /** Who is guardian of this child today, by register and record; empty for a grown person. @throws SourceFailure */
  guardiansOf(tenant: TenantName, child: SubjectKey, current?: Current): Promise<readonly SubjectKey[]>;
}
