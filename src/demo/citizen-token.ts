// An access token of one of the demo's people, as an application would get it: the whole way through the sign-in page. It
// can ask the demo's service alone, whose page asks for no password.
import { createHash, randomBytes } from "node:crypto";
import { Visitor } from "./visitor.js";

export interface CitizenTokenWish {
  /** Of the demo's sign-in service. */
  readonly issuer: string;
  /** `khadija.ferreira` */
  readonly account: string;
  /** The application's client there: its name. */
  readonly client: string;
}

/** Why there is no token, in words for a terminal. */
export class NoCitizenToken extends Error {
  override readonly name = "NoCitizenToken";
}

/** @throws NoCitizenToken */
export async function demoCitizenToken({ issuer, account, client }: CitizenTokenWish): Promise<string> {
  const verifier = randomBytes(32).toString("base64url");
  // Nobody listens there: the way ends where the code comes back.
  const callback = "http://127.0.0.1:9/callback";
  const begin = new URL("/auth", issuer);
  begin.search = new URLSearchParams({
    client_id: client,
    response_type: "code",
    scope: "openid profile birth",
    redirect_uri: callback,
    state: randomBytes(16).toString("base64url"),
    nonce: randomBytes(16).toString("base64url"),
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();
  const visitor = new Visitor();
  const page = await visitor.go(begin);
  if (!page.response.ok || !page.url.pathname.startsWith("/people/"))
    throw new NoCitizenToken(`The sign-in service knows no application "${client}".`);
  const back = await visitor.submit(page.url, { account });
  const code = back.url.origin === new URL(issuer).origin ? null : back.url.searchParams.get("code");
  if (code === null) throw new NoCitizenToken(`There is nobody called "${account}" on the sign-in page.`);
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: client,
    code,
    redirect_uri: callback,
    code_verifier: verifier,
  });
  const response = await fetch(new URL("/token", issuer), {
    method: "POST",
    body,
    signal: AbortSignal.timeout(10_000),
  });
  const answer: unknown = await response.json();
  if (
    typeof answer === "object" &&
    answer !== null &&
    "access_token" in answer &&
    typeof answer.access_token === "string"
  )
    return answer.access_token;
  throw new NoCitizenToken("The sign-in service gave no token.");
}
