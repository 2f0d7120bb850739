// `npm run bench -- --consent`: pages of those who consent, where all, 90 % and 10 % of the residents do. One gateway answers
// all, in turns; answers differ by who consents, so that only Passerelle is beside itself.
import { prepare, type Prepared } from "./answers.js";
import { consents } from "./fill-decisions.js";
import { markdownTable, median, shown } from "./figures.js";
import { perSecond, phase, type CalmPhase, type MeasureOptions, type Phase, type Side } from "./measure.js";
import { benchQueries, type BenchQuery } from "./queries.js";
import { calmest, stealSentence } from "./steal.js";

export const shares = [90, 10] as const;

export interface ShareFigures {
  readonly query: BenchQuery;
  readonly everybody: readonly CalmPhase[];
  readonly byShare: ReadonlyMap<number, readonly CalmPhase[]>;
}

/** @param sideFor by the share of residents who consent, 100 among them */
export async function measureShares(
  options: Omit<MeasureOptions, "sides">,
  sideFor: (share: number) => Side,
): Promise<ShareFigures[]> {
  const figures: ShareFigures[] = [];
  for (const query of benchQueries.filter(({ name }) => name === "Q2" || name === "Q5"))
    // A tenth of the residents fills ten pages of 1,000.
    figures.push(await measureQuery(options, { ...query, requests: 9 }, sideFor));
  return figures;
}

async function measureQuery(
  options: Omit<MeasureOptions, "sides">,
  query: BenchQuery,
  sideFor: (share: number) => Side,
): Promise<ShareFigures> {
  const all = [100, ...shares];
  const prepared = new Map<number, readonly Prepared[]>();
  for (const share of all) {
    const pages = await prepare(sideFor(share), query);
    checkPeople(pages, share);
    prepared.set(share, pages);
  }
  const run = (share: number, seconds: number): Promise<Phase> =>
    phase(options, sideFor(share), prepared.get(share) ?? [], seconds);
  for (const share of all) await run(share, Math.max(0.5, options.seconds / 2));
  const phases = new Map<number, CalmPhase[]>(all.map((share) => [share, []]));
  for (let round = 0; round < options.rounds; round++)
    for (const share of all) phases.get(share)?.push(await calmest(() => run(share, options.seconds)));
  const said = all.map((share) => `${share} % ${median((phases.get(share) ?? []).map(perSecond)).toFixed(0)}`);
  options.report(`${query.name} by who consents, requests/s: ${said.join(", ")}`);
  return { query, everybody: phases.get(100) ?? [], byShare: new Map([...phases].filter(([share]) => share !== 100)) };
}

/** Pages in the order of the register that hold everybody who consents and nobody else. @throws Error else */
export function checkPeople(pages: readonly Prepared[], share: number): void {
  let next = 1;
  for (const { comparable } of pages) {
    const { residents } = (comparable as { data: { residents: { nodes: readonly { number: number }[] } } }).data;
    for (const { number } of residents.nodes) {
      while (!consents(next, share)) next++;
      if (number !== next) throw new Error(`person ${number} stands where person ${next} should`);
      next++;
    }
  }
}

export function sharesTable(figures: readonly ShareFigures[]): string {
  const rows = figures.flatMap(({ query, everybody, byShare }) =>
    [...byShare].map(([share, phases]) => {
      const ratios = phases.map((one, round) => perSecond(one) / perSecond(everybody[round] ?? one));
      const cpu = (list: readonly Phase[]): string =>
        shown(median(list.map((one) => (1000 * one.serverCpuSeconds) / one.answered)));
      return [
        `${query.name}, ${share} % consent`,
        shown(median(phases.map(perSecond))),
        shown(median(everybody.map(perSecond))),
        [Math.min(...ratios), median(ratios), Math.max(...ratios)].map(shown).join(" / "),
        `${cpu(phases)} and ${cpu(everybody)}`,
      ];
    }),
  );
  const table = markdownTable(
    ["", "requests/s", "where all consent", "ratio min / median / max", "gateway's CPU, ms, and where all consent"],
    rows,
  );
  const phases = figures.flatMap(({ everybody, byShare }) => [everybody, ...byShare.values()].flat());
  return `${table}\n\n${stealSentence(phases)}`;
}
