// What must be so before the registry changes anything.
import { nearest, type PurposeName, type TenantName } from "../terms/index.js";
import type { EntityManager } from "../store/index.js";
import { AgreementRow } from "./agreement.entity.js";
import type { AgreementVersionRow } from "./agreement-version.entity.js";
import { ApplicationRow } from "./application.entity.js";
import { checkText, quote } from "./draft-texts.js";
import { RegistryError } from "./registry-error.js";

/** What the registry needs of a tenant's settings. */
export interface TenantTerms {
  readonly purposes: ReadonlyMap<PurposeName, unknown>;
  readonly people: readonly { readonly email: string; readonly roles: readonly string[] }[];
  /** IANA name. */
  readonly timeZone: string;
}

export interface Decision {
  /** E-mail address of the DPO. */
  readonly by: string;
  /** The newest draft when it is not named. */
  readonly version?: number | undefined;
  readonly note?: string | undefined;
}

/** Names stand in rules, refs and addresses: what means something there cannot be in them. */
export function checkName(what: string, name: string): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 63) {
    throw new RegistryError(
      "invalid-name",
      `${quote(name)} cannot be an ${what}'s name. Use small letters, digits and single hyphens, at most 63, such as cantine-plus.`,
    );
  }
  if (name === "open-data") {
    throw new RegistryError(
      "reserved-name",
      `"open-data" is the built-in ${what} of requests without a key. Choose another name.`,
    );
  }
  return name;
}

export const findApplication = (db: EntityManager, tenant: TenantName, name: string): Promise<ApplicationRow | null> =>
  db.findOneBy(ApplicationRow, { tenant, name });

export function requireApplication(known: boolean, name: string): void {
  if (known) return;
  throw new RegistryError(
    "unknown-application",
    `There is no application ${quote(name)}. Create it first: npx passerelle application create --help`,
  );
}

/** With its versions, ascending. @throws RegistryError with what was probably meant. */
export async function findAgreement(db: EntityManager, tenant: TenantName, ref: string): Promise<AgreementRow> {
  const [application = "", purpose = "", rest] = ref.split("/");
  const found =
    rest === undefined
      ? await db.findOne(AgreementRow, {
          where: { tenant, application, purpose },
          relations: { versions: true },
          order: { versions: { number: "ASC" } },
        })
      : null;
  if (found !== null) return found;
  const all = await db.findBy(AgreementRow, { tenant });
  const meant = nearest(
    ref,
    all.map((one) => `${one.application}/${one.purpose}`),
  );
  const hint =
    meant === undefined
      ? "An agreement is written application/purpose, such as cantine-plus/school-meals"
      : `Did you mean ${meant}?`;
  throw new RegistryError("unknown-agreement", `There is no agreement ${quote(ref)}. ${hint}`);
}

/**
 * Who drafts is one of the people of gateway.yaml, like who approves: a free text would be another name for the same
 * person, and four eyes would be two.
 */
export function findPerson(people: TenantTerms["people"], written: string): TenantTerms["people"][number] {
  const email = written.trim().toLowerCase();
  const person = people.find((one) => one.email.toLowerCase() === email);
  if (person !== undefined) return person;
  const meant = nearest(
    email,
    people.map((one) => one.email),
  );
  throw new RegistryError(
    "unknown-person",
    `${quote(written)} is not listed under people of this tenant in gateway.yaml${meant === undefined ? "" : ` (did you mean "${meant}"?)`}. ` +
      "Who drafts an agreement must be: give that person's email address.",
  );
}

/** The version that is decided on, by whom, with which note. */
export function decideVersion(
  agreement: AgreementRow,
  ref: string,
  decision: Decision,
  state: "approved" | "rejected",
  people: TenantTerms["people"],
): { readonly number: number; readonly by: string; readonly note: string | null } {
  const version = findDraft(agreement.versions, ref, decision.version);
  const email = decision.by.trim().toLowerCase();
  const person = people.find((one) => one.email.toLowerCase() === email);
  if (person?.roles.includes("dpo") !== true) {
    throw new RegistryError(
      "not-a-dpo",
      `${quote(decision.by)} is not listed as dpo of this tenant. A person with the role dpo in gateway.yaml must decide.`,
    );
  }
  // Four eyes: whoever wrote what is shared does not approve it too.
  if (state === "approved" && version.draftedBy.toLowerCase() === email) {
    throw new RegistryError(
      "own-draft",
      `${person.email} drafted version ${version.number} of ${ref}: another DPO must approve it.`,
    );
  }
  const newer = agreement.versions.find((one) => one.state === "approved" && one.number > version.number);
  if (state === "approved" && newer !== undefined) {
    throw new RegistryError(
      "not-a-draft",
      `Version ${newer.number} of ${ref} is approved already and newer than ${version.number}. Draft the agreement anew.`,
    );
  }
  return {
    number: version.number,
    by: person.email,
    note: decision.note === undefined ? null : checkText("note", decision.note, 2_000),
  };
}

function findDraft(
  versions: readonly AgreementVersionRow[],
  ref: string,
  number: number | undefined,
): AgreementVersionRow {
  const named =
    number === undefined
      ? versions.findLast((one) => one.state === "draft")
      : versions.find((one) => one.number === number);
  if (named === undefined) {
    if (number === undefined) throw new RegistryError("not-a-draft", `No version of ${ref} waits for a decision.`);
    throw new RegistryError(
      "unknown-version",
      `${ref} has no version ${number}; its newest is ${versions.at(-1)?.number ?? 0}.`,
    );
  }
  if (named.state !== "draft") {
    throw new RegistryError(
      "not-a-draft",
      `Version ${named.number} of ${ref} was ${named.state} by ${named.decidedBy ?? "someone"} at ${named.decidedAt?.toISOString() ?? "some time"}.`,
    );
  }
  return named;
}
