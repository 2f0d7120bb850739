// Subject tokens: what stands for a person in our own tables. Only the key holder can turn one back.
import type { SealedTokens, SubjectToken, SubjectTokens, Value } from "../terms/index.js";
import type { DerivedKeys } from "./derived-keys.js";
import type { Sealer } from "./sealer.js";

const sealer = (derived: DerivedKeys, tenant: string, number: number, scheme: string): Sealer =>
  derived.siv(tenant, number, "subject", scheme).under(`subject.${scheme}`);

/** base64url of the secret's number (2 bytes) and the sealed key; same order as `keys`. */
export function sealedTokens(
  derived: DerivedKeys,
  tenant: string,
  scheme: string,
  keys: Iterable<NonNullable<Value>>,
  number = derived.secrets.current(tenant),
): SealedTokens {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(number);
  return sealer(derived, tenant, number, scheme).seal(head, (texts) => {
    for (const key of keys) texts.addValue(key);
  });
}

export const subjectTokens = (...asked: Parameters<typeof sealedTokens>): SubjectToken[] =>
  sealedTokens(...asked).strings() as SubjectToken[];

/** One person's tokens under every live secret: what a search looks for. */
export const subjectTokensOfAllSecrets = (
  derived: DerivedKeys,
  tenant: string,
  scheme: string,
  key: NonNullable<Value>,
): SubjectToken[] =>
  derived.secrets.numbers(tenant).flatMap((number) => subjectTokens(derived, tenant, scheme, [key], number));

/** The same as one interface, for rooms that do not know ours. */
export const subjectTokensWith = (derived: DerivedKeys): SubjectTokens => ({
  seal: (tenant, scheme, keys) => subjectTokens(derived, tenant, scheme, keys),
  ofAllSecrets: (tenant, scheme, key) => {
    const current = derived.secrets.current(tenant);
    const others = derived.secrets.numbers(tenant).filter((number) => number !== current);
    return [current, ...others].flatMap((number) => subjectTokens(derived, tenant, scheme, [key], number));
  },
  open: (tenant, scheme, tokens) => openTokens(derived, tenant, scheme, tokens),
});

/** Those of one secret at once: a set of consents is a million of them. */
function openTokens(
  derived: DerivedKeys,
  tenant: string,
  scheme: string,
  tokens: readonly SubjectToken[],
): (NonNullable<Value> | null)[] {
  const live = new Set(derived.secrets.numbers(tenant));
  const sealed = tokens.map((token) => Buffer.from(token, "base64url"));
  const numberOf = (i: number): number => {
    const bytes = sealed[i];
    return bytes === undefined || bytes.length <= 2 ? 0 : bytes.readUInt16BE(0);
  };
  const keys = tokens.map((): NonNullable<Value> | null => null);
  for (const [number, members] of Map.groupBy(tokens.keys(), numberOf)) {
    if (!live.has(number)) continue;
    const texts = members.map((i) => sealed[i]?.subarray(2) ?? Buffer.alloc(0));
    const opened = sealer(derived, tenant, number, scheme).openAll(texts);
    members.forEach((i, j) => {
      const text = opened[j] ?? null;
      if (text !== null) keys[i] = JSON.parse(text.toString("utf8")) as NonNullable<Value>;
    });
  }
  return keys;
}
