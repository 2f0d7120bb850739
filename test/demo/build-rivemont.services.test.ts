import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readCatalogue } from "../../src/catalogue/index.js";
import { buildRivemont, type Rivemont } from "../../src/demo/index.js";
import { openSources, type Source } from "../../src/sources/index.js";
import { postgresSchema } from "../support/rivemont.js";

const superuserUrl = inject("postgresUrl");

async function asked(url: string, text: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}

describe("Rivemont's databases", () => {
  let rivemont: Rivemont;
  let sources: ReadonlyMap<string, Source>;
  const said: string[] = [];
  const build = () => buildRivemont({ superuserUrl, report: (line) => said.push(line) });
  const address = (name: string) => rivemont.databases.get(`rivemont_${name}`) ?? "";
  const number = async (name: string, text: string) => Number((await asked(address(name), text))[0]?.[0]);
  const digest = (name: string, table: string) =>
    asked(address(name), `SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ${table} AS t`);

  beforeAll(async () => {
    rivemont = await build();
    const url = { families: address("families"), education: address("education"), territory: address("education") };
    sources = openSources(new Map(Object.entries(url).map(([name, url]) => [name, { kind: "postgres", url }])));
  });
  afterAll(async () => {
    for (const source of sources.values()) await source.close();
  });

  it("hold a town of about 38,000 people, and all communes of France", async () => {
    expect(Math.round((await number("families", "SELECT count(*) FROM residents")) / 1_000)).toBe(38);
    const accounts = await number("education", "SELECT count(*) FROM comptes_cantine");
    expect(accounts).toBeGreaterThan(4_000);
    expect(accounts).toBeLessThan(6_000);
    expect(await number("education", "SELECT count(*) FROM prets")).toBe(20_000);
    expect(await number("education", "SELECT count(*) FROM territoire.communes")).toBeGreaterThan(34_000);
    expect(said.length).toBeGreaterThan(0);
  });

  it("offer every column of schema.graphql, readable as its scalar", async () => {
    const { catalogue } = readCatalogue(postgresSchema(), { file: "schema.graphql", sources: new Set(sources.keys()) });
    const bounds = { signal: new AbortController().signal, maxRows: 200_000 };
    expect(catalogue?.datasets.size).toBe(11);
    for (const { source, from, members, key } of catalogue?.datasets.values() ?? []) {
      const columns = [...members.values()].flatMap((member) =>
        member.kind === "link"
          ? member.on.map((pair) => pair.from)
          : [member.kind === "field" ? member.column : member.from.column],
      );
      const distinct = [...new Map(columns.map((column) => [column.name, column])).values()];
      const order = key.map(({ column }) => ({ column, direction: "asc" as const }));
      const request = { from, columns: distinct, filter: null, order, after: null, limit: 100_000 };
      expect((await sources.get(source)?.page(request, bounds))?.length, from).toBeGreaterThan(0);
    }
  });

  it("are whole: what a row points to exists, in the other database too", async () => {
    const orphans = `SELECT count(*) FROM residents r LEFT JOIN foyers f ON f.id = r.foyer_id
      LEFT JOIN residents h ON h.id = f.titulaire_id AND h.foyer_id = f.id WHERE h.id IS NULL`;
    expect(await number("families", orphans)).toBe(0);
    const pupils =
      "SELECT count(*) FROM inscriptions_scolaires i LEFT JOIN ecoles e ON e.uai = i.ecole_uai WHERE e.uai IS NULL";
    expect(await number("families", pupils)).toBe(0);
    const known = new Set((await asked(address("families"), "SELECT id FROM residents")).map(([id]) => id));
    const users = await asked(
      address("education"),
      "SELECT resident_id FROM comptes_cantine UNION SELECT resident_id FROM prets",
    );
    expect(users.filter(([id]) => !known.has(id))).toEqual([]);
  });

  it("hold no social security number that could be somebody's", async () => {
    const rows = await asked(address("families"), "SELECT numero_secu FROM residents");
    for (const [text] of rows) {
      const number = String(text);
      expect(number).toMatch(/^[12]\d{4}99000\d{5}$/);
      expect(Number(number.slice(13))).not.toBe(97 - Number(BigInt(number.slice(0, 13)) % 97n));
    }
  });

  it("are read with a role that can do nothing else", async () => {
    const url = address("families");
    await expect(asked(url, "DELETE FROM residents")).rejects.toMatchObject({ code: "25006" });
    const insisting = "COMMIT; BEGIN READ WRITE; UPDATE residents SET nom = 'x'";
    await expect(asked(url, insisting)).rejects.toMatchObject({ code: "42501" });
    const making = "COMMIT; BEGIN READ WRITE; CREATE TABLE mine (id int)";
    await expect(asked(url, making)).rejects.toMatchObject({ code: "42501" });
  });

  it("are kept at a second start, and built anew, the same, where building was cut short", async () => {
    const before = [await digest("families", "residents"), await digest("education", "prets")];
    said.length = 0;
    expect((await build()).databases).toEqual(rivemont.databases);
    expect(said).toEqual([]);
    for (const source of sources.values()) await source.close();
    await asked(superuserUrl, "COMMENT ON DATABASE rivemont_education IS NULL");
    await build();
    expect(said.length).toBeGreaterThan(0);
    expect([await digest("families", "residents"), await digest("education", "prets")]).toEqual(before);
  });
});
