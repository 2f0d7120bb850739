// A person's key as people write it, read by the types that it has on the map of the town's data.
import { nearest, type ScalarType, type Value } from "../terms/index.js";
import type { Catalogue } from "./catalogue.js";

export interface KeyRead {
  /** For each type that the key has in the town's services. Empty: it cannot be one of them. */
  readonly keys: readonly NonNullable<Value>[];
  /** The scheme is on the map of the town's data, or there is no map. */
  readonly known: boolean;
  readonly meant: string | undefined;
}

/** @param catalogue null: there is no map, and a key is taken for what it looks like */
export function keyReader(catalogue: Catalogue | null): (scheme: string, key: string) => KeyRead {
  const types = typesByScheme(catalogue);
  return (scheme, key) => {
    const known = types.size === 0 || types.has(scheme);
    const keys = keyForms(key, types.get(scheme) ?? new Set<ScalarType>());
    return { keys, known, meant: known ? undefined : nearest(scheme, types.keys()) };
  };
}

/** The type decides the token: the number 123 and the text "123" are sealed from different bytes. */
function typesByScheme(catalogue: Catalogue | null): ReadonlyMap<string, ReadonlySet<ScalarType>> {
  const types = new Map<string, Set<ScalarType>>();
  for (const dataset of catalogue?.datasets.values() ?? []) {
    const ofFields = [...dataset.members.values()].flatMap((member) => (member.kind === "link" ? [] : member.subjects));
    for (const { scheme, column } of [...dataset.subjects, ...ofFields])
      types.set(scheme, (types.get(scheme) ?? new Set()).add(column.type));
  }
  return types;
}

type Key = NonNullable<Value>;

const numeric: ReadonlySet<ScalarType> = new Set(["Int", "SafeInt", "Float"]);

function keyForms(key: string, types: ReadonlySet<ScalarType>): Key[] {
  const number = /^-?\d{1,16}$/.test(key) && Number.isSafeInteger(Number(key)) ? [Number(key)] : [];
  const known = [...types];
  const asNumber = known.length === 0 || known.some((type) => numeric.has(type));
  const asText = known.length === 0 || known.some((type) => !numeric.has(type));
  return [...(asNumber ? number : []), ...(asText ? [key] : [])];
}
