// Whether more rules make requests slower: a gateway with so many rules beside one with 100, asked in turns, so that
// what else happens on the machine happens to both, and each only when the other rests.
import { prepare, queriesNamed, type Prepared } from "../answers.js";
import { markdownTable, median, percentile, shown } from "../figures.js";
import { perSecond, phase, type Phase } from "../measure.js";
import { serverCpuSeconds, serverProcessOf, type Load } from "../processes.js";
import { Started } from "../started.js";
import { calmest, stealSentence, type Calmest, type Disturbed } from "../steal.js";
import { plotted } from "../svg/plot.js";
import { openLoad, openStand, type Stand } from "./stand.js";

const fewRules = 100;
/** The first is a second gateway of the same size: how far two that are alike seem to differ. */
const ruleCounts = [fewRules, 1_000, 10_000, 100_000] as const;
const queryNames = ["Q1", "Q2"] as const;
const turnSeconds = 1.5;
/** Twice: the one has just begun, the other has answered for long. */
const warmUpSeconds = 3;
const allowed = 0.1;

export interface RulesPoint {
  readonly rules: number;
  readonly query: string;
  /** Requests per second, through those of the gateway with 100 rules right beside it; one for each pair of turns. */
  readonly ratios: readonly number[];
  /** CPU of the gateway for one request, through that of the other. */
  readonly cpuRatio: number;
  readonly perSecond: number;
  readonly pairs: readonly Calmest<Disturbed>[];
}

interface Pair extends Disturbed {
  readonly own: Phase;
  readonly other: Phase;
}

export interface RulesOptions {
  readonly connections: number;
  readonly pairs: number;
  readonly report: (line: string) => void;
}

export async function measureRules(started: Started, options: RulesOptions): Promise<readonly RulesPoint[]> {
  const { connections, report } = options;
  const beside = await openStand(started, { rules: fewRules, connections, report });
  const load = await openLoad(started, beside.town);
  const points: RulesPoint[] = [];
  for (const rules of ruleCounts) {
    const own = await started.add(new Started(), (inner) => inner.stop());
    report(`a town with ${rules.toLocaleString("en")} rules`);
    const stand = await openStand(own, { rules, connections, report });
    for (const query of queryNames) points.push(await comparedOn(query, { stand, beside, load, rules, ...options }));
    await own.stop();
  }
  return points;
}

interface Compared extends RulesOptions {
  readonly stand: Stand;
  readonly beside: Stand;
  readonly load: Load;
  readonly rules: number;
}

async function comparedOn(name: string, { stand, beside, load, rules, ...options }: Compared): Promise<RulesPoint> {
  const [query] = queriesNamed([name]);
  if (query === undefined) throw new Error(`there is no query ${name}`);
  const sides = await Promise.all(
    [stand, beside].map(async ({ town, gateway }) => {
      const server = serverProcessOf(await town.backendProcess());
      return {
        gateway,
        databaseCpu: () => serverCpuSeconds(server),
        requests: [] as readonly Prepared[],
      };
    }),
  );
  for (const side of sides) side.requests = await prepare(side.gateway, query);
  const [mine, others] = sides;
  if (mine === undefined || others === undefined) throw new Error("two gateways are compared");
  const turn = ({ gateway, databaseCpu, requests }: typeof mine, seconds: number): Promise<Phase> =>
    phase({ load, connections: options.connections, databaseCpu }, gateway, requests, seconds);
  for (const side of [mine, others, mine, others]) await turn(side, warmUpSeconds);
  const pairs: Calmest<Pair>[] = [];
  while (pairs.length < options.pairs) {
    // A B, B A, A B…: what grows or shrinks steadily meets both alike.
    const firstIsMine = pairs.length % 2 === 0;
    pairs.push(
      await calmest(async () => {
        const first = await turn(firstIsMine ? mine : others, turnSeconds);
        const second = await turn(firstIsMine ? others : mine, turnSeconds);
        const [own, other] = firstIsMine ? [first, second] : [second, first];
        const known = [own, other].flatMap(({ stolen }) => stolen ?? []);
        return { own, other, stolen: known.length === 0 ? null : Math.max(...known) };
      }),
    );
  }
  const [own, other] = [pairs.map((pair) => pair.own), pairs.map((pair) => pair.other)];
  const ratios = pairs.map((pair) => perSecond(pair.own) / perSecond(pair.other));
  const cpu = (turns: readonly Phase[]): number =>
    median(turns.map(({ serverCpuSeconds: seconds, answered }) => seconds / answered));
  const point = {
    rules,
    query: name,
    ratios,
    cpuRatio: cpu(own) / cpu(other),
    perSecond: median(own.map(perSecond)),
    pairs: pairs.map(({ stolen, tries }) => ({ stolen, tries })),
  };
  options.report(
    `${name}: ${shown(median(ratios))} times as many requests as with ${fewRules} rules, CPU ${shown(point.cpuRatio)}`,
  );
  return point;
}

const quartiles = (values: readonly number[]): [number, number] => [percentile(values, 0.25), percentile(values, 0.75)];

export function rulesPicture(points: readonly RulesPoint[]): string {
  const bars = points.flatMap(({ ratios }) => quartiles(ratios));
  return plotted({
    title: "Throughput by number of rules, beside a gateway with 100 rules",
    note: "Each point is the median of the pairs of turns, its bar goes from quartile to quartile. At 100: two that are alike.",
    x: { label: "rules in force", scale: "logarithmic", from: 80, to: 125_000, ticks: ruleCounts },
    y: {
      label: "times the requests/s with 100 rules",
      from: Math.min(0.7, ...bars),
      to: Math.max(1.3, ...bars),
    },
    series: queryNames.map((query, nth) => ({
      name: query,
      marks: true,
      points: points
        .filter((point) => point.query === query)
        .map(({ rules, ratios }) => ({
          // Side by side, so that one bar does not hide the other.
          x: rules * (nth === 0 ? 0.97 : 1.03),
          y: median(ratios),
          range: quartiles(ratios),
        })),
    })),
    levels: [
      { name: "10 % more", y: 1 + allowed },
      { name: "10 % less", y: 1 - allowed },
    ],
  });
}

export const rulesTable = (points: readonly RulesPoint[]): string =>
  `${markdownTable(
    [
      "rules in force",
      "query",
      "requests/s",
      "times those with 100 rules: quartile / median / quartile",
      "gateway's CPU for a request, times",
      "within 10 %",
    ],
    points.map(({ rules, query, perSecond, ratios, cpuRatio }) => {
      const [low, high] = quartiles(ratios);
      const flat = Math.abs(median(ratios) - 1) <= allowed;
      return [
        rules.toLocaleString("en"),
        query,
        shown(perSecond),
        [low, median(ratios), high].map(shown).join(" / "),
        shown(cpuRatio),
        flat ? "yes" : "no",
      ];
    }),
  )}\n\n${stealSentence(points.flatMap(({ pairs }) => pairs))}`;
