// A file of policy tests → tests, and every mistake in it at its line and column. Strict like the rules (law 7): a test
// that is misread holds nothing.
import { isMap, isScalar, isSeq, type Node } from "yaml";
import type { FileFault } from "../terms/index.js";
import { meant } from "./did-you-mean.js";
import type { RefusalReason } from "./explain.js";
import { filterName } from "./filters-read.js";
import { maskForms, maskKinds, readMask } from "./masks.js";
import { words, YamlReader, type Entries, type Written, type YamlPair, type YamlPlace } from "./yaml-reader.js";

export type { Written } from "./yaml-reader.js";
export type TestPlace = YamlPlace;

export interface Expectation {
  /** `Resident.email`, `Resident.*`, `@contact`, or `everything else`. */
  readonly field: Written;
  /** What is not said of a shared field is the widest: all rows, no mask. So a test never passes a mask unseen. */
  readonly expected:
    | { readonly shared: true; readonly rows: Written | null; readonly mask: string }
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

const reasons: readonly RefusalReason[] = [
  "denied",
  "no-rule",
  "not-in-agreement",
  "statistics-only",
  "dataset-not-shared",
];
const effects: readonly string[] = ["shared", "refused", ...reasons];

/** Faults refuse the whole file: then it holds no tests. */
export function readPolicyTests(file: string, text: string): { tests: PolicyTest[]; faults: FileFault[] } {
  const reader = new TestReader(file, text);
  const tests = reader.read();
  return reader.faults.length > 0 ? { tests: [], faults: reader.faults } : { tests, faults: [] };
}

class TestReader extends YamlReader {
  read(): PolicyTest[] {
    const contents = this.parse();
    if (this.faults.length > 0) return [];
    const top = this.entries(contents, this.place(0, 0), "the file", ["tests"], ["tests"]);
    const list = top?.get("tests");
    if (list === undefined) return [];
    if (!isSeq<Node>(list.value) || list.value.items.length === 0) {
      this.fault(list.key.at, "value-type", '"tests" must be a list of tests, each beginning with `- name:`');
      return [];
    }
    return list.value.items.flatMap((item) => this.#test(item) ?? []);
  }

  #test(node: Node): PolicyTest | null {
    const keys = ["name", "application", "purpose", "agreement", "expect"];
    const required = ["name", "application", "purpose", "expect"];
    const entries = this.entries(node, this.placeOf(node), "a test", keys, required);
    if (entries === null) return null;
    const [name, application, purpose] = ["name", "application", "purpose"].map((key) => this.textOf(entries, key));
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
      this.fault(value === null ? entry.key.at : this.placeOf(value), "value-type", message);
      return undefined;
    }
    return value.items.flatMap((item) => this.written(item, "a field of the agreement") ?? []);
  }

  #expectations(entries: Entries): Expectation[] | null {
    const entry = entries.get("expect");
    if (entry === undefined) return null;
    if (!isMap<Node, Node | null>(entry.value) || entry.value.items.length === 0) {
      const message = `"expect" names fields and what becomes of each, such as \`Resident.email: refused\``;
      this.fault(entry.key.at, "value-type", message);
      return null;
    }
    return entry.value.items.flatMap((pair) => this.#expectation(pair) ?? []);
  }

  #expectation({ key, value }: YamlPair): Expectation | null {
    const field = this.written(key, "a field");
    if (field === null) return null;
    if (value === null || (isScalar(value) && value.value === null)) {
      this.fault(field.at, "missing-value", `say what becomes of ${field.text}: ${words(effects)}`);
      return null;
    }
    if (!isMap(value)) {
      const effect = this.written(value, `what becomes of ${field.text}`);
      return effect === null ? null : this.#expected(field, effect, new Map());
    }
    const keys = ["effect", "rows", "mask", "rule"];
    const entries = this.entries(value, field.at, `what becomes of ${field.text}`, keys, ["effect"]);
    const effect = entries === null ? null : this.textOf(entries, "effect");
    return entries === null || effect === null ? null : this.#expected(field, effect, entries);
  }

  #expected(field: Written, effect: Written, entries: Entries): Expectation | null {
    if (!effects.includes(effect.text)) {
      const suggestion = meant(effect.text, effects);
      this.fault(effect.at, "unknown-effect", `"${effect.text}" is none of ${words(effects)}`, suggestion);
      return null;
    }
    const rule = entries.has("rule") ? this.textOf(entries, "rule") : null;
    if (effect.text === "shared") {
      const rows = this.#rows(entries);
      const mask = entries.has("mask") ? this.#mask(entries) : "-";
      return rows === undefined || mask === null ? null : { field, expected: { shared: true, rows, mask }, rule };
    }
    for (const key of ["rows", "mask"]) {
      const entry = entries.get(key);
      if (entry !== undefined) this.fault(entry.key.at, "not-with-refused", `a refused field has no ${key}`);
    }
    const reason = reasons.find((known) => known === effect.text) ?? null;
    if (rule !== null && (reason === "no-rule" || reason === "dataset-not-shared"))
      this.fault(rule.at, "not-with-refused", `no rule decides where the reason is ${reason}`);
    return { field, expected: { shared: false, reason }, rule };
  }

  /** undefined: a fault. Null: not said. Whether there is such a filter, the version says. */
  #rows(entries: Entries): Written | null | undefined {
    if (!entries.has("rows")) return null;
    const written = this.textOf(entries, "rows");
    if (written === null) return undefined;
    if (filterName.test(written.text)) return written;
    const message = `unknown rows "${written.text}"; there are \`all\`, \`own\` and the names of filters`;
    this.fault(written.at, "unknown-rows", message, meant(written.text, ["all", "own"]));
    return undefined;
  }

  #mask(entries: Entries): string | null {
    const written = this.textOf(entries, "mask");
    if (written?.text === "aggregate") {
      const message =
        "a field that is open to statistics alone is not shared: write `statistics-only` as what becomes of it";
      this.fault(written.at, "aggregate-not-shared", message);
      return null;
    }
    if (written === null || readMask(written.text) !== null) return written?.text ?? null;
    const message = `unknown mask "${written.text}"; there are ${words(maskForms)}`;
    this.fault(
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
}
