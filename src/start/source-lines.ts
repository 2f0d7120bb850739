// What the operator's terminal says of a tenant's sources, each thing once. Never a value (law 11): failures hold our words
// and services' codes.
import type { CircuitChange, SourceReports } from "../sources/index.js";
import { formatFault, type TenantName } from "../terms/index.js";

export function sourceReports(tenant: TenantName, report: (line: string) => void): SourceReports {
  return {
    faults: (source, file, faults) => {
      for (const fault of faults) report(formatFault(fault));
      report(`${tenant}: source ${source}: ${file} ${faults.length === 0 ? "is read" : "cannot be taken as it is"}`);
    },
    circuit: (change) => report(`${tenant}: ${circuitLine(change, new Date())}`),
  };
}

function circuitLine({ source, from, open, failure, openMs }: CircuitChange, at: Date): string {
  const what = `source ${source}${from === null ? "" : `, ${from}`}`;
  if (!open) return `${what}: answers again, after ${String(Math.max(1, Math.round(openMs / 1_000)))} s`;
  const why = failure === null ? "" : ` (${failure.reason}: ${failure.detail})`;
  const since = `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return `${what}: fails since ${since}${why}; it is left alone, and tried again now and then`;
}
