// How long answers wait for their entry's commit at a steady rate, which does not slow down when answers do (an open loop).
import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { prepare, queriesNamed, type Endpoint } from "../answers.js";
import { markdownTable, percentile, shown } from "../figures.js";
import { startCommits } from "../processes.js";
import { calmest, stealSentence, watchSteal, type Calmest, type Disturbed } from "../steal.js";
import { durationIn, parseHistogram, shareWithin, type Histogram } from "./histogram.js";
import type { Measuring } from "./stand.js";

const perSecond = 500;
const goalMs = 2;
const metric = "passerelle_access_log_append_duration_seconds";

const turns = 4;

export interface AppendFigures {
  /** What the gateway counted: seconds from the answer being made to its entry being committed. */
  readonly waits: Histogram;
  /** From the moment that a request was due to the last byte of its answer, milliseconds. */
  readonly answers: readonly number[];
  readonly perSecond: number;
  /** One row put in and committed by itself at the same rate while nobody else asks, milliseconds. */
  readonly alone: readonly number[];
  /** The same beside the requests. */
  readonly beside: readonly number[];
  /** Each stretch that was measured. */
  readonly stretches: readonly Calmest<Disturbed>[];
}

/** In turns: single rows alone, the requests alone, both at once. What the machine does meanwhile befalls all of them. */
export async function measureAppendWait(measuring: Measuring): Promise<AppendFigures> {
  const { gateway, metricsUrl, town, seconds, report } = measuring;
  const [query] = queriesNamed(["Q1"]);
  if (query === undefined) throw new Error("there is no Q1");
  const bodies = (await prepare(gateway, query)).map(({ body }) => body);
  const asked = (): Promise<number[]> => steadily(gateway, bodies, seconds);
  const commits = startCommits({ cwd: town.folder, env: town.env });
  const single = (): Promise<number[]> => commits.run({ url: town.superuser, perSecond, seconds });
  const [alone, beside, answers]: [number[], number[], number[]] = [[], [], []];
  const [waits, took]: [Histogram[], number[]] = [[], []];
  const stretches: Calmest<Disturbed>[] = [];
  const calm = async <T>(measure: () => Promise<T>): Promise<T> => {
    const taken = await calmest(async () => {
      const steal = watchSteal();
      return { value: await measure(), ...steal() };
    });
    stretches.push(taken);
    return taken.value;
  };
  try {
    await asked();
    for (let turn = 0; turn < turns; turn++) {
      alone.push(...(await calm(single)));
      const requests = await calm(async () => {
        const [before, began] = [await histogram(metricsUrl), performance.now()];
        const times = await asked();
        const seconds = (performance.now() - began) / 1000;
        return { times, seconds, waits: (await histogram(metricsUrl)).less(before) };
      });
      answers.push(...requests.times);
      took.push(requests.seconds);
      waits.push(requests.waits);
      beside.push(...(await calm(async () => (await Promise.all([single(), asked()]))[0])));
    }
  } finally {
    commits.stop();
  }
  const all = waits.reduce((sum, each) => sum.and(each));
  if (all.count < answers.length) throw new Error(`${all.count} waits for ${answers.length} answers`);
  report(`append: ${all.count} waits, p99 ${shown(1000 * durationIn(all, 0.99))} ms`);
  const reached = answers.length / took.reduce((sum, each) => sum + each);
  return { waits: all, answers, perSecond: reached, alone, beside, stretches };
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

export function appendTable({ waits, answers, perSecond: reached, alone, beside, stretches }: AppendFigures): string {
  const ms = (share: number): string => shown(1000 * durationIn(waits, share));
  const within = (share: number): string => `${(100 * share).toFixed(2)} %`;
  const withinGoal = (times: readonly number[]): string =>
    within(times.filter((time) => time <= goalMs).length / times.length);
  const row = (what: string, times: readonly number[]): string[] => [
    what,
    shown(percentile(times, 0.5)),
    shown(percentile(times, 0.99)),
    withinGoal(times),
  ];
  const table = markdownTable(
    [`at ${perSecond} a second, steadily`, "p50, ms", "p99, ms", `within ${goalMs} ms`],
    [
      ["**wait for the entry's commit**, Q1", ms(0.5), ms(0.99), within(shareWithin(waits, goalMs / 1000))],
      row("one row committed alone, nobody else asking", alone),
      row("one row committed beside those requests", beside),
      row("request to answer, Q1", answers),
    ],
  );
  return `${table}\n\nGoal: a p99 of at most ${goalMs} ms. Answered per second: ${shown(reached)}. ${stealSentence(stretches)}`;
}
