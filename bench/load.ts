// The process that asks: connections kept alive, each asking again as soon as it was answered.
import { Asking, requestBytes } from "./asking.js";
import { percentile } from "./figures.js";
import { doJobs } from "./jobs.js";
import { usageFrom } from "./usage.js";

export interface LoadJob {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly milliseconds: number;
  /** Asked in turn. An answer of another length than the one that was checked is a fault. */
  readonly requests: readonly { readonly body: string; readonly bytes: number }[];
}

export interface LoadResult {
  readonly answered: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** What was wrong with the first answer that was wrong; null: all were right. */
  readonly fault: string | null;
  readonly cpuSeconds: number;
  readonly maxRssMegabytes: number;
}

export const main = (): void => doJobs("load", run);

export async function run(job: LoadJob): Promise<LoadResult> {
  const requests = job.requests.map(({ body, bytes }) => ({ sent: requestBytes(job.url, job.headers, body), bytes }));
  if (requests.length === 0) throw new Error("a job without requests");
  const asking = await Promise.all(Array.from({ length: job.connections }, () => Asking.open(job.url)));
  const latencies: number[] = [];
  let fault: string | null = null;
  let next = 0;
  const before = usageFrom(process.resourceUsage()).cpuSeconds;
  const began = performance.now();
  const askOn = async (one: Asking): Promise<void> => {
    while (performance.now() - began < job.milliseconds && fault === null) {
      const wanted = requests[next++ % requests.length] as (typeof requests)[number];
      const sent = performance.now();
      const { status, bytes } = await one.ask(wanted.sent);
      latencies.push(performance.now() - sent);
      if (status !== 200 || bytes !== wanted.bytes)
        fault ??= `status ${status}, ${bytes} bytes, where 200 and ${wanted.bytes} were expected`;
    }
  };
  await Promise.all(asking.map(askOn));
  const seconds = (performance.now() - began) / 1000;
  for (const one of asking) one.close();
  const { cpuSeconds, maxRssMegabytes } = usageFrom(process.resourceUsage());
  const [p50, p99, longest] = [0.5, 0.99, 1].map((share) => percentile(latencies, share)) as [number, number, number];
  return {
    answered: latencies.length,
    seconds,
    p50,
    p99,
    longest,
    fault,
    cpuSeconds: cpuSeconds - before,
    maxRssMegabytes,
  };
}
