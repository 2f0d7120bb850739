// Proofs for applications: of their own entries, and of nobody else's.
import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAccessLog, signerKey, type AccessLog } from "../../src/accesslog/index.js";
import { checkTlogProof } from "../../src/accesslog/evidence/tlog-proof.js";
import { signatureLine } from "../../src/accesslog/merkle/signed-note.js";
import { createRate, proveEntry, type GatewayServices, type OutgoingAnswer } from "../../src/gateway/index.js";
import { asSuperuser } from "../accesslog/record.js";
import { createTestGateway, tenant, type TestGateway } from "../support/test-gateway.js";
import { smallTown } from "./small-town.js";

const key = signerKey(`passerelle/${tenant}`, createHash("sha256").update("log").digest());
const witness = signerKey("dpo.example", createHash("sha256").update("witness").digest(), "witness");
let gateway: TestGateway;
let log: AccessLog;

beforeAll(async () => {
  gateway = await createTestGateway(smallTown);
  log = await openAccessLog({
    connectionString: gateway.store.addresses.gateway,
    report: () => undefined,
    ...{ indexEveryMs: 0, countEveryMs: 0, signEveryMs: 0 },
    signer: () => ({ origin: key.name, key }),
    witnesses: () => [{ name: "dpo", url: null, key: witness }],
  });
});
afterAll(async () => {
  await log.close();
  await gateway.close();
});

const prove = (
  entry: string,
  headers: Record<string, string> = { authorization: "Bearer all" },
  services: GatewayServices = gateway.services,
): Promise<OutgoingAnswer & { readonly body: string }> =>
  proveEntry(
    services,
    (...asked) => log.entryProof(...asked),
    {
      id: randomUUID(),
      tenant,
      arrivedAt: new Date(),
      method: "GET",
      headers: new Map(Object.entries(headers)),
      body: null,
      bodyFault: null,
      signal: new AbortController().signal,
    },
    entry,
  ).then((answer) => ({ ...answer, body: String(answer.body) }));

const query = `{ people { nodes { number } } }`;
const asked = async (by: string | null = "all", text = query): Promise<string> =>
  (await gateway.ask(by, text)).body.extensions?.["access"] === undefined
    ? "(no entry)"
    : (await gateway.entry()).body.id;

describe("the entry's id in an answer", () => {
  it("stands in extensions.access of every kind of answer that is on record, and is that entry's", async () => {
    const requests: (readonly [string, () => ReturnType<TestGateway["send"]>])[] = [
      ["answered", () => gateway.ask("all", query)],
      ["partial", () => gateway.ask("meals", `{ people { nodes { number score } } }`)],
      ["refused", () => gateway.ask("old", query)],
      ["refused", () => gateway.ask("meals", `{ people(where: { score: { gt: 1 } }) { nodes { number } } }`)],
      ["invalid", () => gateway.ask("all", "{ people {")],
      ["invalid", () => gateway.ask("all", "{ nonsense }")],
      ["invalid", () => gateway.send({ method: "PUT", headers: { authorization: "Bearer all" } })],
      ["invalid", () => gateway.send({ headers: { authorization: "Bearer all", "content-type": "text/plain" }, body: "x" })], // prettier-ignore
      ["answered", () => gateway.ask(null, `{ places { nodes { code } } }`)],
    ];
    for (const [outcome, send] of requests) {
      const { body, headers } = await send();
      const { body: entry } = await gateway.entry();
      expect(entry.outcome, entry.id).toBe(outcome);
      expect(body.extensions?.["access"]).toMatchObject({ entry: entry.id });
      expect(headers["passerelle-access"]).toBe(entry.id);
    }
  });

  it("stands in none that is not on record", async () => {
    expect((await gateway.ask("nonsense", query)).body).not.toHaveProperty("extensions");
  });
});

describe("the proof of an entry", () => {
  it("is given to the application that made it, once a checkpoint holds it, and can be checked with the town's key", async () => {
    const entry = await asked();
    const early = await prove(entry);
    expect(early).toMatchObject({ status: 404, headers: { "retry-after": "1", "cache-control": "no-store" } });
    await log.sign();
    const { status, headers, body } = await prove(entry);
    expect([status, headers["content-type"]]).toEqual([200, "text/plain; charset=utf-8"]);
    const stored = await gateway.entry();
    const checked = checkTlogProof(body, [key]);
    expect(checked).toMatchObject({ entry, index: stored.index, leaf: stored.leafHash });
    expect(checked.head).toMatchObject({ log: { brought: true }, cosigned: [] });
    for (const spoilt of [body.replace(/^index \d+/m, "index 0"), body.replace("tlog-proof@v1", "tlog-proof@v2")])
      expect(() => checkTlogProof(spoilt, [key])).toThrow();
    expect(() => checkTlogProof(body, [signerKey(key.name, Buffer.alloc(32, 1))])).toThrow("not signed by the key");
  });

  it("leads to the newest checkpoint that a witness has seen, where that one holds it", async () => {
    const entry = await asked();
    await log.sign();
    const note = (await log.checkpoint(tenant)) ?? "";
    const text = note.slice(0, note.indexOf("\n\n") + 1);
    expect(await log.handIn(tenant, `${note}${signatureLine(witness, text, 1_764_000_000)}`)).toBe("stored");
    const later = await asked();
    await log.sign();
    const [old, young] = [await prove(entry), await prove(later)].map(({ body }) =>
      checkTlogProof(body, [key, witness]),
    );
    expect(old?.head.cosigned).toMatchObject([{ brought: true, at: "2025-11-24T16:00:00.000Z" }]);
    expect(young?.head.cosigned).toEqual([]);
    expect(young?.head.checkpoint.size).toBeGreaterThan(old?.head.checkpoint.size ?? 0);
  });

  // Law 15: that there is an entry of somebody else's is told by nothing. Law 2: nor is anything of what it says.
  it("is one and the same 404 for another agreement's entry, for one there is not, and for what is no id", async () => {
    const entry = await asked("meals");
    await log.sign();
    expect((await prove(entry, { authorization: "Bearer meals" })).status).toBe(200);
    const answers = await Promise.all(
      [entry, randomUUID(), "nonsense", "../checkpoint", "' OR 1=1"].map((id) => prove(id)),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 404 });
    expect(answers[0]?.headers).not.toHaveProperty("retry-after");
  });

  it("says the entry's hash and place, and nothing of what it says (laws 2 and 11)", async () => {
    const entry = await asked("meals", `{ people { nodes { number score } } }`);
    await log.sign();
    const { body } = await prove(entry, { authorization: "Bearer meals" });
    const extra = Buffer.from(/^extra (\S+)$/m.exec(body)?.[1] ?? "", "base64").toString();
    expect(Object.keys(JSON.parse(extra) as object).sort()).toEqual(["entry", "leaf"]);
    const { body: stored } = await gateway.entry();
    for (const part of [stored.personal, stored.policyVersion ?? "", ".csv", "score", "meals", String(stored.at)])
      expect(body + extra).not.toContain(part);
  });

  it("needs the key, as every request does, and is bounded by its rate (laws 4, 6 and 13)", async () => {
    const entry = await asked();
    await log.sign();
    for (const authorization of ["Bearer nonsense", "Basic all", ""])
      expect(await prove(entry, { authorization })).toMatchObject({ status: 401, fault: "NOT_AUTHENTICATED" });
    const keyRate = createRate({ perMinute: 2 });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await prove(entry, undefined, { ...gateway.services, keyRate })).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });

  it("of open data goes to whoever knows the id, and of a key's entry to nobody without it", async () => {
    const open = await asked(null, `{ places { nodes { code } } }`);
    const keyed = await asked();
    await log.sign();
    expect((await prove(open, {})).status).toBe(200);
    expect((await prove(keyed, {})).status).toBe(404);
  });

  it("adds nothing to the record, however often it is asked for", async () => {
    const entry = await asked();
    await log.sign();
    for (let i = 0; i < 5; i++) await prove(entry);
    expect((await gateway.entry()).body.id).toBe(entry);
  });

  it("is not given for an entry that was altered, nor for one whose content is gone", async () => {
    const [altered, gone] = [await asked(), await asked()];
    await log.sign();
    await asSuperuser(gateway.store.superuser, async (client) => {
      await client.query("UPDATE access_entry SET body = replace(body, 'answered', 'refused') WHERE id = $1", [
        altered,
      ]);
      await client.query("SET session_replication_role = replica");
      await client.query("DELETE FROM access_entry WHERE id = $1", [gone]);
    });
    for (const entry of [altered, gone]) expect((await prove(entry)).status).toBe(404);
  });
});
