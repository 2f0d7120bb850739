// A small town for the tests of this room: people are numbers, agreements are made up.
import { createHash } from "node:crypto";
import { DerivedKeys, subjectTokensWith } from "../../src/identity/index.js";
import { ConsentRegister, termsOf, type ConsentRegisterOptions, type Deciding } from "../../src/consent/index.js";
import type { Store } from "../../src/store/index.js";
import type { AgreementId, ConsentUnit, Coordinate, SubjectTokens, TenantName } from "../../src/terms/index.js";

export const rivemont = "rivemont" as TenantName;
export const autre = "autre-ville" as TenantName;
export const meals = "11111111-1111-4111-8111-111111111111" as AgreementId;
export const library = "22222222-2222-4222-8222-222222222222" as AgreementId;
export const resident = "resident";

const recipient = { name: "Cantine Plus SAS", role: "controller", basis: "contract" };
export const terms = termsOf({ purpose: "school-meals", recipient, basis: "consent" });
export const otherTerms = termsOf({ purpose: "advertising", recipient, basis: "consent" });

const unit = (name: string, ...fields: string[]): ConsentUnit => ({ name, fields: fields as Coordinate[] });
export const contact = unit("@contact", "Resident.email", "Resident.phone");
export const account = unit("CanteenAccount", "CanteenAccount.balance");
export const units = [contact, account];

const text = "Cantine Plus demande à lire vos coordonnées et le solde de votre compte.";
const textVersion = createHash("sha256").update(text).digest("hex");

/** One secret, or the numbers of several: the last is the current one. */
export function tokensUnder(...numbers: number[]): SubjectTokens {
  return subjectTokensWith(
    new DerivedKeys({
      current: () => numbers.at(-1) ?? 1,
      secret: (tenant, number) =>
        createHash("sha256")
          .update(`${tenant} ${String(number)}`)
          .digest(),
      numbers: () => numbers,
    }),
  );
}

export const deciding = (key: number | string, changes: Partial<Deciding> = {}): Deciding => ({
  tenant: rivemont,
  agreement: meals,
  version: 1,
  terms,
  basis: "consent",
  informationSociety: false,
  asked: units,
  scheme: resident,
  key,
  by: { kind: "self" },
  units: [contact],
  decision: "given",
  shown: { language: "fr", textVersion, text, channel: "web" },
  until: "2026-12-31",
  ...changes,
});

/** The same agreement under a public task. */
export const objecting = (key: number | string, changes: Partial<Deciding> = {}): Deciding =>
  deciding(key, { agreement: library, basis: "public-task", decision: "objected", ...changes });

export const noon = new Date("2026-11-22T11:00:00Z");

export const registerOf = (store: Store, changes: Partial<ConsentRegisterOptions> = {}): ConsentRegister =>
  new ConsentRegister({
    dataSource: store.gateway,
    tokens: tokensUnder(1),
    timeZone: () => "Europe/Paris",
    now: () => noon,
    ...changes,
  });
