import { expect, it } from "vitest";
import { AccessLogUnavailable, type AccessLogWriter, type EntryDraft } from "../../src/accesslog/index.js";
import { watchedLog } from "../../src/gateway/append-watch.js";

const draft = {} as EntryDraft;

function stand() {
  let answer: () => Promise<unknown> = () => Promise.resolve({ id: "1", index: 1 });
  const told: (string | null)[] = [];
  let clock = 0;
  const log = { append: () => answer(), count: () => undefined } as unknown as AccessLogWriter;
  const watched = watchedLog(log, { ended: (_, reason) => told.push(reason), now: () => new Date(++clock * 1000) });
  return { watched, told, answers: (with_: () => Promise<unknown>) => void (answer = with_) };
}

it("says that it fails, since the first failure, until an entry is committed; what was thrown is passed on (law 4)", async () => {
  const { watched, told, answers } = stand();
  expect(watched.status()).toMatchObject({ state: "untried", lastCommit: null, waiting: 0 });
  const full = new AccessLogUnavailable("no", "database");
  answers(() => Promise.reject(full));
  await expect(watched.append(draft)).rejects.toBe(full);
  const first = watched.status();
  expect(first).toMatchObject({ state: "failing", failed: 1, failing: { reason: "database" } });
  await expect(watched.append(draft)).rejects.toBe(full);
  expect(watched.status().failing?.since).toBe(first.failing?.since);
  answers(() => Promise.resolve({ id: "2", index: 2 }));
  await watched.append(draft);
  expect(watched.status()).toMatchObject({ state: "writing", committed: 1, failed: 2, failing: null });
  expect(watched.status().lastCommit).not.toBeNull();
  expect(told).toEqual(["database", "database", null]);
});

it("one entry that cannot be written is no failing log", async () => {
  const { watched, answers } = stand();
  answers(() => Promise.reject(new AccessLogUnavailable("no", "faulty-entry")));
  await expect(watched.append(draft)).rejects.toThrow();
  expect(watched.status()).toMatchObject({ state: "untried", failed: 1, failing: null });
});

it("counts what waits for its commit", async () => {
  const { watched, answers } = stand();
  let release = (): void => undefined;
  answers(() => new Promise((resolve) => (release = () => resolve({ id: "1", index: 1 }))));
  const waiting = watched.append(draft);
  expect(watched.status().waiting).toBe(1);
  release();
  await waiting;
  expect(watched.status().waiting).toBe(0);
});
