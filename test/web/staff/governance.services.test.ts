// Who gets in at the console, what they may read there, and that it is on record before.
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cookieOf, createStaffDesk, fromPage, rivemont, valmont, type StaffDesk } from "./staff-desk.js";

let desk: StaffDesk;
beforeAll(async () => {
  desk = await createStaffDesk();
});
afterAll(() => desk.close());
beforeEach(() => void (desk.broken = false));

const dpo = "dpo@rivemont.example";
const codes = (reply: { json: { errors?: { extensions: { code: string } }[] } }): string[] =>
  (reply.json.errors ?? []).map(({ extensions }) => extensions.code);

describe("a one-time link", () => {
  it("lets in once, under a cookie that scripts and other sites do not get", async () => {
    const token = await desk.links.make(dpo);
    const first = await desk.post("/governance/link", { token });
    expect(first.status).toBe(204);
    expect(first.headers.getSetCookie()[0]).toMatch(/^passerelle_staff=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const second = await desk.post("/governance/link", { token });
    expect([second.status, codes(second), cookieOf(second)]).toEqual([403, ["LINK_NOT_VALID"], ""]);
  });

  it("is had by one of two who use it at once", async () => {
    const token = await desk.links.make(dpo);
    const both = await Promise.all([
      desk.post("/governance/link", { token }),
      desk.post("/governance/link", { token }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 403]);
  });

  it("ends after an hour, and opens nothing for who has no role", async () => {
    const token = await desk.links.make(dpo);
    desk.pass(3_600_001);
    expect((await desk.post("/governance/link", { token })).status).toBe(403);
    expect((await desk.post("/governance/link", { token: await desk.links.make("nobody@x.example") })).status).toBe(
      403,
    );
    for (const wrong of ["", "x".repeat(43), "A".repeat(5_000)])
      expect((await desk.post("/governance/link", { token: wrong })).status).toBeGreaterThanOrEqual(400);
  });

  it("stands in no table as it is (law 11)", async () => {
    const token = await desk.links.make(dpo);
    const client = new pg.Client({ connectionString: desk.store.superuser });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>("SELECT * FROM staff_link");
    await client.end();
    expect(rows.length).toBeGreaterThan(0);
    const all = JSON.stringify(rows, (_, value: unknown) =>
      Buffer.isBuffer(value) ? value.toString("base64url") : value,
    );
    expect(all).not.toContain(token);
  });

  it("is refused from another site's page, and is not used up by that", async () => {
    const token = await desk.links.make(dpo);
    for (const headers of [
      { "x-passerelle-console": "1", "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-origin" },
    ])
      expect(codes(await desk.post("/governance/link", { token }, undefined, headers as never))).toEqual(["FORGED"]);
    expect((await desk.post("/governance/link", { token })).status).toBe(204);
  });

  it("lets nobody in while that cannot be recorded (law 4)", async () => {
    desk.broken = true;
    const reply = await desk.post("/governance/link", { token: await desk.links.make(dpo) });
    expect([reply.status, cookieOf(reply)]).toEqual([503, ""]);
  });
});

describe("a session", () => {
  it("has another id than any that was known before (fixation)", async () => {
    const known = `passerelle_staff=${"A".repeat(43)}`;
    const reply = await desk.post("/governance/link", { token: await desk.links.make(dpo) }, known);
    expect(cookieOf(reply)).not.toBe(known);
    expect((await desk.ask(known, "{ me { name } }")).status).toBe(401);
    const again = await desk.post("/governance/link", { token: await desk.links.make(dpo) }, cookieOf(reply));
    // The one before has ended.
    expect((await desk.ask(cookieOf(reply), "{ me { name } }")).status).toBe(401);
    expect((await desk.ask(cookieOf(again), "{ me { name } }")).status).toBe(200);
  });

  it("is told with its token for forms, and with the ways in where there is none", async () => {
    const cookie = await desk.enter(dpo);
    const { json } = await desk.send("/governance/session", { headers: { cookie } });
    expect(json).toMatchObject({ name: "Camille Aubry", email: dpo, demo: true, towns: [{ name: "rivemont" }] });
    expect(json.csrf).toMatch(/^[\w-]{43}$/);
    const nobody = await desk.send("/governance/session");
    expect([nobody.status, nobody.json.ways, nobody.json.link]).toEqual([401, [], true]);
  });

  it("ends when one signs out, after an idle while, and with the role (law 6)", async () => {
    const first = await desk.enter(dpo);
    expect((await desk.post("/governance/sign-out", {}, first)).status).toBe(200);
    expect((await desk.ask(first, "{ me { name } }")).status).toBe(401);
    const second = await desk.enter(dpo);
    desk.pass(46 * 60_000);
    expect((await desk.ask(second, "{ me { name } }")).status).toBe(401);
    const third = await desk.enter(dpo);
    const before = desk.people.get(rivemont) ?? [];
    desk.people.set(
      rivemont,
      before.filter(({ email }) => email !== dpo),
    );
    expect((await desk.ask(third, "{ me { name } }")).status).toBe(401);
    desk.people.set(rivemont, before);
    // It does not come back with the role: whoever was taken out signs in anew.
    expect((await desk.ask(third, "{ me { name } }")).status).toBe(401);
  });

  it("loses a right at the next request", async () => {
    const cookie = await desk.enter(dpo);
    const question = '{ town(name: "rivemont") { accesses(query: "") { more } } }';
    expect((await desk.ask(cookie, question)).json.data.town.accesses).toEqual({ more: expect.any(Boolean) });
    const before = desk.people.get(rivemont) ?? [];
    desk.people.set(
      rivemont,
      before.map((person) => (person.email === dpo ? { ...person, roles: ["steward"] } : person)),
    );
    expect(codes(await desk.ask(cookie, question))).toEqual(["FORBIDDEN"]);
    desk.people.set(rivemont, before);
  });

  it("answers no page of another site, nor a form", async () => {
    const cookie = await desk.enter(dpo);
    const body = { query: "{ me { name } }" };
    for (const headers of [
      {},
      { "x-passerelle-console": "1" },
      { "x-passerelle-console": "1", "sec-fetch-site": "same-site" },
      { "x-passerelle-console": "1", origin: "https://evil.example" },
    ])
      expect(codes(await desk.post("/governance/graphql", body, cookie, headers as never))).toEqual(["FORGED"]);
    const form = new URLSearchParams({ town: "rivemont", query: "", format: "csv", csrf: "x".repeat(43) }).toString();
    const type = "application/x-www-form-urlencoded";
    const forged = await desk.send("/governance/export", {
      ...{ method: "POST", body: form },
      headers: { cookie, "content-type": type, "sec-fetch-site": "same-origin" },
    });
    expect(codes(forged)).toEqual(["FORGED"]);
  });
});

describe("a question", () => {
  it("is on record before it is answered, also where it is refused", async () => {
    const cookie = await desk.enter(dpo);
    await desk.ask(cookie, '{ town(name: "rivemont") { accesses(query: "app:cantine-plus") { rows { id } } } }');
    expect((await desk.staffEntries(rivemont))[0]).toBe(`console: accesses query=app:cantine-plus by ${dpo}`);
    const steward = await desk.enter("steward@rivemont.example");
    const refused = await desk.ask(steward, '{ town(name: "rivemont") { overview { entries } } }');
    expect(refused.json.errors[0].extensions).toEqual({
      code: "FORBIDDEN",
      right: "READ_LOG",
      holders: [
        { role: "ADMIN", people: ["Lucien Ferrand"] },
        { role: "CDO", people: ["Dana"] },
        { role: "DPO", people: ["Camille Aubry"] },
      ],
    });
    expect((await desk.staffEntries(rivemont))[0]).toMatch(
      /^console: overview day=\S+ by steward@rivemont.example FORBIDDEN$/,
    );
  });

  it("is not answered where it cannot be recorded, by any field that tells of somebody (law 4)", async () => {
    const cookie = await desk.enter(dpo);
    desk.broken = true;
    for (const field of [
      "overview { entries }",
      'accesses(query: "") { more }',
      'access(id: "0") { status }',
      "agreementUses { agreement }",
      "processingRegister { agreement }",
      'findPeople(register: "resident", by: [{ name: "key", value: "12" }]) { more }',
    ]) {
      const reply = await desk.ask(cookie, `{ town(name: "rivemont") { ${field} } }`);
      expect([field, codes(reply)]).toEqual([field, ["ACCESS_LOG_UNAVAILABLE"]]);
      // Nothing of it: a field that may be null is null, any other takes the town along.
      expect([null, { access: null }]).toContainEqual(reply.json.data.town);
    }
  });

  it("about a person keeps their key out of the record, the address and the answer (law 11)", async () => {
    const cookie = await desk.enter(dpo);
    const { json } = await desk.ask(
      cookie,
      '{ town(name: "rivemont") { accesses(query: "person:resident:4711") { query { canonical terms { value } faults { from } } } } }',
    );
    expect(json.data.town.accesses.query.canonical).toMatch(/^person:resident~[\w-]+$/);
    expect(JSON.stringify(json)).not.toContain("4711");
    const { entries } = await desk.log.search(rivemont, { limit: 1, outcome: "staff" });
    expect(entries[0]?.canonical).not.toContain("4711");
    expect(entries[0]?.body.staff?.filters).toEqual({ query: "person:resident~…" });
    expect(Object.keys(entries[0]?.personal?.subjects ?? {})).toEqual(["resident"]);
  });

  it("finds people for a DPO alone, and says on record whom they were shown", async () => {
    const question =
      '{ town(name: "rivemont") { findPeople(register: "resident", by: [{ name: "family_name", value: "Ferreira" }]) { people { label handle query } } } }';
    const { json } = await desk.ask(await desk.enter(dpo), question);
    const [person] = json.data.town.findPeople.people;
    expect(person).toEqual({
      label: "Khadija Ferreira, 1976-03-29",
      handle: expect.stringMatching(/^resident~[\w-]+$/),
      query: `person:${String(person.handle)}`,
    });
    const [shown, asked] = await desk.staffEntries(rivemont);
    expect([asked, shown]).toEqual([
      `console: find people by=family_name register=resident by ${dpo}`,
      `console: people found by=family_name register=resident by ${dpo}`,
    ]);
    const cdo = await desk.enter("cdo@both.example");
    expect(codes(await desk.ask(cdo, question))).toEqual(["FORBIDDEN"]);
    expect(
      codes(await desk.ask(cdo, '{ town(name: "rivemont") { accesses(query: "person:resident:1") { more } } }')),
    ).toEqual(["FORBIDDEN"]);
    expect(
      (await desk.ask(cdo, '{ town(name: "rivemont") { accesses(query: "") { more } } }')).json.errors,
    ).toBeUndefined();
  });

  it("does not find itself, and goes on where its page ended", async () => {
    const cookie = await desk.enter(dpo);
    const page = async (after: string | null) => {
      const given = after === null ? "" : `, after: "${after}"`;
      const { json } = await desk.ask(
        cookie,
        `{ town(name: "rivemont") { accesses(query: "staff:*", first: 3${given}) { rows { index } end more total { count exact } } } }`,
      );
      return json.data.town.accesses;
    };
    const before = (await desk.staffEntries(rivemont)).length;
    const first = await page(null);
    expect(first.total).toEqual({ count: before, exact: true });
    const second = await page(first.end);
    expect(second.total).toBeNull();
    const indexes = [...first.rows, ...second.rows].map(({ index }: { index: number }) => index);
    expect(indexes).toEqual(indexes.map((_, i) => (indexes[0] ?? 0) - i));
    expect(
      codes(await desk.ask(cookie, '{ town(name: "rivemont") { accesses(query: "", after: "x") { more } } }')),
    ).toEqual(["BAD_USER_INPUT"]);
  });

  it("tells one town nothing of another: no town and no role are one answer", async () => {
    const cookie = await desk.enter(dpo);
    const [other, none] = await Promise.all(
      ["valmont", "nowhere"].map(
        async (name) => (await desk.ask(cookie, `{ town(name: "${name}") { overview { entries } } }`)).text,
      ),
    );
    expect(other).toBe('{"data":{"town":null}}\n');
    expect(none).toBe(other);
    expect(await desk.staffEntries(valmont)).not.toContainEqual(expect.stringContaining(dpo));
    const both = await desk.ask(await desk.enter("cdo@both.example"), "{ me { towns { name roles rights } } }");
    expect(both.json.data.me.towns.map(({ name }: { name: string }) => name)).toEqual(["rivemont", "valmont"]);
  });

  it("is bounded, by its size and by what it reads, also under other names and in fragments (law 13)", async () => {
    const cookie = await desk.enter(dpo);
    const many = Array.from({ length: 13 }, (_, i) => `a${i}: accesses(query: "") { more }`).join(" ");
    const nested = `${'{ town(name: "rivemont") { accesses(query: "") { ...F } } } fragment F on AccessPage { query { ...G } } fragment G on ReadQuery { terms { ...H } }'} fragment H on QueryTerm { ${Array.from({ length: 900 }, (_, i) => `k${i}: key`).join(" ")} }`;
    const before = (await desk.staffEntries(rivemont)).length;
    for (const query of [
      `{ town(name: "rivemont") { ${many} } }`,
      nested,
      `{ ${Array.from({ length: 13 }, (_, i) => `t${i}: town(name: "rivemont") { record { entries } }`).join(" ")} }`,
    ])
      expect(codes(await desk.ask(cookie, query))).toEqual(["LIMIT_EXCEEDED"]);
    expect(codes(await desk.ask(cookie, `{ me { name } ${"#\n".repeat(60_000)} }`))).toEqual(["TOO_LARGE"]);
    expect((await desk.staffEntries(rivemont)).length).toBe(before);
  });
});

describe("the state of the record", () => {
  const question =
    '{ town(name: "rivemont") { record { standing entries checked faults { from to sentence { fr en } } } } }';

  it("is INTACT only once everything that is signed was looked at, and says what was altered", async () => {
    const cookie = await desk.enter(dpo);
    expect((await desk.ask(cookie, question)).json.data.town.record).toMatchObject({
      standing: "UNCHECKED",
      checked: 0,
    });
    await desk.log.sign();
    await desk.watch.lookNow(rivemont);
    const { standing, entries, checked } = (await desk.ask(cookie, question)).json.data.town.record;
    expect([standing, checked]).toEqual(["INTACT", entries]);
    await desk.enter(dpo);
    await desk.log.sign();
    await desk.watch.lookNow(rivemont);
    const later = (await desk.ask(cookie, question)).json.data.town.record;
    expect([later.standing, later.checked]).toEqual(["INTACT", entries + 1]);
    const client = new pg.Client({ connectionString: desk.store.superuser });
    await client.connect();
    // Triggers guard it: who may take them away is met by the hashes.
    await client.query("SET session_replication_role = replica");
    await client.query("UPDATE access_entry SET body = replace(body, 'console', 'consale') WHERE index = 1");
    await client.end();
    // Between two whole looks what was seen is not looked at again: a day later it is.
    desk.pass(86_400_001);
    await desk.watch.lookNow(rivemont);
    const altered = (await desk.ask(await desk.enter(dpo), question)).json.data.town.record;
    expect([altered.standing, altered.faults]).toEqual([
      "ALTERED",
      [
        expect.objectContaining({
          from: 1,
          to: 2,
          sentence: expect.objectContaining({ en: "Entry 1: the content is not what was recorded." }),
        }),
      ],
    ]);
    const story = await desk.ask(
      await desk.enter(dpo),
      '{ town(name: "rivemont") { a: access(id: "1") { intact proof { standing } } b: access(id: "0") { intact proof { standing } } } }',
    );
    expect(story.json.data.town).toEqual({
      a: { intact: false, proof: { standing: "BROKEN" } },
      b: { intact: true, proof: { standing: "PROVED" } },
    });
  });
});

it("says that the console is not built where it is not, and asks no other address for more than that", async () => {
  const page = await desk.send("/console/rivemont/accesses");
  expect([page.status, page.text]).toEqual([503, expect.stringContaining("npm run build")]);
  expect((await desk.send("/governance/graphql?query={me{name}}", { headers: fromPage })).status).toBe(404);
});
