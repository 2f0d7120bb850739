// Signing in at a real provider: the whole way, and every way of coming back that is not it. Law 1: whoever is not vouched
// for is nobody. Law 11: no error tells anything of a person.
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CitizenSignIn, SignInRefused, SignInUnavailable, type PendingSignIn } from "../../src/identity/index.js";
import type { SignInSettings } from "../../src/identity/index.js";
import type { TenantName } from "../../src/terms/index.js";
import { TestProvider } from "../support/openid-provider.js";

const rivemont = "rivemont" as TenantName;
const martin = { family_name: "MARTIN", given_name: "Zoé Anne", birthdate: "1980-05-01" };
const provider = new TestProvider([
  { subject: "p1", claims: martin },
  { subject: "p2", claims: { ...martin, given_name: "Luc" } },
]);
beforeAll(() => provider.up());
afterAll(() => provider.down());
beforeEach(() => {
  provider.instead.clear();
});

const signInWith = (more: Partial<SignInSettings> = {}): CitizenSignIn =>
  new CitizenSignIn({ settings: new Map([[rivemont, provider.settings(more)]]) });

async function begun(
  signIn = signInWith(),
  subject = "p1",
): Promise<{ back: URL; pending: PendingSignIn; signIn: CitizenSignIn }> {
  const { url, pending } = await signIn.begin(rivemont, { language: "fr" });
  return { back: await provider.signIn(url, subject), pending, signIn };
}

async function refused(work: Promise<unknown>): Promise<SignInRefused> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SignInRefused);
  // Law 11: neither claims nor codes nor tokens, however deep one looks.
  expect(inspect(error, { depth: 10 })).not.toMatch(/MARTIN|Zoé|1980|eyJ/);
  return error as SignInRefused;
}

describe("signing in", () => {
  it("goes to the provider with PKCE, state, nonce and level, and comes back to our own site", async () => {
    const { url, pending } = await signInWith().begin(rivemont, { language: "en" });
    const asked = new URL(url).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      redirect_uri: "http://127.0.0.1:4000/citizen/callback",
      response_type: "code",
      code_challenge_method: "S256",
      acr_values: "eidas1",
      ui_locales: "en",
      state: pending.state,
      nonce: pending.nonce,
    });
    expect(url).not.toContain(pending.codeVerifier);
  });

  it("ends with what the provider says, its userinfo a signed JWT as FranceConnect's is", async () => {
    const { back, pending, signIn } = await begun();
    const found = await signIn.finish(rivemont, back, pending);
    expect(found).toMatchObject({ issuer: provider.issuer, subject: "p1" });
    expect(found.claims).toMatchObject({ ...martin, acr: "eidas1" });
    const after = await signIn.endSession(rivemont, found.idToken);
    expect(new URL(after ?? "").searchParams.get("id_token_hint")).toBe(found.idToken);
    expect(new URL(after ?? "").searchParams.get("post_logout_redirect_uri")).toBe("http://127.0.0.1:4000/citizen");
  });

  it("comes back to the site of the settings, whatever host the browser's address names", async () => {
    const { back, pending, signIn } = await begun();
    const elsewhere = new URL(`https://evil.example/steal${back.search}`);
    expect((await signIn.finish(rivemont, elsewhere, pending)).subject).toBe("p1");
  });
});

describe("whoever comes back otherwise is not signed in", () => {
  it("with another's state (a sign-in forced upon a browser)", async () => {
    const one = await begun();
    const other = await begun(signInWith(), "p2");
    expect((await refused(one.signIn.finish(rivemont, other.back, one.pending))).reason).toBe("stale");
  });

  it("with a code that belongs to another sign-in (no PKCE proof)", async () => {
    const one = await begun();
    const other = await begun(signInWith(), "p2");
    const mixed = new URL(one.back);
    mixed.searchParams.set("code", other.back.searchParams.get("code") ?? "");
    await refused(one.signIn.finish(rivemont, mixed, one.pending));
  });

  it("with an ID token made for another sign-in (nonce)", async () => {
    const { back, pending, signIn } = await begun();
    await refused(signIn.finish(rivemont, back, { ...pending, nonce: "another" }));
  });

  it("with a code that was used", async () => {
    const { back, pending, signIn } = await begun();
    await signIn.finish(rivemont, back, pending);
    await refused(signIn.finish(rivemont, back, pending));
  });

  it("of another issuer (mix-up, RFC 9207)", async () => {
    const { back, pending, signIn } = await begun();
    back.searchParams.set("iss", "https://other.example");
    await refused(signIn.finish(rivemont, back, pending));
  });

  it("less surely known than was asked for", async () => {
    const { back, pending, signIn } = await begun(signInWith({ acrValues: ["eidas2"] }));
    expect((await refused(signIn.finish(rivemont, back, pending))).why).toBe("acr");
  });

  it("when they chose not to", async () => {
    const { signIn, pending } = await begun();
    const back = new URL(
      `http://127.0.0.1:4000/citizen/callback?error=access_denied&state=${pending.state}&iss=${provider.issuer}`,
    );
    expect((await refused(signIn.finish(rivemont, back, pending))).reason).toBe("cancelled");
  });

  it("with claims that another key has signed", async () => {
    const { back, pending, signIn } = await begun();
    const forger = new TestProvider([]);
    const forged = await provider.token(
      { sub: "p1", family_name: "THOMAS" },
      { typ: "JWT", kid: provider.key.kid },
      {
        ...forger.key,
        kid: provider.key.kid,
      },
    );
    provider.instead.set("/me", (_, response) => {
      response.writeHead(200, { "content-type": "application/jwt" }).end(forged);
    });
    await refused(signIn.finish(rivemont, back, pending));
  });

  it("with claims about somebody else", async () => {
    const { back, pending, signIn } = await begun();
    const others = await provider.token({ sub: "p2" }, { typ: "JWT" });
    provider.instead.set("/me", (_, response) => {
      response.writeHead(200, { "content-type": "application/jwt" }).end(others);
    });
    await refused(signIn.finish(rivemont, back, pending));
  });
});

describe("a provider that does not answer as it should signs nobody in", () => {
  const unavailable = async (signIn: CitizenSignIn) =>
    expect(signIn.begin(rivemont, { language: "fr" })).rejects.toBeInstanceOf(SignInUnavailable);

  it("when it says that it is another", async () => {
    provider.instead.set("/.well-known/openid-configuration", (_, response) => {
      const said = { issuer: "https://other.example", authorization_endpoint: "https://other.example/auth" };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(said));
    });
    await unavailable(signInWith());
  });

  it("when it writes itself otherwise than gateway.yaml does, were it by a slash", async () => {
    await unavailable(signInWith({ issuer: `${provider.issuer}/` }));
  });

  it("when it leads elsewhere", async () => {
    provider.instead.set("/.well-known/openid-configuration", (_, response) => {
      response.writeHead(302, { location: `${provider.issuer}/other` }).end();
    });
    await unavailable(signInWith());
    expect(provider.asked).not.toContain("/other");
  });

  it("when its answer has no end", async () => {
    const said = {
      issuer: provider.issuer,
      authorization_endpoint: `${provider.issuer}/auth`,
      jwks_uri: `${provider.issuer}/jwks`,
    };
    const answer = JSON.stringify({ ...said, more: "x".repeat(300_000) });
    provider.instead.set("/.well-known/openid-configuration", (_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(answer);
    });
    await unavailable(signInWith());
  });

  it("when http:// is not allowed here", async () => {
    await unavailable(signInWith({ allowLoopback: false }));
  });

  it("and is left alone for a while", async () => {
    provider.instead.set("/.well-known/openid-configuration", (_, response) => void response.writeHead(503).end());
    const signIn = signInWith();
    await unavailable(signIn);
    const asked = provider.asked.length;
    await unavailable(signIn);
    expect(provider.asked.length).toBe(asked);
  });
});
