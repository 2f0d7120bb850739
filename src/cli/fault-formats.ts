// Faults as other programs read them: code hosts and editors show them at their line.
import { packageVersion } from "./version.js";
import { formatFault, type FileFault } from "../terms/index.js";

/** What is told beside the faults. */
export interface FaultReport {
  readonly faults: readonly FileFault[];
  /** Null where everything could be compared. */
  readonly notChecked: string | null;
}

/** The message with what was probably meant, without the place. */
function messageOf({ message, suggestion }: FileFault): string {
  return suggestion === undefined ? message : `${message} (did you mean "${suggestion}"?)`;
}

/** In words, from a code such as `unknown-field`. */
function titleOf(code: string): string {
  const words = code.replaceAll("-", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** GitHub's workflow commands: `::error file=…,line=…,col=…,endColumn=…,title=…::message`, a line each. */
export function githubLines(faults: readonly FileFault[]): string[] {
  return faults.map((fault) => {
    const { severity, file, line, column, endColumn, code } = fault;
    const properties = {
      file,
      line,
      col: column,
      ...(endColumn === undefined ? {} : { endColumn }),
      title: titleOf(code),
    };
    const written = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
    return `::${severity === "fault" ? "error" : "warning"} ${written.join(",")}::${data(messageOf(fault))}`;
  });
}

/** As actions/toolkit escapes them (packages/core/src/command.ts): `%` first, or the others would be escaped twice. */
const data = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** SARIF 2.1.0 (OASIS), one run; columns count UTF-16 units, as ours do. */
export function sarifLog({ faults, notChecked }: FaultReport): object {
  const codes = [...new Set(faults.map(({ code }) => code))].sort();
  const rule = (id: string): object => ({
    id,
    shortDescription: { text: titleOf(id) },
    fullDescription: { text: titleOf(id) },
  });
  const notifications =
    notChecked === null ? [] : [{ level: "warning", message: { text: notChecked }, descriptor: { id: "not-checked" } }];
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "passerelle policy check", version: packageVersion(), rules: codes.map(rule) } },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications }],
        results: faults.map((fault) => resultOf(fault, codes)),
      },
    ],
  };
}

function resultOf(fault: FileFault, codes: readonly string[]): object {
  const { severity, code, file, line, column, endColumn } = fault;
  const region = { startLine: line, startColumn: column, ...(endColumn === undefined ? {} : { endColumn }) };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity === "fault" ? "error" : "warning",
    message: { text: messageOf(fault) },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, region } }],
  };
}

/** RFC 3986: a relative reference, from the folder where the command runs. */
const uriOf = (file: string): string => file.split("/").map(encodeURIComponent).join("/");

/** Longer lines are shown around the fault. */
const widest = 160;

/**
 * For people: the fault, then its line with the place underlined.
 * @param text of the fault's file; undefined where it could not be read
 */
export function underlined(fault: FileFault, text: readonly string[] | undefined): string[] {
  const told = formatFault(fault);
  const line = text?.[fault.line - 1]?.replace(/\r$/, "");
  if (line === undefined || line.trim() === "") return [told];
  const start = Math.min(fault.column - 1, line.length);
  const end = Math.max(start + 1, (fault.endColumn ?? fault.column + 1) - 1);
  const from = start < widest - 20 ? 0 : start - 20;
  const shown = line.slice(from, from + widest);
  // A tab before the place stays one, so that the mark stands under it at any width.
  const before = visible(line.slice(from, start)).replace(/[^\t]/g, " ");
  const marked = visible(line.slice(start, Math.min(end, from + widest))).length;
  // Not blanks alone before it: a CI's runner takes a line that begins with `::` for a command, blanks or not.
  return [told, `  | ${visible(shown)}`, `  | ${before}${"^".repeat(Math.max(1, marked))}`];
}

/** A character that would move the mark, or the cursor, is shown by its number. */
const visible = (text: string): string =>
  text.replace(/[^\t\x20-\x7e\u00a1-\u024f\u0370-\u04ff\u2010-\u2027\u2030-\u205e]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
