// Rivemont's sign-in service: a real OpenID Connect provider, on this machine alone, whose people are made up. It speaks as
// FranceConnect does (claims, signed userinfo), and gives applications access tokens that are JWTs (RFC 9068), which
// FranceConnect does not.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { interactionPolicy, Provider, type Context } from "oidc-provider";
import { demoAgreements } from "./agreements.js";
import { signInMemory } from "./sign-in-memory.js";
import {
  choicePage,
  failurePage,
  languageOf,
  signedOutPage,
  signOutPage,
  type SignInLanguage,
} from "./sign-in-pages.js";
import { demoPeople, type DemoPerson } from "./sign-in-people.js";

export interface SignInService {
  /** `http://127.0.0.1:PORT`: the issuer. */
  readonly url: string;
  close(): Promise<void>;
}

/** The gateway's own client, and the audience of what applications are given. */
export const demoClient = "passerelle";
const resource = "urn:rivemont:passerelle";
const scopes = "openid profile birth email";
const claimsOfScopes = {
  openid: ["sub"],
  profile: ["family_name", "given_name", "birthdate", "gender", "preferred_username"],
  birth: ["birthplace", "birthcountry"],
  email: ["email"],
};

/** Listens on the loopback address, on a free port unless told. */
export async function startSignIn(port = 0): Promise<SignInService> {
  const people = demoPeople();
  let handle = (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(503).end();
  const server = createServer((request, response) => {
    handle(request, response);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  // The issuer names its port, so that it is made once the port is known.
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const provider = new Provider(url, configuration(people));
  const protocol = provider.callback();
  handle = (request, response) => {
    const answered =
      request.url?.startsWith("/people/") === true
        ? choose(provider, people, request, response)
        : protocol(request, response);
    answered.catch(() => {
      // A page that was open too long, or opened in another browser.
      send(response, 400, failurePage(languageOf(null, request.headers["accept-language"])));
    });
  };
  return {
    url,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function configuration(people: readonly DemoPerson[]): Readonly<Record<string, unknown>> {
  const bySubject = new Map(people.map((person) => [person.subject, person]));
  const hour = 3_600;
  const claimsOf = (subject: string) => ({ sub: subject, ...bySubject.get(subject)?.claims });
  return {
    adapter: signInMemory(),
    clients: clients(),
    claims: claimsOfScopes,
    scopes: scopes.split(" "),
    acrValues: ["eidas1"],
    jwks: { keys: [signingKey("ES256"), signingKey("RS256")] },
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    conformIdTokenClaims: true,
    pkce: { required: () => true },
    ttl: { AccessToken: hour, IdToken: hour, Session: hour, Grant: hour, Interaction: hour, AuthorizationCode: 60 },
    findAccount: (_: unknown, subject: string) =>
      bySubject.has(subject) ? { accountId: subject, claims: () => claimsOf(subject) } : undefined,
    interactions: { url: (_: unknown, { uid }: { readonly uid: string }) => `/people/${uid}`, policy: policy() },
    loadExistingGrant,
    // What the services behind would be asked for, so that they need not ask.
    extraTokenClaims: (_: unknown, { accountId, aud }: { readonly accountId: string; readonly aud?: unknown }) =>
      aud === undefined ? undefined : identityOf(claimsOf(accountId)),
    renderError: (context: Context) => html(context, failurePage),
    features: {
      devInteractions: { enabled: false },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context: Context, form: string) => html(context, (language) => signOutPage(language, form)),
        postLogoutSuccessSource: (context: Context) => html(context, signedOutPage),
      },
      resourceIndicators: {
        enabled: true,
        // The gateway itself asks who somebody is; an application is given a token to show to the gateway.
        defaultResource: (_: unknown, { clientId }: { readonly clientId: string }) =>
          clientId === demoClient ? undefined : resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes,
          audience: demoClient,
          accessTokenFormat: "jwt",
          accessTokenTTL: hour,
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
  };
}

/** Of native programs: they come back to whatever port of this machine they listen on (RFC 8252, 7.3). */
function clients() {
  const native = {
    application_type: "native",
    token_endpoint_auth_method: "none",
    id_token_signed_response_alg: "ES256",
    grant_types: ["authorization_code"],
    response_types: ["code"],
  };
  const back = ["127.0.0.1", "localhost", "[::1]"].map((host) => `http://${host}`);
  const applications = new Set([
    "mon-rivemont",
    ...demoAgreements("2026-01-01").map(({ application }) => application.name),
  ]);
  return [
    {
      ...native,
      client_id: demoClient,
      client_name: "Passerelle",
      userinfo_signed_response_alg: "ES256",
      redirect_uris: back.flatMap((site) => [`${site}/citizen/callback`, `${site}/rivemont/citizen/callback`]),
      post_logout_redirect_uris: back.flatMap((site) =>
        ["/citizen", "/rivemont/citizen"].flatMap((path) => [`${site}${path}`, `${site}${path}/signed-out`]),
      ),
    },
    ...[...applications].map((client_id) => ({
      ...native,
      client_id,
      client_name: client_id,
      redirect_uris: back.map((site) => `${site}/callback`),
    })),
  ];
}

function policy() {
  const base = interactionPolicy.base();
  // Nobody is asked whether an application may know who they are: what it may read is decided elsewhere.
  base.get("consent")?.checks.remove("native_client_prompt");
  const { Check } = interactionPolicy;
  const each = new Check("demo_choice", "who one is, is chosen each time", "login_required", ({ oidc }) =>
    oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
  );
  base.get("login")?.checks.add(each);
  return base;
}

async function loadExistingGrant({ oidc }: Context & { readonly oidc: { readonly provider: Provider } }) {
  const { client, session, provider } = oidc;
  if (session.accountId === undefined) return undefined;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(scopes);
  grant.addResourceScope(resource, scopes);
  await grant.save();
  return grant;
}

function identityOf(claims: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { sub: _, email: __, ...identity } = claims;
  return identity;
}

function signingKey(alg: "ES256" | "RS256") {
  const { privateKey } =
    alg === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), alg, use: "sig", kid: alg.toLowerCase() };
}

/** Who one is: a page of ten people, and the choice made on it. @throws where there is no such sign-in under way */
async function choose(
  provider: Provider,
  people: readonly DemoPerson[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid, params } = await provider.interactionDetails(request, response);
  if (request.method === "POST") {
    const account = new URLSearchParams(await bodyOf(request)).get("account");
    const person = people.find((each) => each.account === account);
    if (account === "") return provider.interactionFinished(request, response, { error: "access_denied" });
    if (person !== undefined) {
      const login = { accountId: person.subject, acr: "eidas1" };
      return provider.interactionFinished(request, response, { login });
    }
  }
  const asked = new URL(request.url ?? "/", "http://people").searchParams.get("lang") ?? params["ui_locales"];
  const language = languageOf(asked, request.headers["accept-language"]);
  send(response, 200, choicePage(language, `/people/${uid}`, people, String(params["client_id"])));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request as AsyncIterable<Buffer>) {
    text += part.toString("utf8");
    if (text.length > 10_000) throw new Error("too large");
  }
  return text;
}

function html(context: Context, page: (language: SignInLanguage) => string): void {
  context.type = "html";
  for (const [name, value] of Object.entries(pageHeaders)) context.set(name, value);
  context.body = page(languageOf(context.oidc.params?.["ui_locales"], context.get("accept-language")));
}

/** No script runs; a form may lead on to where the application waits, on this machine. */
const pageHeaders = {
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' http://127.0.0.1:* http://localhost:*",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

function send(response: ServerResponse, status: number, page: string): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", ...pageHeaders }).end(page);
}
