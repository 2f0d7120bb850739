// A real OpenID Connect provider on this machine, whose keys the test holds: what a thief would have to forge, it can sign.
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT, type JWTPayload } from "jose";
import { interactionPolicy, Provider, type Context } from "oidc-provider";
import { signInMemory } from "../../src/demo/sign-in-memory.js";
import { Visitor } from "../../src/demo/visitor.js";
import type { SignInSettings } from "../../src/identity/index.js";
import type { ApplicationName } from "../../src/terms/index.js";

const gatewayClient = "passerelle";
const gatewaySecret = "a-secret-of-the-test-that-is-long-enough";
const resource = "urn:test:passerelle";
const scopes = "openid profile";

export interface TestPerson {
  readonly subject: string;
  readonly claims: Readonly<Record<string, string | boolean>>;
}

interface Key {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export class TestProvider {
  #server: Server | null = null;
  #port = 0;
  #key = newKey("first");
  /** In place of the provider's own answer, by path. */
  readonly instead = new Map<string, Answer>();
  readonly asked: string[] = [];

  constructor(readonly people: readonly TestPerson[]) {}

  get issuer(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  get key(): Key {
    return this.#key;
  }

  async up(): Promise<this> {
    let protocol: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | null = null;
    let provider: Provider | null = null;
    const server = createServer((request, response) => {
      const path = (request.url ?? "").split("?")[0] ?? "";
      this.asked.push(path);
      const instead = this.instead.get(path);
      if (instead !== undefined) instead(request, response);
      else if (path.startsWith("/as/") && provider !== null)
        void this.#choose(provider, request, response, path.slice(4));
      else void protocol?.(request, response);
    });
    this.#server = server;
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    provider = new Provider(this.issuer, this.#configuration());
    protocol = provider.callback();
    return this;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }

  /** Another key in the place of the one before, as providers do every few months. */
  async rotate(kid: string): Promise<void> {
    await this.down();
    this.#key = newKey(kid);
    await this.up();
  }

  /** What the gateway would be told of this provider. */
  settings(more: Partial<SignInSettings> = {}): SignInSettings {
    return {
      issuer: this.issuer,
      clientId: gatewayClient,
      clientSecret: gatewaySecret,
      scopes: ["openid", "profile"],
      acrValues: ["eidas1"],
      audiences: [gatewayClient],
      tokenScopes: ["openid"],
      neededClaims: ["family_name"],
      publicUrl: () => "http://127.0.0.1:4000",
      apps: new Map<ApplicationName, string>(),
      allowLoopback: true,
      ...more,
    };
  }

  /** An access token as this provider would make it, with what the test changes in it. */
  token(
    claims: JWTPayload = {},
    header: { alg?: string; typ?: string; kid?: string } = {},
    key = this.#key,
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const usual = {
      iss: this.issuer,
      sub: "p1",
      aud: gatewayClient,
      iat: now,
      exp: now + 600,
      client_id: "app-one",
      scope: "openid profile",
      family_name: "MARTIN",
    };
    const set = Object.fromEntries(Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined));
    return new SignJWT(set)
      .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  /** As the person's browser: from the gateway's address for the sign-in to the way back. */
  async signIn(url: string, subject: string): Promise<URL> {
    const visitor = new Visitor();
    const page = await visitor.go(new URL(url));
    return (await visitor.go(new URL(`/as/${subject}?${page.url.pathname}`, page.url))).url;
  }

  async #choose(
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
    subject: string,
  ): Promise<void> {
    await provider
      .interactionFinished(request, response, { login: { accountId: subject, acr: "eidas1" } })
      .catch(() => {
        response.writeHead(400).end();
      });
  }

  #configuration(): Readonly<Record<string, unknown>> {
    const policy = interactionPolicy.base();
    policy.get("consent")?.checks.remove("native_client_prompt");
    const public_ = { token_endpoint_auth_method: "none", id_token_signed_response_alg: "ES256" };
    return {
      adapter: signInMemory(),
      clients: [
        {
          client_id: gatewayClient,
          client_secret: gatewaySecret,
          token_endpoint_auth_method: "client_secret_post",
          id_token_signed_response_alg: "ES256",
          userinfo_signed_response_alg: "ES256",
          redirect_uris: ["http://127.0.0.1:4000/citizen/callback", "http://127.0.0.1:4000/governance/callback"],
          post_logout_redirect_uris: ["http://127.0.0.1:4000/citizen"],
          application_type: "native",
        },
        { ...public_, client_id: "app-one", redirect_uris: ["http://127.0.0.1/callback"], application_type: "native" },
      ],
      claims: { openid: ["sub"], profile: ["family_name", "given_name", "birthdate", "email", "email_verified"] },
      scopes: scopes.split(" "),
      acrValues: ["eidas1"],
      jwks: {
        keys: [{ ...this.#key.privateKey.export({ format: "jwk" }), kid: this.#key.kid, alg: "ES256", use: "sig" }],
      },
      cookies: { keys: ["only-of-this-test"] },
      pkce: { required: () => true },
      ttl: { AccessToken: 600, IdToken: 600, Session: 600, Grant: 600, Interaction: 600, AuthorizationCode: 60 },
      findAccount: (_: unknown, subject: string) => {
        const person = this.people.find((each) => each.subject === subject);
        return person && { accountId: subject, claims: () => ({ sub: subject, ...person.claims }) };
      },
      // The cookie of an interaction belongs to its address: here all are below `/`.
      interactions: { url: () => "/as", policy },
      cookiesPath: "/",
      loadExistingGrant,
      renderError: (context: Context) => void (context.body = "refused"),
      features: {
        devInteractions: { enabled: false },
        jwtUserinfo: { enabled: true },
        rpInitiatedLogout: { enabled: true },
        resourceIndicators: { enabled: false },
      },
    };
  }
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

function newKey(kid: string): Key {
  return { kid, ...generateKeyPairSync("ec", { namedCurve: "P-256" }) };
}
