// Cookies as we set and read them. By https:// their names begin with __Host-, which browsers take from us alone: not from
// a subdomain, not without encryption, not for a part of the site (RFC 6265bis, 4.1.3.2).
import type { FastifyReply, FastifyRequest } from "fastify";

export interface CookieJar {
  read(request: FastifyRequest, name: string): string | null;
  /** @param seconds null: until the browser is closed */
  set(reply: FastifyReply, name: string, value: string, seconds: number | null): void;
  clear(reply: FastifyReply, name: string): void;
}

/**
 * @param secure false: http:// on this machine, in development
 * @param sameSite Strict: not sent where another site leads to us, not even by a link
 */
export function cookieJar(secure: boolean, sameSite: "Lax" | "Strict" = "Lax"): CookieJar {
  const full = (name: string): string => `${secure ? "__Host-" : ""}${name}`;
  const add = (reply: FastifyReply, cookie: string): void => {
    const before = reply.getHeader("set-cookie");
    const all = before === undefined ? [] : [before].flat().map(String);
    void reply.header("set-cookie", [...all, cookie]);
  };
  const attributes = `Path=/; HttpOnly; SameSite=${sameSite}${secure ? "; Secure" : ""}`;
  return {
    read: (request, name) => readCookie(request.headers.cookie, full(name)),
    set: (reply, name, value, seconds) =>
      add(reply, `${full(name)}=${value}; ${attributes}${seconds === null ? "" : `; Max-Age=${String(seconds)}`}`),
    clear: (reply, name) => add(reply, `${full(name)}=; ${attributes}; Max-Age=0`),
  };
}

/** Null also where it is there twice: one of them is not ours. */
function readCookie(header: string | undefined, name: string): string | null {
  const found = (header ?? "").split(";").flatMap((part) => {
    const equals = part.indexOf("=");
    return equals > 0 && part.slice(0, equals).trim() === name ? [part.slice(equals + 1).trim()] : [];
  });
  const [value] = found;
  return found.length === 1 && value !== undefined && /^[A-Za-z0-9_-]{1,6000}$/.test(value) ? value : null;
}
