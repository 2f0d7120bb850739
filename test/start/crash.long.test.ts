// Law 4 where machines die: gateways and PostgreSQL are killed (kill -9) at random moments while clients ask. Whatever a
// client has received is on record, once; indexes have no gaps; the tree is the one that a witness followed meanwhile.
//
// A killed process leaves what it had written with the operating system: a machine that loses its power is another
// matter, for which PostgreSQL's fsync (on here) stands.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LogReport } from "../../src/accesslog/index.js";
import { asSuperuser, expectWholeRecord } from "../accesslog/record.js";
import { startCrashTown, type CrashTown } from "./crash-town.js";

const gatewayKills = 50;
const databaseKills = 50;
const clients = 6;
const random = (most: number): number => Math.floor(Math.random() * most);

let town: CrashTown;
beforeAll(async () => {
  town = await startCrashTown(2);
}, 180_000);
afterAll(() => town.close());

interface Asked {
  /** Ids of entries, as the answers with data named them. */
  readonly answers: string[];
  readonly refused: Record<string, number>;
  /** The connection was cut before the answer was whole. */
  cut: number;
}

/** Asks until told to stop, now this node, now that. */
async function client(asked: Asked, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const { address } = town.nodes[random(town.nodes.length)] ?? { address: "" };
    try {
      const response = await fetch(`${address}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"query":"{ benches { nodes { number street } } }"}',
        signal: AbortSignal.timeout(20_000),
      });
      const answer = (await response.json()) as {
        data?: { benches: { nodes: unknown[] } };
        extensions?: { access?: { entry: string } };
      };
      if (response.status === 200 && answer.data?.benches.nodes.length === 2)
        asked.answers.push(answer.extensions?.access?.entry ?? "no entry");
      else asked.refused[response.status] = (asked.refused[response.status] ?? 0) + 1;
    } catch {
      asked.cut++;
    }
    await pause(random(40));
  }
}

/** Follows the checkpoints as on the DPO's own machine. */
async function followLog(key: string, stop: AbortSignal): Promise<string[]> {
  const alarms: string[] = [];
  while (!stop.aborted) {
    const { address } = town.nodes[random(town.nodes.length)] ?? { address: "" };
    const { code, err } = await witness(address, key);
    if (code === 2) alarms.push(err);
    await pause(700);
  }
  return alarms;
}

const witness = (address: string, key: string): ReturnType<CrashTown["passerelle"]> =>
  town.passerelle("witness", "--log", `${address}/log/valmont`, "--key", key, "--folder", "seen", "--once");

/** Until an answer leaves again. */
async function answersAgain({ answers }: Asked): Promise<void> {
  const before = answers.length;
  await expect.poll(() => answers.length, { timeout: 60_000, interval: 20 }).toBeGreaterThan(before);
}

it(`${String(gatewayKills + databaseKills)} kills: each answer has its entry, none twice, no gap, and the tree holds`, async () => {
  const asked: Asked = { answers: [], refused: {}, cut: 0 };
  const stop = new AbortController();
  const key = (await town.passerelle("log", "keys")).out.split(/\s/)[0] ?? "";
  const asking = Array.from({ length: clients }, () => client(asked, stop.signal));
  const following = followLog(key, stop.signal);
  for (let kill = 0; kill < gatewayKills; kill++) {
    await answersAgain(asked);
    await pause(random(200));
    const dying = town.nodes[random(2)];
    await dying?.kill();
    await dying?.start();
  }
  const byGateways = { ...asked, answers: asked.answers.length, refused: { ...asked.refused } };
  for (let kill = 0; kill < databaseKills; kill++) {
    await answersAgain(asked);
    await pause(random(200));
    await town.killDatabase();
  }
  await answersAgain(asked);
  stop.abort();
  await Promise.all(asking);
  expect(await following).toEqual([]);
  const { size, staff, twice } = await entries();
  await lastSight(key, size);
  console.log(
    [
      `kill -9 of a gateway ${String(gatewayKills)} times, of PostgreSQL ${String(databaseKills)} times, under ${String(clients)} clients:`,
      `${String(asked.answers.length)} answers with data (${String(byGateways.answers)} of them while gateways died),`,
      `refused ${JSON.stringify(asked.refused)}, ${String(asked.cut)} cut;`,
      `${String(size)} entries, of them ${String(staff)} of staff and ${String(size - staff - asked.answers.length)} without an answer that arrived;`,
      `${String(seen().length)} checkpoints witnessed`,
    ].join(" "),
  );
  expect(asked.answers.length).toBeGreaterThan(gatewayKills + databaseKills);
  expect(new Set(asked.answers).size).toBe(asked.answers.length);
  expect(twice).toBe(0);
  await everyAnswerHasItsEntry(asked.answers);
  const verified = await town.passerelle("log", "verify", "--witness", seenFile(), "--json");
  expect(verified).toMatchObject({ code: 0 });
  const report = JSON.parse(verified.out) as LogReport;
  expect(report.faults).toEqual([]);
  expect(report.checked).toBe(report.size);
});

/** In the witness's folder there is one of this log. */
const seenFile = (): string => {
  const [log] = readdirSync(join(town.folder, "seen"), { withFileTypes: true }).filter(
    (each) => each.isDirectory() && !each.name.startsWith("."),
  );
  return join("seen", log?.name ?? "", "checkpoints.jsonl");
};
const seen = (): string[] => readFileSync(join(town.folder, seenFile()), "utf8").trim().split("\n");

/** The witness has seen all that the clients were given. */
async function lastSight(key: string, size: number): Promise<void> {
  const address = town.nodes[0]?.address ?? "";
  await expect
    .poll(async () => Number(/ (\d+) entries/.exec((await witness(address, key)).out)?.[1] ?? 0), { timeout: 30_000 })
    .toBeGreaterThanOrEqual(size);
}

async function entries(): Promise<{ size: number; staff: number; twice: number }> {
  return asSuperuser(town.superuser(), async (db) => {
    const { rows } = await db.query<{ size: number; staff: number; twice: number }>(
      `SELECT count(*)::int AS size, count(*) FILTER (WHERE body::json->>'outcome' = 'staff')::int AS staff,
              (count(*) - count(DISTINCT id))::int AS twice FROM access_entry`,
    );
    return rows[0] ?? { size: 0, staff: 0, twice: 0 };
  });
}

async function everyAnswerHasItsEntry(answers: readonly string[]): Promise<void> {
  const indexes = await asSuperuser(town.superuser(), async (db) => {
    const { rows } = await db.query<{ id: string; index: string }>(
      `SELECT e.id, e.index FROM access_entry e WHERE e.id = ANY($1::uuid[]) AND e.body::json->>'outcome' = 'answered'`,
      [answers],
    );
    return new Map(rows.map(({ id, index }) => [id, Number(index)]));
  });
  expect(answers.filter((id) => !indexes.has(id))).toEqual([]);
  await expectWholeRecord(
    town.superuser(),
    answers.map((id) => ({ id, index: indexes.get(id) ?? -1 })),
  );
}
