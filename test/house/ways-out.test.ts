// Every door by which something of a town can leave, and how it stays shut without a record (law 4). A new one has to be
// written down here, with its reason.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const src = resolve(import.meta.dirname, "../../src");

const found = (pattern: RegExp): Record<string, number> => {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const counted = files.map(
    (name) =>
      [relative(src, join(src, name)), (readFileSync(join(src, name), "utf8").match(pattern) ?? []).length] as const,
  );
  return Object.fromEntries(counted.filter(([, count]) => count > 0));
};

test("routes: what each file of them answers, and behind which record", () => {
  expect(found(/\b(?:app|scope)\.(?:get|post|put|delete|all|route|setNotFoundHandler)(?:<[^(]*>)?\(/g)).toEqual({
    // Of /graphql gateway/answer.ts appends, and waits, before it gives the answer out. The landing page tells names alone.
    "web/server.ts": 2,
    // The proof of an application's own entry: of what was answered already, and hashes.
    "web/proof-route.ts": 1,
    // Checkpoints and tiles are hashes, the page that checks evidence holds none, and witnesses hand their signatures in: nothing of an entry, nothing to record.
    "web/log-routes.ts": 4,
    // A citizen's own data, by the gateway's own reading; what others read of them comes from the log itself.
    "web/citizen/mount.ts": 3,
    // The console's files; its questions go through governance/visit.ts, which appends, and waits, before it reads.
    "web/staff/mount.ts": 5,
    // That the process lives, and whether it is ready.
    "web/listening.ts": 2,
    // The operator's own port: figures and names of the town's sources, nothing of a row.
    "web/operations-server.ts": 3,
  });
});

test("whoever appends: nobody else writes to the log, so nobody else can give out on the strength of it", () => {
  expect(found(/\blog\s*\.append\(/g)).toEqual({
    "gateway/append-watch.ts": 1,
    "gateway/answer.ts": 1,
    "governance/visit.ts": 2,
    "cli/session.ts": 1,
    "cli/log-retention.ts": 1,
    "start/retention.ts": 1,
  });
});

test("whoever asks sources for rows, outside the room of the sources", () => {
  const all = found(/\bsource\.(?:page|byKeys|count)\(/g);
  expect(Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith("sources/")))).toEqual({
    // For gateway/answer.ts.
    "gateway/fetch.ts": 1,
    "gateway/gated-source.ts": 3,
    // Who decides for a child, and a child's first name on its guardian's page: the person's own.
    "gateway/guardianship.ts": 1,
    "gateway/first-names.ts": 1,
    // For governance/resolvers/people.ts, which waits for its record before anybody is looked for.
    "gateway/find-people.ts": 2,
    // Which objects an application has to erase, in ids that it was given under recorded answers.
    "gateway/erasures.ts": 1,
    // `passerelle source check`: recorded first, and it shows names of columns and figures.
    "cli/check-dataset.ts": 1,
  });
});
