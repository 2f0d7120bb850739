// What agreements list, ready to be asked for each of very many rules.
import type { AgreementRef, Coordinate } from "../terms/index.js";
import { groupsOf, inserted } from "./rule-index.js";

/** An agreement as the check of rules needs it. */
export interface SignedAgreement {
  readonly ref: AgreementRef;
  readonly application: string;
  readonly purpose: string;
  /** What it lists, as far as `schema.graphql` still binds it to what was approved. */
  readonly fields: ReadonlySet<Coordinate>;
  /**
   * in-force: requests are answered under it, now or (where it begins later, or is suspended) once they are.
   * draft: no version is approved yet. ended: `until` is past.
   */
  readonly state: "in-force" | "draft" | "ended";
  /** Last day, `YYYY-MM-DD`. */
  readonly until: string;
  /** The built-in agreement of requests without a key: it lists all open data, whether a rule opens it or not. */
  readonly builtIn: boolean;
}

type Fields = Map<Coordinate, SignedAgreement>;

/** By application pattern and purpose pattern: what the agreements that these stand for list. */
export class SignedFields {
  readonly #found = new Map<string, Map<string, Fields>>();
  /** @param groups each group's applications */
  constructor(agreements: Iterable<SignedAgreement>, groups: ReadonlyMap<string, ReadonlySet<string>>) {
    const ofApplication = groupsOf(groups);
    for (const agreement of agreements) {
      const { application, purpose } = agreement;
      for (const audience of ["*", application, ...(ofApplication.get(application) ?? [])]) {
        const byPurpose = inserted(this.#found, audience, () => new Map<string, Fields>());
        for (const pattern of [purpose, "*"])
          addFields(
            inserted(byPurpose, pattern, (): Fields => new Map()),
            agreement,
          );
      }
    }
  }

  /** What all agreements list that a rule with these patterns is about; null where there is no such agreement. */
  of(application: string, purpose: string): ReadonlyMap<Coordinate, SignedAgreement> | null {
    return this.#found.get(application)?.get(purpose) ?? null;
  }
}

function addFields(listed: Fields, agreement: SignedAgreement): void {
  for (const field of agreement.fields) if (!listed.has(field)) listed.set(field, agreement);
}
