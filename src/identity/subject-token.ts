// Subject tokens: what stands for a person in our own tables. Only the key holder can turn one back.
import type { SubjectToken, SubjectTokens, Value } from "../terms/index.js";
import type { DerivedKeys } from "./derived-keys.js";
import { padJson } from "./siv.js";

const associated = (scheme: string): Buffer => Buffer.from(`subject.${scheme}`, "utf8");

/** base64url of the secret's number (2 bytes) and the sealed key; same order as `keys`. */
export function subjectTokens(
  derived: DerivedKeys,
  tenant: string,
  scheme: string,
  keys: readonly NonNullable<Value>[],
  number = derived.secrets.current(tenant),
): SubjectToken[] {
  const siv = derived.siv(tenant, number, "subject", scheme);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(number);
  return siv
    .sealAll(keys.map(padJson), associated(scheme))
    .map((sealed) => Buffer.concat([head, sealed]).toString("base64url") as SubjectToken);
}

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
  open: (tenant, scheme, tokens) => {
    const live = new Set(derived.secrets.numbers(tenant));
    return tokens.map((token) => openToken(derived, tenant, scheme, token, live));
  },
});

function openToken(
  derived: DerivedKeys,
  tenant: string,
  scheme: string,
  token: SubjectToken,
  live: ReadonlySet<number>,
): NonNullable<Value> | null {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length <= 2 || !live.has(bytes.readUInt16BE(0))) return null;
  const opened = derived
    .siv(tenant, bytes.readUInt16BE(0), "subject", scheme)
    .open(bytes.subarray(2), associated(scheme));
  return opened === null ? null : (JSON.parse(opened.toString("utf8")) as NonNullable<Value>);
}
