// A person as staff name one, `resident:123`, turned at once into the tokens that stand for them in the record.
import { keyReader, type Catalogue } from "../catalogue/index.js";
import { subjectTokens, subjectTokensOfAllSecrets, type DerivedKeys } from "../identity/index.js";
import type { SubjectToken, Value } from "../terms/index.js";
import { refuse } from "./failure.js";

export interface Subject {
  readonly scheme: string;
  /** For each type that the key has in the town's services; at least one. In memory only (law 11). */
  readonly keys: readonly NonNullable<Value>[];
  /** Under every live secret, and for every type that the key has in the town's services: what is searched. */
  readonly tokens: readonly SubjectToken[];
  /** The one that the record of the search keeps, in its part that can be erased. */
  readonly token: SubjectToken;
  /** Null where the scheme is on today's map of the town's data; else what was probably meant. */
  readonly unknown: { readonly meant: string | undefined } | null;
}

/**
 * @param catalogue of the version in force; null where there is none, and the key is then taken for what it looks like
 * @throws CommandFailure without the key in it
 */
export function readSubject(
  text: string,
  tenant: string,
  derived: DerivedKeys,
  catalogue: Catalogue | null,
  option = "--subject",
): Subject {
  const colon = text.indexOf(":");
  const [scheme, key] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon < 0 || !/^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(scheme) || key === "")
    throw refuse(`${option} takes a person as SCHEME:KEY, such as resident:123.`);
  const { keys: forms, known, meant } = keyReader(catalogue)(scheme, key);
  const [first] = forms;
  if (first === undefined) throw refuse(`Keys of the scheme "${scheme}" are whole numbers: check the one you gave.`);
  const [token] = subjectTokens(derived, tenant, scheme, [first]);
  if (token === undefined) throw new Error("a subject token was not made");
  return {
    scheme,
    keys: forms,
    tokens: forms.flatMap((form) => subjectTokensOfAllSecrets(derived, tenant, scheme, form)),
    token,
    unknown: known ? null : { meant },
  };
}
