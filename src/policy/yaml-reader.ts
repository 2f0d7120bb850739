// YAML with the place of everything in it: what the readers of YAML files in a town's policies have in common. Strict
// like the rules (law 7): an unknown key is a fault, and so is what YAML reads otherwise than it looks.
import { isAlias, isMap, isScalar, LineCounter, parseDocument, type Node, type Pair, type YAMLMap } from "yaml";
import type { FileFault } from "../terms/index.js";
import { meant } from "./did-you-mean.js";

/** Where something is written; 1-based. */
export interface YamlPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Exclusive. */
  readonly endColumn: number;
}

/** A text of the file and its place. */
export interface Written {
  readonly text: string;
  readonly at: YamlPlace;
}

export type Entries = ReadonlyMap<string, { readonly key: Written; readonly value: Node | null }>;
export type YamlPair = Pair<Node, Node | null>;

export class YamlReader {
  readonly faults: FileFault[] = [];
  readonly #lines = new LineCounter();

  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  /** Null where it is empty, or not readable as YAML: then there are faults. */
  protected parse(): Node | null {
    const document = parseDocument(this.text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of [...document.errors, ...document.warnings])
      this.fault(this.place(error.pos[0], error.pos[1]), "yaml", `not readable as YAML: ${wording(error)}`);
    // Under YAML 1.1 `no` is false and 12:30 a number of seconds.
    if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== "1.2")
      this.fault(this.place(0, 0), "yaml", "this file is read as YAML 1.2: delete the line `%YAML`");
    return this.faults.length > 0 ? null : document.contents;
  }

  protected textOf(entries: Entries, key: string): Written | null {
    const entry = entries.get(key);
    if (entry === undefined) return null;
    if (entry.value !== null) return this.written(entry.value, `"${key}"`);
    this.fault(entry.key.at, "missing-value", `"${key}" has no value`);
    return null;
  }

  protected written(node: Node, what: string): Written | null {
    const at = this.placeOf(node);
    if (isScalar(node) && typeof node.value === "string" && node.value.trim() !== "") return { text: node.value, at };
    this.fault(at, "value-type", `${what} must be a text`);
    return null;
  }

  /** @param known null: any key */
  protected entries(
    node: Node | null,
    at: YamlPlace,
    what: string,
    known: readonly string[] | null,
    required: readonly string[],
  ): Entries | null {
    if (!isMap<Node, Node | null>(node)) {
      const needs = required.length === 0 ? "" : ` with ${words(required)}`;
      this.fault(at, "value-type", `${what} must be a mapping${needs}`);
      return null;
    }
    const entries = this.#known(node, what, known);
    for (const key of required.filter((name) => !entries.has(name)))
      this.fault(at, "missing-key", `${what} needs "${key}"`);
    return entries;
  }

  #known(
    node: YAMLMap<Node, Node | null>,
    what: string,
    known: readonly string[] | null,
  ): Map<string, { key: Written; value: Node | null }> {
    const entries = new Map<string, { key: Written; value: Node | null }>();
    for (const { key, value } of node.items) {
      const written = this.written(key, "a key");
      if (written === null) continue;
      if (known === null || known.includes(written.text)) {
        const empty = isScalar(value) && value.value === null;
        entries.set(written.text, { key: written, value: empty ? null : value });
        continue;
      }
      const message = `unknown key "${written.text}"; ${what} has ${words(known)}`;
      this.fault(written.at, "unknown-key", message, meant(written.text, known));
    }
    return entries;
  }

  placeOf(node: Node): YamlPlace {
    return this.place(node.range?.[0] ?? 0, node.range?.[1] ?? 0);
  }

  protected place(start: number, end: number): YamlPlace {
    const from = this.#lines.linePos(start);
    const to = this.#lines.linePos(end);
    const [line, column] = [Math.max(1, from.line), Math.max(1, from.col)];
    return { file: this.file, line, column, endColumn: to.line === line ? Math.max(column, to.col) : column };
  }

  fault(at: YamlPlace, code: string, message: string, suggestion?: string): void {
    const fault = { severity: "fault", code, ...at, message } as const;
    this.faults.push(suggestion === undefined ? fault : { ...fault, suggestion });
  }
}

export const isReference = (node: Node | null): boolean => isAlias(node);

/** `*` alone is how YAML refers to another place of the file. */
const wording = (error: { readonly code: string; readonly message: string }): string =>
  error.code === "BAD_ALIAS" ? 'write "*" between quotes' : error.message;

/** `a`, `b` */
export const words = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
