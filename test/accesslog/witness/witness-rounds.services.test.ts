// The log shows its checkpoints to witnesses, as real ones: over HTTP, with a real record behind. Nothing waits for them.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openAccessLog, readNote, readVerifier, verifyNote, type AccessLog, type LogWitness } from "../../../src/accesslog/index.js"; // prettier-ignore
import { SearchPool } from "../../../src/accesslog/append-connection.js";
import { signatureLine } from "../../../src/accesslog/merkle/signed-note.js";
import { WitnessRounds } from "../../../src/accesslog/witness/witness-rounds.js";
import type { Store } from "../../../src/store/index.js";
import { openDesk, type Desk } from "../../cli/witness/at-desk.js";
import { createTestStore } from "../../support/database.js";
import { draft, rivemont } from "../drafts.js";
import { asSuperuser } from "../record.js";
import { logKey } from "./made-log.js";

const key = logKey("passerelle/rivemont");
let store: Store & { readonly superuser: string };
let log: AccessLog;
let pool: SearchPool;
let desk: Desk;
const told: string[] = [];
const servers: Server[] = [];
let clock = Date.now();
let configured: LogWitness[] = [];

beforeAll(async () => {
  store = await createTestStore();
  desk = await openDesk(new Map([[key.name, [key]]]));
  log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    ...{ indexEveryMs: 0, countEveryMs: 0, signEveryMs: 0 },
    signer: () => ({ origin: key.name, key }),
    witnesses: () => configured,
  });
  pool = new SearchPool(store.addresses.gateway);
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
afterAll(async () => {
  await desk.close();
  await log.close();
  await pool.close();
  await store.close();
});

const append = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await log.append(draft());
  await log.sign();
};
const rounds = (witnesses: LogWitness[]): WitnessRounds => {
  configured = witnesses;
  return new WitnessRounds({
    pool,
    witnesses: () => witnesses,
    report: (line) => void told.push(line),
    now: () => clock,
  });
};
/** A witness that answers as it is told to. */
async function odd(answer: RequestListener): Promise<LogWitness> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    name: "Odd",
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: readVerifier(desk.vkey),
  };
}
const real = (): LogWitness => ({ name: "Region", url: desk.serving.address, key: readVerifier(desk.vkey) });

describe("a witness that is shown the checkpoints", () => {
  it("signs them, and is served with them; a proof leads from one to the next", async () => {
    await append(3);
    const round = rounds([real()]);
    await round.tick();
    expect(verifyNote(readNote((await log.checkpoint(rivemont)) ?? ""), [real().key])).toHaveLength(1);
    await append(300);
    // Not at every second of a busy log.
    await round.tick();
    expect(await log.witnesses(rivemont)).toMatchObject([{ name: "Region", size: 3 }]);
    clock += 10_000;
    await round.tick();
    expect(await log.witnesses(rivemont)).toMatchObject([{ name: "Region", size: 303 }]);
    expect(told).toEqual([]);
  });

  it("is asked from where it is when the log does not know: its stored signatures were lost", async () => {
    await asSuperuser(store.superuser, (client) =>
      client.query("ALTER TABLE log_cosignature DISABLE TRIGGER ALL; DELETE FROM log_cosignature"),
    );
    await append(5);
    await rounds([real()]).tick();
    expect(await log.witnesses(rivemont)).toMatchObject([{ name: "Region", size: 308 }]);
    await asSuperuser(store.superuser, (client) => client.query("DELETE FROM log_cosignature"));
    await rounds([real()]).tick();
    expect(await log.witnesses(rivemont)).toMatchObject([{ name: "Region", size: 308 }]);
  });

  it("that is away is told once, asked again later and later, and told when it is back", async () => {
    await append(1);
    const away: LogWitness = { ...real(), url: "http://127.0.0.1:1" };
    const own: LogWitness[] = [away];
    const round = rounds(own);
    await round.tick();
    await round.tick();
    expect(told.splice(0)).toEqual(['access log: witness "Region" of rivemont: it cannot be reached']);
    clock += 7_000;
    await round.tick();
    own[0] = real();
    // The second pause is longer than the first.
    clock += 7_000;
    await round.tick();
    expect(await log.witnesses(rivemont)).toMatchObject([{ size: 308 }]);
    clock += 7_000;
    await round.tick();
    expect(await log.witnesses(rivemont)).toMatchObject([{ size: 309 }]);
    expect(told.splice(0)).toEqual(['access log: witness "Region" of rivemont: sees it again']);
  });

  it.each([
    ["does not know the log", { status: 404, body: "" }, "does not know this log or its key"],
    ["does not know the key", { status: 403, body: "" }, "does not know this log or its key"],
    ["has seen more", { status: 409, body: "5000\n" }, "ALARM: it has seen 5000 entries, and this log has"],
    ["has seen another history", { status: 422, body: "" }, "ALARM: what it has seen is not in"],
    ["has seen another root of the same size", { status: 409, body: "310\n" }, "ALARM: what it has seen is not in"],
    ["answers 409 without a size", { status: 409, body: "no\n" }, "ALARM: what it has seen is not in"],
    ["fails", { status: 500, body: "" }, "it answers with HTTP 500"],
    ["sends to another address", { status: 302, body: "" }, "which is not followed"],
    ["answers without end", { status: 200, body: "x".repeat(20_000) }, "more than 16384 bytes"],
    ["signs nothing", { status: 200, body: "" }, "its signature does not hold"],
    ["signs with another key", { status: 200, body: "other" }, "its signature does not hold"],
  ])("that %s is told, and nothing of it is kept", async (_name, { status, body }, words) => {
    if (status === 404) await append(1);
    const note = (await log.checkpoint(rivemont)) ?? "";
    const stranger = { ...logKey("dpo.example", "stranger"), kind: "witness" as const };
    const odder = await odd((_request, response) => {
      response.writeHead(status, { "content-type": status === 409 ? "text/x.tlog.size" : "text/plain", location: desk.serving.address }); // prettier-ignore
      response.end(body === "other" ? signatureLine(stranger, readNote(note).text, 1) : body);
    });
    await rounds([odder]).tick();
    expect(told.splice(0)).toEqual([expect.stringMatching(words)]);
    expect(await log.witnesses(rivemont)).toMatchObject([{ size: 309 }]);
  });

  it("stops nothing: the log closes while one hangs", async () => {
    const hanging = await odd(() => undefined);
    const round = rounds([hanging]);
    const running = round.tick();
    await new Promise((resolve) => setImmediate(resolve));
    round.end();
    await running;
    expect(told).toEqual([]);
  });
});
