// The demo's sign-in service: a real provider whose ten people are Rivemont's. It opens a made-up town, and nothing else.
import { afterAll, describe, expect, it } from "vitest";
import { demoCitizenToken } from "../../src/demo/citizen-token.js";
import { makeGuardianships } from "../../src/demo/guardians.js";
import { makePeople, townSeed } from "../../src/demo/people.js";
import { Chance, dayText } from "../../src/demo/random.js";
import { demoPeople, type DemoPerson } from "../../src/demo/sign-in-people.js";
import { startSignIn } from "../../src/demo/sign-in-service.js";
import { Visitor } from "../../src/demo/visitor.js";
import { isPerson } from "../../src/gateway/match-person.js";
import { CitizenSignIn, CitizenTokens, type SignInSettings } from "../../src/identity/index.js";
import type { ApplicationName, TenantName } from "../../src/terms/index.js";

const rivemont = "rivemont" as TenantName;
const service = await startSignIn();
afterAll(() => service.close());
const people = makePeople(new Chance(townSeed));
const guardianships = makeGuardianships(people);
const ten = demoPeople();
const settings = new Map<TenantName, SignInSettings>([
  [
    rivemont,
    {
      ...{ issuer: service.url, clientId: "passerelle", clientSecret: null, scopes: ["openid", "profile"] },
      ...{ acrValues: ["eidas1"], audiences: ["passerelle"], tokenScopes: ["openid"], allowLoopback: true },
      neededClaims: ["family_name", "given_name", "birthdate"],
      publicUrl: () => "http://127.0.0.1:4711",
      apps: new Map(),
    },
  ],
]);

const called = (account: string): DemoPerson => {
  const found = ten.find((person) => person.account === account);
  if (found === undefined) throw new Error(`nobody is called ${account}`);
  return found;
};
/** Numbers of the residents whom the gateway would take for the person. */
const residentsOf = ({ claims }: DemoPerson): readonly number[] =>
  people.residents
    .filter(({ birthDay }) => dayText(birthDay) === claims["birthdate"])
    .filter(({ familyName, givenName, birthDay }) =>
      isPerson(claims, [
        { claim: "family_name", cells: [familyName] },
        { claim: "given_name", cells: [givenName] },
        { claim: "birthdate", cells: [dayText(birthDay)] },
      ]),
    )
    .map(({ id }) => id);
const childrenOf = (account: string): readonly number[] => {
  const mine = residentsOf(called(account));
  return guardianships.filter(([, guardian]) => mine.includes(Number(guardian))).map(([, , child]) => Number(child));
};

describe("the ten people of the sign-in page", () => {
  it("are each known to the town once, but one who is two and one who is nobody", () => {
    expect(ten).toHaveLength(10);
    expect(Object.fromEntries(ten.map((person) => [person.account, residentsOf(person).length]))).toEqual({
      "khadija.ferreira": 1,
      "solene.aubry": 1,
      "catherine.aubry": 1,
      "lucas.germain": 1,
      "eleonore.gaillard": 1,
      "marieclaude.lebihan": 1,
      "jeanbaptiste.lhermitte": 1,
      "lou.haddad": 1,
      "jeanne.thomas": 2,
      "prune.delacourt": 0,
    });
  });

  it("have the children that the page says", () => {
    expect(childrenOf("khadija.ferreira")).toHaveLength(2);
    expect(childrenOf("solene.aubry")).toEqual(residentsOf(called("catherine.aubry")));
    expect(childrenOf("lucas.germain")).toHaveLength(1);
    expect(childrenOf("lucas.germain")).toEqual(childrenOf("eleonore.gaillard"));
    expect(childrenOf("jeanbaptiste.lhermitte")).toEqual([]);
  });
});

describe("signing in to the demo", () => {
  it("works without JavaScript, in both languages, and says that it is a demonstration", async () => {
    const signIn = new CitizenSignIn({ settings });
    const { url, pending } = await signIn.begin(rivemont, { language: "en" });
    const visitor = new Visitor();
    const page = await visitor.go(new URL(url));
    const text = await page.response.text();
    expect(text).toMatch(/<html lang="en">[\s\S]*Demonstration[\s\S]*<button name="account" value="solene.aubry">/);
    expect(text).not.toMatch(/<script/i);
    expect(page.response.headers.get("content-security-policy")).toMatch(/default-src 'none'/);
    const french = await visitor.go(new URL(`${page.url.href}?lang=fr`));
    expect(await french.response.text()).toMatch(/<html lang="fr">[\s\S]*Démonstration/);
    const back = await visitor.submit(page.url, { account: "solene.aubry" });
    const { claims } = await signIn.finish(rivemont, back.url, pending);
    expect(claims).toMatchObject({ family_name: "AUBRY", given_name: "Solène Odile", birthdate: "1981-02-26" });
  });

  it("can be given up", async () => {
    const signIn = new CitizenSignIn({ settings });
    const { url, pending } = await signIn.begin(rivemont, { language: "fr" });
    const visitor = new Visitor();
    const page = await visitor.go(new URL(url));
    const back = await visitor.submit(page.url, { account: "" });
    await expect(signIn.finish(rivemont, back.url, pending)).rejects.toMatchObject({ reason: "cancelled" });
  });

  it("gives an application a token that is worth something to that application alone", async () => {
    const token = await demoCitizenToken({ issuer: service.url, account: "lucas.germain", client: "cantine-plus" });
    const tokens = new CitizenTokens({ settings });
    const now = new Date();
    const { claims } = await tokens.verify(rivemont, token, "cantine-plus" as ApplicationName, now);
    expect(claims["family_name"]).toBe("GERMAIN");
    await expect(tokens.verify(rivemont, token, "parkeasy" as ApplicationName, now)).rejects.toThrow("not taken");
  });

  it("sends nobody to another machine", async () => {
    const begin = new URL("/auth", service.url);
    const wish = { client_id: "passerelle", response_type: "code", scope: "openid", code_challenge_method: "S256" };
    begin.search = new URLSearchParams({
      ...wish,
      code_challenge: "x".repeat(43),
      redirect_uri: "https://evil.example/citizen/callback",
    }).toString();
    const { response, url } = await new Visitor().go(begin);
    expect([response.status, url.origin]).toEqual([400, service.url]);
  });
});
