// Changing the text of rule and test files, line by line: comments and the rest of each file stay as people wrote them.
import { matchedCoordinates, type AllowRule, type PolicyVersion, type TestFailure } from "../policy/index.js";

/** Texts by path from the town folder. */
export type Files = ReadonlyMap<string, string>;

/**
 * The rule files without what opens these fields: a rule that names one of them goes, one that opens them with others
 * (`CarPark.*`, `@contact`) becomes a rule for each of the others.
 */
export function withoutFields(version: PolicyVersion, rules: readonly AllowRule[], fields: ReadonlySet<string>): Files {
  const byFile = new Map<string, Map<number, readonly string[]>>();
  for (const rule of rules) {
    const kept = matchedCoordinates(rule.field, version.catalogue).filter((coordinate) => !fields.has(coordinate));
    const raw = lineOf(version.content.files, rule);
    const lines = byFile.get(rule.ref.file) ?? new Map<number, readonly string[]>();
    byFile.set(
      rule.ref.file,
      lines.set(
        rule.ref.line,
        kept.map((coordinate) => withField(raw, coordinate)),
      ),
    );
  }
  return new Map([...byFile].map(([file, lines]) => [file, replaced(version.content.files.get(file) ?? "", lines)]));
}

const lineOf = (files: Files, { ref }: AllowRule): string => files.get(ref.file)?.split("\n")[ref.line - 1] ?? "";

/** The fourth column, spaces around it as they were. */
function withField(raw: string, field: string): string {
  const cells = raw.split(",");
  const was = cells[3] ?? "";
  const name = was.trim();
  cells[3] = was.replace(name, () => field);
  return cells.join(",");
}

/** @param lines what stands in place of a line, by its number from 1 */
function replaced(text: string, lines: ReadonlyMap<number, readonly string[]>): string {
  return text
    .split("\n")
    .flatMap((line, at) => lines.get(at + 1) ?? [line])
    .join("\n");
}

/**
 * A test that wants the field shared, made to want it refused; null where the expectation is not one line about this
 * field alone, so that people have to decide.
 */
export function expectingRefusal(tests: Files, { at, coordinate }: TestFailure): Files | null {
  const text = tests.get(at.file);
  const line = text?.split("\n")[at.line - 1];
  if (text === undefined || line === undefined) return null;
  const written = /^(\s*)(["']?)([A-Za-z0-9_.]+)\2:[ \t]+\S[^#]*?(\r?)$/.exec(line);
  if (written === null || written[3] !== coordinate || isOpened(line)) return null;
  const [, indent = "", quote = "", , ending = ""] = written;
  const edited = `${indent}${quote}${coordinate}${quote}: refused${ending}`;
  return new Map(tests).set(at.file, replaced(text, new Map([[at.line, [edited]]])));
}

/** The value goes on below: `{` that is not closed, or `|`. */
const isOpened = (line: string): boolean =>
  (line.match(/\{/g)?.length ?? 0) !== (line.match(/\}/g)?.length ?? 0) || /[|>&*]/.test(line);
