// A file of policy tests → tests, and every mistake in it at its line and column. Strict like the rules (law 7): a test
// that is misread holds nothing.
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair, type YAMLMap } from "yaml";
import type { FileFault } from "../terms/index.js";
import { meant } from "./did-you-mean.js";
import type { RefusalReason } from "./explain.js";
import { maskForms, maskKinds, readMask } from "./masks.js";

/** Where something is written in a test file; 1-based. */
export interface TestPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Exclusive. */
  readonly endColumn: number;
}

/** A text of the file and its place. */
export interface Written {
  readonly text: string;
  readonly at: TestPlace;
}

export interface Expectation {
  /** `Resident.email`, `Resident.*`, `@contact`, or `everything else`. */
  readonly field: Written;
  /** What is not said of a shared field is the widest: all rows, no mask. So a test never passes a mask unseen. */
  readonly expected:
    | { readonly shared: true; readonly rows: string; readonly mask: string }
    | { readonly shared: false; readonly reason: RefusalReason | null };
  /** The rule that must decide: its file, `file:line`, or the line itself; null: any. */
  readonly rule: Written | null;
}

export interface PolicyTest {
  readonly name: Written;
  /** A name, `*` for each, or `anyone else`: one that no rule names. */
  readonly application: Written;
  /** A name, or `*` for each. */
  readonly purpose: Written;
  /** What the agreement lists; null: every field, so that the rules alone decide. */
  readonly agreement: readonly Written[] | null;
  readonly expectations: readonly Expectation[];
}

export const everythingElse = "everything else";
export const anyoneElse = "anyone else";

const reasons: readonly RefusalReason[] = ["denied", "no-rule", "not-in-agreement", "dataset-not-shared"];
const effects: readonly string[] = ["shared", "refused", ...reasons];

/** Faults refuse the whole file: then it holds no tests. */
export function readPolicyTests(file: string, text: string): { tests: PolicyTest[]; faults: FileFault[] } {
  const reader = new TestReader(file, text);
  const tests = reader.read();
  return reader.faults.length > 0 ? { tests: [], faults: reader.faults } : { tests, faults: [] };
}

type Entries = ReadonlyMap<string, { readonly key: Written; readonly value: Node | null }>;

class TestReader {
  readonly faults: FileFault[] = [];
  readonly #lines = new LineCounter();

  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  read(): PolicyTest[] {
    const document = parseDocument(this.text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of [...document.errors, ...document.warnings])
      this.#fault(this.#place(error.pos[0], error.pos[1]), "yaml", `not readable as YAML: ${wording(error)}`);
    if (this.faults.length > 0) return [];
    const whole = this.#place(0, 0);
    const top = this.#entries(document.contents, whole, "the file", ["tests"], ["tests"]);
    const list = top?.get("tests");
    if (list === undefined) return [];
    if (!isSeq<Node>(list.value) || list.value.items.length === 0) {
      this.#fault(list.key.at, "value-type", '"tests" must be a list of tests, each beginning with `- name:`');
      return [];
    }
    return list.value.items.flatMap((item) => this.#test(item) ?? []);
  }

  #test(node: Node): PolicyTest | null {
    const keys = ["name", "application", "purpose", "agreement", "expect"];
    const required = ["name", "application", "purpose", "expect"];
    const entries = this.#entries(node, this.#placeOf(node), "a test", keys, required);
    if (entries === null) return null;
    const [name, application, purpose] = ["name", "application", "purpose"].map((key) => this.#text(entries, key));
    const agreement = this.#agreement(entries);
    const expectations = this.#expectations(entries);
    if (!name || !application || !purpose || agreement === undefined || expectations === null) return null;
    return { name, application, purpose, agreement, expectations };
  }

  /** undefined: a fault. */
  #agreement(entries: Entries): PolicyTest["agreement"] | undefined {
    const entry = entries.get("agreement");
    if (entry === undefined) return null;
    const { value } = entry;
    if (isScalar(value) && value.value === "all") return null;
    if (!isSeq<Node>(value)) {
      const message = '"agreement" is `all`, or the list of what it lists: Type.field, Type.* or "@group"';
      this.#fault(value === null ? entry.key.at : this.#placeOf(value), "value-type", message);
      return undefined;
    }
    return value.items.flatMap((item) => this.#written(item, "a field of the agreement") ?? []);
  }

  #expectations(entries: Entries): Expectation[] | null {
    const entry = entries.get("expect");
    if (entry === undefined) return null;
    if (!isMap<Node, Node | null>(entry.value) || entry.value.items.length === 0) {
      const message = `"expect" names fields and what becomes of each, such as \`Resident.email: refused\``;
      this.#fault(entry.key.at, "value-type", message);
      return null;
    }
    return entry.value.items.flatMap((pair) => this.#expectation(pair) ?? []);
  }

  #expectation({ key, value }: Pair<Node, Node | null>): Expectation | null {
    const field = this.#written(key, "a field");
    if (field === null) return null;
    if (value === null || (isScalar(value) && value.value === null)) {
      this.#fault(field.at, "missing-value", `say what becomes of ${field.text}: ${words(effects)}`);
      return null;
    }
    if (!isMap(value)) {
      const effect = this.#written(value, `what becomes of ${field.text}`);
      return effect === null ? null : this.#expected(field, effect, new Map());
    }
    const keys = ["effect", "rows", "mask", "rule"];
    const entries = this.#entries(value, field.at, `what becomes of ${field.text}`, keys, ["effect"]);
    const effect = entries === null ? null : this.#text(entries, "effect");
    return entries === null || effect === null ? null : this.#expected(field, effect, entries);
  }

  #expected(field: Written, effect: Written, entries: Entries): Expectation | null {
    if (!effects.includes(effect.text)) {
      const suggestion = meant(effect.text, effects);
      this.#fault(effect.at, "unknown-effect", `"${effect.text}" is none of ${words(effects)}`, suggestion);
      return null;
    }
    const rule = entries.has("rule") ? this.#text(entries, "rule") : null;
    if (effect.text === "shared") {
      const rows = entries.has("rows") ? this.#oneOf(entries, "rows", ["all"]) : "all";
      const mask = entries.has("mask") ? this.#mask(entries) : "-";
      return rows === null || mask === null ? null : { field, expected: { shared: true, rows, mask }, rule };
    }
    for (const key of ["rows", "mask"]) {
      const entry = entries.get(key);
      if (entry !== undefined) this.#fault(entry.key.at, "not-with-refused", `a refused field has no ${key}`);
    }
    const reason = reasons.find((known) => known === effect.text) ?? null;
    if (rule !== null && (reason === "no-rule" || reason === "dataset-not-shared"))
      this.#fault(rule.at, "not-with-refused", `no rule decides where the reason is ${reason}`);
    return { field, expected: { shared: false, reason }, rule };
  }

  #oneOf(entries: Entries, key: string, known: readonly string[]): string | null {
    const written = this.#text(entries, key);
    if (written === null || known.includes(written.text)) return written?.text ?? null;
    const message = `unknown ${key} "${written.text}"; there ${known.length === 1 ? "is" : "are"} ${words(known)}`;
    this.#fault(written.at, `unknown-${key}`, message, meant(written.text, known));
    return null;
  }

  #mask(entries: Entries): string | null {
    const written = this.#text(entries, "mask");
    if (written === null || readMask(written.text) !== null) return written?.text ?? null;
    const message = `unknown mask "${written.text}"; there are ${words(maskForms)}`;
    this.#fault(
      written.at,
      "unknown-mask",
      message,
      meant(
        written.text,
        maskKinds.map(({ name }) => name),
      ),
    );
    return null;
  }

  #text(entries: Entries, key: string): Written | null {
    const entry = entries.get(key);
    if (entry === undefined) return null;
    if (entry.value !== null) return this.#written(entry.value, `"${key}"`);
    this.#fault(entry.key.at, "missing-value", `"${key}" has no value`);
    return null;
  }

  #written(node: Node, what: string): Written | null {
    const at = this.#placeOf(node);
    if (isScalar(node) && typeof node.value === "string" && node.value.trim() !== "") return { text: node.value, at };
    this.#fault(at, "value-type", `${what} must be a text`);
    return null;
  }

  #entries(
    node: Node | null,
    at: TestPlace,
    what: string,
    known: readonly string[],
    required: readonly string[],
  ): Entries | null {
    if (!isMap<Node, Node | null>(node)) {
      this.#fault(at, "value-type", `${what} must be a mapping with ${words(required)}`);
      return null;
    }
    const entries = this.#known(node, what, known);
    for (const key of required.filter((name) => !entries.has(name)))
      this.#fault(at, "missing-key", `${what} needs "${key}"`);
    return entries;
  }

  #known(
    node: YAMLMap<Node, Node | null>,
    what: string,
    known: readonly string[],
  ): Map<string, { key: Written; value: Node | null }> {
    const entries = new Map<string, { key: Written; value: Node | null }>();
    for (const { key, value } of node.items) {
      const written = this.#written(key, "a key");
      if (written === null) continue;
      if (known.includes(written.text)) {
        const empty = isScalar(value) && value.value === null;
        entries.set(written.text, { key: written, value: empty ? null : value });
        continue;
      }
      const message = `unknown key "${written.text}"; ${what} has ${words(known)}`;
      this.#fault(written.at, "unknown-key", message, meant(written.text, known));
    }
    return entries;
  }

  #placeOf(node: Node): TestPlace {
    return this.#place(node.range?.[0] ?? 0, node.range?.[1] ?? 0);
  }

  #place(start: number, end: number): TestPlace {
    const from = this.#lines.linePos(start);
    const to = this.#lines.linePos(end);
    const [line, column] = [Math.max(1, from.line), Math.max(1, from.col)];
    return { file: this.file, line, column, endColumn: to.line === line ? Math.max(column, to.col) : column };
  }

  #fault(at: TestPlace, code: string, message: string, suggestion?: string): void {
    const fault = { severity: "fault", code, ...at, message } as const;
    this.faults.push(suggestion === undefined ? fault : { ...fault, suggestion });
  }
}

/** `*` alone is how YAML refers to another place of the file. */
const wording = (error: { readonly code: string; readonly message: string }): string =>
  error.code === "BAD_ALIAS" ? 'write "*" between quotes' : error.message;

const words = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
