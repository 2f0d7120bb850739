// Where the gateway's own time goes while it is asked one query without pause: its start is not in the picture.
import { prepare, queriesNamed } from "../answers.js";
import { markdownTable } from "../figures.js";
import type { CpuProfile } from "../profile.js";
import { flameGraphOf } from "../svg/flame-graph.js";
import { flameTree, frameKinds } from "../svg/flame-tree.js";
import { jobOf, type Measuring } from "./stand.js";

export interface Flame {
  readonly query: string;
  readonly title: string;
  readonly profile: CpuProfile;
  /** Answers while the profile was taken. */
  readonly answered: number;
  /** Of the whole process, its other threads among it. */
  readonly cpuSeconds: number;
}

export async function takeFlames(
  { gateway, load, connections, seconds, report }: Measuring,
  names: readonly string[],
): Promise<readonly Flame[]> {
  const flames: Flame[] = [];
  for (const query of queriesNamed(names)) {
    const requests = await prepare(gateway, query);
    const job = jobOf(gateway, requests, connections, seconds * 1000);
    const warm = await load.run(job);
    const taken = await gateway.server.profiled();
    const before = await gateway.server.usage();
    const { fault, answered } = await load.run(job);
    const cpuSeconds = (await gateway.server.usage()).cpuSeconds - before.cpuSeconds;
    const profile = await taken();
    if ((warm.fault ?? fault) !== null) throw new Error(`${query.name}: ${warm.fault ?? fault ?? ""}`);
    flames.push({ query: query.name, title: query.title, profile, answered, cpuSeconds });
    report(`${query.name}: profile of ${answered} answers`);
  }
  return flames;
}

export const flamePicture = ({ query, title, profile, answered }: Flame): string =>
  flameGraphOf(profile, `${query}, ${title}: where the gateway's time goes (${answered.toLocaleString("en")} answers)`);

/** By room, the time spent in its own functions, not in what they call. */
export function flameTable(flames: readonly Flame[]): string {
  const trees = flames.map(({ profile }) => flameTree(profile));
  const rows = frameKinds
    .map(
      (kind) =>
        [kind, ...trees.map(({ selfTimes, busy }) => (100 * (selfTimes.get(kind) ?? 0)) / Math.max(1, busy))] as const,
    )
    .filter(([, ...shares]) => shares.some((share) => share >= 0.05))
    .map(([kind, ...shares]) => [kind, ...shares.map((share) => `${share.toFixed(1)} %`)]);
  const each = flames.map(
    ({ cpuSeconds, answered }) => `${((1000 * cpuSeconds) / Math.max(1, answered)).toFixed(2)} ms`,
  );
  return markdownTable(
    ["the main thread's busy time, in functions of", ...flames.map(({ query }) => query)],
    [...rows, ["CPU of the process for each answer, the profiler's among it", ...each]],
  );
}
