// A witness on another machine, over real HTTP: it follows the checkpoints of a real log, and tells when it was rewritten.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { leafHash } from "../../../src/accesslog/entry-format.js";
import { openAccessLog, signerKey, verifierText, type AccessLog } from "../../../src/accesslog/index.js";
import { runCommand } from "../../../src/cli/program.js";
import { createTerminal } from "../../../src/cli/terminal.js";
import type { Store } from "../../../src/store/index.js";
import { createWeb, type Web } from "../../../src/web/index.js";
import { draft, rivemont } from "../../accesslog/drafts.js";
import { asSuperuser, run } from "../../accesslog/record.js";
import { createTestStore } from "../../support/database.js";

const key = signerKey("passerelle/rivemont", createHash("sha256").update("log").digest());
let store: Store & { readonly superuser: string };
let log: AccessLog;
let web: Web;
let folder: string;

beforeAll(async () => {
  store = await createTestStore();
  log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    ...{ indexEveryMs: 0, countEveryMs: 0, signEveryMs: 0 },
    signer: () => ({ origin: key.name, key }),
  });
  web = await createWeb({
    ...{ host: "127.0.0.1", port: 0, tenants: [rivemont], bodyBytes: 1_000, log, report: () => undefined },
    answer: () => Promise.reject(new Error("nobody asks")),
    health: () => ({ ready: true, checks: {} }),
  });
  folder = mkdtempSync(join(tmpdir(), "passerelle-witness-"));
});
afterAll(async () => {
  await web.close();
  await log.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function look(vkey = verifierText(key)): Promise<{ code: number; out: string; err: string }> {
  const told = { out: "", err: "" };
  const terminal = createTerminal({
    out: (text) => (told.out += text),
    err: (text) => (told.err += text),
    columns: 120,
    outColours: false,
    errColours: false,
  });
  const args = ["witness", "--log", `${web.address}/log/rivemont`, "--key", vkey, "--folder", "seen", "--once"];
  const code = await runCommand(args, { folder, terminal, who: "dpo", now: () => new Date(), env: {} });
  return { code, ...told };
}

const append = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await log.append(draft());
  await log.sign();
};

describe("a witness", () => {
  it("waits for a first checkpoint, then follows, and writes down what it has seen with its signature", async () => {
    expect(await look()).toMatchObject({ code: 1, err: expect.stringContaining("HTTP 404") });
    await append(3);
    expect(await look()).toMatchObject({ code: 0, out: expect.stringContaining("3 entries") });
    expect(await look()).toMatchObject({ code: 0, out: expect.stringContaining("none new") });
    await append(300);
    expect(await look()).toMatchObject({ code: 0, out: expect.stringContaining("303 entries, consistent") });
    const lines = readFileSync(join(folder, "seen", "passerelle_rivemont", "checkpoints.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1] ?? "{}")).toMatchObject({
      note: expect.stringMatching(/\n— passerelle\/rivemont .*\n— witness /),
    });
  });

  it("believes nobody but the log's own key", async () => {
    const other = signerKey(key.name, createHash("sha256").update("another").digest());
    expect(await look(verifierText(other))).toMatchObject({
      code: 1,
      err: expect.stringContaining("not signed by this log's key"),
    });
    expect(await look("nonsense")).toMatchObject({ code: 2 });
  });

  it("alarms when the record was rewritten and signed anew with the log's own key, and keeps the evidence", async () => {
    await asSuperuser(store.superuser, async (client) => {
      const { rows } = await client.query<{ body: string }>("SELECT body FROM access_entry WHERE index = 40");
      const body = (rows[0]?.body ?? "").replace("cantine-plus", "another-app");
      await client.query("UPDATE access_entry SET body = $1 WHERE index = 40", [body]);
      await client.query("UPDATE access_leaf SET hash = $1 WHERE index = 40", [leafHash(body)]);
    });
    await run(store.superuser, "ALTER TABLE log_tile DISABLE TRIGGER ALL; ALTER TABLE log_checkpoint DISABLE TRIGGER ALL; TRUNCATE log_tile, log_checkpoint"); // prettier-ignore
    await log.sign();
    expect(await look()).toMatchObject({
      code: 2,
      err: expect.stringContaining("another history of the same 303 entries"),
    });
    await append(20);
    expect(await look()).toMatchObject({
      code: 2,
      err: expect.stringContaining("303 entries that were seen are not in the 323"),
    });
    expect(
      readFileSync(join(folder, "seen", "passerelle_rivemont", "alarms.jsonl"), "utf8")
        .trim()
        .split("\n"),
    ).toHaveLength(2);
    const seen = readFileSync(join(folder, "seen", "passerelle_rivemont", "checkpoints.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(seen).toHaveLength(2);
  });
});

describe("what is served of the log", () => {
  it("is hashes, and nothing for a path that is no tile's", async () => {
    const tile = await fetch(`${web.address}/log/rivemont/tile/0/000`);
    expect([tile.status, (await tile.arrayBuffer()).byteLength, tile.headers.get("cache-control")]).toEqual([
      200,
      8192,
      "public, max-age=31536000, immutable",
    ]);
    for (const path of ["tile/0/000.p/300", "tile/0/1", "tile/9/000", "entries/000", ""])
      expect((await fetch(`${web.address}/log/rivemont/${path}`)).status, path).toBe(404);
  });
});
