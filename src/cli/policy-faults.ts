// Faults of the town's files as the commands tell them.
import type { FileFault } from "../terms/index.js";

export const colourOf = ({ severity }: FileFault): "red" | "yellow" => (severity === "fault" ? "red" : "yellow");

export function countOf(faults: readonly FileFault[]): string {
  const warnings = faults.filter(({ severity }) => severity === "warning").length;
  const count = (number: number, what: string): string =>
    `${number === 0 ? "No" : number} ${what}${number === 1 ? "" : "s"}`;
  return `${count(faults.length - warnings, "fault")}, ${count(warnings, "warning").toLowerCase()}`;
}
