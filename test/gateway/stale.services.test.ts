// While a source fails, open data that it gave earlier is given again and said to be stale. The laws that this could break:
// 1 and 6 (what is no longer open, or no longer given to us), 9 and 11 (people's data kept), 10 (masks), 12 (the key).
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { createTestGateway, type TestGateway } from "../support/test-gateway.js";
import { TcpProxy } from "../accesslog/tcp-proxy.js";

const schema = (open: string) => `
type Place @dataset(source: "town", from: "public.place", ${open} status: SHARED) @key(fields: "code") {
  code: String
  label: String
  beds: Int
  owner: Person @link(from: ["owner_id"], to: ["number"])
  next: Place @link(from: ["code"], to: ["code"])
}
type PlaceFile @dataset(source: "town", from: "public.place", status: SHARED) @key(fields: "code") {
  code: String
  label: String
}
type Person @dataset(source: "town", from: "public.person", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int @column(name: "id")
  name: String @personal(category: "Name")
}
type Guest @dataset(source: "people", from: "public.person", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int @column(name: "id")
  home: Place @link(from: ["place_code"], to: ["code"])
}
`;
const openly = schema('open: true, licence: "etalab-2.0",');
const fields = [
  ...["code", "label", "beds", "owner", "next"].map((field) => `Place.${field}`),
  ...["code", "label"].map((field) => `PlaceFile.${field}`),
  ...["number", "name"].map((field) => `Person.${field}`),
  ...["number", "home"].map((field) => `Guest.${field}`),
];
const rules = `
${fields.map((field) => `p, all, everything, ${field}, all, -, allow`).join("\n")}
${fields.map((field) => `p, second, everything, ${field}, all, -, allow`).join("\n")}
p, tourism, guide, Place.code, all, -, allow
p, tourism, guide, Place.label, all, redact, allow
p, open-data, open-data, Place.code, all, -, allow
p, open-data, open-data, Place.label, all, -, allow
`;
const sql = `
  CREATE TABLE place (code text PRIMARY KEY, label text, beds int, owner_id int);
  CREATE TABLE person (id int PRIMARY KEY, name text, place_code text);
  INSERT INTO place VALUES ('p1', 'Lac', 3, 1), ('p2', 'Forêt', 5, 2);
  INSERT INTO person VALUES (1, 'Aline', 'p1'), (2, 'Bruno', 'p2');`;

const labels = "{ places { nodes { code label } } }";

let database: TestDatabase;
let proxy: TcpProxy;
let gateway: TestGateway;

const run = async (statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
};
const codes = async (key: string | null, query: string) =>
  (await gateway.ask(key, query)).body.errors?.map(({ extensions }) => extensions["code"]);
const staleOf = async (key: string | null, query: string) => (await gateway.ask(key, query)).body.extensions?.["stale"];
/** Asked while all is well, then while the source is away. */
async function whileAway<T>(before: () => Promise<unknown>, during: () => Promise<T>): Promise<T> {
  await before();
  proxy.refuse();
  try {
    return await during();
  } finally {
    proxy.heal();
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  await run(sql);
  proxy = await TcpProxy.open(database.url);
  gateway = await createTestGateway({
    schema: openly,
    rules,
    databases: {},
    // The people's source does well when the town's is away: both lie in one database.
    addresses: { town: proxy.url, people: database.url },
    treatment: { retries: 0, breaker: { failures: 3, openMs: 1 }, staleFor: 3_600_000 },
    agreements: {
      all: { application: "all", purpose: "everything", fields },
      second: { application: "second", purpose: "everything", fields },
      tourism: { application: "tourism", purpose: "guide", fields: ["Place.code", "Place.label"] as const },
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await proxy.close();
  await database.drop();
});
// Each from a version of its own: nothing kept by the test before is found.
let version = 0;
beforeEach(async () => {
  await gateway.apply(`# ${String(++version)}\n${rules}`, openly);
});

describe("open data of a source that fails", () => {
  it("is answered as it was, said to be so in the answer and on record, also while the circuit is open", async () => {
    const fresh = await gateway.ask(null, labels);
    expect(fresh.body.extensions).not.toHaveProperty("stale");
    await whileAway(
      () => Promise.resolve(),
      async () => {
        for (let i = 0; i < 6; i++) {
          const stale = await gateway.ask(null, labels);
          expect(stale.body).toMatchObject({ data: fresh.body.data });
          expect(stale.body).not.toHaveProperty("errors");
          expect(stale.body.extensions?.["stale"]).toEqual([
            { dataset: "Place", asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string },
          ]);
        }
        const { body } = await gateway.entry();
        expect(body).toMatchObject({ outcome: "answered", sources: [{ source: "town", reason: "stale" }] });
        expect(body.rows).toEqual([{ dataset: "Place", rows: 2 }]);
        // Another question has no answer.
        expect(await codes(null, "{ places(first: 1) { nodes { code label } } }")).toEqual(["SOURCE_UNAVAILABLE"]);
      },
    );
    await expect.poll(async () => staleOf(null, labels)).toBeUndefined();
  });

  it("is masked as ever: what one agreement read another gets in its own form (law 10)", async () => {
    const stale = await whileAway(
      () => gateway.ask("all", labels),
      () => gateway.ask("tourism", labels),
    );
    expect(stale.body.extensions).toHaveProperty("stale");
    expect(stale.body.data).toMatchObject({ places: { nodes: [{ code: "p1" }, { code: "p2" }] } });
    expect(stale.text).not.toContain("Lac");
  });

  it("is found again under the same policy version only (law 12)", async () => {
    const again = await whileAway(
      () => gateway.ask(null, labels),
      async () => {
        await gateway.apply(`# changed\n${rules}`, openly);
        return codes(null, labels);
      },
    );
    expect(again).toEqual(["SOURCE_UNAVAILABLE"]);
  });

  it("is not answered once it is open no longer (laws 1, 6)", async () => {
    const shut = rules.replaceAll(/^p, open-data.*$/gm, "");
    const after = await whileAway(
      () => gateway.ask("all", labels),
      async () => {
        await gateway.apply(shut, schema(""));
        return gateway.ask("all", labels);
      },
    );
    expect(after.body.errors?.map(({ extensions }) => extensions["code"])).toEqual(["SOURCE_UNAVAILABLE"]);
    expect(after.text).not.toContain("Lac");
  });

  it("is not answered once the service refuses it, nor when it goes away afterwards", async () => {
    const refused = await whileAway(
      async () => {
        await gateway.ask(null, labels);
        await run("ALTER TABLE place RENAME TO hidden");
        expect(await codes(null, labels)).toEqual(["SOURCE_UNAVAILABLE"]);
      },
      () => codes(null, labels),
    ).finally(() => run("ALTER TABLE hidden RENAME TO place"));
    expect(refused).toEqual(["SOURCE_UNAVAILABLE"]);
  });
});

describe("nothing else is kept", () => {
  it.each([
    ["a dataset that is not open, over the very table of one that is", "{ placeFiles { nodes { code label } } }"],
    ["people", "{ persons { nodes { number name } } }"],
    ["a link's own column, which no field shows: it could name a person", "{ places { nodes { owner { name } } } }"],
    ["open data that people's rows lead to: the question would name them", "{ guests { nodes { home { label } } } }"],
  ])("%s", async (_, query) => {
    const outcome = await whileAway(
      () => Promise.all([gateway.ask("all", query), gateway.ask("all", labels)]),
      () => gateway.ask("all", query),
    );
    expect(outcome.body.errors?.map(({ extensions }) => extensions["code"])).toEqual(["SOURCE_UNAVAILABLE"]);
    expect(outcome.body.extensions).not.toHaveProperty("stale");
  });

  // Law 12: an answer from what was kept would tell one agreement what another's user looked for, and where they stood.
  it.each([
    ["what a condition chose", `{ places(where: { label: { eq: "Lac" } }) { nodes { code label } } }`],
    ["what such rows lead to", `{ places(where: { label: { eq: "Lac" } }) { nodes { code next { label } } } }`],
  ])("%s, for another agreement", async (_, query) => {
    const [first, other] = await whileAway(
      () => gateway.ask("all", query),
      async () => [await gateway.ask("all", query), await gateway.ask("second", query)] as const,
    );
    expect(first.body.extensions).toHaveProperty("stale");
    expect(other.body.extensions).not.toHaveProperty("stale");
    expect(other.body.errors?.every(({ extensions }) => extensions["code"] === "SOURCE_UNAVAILABLE")).toBe(true);
  });

  it("but open data that open data leads to is", async () => {
    const query = "{ places { nodes { code next { label } } } }";
    const stale = await whileAway(
      () => gateway.ask("all", query),
      () => gateway.ask("all", query),
    );
    expect(stale.body).toMatchObject({ data: { places: { nodes: [{ next: { label: "Lac" } }, {}] } } });
    expect(stale.body.extensions?.["stale"]).toHaveLength(1);
  });
});
