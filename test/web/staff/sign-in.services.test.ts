// Staff sign in with an OpenID Connect provider: a real one, on this machine.
import { afterAll, beforeAll, expect, it } from "vitest";
import { CitizenSignIn } from "../../../src/identity/index.js";
import type { TenantName } from "../../../src/terms/index.js";
import { TestProvider } from "../../support/openid-provider.js";
import { cookieOf, createStaffDesk, rivemont, type StaffDesk } from "./staff-desk.js";

const staff = "staff" as TenantName;
const provider = new TestProvider([
  { subject: "dpo", claims: { family_name: "AUBRY", email: "DPO@rivemont.example", email_verified: true } },
  { subject: "unproved", claims: { family_name: "AUBRY", email: "dpo@rivemont.example", email_verified: false } },
  { subject: "unsaid", claims: { family_name: "AUBRY", email: "dpo@rivemont.example" } },
  { subject: "stranger", claims: { family_name: "MARTIN", email: "m@elsewhere.example", email_verified: true } },
]);

let desk: StaffDesk;
let trusting: StaffDesk;
beforeAll(async () => {
  await provider.up();
  const signIn = new CitizenSignIn({ settings: new Map([[staff, provider.settings()]]) });
  desk = await createStaffDesk({ provider: { signIn, provider: staff, trustEmail: false }, links: null });
  trusting = await createStaffDesk({ provider: { signIn, provider: staff, trustEmail: true } });
});
afterAll(async () => {
  await Promise.all([desk.close(), trusting.close()]);
  await provider.down();
});

/** From the console to the provider and back. */
async function comeBack(at: StaffDesk, subject: string, path = "/governance/sign-in/rivemont") {
  const begun = await at.send(path);
  const cookie = (begun.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
  const back = await provider.signIn(begun.headers.get("location") ?? "", subject);
  const callback = `${back.pathname}${back.search}`;
  return { cookie, callback, reply: await at.send(callback, { headers: { cookie } }) };
}

it("lets in who gateway.yaml knows by a verified address, on record, and leads back to where they were", async () => {
  const back = "/console/rivemont/accesses?q=app:cantine-plus";
  const { reply } = await comeBack(desk, "dpo", `/governance/sign-in/rivemont?back=${encodeURIComponent(back)}`);
  expect([reply.status, reply.headers.get("location")]).toEqual([303, back]);
  const session = await desk.send("/governance/session", { headers: { cookie: cookieOf(reply) } });
  expect(session.json).toMatchObject({ name: "Camille Aubry", email: "dpo@rivemont.example", demo: false });
  expect((await desk.staffEntries(rivemont))[0]).toBe("console: sign-in way=provider by dpo@rivemont.example");
});

it("lets nobody in by an address that is not verified, nor whom no town knows", async () => {
  const why = async (at: StaffDesk, subject: string) => {
    const { reply } = await comeBack(at, subject);
    expect(cookieOf(reply)).toBe(
      reply.headers.get("location")?.startsWith("/console/sign-in") === true ? "" : cookieOf(reply),
    );
    return reply.headers.get("location");
  };
  expect(await why(desk, "unproved")).toBe("/console/sign-in?fault=provider&why=email");
  expect(await why(desk, "unsaid")).toBe("/console/sign-in?fault=provider&why=email");
  expect(await why(desk, "stranger")).toBe("/console/sign-in?fault=provider&why=unknown-person");
  // A provider that vouches for every address need not say so; where it says no, it is no.
  expect(await why(trusting, "unsaid")).toBe("/console/rivemont");
  expect(await why(trusting, "unproved")).toBe("/console/sign-in?fault=provider&why=email");
});

it("takes no answer twice, nor in another browser than the one that began (login CSRF)", async () => {
  const { callback, cookie } = await comeBack(desk, "dpo");
  const refused = "/console/sign-in?fault=provider&why=refused";
  for (const headers of [{}, { cookie: "passerelle_staff_sign_in=AAAA" }, { cookie }]) {
    const reply = await desk.send(callback, { headers: headers });
    expect([reply.headers.get("location"), cookieOf(reply)]).toEqual([refused, ""]);
  }
});

it("leads nowhere but to the console, whoever wrote the link", async () => {
  for (const back of [
    "//evil.example",
    "https://evil.example",
    "/console//evil.example",
    "/console/\\evil",
    "/citizen",
    "/console/@x",
  ]) {
    const { reply } = await comeBack(desk, "dpo", `/governance/sign-in/rivemont?back=${encodeURIComponent(back)}`);
    expect([back, reply.headers.get("location")]).toEqual([back, "/console/rivemont"]);
  }
});

it("offers no link where there are none: in production", async () => {
  expect((await desk.send("/governance/session")).json).toMatchObject({
    link: false,
    ways: [{ town: "rivemont", href: "/governance/sign-in/rivemont" }, { town: "valmont" }],
  });
  const reply = await desk.post("/governance/link", { token: await desk.links.make("dpo@rivemont.example") });
  expect(reply.status).toBe(404);
});

it("lets nobody in while the log cannot be written (law 4)", async () => {
  desk.broken = true;
  const { reply } = await comeBack(desk, "dpo");
  expect([reply.headers.get("location"), cookieOf(reply)]).toEqual([
    "/console/sign-in?fault=provider&why=unavailable",
    "",
  ]);
  desk.broken = false;
});
