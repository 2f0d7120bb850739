// The process that asks: node:http with connections kept alive, each asking again as soon as it was answered.
import { Agent, request } from "node:http";
import { percentile } from "./figures.js";
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

export function main(): void {
  process.on("message", (job) => {
    run(job as LoadJob).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        process.stderr.write(`load: ${error instanceof Error ? error.stack : "unknown"}\n`);
        process.exit(1);
      },
    );
  });
}

export async function run(job: LoadJob): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: job.connections });
  const latencies: number[] = [];
  let fault: string | null = null;
  let next = 0;
  const before = usageFrom(process.resourceUsage()).cpuSeconds;
  const began = performance.now();
  const ask = async (): Promise<void> => {
    while (performance.now() - began < job.milliseconds && fault === null) {
      const wanted = job.requests[next++ % job.requests.length];
      if (wanted === undefined) throw new Error("a job without requests");
      const sent = performance.now();
      const { status, bytes } = await post(job, agent, wanted.body);
      latencies.push(performance.now() - sent);
      if (status !== 200 || bytes !== wanted.bytes)
        fault ??= `status ${status}, ${bytes} bytes, where 200 and ${wanted.bytes} were expected`;
    }
  };
  await Promise.all(Array.from({ length: job.connections }, ask));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
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

function post({ url, headers }: LoadJob, agent: Agent, body: string): Promise<{ status: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const length = { "content-length": Buffer.byteLength(body) };
    const asking = request(url, { agent, method: "POST", headers: { ...headers, ...length } }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => (bytes += chunk.length));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, bytes }));
      answer.on("error", reject);
    });
    asking.on("error", reject);
    asking.end(body);
  });
}
