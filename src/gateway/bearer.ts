/**
 * The key of a request (RFC 6750): null only where there is no `Authorization` header at all, which means open data.
 * Whatever else stands there is a key to be checked, and a bad one never falls back (law 4).
 */
export function readBearer(headers: ReadonlyMap<string, string>): string | null {
  const header = headers.get("authorization");
  if (header === undefined) return null;
  const match = /^Bearer +([^\s,]+)$/i.exec(header.trim());
  return match?.[1] ?? "";
}
