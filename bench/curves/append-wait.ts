// How long answers wait for their entry's commit at a steady rate, which does not slow down when answers do (an open loop).
import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { prepare, queriesNamed, type Endpoint } from "../answers.js";
import { asSuperuser } from "../databases.js";
import { markdownTable, percentile, shown } from "../figures.js";
import { durationIn, parseHistogram, shareWithin, type Histogram } from "./histogram.js";
import type { Measuring } from "./stand.js";

const perSecond = 500;
const goalMs = 2;
const metric = "passerelle_access_log_append_duration_seconds";

export interface AppendFigures {
  /** What the gateway counted: seconds from the answer being made to its entry being committed. */
  readonly waits: Histogram;
  /** From the moment that a request was due to the last byte of its answer, milliseconds. */
  readonly answers: readonly number[];
  readonly perSecond: number;
  /** One row put in and committed by itself while nobody else asks, milliseconds: less than this no durable wait takes. */
  readonly alone: readonly number[];
}

export async function measureAppendWait({
  gateway,
  metricsUrl,
  town,
  seconds,
  report,
}: Measuring): Promise<AppendFigures> {
  const [query] = queriesNamed(["Q1"]);
  if (query === undefined) throw new Error("there is no Q1");
  const bodies = (await prepare(gateway, query)).map(({ body }) => body);
  await steadily(gateway, bodies, seconds);
  const before = await histogram(metricsUrl);
  const began = performance.now();
  const answers = await steadily(gateway, bodies, 2 * seconds);
  const took = (performance.now() - began) / 1000;
  const waits = (await histogram(metricsUrl)).less(before);
  if (waits.count < answers.length) throw new Error(`${waits.count} waits for ${answers.length} answers`);
  report(`append: ${waits.count} waits, p99 ${shown(1000 * durationIn(waits, 0.99))} ms`);
  return { waits, answers, perSecond: answers.length / took, alone: await commitsAlone(town.superuser) };
}

/** On the same server, in a table of its own that is gone afterwards. */
function commitsAlone(superuser: string): Promise<number[]> {
  return asSuperuser(superuser, null, async (client) => {
    await client.query("CREATE TABLE bench_commit (n int)");
    const times: number[] = [];
    for (let n = 0; n < 500; n++) {
      const began = performance.now();
      await client.query("INSERT INTO bench_commit VALUES ($1)", [n]);
      times.push(performance.now() - began);
      await wait(1);
    }
    await client.query("DROP TABLE bench_commit");
    return times;
  });
}

async function histogram(url: string): Promise<Histogram> {
  const response = await fetch(url);
  return parseHistogram(await response.text(), metric);
}

/** One request every two milliseconds, each at its time whatever became of the others. @returns milliseconds of each */
async function steadily({ url, headers }: Endpoint, bodies: readonly string[], seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  const total = Math.round(perSecond * seconds);
  const began = performance.now();
  const running: Promise<number>[] = [];
  while (running.length < total) {
    const due = ((performance.now() - began) / 1000) * perSecond;
    for (; running.length < Math.min(due, total);) {
      const at = began + (running.length / perSecond) * 1000;
      const body = bodies[running.length % bodies.length] ?? "";
      running.push(post(url, headers, agent, body).then(() => performance.now() - at));
    }
    await wait(1);
  }
  try {
    return await Promise.all(running);
  } finally {
    agent.destroy();
  }
}

function post(url: string, headers: Readonly<Record<string, string>>, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = { "content-length": Buffer.byteLength(body) };
    const asking = request(url, { agent, method: "POST", headers: { ...headers, ...length } }, (answer) => {
      answer.resume();
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`an answer of status ${answer.statusCode ?? 0} at ${perSecond} requests/s`));
      });
    });
    asking.on("error", reject);
    asking.end(body);
  });
}

export function appendTable({ waits, answers, perSecond: reached, alone }: AppendFigures): string {
  const ms = (share: number): string => shown(1000 * durationIn(waits, share));
  return markdownTable(
    [`Q1 at ${perSecond} requests/s, steadily`, "measured", "goal"],
    [
      ["requests answered per second", shown(reached), `${perSecond}`],
      ["wait for the entry's commit, p50, ms", ms(0.5), ""],
      ["wait for the entry's commit, p99, ms", ms(0.99), `at most ${goalMs}`],
      [`waits of at most ${goalMs} ms`, `${(100 * shareWithin(waits, goalMs / 1000)).toFixed(2)} %`, "99 %"],
      [
        "one row committed alone, nobody else asking, p50 / p99, ms",
        [0.5, 0.99].map((share) => shown(percentile(alone, share))).join(" / "),
        "",
      ],
      ["request to answer, p50, ms", shown(percentile(answers, 0.5)), ""],
      ["request to answer, p99, ms", shown(percentile(answers, 0.99)), ""],
    ],
  );
}
