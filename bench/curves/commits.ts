// The process that commits one row after the other at a steady rate, on a connection of its own: what a wait for the disk
// takes at that rate on this machine, with nothing of Passerelle in it. A process, so that who asks the gateway at the same
// time does not make it wait.
import { setTimeout as wait } from "node:timers/promises";
import { asSuperuser } from "../databases.js";
import { doJobs } from "../jobs.js";

export interface CommitsJob {
  /** A superuser's address. */
  readonly url: string;
  readonly perSecond: number;
  readonly seconds: number;
}

/** A timer that is later than that was not late by itself. */
const heldUpMs = 5;
/** About the bytes of an entry of one person. */
const row = "x".repeat(1_500);

export const main = (): void => doJobs("commits", run);

/**
 * In a table of its own that is gone afterwards. @returns milliseconds from each row's being due to its commit: who comes
 * while the disk is slow waits for it too, as requests do. That this process itself was held up is not counted.
 */
function run({ url, perSecond, seconds }: CommitsJob): Promise<number[]> {
  return asSuperuser(url, null, async (client) => {
    await client.query("SET synchronous_commit = on");
    await client.query("CREATE TABLE bench_commit (n int, body text)");
    const times: number[] = [];
    let began = performance.now();
    while (times.length < perSecond * seconds) {
      const due = began + (1000 * times.length) / perSecond;
      const early = due - performance.now();
      if (early > 0) await wait(early);
      const now = performance.now();
      if (early > 0 && now - due > heldUpMs) began += now - due;
      const from = early > 0 ? now : due;
      await client.query({
        name: "one",
        text: "INSERT INTO bench_commit VALUES ($1, $2)",
        values: [times.length, row],
      });
      times.push(performance.now() - from);
    }
    await client.query("DROP TABLE bench_commit");
    return times;
  });
}
