// Applications' access tokens of citizens. Law 1: a token that is not this provider's, for us, of that application, in
// force, is nobody's; and all of them are one error (a thief learns nothing). Law 11: no error tells anything of a person.
import { createHmac } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import type { JWTPayload } from "jose";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import {
  CitizenTokenRefused,
  CitizenTokens,
  SignInUnavailable,
  type SignInSettings,
} from "../../src/identity/index.js";
import type { ApplicationName, TenantName } from "../../src/terms/index.js";
import { TestProvider } from "../support/openid-provider.js";

const rivemont = "rivemont" as TenantName;
const appOne = "app-one" as ApplicationName;
const provider = await new TestProvider([]).up();
afterAll(() => provider.down());
afterEach(() => {
  provider.instead.clear();
});

const tokensWith = (more: Partial<SignInSettings> = {}): CitizenTokens =>
  new CitizenTokens({ settings: new Map([[rivemont, provider.settings(more)]]) });
const tokens = tokensWith();
const verify = (bearer: string, from = tokens, application = appOne, now = new Date()) =>
  from.verify(rivemont, bearer, application, now);

async function refused(bearer: string, from = tokens, application = appOne, now = new Date()): Promise<string> {
  const error: unknown = await verify(bearer, from, application, now).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CitizenTokenRefused);
  const told = error as CitizenTokenRefused;
  expect(told.message).toBe("the citizen's token is not taken");
  expect(inspect(told, { depth: 10 })).not.toMatch(/MARTIN|eyJ/);
  return told.why;
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const claimsOf = (token: string): string => token.split(".")[1] ?? "";

describe("a token in force", () => {
  it("says who signed in", async () => {
    const known = await verify(await provider.token());
    expect(known).toMatchObject({ issuer: provider.issuer, subject: "p1", claims: { family_name: "MARTIN" } });
  });

  it("may name the application as azp, and be meant for several", async () => {
    await verify(await provider.token({ client_id: undefined, azp: "app-one", aud: ["other", "passerelle"] }));
  });

  it("is of the client that gateway.yaml names for the application", async () => {
    const named = tokensWith({ apps: new Map([[appOne, "client-of-one"]]) });
    await verify(await provider.token({ client_id: "client-of-one" }), named);
    expect(await refused(await provider.token(), named)).toBe("another client");
  });

  it("is not asked about twice", async () => {
    const token = await provider.token();
    await verify(token);
    await provider.down();
    await verify(token);
    await provider.up();
  });
});

describe("a token is nobody's", () => {
  it.each([
    ["of another application", { client_id: "app-two" }],
    ["whose client_id and azp differ", { azp: "app-two" }],
    ["of no application", { client_id: undefined }],
    ["whose application is a list", { client_id: undefined, azp: ["app-one"] }],
    ["for another service", { aud: "somebody-else" }],
    ["for nobody", { aud: undefined }],
    ["of another issuer", { iss: "https://other.example" }],
    ["that has ended", { exp: Math.floor(Date.now() / 1_000) - 6 }],
    ["without an end", { exp: undefined }],
    ["without a beginning", { iat: undefined }],
    ["made in the future", { iat: Math.floor(Date.now() / 1_000) + 60 }],
    ["that is not yet valid", { nbf: Math.floor(Date.now() / 1_000) + 60 }],
    ["about nobody", { sub: undefined }],
    ["about an empty name", { sub: "" }],
    ["without the scope", { scope: "profile" }],
    ["with no scope", { scope: undefined }],
    ["of a person who signed in less surely than the town asks", { acr: "0" }],
    ["bound to a key of the application's (DPoP)", { cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } }],
  ])("%s", async (_, claims) => {
    await refused(await provider.token(claims as JWTPayload));
  });

  it("when it is an ID token", async () => {
    await refused(await provider.token({}, { typ: "JWT" }));
  });

  it("without signature (alg none)", async () => {
    const token = await provider.token();
    await refused(`${part({ alg: "none", typ: "at+jwt" })}.${claimsOf(token)}.`);
    await refused(`${part({ alg: "none", typ: "at+jwt", kid: provider.key.kid })}.${claimsOf(token)}.AA`);
  });

  it("signed with the public key as if it were a secret (HS256)", async () => {
    const token = await provider.token();
    for (const secret of [
      provider.key.publicKey.export({ type: "spki", format: "pem" }),
      JSON.stringify(provider.key.publicKey.export({ format: "jwk" })),
    ]) {
      const signed = `${part({ alg: "HS256", typ: "at+jwt", kid: provider.key.kid })}.${claimsOf(token)}`;
      await refused(`${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`);
    }
  });

  it("signed by another under the provider's name", async () => {
    const thief = new TestProvider([]).key;
    await refused(await provider.token({}, {}, { ...thief, kid: provider.key.kid }));
    const jwk = thief.publicKey.export({ format: "jwk" });
    const own = await provider.token({}, {}, { ...thief, kid: provider.key.kid });
    // A key that the token brings along is anybody's.
    await refused(`${part({ alg: "ES256", typ: "at+jwt", jwk })}.${own.split(".").slice(1).join(".")}`);
  });

  it("with a key that the provider does not have", async () => {
    await refused(await provider.token({}, { kid: "unknown" }));
  });

  it("when one letter of it has changed", async () => {
    const token = await provider.token();
    const [header = "", claims = "", signature = ""] = token.split(".");
    const other = claims.replace(/.$/, (letter) => (letter === "A" ? "B" : "A"));
    await refused([header, other, signature].join("."));
  });

  it.each(["", "x", "a.b", "a.b.c", "a.b.c.d.e", `${"a".repeat(9_000)}.b.c`, "psk_live_whatever"])(
    "when it is no token: %.20s",
    async (text) => {
      await refused(text);
    },
  );

  it("sent by another application than the one it was taken from before", async () => {
    const token = await provider.token();
    await verify(token);
    expect(await refused(token, tokens, "app-two" as ApplicationName)).toBe("another client");
  });

  it("from the moment it ends, though it was taken just before", async () => {
    const exp = Math.floor(Date.now() / 1_000) + 30;
    const token = await provider.token({ exp });
    await verify(token);
    await refused(token, tokens, appOne, new Date((exp + 6) * 1_000));
    await refused(token, tokens, appOne, new Date((exp + 60) * 1_000));
  });

  it("in a town whose people do not sign in", async () => {
    const nobody = tokens.verify("autre" as TenantName, await provider.token(), appOne, new Date());
    await expect(nobody).rejects.toBeInstanceOf(CitizenTokenRefused);
  });
});

describe("claims that are not in the token", () => {
  const asking = tokensWith({ neededClaims: ["family_name", "birthdate"] });
  const answerWith = (body: string, type: string, status = 200): void =>
    void provider.instead.set("/me", (_, response) => {
      response.writeHead(status, { "content-type": type }).end(body);
    });

  it("are asked for with it", async () => {
    answerWith(JSON.stringify({ sub: "p1", family_name: "MARTIN", birthdate: "1980-05-01" }), "application/json");
    const known = await verify(await provider.token(), asking);
    expect(known.claims["birthdate"]).toBe("1980-05-01");
  });

  it("count only when they are about the same person", async () => {
    answerWith(JSON.stringify({ sub: "p2", family_name: "THOMAS", birthdate: "1980-05-01" }), "application/json");
    const error: unknown = await verify(await provider.token(), asking).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SignInUnavailable);
    expect(inspect(error, { depth: 10 })).not.toMatch(/THOMAS|1980|eyJ/);
  });

  it("show that the provider has taken the token back", async () => {
    provider.instead.set("/me", (_, response) => {
      response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' }).end();
    });
    expect(await refused(await provider.token(), asking)).toBe("refused by its provider");
  });
});

it("a token that the provider takes back lives a minute at most", async () => {
  const real = performance.now.bind(performance);
  let ahead = 0;
  vi.spyOn(performance, "now").mockImplementation(() => real() + ahead);
  try {
    const asking = tokensWith({ neededClaims: ["birthdate"] });
    const token = await provider.token();
    const said = JSON.stringify({ sub: "p1", birthdate: "1980-05-01" });
    provider.instead.set("/me", (_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(said);
    });
    await verify(token, asking);
    provider.instead.set("/me", (_, response) => {
      response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' }).end();
    });
    ahead = 58_000;
    await delay(5);
    await verify(token, asking);
    ahead = 60_500;
    // The cache looks at the clock once in a millisecond.
    await delay(5);
    expect(await refused(token, asking)).toBe("refused by its provider");
  } finally {
    vi.restoreAllMocks();
  }
});

describe("a provider that changes or fails", () => {
  it("may change its key: the new one is read, the old one is over", async () => {
    const before = await provider.token();
    const moving = tokensWith();
    await verify(before, moving);
    await provider.rotate("second");
    const other = tokensWith();
    await verify(await provider.token(), other);
    await refused(before, other);
  });

  it("has nobody signed in while it is away, and is left alone for a while", async () => {
    const away = tokensWith();
    const token = await provider.token();
    await provider.down();
    await expect(verify(token, away)).rejects.toBeInstanceOf(SignInUnavailable);
    await provider.up();
    await expect(verify(token, away)).rejects.toMatchObject({ why: "left alone after a failure" });
  });

  it("has nobody signed in while its keys cannot be read", async () => {
    provider.instead.set("/jwks", (_, response) => void response.writeHead(500).end());
    await expect(verify(await provider.token(), tokensWith())).rejects.toBeInstanceOf(SignInUnavailable);
    provider.instead.set("/jwks", (_, response) => void response.writeHead(302, { location: "/other-keys" }).end());
    await expect(verify(await provider.token(), tokensWith())).rejects.toBeInstanceOf(SignInUnavailable);
    expect(provider.asked).not.toContain("/other-keys");
  });
});
