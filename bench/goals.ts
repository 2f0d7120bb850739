// What the run is to reach, beside what it reached.
import { markdownTable, median, shown } from "./figures.js";
import { phasesOf, ratios, type QueryFigures } from "./measure.js";
import type { ServerName } from "./peers.js";
import type { BenchQuery } from "./queries.js";
import type { Usage } from "./usage.js";

/** Requests per second, as many times those of `bare`, by the median of the rounds. */
const ratioGoals: Readonly<Record<BenchQuery["name"], number>> = { Q1: 1.2, Q2: 3, Q3: 3, Q4: 2, Q5: 3.5 };
const mostMegabytes = 300;
/** The slowest hundredth of Q5 in medians. */
const mostSpread = 3;

interface GoalLine {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
}

interface Measured {
  readonly queries: readonly QueryFigures[];
  readonly used: ReadonlyMap<ServerName, Usage>;
}

function goalLines({ queries, used }: Measured): GoalLine[] {
  const lines = queries.map((figures): GoalLine => {
    const { name, title } = figures.query;
    const ratio = median(ratios(figures, "passerelle"));
    return {
      what: `**${name}** ${title}: times \`bare\``,
      goal: `${ratioGoals[name]}`,
      measured: shown(ratio),
      reached: ratio >= ratioGoals[name],
    };
  });
  const longest = queries.find(({ query }) => query.name === "Q5");
  if (longest !== undefined) {
    const spread = median(phasesOf(longest, "passerelle").map(({ p50, p99 }) => p99 / p50));
    const goal = `at most ${mostSpread}`;
    lines.push({ what: "p99 of Q5 through its p50", goal, measured: shown(spread), reached: spread <= mostSpread });
  }
  const memory = used.get("passerelle")?.maxRssMegabytes ?? 0;
  lines.push({
    what: "most memory of the gateway in the whole run, MB",
    goal: `under ${mostMegabytes}`,
    measured: shown(memory),
    reached: memory < mostMegabytes,
  });
  return lines;
}

export const goalTable = (measured: Measured): string =>
  markdownTable(
    ["what", "goal", "measured", "reached"],
    goalLines(measured).map(({ what, goal, measured: figure, reached }) => [
      what,
      goal,
      figure,
      reached ? "yes" : "no",
    ]),
  );
