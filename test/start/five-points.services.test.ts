// What README promises, done by real processes on the embedded PostgreSQL: builder, admin and DPO in one sitting.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";
import { copyTown, passerelle, startTown, type Curl, type RunningTown } from "./town-process.js";

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions: Record<string, unknown> }[];
}

const { folder, remove } = copyTown();
const canteen = join(folder, "policies/rivemont/canteen.csv");
const rules = readFileSync(canteen, "utf8");
let town: RunningTown;

beforeAll(async () => {
  build();
  town = await startTown(folder);
}, 180_000);
afterAll(async () => {
  await town.stop();
  remove();
}, 60_000);

const curl = (application: string): Curl => {
  const found = town.curls.find((each) => each.title.startsWith(application));
  if (!found) throw new Error(`no curl for ${application}`);
  return found;
};
const post = async ({ url, headers }: Curl, body: string): Promise<{ status: number; answer: Answer }> => {
  const response = await fetch(url, { method: "POST", headers, body });
  return { status: response.status, answer: (await response.json()) as Answer };
};
const run = (application: string) => post(curl(application), curl(application).body);
const ask = (application: string, query: string) => post(curl(application), JSON.stringify({ query }));
const codes = (answer: Answer): unknown[] => (answer.errors ?? []).map((error) => error.extensions["code"]);

describe("1. npm start", () => {
  it("shows progress, the addresses, and one curl for each demo application", () => {
    expect(town.terminal()).toMatch(
      /version [0-9a-f]{12} in force[\s\S]*Building the databases of Rivemont[\s\S]*Ready after/,
    );
    expect(town.curls.map(({ title }) => title.split(":")[0])).toEqual([
      "cantine-plus",
      "biblio-stats",
      "carte-ouverte",
      "repas-malin",
      "mon-rivemont",
      "curieux",
      "parkeasy",
    ]);
    expect(town.curls.map(({ headers }) => "Authorization" in headers)).toEqual([
      true,
      true,
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});

describe("2. the builder", () => {
  it("gets data joined from two databases, and one refused field as null with its reason", async () => {
    const { status, answer } = await run("cantine-plus");
    expect(status).toBe(200);
    const { nodes } = answer.data?.["canteenAccounts"] as {
      nodes: { balance: number; resident: Record<string, unknown> }[];
    };
    expect(nodes).toHaveLength(3);
    for (const { balance, resident } of nodes) {
      expect(balance).toBeLessThan(-10);
      expect(resident).toMatchObject({ email: null, birthDate: expect.stringMatching(/^\d{4}-01-01$/) as string });
      expect(resident["familyName"]).toEqual(expect.any(String));
    }
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]?.message).toMatch(
      /Resident\.email.*cantine-plus.*school-meals.*donnees@rivemont\.example/,
    );
  });

  it("sees another schema with each key", async () => {
    const types = async (application: string): Promise<string[]> => {
      const { answer } = await ask(application, "{ __schema { queryType { fields { name } } } }");
      return (answer.data?.["__schema"] as { queryType: { fields: { name: string }[] } }).queryType.fields.map(
        (f) => f.name,
      );
    };
    expect(await types("cantine-plus")).toContain("canteenAccounts");
    expect(await types("biblio-stats")).not.toContain("canteenAccounts");
    expect(await types("carte-ouverte")).toEqual(expect.arrayContaining(["communes", "commune", "carParks", "node"]));
    const printed = await passerelle(folder, "schema", "--app", "biblio-stats");
    expect(printed.out).toContain("type LibraryLoan");
    expect(printed.out).not.toContain("type Resident ");
  });

  it("gets open data without a key; an agreement that has ended is refused with its date", async () => {
    expect((await run("biblio-stats")).answer.errors).toBeUndefined();
    const open = await run("carte-ouverte");
    expect((open.answer.data?.["communes"] as { nodes: unknown[] }).nodes).toHaveLength(3);
    const ended = await run("curieux");
    expect([ended.status, ...codes(ended.answer)]).toEqual([403, "AGREEMENT_NOT_IN_FORCE"]);
    expect(ended.answer.errors?.[0]?.message).toMatch(/ended on \d{4}-\d\d-\d\d/);
  });
});

describe("3. the admin", () => {
  const balance = "{ canteenAccounts(first: 1) { nodes { balance } } }";

  it("deletes a line, saves, and the next request follows it; puts it back the same way", async () => {
    expect(codes((await ask("cantine-plus", balance)).answer)).toEqual([]);
    let applied = town.says(/version [0-9a-f]{12} in force/);
    writeFileSync(canteen, rules.replace(/^.*CanteenAccount\.balance.*\n/m, ""));
    await applied;
    expect(codes((await ask("cantine-plus", balance)).answer)).toEqual(["FIELD_NOT_SHARED"]);
    applied = town.says(/version [0-9a-f]{12} in force/);
    writeFileSync(canteen, rules);
    await applied;
    expect(codes((await ask("cantine-plus", balance)).answer)).toEqual([]);
  });

  it("mistypes a line: file, line, column and the likely meaning are said, the old rules stay", async () => {
    const said = town.says(/stays in force/);
    const fault = town.says(/canteen\.csv:\d+:\d+ fault: .*did you mean "allow"/);
    writeFileSync(canteen, rules.replace(/allow$/m, "alow"));
    await Promise.all([fault, said]);
    expect(codes((await ask("cantine-plus", balance)).answer)).toEqual([]);
    const checked = await passerelle(folder, "policy", "check");
    expect(checked.code).toBe(2);
    writeFileSync(canteen, rules);
  });
});

describe("4. the DPO", () => {
  it("sees who read what, by which rule of which version, and that reading is recorded too", async () => {
    const list = await passerelle(
      folder,
      "log",
      "--app",
      "cantine-plus",
      "--field",
      "Resident.email",
      "--since",
      "1h",
      "--json",
    );
    expect(list.code).toBe(0);
    const [line = ""] = list.out.split("\n");
    const entry = JSON.parse(line) as {
      index: number;
      body: { policyVersion: string; purpose: string; refused: unknown[] };
    };
    expect(entry.body.purpose).toBe("school-meals");
    const story = await passerelle(folder, "log", "show", String(entry.index));
    expect(story.out).toMatch(/CanteenAccount\.balance +3 +- +policies\/rivemont\/canteen\.csv:\d+/);
    expect(story.out).toMatch(/p, cantine-plus, school-meals, Resident\.birthDate, all, year, allow/);
    const version = await passerelle(folder, "policy", "show", entry.body.policyVersion);
    expect(version.out).toContain("CanteenAccount.balance");
    const staff = await passerelle(folder, "log", "--outcome", "staff", "--json");
    expect(staff.out).toContain('"command":"policy show"');
  });

  it("finds the accesses to one person's data by the register's number", async () => {
    const { answer } = await ask("cantine-plus", "{ canteenAccounts(first: 1) { nodes { resident { number } } } }");
    const { nodes } = answer.data?.["canteenAccounts"] as { nodes: { resident: { number: number } }[] };
    const number = nodes[0]?.resident.number ?? 0;
    const found = await passerelle(folder, "log", "--subject", `resident:${number}`);
    expect(found.out).toContain("cantine-plus");
    expect(found.out).not.toContain(String(number));
    expect((await passerelle(folder, "log", "--subject", "resident:999999999")).out).toContain("No entry");
  });
});

describe("5. a new application", () => {
  it("gets an agreement that a DPO approves, and a key that ends at once when it is revoked", async () => {
    const steps: [string[], number][] = [
      [["application", "create", "toit-vert", "--title", "Toit Vert", "--contact", "bonjour@toit-vert.example"], 0],
      [
        ["agreement", "draft", "--app", "toit-vert", "--purpose", "district-survey", "--basis", "public-task"]
          .concat(["--recipient-name", "Toit Vert SAS", "--recipient-contact", "dpo@toit-vert.example"])
          .concat(["--recipient-role", "processor", "--recipient-basis", "contract with the town"])
          .concat(["--from", "2026-01-01", "--until", "2099-10-31", "--fields", "District.*"])
          .concat(["--by", "informatique@rivemont.example"]),
        0,
      ],
      [["agreement", "approve", "toit-vert/district-survey", "--by", "informatique@rivemont.example"], 2],
      [["key", "create", "toit-vert/district-survey"], 2],
      [["agreement", "approve", "toit-vert/district-survey", "--by", "dpo@rivemont.example"], 0],
    ];
    for (const [args, code] of steps) expect(await passerelle(folder, ...args)).toMatchObject({ code });
    const applied = town.says(/version [0-9a-f]{12} in force/);
    writeFileSync(
      join(folder, "policies/rivemont/roofs.csv"),
      "p, toit-vert, district-survey, District.name, all, -, allow\n",
    );
    await applied;
    const created = await passerelle(folder, "key", "create", "toit-vert/district-survey");
    const [key = ""] = /psk_live_\w+/.exec(created.out) ?? [];
    const asked = (): Promise<Response> =>
      fetch(`${town.address}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: '{"query":"{ districts(first: 1) { nodes { name } } }"}',
      });
    expect((await asked()).status).toBe(200);
    expect((await passerelle(folder, "key", "revoke", key.split("_")[2] ?? "")).code).toBe(0);
    expect((await asked()).status).toBe(401);
    expect((await passerelle(folder, "log", "--json")).out).not.toContain(key);
  });
});

describe("1. again", () => {
  it("stops cleanly, and the second start keeps the data, the keys and the log", async () => {
    const before = curl("cantine-plus").headers;
    expect(await town.stop()).toBe(0);
    town = await startTown(folder);
    expect(town.terminal()).not.toContain("Building the databases");
    expect(curl("cantine-plus").headers).toEqual(before);
    expect((await run("cantine-plus")).status).toBe(200);
    expect((await passerelle(folder, "log", "--app", "curieux")).out).toContain("refused");
  });
});
