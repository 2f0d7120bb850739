// A version of full size put in force while clients ask a real gateway: when it counts, and what the clients notice.
import { prepare } from "./answers.js";
import { median } from "./figures.js";
import type { LoadResult } from "./load.js";
import { generatePolicy, type Scale } from "./policy-rules.js";
import { startLoad, startPasserelle } from "./processes.js";
import type { BenchQuery } from "./queries.js";
import type { Started } from "./started.js";
import { openBenchTown } from "./town.js";
import type { VersionContent } from "../src/policy/index.js";

export interface ReloadFigures {
  /** Milliseconds from the commit of a version to an answer decided by it, one for each reload. */
  readonly visibleMs: readonly number[];
  /** While versions of full size are in force and none changes. */
  readonly before: LoadResult;
  /** While they change. */
  readonly during: LoadResult;
  readonly connections: number;
  readonly maxRssMegabytes: number;
}

const connections = 16;
const reloads = 4;
const everyMs = 2_500;

/** What clients ask: the same answer under every version. */
const steady: BenchQuery = {
  name: "Q1",
  title: "one resident by id",
  text: "query Resident($id: ID!) { resident(id: $id) { id number familyName givenName address } }",
  variables: "ids",
  rows: null,
  requests: 30,
};

/** What tells the versions apart: every second one does not open it. */
const tellingQuery = "{ residents(first: 1) { nodes { email } } }";

export async function measureReload(
  scale: Scale,
  started: Started,
  report: (line: string) => void,
): Promise<ReloadFigures> {
  const town = await started.add(await openBenchTown({ connections, report }), (opened) => opened.close());
  const place = { cwd: town.folder, env: town.env };
  const server = await started.add(await startPasserelle(place), (running) => running.stop());
  const load = await started.add(startLoad(place), (running) => running.stop());
  const headers = { "content-type": "application/json", authorization: `Bearer ${town.key}` };
  const endpoint = { url: `${server.address}/graphql`, headers };
  const base = await town.content();
  const versions = Array.from({ length: reloads + 1 }, (_, at) => versionOf(base, scale, at));
  await town.apply(versions[0] ?? base);
  await untilVisible(endpoint, true);
  const prepared = await prepare(endpoint, steady);
  const requests = prepared.map(({ body, bytes }) => ({ body, bytes }));
  const job = { ...endpoint, connections, requests };
  await load.run({ ...job, milliseconds: 2_000 });
  const before = await load.run({ ...job, milliseconds: reloads * everyMs });
  const running = load.run({ ...job, milliseconds: reloads * everyMs });
  const visibleMs: number[] = [];
  for (const [at, version] of versions.slice(1).entries()) {
    const began = performance.now();
    await town.apply(version);
    visibleMs.push(await untilVisible(endpoint, at % 2 === 1));
    report(`version ${at + 1} counted after ${(visibleMs.at(-1) ?? 0).toFixed(0)} ms`);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, everyMs - (performance.now() - began))));
  }
  const during = await running;
  for (const { fault } of [before, during]) if (fault !== null) throw new Error(`a request during a reload: ${fault}`);
  const { maxRssMegabytes } = await server.usage();
  report(`median ${median(visibleMs).toFixed(0)} ms`);
  return { visibleMs, before, during, connections, maxRssMegabytes };
}

/** The bench's own files and the generated ones; every second version keeps the e-mail address from the bench. */
function versionOf(base: VersionContent, scale: Scale, at: number): VersionContent {
  const generated = generatePolicy(scale, `version ${at}`);
  const files = new Map(base.files);
  for (const [name, text] of generated.files) files.set(`policies/${base.tenant}/made-${name}`, text);
  if (at % 2 === 1) files.set(`policies/${base.tenant}/made-email.csv`, "p, bench, *, Resident.email, -, -, deny\n");
  return { ...base, schema: `${base.schema}\n${generated.types}\n`, files };
}

/**
 * Milliseconds until an answer is decided by the version just committed. Law 6: it must be the first one.
 * @throws Error when an answer to a request sent after the commit was decided by the version before
 */
async function untilVisible(
  endpoint: { url: string; headers: Record<string, string> },
  open: boolean,
): Promise<number> {
  const began = performance.now();
  const response = await fetch(endpoint.url, {
    method: "POST",
    headers: endpoint.headers,
    body: JSON.stringify({ query: tellingQuery }),
  });
  const text = await response.text();
  const ms = performance.now() - began;
  if (response.status !== 200) throw new Error(`a reload was answered ${response.status}: ${text.slice(0, 300)}`);
  if (text.includes("FIELD_NOT_SHARED") === open) throw new Error("an answer was decided by the version before");
  return ms;
}
