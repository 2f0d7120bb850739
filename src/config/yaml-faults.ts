// gateway.yaml as text → a plain value, and every mistake at its line and column.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import type * as z from "zod";
import { nearest, type FileFault } from "../terms/index.js";

export interface YamlFile {
  readonly value: unknown;
  readonly faults: readonly FileFault[];
  /** Faults of what zod found wrong with `value`. */
  explain(issues: readonly z.core.$ZodIssue[], jsonSchema: Record<string, unknown>): readonly FileFault[];
  /** Where a key stands, or the nearest of its parents that is there. */
  placeOf(path: readonly string[]): Place;
}

/** As in FileFault. */
export type Place = Pick<FileFault, "line" | "column" | "endColumn">;

export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults: FileFault[] = [...document.errors, ...document.warnings].map((error) =>
    fault(file, lines, error.pos, "yaml", `not readable as YAML: ${error.message}`),
  );
  let value: unknown = null;
  try {
    // The bound keeps a file of nested aliases from growing without end.
    if (faults.length === 0) value = document.toJS({ maxAliasCount: 50 }) as unknown;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    faults.push(fault(file, lines, [0, 0], "yaml", "not readable as YAML: its aliases cannot be followed"));
  }
  return {
    value,
    faults,
    explain: (issues, jsonSchema) =>
      issues.flatMap((issue) =>
        explainIssue(issue, document, jsonSchema).map((found) =>
          fault(file, lines, found.range, found.code, found.message, found.suggestion),
        ),
      ),
    placeOf: (path) => placeAt(lines, locate(document, path).key),
  };
}

type Range = readonly [start: number, end: number];

function fault(
  file: string,
  lines: LineCounter,
  range: Range,
  code: string,
  message: string,
  suggestion?: string,
): FileFault {
  const meant = suggestion === undefined ? {} : { suggestion };
  return { severity: "fault", code, file, ...placeAt(lines, range), message, ...meant };
}

function placeAt(lines: LineCounter, [start, end]: Range): Place {
  const from = lines.linePos(start);
  const to = lines.linePos(end);
  const place = { line: Math.max(1, from.line), column: Math.max(1, from.col) };
  return to.line === from.line && to.col > from.col ? { ...place, endColumn: to.col } : place;
}

const emptyFile =
  'the file is empty: it needs at least "tenants:", in it a tenant\'s name, such as "rivemont:", and in that "displayName:", "contact:" and "sources:"';

interface Explained {
  readonly range: Range;
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

function explainIssue(
  issue: z.core.$ZodIssue,
  document: Document,
  jsonSchema: Record<string, unknown>,
): readonly Explained[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(jsonSchema, path, document);
    return issue.keys.map((key) => ({
      range: locate(document, [...path, key]).key,
      code: "unknown-key",
      message: `unknown key "${key}"`,
      suggestion: nearest(key, known),
    }));
  }
  const place = locate(document, path);
  if (issue.code === "custom" && issue.params?.["onKey"] === true) {
    return [{ range: place.key, code: "name", message: `"${path.at(-1) ?? ""}": ${issue.message}` }];
  }
  if (path.length === 0 && place.empty) return [{ range: [0, 0], code: "missing-value", message: emptyFile }];
  const named = path.join(".");
  // A cross-check can be about a value that a default gave: then it is told at the parent.
  if (!place.found && issue.code === "custom") {
    return [{ range: place.key, code: "value", message: `"${named}": ${issue.message}` }];
  }
  if (!place.found) return [{ range: place.key, code: "missing-key", message: `"${named}" is missing` }];
  if (place.empty) return [{ range: place.key, code: "missing-value", message: `"${named}" has no value` }];
  return [{ range: place.value, ...wording(issue, named, place.text) }];
}

function wording(issue: z.core.$ZodIssue, named: string, written: string): Omit<Explained, "range"> {
  switch (issue.code) {
    case "invalid_type": {
      const what = named === "" ? "the file" : `"${named}"`;
      return { code: "value-type", message: `${what} must be ${kinds[issue.expected] ?? issue.expected}` };
    }
    case "invalid_value":
      return oneOf(issue.values.map(String), named, written);
    case "invalid_union":
      // No kind of that name: zod says which there are.
      if ("options" in issue) return oneOf(issue.options.map(String), named, written);
      return { code: "value", message: `"${named}": ${issue.message}` };
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? { code: "value", message: `"${named}" must not be empty` }
        : { code: "value", message: `"${named}" must be at least ${String(issue.minimum)}` };
    case "too_big":
      return { code: "value", message: `"${named}" must be at most ${String(issue.maximum)}` };
    case "custom": {
      const suggestion: unknown = issue.params?.["suggestion"];
      return {
        code: "value",
        message: `"${named}": ${issue.message}`,
        ...(typeof suggestion === "string" ? { suggestion } : {}),
      };
    }
    default:
      return { code: "value", message: `"${named}": ${issue.message}` };
  }
}

const oneOf = (values: readonly string[], named: string, written: string): Omit<Explained, "range"> => ({
  code: "value",
  message: `"${named}" must be ${values.length === 1 ? "" : "one of "}${values.join(", ")}`,
  suggestion: nearest(written, values),
});

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  int: "a whole number",
  number: "a whole number",
  array: "a list",
  object: "a mapping (key: value)",
  record: "a mapping (key: value)",
};

interface Located {
  readonly found: boolean;
  readonly empty: boolean;
  /** The key, or where it should be: the nearest parent that exists. */
  readonly key: Range;
  readonly value: Range;
  /** The value as written, of a scalar. */
  readonly text: string;
}

function locate(document: Document, path: readonly string[]): Located {
  let node = resolved(document.contents, document);
  let key: Range = [0, 0];
  for (const [depth, step] of path.entries()) {
    const next = child(node, step);
    if (next === null) {
      const parent = depth === 0 ? ([0, 0] as const) : key;
      return { found: false, empty: false, key: parent, value: parent, text: "" };
    }
    key = next.key;
    node = resolved(next.value, document);
  }
  const empty = node === null || (isScalar(node) && node.value === null);
  return { found: true, empty, key, value: rangeOf(node) ?? key, text: isScalar(node) ? String(node.value) : "" };
}

function child(node: Node | null, step: string): { readonly key: Range; readonly value: Node | null } | null {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? null : { key: rangeOf(item) ?? [0, 0], value: item };
  }
  if (!isMap<Node, Node | null>(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
  return pair === undefined ? null : { key: rangeOf(pair.key) ?? [0, 0], value: pair.value };
}

const resolved = (node: Node | null, document: Document): Node | null =>
  isAlias(node) ? (node.resolve(document) ?? null) : node;

const rangeOf = (node: Node | null): Range | null => (node?.range ? [node.range[0], node.range[1]] : null);

/** The keys that may stand at a path, read from the JSON Schema. */
function knownKeys(schema: Record<string, unknown>, path: readonly string[], document: Document): readonly string[] {
  let at: unknown = schema;
  for (const [depth, step] of path.entries()) {
    const properties = property(at, "properties");
    const next = property(properties, step) ?? property(at, "additionalProperties") ?? property(at, "items");
    at = branch(next, document, path.slice(0, depth + 1));
  }
  return Object.keys(property(at, "properties") ?? {});
}

/** Of shapes that one key tells apart (`kind` of a source), the one that is written. */
function branch(schema: unknown, document: Document, path: readonly string[]): unknown {
  const branches = Object.values(property(schema, "oneOf") ?? {});
  const isWritten = (candidate: unknown) =>
    Object.entries(property(candidate, "properties") ?? {}).some(([key, value]: [string, unknown]) => {
      const constant: unknown = typeof value === "object" && value !== null && "const" in value ? value.const : null;
      return typeof constant === "string" && locate(document, [...path, key]).text === constant;
    });
  return branches.find(isWritten) ?? schema;
}

function property(value: unknown, key: string): Record<string, unknown> | null {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
  const found: unknown = (value as Record<string, unknown>)[key];
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : null;
}
