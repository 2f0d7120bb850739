// An application acting for a signed-in person, on real parts: provider, register of people, record of guardianships, log.
// Law 1: who is not known for sure gets nothing. Law 4: each refusal is on record. Law 6: an end counts at the next request.
// Law 11: neither log nor report holds anything of the person.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ConsentRegister } from "../../src/consent/index.js";
import { citizenOfRequest, createCitizens, type Citizens, type SchemeSettings } from "../../src/gateway/index.js";
import { CitizenTokens, subjectTokensWith } from "../../src/identity/index.js";
import pg from "pg";
import { TestProvider } from "../support/openid-provider.js";
import { createTestGateway, tenant, type TestGateway } from "../support/test-gateway.js";

const schema = `
type Person @dataset(source: "people", from: "public.person", many: "people", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int @column(name: "id")
  name: String @personal(category: "Name")
  givenName: String @column(name: "given") @personal(category: "Name")
  birthDate: Date @column(name: "born") @personal(category: "DateOfBirth")
}
type Guard @dataset(source: "people", from: "public.guard", status: QUALIFIED) @key(fields: "number")
  @subject(scheme: "resident", field: "adult") @subject(scheme: "resident", field: "child") {
  number: Int @column(name: "id")
  adult: Int
  child: Int
}
`;
const sql = `
  CREATE TABLE person (id int PRIMARY KEY, name text, given text, born date);
  INSERT INTO person VALUES (1, 'Le Gall', 'Zoé', '1980-05-01'), (2, 'Le Gall', 'Tom', '2015-01-01'),
    (3, 'Le Gall', 'Ada', '2016-02-02'), (4, 'Roux', 'Max', '1970-07-07'), (5, 'Petit', 'Eve', '1985-05-05'),
    (6, 'Petit', 'Ève', '1985-05-05');
  CREATE TABLE guard (id int PRIMARY KEY, adult int, child int);
  INSERT INTO guard VALUES (1, 1, 2), (2, 1, 3);`;
const fields = ["number", "givenName"].map((field) => `Person.${field}`);
const scheme: SchemeSettings = {
  dataset: "Person",
  match: new Map([
    ["family_name", ["name"]],
    ["given_name", ["givenName"]],
    ["birthdate", ["birthDate"]],
  ]),
  guardians: { dataset: "Guard", guardian: "adult", ward: "child", from: null, until: null, born: "birthDate" },
};
const zoe = { sub: "zoe", family_name: "LE GALL", given_name: "Zoé Anne", birthdate: "1980-05-01" };

const provider = await new TestProvider([]).up();
let gateway: TestGateway;
/** Of the node that runs. */
let citizens: Citizens;
/** As staff have it; the gateway's own role may do less. */
let register: ConsentRegister;
const registerAs = (role: "gateway" | "keeper"): ConsentRegister =>
  new ConsentRegister({
    dataSource: gateway.store[role],
    tokens: subjectTokensWith(gateway.services.derived),
    timeZone: () => "Europe/Paris",
    now: () => clock,
  });
const reported: string[] = [];
const noon = new Date("2026-11-23T12:00:00Z");
let clock = noon;

/** As a node that has just started: nothing is held. */
function freshNode(): void {
  const { services } = gateway;
  citizens = createCitizens({
    tenants: new Map([[tenant, { schemes: new Map([["resident", scheme]]), timeZone: "Europe/Paris" }]]),
    services: services.tenants,
    current: (name) => services.versions.current(name),
    recorded: registerAs("gateway"),
    now: () => clock,
  });
  const settings = new Map([[tenant, provider.settings({ neededClaims: [...scheme.match.keys()] })]]);
  const tokens = new CitizenTokens({ settings });
  Object.assign(services, {
    citizen: citizenOfRequest({ tokens, citizens, report: (line) => void reported.push(line) }),
  });
}

beforeAll(async () => {
  gateway = await createTestGateway({
    schema,
    databases: { people: sql },
    rules: fields
      .map(
        (field) =>
          `p, app-one, self-service, ${field}, own, -, allow\np, app-two, self-service, ${field}, own, -, allow`,
      )
      .join("\n"),
    agreements: {
      "key-one": { application: "app-one", purpose: "self-service", fields },
      "key-two": { application: "app-two", purpose: "self-service", fields },
    },
  });
  register = registerAs("keeper");
  freshNode();
});
afterAll(async () => {
  await gateway.close();
  await provider.down();
});
afterEach(() => {
  provider.instead.clear();
});

const mine = async (token: string | null, key = "key-one") =>
  gateway.ask(
    key,
    "{ people { nodes { givenName } } }",
    {},
    token === null ? {} : { "citizen-authorization": `Bearer ${token}` },
  );
const names = async (token: string): Promise<readonly string[]> => {
  const { body, text } = await mine(token);
  const people = body.data?.["people"] as { nodes: { givenName: string }[] } | null | undefined;
  if (people === null || people === undefined) throw new Error(text);
  return people.nodes.map(({ givenName }) => givenName);
};
const inDatabase = async (statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: gateway.databases["people"]?.url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
};

describe("an application that acts for a signed-in person", () => {
  it("gets that person's rows, and their children's", async () => {
    expect(await names(await provider.token(zoe))).toEqual(["Zoé", "Tom", "Ada"]);
  });

  it("whose children are called by the first of their given names, read anew for each page", async () => {
    const wards = [3, 99, 2].map((key) => ({ scheme: "resident", key }));
    await inDatabase("UPDATE person SET given = ' Raphaël Jean, Marie ' WHERE id = 3");
    try {
      expect(await citizens.firstNames(tenant, wards)).toEqual(["Raphaël", null, "Tom"]);
      await inDatabase("UPDATE person SET given = NULL WHERE id = 3");
      expect(await citizens.firstNames(tenant, wards)).toEqual([null, null, "Tom"]);
    } finally {
      await inDatabase("UPDATE person SET given = 'Ada' WHERE id = 3");
    }
  });

  it("gets the person's own rows alone from the day the last child is grown", async () => {
    const at = async (moment: string): Promise<readonly string[]> => {
      clock = new Date(moment);
      freshNode();
      return names(await provider.token(zoe));
    };
    try {
      // Midnight in Paris, in winter.
      expect(await at("2032-12-31T22:59:59Z")).toEqual(["Zoé", "Tom", "Ada"]);
      expect(await at("2032-12-31T23:00:00Z")).toEqual(["Zoé", "Ada"]);
      expect(await at("2034-02-01T23:00:00Z")).toEqual(["Zoé"]);
    } finally {
      clock = noon;
      freshNode();
    }
  });

  it.each([
    ["got by another application", () => provider.token({ ...zoe, client_id: "app-two" })],
    ["that has ended", () => provider.token({ ...zoe, exp: 1_000 })],
    ["that is none", () => Promise.resolve("psk_live_nothing")],
  ])("is refused with a token %s: one answer, on record, and nothing of the person in it", async (_, token) => {
    const { status, body, headers } = await mine(await token());
    expect(status).toBe(401);
    expect(body).toEqual({
      errors: [
        {
          message: expect.stringContaining("token is not taken") as string,
          extensions: { code: "CITIZEN_NOT_AUTHENTICATED" },
        },
      ],
      extensions: { access: { entry: headers["passerelle-access"] } },
    });
    const entry = await gateway.entry();
    expect(headers["passerelle-access"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(entry.body).toMatchObject({ status: 401, errors: ["CITIZEN_NOT_AUTHENTICATED"], fields: [] });
    expect(JSON.stringify(entry)).not.toMatch(/LE GALL|Zo|1980-|eyJ/);
  });

  it.each([
    ["nobody knows", { ...zoe, sub: "max", given_name: "Max" }],
    ["could be two people", { sub: "eve", family_name: "PETIT", given_name: "Eve", birthdate: "1985-05-05" }],
  ])("is refused for somebody whom %s, on record", async (_, claims) => {
    const { status, body } = await mine(await provider.token(claims));
    expect([status, body.errors?.[0]?.extensions["code"]]).toEqual([403, "CITIZEN_NOT_KNOWN"]);
    expect((await gateway.entry()).body).toMatchObject({ status: 403, errors: ["CITIZEN_NOT_KNOWN"] });
  });

  it("is refused without a key, since nobody knows whose token it then is", async () => {
    const { status } = await gateway.send({
      method: "POST",
      headers: { "content-type": "application/json", "citizen-authorization": `Bearer ${await provider.token(zoe)}` },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
    expect(status).toBe(401);
  });
});

describe("a guardianship", () => {
  it("that staff end counts no more at the next request, on a node that has just answered", async () => {
    const token = await provider.token(zoe);
    expect(await names(token)).toEqual(["Zoé", "Tom", "Ada"]);
    const tom = { guardian: { scheme: "resident", key: 1 }, ward: { scheme: "resident", key: 2 } };
    await register.endGuardianship({ tenant, ...tom, by: "dpo@testville.example" });
    expect(await names(token)).toEqual(["Zoé", "Ada"]);
    // Nor does the dataset, which still has it, bring it back.
    freshNode();
    expect(await names(token)).toEqual(["Zoé", "Ada"]);
  });

  it("that the dataset no longer has ends in the record, too; one that staff recorded counts", async () => {
    const token = await provider.token(zoe);
    await inDatabase("DELETE FROM guard WHERE child = 3");
    freshNode();
    expect(await names(token)).toEqual(["Zoé"]);
    const max = { guardian: { scheme: "resident", key: 1 }, ward: { scheme: "resident", key: 4 } };
    const days = { from: "2026-01-01", until: "2027-12-31" };
    await register.addGuardianship({ tenant, ...max, ...days, source: "record", by: "dpo@testville.example" });
    expect(await names(token)).toEqual(["Zoé", "Max"]);
  });
});

describe("a provider or a register that is away", () => {
  it("has citizens' requests refused and recorded; the others are answered", async () => {
    const token = await provider.token(zoe);
    await provider.down();
    freshNode();
    const { status, body } = await mine(token);
    expect([status, body.errors?.[0]?.extensions["code"]]).toEqual([503, "CITIZEN_NOT_CHECKED"]);
    expect((await gateway.entry()).body).toMatchObject({ status: 503, errors: ["CITIZEN_NOT_CHECKED"] });
    expect((await mine(null)).status).toBe(200);
    await provider.up();
    freshNode();
    await inDatabase("ALTER TABLE person RENAME TO away");
    expect((await mine(token)).status).toBe(503);
    await inDatabase("ALTER TABLE away RENAME TO person");
    expect(reported.join("\n")).not.toMatch(/LE GALL|Zo|1980|eyJ/);
    expect(reported).toContain("citizen not checked: SignInUnavailable");
  });
});
