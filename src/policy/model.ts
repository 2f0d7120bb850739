// `policies/model.conf` belongs to the product: it says what a rule means, so a changed one would change every rule.
import type { FileFault } from "../terms/index.js";
import { modelPath } from "./content.js";

export const modelText = `[request_definition]
r = app, purpose, field
[policy_definition]
p = app, purpose, field, rows, mask, eft
[role_definition]
g = _, _
g2 = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (p.app == "*" || g(r.app, p.app)) && (p.purpose == "*" || r.purpose == p.purpose) && (keyMatch(r.field, p.field) || g2(r.field, p.field))
`;

/** Empty when the text is the product's own (line ends of Windows aside). */
export function checkModel(text: string | undefined): FileFault[] {
  if (text === undefined) {
    return [
      modelFault(1, 1, "this file is missing; restore it from the product (it says what a rule means)", undefined),
    ];
  }
  const found = text.replaceAll("\r\n", "\n");
  if (found === modelText) return [];
  const expected = modelText.split("\n");
  const lines = found.split("\n");
  const index = Array.from({ length: Math.max(expected.length, lines.length) }, (_, at) => at).find(
    (at) => lines[at] !== expected[at],
  );
  const at = index ?? 0;
  const line = lines[at] ?? "";
  const wanted = expected[at];
  const column = firstDifference(line, wanted ?? "") + 1;
  const message =
    lines[at] === undefined || (at === lines.length - 1 && line === "" && wanted !== undefined)
      ? "this file ends too early; it belongs to the product and cannot be changed"
      : "this file belongs to the product and cannot be changed; write rules in the .csv files";
  return [modelFault(at + 1, column, message, wanted === "" ? undefined : wanted)];
}

function modelFault(line: number, column: number, message: string, suggestion: string | undefined): FileFault {
  const fault = { severity: "fault", code: "model-changed", file: modelPath, line, column, message } as const;
  return suggestion === undefined ? fault : { ...fault, suggestion };
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}
