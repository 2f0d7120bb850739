// Lines of cells → rules whose shape is right. Names are looked up afterwards, in `check-names.ts`.
import type { Cell, CsvLine } from "./csv-lines.js";
import { meant } from "./did-you-mean.js";
import type { FaultList } from "./faults.js";
import { filterName } from "./filters-read.js";
import type { FilterName, Mask, RowRule } from "./grant.js";
import { maskForms, maskKinds, readMask } from "./masks.js";
import type { Membership, Rule } from "./rules.js";

/** A rule with the cells it came from, for the positions of later faults. */
export class RuleLine {
  constructor(
    readonly line: CsvLine,
    readonly rule: Rule,
  ) {}

  /** Looked up where there is a fault to place: kept for every line, they would be most of what a check holds. */
  get cells(): RuleCells {
    const [, application = none, purpose = none, field = none, rows = none, mask = none, effect = none] =
      this.line.cells;
    return { application, purpose, field, rows, mask, effect };
  }
}

export class MembershipLine {
  constructor(
    readonly line: CsvLine,
    readonly membership: Membership,
  ) {}

  get cells(): { readonly application: Cell; readonly group: Cell } {
    const [, application = none, group = none] = this.line.cells;
    return { application, group };
  }
}

const none: Cell = { text: "", column: 1, endColumn: 1 };

interface RuleCells {
  readonly application: Cell;
  readonly purpose: Cell;
  readonly field: Cell;
  readonly rows: Cell;
  readonly mask: Cell;
  readonly effect: Cell;
}

const ruleColumns = "p, app, purpose, field, rows, mask, eft";
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const groupPattern = /^group:[A-Za-z0-9][A-Za-z0-9._-]*$/;
const fieldPattern = /^(?:[A-Za-z_][A-Za-z0-9_]*\.(?:[A-Za-z_][A-Za-z0-9_]*|\*)|@[A-Za-z_][A-Za-z0-9_-]*|\*)$/;

/** Null where the line has faults that leave no rule. */
export function readLine(line: CsvLine, faults: FaultList): RuleLine | MembershipLine | null {
  const all = line.cells;
  const [section, ...cells] = all;
  if (section === undefined) return null;
  if (section.text === "p") return hasColumns(line, all, 7, ruleColumns, faults) ? readRule(line, cells, faults) : null;
  if (section.text === "g") {
    return hasColumns(line, all, 3, "g, app, group:name", faults) ? readMembership(line, cells, faults) : null;
  }
  if (section.text === "g2") {
    const message = "field groups are defined by @group in schema.graphql only";
    faults.at(line, section, "fault", "field-group-in-file", message);
  } else {
    const suggestion = /^[pg]/i.exec(section.text)?.[0].toLowerCase();
    const message = "a line begins with `p,` (a rule) or `g,` (an application's group); Casbin would skip this one";
    faults.at(line, section, "fault", "unknown-section", message, suggestion);
  }
  return null;
}

function hasColumns(line: CsvLine, cells: readonly Cell[], count: number, columns: string, faults: FaultList): boolean {
  const extra = cells[count];
  const found = cells.length;
  if (extra !== undefined) {
    const whole = { ...extra, endColumn: line.end };
    faults.at(line, whole, "fault", "extra-column", `${found} columns instead of ${count}: ${columns}`);
    return false;
  }
  if (found < count) {
    const end = { text: "", column: line.end, endColumn: line.end };
    faults.at(line, end, "fault", "missing-column", `${found} columns instead of ${count}: ${columns}`);
    return false;
  }
  const empty = cells.filter((cell) => cell.text === "");
  for (const cell of empty)
    faults.at(line, cell, "fault", "empty-column", `an empty column; the columns are ${columns}`);
  return empty.length === 0;
}

function readRule(line: CsvLine, columns: readonly Cell[], faults: FaultList): RuleLine | null {
  const [application, purpose, field, rows, mask, effect] = columns;
  if (!application || !purpose || !field || !rows || !mask || !effect) return null;
  const named = [
    isApplication(line, application, faults),
    isPurpose(line, purpose, faults),
    isField(line, field, faults),
  ].every(Boolean);
  const parts = { ref: line.ref, application: application.text, purpose: purpose.text, field: field.text };
  if (effect.text === "deny") {
    const bare = [isBare(line, rows, "rows", faults), isBare(line, mask, "mask", faults)].every(Boolean);
    return named && bare ? new RuleLine(line, { ...parts, effect: "deny", rows: "-", mask: "-" }) : null;
  }
  if (effect.text !== "allow") {
    const suggestion = meant(effect.text, ["allow", "deny"]);
    faults.at(
      line,
      effect,
      "fault",
      "unknown-effect",
      "the last column is `allow` or `deny`, nothing else",
      suggestion,
    );
    return null;
  }
  if (field.text === "*") {
    faults.at(line, field, "fault", "wildcard-in-allow", "`*` for all fields may only stand in a deny");
    return null;
  }
  const known = checkMask(line, mask, faults);
  const which = readRows(line, rows, faults);
  if (!named || known === null || which === null) return null;
  return new RuleLine(line, { ...parts, effect: "allow", rows: which, mask: known });
}

function isApplication(line: CsvLine, cell: Cell, faults: FaultList): boolean {
  if (cell.text === "*" || namePattern.test(cell.text) || groupPattern.test(cell.text)) return true;
  const message = "the application is a name, `group:name` or `*` for all; a `*` inside a name matches nothing";
  faults.at(line, cell, "fault", "malformed-application", message);
  return false;
}

function isPurpose(line: CsvLine, cell: Cell, faults: FaultList): boolean {
  if (cell.text === "*" || namePattern.test(cell.text)) return true;
  faults.at(line, cell, "fault", "malformed-purpose", "the purpose is a name of gateway.yaml, or `*` for all");
  return false;
}

function isField(line: CsvLine, cell: Cell, faults: FaultList): boolean {
  if (fieldPattern.test(cell.text)) return true;
  const message = "a field is written `Type.field`, `Type.*`, `@group`, or in a deny `*`";
  const suggestion = /^[A-Z][A-Za-z0-9_]*\*?$/.test(cell.text) ? `${cell.text.replace("*", "")}.*` : undefined;
  faults.at(line, cell, "fault", "malformed-field", message, suggestion);
  return false;
}

function isBare(line: CsvLine, cell: Cell, column: "rows" | "mask", faults: FaultList): boolean {
  if (cell.text === "-") return true;
  const message = `a deny holds for all rows, whatever the mask: its ${column} column is \`-\``;
  faults.at(line, cell, "fault", `${column}-in-deny`, message, "-");
  return false;
}

/** Whether there is a filter of that name is looked up with the other names. */
function readRows(line: CsvLine, cell: Cell, faults: FaultList): RowRule | null {
  const { text } = cell;
  if (text === "all" || text === "own") return text;
  if (filterName.test(text)) return text as FilterName;
  if (text === "-") {
    const message = "an allow says for which rows: `all`, `own`, or a filter of filters.yaml";
    faults.at(line, cell, "fault", "rows-missing", message, "all");
    return null;
  }
  const message = `unknown rows "${text}"; they are \`all\`, \`own\`, or the name of a filter: small letters, digits and "-"`;
  faults.at(line, cell, "fault", "unknown-rows", message, meant(text, ["all", "own"]));
  return null;
}

function checkMask(line: CsvLine, cell: Cell, faults: FaultList): Mask | null {
  const known = readMask(cell.text);
  if (known !== null) return known;
  const [name = "", number] = cell.text.split(":", 2);
  const kind = maskKinds.find((each) => each.name === name);
  if (kind === undefined) {
    const near = meant(
      name,
      maskKinds.map((each) => each.name),
    );
    const suggestion = near === undefined || number === undefined ? near : `${near}:${number}`;
    const message = `unknown mask "${cell.text}"; there are ${maskForms.map((form) => `\`${form}\``).join(", ")}`;
    faults.at(line, cell, "fault", "unknown-mask", message, suggestion);
  } else if (kind.number === null) {
    faults.at(line, cell, "fault", "mask-number", `the mask \`${name}\` takes no number`, name);
  } else {
    const { least, most } = kind.number;
    const message = `the mask \`${name}\` is written \`${name}:n\`, n a whole number from ${least} to ${most}`;
    faults.at(line, cell, "fault", "mask-number", message);
  }
  return null;
}

function readMembership(line: CsvLine, columns: readonly Cell[], faults: FaultList): MembershipLine | null {
  const [application, group] = columns;
  if (!application || !group) return null;
  if (application.text.startsWith("group:")) {
    const message = "groups do not hold groups: write one line for each application";
    faults.at(line, application, "fault", "nested-group", message);
    return null;
  }
  if (!namePattern.test(application.text)) {
    faults.at(line, application, "fault", "malformed-application", "the application is a name, without `*`");
    return null;
  }
  if (!groupPattern.test(group.text)) {
    const suggestion = namePattern.test(group.text) ? `group:${group.text}` : undefined;
    faults.at(line, group, "fault", "malformed-group", "a group is written `group:name`", suggestion);
    return null;
  }
  const membership = { ref: line.ref, application: application.text, group: group.text };
  return new MembershipLine(line, membership);
}
