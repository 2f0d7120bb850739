// `npm run bench:policy`: what a hundred thousand rules cost. docs/performance.md explains it.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { markdownTable, median, percentile, replacedBetweenMarks, shown } from "./figures.js";
import { measureDecisions, type DecideFigures } from "./policy-decide.js";
import { measureReload, type ReloadFigures } from "./policy-reload.js";
import { fullScale, generatePolicy, type Scale } from "./policy-rules.js";
import { Started } from "./started.js";

const page = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const help = `npm run bench:policy -- [options]
  --rules N        rules of a version (100000)
  --agreements N   agreements that they are for (10000)
  --write          put the tables into docs/performance.md`;

export async function main(given: readonly string[]): Promise<number> {
  const options = { rules: { type: "string" }, agreements: { type: "string" }, write: { type: "boolean" } } as const;
  let values: { rules?: string; agreements?: string; write?: boolean };
  try {
    values = parseArgs({ args: [...given], options }).values;
  } catch (error) {
    say(`${error instanceof Error ? error.message : "unknown"}\n\n${help}`);
    return 2;
  }
  const scale: Scale = {
    rules: Number(values.rules ?? fullScale.rules),
    agreements: Number(values.agreements ?? fullScale.agreements),
    fields: fullScale.fields,
  };
  if (!(scale.rules >= 3_000 && scale.agreements >= 1_000 && scale.agreements % 2 === 0)) {
    say(`at least 3,000 rules and 1,000 agreements, an even number of them\n\n${help}`);
    return 2;
  }
  const started = new Started();
  started.stopWhenInterrupted();
  try {
    const reload = await measureReload(scale, started, (line) => say(`  ${line}`));
    await started.stop();
    const decide = await measureDecisions(generatePolicy(scale, "decisions"), (line) => say(`  ${line}`));
    const tables = policyTables(decide, reload, scale);
    say(`\n${tables}\n`);
    if (values.write === true) {
      writeFileSync(page, replacedBetweenMarks(readFileSync(page, "utf8"), "bench-policy", tables));
      say("docs/performance.md holds these tables now.");
    }
    return 0;
  } catch (error) {
    say(`The bench failed: ${error instanceof Error ? (error.stack ?? error.message) : "unknown"}`);
    return 1;
  } finally {
    await started.stop();
  }
}

function policyTables(decide: DecideFigures, reload: ReloadFigures, scale: Scale): string {
  const { compile, decisionNs, enforceNs } = decide;
  const row = (what: string, figure: string, target = ""): string[] => [what, figure, target];
  const ms = (value: number): string => `${shown(value)} ms`;
  const one = markdownTable(
    ["what", "measured", "target"],
    [
      row("check before applying", ms(decide.checkMs)),
      row("load of an applied version, in process", ms(decide.loadMs)),
      row("compile of one agreement, the very first", ms(compile.first), "150 ms"),
      row(`compile, median / p99 of ${decide.compiled}`, `${shown(compile.median)} / ${ms(compile.p99)}`, "150 ms"),
      row("compile of the agreement that 1,000 rules name", ms(compile.heaviest), "150 ms"),
      row("a decision from a compiled grant", `${shown(decisionNs)} ns`, "100 ns"),
      row("`enforceSync` of node-casbin, same rules", ms(enforceNs / 1e6)),
      row("ratio of the two", `${shown(enforceNs / decisionNs)}`, "10,000"),
      row("heap of a loaded version", `${shown(decide.versionMb)} MB`),
      row(`heap of ${decide.compiled} remembered grants`, `${shown(decide.grantsMb)} MB`),
    ],
  );
  const { before, during, visibleMs } = reload;
  const two = markdownTable(
    ["reload under load", "no change", "versions changing"],
    [
      ["requests answered, each as checked", shown(before.answered), shown(during.answered)],
      ["p50 / p99, ms", `${shown(before.p50)} / ${shown(before.p99)}`, `${shown(during.p50)} / ${shown(during.p99)}`],
      ["longest, ms", shown(before.longest), shown(during.longest)],
      [
        "from commit to an answer by the new version, median / longest, ms (target 1,000)",
        "",
        `${shown(median(visibleMs))} / ${shown(percentile(visibleMs, 1))}`,
      ],
      ["gateway's most memory, MB (target 1,024)", "", shown(reload.maxRssMegabytes)],
    ],
  );
  const processor = cpus()[0]?.model.trim() ?? "unknown processor";
  const conditions =
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${processor}, Node ${process.versions.node}. ` +
    `${decide.rules.toLocaleString("en")} rules and ${decide.memberships.toLocaleString("en")} group lines, ` +
    `${scale.agreements.toLocaleString("en")} agreements, ${decide.fields} fields. ${decide.compared} answers of ` +
    `\`enforceSync\` over all rules were compared with the grants: equal. ${visibleMs.length} reloads, ` +
    `${reload.connections} connections. The machine is shared: times vary by a factor of two and more.`;
  return [conditions, one, two].join("\n\n");
}
