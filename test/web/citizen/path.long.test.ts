// A decision counts at the next request: the citizen's forms by hand, the application's request right after (law 6).
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyTown, startTown, type RunningTown } from "../../start/town-process.js";
import { Visitor } from "../../../src/demo/visitor.js";

const { folder, remove } = copyTown();
let town: RunningTown;
beforeAll(async () => {
  town = await startTown(folder);
}, 180_000);
afterAll(async () => {
  await town.stop();
  remove();
}, 60_000);

const at = (path: string): URL => new URL(path, town.address);
const own = { "sec-fetch-site": "same-origin" };

async function signedIn(account: string): Promise<Visitor> {
  const visitor = new Visitor();
  const anywhere = (): boolean => true;
  const choice = await visitor.go(at("/citizen/sign-in"), { method: "POST", headers: own }, anywhere);
  const form = new URLSearchParams({ account });
  const { url, response } = await visitor.go(choice.url, { method: "POST", body: form }, anywhere);
  expect([url.pathname, response.status]).toEqual(["/citizen", 200]);
  return visitor;
}

/** The fields of the first form of a page with this decision; of an application where it is named. */
function formOf(page: string, decision: string, action: string): Record<string, string> {
  const forms = page.match(new RegExp(`<form[^>]*action="${action}"[\\s\\S]*?</form>`, "g")) ?? [];
  const form = forms.find((each) => new RegExp(`name="decision"\\s+value="${decision}"`).test(each)) ?? "";
  return Object.fromEntries([...form.matchAll(/name="([^"]+)"\s+value="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value])); // prettier-ignore
}

async function decide(visitor: Visitor, decision: string, more: Record<string, string> = {}): Promise<void> {
  const overview = await (await visitor.go(at("/citizen"))).response.text();
  const post = async (path: string, fields: Record<string, string>) =>
    visitor.go(at(path), { method: "POST", headers: own, body: new URLSearchParams(fields) });
  const shown = await post("/citizen/decision", formOf(overview, decision, "/citizen/decision"));
  const page = await shown.response.text();
  const done = await post("/citizen/decision/confirm", {
    ...formOf(page, decision, "/citizen/decision/confirm"),
    ...more,
  });
  expect(done.url.pathname).toMatch(/^\/citizen\/done\//);
}

async function peopleRead(): Promise<number> {
  const curl = town.curls.find(({ title }) => title.startsWith("cantine-plus"));
  if (curl === undefined) throw new Error("no curl");
  const query = "{ residents(first: 5, where: { number: { eq: 103396 } }) { nodes { givenName } } }";
  const response = await fetch(curl.url, { method: "POST", headers: curl.headers, body: JSON.stringify({ query }) });
  const { data } = (await response.json()) as { data: { residents: { nodes: unknown[] } } };
  return data.residents.nodes.length;
}

describe("a citizen's objection", () => {
  it("counts at the application's very next request, as does its withdrawal; the history tells of both", async () => {
    const visitor = await signedIn("jeanbaptiste.lhermitte");
    expect(await peopleRead()).toBe(1);
    // The agreements of public tasks in turn, until that of cantine-plus is shut too.
    for (let step = 0; step < 5 && (await peopleRead()) > 0; step++)
      await decide(visitor, "objected", { reason: "Ma situation." });
    expect(await peopleRead()).toBe(0);
    for (let step = 0; step < 5 && (await peopleRead()) === 0; step++) await decide(visitor, "objection-withdrawn");
    expect(await peopleRead()).toBe(1);
    const history = await (await visitor.go(at("/citizen/history?lang=en"))).response.text();
    expect(history).toContain("Cantine Plus");
    expect(history).toMatch(/first name/i);
  });
});

describe("a mother of two", () => {
  it("sees her children by their first names, which are kept with no decision and in no file (law 11)", async () => {
    const mother = await signedIn("khadija.ferreira");
    const read = async (path: string) => (await mother.go(at(path))).response.text();
    const page = await read("/citizen?lang=fr");
    const [first = "", second = ""] = [...page.matchAll(/Ce qui concerne (\p{Lu}[\p{L}-]+)\s*</gu)].map(
      ([, name]) => name,
    );
    expect(new Set([first, second, ""]).size).toBe(3);
    expect(page).not.toMatch(/Enfant \d/);
    expect(await read("/citizen/history")).toMatch(new RegExp(`<option[^>]*>${first}</option>`));
    const post = async (path: string, fields: Record<string, string>) =>
      mother.go(at(path), { method: "POST", headers: own, body: new URLSearchParams(fields) });
    const child = page.slice(page.search(new RegExp(`<h2[^>]*>\\s*Ce qui concerne ${first}`)));
    const shown = await (await post("/citizen/decision", formOf(child, "given", "/citizen/decision"))).response.text();
    expect(shown).toContain(`— ${first}`);
    const [text = ""] = /<section class="shown[\s\S]*?<\/section>/.exec(shown) ?? [];
    expect(text).toContain("Je décide pour un enfant");
    expect(text).not.toContain(first);
    const form = formOf(shown, "given", "/citizen/decision/confirm");
    const done = await post("/citizen/decision/confirm", form);
    expect(await done.response.text()).toContain(`— ${first}`);
    const receipt = await read(done.url.pathname.replace("/done/", "/receipts/"));
    const kept = Buffer.from(receipt.split(".")[1] ?? "", "base64url").toString("utf8");
    expect(kept).toContain("Je décide pour un enfant");
    for (const each of [
      kept,
      decodeURIComponent(done.url.href),
      JSON.stringify(form),
      await read("/citizen/history.csv"),
    ])
      expect(each).not.toContain(first);
  });
});

describe("what the pages refuse", () => {
  it("a form from elsewhere, without its token, or with another session's", async () => {
    const [visitor, other] = [await signedIn("khadija.ferreira"), await signedIn("lou.haddad")];
    const page = await (await visitor.go(at("/citizen"))).response.text();
    const fields = formOf(page, "given", "/citizen/decision");
    const theirs = formOf(await (await other.go(at("/citizen"))).response.text(), "given", "/citizen/decision");
    const send = async (headers: Record<string, string>, form: Record<string, string>): Promise<number> =>
      (await visitor.go(at("/citizen/decision"), { method: "POST", headers, body: new URLSearchParams(form) })).response
        .status;
    expect(await send(own, fields)).toBe(200);
    for (const from of ["cross-site", "same-site", "none"])
      expect(await send({ "sec-fetch-site": from }, fields)).toBe(403);
    expect(await send({ origin: "https://evil.example" }, fields)).toBe(403);
    expect(await send({}, fields)).toBe(403);
    expect(await send(own, { ...fields, token: "" })).toBe(403);
    expect(await send(own, { ...fields, token: theirs["token"] ?? "" })).toBe(403);
    expect(await send(own, { ...fields, person: "AAAAAAAAAAAAAAAA" })).toBe(409);
    expect(await send(own, { ...fields, decision: "withdrawn" })).toBe(409);
  });

  it("a sign-in that was not begun in this browser (login CSRF), and any page to who is not signed in", async () => {
    const stranger = new Visitor();
    const callback = await stranger.go(at("/citizen/callback?code=x&state=y"));
    expect(callback.response.status).toBe(400);
    for (const path of ["history", "history.csv", "data", "receipts/6f3b0b52-8a0f-4f5c-9a3c-0a8e5f6b7c8d", "done/x"])
      expect((await stranger.go(at(`/citizen/${path}`))).response.status).toBe(401);
  });

  it("another person's receipt, and caching of anybody's page (law 12)", async () => {
    const [visitor, other] = [await signedIn("khadija.ferreira"), await signedIn("lou.haddad")];
    await decide(visitor, "refused");
    const { response } = await visitor.go(at("/citizen"));
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const { out } = await import("../../start/town-process.js").then(({ passerelle }) =>
      passerelle(folder, "consent", "list", "--json"),
    );
    const [, id = ""] = /"id": ?"([0-9a-f-]{36})"/.exec(out) ?? [];
    expect(id).not.toBe("");
    expect((await visitor.go(at(`/citizen/receipts/${id}`))).response.headers.get("content-type")).toBe(
      "application/jose",
    );
    expect((await other.go(at(`/citizen/receipts/${id}`))).response.status).toBe(404);
  });
});
